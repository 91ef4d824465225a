//! Languages that are told and not asked for, or asked for and not spoken.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Linter, names};
use crate::condition::{Condition, LanguageTest, Test, speaks};
use crate::language::UNDETERMINED;
use crate::rule::Rule;

impl Linter<'_> {
    pub(super) fn languages(&mut self) {
        self.unused_languages();
        self.unspoken_languages();
        self.undetermined();
    }

    /// Languages that enabled rules ask for.
    fn asked(&self) -> Vec<(&Rule, &LanguageTest, bool)> {
        let rules = self.policy.enabled_rules();
        rules
            .flat_map(|rule| {
                rule.when.tests().into_iter().filter_map(move |(test, negated)| match test {
                    Test::Language(test) => Some((rule, test, negated)),
                    _ => None,
                })
            })
            .collect()
    }

    fn unused_languages(&mut self) {
        let policy = self.policy;
        let settings = &policy.language_options;
        let classes = settings.classes.iter().map(|(name, _)| name);
        let configured: Vec<Arc<str>> = settings.among.iter().chain(classes).cloned().collect();
        let asked = self.asked().into_iter().flat_map(|(_, test, _)| &test.any);
        let by_teams = policy.teams.iter().flat_map(|team| &team.languages);
        let by_teammates = policy.teammates.iter().flat_map(|teammate| &teammate.languages);
        let written = policy.after_hours.acknowledge.keys();
        let spoken = by_teams.chain(by_teammates).chain(written);
        let used: BTreeSet<Arc<str>> = asked.chain(spoken).cloned().collect();
        for language in configured {
            if !used.iter().any(|it| speaks(it, &language)) {
                let message = format!("no rule and no team is there for language `{language}`");
                let help = "add a rule with `when.language`, list it in a team's `languages`, or \
                            take it out";
                let place = self.places.language(&language);
                self.warn("unused-language", place, message, help);
            }
        }
    }

    fn unspoken_languages(&mut self) {
        let policy = self.policy;
        if policy.teams.iter().all(|team| team.languages.is_empty()) {
            return;
        }
        let mut found: Vec<(&Rule, Vec<&str>)> = Vec::new();
        let speaks_it = |team: usize, wanted: &str| {
            policy.teams[team].languages.iter().any(|it| speaks(wanted, it))
        };
        for (rule, test, negated) in self.asked() {
            let team = rule.ladder[0];
            let nobody = |wanted: &str| {
                let teams = 0..policy.teams.len();
                let lists = !policy.teams[team].languages.is_empty();
                !speaks_it(team, wanted)
                    && (lists || !teams.into_iter().any(|team| speaks_it(team, wanted)))
            };
            let wanted = test.any.iter().map(|it| &**it);
            let unspoken: Vec<&str> =
                wanted.filter(|it| *it != UNDETERMINED && nobody(it)).collect();
            if !negated && !unspoken.is_empty() {
                found.push((rule, unspoken));
            }
        }
        // Borrowed from the policy, not from what reports.
        let found: Vec<_> = found
            .into_iter()
            .map(|(rule, unspoken)| {
                let team = &policy.teams[rule.ladder[0]].name;
                let unspoken = names(unspoken.into_iter());
                let message = format!(
                    "rule `{}` is for {unspoken}, which team `{team}` does not list",
                    rule.name
                );
                (rule.place.clone(), message)
            })
            .collect();
        for (place, message) in found {
            let help = "add it to the team's `languages`, or assign to a team that speaks it";
            self.warn("unspoken-language", place, message, help);
        }
    }

    /// Rules that ask for nothing but a language divide all messages, but for those that nobody
    /// can tell the language of.
    fn undetermined(&mut self) {
        let only: Vec<&Rule> = self
            .policy
            .enabled_rules()
            .filter(|rule| matches!(&rule.when, Condition::Test(Test::Language(_), _)))
            .collect();
        let asks = |(_, test, negated): &(&Rule, &LanguageTest, bool)| {
            *negated || test.any.iter().any(|it| **it == *UNDETERMINED)
        };
        let (true, Some(last)) = (only.len() > 1, only.last()) else { return };
        if self.asked().iter().any(asks) {
            return;
        }
        let place = last.place.clone();
        let fallback = self.policy.fallback_team();
        let message = format!(
            "rules are told apart by language, and none is for `und`: what cannot be told goes to \
             `{fallback}`"
        );
        let help = "add a rule with `when.language = \"und\"`";
        self.warn("no-rule-for-und", place, message, help);
    }
}
