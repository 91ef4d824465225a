//! A canary as a rules file says it, and what its rules say otherwise than those in force.

use toml::Table;

use super::super::{Canary, Policy, Team, Teammate};
use super::{duration, entries, head_start, insert};
use crate::hours::Hours;

impl Canary {
    pub(super) fn print(&self) -> Table {
        let mut table = Table::new();
        insert(&mut table, "rules", &*self.rules);
        insert(&mut table, "share", self.share.to_string());
        if let Some(salt) = &self.salt {
            insert(&mut table, "salt", &**salt);
        }
        table
    }
}

impl Policy {
    /// Whether a team of these rules is the same as one of others, hours and all.
    pub(in crate::policy) fn has_same_team(&self, team: &Team, other: &Self, its: &Team) -> bool {
        let hours = |team: &Team| team.hours.as_ref().map(|(_, hours)| hours.print());
        self.print_team(team) == other.print_team(its) && hours(team) == hours(its)
    }

    /// Whether a teammate of these rules is the same as one of others, shifts and all.
    pub(in crate::policy) fn has_same_teammate(
        &self,
        teammate: &Teammate,
        other: &Self,
        its: &Teammate,
    ) -> bool {
        let hours = |it: &Teammate| it.at_work.as_ref().map(Hours::print);
        self.print_teammate(teammate) == other.print_teammate(its) && hours(teammate) == hours(its)
    }

    /// What these rules say otherwise than others, besides rules, teams and teammates.
    pub(in crate::policy) fn other_limits(&self, other: &Self) -> Vec<&'static str> {
        let sections = |it: &Self| {
            [
                ("[channel]", it.channel_table()),
                ("[teammates]", it.teammate_defaults.print()),
                ("[priority]", head_start(it.head_start)),
                ("[fallback] after", entries(it.fallback_after.map(|it| ("after", duration(it))))),
                ("[after_hours]", it.after_hours_table()),
                ("[api]", it.api_table()),
            ]
        };
        let both = sections(self).into_iter().zip(sections(other));
        both.filter(|((_, one), (_, other))| one != other).map(|((name, _), _)| name).collect()
    }
}
