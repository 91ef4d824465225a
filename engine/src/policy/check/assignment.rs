//! Who of a team gets a conversation, and where it goes if nobody does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::super::spec::{
    Located, NoAnswerSpec, OverflowSpec, RequirementSpec, SharingSpec, TeamSpec,
};
use super::super::{
    Distribution, InboxUse, NoAnswer, Overflow, OverflowWhen, Requirement, ShareBy, Sharing, Skill,
};
use super::Checker;
use super::amounts::{WAIT_HELP, WAIT_MAX};

/// The longest that the same teammate can come first.
const STICKY_MAX: Duration = Duration::from_secs(90 * 24 * 3600);
/// The most requirements of a team or rule, and the most steps of a ladder.
const LIST_MAX: usize = 8;
/// The most conversations that a step can be told to wait behind.
const WAITING_MAX: u32 = 1_000_000;
/// How often a conversation is given to somebody else where the rules do not say.
const BOUNCES: u32 = 2;

impl Distribution {
    /// Every way, by its name in rules files.
    pub(in crate::policy) const ALL: [(&'static str, Self); 5] = [
        ("balanced", Self::Balanced),
        ("round_robin", Self::RoundRobin),
        ("weighted", Self::Weighted),
        ("longest_idle", Self::LongestIdle),
        ("manual", Self::Manual),
    ];
}

impl InboxUse {
    /// Every way, by its name in rules files.
    pub(in crate::policy) const ALL: [(&'static str, Self); 2] =
        [("always", Self::Always), ("when_waiting", Self::WhenWaiting)];
}

impl ShareBy {
    /// Everything, by its name in rules files.
    pub(in crate::policy) const ALL: [(&'static str, Self); 2] =
        [("language", Self::Language), ("rule", Self::Rule)];
}

impl Checker<'_> {
    pub(super) fn distribution(&mut self, spec: &TeamSpec) -> Distribution {
        let word = spec.distribution.as_ref();
        word.and_then(|word| self.choice("distribution", word, &Distribution::ALL))
            .unwrap_or_default()
    }

    pub(super) fn inbox_use(&mut self, spec: &TeamSpec) -> InboxUse {
        let word = spec.inbox.as_ref();
        word.and_then(|word| self.choice("use of the inbox", word, &InboxUse::ALL))
            .unwrap_or_default()
    }

    pub(super) fn sticky(&mut self, spec: &TeamSpec) -> Option<Duration> {
        let help = "write it as `\"14d\"`; at most 90 days";
        spec.sticky.as_ref().and_then(|text| self.some_duration(text, STICKY_MAX, help))
    }

    pub(super) fn requirements(
        &mut self,
        specs: &[Located<RequirementSpec>],
    ) -> Option<Vec<Requirement>> {
        self.at_most(specs, "requirements");
        let mut requirements: Vec<Option<Requirement>> = Vec::new();
        for spec in specs {
            let requirement = self.requirement(spec);
            let twice = |it: &Requirement| {
                requirements.iter().flatten().any(|earlier| earlier.skill == it.skill)
            };
            if requirement.as_ref().is_some_and(twice) {
                self.error(spec.span.clone(), "this is required twice");
            }
            requirements.push(requirement);
        }
        requirements.into_iter().collect()
    }

    fn requirement(&mut self, spec: &Located<RequirementSpec>) -> Option<Requirement> {
        let RequirementSpec { language, skill, until } = &spec.value;
        let until = until.as_ref().map(|text| self.some_duration(text, WAIT_MAX, WAIT_HELP));
        let skill = match (language, skill) {
            (Some(language), None) if language.value => Some(Skill::Language),
            (Some(language), None) => {
                let help = "write `true`, or take it out";
                self.error_with_help(language.span.clone(), "this requires nothing", help);
                None
            }
            (None, Some(skill)) => self.skill(skill).map(Skill::Named),
            _ => {
                let help = "write `{ language = true }` or `{ skill = \"...\" }`, each of its own";
                let message = "a requirement is one thing to be able to do";
                self.error_with_help(spec.span.clone(), message, help);
                None
            }
        };
        let until = match until {
            Some(right) => Some(right?),
            None => None,
        };
        Some(Requirement { skill: skill?, until })
    }

    pub(super) fn skill(&mut self, skill: &Located<String>) -> Option<Arc<str>> {
        let name = skill.value.trim();
        if name.is_empty() {
            self.error(skill.span.clone(), "a skill has a name, such as `returns`");
            return None;
        }
        Some(name.into())
    }

    /// The steps of a team's ladder. `team` is its name.
    pub(super) fn overflow(
        &mut self,
        team: &str,
        specs: &[Located<OverflowSpec>],
    ) -> Option<Vec<Overflow>> {
        self.at_most(specs, "steps");
        let mut steps: Vec<Option<Overflow>> = Vec::new();
        let mut last = Duration::ZERO;
        for spec in specs {
            let step = self.overflow_step(team, spec);
            if let Some(OverflowWhen::After(after)) = step.as_ref().map(|it| it.when) {
                if after <= last {
                    let span = spec.value.after.as_ref().map_or(&spec.span, |it| &it.span);
                    let message = "this step comes no later than the one before it";
                    let help = "list the steps in the order of their `after`";
                    self.error_with_help(span.clone(), message, help);
                }
                last = after;
            }
            steps.push(step);
        }
        steps.into_iter().collect()
    }

    fn overflow_step(&mut self, team: &str, spec: &Located<OverflowSpec>) -> Option<Overflow> {
        let OverflowSpec { to, after, waiting, expected_wait } = &spec.value;
        let target = self.team_named(to);
        if to.value == team {
            let message = format!("team `{team}` would overflow to itself");
            self.error_with_help(to.span.clone(), message, "name another team");
        }
        let when = match (after, waiting, expected_wait) {
            (Some(text), None, None) => {
                self.some_duration(text, WAIT_MAX, WAIT_HELP).map(OverflowWhen::After)
            }
            (None, Some(count), None) => {
                let help = "write how many may wait before it";
                self.number("waiting", count, 1..=WAITING_MAX, help).map(OverflowWhen::Waiting)
            }
            (None, None, Some(text)) => {
                self.some_duration(text, WAIT_MAX, WAIT_HELP).map(OverflowWhen::ExpectedWait)
            }
            _ => {
                let message = "a step says one thing that is too long";
                let help = "write `after = \"10m\"`, `waiting = 50` or `expected_wait = \"20m\"`";
                self.error_with_help(spec.span.clone(), message, help);
                None
            }
        };
        Some(Overflow { to: target?, when: when? })
    }

    fn at_most<T>(&mut self, list: &[Located<T>], what: &str) {
        if let Some(extra) = list.get(LIST_MAX) {
            self.error(extra.span.clone(), format!("there can be at most {LIST_MAX} {what}"));
        }
    }

    pub(super) fn no_answer(&mut self, spec: &NoAnswerSpec) -> Option<NoAnswer> {
        let help = "write it as `\"15m\"`; at most 30 days";
        let within = self.some_duration(&spec.within, WAIT_MAX, help);
        let bounces = spec.bounces.as_ref().map_or(Some(BOUNCES), |bounces| {
            let help = "with 0 it stays with whoever got it first, and there is an alert";
            self.number("bounces", bounces, 0..=20, help)
        });
        Some(NoAnswer { within: within?, bounces: bounces? })
    }

    pub(super) fn sharing(&mut self, spec: &SharingSpec) -> Option<Sharing> {
        let by = self.choice("way to share", &spec.by, &ShareBy::ALL)?;
        let mut weights = BTreeMap::new();
        for (name, weight) in &spec.weights {
            let key = match by {
                ShareBy::Language => self.language_of_rule(name),
                ShareBy::Rule => self.rule_named(name),
            };
            let help = "the weight says how many of one are taken for each of another";
            let weight = self.number(&name.value, weight, 1..=100, help);
            let (Some(key), Some(weight)) = (key, weight) else { continue };
            if weights.insert(key, weight).is_some() {
                self.error(name.span.clone(), format!("`{}` has a weight already", name.value));
            }
        }
        Some(Sharing { by, weights })
    }

    fn rule_named(&mut self, name: &Located<String>) -> Option<Arc<str>> {
        let files = &self.sources.files;
        let names = || files.iter().flat_map(|file| &file.spec.rule).map(|it| &*it.name.value);
        if names().any(|known| known == name.value) {
            return Some(name.value.as_str().into());
        }
        // A rule that could not be read may be the one.
        if self.sources.problems.is_empty() {
            let names: Vec<&str> = names().collect();
            self.unknown("rule", name, names.into_iter());
        }
        None
    }
}
