//! What goes wrong between Intercom and the router, and how it ends: every DM has one owner.
//!
//! The real router and the mock over HTTP, both by a clock that runs faster: a minute takes half a
//! second.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use engine::Timestamp;
use mock_intercom::{
    Assignee, Change, ConversationId, FaultFile, InboundDm, MockIntercom, Moment, Record,
    ServeOptions, Workspace, WorkspaceFile,
};

use crate::stage::{self, CLIENT_SECRET, Stage};

/// How much faster the clocks run.
const SPEED: f64 = 120.0;

/// DMs of one story, evenly over [`DMS_WITHIN`].
const DMS: u32 = 120;
const DMS_WITHIN: Duration = Duration::from_secs(8 * 60);

/// After so long, by the clocks, a story that has not ended well never will.
const HORIZON: Duration = Duration::from_secs(60 * 60);

/// By the wall's clock: calls to a mock that does not answer must not last for minutes.
const CALL_TIMEOUT: Duration = Duration::from_millis(100);

/// 2026-11-20, a Friday, at noon.
const NOON: u64 = 1_795_176_000;

struct Story {
    mock: MockIntercom,
    clock: mock_intercom::Clock,
    stage: Stage,
    dms: Vec<ConversationId>,
}

impl Story {
    async fn begin(faults: &str) -> Self {
        let mut file = WorkspaceFile::example();
        FaultFile::from_toml(faults).unwrap().add_to(&mut file);
        let clock = mock_intercom::Clock::scaled(Moment::from_seconds(NOON), SPEED);
        let options = ServeOptions { clock, ..ServeOptions::default() };
        let mock = MockIntercom::serve(Workspace::new(file).unwrap(), options).await.unwrap();
        let mut config = stage::config(mock.url());
        config.intercom.timeout = CALL_TIMEOUT;
        let (journal, _) = stage::watched();
        let clock_of_ours = router::Clock::scaled(Timestamp::from_seconds(NOON), SPEED);
        let stage = Stage::start_by(clock_of_ours, config, journal, None).await;
        mock.subscribe(stage.webhook_url(), CLIENT_SECRET);
        Self { mock, clock, stage, dms: Vec::new() }
    }

    /// Waits until the mock's clock shows `after` since noon.
    async fn until(&self, after: Duration) {
        let moment = Moment::from_seconds(NOON) + after;
        let nap = self.clock.real_time_until(moment);
        let _ = tokio::time::timeout(nap, std::future::pending::<()>()).await;
    }

    async fn write_dms(&mut self) {
        for number in 0..DMS {
            self.until(DMS_WITHIN * number / DMS).await;
            let user = format!("user{number}");
            let dm = InboundDm { user, text: "what is the price?".into(), ..InboundDm::default() };
            let now = self.mock.now();
            let receipt = self.mock.with(|workspace| workspace.receive_dm(now, dm)).unwrap();
            self.dms.push(receipt.conversation_id);
        }
    }

    /// Waits until every DM has a teammate.
    async fn all_owned(&self) {
        let mut changed = self.mock.changed();
        let end = Moment::from_seconds(NOON) + HORIZON;
        loop {
            changed.mark_unchanged();
            let is_free = |id: &&ConversationId| {
                self.mock.with(|it| it.conversation(**id).unwrap().admin().is_none())
            };
            let free: Vec<_> = self.dms.iter().filter(is_free).collect();
            if free.is_empty() {
                return;
            }
            let left = self.clock.real_time_until(end);
            assert!(!left.is_zero(), "{} of {DMS} have nobody: {free:?}", free.len());
            let _ = tokio::time::timeout(left, changed.changed()).await;
        }
    }

    /// Everybody whom a conversation was ever given to.
    fn owners(&self) -> BTreeMap<ConversationId, BTreeSet<String>> {
        let mut owners = BTreeMap::<_, BTreeSet<String>>::new();
        self.mock.with(|workspace| {
            for entry in workspace.journal().since(0).iter() {
                let Record::ApiCall { changes, .. } = &entry.record else { continue };
                for change in changes {
                    if let Change::Assigned { conversation, to: Assignee::Admin(admin), .. } =
                        change
                    {
                        owners.entry(*conversation).or_default().insert(admin.to_string());
                    }
                }
            }
        });
        owners
    }
}

async fn check(faults: &str, expected: &[&str]) {
    let mut story = Story::begin(faults).await;
    story.write_dms().await;
    story.all_owned().await;
    story.mock.drained().await;
    let owners = story.owners();
    for dm in &story.dms {
        assert_eq!(owners[dm].len(), 1, "{dm} was given to {:?}", owners[dm]);
    }
    let (_, metrics) = story.stage.get("/metrics").await;
    for expected in expected {
        let found = metrics.lines().any(|line| line.starts_with(expected));
        assert!(found, "{expected} is missing in\n{metrics}");
    }
    story.stage.stop().await;
}

#[tokio::test]
async fn nothing_goes_wrong() {
    check("", &[]).await;
}

#[tokio::test]
async fn intercom_is_down_for_ten_minutes() {
    let faults = r#"
        [[fault]]
        name = "down"
        api = {}
        then = { status = 503 }
        from = "1m"
        until = "11m"
    "#;
    check(
        faults,
        &[r#"router_api_requests_total{endpoint="/conversations/{id}/parts",status="503"}"#],
    )
    .await;
}

#[tokio::test]
async fn intercom_does_not_answer_for_ten_minutes() {
    let faults = r#"
        [[fault]]
        name = "silent"
        api = {}
        then = { timeout = "10m" }
        from = "1m"
        until = "11m"
    "#;
    check(
        faults,
        &[r#"router_api_requests_total{endpoint="/conversations/{id}/parts",status="timeout"}"#],
    )
    .await;
}

#[tokio::test]
async fn another_app_uses_up_the_limit_for_five_minutes() {
    let faults = r#"
        [[fault]]
        name = "storm"
        then = { storm = { share = 1.0 } }
        from = "1m"
        until = "6m"
    "#;
    check(
        faults,
        &[r#"router_api_requests_total{endpoint="/conversations/{id}/parts",status="429"}"#],
    )
    .await;
}

#[tokio::test]
async fn the_token_is_revoked_and_restored() {
    let faults = r#"
        [[fault]]
        name = "revoked"
        api = {}
        then = { status = 401 }
        from = "1m"
        until = "6m"
    "#;
    check(
        faults,
        &[r#"router_api_requests_total{endpoint="/conversations/{id}/parts",status="401"}"#],
    )
    .await;
}

#[tokio::test]
async fn webhooks_are_lost_for_five_minutes() {
    let faults = r#"
        [[fault]]
        name = "lost"
        webhook = {}
        then = "lost"
        from = "1m"
        until = "6m"
    "#;
    check(faults, &[r#"router_reconcile_drift_total{kind="missed"}"#]).await;
}

#[tokio::test]
async fn intercom_stops_sending_for_five_minutes_and_then_sends_the_newest_first() {
    let faults = r#"
        [[fault]]
        name = "outage"
        then = "outage"
        from = "1m"
        until = "6m"
    "#;
    check(faults, &[r#"router_reconcile_drift_total{kind="missed"}"#]).await;
}

/// What a look finds done has no answer that names its part, and its webhook may come after those
/// of what followed.
#[tokio::test]
async fn answers_are_lost_and_webhooks_come_late_and_in_any_order() {
    let faults = r#"
        [[fault]]
        name = "done, and the answer is lost"
        api = { operation = "manageConversation" }
        then = { response_lost = "reset" }
        probability = 0.7

        [[fault]]
        name = "in any order"
        webhook = { topic = "conversation.admin.*" }
        then = { reorder = "90s" }
    "#;
    check(faults, &[r#"router_assign_total{outcome="unclear"}"#]).await;
}

#[tokio::test]
async fn everything_goes_a_little_wrong_all_the_time() {
    let faults = r#"
        [[fault]]
        name = "slow"
        api = {}
        then = { latency = { lognormal = { median = "120ms", p99 = "1500ms" } } }

        [[fault]]
        name = "errors"
        api = {}
        then = { status = 500 }
        probability = 0.05

        [[fault]]
        name = "done, and the answer is lost"
        api = { operation = "manageConversation" }
        then = { response_lost = "reset" }
        probability = 0.05

        [[fault]]
        name = "broken bodies"
        api = {}
        then = { truncate = 0.5 }
        probability = 0.03

        [[fault]]
        name = "no JSON"
        api = {}
        then = "invalid_json"
        probability = 0.03

        [[fault]]
        name = "lost"
        webhook = {}
        then = "lost"
        probability = 0.1

        [[fault]]
        name = "twice"
        webhook = {}
        then = { duplicate = 1 }
        probability = 0.1

        [[fault]]
        name = "in any order"
        webhook = {}
        then = { reorder = "20s" }
        probability = 0.3

        [[fault]]
        name = "forged"
        webhook = {}
        then = "wrong_signature"
        probability = 0.05

        [[fault]]
        name = "lag"
        then = { index_lag = "5s" }
    "#;
    check(faults, &[r#"router_reconcile_drift_total{kind="missed"}"#]).await;
}

#[tokio::test]
async fn a_clock_that_differs_by_minutes_is_said() {
    let faults = r#"
        [[fault]]
        name = "ahead"
        then = { clock_skew = "5m" }
        from = "2m"
        until = "6m"
    "#;
    let story = Story::begin(faults).await;
    let reason = "the clock differs from Intercom's";
    while !story.stage.until_ready_is(503).await.contains(reason) {
        tokio::task::yield_now().await;
    }
    story.stage.until_ready_is(200).await;
    story.stage.stop().await;
}
