//! The delivery of webhooks in virtual time: a workspace, an outbox, and no socket.

use std::time::Duration;

use mock_intercom::{
    Effect, Expectation, FaultRule, Filter, InboundDm, Moment, Outbox, Outcome, Point, Verdict,
    WebhookTarget, Workspace, WorkspaceFile,
};

use crate::client::{SECRET, START};

/// A workspace with one subscriber, who answers as the test says.
struct World {
    workspace: Workspace,
    outbox: Outbox,
    now: Moment,
}

impl World {
    fn new(faults: Vec<FaultRule>) -> Self {
        let file = WorkspaceFile { faults, ..WorkspaceFile::example() };
        let mut workspace = Workspace::new(file).unwrap();
        workspace.advance_to(START);
        let mut outbox = Outbox::new(4);
        outbox.subscribe(WebhookTarget::new("http://127.0.0.1:9/hook", SECRET));
        Self { workspace, outbox, now: START }
    }

    fn dm(&mut self, user: &str) {
        let dm = InboundDm { user: user.into(), text: "hi".into(), ..InboundDm::default() };
        self.workspace.receive_dm(self.now, dm).unwrap();
        self.collect();
    }

    fn collect(&mut self) {
        while let Some(notification) = self.workspace.poll_notification() {
            self.outbox.accept(self.now, notification);
        }
    }

    /// Goes from one thing that is due to the next until `seconds` after the start; what was sent, as
    /// seconds after the start, topic and attempt.
    fn run(&mut self, seconds: u64, outcome: Outcome) -> Vec<(u64, String, u32)> {
        let end = START + Duration::from_secs(seconds);
        let mut sent = Vec::new();
        loop {
            while let Some(attempt) = self.outbox.poll_attempt(self.now) {
                let verdict = self.outbox.complete(self.now, &attempt, outcome, Duration::ZERO);
                assert_ne!(verdict, Verdict::Stale);
                self.workspace.record_delivery(self.now, &attempt, outcome, Duration::ZERO);
                let topic = attempt.notification().topic.clone();
                sent.push((self.now.since(START).as_secs(), topic, attempt.number()));
            }
            let due = [self.workspace.poll_timeout(), self.outbox.poll_timeout()];
            match due.into_iter().flatten().min() {
                Some(due) if due <= end => {
                    self.now = self.now.max(due);
                    self.workspace.advance_to(self.now);
                    self.collect();
                }
                _ => return sent,
            }
        }
    }
}

#[test]
fn a_subscriber_that_is_too_slow_is_tried_twice_a_minute_apart() {
    let mut world = World::new(Vec::new());
    world.dm("ana");
    let sent = world.run(600, Outcome::TimedOut);
    let attempts: Vec<(u64, u32)> = sent.iter().map(|(at, _, number)| (*at, *number)).collect();
    assert_eq!(attempts, [(0, 1), (0, 1), (0, 1), (60, 2), (60, 2), (60, 2)]);
    let journal = world.workspace.journal();
    let findings = journal.verify(&[
        Expectation::exactly(6, Filter::deliveries("*")),
        Expectation::exactly(2, Filter::deliveries("conversation.user.created")),
    ]);
    assert!(findings.iter().all(|finding| finding.ok), "{findings:?}");
    assert!(world.outbox.is_idle());
}

#[test]
fn an_outage_holds_back_and_the_newest_come_first() {
    let until = Some(Point::After(Duration::from_secs(3 * 3600)));
    let outage = FaultRule { until, ..FaultRule::new("outage", Effect::Outage) };
    let mut world = World::new(vec![outage]);
    for user in ["ana", "bea"] {
        world.dm(user);
        assert_eq!(world.run(world.now.since(START).as_secs() + 60, Outcome::Answered(200)), []);
    }
    let sent = world.run(4 * 3600, Outcome::Answered(200));
    let topics: Vec<&str> = sent.iter().map(|(_, topic, _)| topic.as_str()).collect();
    let newest_first =
        ["conversation_part.tag.created", "conversation.user.created", "contact.lead.created"];
    assert_eq!(topics, [newest_first, newest_first].concat());
    assert!(sent.iter().all(|(at, ..)| *at == 3 * 3600), "long waits and nothing dropped");
    assert_eq!(world.outbox.dropped(), 0);
}

#[test]
fn webhooks_are_lost_and_duplicated_and_the_journal_tells() {
    let mut world = World::new(vec![
        FaultRule::new("gone", Effect::Lost).of_webhooks("contact.*"),
        FaultRule::new("twice", Effect::Duplicate(1)).of_webhooks("conversation.user.created"),
    ]);
    world.dm("ana");
    let topics: Vec<String> =
        world.run(60, Outcome::Answered(200)).into_iter().map(|sent| sent.1).collect();
    let created = "conversation.user.created";
    assert_eq!(topics, [created, created, "conversation_part.tag.created"]);
    let rule = |name: &str| Filter { rule: Some(name.into()), ..Filter::default() };
    let findings = world.workspace.journal().verify(&[
        Expectation::exactly(1, rule("gone")),
        Expectation::exactly(1, rule("twice")),
        Expectation::never(Filter::deliveries("contact.*")),
    ]);
    assert!(findings.iter().all(|finding| finding.ok), "{findings:?}");
}

#[test]
fn a_ping_has_no_id_and_no_status() {
    let mut world = World::new(Vec::new());
    world.workspace.announce_ping(START);
    let ping = world.workspace.poll_notification().unwrap();
    let body: serde_json::Value = serde_json::from_slice(&ping.body).unwrap();
    let expected = serde_json::json!({
        "type": "notification_event", "app_id": "mock_app",
        "data": {
            "type": "notification_event_data",
            "item": {"type": "ping", "message": "something something interzen"},
        },
        "links": {}, "id": null, "topic": "ping", "delivery_status": null,
        "delivery_attempts": 1, "delivered_at": 0, "first_sent_at": START.as_seconds(),
        "created_at": START.as_seconds(), "self": null,
    });
    assert_eq!(body, expected);
}
