//! Whether conditions can hold together: the method of analytic tableaux.
//!
//! A branch is a set of facts, and of choices of which one must hold. It is refuted if its facts
//! clash, or if every alternative of one of its choices is refuted. That a rule implies another is
//! shown by refuting the rule together with the contrary of the other. What cannot be refuted may
//! be possible or not, so that "never matches" is said only where it is certain.

use std::slice;
use std::time::Duration;

use super::clash::{self, Clash};
use super::wordbook::Wordbook;
use crate::condition::{
    Bounds, Condition, Group, PatternRef, Quantifier, QueueTest, Test, WordTest,
};
use crate::policy::Policy;

/// How many alternatives are looked at before a question is left open.
pub(super) const EFFORT: u32 = 400;
/// How many are, in all questions about one rule.
pub(super) const EFFORT_FOR_RULE: u32 = 4_000;

/// Something that holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fact<'c> {
    /// One of these patterns stands in the message.
    Hit(&'c [PatternRef]),
    /// Not one of these does.
    NoHit(&'c [PatternRef]),
    /// So many wait for a team, or not so many.
    Waiting(usize, Bounds, bool),
    /// Somebody waits that long for a team, or nobody does.
    Oldest(usize, Duration, bool),
    /// A test of something else passes, or does not.
    Test(&'c Test, bool),
}

/// Something to be assumed.
#[derive(Clone, Copy, Debug)]
enum Claim<'c> {
    Condition(&'c Condition, bool),
    Fact(Fact<'c>),
}

/// Conditions that hold together.
#[derive(Clone, Debug, Default)]
pub(super) struct Branch<'c> {
    facts: Vec<Fact<'c>>,
    choices: Vec<Vec<Claim<'c>>>,
}

impl<'c> Branch<'c> {
    /// The branch with a condition that holds, or does not.
    pub(super) fn with(&self, condition: &'c Condition, holds: bool) -> Self {
        let mut branch = self.clone();
        branch.assume(Claim::Condition(condition, holds));
        branch
    }

    /// The branch with a pattern that stands in the message.
    pub(super) fn with_hit(&self, pattern: &'c PatternRef) -> Self {
        let mut branch = self.clone();
        branch.facts.push(Fact::Hit(slice::from_ref(pattern)));
        branch
    }

    /// Adds that a condition does not hold, if that leaves nothing to choose.
    pub(super) fn rule_out(&mut self, condition: &'c Condition) -> bool {
        let mut contrary = Self::default();
        contrary.assume(Claim::Condition(condition, false));
        let is_plain = contrary.choices.is_empty();
        if is_plain {
            self.facts.append(&mut contrary.facts);
        }
        is_plain
    }

    /// Adds all facts of a branch without choices.
    pub(super) fn extend(&mut self, other: &Self) {
        self.facts.extend(&other.facts);
    }

    /// Why nothing fits the branch; `None` if something may.
    pub(super) fn refuted(&self, policy: &Policy, book: &Wordbook<'_>) -> Option<Clash> {
        self.refuted_within(policy, book, &mut { EFFORT })
    }

    /// The same, with so much effort at the most; what is taken is taken off.
    pub(super) fn refuted_within(
        &self,
        policy: &Policy,
        book: &Wordbook<'_>,
        effort: &mut u32,
    ) -> Option<Clash> {
        if let Some(clash) = clash::find(&self.facts, policy, book) {
            return Some(clash);
        }
        let (at, choice) = self.choices.iter().enumerate().min_by_key(|(_, it)| it.len())?;
        let mut last = None;
        for claim in choice {
            *effort = effort.checked_sub(1)?;
            let mut branch = self.clone();
            branch.choices.swap_remove(at);
            branch.assume(*claim);
            last = Some(branch.refuted_within(policy, book, effort)?);
        }
        last
    }

    fn assume(&mut self, claim: Claim<'c>) {
        match claim {
            Claim::Fact(fact) => self.facts.push(fact),
            Claim::Condition(Condition::Group(group, parts), holds) => {
                let (all, wanted) = match (group, holds) {
                    (Group::All, _) => (holds, holds),
                    (Group::Any, _) => (!holds, holds),
                    (Group::None, _) => (holds, !holds),
                };
                let parts = parts.iter().map(|part| Claim::Condition(part, wanted));
                if all {
                    parts.for_each(|it| self.assume(it));
                } else {
                    self.choose(parts.collect());
                }
            }
            Claim::Condition(Condition::Test(test, _), holds) => match test {
                Test::Words(test) => self.assume_words(test, holds),
                Test::Queue(test) => self.assume_queue(test, holds),
                test => self.facts.push(Fact::Test(test, holds)),
            },
        }
    }

    fn choose(&mut self, mut claims: Vec<Claim<'c>>) {
        match claims.len() {
            1 => self.assume(claims.remove(0)),
            _ => self.choices.push(claims),
        }
    }

    fn assume_words(&mut self, test: &'c WordTest, holds: bool) {
        let each = || test.patterns.chunks(1);
        match (test.quantifier, holds) {
            (Quantifier::Any, true) | (Quantifier::None, false) => {
                self.facts.push(Fact::Hit(&test.patterns));
            }
            (Quantifier::Any, false) | (Quantifier::None, true) => {
                self.facts.push(Fact::NoHit(&test.patterns));
            }
            (Quantifier::All, true) => self.facts.extend(each().map(Fact::Hit)),
            (Quantifier::All, false) => {
                self.choose(each().map(|it| Claim::Fact(Fact::NoHit(it))).collect());
            }
        }
    }

    fn assume_queue(&mut self, test: &'c QueueTest, holds: bool) {
        let waiting = test.waiting.map(|bounds| Fact::Waiting(test.team, bounds, holds));
        let oldest = test.oldest_at_least.map(|it| Fact::Oldest(test.team, it, holds));
        let parts = waiting.into_iter().chain(oldest);
        if holds {
            self.facts.extend(parts);
        } else {
            self.choose(parts.map(Claim::Fact).collect());
        }
    }
}
