use std::time::Duration;

use super::*;
use crate::faults::Fate;
use crate::signature::sign;

const QUICK: Duration = Duration::from_millis(20);

fn notification(seconds: u64) -> Notification {
    Notification {
        id: format!("notif_{seconds}"),
        topic: "conversation.user.created".to_owned(),
        created_at: Moment::from_seconds(seconds),
        body: br#"{"data":{"t":"\"delivery_attempts\":1,"},"delivery_attempts":1,"x":0}"#.to_vec(),
        fate: Fate::default(),
    }
}

fn outbox(concurrency: usize, notifications: u64) -> Outbox {
    let mut outbox = Outbox::new(concurrency);
    outbox.subscribe(WebhookTarget::new("http://127.0.0.1:9/hook", "secret"));
    (0..notifications).for_each(|second| outbox.accept(at(second), notification(second)));
    outbox
}

const fn at(seconds: u64) -> Moment {
    Moment::from_seconds(seconds)
}

const OK: Outcome = Outcome::Answered(200);

/// Sends all that can be sent now, with this outcome: which, and which attempt.
fn send_all(outbox: &mut Outbox, now: Moment, outcome: Outcome) -> Vec<(String, u32)> {
    std::iter::from_fn(|| {
        let attempt = outbox.poll_attempt(now)?;
        outbox.complete(now, &attempt, outcome, QUICK);
        Some((attempt.notification().id.clone(), attempt.number()))
    })
    .collect()
}

fn ids(sent: Vec<(String, u32)>) -> Vec<String> {
    sent.into_iter().map(|(id, _)| id.trim_start_matches("notif_").to_owned()).collect()
}

#[test]
fn one_attempt_decides_what_follows() {
    let check = |outcome, number, expected| {
        let mut outbox = outbox(1, 1);
        let mut attempt = outbox.poll_attempt(at(100)).unwrap();
        if number == 2 {
            outbox.complete(at(40), &attempt, Outcome::Failed, QUICK);
            attempt = outbox.poll_attempt(at(100)).unwrap();
        }
        assert_eq!(outbox.complete(at(103), &attempt, outcome, QUICK), expected, "{outcome:?}");
    };
    check(Outcome::Answered(200), 1, Verdict::Delivered);
    check(Outcome::Answered(204), 2, Verdict::Delivered);
    check(Outcome::Answered(302), 1, Verdict::RetryAt(at(163)));
    check(Outcome::Answered(401), 1, Verdict::RetryAt(at(163)));
    check(Outcome::Answered(500), 1, Verdict::RetryAt(at(163)));
    check(Outcome::TimedOut, 1, Verdict::RetryAt(at(163)));
    check(Outcome::Failed, 2, Verdict::GivenUp);
    check(Outcome::Answered(410), 1, Verdict::Disabled);
    check(Outcome::Answered(429), 2, Verdict::HeldUntil(at(163)));
}

#[test]
fn retries_once_after_a_minute() {
    let mut outbox = outbox(4, 1);
    let first = outbox.poll_attempt(at(1)).unwrap();
    assert_eq!(outbox.poll_timeout(), None);
    outbox.complete(at(2), &first, Outcome::Failed, QUICK);
    assert_eq!(outbox.poll_timeout(), Some(at(62)));
    assert!(outbox.poll_attempt(at(61)).is_none() && !outbox.has_due(at(61)));
    assert!(outbox.has_due(at(62)));
    let second = outbox.poll_attempt(at(62)).unwrap();
    assert_eq!((second.number(), second.notification().id.as_str()), (2, "notif_0"));
    outbox.complete(at(62), &second, Outcome::TimedOut, DEADLINE);
    assert!(outbox.is_idle());
}

#[test]
fn a_retry_differs_in_its_count_and_signature_only() {
    let mut outbox = outbox(1, 1);
    let first = outbox.poll_attempt(at(1)).unwrap();
    outbox.complete(at(1), &first, Outcome::Failed, QUICK);
    let second = outbox.poll_attempt(at(61)).unwrap();
    let (body, signature) = second.signed_body();
    assert_eq!(
        String::from_utf8(body.clone()).unwrap(),
        r#"{"data":{"t":"\"delivery_attempts\":1,"},"delivery_attempts":2,"x":0}"#
    );
    assert_eq!(signature, sign("secret", &body));
    assert_ne!(first.signed_body().1, signature);
}

#[test]
fn too_many_requests_holds_the_whole_subscription() {
    let mut outbox = outbox(2, 3);
    let first = outbox.poll_attempt(at(10)).unwrap();
    outbox.complete(at(10), &first, Outcome::Answered(429), QUICK);
    assert!(outbox.poll_attempt(at(69)).is_none());
    assert_eq!(outbox.poll_timeout(), Some(at(70)));
    let sent = send_all(&mut outbox, at(70), OK);
    assert_eq!(sent, [("notif_0".into(), 1), ("notif_1".into(), 1), ("notif_2".into(), 1)]);
}

#[test]
fn a_full_subscription_waits_for_an_outcome_and_not_for_time() {
    let mut outbox = outbox(1, 3);
    let first = outbox.poll_attempt(at(10)).unwrap();
    outbox.complete(at(10), &first, Outcome::Answered(429), QUICK);
    let again = outbox.poll_attempt(at(70)).unwrap();
    assert_eq!(outbox.poll_timeout(), None, "the hold is over, the slot is taken");
    outbox.complete(at(71), &again, Outcome::Failed, QUICK);
    assert!(outbox.poll_timeout().is_some());
}

#[test]
fn what_waited_two_hours_is_dropped() {
    let mut outbox = outbox(1, 2);
    let mut now = at(1);
    // A subscriber that is too busy all the time.
    while now <= at(7_200) {
        let attempt = outbox.poll_attempt(now).unwrap();
        assert_eq!(attempt.notification().id, "notif_0");
        outbox.complete(now, &attempt, Outcome::Answered(429), QUICK);
        now = outbox.poll_timeout().unwrap();
    }
    assert_eq!(now, at(7_201));
    assert_eq!(outbox.poll_attempt(now).unwrap().notification().id, "notif_1");
    assert_eq!(outbox.dropped(), 1);
}

#[test]
fn gone_ends_it_all_until_it_is_set_live() {
    let mut outbox = outbox(2, 5);
    let (first, second) =
        (outbox.poll_attempt(at(1)).unwrap(), outbox.poll_attempt(at(1)).unwrap());
    assert!(outbox.poll_attempt(at(1)).is_none(), "two at once and no more");
    outbox.complete(at(1), &first, Outcome::Answered(410), QUICK);
    assert_eq!(outbox.complete(at(1), &second, Outcome::Failed, QUICK), Verdict::GivenUp);
    outbox.accept(at(9), notification(9));
    assert!(outbox.poll_attempt(at(1_000)).is_none());
    assert!(outbox.is_idle());
    assert_eq!(outbox.statuses(at(1_000))[0].state, Life::Disabled);
    assert!(outbox.set_live(first.subscription()));
    outbox.accept(at(1_000), notification(10));
    assert_eq!(ids(send_all(&mut outbox, at(1_000), OK)), ["10"]);
}

#[test]
fn a_thousand_and_one_errors_pause_and_what_comes_meanwhile_is_dropped() {
    let mut outbox = outbox(1, 1_001);
    for n in 1..=1_001_u64 {
        let attempt = outbox.poll_attempt(at(2_000)).unwrap();
        let verdict = outbox.complete(at(2_000), &attempt, Outcome::Answered(500), QUICK);
        let expected = match n {
            1_001 => Verdict::PausedUntil(at(2_900)),
            _ => Verdict::RetryAt(at(2_060)),
        };
        assert_eq!(verdict, expected, "{n}");
    }
    outbox.accept(at(2_899), notification(2_899));
    assert_eq!(outbox.dropped(), 1);
    assert!(outbox.poll_attempt(at(2_899)).is_none(), "nor is anything retried");
    assert_eq!(outbox.poll_timeout(), Some(at(2_900)));
    outbox.accept(at(2_900), notification(2_900));
    assert_eq!(send_all(&mut outbox, at(2_900), OK).len(), 1_002);
}

#[test]
fn errors_for_seven_days_suspend_a_private_app_until_it_is_set_live() {
    let after_a_week = |private_app| {
        let settings = WebhookSettings { private_app, ..WebhookSettings::default() };
        let mut outbox = Outbox::new(1).with_settings(settings);
        let id = outbox.subscribe(WebhookTarget::new("http://127.0.0.1:9/hook", "secret"));
        for hour in 0..=169 {
            let now = at(hour * 3_600);
            outbox.accept(now, notification(hour));
            send_all(&mut outbox, now, Outcome::Answered(500));
            send_all(&mut outbox, now + Duration::from_secs(60), Outcome::TimedOut);
        }
        let week = at(169 * 3_600 + 60);
        let state = outbox.statuses(week)[0].state;
        assert!(outbox.set_live(id));
        outbox.accept(week, notification(1_000));
        (state, ids(send_all(&mut outbox, week, OK)))
    };
    assert_eq!(after_a_week(true), (Life::Suspended, vec!["1000".to_owned()]));
    assert_eq!(after_a_week(false), (Life::Live, vec!["1000".to_owned()]));
}

#[test]
fn slow_endpoints_come_after_the_others_and_have_fewer_slots() {
    let mut outbox = outbox(8, 0);
    let slow = SubscriptionId(1);
    let quick = outbox.subscribe(WebhookTarget::new("http://127.0.0.1:9/quick", "secret"));
    let take = |outbox: &mut Outbox| {
        std::iter::from_fn(|| outbox.poll_attempt(at(100)))
            .map(|attempt| attempt.subscription())
            .collect::<Vec<_>>()
    };
    outbox.accept(at(100), notification(100));
    let attempt = outbox.poll_attempt(at(100)).unwrap();
    outbox.complete(at(100), &attempt, OK, Duration::from_millis(501));
    let attempt = outbox.poll_attempt(at(100)).unwrap();
    outbox.complete(at(100), &attempt, OK, Duration::from_millis(500));
    let states: Vec<bool> = outbox.statuses(at(100)).iter().map(|status| status.slow).collect();
    assert_eq!(states, [true, false]);
    (0..4).for_each(|n| outbox.accept(at(100), notification(n + 100)));
    assert_eq!(take(&mut outbox), [quick, quick, quick, quick, slow, slow]);
}

#[test]
fn what_is_beyond_the_volume_of_a_minute_waits_for_the_rest() {
    let settings = WebhookSettings { region: Region::Eu, ..WebhookSettings::default() };
    let mut outbox = Outbox::new(64).with_settings(settings);
    outbox.subscribe(WebhookTarget::new("http://127.0.0.1:9/hook", "secret"));
    (0..20_001).for_each(|n| outbox.accept(at(60), notification(n)));
    // A minute later there is room again, and that comes first.
    outbox.accept(at(120), notification(30_000));
    let sent = ids(send_all(&mut outbox, at(120), OK));
    assert_eq!(sent[20_000..], ["30000", "20000"]);
}

#[test]
fn every_subscriber_gets_its_topics_and_pings() {
    let mut outbox = outbox(4, 0);
    let target = WebhookTarget::new("http://127.0.0.1:9/tags", "other").with_topics(["contact.*"]);
    let second = outbox.subscribe(target);
    outbox.accept(at(1), notification(1));
    assert_eq!(send_all(&mut outbox, at(1), OK).len(), 1);
    outbox.accept(at(1), Notification { topic: "ping".to_owned(), ..notification(2) });
    assert_eq!(send_all(&mut outbox, at(1), OK).len(), 2);
    outbox.accept(at(1), Notification { topic: "contact.merged".to_owned(), ..notification(3) });
    let attempts: Vec<_> = std::iter::from_fn(|| outbox.poll_attempt(at(1))).collect();
    assert_eq!(attempts.len(), 2);
    assert_ne!(attempts[0].signed_body().1, attempts[1].signed_body().1, "each app's own secret");
    assert!(outbox.unsubscribe(second) && !outbox.unsubscribe(second));
    assert_eq!(outbox.complete(at(1), &attempts[1], OK, QUICK), Verdict::Stale);
    assert_eq!(outbox.complete(at(1), &attempts[0], OK, QUICK), Verdict::Delivered);
}

#[test]
fn a_fate_loses_copies_delays_and_forges() {
    let sent_at = |fate: Fate, now| {
        let mut outbox = outbox(8, 0);
        outbox.accept(at(0), Notification { fate, ..notification(0) });
        std::iter::from_fn(|| outbox.poll_attempt(now)).collect::<Vec<_>>()
    };
    assert_eq!(sent_at(Fate { lost: true, ..Fate::default() }, at(9)).len(), 0);
    let twice = sent_at(Fate { copies: 1, ..Fate::default() }, at(0));
    assert_eq!(twice.len(), 2);
    assert_eq!(twice[0].signed_body(), twice[1].signed_body());
    let late = Fate { delay: Duration::from_secs(5), ..Fate::default() };
    assert_eq!(sent_at(late.clone(), at(4)).len(), 0);
    assert_eq!(sent_at(late, at(5)).len(), 1);
    let forged = sent_at(Fate { wrongly_signed: true, ..Fate::default() }, at(0));
    let (body, signature) = forged[0].signed_body();
    assert_ne!(signature, sign("secret", &body));
}

#[test]
fn after_an_outage_the_newest_come_first() {
    let stored = |until| {
        let mut outbox = outbox(8, 0);
        let fate = Fate { stored_until: Some(until), ..Fate::default() };
        (1..=3).for_each(|n| {
            outbox.accept(at(n), Notification { fate: fate.clone(), ..notification(n) });
        });
        outbox
    };
    let mut known = stored(at(30_000));
    assert_eq!(known.poll_timeout(), Some(at(30_000)));
    assert_eq!(ids(send_all(&mut known, at(29_999), OK)), [] as [&str; 0]);
    assert_eq!(ids(send_all(&mut known, at(30_000), OK)), ["3", "2", "1"]);
    let mut open = stored(NEVER);
    assert_eq!(open.poll_timeout(), None);
    open.end_outage(at(50));
    open.accept(at(50), notification(4));
    assert_eq!(ids(send_all(&mut open, at(50), OK)), ["3", "2", "1", "4"]);
}

#[test]
fn an_outbox_restored_sends_again_what_was_under_way() {
    let mut outbox = outbox(2, 3);
    let before = outbox.poll_attempt(at(10)).unwrap();
    let mut restored = outbox.clone();
    restored.begin_generation(1);
    assert_eq!(restored.complete(at(11), &before, OK, QUICK), Verdict::Stale);
    assert_eq!(restored.pending(), 3);
    assert_eq!(ids(send_all(&mut restored, at(11), OK)), ["0", "1", "2"]);
}
