//! The plan of a run: sorted, exact, and the same for the same seed.

use proptest::prelude::*;
use simulator::messages::Mix;
use simulator::plan::TrafficPlan;
use simulator::randomness::Streams;
use simulator::scenario::{Spread, Traffic};
use simulator::traffic::{Arrivals, Shape, Viral, Volume};
use std::time::Duration;

fn traffic(count: u64, follow_ups: f64) -> Traffic {
    Traffic {
        arrivals: Arrivals {
            shape: Shape::Viral(Viral::default()),
            volume: Volume::Count(count),
            window_us: 7_200_000_000,
        },
        mix: Mix { roughness: 0.3, hard_cases: 0.1, unknown_language: 0.05, ..Mix::default() },
        follow_ups,
        follow_up_after: Spread { median: Duration::from_secs(45), sigma: 0.8 },
    }
}

fn bytes(plan: &TrafficPlan) -> String {
    plan.dms.iter().map(|dm| format!("{dm:?}\n")).collect()
}

#[test]
fn five_thousand_write_and_a_tenth_write_again() {
    let plan = TrafficPlan::new(&traffic(5_000, 0.1), &Streams::new(7));
    assert_eq!(plan.contacts, 5_000);
    assert!((5_420..5_580).contains(&plan.dms.len()), "{}", plan.dms.len());
}

#[test]
fn follow_ups_change_nothing_else() {
    let quiet = TrafficPlan::new(&traffic(500, 0.0), &Streams::new(7));
    let loud = TrafficPlan::new(&traffic(500, 1.0), &Streams::new(7));
    let openers: Vec<_> = loud.dms.iter().filter(|dm| dm.ordinal == 0).collect();
    assert_eq!(openers.len(), 500);
    for (one, other) in quiet.dms.iter().zip(openers) {
        assert_eq!((one.contact, one.due_us, &one.dm), (other.contact, other.due_us, &other.dm));
    }
}

#[test]
fn another_seed_is_another_story() {
    let plan = |seed| bytes(&TrafficPlan::new(&traffic(50, 0.1), &Streams::new(seed)));
    assert_ne!(plan(7), plan(8));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_plan_is_sorted_exact_and_repeatable(
        count in 0_u64..200,
        share in 0.0_f64..=1.0,
        seed: u64,
    ) {
        let plan = TrafficPlan::new(&traffic(count, share), &Streams::new(seed));
        prop_assert!(plan.dms.is_sorted_by_key(|dm| (dm.due_us, dm.index)));
        prop_assert!(plan.dms.iter().map(|dm| dm.index).eq(0..plan.dms.len()));
        let openers = plan.dms.iter().filter(|dm| dm.ordinal == 0);
        prop_assert!(openers.map(|dm| dm.contact).eq(0..count as usize));
        for second in plan.dms.iter().filter(|dm| dm.ordinal == 1) {
            let opener = plan.dms.iter().find(|dm| dm.contact == second.contact).unwrap();
            prop_assert!(opener.due_us < second.due_us);
        }
        let again = TrafficPlan::new(&traffic(count, share), &Streams::new(seed));
        prop_assert_eq!(bytes(&plan), bytes(&again));
    }
}
