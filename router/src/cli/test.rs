//! `router test`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use engine::Policy;
use router::Clock;
use router::review::case::{self, LocatedCase};
use router::review::junit::junit;
use router::review::marked::Style;
use router::review::moment;
use router::review::trial_run::TrialRun;
use router::rules_file;

use super::FOUND_WANTING;
use super::explain::style;

const EXAMPLES: &str = "Examples:
  router test rules.toml cases.csv
  router test rules.toml cases.toml more.jsonl --at 2026-11-20T18:00 --fail-under 95%
  router test rules.toml messages.csv --column category=topic
  router test rules.toml de.txt es.txt --expect-language-from-name
  router test rules.toml cases.csv --format junit --output report.xml

Cases are CSV with a heading, JSON Lines, TOML with [[case]] tables, or text with a message a line.
Each has a `text`, and what is expected of it: `team`, `topic`, `expected_language`. It can have
earlier, language, country, region, tags, attachments, messages, returning, at, contact.NAME and
conversation.NAME as well; in CSV, `;` separates tags and attachments.

A topic or a language is right if it is the best guess; precision and coverage by confidence stand
below. Exit codes: 0 all as expected, 1 a case fails or the rules have errors, 2 wrong usage or
input. With --fail-under, 1 only if teams, topics or languages are right less often than that.";

/// Try rules on a table of messages with expected teams, and show where they fail.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Test {
    /// The rules file.
    rules: PathBuf,
    /// Files of cases: .csv, .jsonl, .toml or .txt.
    #[arg(required = true)]
    cases: Vec<PathBuf>,
    /// Read a column or key of the files as another: `category=topic`.
    #[arg(long, value_name = "FROM=TO", value_parser = renaming)]
    column: Vec<(String, String)>,
    /// Expect the language that a file's name begins with: `de` for `de.sentences.txt`.
    #[arg(long)]
    expect_language_from_name: bool,
    /// When cases are decided that do not say: RFC 3339, or a local time such as
    /// `2026-11-20T18:00` in the time zone of the rules; by default now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How to report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the report into this file; the terminal gets the last word of it.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How many failing cases to show with reasons; JUnit has all of them.
    #[arg(long, value_name = "N", default_value_t = 20)]
    explain: usize,
    /// Let cases fail as long as so many come out right, such as `95%`.
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    fail_under: Option<f64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// JUnit XML, for CI.
    Junit,
}

impl Test {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let rules = rules_file::load(&self.rules)?;
        let at = match &self.at {
            Some(at) => moment::read(at, rules.policy.time_zone()).map_err(anyhow::Error::msg)?,
            None => Clock::system().now(),
        };
        let cases = self.read_cases()?;
        let run = TrialRun::new(&rules.policy, &cases, at)?;
        if self.at.is_none() {
            warn_of_the_clock(&rules.policy, &cases);
        }
        let to_terminal = self.output.is_none();
        let report = match self.format {
            Format::Text => {
                let style = if to_terminal { style() } else { Style::Plain };
                run.render(self.explain, self.fail_under, style)
            }
            Format::Json => run.json(self.explain, self.fail_under),
            Format::Junit => junit(&run),
        };
        match &self.output {
            None => print!("{report}"),
            Some(path) => {
                std::fs::write(path, report)
                    .with_context(|| format!("cannot write {}", path.display()))?;
                print!("{}", run.summary(self.fail_under));
            }
        }
        let passed = run.passes(self.fail_under);
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(FOUND_WANTING) })
    }

    fn read_cases(&self) -> anyhow::Result<Vec<LocatedCase>> {
        let columns: BTreeMap<String, String> = self.column.iter().cloned().collect();
        let mut cases = Vec::new();
        for path in &self.cases {
            let mut read = case::read(path, &columns)?;
            if self.expect_language_from_name {
                let language = language_of_name(path)?;
                for located in &mut read {
                    located.case.expected_language.get_or_insert_with(|| language.to_owned());
                }
            }
            cases.append(&mut read);
        }
        Ok(cases)
    }
}

/// Cases without a time, and rules that go by it: tomorrow the same test may come out otherwise.
fn warn_of_the_clock(policy: &Policy, cases: &[LocatedCase]) {
    let rules = policy.rules_by_the_clock().count();
    let timeless = cases.iter().filter(|it| it.case.team.is_some() && it.case.at.is_none()).count();
    if rules > 0 && timeless > 0 {
        eprintln!(
            "warning: {rules} of the rules go by the time, and {timeless} cases are decided as of \
             now: fix it with --at"
        );
    }
}

/// What the name of a file begins with, up to the first dot.
fn language_of_name(path: &Path) -> anyhow::Result<&str> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match name.split('.').next() {
        Some(language) if !language.is_empty() => Ok(language),
        _ => bail!("{}: the name does not begin with a language", path.display()),
    }
}

fn renaming(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((from.into(), to.into())),
        _ => Err("write `FROM=TO`, such as `category=topic`".to_owned()),
    }
}

/// Reads `95%` as 0.95.
fn percentage(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    let number = number.filter(|number| (0.0..=100.0).contains(number));
    number
        .map(|number| number / 100.0)
        .ok_or_else(|| "write a percentage, such as `95%`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_read() {
        let check = |text, expected| assert_eq!(percentage(text).ok(), expected, "{text}");
        check("95%", Some(0.95));
        check("2.5 %", Some(0.025));
        check("100%", Some(1.0));
        check("0.95", None);
        check("101%", None);
        check("-1%", None);
        check("NaN%", None);
        check("%", None);
    }

    #[test]
    fn a_file_is_named_after_its_language() {
        let check = |path: &str, expected| {
            assert_eq!(language_of_name(Path::new(path)).ok(), expected, "{path}");
        };
        check("data/de.sentences.txt", Some("de"));
        check("es.txt", Some("es"));
        check("data/.txt", None);
    }
}
