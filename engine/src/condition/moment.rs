//! Tests of the moment: the time, what is open, what waits, and chance that is none.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use toml::{Table, Value};

use super::{Ask, Bounds, one_of, texts};
use crate::Found;
use crate::hours::{WEEKDAYS, clock};
use crate::share;
use crate::subject::{Facts, QueueState};

/// One of these teams is open, or closed.
#[derive(Clone, Debug)]
pub(crate) struct TeamOpenTest {
    /// Index and name.
    pub(crate) teams: Vec<(usize, Arc<str>)>,
    pub(crate) open: bool,
}

impl TeamOpenTest {
    fn state(&self) -> &'static str {
        if self.open { "open" } else { "closed" }
    }
}

impl Ask for TeamOpenTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let at = facts.subject.at;
        self.teams.iter().any(|(team, _)| facts.policy.teams[*team].is_open(at) == self.open)
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let at = facts.subject.at;
        let open = self.teams.iter().filter(|(team, _)| facts.policy.teams[*team].is_open(at));
        let names: Vec<&str> = open.map(|(_, name)| &**name).collect();
        let all =
            if names.is_empty() { "none open".to_owned() } else { names.join(", ") + " open" };
        Found::Value(Some(all.into()))
    }

    fn asked(&self) -> String {
        format!("team {}: {}", self.state(), one_of(self.teams.iter().map(|(_, name)| &**name)))
    }

    fn print(&self) -> (&'static str, Value) {
        let key = if self.open { "team_open" } else { "team_closed" };
        (key, texts(self.teams.iter().map(|(_, name)| &**name)))
    }
}

/// How many wait for a team, and how long.
#[derive(Clone, Debug)]
pub(crate) struct QueueTest {
    pub(crate) team: usize,
    pub(crate) name: Arc<str>,
    pub(crate) waiting: Option<Bounds>,
    pub(crate) oldest_at_least: Option<Duration>,
}

impl QueueTest {
    fn state(&self, facts: &Facts<'_>) -> (QueueState, Duration) {
        let state = facts.subject.queues.get(self.team).copied().unwrap_or_default();
        let oldest = state.oldest.map_or(Duration::ZERO, |oldest| facts.subject.at.since(oldest));
        (state, oldest)
    }
}

impl Ask for QueueTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let (state, oldest) = self.state(facts);
        self.waiting.is_none_or(|bounds| bounds.hold(state.waiting.into()))
            && self.oldest_at_least.is_none_or(|bound| oldest >= bound)
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let (state, oldest) = self.state(facts);
        let seconds = oldest.as_secs();
        Found::Value(Some(format!("{} waiting, the oldest {seconds} s", state.waiting).into()))
    }

    fn asked(&self) -> String {
        let waiting = self.waiting.map(|bounds| format!("waiting {bounds}"));
        let oldest = self.oldest_at_least.map(|it| format!("the oldest {} s", it.as_secs()));
        let both: Vec<String> = waiting.into_iter().chain(oldest).collect();
        format!("queue of {}: {}", self.name, both.join(" and "))
    }

    fn print(&self) -> (&'static str, Value) {
        let mut table = Table::from_iter([("team".to_owned(), self.name.to_string().into())]);
        table.extend(self.waiting.map(|bounds| ("waiting".to_owned(), bounds.print())));
        let oldest = self.oldest_at_least.map(|it| format!("{}s", it.as_secs()).into());
        table.extend(oldest.map(|oldest| ("oldest_at_least".to_owned(), oldest)));
        ("queue", Value::Table(table))
    }
}

/// It is one of these days, in the time zone of the rules.
#[derive(Clone, Debug)]
pub(crate) struct WeekdayTest {
    /// Monday first.
    pub(crate) days: [bool; 7],
}

impl WeekdayTest {
    fn names(&self) -> Vec<&'static str> {
        WEEKDAYS.into_iter().zip(self.days).filter(|(_, on)| *on).map(|(day, _)| day).collect()
    }
}

impl Ask for WeekdayTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        facts.local().is_some_and(|local| {
            let day = local.weekday().to_monday_zero_offset().unsigned_abs();
            self.days[usize::from(day)]
        })
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let day = facts.local().map(|local| local.weekday().to_monday_zero_offset());
        Found::Value(day.map(|day| WEEKDAYS[usize::from(day.unsigned_abs())].into()))
    }

    fn asked(&self) -> String {
        format!("weekday: {}", one_of(self.names().into_iter()))
    }

    fn print(&self) -> (&'static str, Value) {
        ("weekday", texts(self.names().into_iter()))
    }
}

/// It is one of these times of the day, in the time zone of the rules.
#[derive(Clone, Debug)]
pub(crate) struct TimeTest {
    /// Minutes from midnight; never over midnight.
    pub(crate) windows: Vec<Range<u16>>,
}

impl TimeTest {
    fn names(&self) -> Vec<String> {
        self.windows.iter().map(clock).collect()
    }
}

impl Ask for TimeTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        facts.local().is_some_and(|local| {
            let minute = u16::from(local.hour().unsigned_abs()) * 60
                + u16::from(local.minute().unsigned_abs());
            self.windows.iter().any(|window| window.contains(&minute))
        })
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let time = facts.local().map(|local| format!("{:02}:{:02}", local.hour(), local.minute()));
        Found::Value(time.map(Into::into))
    }

    fn asked(&self) -> String {
        let names = self.names();
        format!("time: {}", one_of(names.iter().map(String::as_str)))
    }

    fn print(&self) -> (&'static str, Value) {
        ("time", texts(self.names().iter().map(String::as_str)))
    }
}

/// The contact is in a stable share of all.
#[derive(Clone, Debug)]
pub(crate) struct ShareTest {
    /// From 0 to 1.
    pub(crate) of: f64,
    pub(crate) key: Arc<str>,
}

impl ShareTest {
    /// Where the contact stands between 0 and 1, in 53 bits.
    fn position(&self, identity: &str) -> f64 {
        (share::position(&self.key, identity) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

impl Ask for ShareTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        self.position(&facts.subject.identity) < self.of
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let position = self.position(&facts.subject.identity);
        Found::Value(Some(format!("{position:.4}").into()))
    }

    fn asked(&self) -> String {
        format!("share of contacts: below {}", self.of)
    }

    fn print(&self) -> (&'static str, Value) {
        let entries =
            [("of".to_owned(), self.of.into()), ("key".to_owned(), self.key.to_string().into())];
        ("share", Value::Table(Table::from_iter(entries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_stable_and_about_as_large_as_it_says() {
        let share = ShareTest { of: 0.2, key: "pilot".into() };
        let inside = |share: &ShareTest| {
            (0..10_000).filter(|n| share.position(&format!("contact {n}")) < share.of).count()
        };
        let count = inside(&share);
        assert!((1_850..2_150).contains(&count), "{count}");
        let wider = ShareTest { of: 0.4, ..share.clone() };
        let lost = (0..10_000)
            .map(|n| format!("contact {n}"))
            .filter(|id| share.position(id) < share.of && wider.position(id) >= wider.of);
        assert_eq!(lost.count(), 0, "who was in stays in when the share grows");
        assert_eq!(share.position("a").to_bits(), share.clone().position("a").to_bits());
        let other = ShareTest { of: 0.2, key: "other".into() };
        assert_ne!(share.position("a").to_bits(), other.position("a").to_bits());
    }
}
