//! Facts about the moment: what is open, what waits, the day, the time, and shares of contacts.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use super::super::branch::Fact;
use super::{Clash, Tested, no_whole_number};
use crate::condition::{Bounds, TeamOpenTest, Test};
use crate::policy::Policy;

/// What the facts disagree about, if they do.
pub(super) fn clash(tested: &[Tested<'_>], policy: &Policy) -> Option<Clash> {
    if teams_clash(tested, policy) {
        return Some(Clash::Teams);
    }
    if weekdays_clash(tested) {
        return Some(Clash::Weekday);
    }
    if times_clash(tested) {
        return Some(Clash::Time);
    }
    shares_clash(tested).then_some(Clash::Share)
}

/// A team without hours is always open. Beyond that the hours of teams are not compared.
fn teams_clash(tested: &[Tested<'_>], policy: &Policy) -> bool {
    let of_teams = |holds: bool| {
        tested.iter().filter(move |it| it.1 == holds).filter_map(|it| match it.0 {
            Test::TeamOpen(test) => Some(test),
            _ => None,
        })
    };
    // Whether a team is known to be open, or to be closed.
    let known = |team: usize, open: bool| {
        let always = open && policy.teams[team].hours.is_none();
        let has = |test: &TeamOpenTest| test.teams.iter().any(|(it, _)| *it == team);
        let all = of_teams(false).any(|test| test.open != open && has(test));
        let single = of_teams(true).any(|it| it.open == open && it.teams.len() == 1 && has(it));
        always || all || single
    };
    let mut teams = of_teams(true).chain(of_teams(false)).flat_map(|test| &test.teams);
    teams.any(|(team, _)| known(*team, true) && known(*team, false))
        || of_teams(true).any(|test| test.teams.iter().all(|(team, _)| known(*team, !test.open)))
}

fn weekdays_clash(tested: &[Tested<'_>]) -> bool {
    let passes = |day: usize| {
        tested.iter().all(|(test, holds)| match test {
            Test::Weekday(test) => test.days[day] == *holds,
            _ => true,
        })
    };
    !(0..7).any(passes)
}

/// What holds of a minute holds up to the next begin or end of a window.
fn times_clash(tested: &[Tested<'_>]) -> bool {
    let facts: Vec<(&[Range<u16>], bool)> = tested
        .iter()
        .filter_map(|(test, holds)| match test {
            Test::Time(test) => Some((test.windows.as_slice(), *holds)),
            _ => None,
        })
        .collect();
    let windows = facts.iter().flat_map(|(windows, _)| *windows);
    let edges = windows.flat_map(|it| [it.start, it.end]).filter(|it| *it < 24 * 60);
    let passes = |minute: u16| {
        let inside = |windows: &[Range<u16>]| windows.iter().any(|it| it.contains(&minute));
        facts.iter().all(|(windows, holds)| inside(windows) == *holds)
    };
    !std::iter::once(0).chain(edges).any(passes)
}

/// Where a contact stands lies from 0 to below 1, for each key.
fn shares_clash(tested: &[Tested<'_>]) -> bool {
    let mut by_key: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (test, holds) in tested {
        if let Test::Share(test) = test {
            let (from, below) = by_key.entry(&test.key).or_insert((0.0, 1.0));
            if *holds {
                *below = below.min(test.of);
            } else {
                *from = from.max(test.of);
            }
        }
    }
    by_key.values().any(|(from, below)| from >= below)
}

/// Whether what waits for a team cannot be so.
pub(super) fn queues_clash(facts: &[Fact<'_>]) -> bool {
    let mut waiting: BTreeMap<usize, Vec<(Bounds, bool)>> = BTreeMap::new();
    let mut oldest: BTreeMap<usize, (Duration, Duration)> = BTreeMap::new();
    for fact in facts {
        match fact {
            Fact::Waiting(team, bounds, holds) => {
                waiting.entry(*team).or_default().push((*bounds, *holds));
            }
            Fact::Oldest(team, time, holds) => {
                let (from, below) = oldest.entry(*team).or_insert((Duration::ZERO, Duration::MAX));
                if *holds {
                    *from = (*from).max(*time);
                } else {
                    *below = (*below).min(*time);
                }
            }
            _ => {}
        }
    }
    waiting.values().any(|bounds| no_whole_number(bounds))
        || oldest.values().any(|(from, below)| from >= below)
}
