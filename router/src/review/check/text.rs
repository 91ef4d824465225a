//! The report for people.

use std::fmt::Write as _;

use engine::{Overlap, Severity};

use super::{CanaryFacts, Facts, Report, counted};
use crate::rules_file;

/// The most overlaps that are shown.
const OVERLAPS_SHOWN: usize = 10;

impl Report {
    /// All problems, each with the lines of its place. For stderr.
    #[must_use]
    pub fn problems_as_text(&self) -> String {
        rules_file::render(&self.problems, &self.path, &self.source)
    }

    /// One line that says whether the rules can be used, and what else is known of them. For
    /// stdout.
    #[must_use]
    pub fn as_text(&self) -> String {
        let path = self.path.display();
        let (errors, warnings) = (self.count(Severity::Error), self.count(Severity::Warning));
        let warned = counted(warnings, "warning");
        let mut text = match (&self.facts, errors, warnings) {
            (Some(facts), 0, 0) => format!("{path}: ok, version {}\n", facts.version),
            (Some(facts), 0, _) => format!("{path}: {warned}, version {}\n", facts.version),
            (_, _, 0) => format!("{path}: {}\n", counted(errors, "error")),
            _ => format!("{path}: {}, {warned}\n", counted(errors, "error")),
        };
        if let Some(facts) = &self.facts {
            facts.write(&mut text).expect("a String takes everything");
        }
        text
    }
}

impl Facts {
    fn write(&self, text: &mut String) -> std::fmt::Result {
        if let Some(CanaryFacts { rules, share, version }) = &self.canary {
            writeln!(text, "Canary: {rules}, version {version}, for {share} of the contacts")?;
        }
        write!(text, "\n{}", self.coverage)?;
        let (least, most) = (self.calls.start(), self.calls.end());
        writeln!(text, "\nA conversation takes {least} to {most} calls to Intercom.")?;
        if self.overlaps.is_empty() {
            return Ok(());
        }
        writeln!(text, "\nMessages that rules of two teams want; the first gets them:")?;
        for overlap in self.overlaps.iter().take(OVERLAPS_SHOWN) {
            writeln!(text, "  {}", line(overlap))?;
        }
        let more = self.overlaps.len().saturating_sub(OVERLAPS_SHOWN);
        if more > 0 {
            writeln!(text, "  and {more} more pairs of rules")?;
        }
        Ok(())
    }
}

fn line(it: &Overlap) -> String {
    let shared = match it.shared {
        0 => String::new(),
        count => format!(", {} in common", counted(count, "keyword")),
    };
    let more = if it.is_by_words { "" } else { " and more than words" };
    format!(
        "\"{}\"{more}: rule `{}` ({}), then rule `{}` ({}){shared}",
        it.example, it.first, it.first_team, it.second, it.second_team
    )
}
