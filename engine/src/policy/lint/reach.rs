//! Rules that never match, and what takes their place.

use super::branch::{Branch, EFFORT, EFFORT_FOR_RULE};
use super::clash::Clash;
use super::{Linter, names};
use crate::policy::Policy;
use crate::rule::Rule;

/// What is known of whether a rule can ever match.
#[derive(Clone, Debug)]
enum Fate {
    /// It may.
    Open,
    /// It asks for things that exclude each other.
    Impossible(Clash),
    /// These rules, which stand before it, match whatever it would. In their order.
    Shadowed(Vec<usize>),
}

impl Linter<'_> {
    pub(super) fn reach(&mut self) {
        let policy = self.policy;
        let fates = self.fates();
        for (rule, fate) in policy.rules.iter().zip(&fates) {
            if !rule.enabled {
                let message = format!("rule `{}` is switched off", rule.name);
                let help = "switch it on, or take it out";
                self.warn("disabled-rule", rule.place.clone(), message, help);
            }
            match fate {
                Fate::Open => {}
                Fate::Impossible(clash) => self.impossible(rule, *clash),
                Fate::Shadowed(by) => self.shadowed(rule, by),
            }
        }
        let open: Vec<bool> = fates.iter().map(|fate| matches!(fate, Fate::Open)).collect();
        self.stolen(&open);
    }

    fn impossible(&mut self, rule: &Rule, clash: Clash) {
        let message =
            format!("rule `{}` can never match: it asks for {}", rule.name, clash.as_str());
        let help = "take one of them out, or put them into `when.any`";
        self.warn("impossible-rule", rule.place.clone(), message, help);
    }

    fn shadowed(&mut self, rule: &Rule, by: &[usize]) {
        let earlier: Vec<&str> = by.iter().map(|it| &*self.policy.rules[*it].name).collect();
        let all = names(earlier.iter().copied());
        let message = match earlier.as_slice() {
            [one] => format!(
                "rule `{}` can never match: rule `{one}` comes first and matches all that it would",
                rule.name
            ),
            _ => format!(
                "rule `{}` can never match: rules {all} come first and together match all that it \
                 would",
                rule.name
            ),
        };
        let help = format!("put it before {all}, or take it out");
        self.warn("shadowed-rule", rule.place.clone(), message, &help);
    }

    fn fates(&self) -> Vec<Fate> {
        let mut earlier = Earlier::default();
        let mut fates = Vec::new();
        for (at, rule) in self.policy.rules.iter().enumerate() {
            let itself = Branch::default().with(&rule.when, true);
            let fate = match itself.refuted(self.policy, &self.book) {
                Some(clash) => Fate::Impossible(clash),
                None if rule.enabled => self.fate(&itself, &earlier),
                None => Fate::Open,
            };
            // A rule that never matches takes nothing from those behind it.
            if rule.enabled && matches!(fate, Fate::Open) {
                earlier.add(at, self.policy);
            }
            fates.push(fate);
        }
        fates
    }

    fn fate<'p>(&self, itself: &Branch<'p>, earlier: &Earlier<'p>) -> Fate
    where
        Self: 'p,
    {
        let refuted = |branch: &Branch<'_>| branch.refuted(self.policy, &self.book).is_some();
        let without = |plain: usize| {
            let mut branch = itself.clone();
            earlier.plain[..plain].iter().for_each(|(_, contrary)| branch.extend(contrary));
            branch
        };
        let all_plain = without(earlier.plain.len());
        if refuted(&all_plain) {
            return Fate::Shadowed(self.culprits(itself, &earlier.plain));
        }
        let mut left = EFFORT_FOR_RULE;
        for (at, rule) in &earlier.branching {
            let effort = left.min(EFFORT);
            let mut rest = effort;
            let branch = itself.with(&rule.when, false);
            if branch.refuted_within(self.policy, &self.book, &mut rest).is_some() {
                return Fate::Shadowed(vec![*at]);
            }
            left -= effort - rest;
        }
        Fate::Open
    }

    /// Rules of which each is needed to shadow another, given that all of them do.
    fn culprits<'p>(&self, itself: &Branch<'p>, plain: &[(usize, Branch<'p>)]) -> Vec<usize> {
        let refuted = |branch: &Branch<'_>| branch.refuted(self.policy, &self.book).is_some();
        let single = plain.iter().find(|(_, contrary)| {
            let mut branch = itself.clone();
            branch.extend(contrary);
            refuted(&branch)
        });
        if let Some((at, _)) = single {
            return vec![*at];
        }
        let mut needed = itself.clone();
        let mut culprits = Vec::new();
        let mut end = plain.len();
        while !refuted(&needed) {
            // The shortest beginning of the list that is enough ends with one that is needed.
            let is_enough = |count: usize| {
                let mut branch = needed.clone();
                plain[..count].iter().for_each(|(_, contrary)| branch.extend(contrary));
                refuted(&branch)
            };
            let (mut low, mut high) = (0, end);
            while low < high {
                let middle = low + (high - low) / 2;
                if is_enough(middle) { high = middle } else { low = middle + 1 }
            }
            let Some(last) = low.checked_sub(1) else { break };
            culprits.push(plain[last].0);
            needed.extend(&plain[last].1);
            end = last;
        }
        culprits.reverse();
        culprits
    }
}

/// Rules that come before another.
#[derive(Default)]
struct Earlier<'p> {
    /// Those of which the contrary leaves nothing to choose, with it: they can be looked at all at
    /// once.
    plain: Vec<(usize, Branch<'p>)>,
    /// The others, which are looked at one by one.
    branching: Vec<(usize, &'p Rule)>,
}

impl<'p> Earlier<'p> {
    fn add(&mut self, at: usize, policy: &'p Policy) {
        let rule = &policy.rules[at];
        let mut contrary = Branch::default();
        if contrary.rule_out(&rule.when) {
            self.plain.push((at, contrary));
        } else {
            self.branching.push((at, rule));
        }
    }
}
