//! A report as text, at most 100 columns wide.

mod grid;
mod sections;

use std::fmt::Write;

use super::{Mode, Report};
use crate::duration::Readable;
use crate::scenario::Verdict;

const WIDTH: usize = 98;

/// Whether to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone, for files and pipes.
    Plain,
    /// With ANSI colours, for terminals.
    Colour,
}

/// Renders a report. The same report gives the same text.
#[must_use]
pub fn render(report: &Report, style: Style) -> String {
    let mut text = header(report);
    text.push_str(&verdicts(report));
    text.push_str(&sections::render(report));
    text.push_str(&last_line(report));
    match style {
        Style::Plain => text,
        Style::Colour => coloured(&text),
    }
}

fn header(report: &Report) -> String {
    let run = &report.run;
    let mode = match run.mode {
        Mode::Virtual => "virtual time",
        Mode::Live => "live over HTTP",
    };
    let commit = run.commit.as_deref().unwrap_or("unknown");
    let mut text = format!("{}\n{}\n", run.scenario, "━".repeat(WIDTH));
    for line in wrapped(&run.story) {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(
        text,
        "\n{mode} · seed {} · rules {} · commit {commit} · {} of story",
        run.seed,
        run.rules_version,
        Readable(run.lasted_us)
    );
    text
}

fn verdicts(report: &Report) -> String {
    let mut text = title("Expectations");
    for verdict in &report.verdicts {
        let _ = writeln!(text, "{}", verdict_line(verdict));
    }
    if report.verdicts.is_empty() {
        text.push_str("  none\n");
    }
    for violation in report.violations.iter().take(10) {
        let at = Readable(violation.at_us);
        let _ = writeln!(text, "  ✗ {} at {at}: {}", violation.invariant, violation.detail);
    }
    if report.violations.len() > 10 {
        let _ = writeln!(text, "    and {} more violations", report.violations.len() - 10);
    }
    text
}

fn verdict_line(verdict: &Verdict) -> String {
    let mark = if verdict.passed { '✓' } else { '✗' };
    let actual = verdict.actual.map_or_else(|| "not measured".to_owned(), |it| it.to_string());
    let expectation = verdict.expectation;
    let line = format!("  {mark} {:<26}{actual:>14}   {}", expectation.measure, expectation.bound);
    line.trim_end().to_owned()
}

fn last_line(report: &Report) -> String {
    let failed = report.verdicts.iter().filter(|verdict| !verdict.passed).count();
    if report.passed() {
        return format!(
            "\nPASS  {} of {} expectations\n",
            report.verdicts.len(),
            report.verdicts.len()
        );
    }
    let mut text = format!("\nFAIL  {failed} of {} expectations", report.verdicts.len());
    if !report.violations.is_empty() {
        let plural = if report.violations.len() == 1 { "" } else { "s" };
        let _ = write!(text, ", {} violation{plural}", report.violations.len());
    }
    text.push('\n');
    text
}

fn title(name: &str) -> String {
    let rule = "─".repeat(WIDTH.saturating_sub(name.chars().count() + 1));
    format!("\n{name} {rule}\n")
}

/// Words in lines of at most [`WIDTH`] characters; an empty line begins a new paragraph.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// Colours the marks, the titles and the last line. Works on the finished text, so that colour
/// never moves a column.
fn coloured(text: &str) -> String {
    const GREEN: &str = "\x1b[32m";
    const RED: &str = "\x1b[31m";
    const BOLD: &str = "\x1b[1m";
    const END: &str = "\x1b[0m";
    let mut out = String::with_capacity(text.len() + 512);
    for (number, line) in text.lines().enumerate() {
        let whole = if number == 0 || line.contains(" ──") {
            Some(BOLD.to_owned())
        } else if line.starts_with("PASS") {
            Some(format!("{BOLD}{GREEN}"))
        } else if line.starts_with("FAIL") {
            Some(format!("{BOLD}{RED}"))
        } else {
            None
        };
        let line = match whole {
            Some(code) => format!("{code}{line}{END}"),
            None => {
                line.replace('✓', &format!("{GREEN}✓{END}")).replace('✗', &format!("{RED}✗{END}"))
            }
        };
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests;
