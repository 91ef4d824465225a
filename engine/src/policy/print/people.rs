//! Teams and teammates as a rules file says them. What is as it would be anyway is left out.

use std::time::Duration;

use toml::{Table, Value};

use super::super::{
    Distribution, InboxUse, NoAnswer, Overflow, OverflowWhen, Policy, Requirement, ShareBy,
    Sharing, Skill, Team, Teammate, TeammateDefaults, WHOLE_WEIGHT,
};
use super::{duration, entries, insert, integer, texts};

impl Policy {
    pub(super) fn print_team(&self, team: &Team) -> Table {
        let mut table = entries([("intercom_team", integer(team.id.get()))]);
        if team.distribution != Distribution::default() {
            insert(&mut table, "distribution", word(&Distribution::ALL, team.distribution));
        }
        if let Some(limit) = team.assignment_limit {
            insert(&mut table, "assignment_limit", integer(limit.into()));
        }
        if let Some((name, _)) = &team.hours {
            insert(&mut table, "hours", &**name);
        }
        if !team.languages.is_empty() {
            insert(&mut table, "languages", texts(&team.languages));
        }
        if let Some(sticky) = team.sticky {
            insert(&mut table, "sticky", duration(sticky));
        }
        if team.inbox != InboxUse::default() {
            insert(&mut table, "inbox", word(&InboxUse::ALL, team.inbox));
        }
        if !team.require.is_empty() {
            insert(&mut table, "require", requirements(&team.require));
        }
        if !team.overflow.is_empty() {
            let steps = team.overflow.iter().map(|step| Value::Table(self.print_step(step)));
            insert(&mut table, "overflow", Value::Array(steps.collect()));
        }
        if let Some(no_answer) = team.no_answer {
            insert(&mut table, "no_answer", no_answer.print());
        }
        if let Some(sharing) = &team.sharing {
            insert(&mut table, "sharing", sharing.print());
        }
        table
    }

    fn print_step(&self, step: &Overflow) -> Table {
        let when = match step.when {
            OverflowWhen::After(after) => ("after", duration(after)),
            OverflowWhen::Waiting(count) => ("waiting", integer(count.into())),
            OverflowWhen::ExpectedWait(wait) => ("expected_wait", duration(wait)),
        };
        entries([("to", self.teams[step.to].name.to_string().into()), when])
    }

    pub(super) fn print_teammate(&self, teammate: &Teammate) -> Table {
        let mut table = entries([("intercom_admin", integer(teammate.named.id.get()))]);
        if let Some(shift) = &teammate.shift {
            insert(&mut table, "shift", &**shift);
        }
        if !teammate.time_off.is_empty() {
            let days = teammate.time_off.iter().map(|(first, last)| match first == last {
                true => Value::String(first.to_string()),
                false => Value::String(format!("{first}..{last}")),
            });
            insert(&mut table, "time_off", Value::Array(days.collect()));
        }
        if let Some(limit) = teammate.assignment_limit {
            insert(&mut table, "assignment_limit", integer(limit.into()));
        }
        if !teammate.team_limits.is_empty() {
            let limits = teammate.team_limits.iter();
            let limits = limits.map(|(team, limit)| {
                (self.teams[*team].name.to_string(), integer((*limit).into()))
            });
            insert(&mut table, "limit_in", Table::from_iter(limits));
        }
        if !teammate.helps_in.is_empty() {
            let teams = teammate.helps_in.iter().map(|team| self.teams[*team].name.clone());
            insert(&mut table, "helps_in", texts(&teams.collect::<Vec<_>>()));
        }
        if teammate.weight != WHOLE_WEIGHT {
            insert(&mut table, "weight", f64::from(teammate.weight) / f64::from(WHOLE_WEIGHT));
        }
        if !teammate.languages.is_empty() {
            insert(&mut table, "languages", texts(&teammate.languages));
        }
        if !teammate.skills.is_empty() {
            insert(&mut table, "skills", texts(&teammate.skills));
        }
        table
    }
}

impl TeammateDefaults {
    pub(super) fn print(&self) -> Table {
        let mut table = entries([("away_grace", duration(self.away_grace))]);
        if let Some(limit) = self.assignment_limit {
            insert(&mut table, "assignment_limit", integer(limit.into()));
        }
        let ramp = self.ramp.map(|ramp| {
            let per_minute = ("per_minute", integer(ramp.per_minute.into()));
            Value::Table(entries([per_minute, ("lasts", duration(ramp.lasts))]))
        });
        insert(&mut table, "ramp", ramp.unwrap_or(Value::Boolean(false)));
        table
    }
}

impl NoAnswer {
    fn print(self) -> Table {
        entries([("within", duration(self.within)), ("bounces", integer(self.bounces.into()))])
    }
}

impl Sharing {
    fn print(&self) -> Table {
        let mut table = entries([("by", word(&ShareBy::ALL, self.by))]);
        let weights = self.weights.iter();
        let weights = weights.map(|(name, weight)| (name.to_string(), integer((*weight).into())));
        let weights = Table::from_iter(weights);
        if !weights.is_empty() {
            insert(&mut table, "weights", weights);
        }
        table
    }
}

/// What a team or a rule requires.
pub(super) fn requirements(requirements: &[Requirement]) -> Value {
    let tables = requirements.iter().map(|requirement| {
        let skill = match &requirement.skill {
            Skill::Language => ("language", true.into()),
            Skill::Named(name) => ("skill", name.to_string().into()),
        };
        let until = requirement.until.map(|until: Duration| ("until", duration(until)));
        Value::Table(entries([skill].into_iter().chain(until)))
    });
    Value::Array(tables.collect())
}

/// The name of a value of a closed list.
fn word<T: PartialEq>(known: &[(&'static str, T)], value: T) -> Value {
    let name = known.iter().find(|(_, it)| *it == value).map(|(name, _)| *name);
    name.expect("the list has every value").into()
}
