//! Messages that two rules of different teams both want.
//!
//! That "refund" and "price" can stand in one message is no mistake: the order of the rules says
//! who gets it. So this warns of nothing; it shows what the order decides, pair by pair, for people
//! to agree or not.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::stolen::keywords;
use super::witness;
use super::wordbook::Wordbook;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::subject::Facts;
use crate::text::PatternId;

/// Two rules of different teams that hold for the same message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The rule that comes first, and wins.
    pub first: Arc<str>,
    /// The team that it assigns to.
    pub first_team: Arc<str>,
    /// The rule that loses.
    pub second: Arc<str>,
    /// The team that it assigns to.
    pub second_team: Arc<str>,
    /// How many keywords of the second are enough for the first as well.
    pub shared: usize,
    /// A message that both want.
    pub example: String,
    /// Whether that depends on the message alone; else on the contact or something else as well.
    pub is_by_words: bool,
}

impl Policy {
    /// All pairs of enabled rules of different teams that a message was found for, such that both
    /// hold and the first gets it: those that share the most keywords first, then in the order of the rules. A pair that
    /// is not listed may overlap all the same.
    #[must_use]
    pub fn overlaps(&self) -> Vec<Overlap> {
        let book = Wordbook::new(self);
        let rules: Vec<Side<'_>> = self.enabled_rules().map(Side::new).collect();
        let mut overlaps = Vec::new();
        for (at, second) in rules.iter().enumerate() {
            for first in &rules[..at] {
                if first.rule.ladder[0] != second.rule.ladder[0] {
                    overlaps.extend(self.overlap(first, second, &book));
                }
            }
        }
        overlaps.sort_by_key(|it| std::cmp::Reverse(it.shared));
        overlaps
    }

    fn overlap(&self, first: &Side<'_>, second: &Side<'_>, book: &Wordbook<'_>) -> Option<Overlap> {
        let is_shared =
            |id: PatternId| book.implied(id).iter().any(|it| first.patterns.contains(it));
        let shared: Vec<&str> = second
            .keywords
            .iter()
            .filter(|(id, _)| is_shared(*id))
            .map(|(_, spelled)| *spelled)
            .collect();
        let with_words = shared.first().and_then(|word| self.example(first, second, Some(word)));
        let (example, is_by_words) = with_words.or_else(|| self.example(first, second, None))?;
        let team = |side: &Side<'_>| self.teams[side.rule.ladder[0]].name.clone();
        Some(Overlap {
            first: first.rule.name.clone(),
            first_team: team(first),
            second: second.rule.name.clone(),
            second_team: team(second),
            shared: shared.len(),
            example,
            is_by_words,
        })
    }

    /// A message for which both rules hold and the first wins, and whether nothing else is needed. It begins with a
    /// word, if one is given.
    fn example(
        &self,
        first: &Side<'_>,
        second: &Side<'_>,
        word: Option<&str>,
    ) -> Option<(String, bool)> {
        let mut subject = witness::blank();
        if let Some(word) = word {
            witness::say(&mut subject, word);
        }
        witness::add(&first.rule.when, self, &mut subject);
        witness::add(&second.rule.when, self, &mut subject);
        let facts = Facts::new(self, &subject);
        let both = first.rule.when.holds(&facts) && second.rule.when.holds(&facts);
        let winner = || self.enabled_rules().find(|rule| rule.when.holds(&facts));
        // A rule before both of them may take it.
        let both = both && winner().is_some_and(|rule| std::ptr::eq(rule, first.rule));
        let plain = crate::Subject { text: subject.text.clone(), ..witness::blank() };
        both.then(|| (subject.text.clone(), subject == plain))
    }
}

/// A rule of a pair.
struct Side<'p> {
    rule: &'p Rule,
    keywords: Vec<(PatternId, &'p str)>,
    patterns: BTreeSet<PatternId>,
}

impl<'p> Side<'p> {
    fn new(rule: &'p Rule) -> Self {
        let keywords: Vec<(PatternId, &str)> =
            keywords(&rule.when).into_iter().map(|it| (it.id, &*it.spelled)).collect();
        let patterns = keywords.iter().map(|(id, _)| *id).collect();
        Self { rule, keywords, patterns }
    }
}
