//! Teams that are not there when they are needed.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::coverage::{Coverage, gaps, unstaffed};
use super::{Linter, in_order, names, warning};
use crate::hours::Hours;
use crate::policy::{Policy, RulesSource};
use crate::{Problem, RosterSnapshot};

impl Policy {
    /// Warns of the hours of a week in which no team that gets anything is open. The week is the
    /// one that `day` is in; `source` tells the places. With what Intercom lists, it also warns of
    /// the hours in which a team is open and nobody of it is at work.
    #[must_use]
    pub fn lint_week(
        &self,
        source: &RulesSource,
        day: Date,
        roster: Option<&RosterSnapshot>,
    ) -> Vec<Problem> {
        let receiving = self.receiving();
        let mut problems: Vec<Problem> = roster
            .map(|roster| receiving.iter().filter_map(|it| self.nobody_at_work(*it, day, roster)))
            .into_iter()
            .flatten()
            .collect();
        let gaps = gaps(&Coverage::of_teams(self, &receiving, day, None));
        if !gaps.is_empty() {
            problems.push(self.nobody_on_shift(source, &gaps));
        }
        in_order(problems)
    }

    fn nobody_on_shift(&self, source: &RulesSource, gaps: &str) -> Problem {
        let message = format!("no team is open on {gaps}");
        let help = match self.after_hours.hold_in {
            Some(team) => {
                format!("what comes then stays in `{}` until a team opens", self.teams[team].name)
            }
            None => "what comes then waits in its team's inbox".to_owned(),
        };
        let place = (None, super::places::Places::read(source).fallback);
        warning("nobody-on-shift", place, message, &help)
    }

    fn nobody_at_work(&self, team: usize, day: Date, roster: &RosterSnapshot) -> Option<Problem> {
        let it = &self.teams[team];
        if !roster.teammates.iter().any(|member| member.teams.contains(&it.id)) {
            return None; // which is a problem of its own
        }
        let idle = unstaffed(&Coverage::of_teams(self, &[team], day, Some(roster)));
        if idle.is_empty() {
            return None;
        }
        let message = format!("team `{}` is open and nobody of it is at work on {idle}", it.name);
        let help = "change its `hours`, or `shift` and `time_off` of its teammates";
        Some(warning("nobody-at-work", it.place.clone(), message, help))
    }

    /// Indices of the teams that rules or the fallback assign to, or that others overflow to, but
    /// for the one that only holds.
    fn receiving(&self) -> Vec<usize> {
        let rules = self.enabled_rules().flat_map(|rule| &rule.ladder);
        let steps = self.teams.iter().flat_map(|team| &team.overflow).map(|step| &step.to);
        let teams: BTreeSet<usize> = rules.chain(&self.fallback).chain(steps).copied().collect();
        teams.into_iter().filter(|it| Some(*it) != self.after_hours.hold_in).collect()
    }
}

impl Linter<'_> {
    pub(super) fn shifts(&mut self) {
        let policy = self.policy;
        let closes = |team: usize| {
            policy.teams[team].hours.as_ref().is_some_and(|(_, hours)| Hours::ever_closes(hours))
        };
        let hold_in = policy.after_hours.hold_in;
        let place = (None, self.places.fallback.clone());
        let fallback = policy.fallback[0];
        let name = &policy.teams[fallback].name;
        if hold_in == Some(fallback) {
            let message = format!("the fallback team `{name}` is the one that holds after hours");
            let help = "what no rule matches would lie where nobody works: name another team";
            self.warn("fallback-holds", place, message, help);
        } else if closes(fallback) {
            let message = format!("the fallback team `{name}` is not always open");
            let help = "what no rule matches waits until it opens; a team without `hours` is \
                        always open";
            self.warn("fallback-closed", place, message, help);
        }
        let overflows = policy.teams.iter().filter(|team| {
            hold_in.is_some_and(|held| team.overflow.iter().any(|step| step.to == held))
        });
        for team in overflows {
            let message =
                format!("team `{}` overflows to the team that holds after hours", team.name);
            let help = "what waits too long would lie where nobody works: name another team";
            self.warn("overflow-holds", team.place.clone(), message, help);
        }
        if hold_in.is_none() {
            let closing: Vec<usize> =
                policy.receiving().into_iter().filter(|team| closes(*team)).collect();
            let Some(first) = closing.first() else { return };
            let closed = names(closing.iter().map(|it| &*policy.teams[*it].name));
            let message = format!("nothing says where conversations of {closed} stay after hours");
            let help = "they wait in the inbox of their team; to hold them elsewhere, add \
                        `[after_hours]` with `hold_in = \"...\"`";
            let place = policy.teams[*first].place.clone();
            self.warn("no-hold-team", place, message, help);
        }
    }
}
