use super::*;
use crate::scenario::{Bound, Quantity};

#[test]
fn the_worst_team_counts() {
    let report = sample::report();
    let worst =
        |index: fn(&Fairness) -> f64| report.teams.iter().flat_map(|t| &t.fairness).map(index);
    let jain = worst(|team| team.jain).fold(1.0, f64::min);
    assert_eq!(report.measured(Measure::FairnessJain), Some(Value::Ratio(jain)));
    let most = worst(|team| team.max_over_mean).fold(1.0, f64::max);
    assert_eq!(report.measured(Measure::FairnessMaxOverMean), Some(Value::Ratio(most)));
    let busy = report.teams.iter().filter_map(|team| team.busy_time);
    let busy = busy.map(|team| team.jain).fold(1.0, f64::min);
    assert_eq!(report.measured(Measure::FairnessBusyTimeJain), Some(Value::Ratio(busy)));
}

#[test]
fn the_worst_burst_counts() {
    let mut report = sample::report();
    let check = |report: &Report, burst| {
        assert_eq!(report.measured(Measure::FairnessBurst), burst);
    };
    check(&report, Some(Value::Count(2)));
    report.teams[1].burst = Some(9);
    check(&report, Some(Value::Count(9)));
    report.teams.iter_mut().for_each(|team| team.burst = None);
    check(&report, None);
}

#[test]
fn shares_are_of_conversations_and_calls_of_dms() {
    let report = sample::report();
    let check = |measure, expected| assert_eq!(report.measured(measure), Some(expected));
    check(Measure::FallbackShare, Value::Share(30.0 / 1_960.0));
    check(Measure::HeldShare, Value::Share(12.0 / 1_960.0));
    check(Measure::ApiCallsPerDm, Value::Ratio(3_902.0 / 2_160.0));
    check(Measure::UnassignedAtEnd, Value::Count(30));
    check(Measure::TimeToAssignmentMax, Value::Micros(900_000_000));
    check(Measure::AllAssignedAfter, Value::Micros(7_300_000_000));
}

#[test]
fn every_measure_is_of_its_quantity() {
    let report = sample::report();
    for measure in Measure::ALL {
        let quantity = match report.measured(measure).expect("the sample has everything") {
            Value::Count(_) => Quantity::Count,
            Value::Share(_) => Quantity::Share,
            Value::Ratio(_) => Quantity::Ratio,
            Value::Micros(_) => Quantity::Duration,
        };
        assert_eq!(quantity, measure.quantity(), "{measure}");
    }
}

#[test]
fn an_empty_run_proves_nothing() {
    let mut report = sample::report();
    report.confusion = Confusion::default();
    let bound = Bound::AtLeast(Value::Share(0.0));
    report.judge(&[Expectation { measure: Measure::RoutingAccuracy, bound }]);
    assert!(!report.passed());
}
