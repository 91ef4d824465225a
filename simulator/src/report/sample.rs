//! A small report to test with.

use super::*;
use crate::measure::Latency;
use crate::messages::{Intent, Language};
use crate::scenario::Bound;

fn latency(seconds: impl Iterator<Item = u64>) -> Option<LatencySummary> {
    let mut latency = Latency::new();
    seconds.for_each(|s| latency.record(s * 1_000_000));
    latency.summary()
}

/// If the first of them needs a minute longer for each conversation than the others.
fn minutes_each(counts: &[u64], minutes: u64) -> Option<Fairness> {
    let worked = counts.iter().enumerate();
    let worked: Vec<u64> = worked
        .map(|(index, count)| count * (minutes + u64::from(index == 0)) * 60_000_000)
        .collect();
    Fairness::of(&worked)
}

fn team(name: &str, counts: &[u64], by_chance: &[u64], slowest: u64) -> TeamReport {
    TeamReport {
        name: name.to_owned(),
        teammates: counts.len() as u32,
        conversations: counts.iter().sum(),
        fairness: Fairness::of(counts),
        random: Fairness::of(by_chance),
        busy_time: minutes_each(counts, 4),
        random_busy_time: minutes_each(by_chance, 5),
        burst: (!counts.is_empty()).then_some(2),
        random_burst: (!counts.is_empty()).then_some(counts.len() as u64),
        time_to_assignment: latency(1..=slowest),
    }
}

fn confusion() -> Confusion {
    let mut confusion = Confusion::default();
    for (count, intent, language, expected, got) in [
        (1_200, Intent::Price, Language::English, "sales", Some("sales")),
        (9, Intent::Price, Language::English, "sales", Some("support")),
        (300, Intent::Price, Language::Spanish, "latam", Some("latam")),
        (21, Intent::Price, Language::Spanish, "latam", Some("sales")),
        (400, Intent::Refund, Language::English, "support", Some("support")),
        (30, Intent::Compliment, Language::English, "triage", None),
    ] {
        (0..count).for_each(|_| confusion.record(intent, language, expected, got));
    }
    confusion
}

/// With verdicts of both kinds.
pub(crate) fn report() -> Report {
    let mut report = Report {
        run: Run {
            scenario: "viral burst".to_owned(),
            story: "A lamp goes viral on a Friday night. Sales has just gone from twelve people \
                    to nine, and the rest of the world is waking up."
                .to_owned(),
            mode: Mode::Virtual,
            seed: 7,
            commit: Some("1a2b3c4".to_owned()),
            rules_version: "9f86d081884c".to_owned(),
            lasted_us: 8_000_000_000,
        },
        verdicts: vec![],
        violations: vec![],
        volume: Volume {
            dms: 2_160,
            conversations: 1_960,
            assigned: 1_930,
            held: 12,
            unassigned_at_end: 30,
            ..Volume::default()
        },
        confusion: confusion(),
        teams: vec![
            team("sales", &[410, 404, 407], &[420, 395, 406], 900),
            team("support", &[205, 204], &[215, 194], 400),
            team("latam", &[150, 150], &[160, 140], 30),
            team("triage", &[], &[], 0),
        ],
        fallback: [("no rule matched".to_owned(), 25), ("not understood".to_owned(), 5)].into(),
        time_to_assignment: latency(1..=900),
        all_assigned_after_us: Some(7_300_000_000),
        api: ApiUse {
            calls: [("assign team", 1_960), ("assign teammate", 1_930), ("list admins", 12)]
                .map(|(kind, count)| (kind.to_owned(), count))
                .into(),
            allowed_per_window: 1_666,
            busiest_window: 412,
            windows_exceeded: 0,
            rate_limited: 0,
        },
        live: None,
    };
    let expect = |measure, bound| Expectation { measure, bound };
    report.judge(&[
        expect(Measure::Lost, Bound::Equals(Value::Count(0))),
        expect(Measure::RoutingAccuracy, Bound::AtLeast(Value::Share(0.99))),
        expect(Measure::TimeToAssignmentP99, Bound::AtMost(Value::Micros(1_200_000_000))),
        expect(Measure::FairnessJain, Bound::AtLeast(Value::Ratio(0.98))),
        expect(Measure::FairnessBusyTimeJain, Bound::AtLeast(Value::Ratio(0.98))),
        expect(Measure::FairnessBurst, Bound::AtMost(Value::Count(2))),
    ]);
    report
}
