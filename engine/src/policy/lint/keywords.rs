//! Keywords that change nothing, and those that find too much.

use std::ops::Range;

use super::{Linter, quoted};
use crate::condition::{PatternRef, Quantifier, Test, WordKind, WordTest};
use crate::rule::Rule;
use crate::text::normalised;

/// A piece of so few letters stands inside many words.
const SHORT: usize = 4;

impl Linter<'_> {
    pub(super) fn keywords(&mut self) {
        let policy = self.policy;
        for rule in &policy.rules {
            let tests = rule.when.tests().into_iter().filter_map(|(test, _)| match test {
                Test::Words(test) => Some(test),
                _ => None,
            });
            let tests: Vec<&WordTest> = tests.collect();
            self.redundant(rule, &tests);
            self.short(rule, &tests);
        }
    }

    fn redundant(&mut self, rule: &Rule, tests: &[&WordTest]) {
        let found: Vec<(&PatternRef, &PatternRef)> =
            tests.iter().flat_map(|test| self.redundant_in(test)).collect();
        let Some((first, _)) = found.first() else { return };
        let place = (rule.place.0.clone(), first.place.clone());
        let all: Vec<String> = found
            .iter()
            .map(|(it, other)| match it.id == other.id {
                true if it.spelled == other.spelled => format!("{} (twice)", it.spelled),
                true => format!("{} (the same as {})", it.spelled, other.spelled),
                false => format!("{} (because of {})", it.spelled, other.spelled),
            })
            .collect();
        let listed = quoted(all.iter().map(String::as_str)).replace('"', "`");
        let message = format!("keywords of rule `{}` change nothing: {listed}", rule.name);
        let help = "take them out; letter case does not matter, nor do accents unless \
                    `[text] accents = \"strict\"`";
        self.warn("redundant-keywords", place, message, help);
    }

    /// Keywords without which a test passes for the same messages, each with the reason.
    fn redundant_in<'t>(&self, test: &'t WordTest) -> Vec<(&'t PatternRef, &'t PatternRef)> {
        let all = &test.patterns;
        let implies = |one: &PatternRef, other: &PatternRef| {
            one.id != other.id && self.book.implied(one.id).contains(&other.id)
        };
        let reason = |at: usize| {
            let it = &all[at];
            let same = all[..at].iter().find(|other| other.id == it.id);
            same.or_else(|| {
                all.iter().find(|other| match test.quantifier {
                    Quantifier::Any | Quantifier::None => implies(it, other),
                    Quantifier::All => implies(other, it),
                })
            })
        };
        (0..all.len()).filter_map(|at| Some((&all[at], reason(at)?))).collect()
    }

    fn short(&mut self, rule: &Rule, tests: &[&WordTest]) {
        let pieces = tests.iter().filter(|test| test.kind == WordKind::Contains);
        let is_short = |it: &&PatternRef| {
            let text = normalised(&it.spelled, &self.policy.text);
            text.chars().all(is_of_spaced_words) && text.chars().count() <= SHORT
        };
        let found: Vec<&PatternRef> =
            pieces.flat_map(|test| &test.patterns).filter(is_short).collect();
        let Some(first) = found.first() else { return };
        let place: (_, Range<usize>) = (rule.place.0.clone(), first.place.clone());
        let message = format!(
            "`contains` of rule `{}` finds {} inside everyday words",
            rule.name,
            quoted(found.iter().map(|it| &*it.spelled)),
        );
        let help = "ask for whole words with `any`, or for beginnings with `prefix`";
        self.warn("short-contains", place, message, help);
    }
}

/// Whether a letter makes words that have spaces between them: one syllable of Thai or Chinese may
/// be a word.
fn is_of_spaced_words(letter: char) -> bool {
    letter.is_alphabetic() && letter < '\u{0E00}'
}
