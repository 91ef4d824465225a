use std::time::Duration;

use toml::Spanned;

use super::*;
use crate::scenario::Absence;

fn team(name: &str, teammates: u32) -> Team {
    Team { name: Spanned::new(0..0, name.to_owned()), teammates }
}

fn work(sigma: f64, absences: Vec<Absence>) -> Work {
    let median = Duration::from_secs(240);
    let handle_time = Spread { median, sigma };
    Work { handle_time, reply_after: 0.25, speed: Speed::default(), absences }
}

fn people(sigma: f64, absences: Vec<Absence>) -> People {
    People::new(&[team("sales", 3)], &work(sigma, absences), &Streams::new(7))
}

const SECOND: u64 = 1_000_000;

fn script(people: &mut People) -> Vec<(u64, Act)> {
    let next = || {
        let at = people.next_due()?;
        Some((at / SECOND, people.pop_due(at)?))
    };
    std::iter::from_fn(next).collect()
}

#[test]
fn a_conversation_is_answered_and_closed() {
    let mut people = people(0.0, vec![]);
    people.on_assigned(10 * SECOND, 7001, 5);
    assert_eq!(people.pop_due(69 * SECOND), None);
    assert_eq!(
        script(&mut people),
        [
            (70, Act::Reply { teammate: 7001, conversation: 5 }),
            (250, Act::Close { teammate: 7001, conversation: 5 }),
        ]
    );
    assert_eq!(people.open_conversations(), 0);
}

#[test]
fn who_is_faster_needs_less_time() {
    let closes = |speed, sigma| {
        let work = Work { speed, ..work(sigma, vec![]) };
        let mut people = People::new(&[team("sales", 3)], &work, &Streams::new(7));
        (1..4).for_each(|it| people.on_assigned(0, 7000 + it, it));
        let acts = script(&mut people).into_iter();
        let closes = acts.filter_map(|(at, act)| match act {
            Act::Close { conversation, .. } => Some((conversation, at)),
            _ => None,
        });
        closes.collect::<BTreeMap<_, _>>()
    };
    let twice = closes(Speed { from: 2.0, to: 2.0 }, 0.0);
    assert!(twice.into_values().eq([120, 120, 120]));
    let range = Speed { from: 0.5, to: 2.0 };
    let various = closes(range, 0.0);
    for (conversation, at) in &various {
        let speed = range.of(7000 + conversation, &Streams::new(7));
        assert_eq!(*at, (240.0 / speed) as u64, "each at their own speed");
    }
    let different: std::collections::BTreeSet<_> = various.values().collect();
    assert_eq!(different.len(), 3, "{various:?}");

    // The work itself stays the same, whoever does it.
    let (plain, slow) = (closes(Speed::default(), 0.6), closes(Speed { from: 0.5, to: 0.5 }, 0.6));
    assert!(plain.iter().all(|(conversation, at)| slow[conversation].abs_diff(2 * at) <= 1));
}

#[test]
fn several_go_on_at_once() {
    let mut people = people(0.0, vec![]);
    people.on_assigned(0, 7001, 1);
    people.on_assigned(0, 7001, 2);
    let closes: Vec<_> = script(&mut people)
        .into_iter()
        .filter_map(|(at, act)| match act {
            Act::Close { conversation, .. } => Some((at, conversation)),
            _ => None,
        })
        .collect();
    assert_eq!(closes, [(240, 1), (240, 2)]);
}

#[test]
fn a_new_owner_begins_anew_and_the_old_one_stops() {
    let mut people = people(0.0, vec![]);
    people.on_assigned(0, 7001, 1);
    people.on_assigned(100 * SECOND, 7002, 1);
    people.on_assigned(120 * SECOND, 7002, 1);
    let acts: Vec<_> = script(&mut people);
    assert_eq!(
        acts,
        [
            (160, Act::Reply { teammate: 7002, conversation: 1 }),
            (340, Act::Close { teammate: 7002, conversation: 1 }),
        ]
    );
}

#[test]
fn what_is_taken_away_is_not_finished() {
    let mut people = people(0.0, vec![]);
    people.on_assigned(0, 7001, 1);
    people.on_taken_away(1);
    assert_eq!(people.next_due(), None);
}

#[test]
fn handle_time_is_of_the_conversation_and_not_of_the_order() {
    let close_of = |order: &[u64]| {
        let mut people = people(0.6, vec![]);
        order.iter().for_each(|&c| people.on_assigned(0, 7000 + c, c));
        let mut closes: Vec<_> = script(&mut people)
            .into_iter()
            .filter_map(|(at, act)| match act {
                Act::Close { conversation, .. } => Some((conversation, at)),
                _ => None,
            })
            .collect();
        closes.sort_unstable();
        closes
    };
    assert_eq!(close_of(&[1, 2, 3]), close_of(&[3, 1, 2]));
}

#[test]
fn a_conversation_that_comes_back_takes_another_time() {
    let mut people = people(0.6, vec![]);
    people.on_assigned(0, 7001, 1);
    let first = script(&mut people)[1].0;
    people.on_assigned(0, 7001, 1);
    assert_ne!(script(&mut people)[1].0, first);
}

#[test]
fn who_is_away_neither_replies_nor_closes() {
    let away =
        Absence { team: "sales".to_owned(), count: 3, from_us: 30 * SECOND, to_us: 90 * SECOND };
    let mut people = people(0.0, vec![away]);
    people.on_assigned(0, 7002, 1);
    assert!(people.is_away(7002, 30 * SECOND) && !people.is_away(7002, 90 * SECOND));
    let of_7002: Vec<_> = script(&mut people)
        .into_iter()
        .filter(|(_, act)| match *act {
            Act::Reply { teammate, .. }
            | Act::Close { teammate, .. }
            | Act::GoAway { teammate }
            | Act::ComeBack { teammate } => teammate == 7002,
        })
        .collect();
    assert_eq!(
        of_7002,
        [
            (30, Act::GoAway { teammate: 7002 }),
            (90, Act::ComeBack { teammate: 7002 }),
            (120, Act::Reply { teammate: 7002, conversation: 1 }),
            (300, Act::Close { teammate: 7002, conversation: 1 }),
        ]
    );
}

#[test]
fn names_and_ids_are_unique() {
    let everybody = roster(&[team("sales", 70), team("triage", 0), team("support", 31)]);
    assert_eq!(everybody.len(), 101);
    let names: std::collections::BTreeSet<_> = everybody.iter().map(|mate| &mate.name).collect();
    assert_eq!(names.len(), 101);
    assert_eq!(everybody[70].team, "support");
    assert_eq!(everybody[70].id, 7071);
    assert_eq!(everybody[45].name, "Femi 2");
}
