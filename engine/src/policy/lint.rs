//! What can be known of good rules before they run, and probably is not meant.
//!
//! [`LINTS`] lists it all.
//!
//! That rules lack a `[channel]`, a `[fallback]` or a known team is an error, which `check` tells.
//! So a rule cannot be without the condition on the channel: one `[channel]` holds for all rules.
//!
//! # Cost
//!
//! With `r` rules, `k` keywords in all and `n` in the longest rule: each keyword is read once, in
//! `O(k)` for what keywords imply; whether rules shadow each other is `O(r * k)` for rules that are
//! lists of keywords, and at most [`branch::EFFORT_FOR_RULE`] steps more for each rule if
//! others have alternatives; what keywords are stolen is `O(k * r)`.

use std::ops::Range;
use std::sync::Arc;

use super::{Policy, RulesSource};
use crate::Problem;

mod branch;
mod channel;
mod clash;
mod cost;
mod coverage;
mod keywords;
mod languages;
mod overlap;
mod places;
mod reach;
mod roster;
mod shifts;
mod stolen;
mod topics;
mod witness;
mod wordbook;

pub use coverage::{Coverage, CoverageRow, Staffing};
pub use overlap::Overlap;

use places::Places;
use wordbook::Wordbook;

/// The code of every kind of problem that is not an error of the rules file itself, and what it
/// means.
pub const LINTS: [(&str, &str); 35] = [
    ("costly-channel", "the channel costs a call for every conversation"),
    ("disabled-rule", "a rule is switched off"),
    ("empty-team", "a team has no members in Intercom"),
    ("fallback-closed", "the fallback team is not always open"),
    ("fallback-holds", "the fallback team is the one where nobody works"),
    ("few-examples", "a topic or class has too few examples to be recognised"),
    ("idle-acknowledgement", "contacts would be written to, but no team ever closes"),
    ("idle-in-canary", "a canary says something of teams or limits that has no effect there"),
    ("idle-skill", "nothing requires a skill"),
    ("idle-team", "nothing is ever assigned to a team"),
    ("idle-topic", "no rule asks for a topic"),
    ("idle-weight", "a teammate has a weight, and no team is weighted"),
    ("impossible-rule", "a rule contradicts itself"),
    ("manual-team", "what says how to distribute has no effect on a manual team"),
    ("missing-language", "a language is required, and no teammate says which they speak"),
    ("missing-skill", "no teammate has a skill that is required"),
    ("missing-team", "Intercom does not have a team"),
    ("missing-teammate", "Intercom does not have a teammate"),
    ("no-hold-team", "a team has hours, and nothing says what comes after them"),
    ("no-rule-for-und", "rules tell languages apart, and none is for what cannot be told"),
    ("nobody-at-work", "there are hours in which a team is open and nobody of it works"),
    ("nobody-on-shift", "there are hours of the week in which no team is open"),
    ("overflow-holds", "a team overflows to the one where nobody works"),
    ("redundant-keywords", "keywords change nothing"),
    ("shadowed-rule", "a rule comes too late: others always match first"),
    ("shared-example", "two topics have the same example"),
    ("short-contains", "a piece of a few letters stands inside everyday words"),
    ("stolen-phrase", "a rule of another team comes first and takes what a keyword is for"),
    ("team-without-seat", "no member of a team can be given anything"),
    ("teammate-not-in-team", "a teammate is named for a team that they are not in"),
    ("teammate-without-seat", "a teammate cannot be given anything"),
    ("teammate-without-team", "a teammate is in no team of the rules"),
    ("unspoken-language", "a rule is for a language that its team does not list"),
    ("unused-language", "no rule and no team is there for a language"),
    ("weak-topic", "a topic is not recognised in its own examples"),
];

/// The most names or phrases that a message lists.
const LISTED_MAX: usize = 5;

/// A file, `None` for the main one, and bytes of it.
type Place = (Option<Arc<str>>, Range<usize>);

impl Policy {
    /// Everything doubtful that can be known of these rules before they run, in the order of the
    /// files; the main file comes first. `source` is the text that the rules were read from: it
    /// tells the places.
    #[must_use]
    pub fn lint(&self, source: &RulesSource) -> Vec<Problem> {
        let mut linter = self.linter(source);
        linter.rules();
        linter.channel();
        linter.shifts();
        in_order(linter.problems)
    }

    /// What is doubtful in the rules themselves, and not in who carries them out.
    pub(super) fn lint_rules(&self, source: &RulesSource) -> Vec<Problem> {
        let mut linter = self.linter(source);
        linter.rules();
        linter.problems
    }

    fn linter(&self, source: &RulesSource) -> Linter<'_> {
        let (places, book) = (Places::read(source), Wordbook::new(self));
        Linter { policy: self, places, book, problems: Vec::new() }
    }
}

/// By file and place.
pub(super) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| {
        let key = |it: &Problem| (it.file.clone(), it.span.start, it.span.end, it.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    problems
}

struct Linter<'p> {
    policy: &'p Policy,
    places: Places,
    book: Wordbook<'p>,
    problems: Vec<Problem>,
}

impl Linter<'_> {
    fn rules(&mut self) {
        self.reach();
        self.keywords();
        self.languages();
        self.topics();
    }

    fn warn(&mut self, code: &'static str, place: Place, message: String, help: &str) {
        self.problems.push(warning(code, place, message, help));
    }
}

fn warning(code: &'static str, (file, span): Place, message: String, help: &str) -> Problem {
    Problem { file, ..Problem::warning(span, message).help(help).code(code) }
}

/// `"a", "b" and 3 more`.
fn quoted<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = words.len();
    let shown: Vec<String> = words.take(LISTED_MAX).map(|word| format!("\"{word}\"")).collect();
    match count.saturating_sub(LISTED_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `` `a`, `b` and 3 more``.
fn names<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> String {
    quoted(words).replace('"', "`")
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
