use std::time::Duration;

use super::*;

const fn at(seconds: u64) -> Moment {
    Moment::from_seconds(seconds)
}

fn plan(rule: FaultRule) -> FaultPlan {
    let mut plan = FaultPlan::new(7);
    plan.add(rule).unwrap();
    plan.tell_time(at(1_000));
    plan
}

/// Which of so many calls the fault strikes, from 1.
fn struck(plan: &mut FaultPlan, calls: u32) -> Vec<u32> {
    (1..=calls).filter(|_| !plan.on_call("GET", "/me", true).struck.is_empty()).collect()
}

fn reset() -> FaultRule {
    FaultRule::new("r", Effect::Reset).of_calls("", "")
}

#[test]
fn counts_say_which_are_struck() {
    let check = |rule, expected: &[u32]| assert_eq!(struck(&mut plan(rule), 9), expected);
    check(reset(), &[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    check(FaultRule { every: Some(4), ..reset() }, &[4, 8]);
    check(FaultRule { first: Some(2), ..reset() }, &[1, 2]);
    check(FaultRule { at_most: Some(1), every: Some(3), ..reset() }, &[3]);
    check(FaultRule { probability: Some(0.0), ..reset() }, &[]);
    check(FaultRule { probability: Some(1.0), every: Some(9), ..reset() }, &[9]);
}

#[test]
fn a_time_begins_and_ends() {
    let from = Some(Point::After(Duration::from_secs(10)));
    let until = Some(Point::At(at(1_020)));
    let mut plan = plan(FaultRule { from, until, ..reset() });
    let mut check = |now, expected| {
        plan.tell_time(at(now));
        assert_eq!(struck(&mut plan, 1).len(), expected, "{now}");
    };
    check(1_009, 0);
    check(1_010, 1);
    check(1_019, 1);
    check(1_020, 0);
}

#[test]
fn a_probability_is_kept_and_other_calls_do_not_matter() {
    let rule = || FaultRule { probability: Some(0.3), ..reset() };
    let mut alone = plan(rule());
    let expected = struck(&mut alone, 2_000);
    let share = expected.len() as f64 / 2_000.0;
    assert!((0.26..0.34).contains(&share), "{share}");
    let mut among_others = plan(rule());
    among_others.add(FaultRule { name: "other".into(), ..rule() }).unwrap();
    let mut found = Vec::new();
    for n in 1..=2_000 {
        among_others.on_call("POST", "/tags", true);
        let fate = among_others.on_call("GET", "/me", true);
        found.extend(fate.struck.iter().any(|struck| struck.rule == "r").then_some(n));
    }
    assert_eq!(found, expected);
}

#[test]
fn without_a_connection_only_the_status_counts() {
    let mut plan = plan(reset());
    plan.add(FaultRule::new("s", Effect::Status(503)).of_calls("", "")).unwrap();
    let fate = plan.on_call("GET", "/me", false);
    assert_eq!(fate.ending, Some(Ending::Instead(Loss::Status(503))));
    assert_eq!(plan.statuses().map(|status| status.met).collect::<Vec<_>>(), [0, 1]);
    let fate = plan.on_call("GET", "/me", true);
    assert_eq!(fate.ending, Some(Ending::Instead(Loss::Reset)), "the first one counts");
}

#[test]
fn webhooks_meet_their_fate_by_topic() {
    let fate = |then: Effect, topic| {
        plan(FaultRule::new("w", then).of_webhooks("conversation.*")).on_webhook(topic).0
    };
    let usual = Fate::default;
    let created = "conversation.user.created";
    assert_eq!(fate(Effect::Lost, "ping"), usual());
    assert_eq!(fate(Effect::Lost, created), Fate { lost: true, ..usual() });
    assert_eq!(fate(Effect::Duplicate(2), created), Fate { copies: 2, ..usual() });
    let second = Length(Duration::from_secs(1));
    let delay = Effect::Delay(Latency::Fixed(second));
    assert_eq!(fate(delay, created), Fate { delay: second.0, ..usual() });
    let wrong = Fate { wrongly_signed: true, ..usual() };
    assert_eq!(fate(Effect::WrongSignature, created), wrong);
    let mut reordered =
        plan(FaultRule::new("w", Effect::Reorder(second)).of_webhooks("conversation.*"));
    let delays: Vec<Duration> = (0..20).map(|_| reordered.on_webhook(created).0.delay).collect();
    assert!(delays.iter().all(|delay| *delay < second.0) && !delays.is_sorted());
}

#[test]
fn an_outage_has_an_end_or_none() {
    let outage = |until| {
        let rule = FaultRule { until, ..FaultRule::new("o", Effect::Outage) };
        let mut plan = plan(rule);
        (plan.is_outage(), plan.on_webhook("ping").0.stored_until)
    };
    assert_eq!(outage(None), (true, Some(NEVER)));
    assert_eq!(outage(Some(Point::After(Duration::from_secs(9)))), (true, Some(at(1_009))));
    assert_eq!(outage(Some(Point::At(at(1_000)))), (false, None));
}

#[test]
fn a_skewed_clock_is_wrong_for_its_time_and_gets_there_all_the_same() {
    let check = |shift_seconds: i64, shown: u64, expected: u64| {
        let micros = shift_seconds * 1_000_000;
        let rule = FaultRule {
            from: Some(Point::At(at(1_100))),
            until: Some(Point::At(at(1_200))),
            ..FaultRule::new("k", Effect::ClockSkew(Shift { micros }))
        };
        let plan = plan(rule);
        let found = plan.true_time(at(shown));
        assert_eq!(found, at(expected), "{shift_seconds} {shown}");
        assert!(plan.shown(found) >= at(shown));
    };
    check(30, 1_050, 1_050);
    check(30, 1_110, 1_100);
    check(30, 1_150, 1_120);
    check(30, 1_229, 1_199);
    check(30, 1_240, 1_240);
    check(-30, 1_095, 1_095);
    check(-30, 1_150, 1_180);
    check(-30, 1_180, 1_200);
    check(-30, 1_300, 1_300);
}

#[test]
fn there_are_so_many_rules_and_no_more() {
    let mut plan = FaultPlan::new(0);
    for _ in 0..FAULT_LIMIT {
        plan.add(reset()).unwrap();
    }
    assert_eq!(plan.add(reset()), Err(FaultError::TooMany));
    assert!(plan.remove(FaultId(3)) && !plan.remove(FaultId(3)));
    assert!(plan.add(reset()).is_ok());
    let wrong = FaultRule::new("x", Effect::Status(200)).of_calls("", "");
    let error = plan.add(wrong).unwrap_err().to_string();
    assert_eq!(error, "`then.status`: 200 is no error; write a status from 400 to 599");
}
