//! The judge can say no: routers that do it wrong are found out, from the mock's journal alone.

use engine::Policy;
use mock_intercom::{AdminId, ApiRequest, Moment, TeammateAction, Workspace};
use serde_json::json;

use super::*;
use crate::report::{Mode, Report};
use crate::scenario::Scenario;
use crate::verdict;

const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
team.sales = { intercom_team = 100, assignment_limit = 2 }
fallback.assign = "sales"
"#;
const SCENARIO: &str = r#"
name = "three people write"
story = "And somebody answers, well or badly."
start = "2026-11-20T18:00:00Z"
horizon = "1h"
rules = "rules.toml"
[traffic]
shape.at = ["0s", "1s", "2s"]
[[team]]
name = "sales"
teammates = 2
[[truth]]
team = "sales"
[expect]
unassigned_at_end = { at_most = 3 }
"#;
const NOW: Moment = Moment::from_seconds(1_795_197_600);
/// The two of sales.
const ADA: u64 = 7001;
const BRUNO: u64 = 7002;

/// A router in the hands of the test.
struct Desk {
    scenario: Scenario,
    policy: Policy,
    cast: Cast,
    workspace: Workspace,
    chronicle: Chronicle,
    conversations: Vec<u64>,
    /// The first journal entry not yet seen.
    cursor: u64,
}

impl Desk {
    /// Three people have written; nobody has done anything yet.
    fn new() -> Self {
        let scenario = Scenario::from_toml(SCENARIO).expect("the scenario is right");
        let (policy, _) = Policy::from_toml(RULES).expect("the rules are right");
        let cast = Cast::new(&scenario, &policy).expect("the team is there");
        let streams = Streams::new(1);
        let plan = TrafficPlan::new(&scenario.traffic, &streams);
        let chronicle = Chronicle::new(&plan, &cast, &streams);
        let workspace = cast.workspace();
        let conversations = Vec::new();
        let mut desk =
            Self { scenario, policy, cast, workspace, chronicle, conversations, cursor: 0 };
        for planned in &plan.dms {
            let user = planned.dm.user.clone();
            let dm = mock_intercom::InboundDm { user, text: "hi".into(), ..Default::default() };
            let receipt = desk.workspace.receive_dm(NOW, dm).expect("the DM is fine");
            desk.conversations.push(receipt.conversation_id.get());
        }
        desk.watch();
        desk
    }

    fn watch(&mut self) {
        for entry in self.workspace.journal().since(self.cursor) {
            let _ = self.chronicle.record(0, entry);
        }
        self.cursor = self.workspace.journal().next_index();
    }

    fn assign(&mut self, conversation: usize, kind: &str, assignee: u64) {
        let path = format!("/conversations/{}/parts", self.conversations[conversation]);
        let body = json!({
            "message_type": "assignment", "type": kind,
            "admin_id": Cast::router_admin(), "assignee_id": assignee,
        });
        let request = ApiRequest::new("POST", &path, "test-token").json(&body);
        assert_eq!(self.workspace.handle(NOW, &request).status, 200);
        self.watch();
    }

    fn act(&mut self, action: TeammateAction) {
        self.workspace.act(NOW, action).expect("the teammate may");
        self.watch();
    }

    fn close(&mut self, conversation: usize, teammate: u64) {
        let conversation = ConversationId::new(self.conversations[conversation]);
        self.act(TeammateAction::Close { admin: AdminId::new(teammate), conversation });
    }

    fn report(self) -> Report {
        let run = verdict::run_of(&self.scenario, &self.policy, Mode::Virtual, 1, 0);
        verdict::judge(run, &self.scenario, &self.cast, self.chronicle, None)
    }
}

#[test]
fn a_good_router_passes() {
    let mut desk = Desk::new();
    for (conversation, teammate) in [(0, ADA), (1, BRUNO), (2, ADA)] {
        desk.assign(conversation, "team", 100);
        desk.assign(conversation, "admin", teammate);
    }
    let report = desk.report();
    assert!(report.passed(), "{report:#?}");
    assert_eq!(report.volume.assigned, 3);
    assert_eq!(report.confusion.accuracy(), Some(1.0));
    assert_eq!(report.api.calls["POST /conversations/{id}/parts"], 6);
}

#[test]
fn what_nobody_took_is_lost_and_what_has_only_a_team_waits() {
    let mut desk = Desk::new();
    desk.assign(0, "team", 100);
    desk.assign(0, "admin", ADA);
    desk.assign(1, "team", 100);
    let report = desk.report();
    assert!(!report.passed());
    assert_eq!((report.volume.lost, report.volume.unassigned_at_end), (1, 2));
}

#[test]
fn a_second_owner_is_seen_but_the_same_once_more_is_none() {
    let mut desk = Desk::new();
    desk.assign(0, "team", 100);
    desk.assign(0, "admin", ADA);
    desk.assign(0, "admin", ADA);
    assert_eq!(desk.chronicle.assigned_twice, 0);
    desk.assign(0, "admin", BRUNO);
    assert_eq!(desk.chronicle.assigned_twice, 1);
    assert!(!desk.report().passed());
}

#[test]
fn a_human_may_move_a_conversation() {
    let mut desk = Desk::new();
    desk.assign(0, "team", 100);
    desk.assign(0, "admin", ADA);
    let conversation = ConversationId::new(desk.conversations[0]);
    let to = Assignee::Admin(AdminId::new(BRUNO));
    desk.act(TeammateAction::Assign { admin: AdminId::new(ADA), conversation, to });
    assert_eq!(desk.chronicle.assigned_twice, 0);
}

#[test]
fn a_full_desk_gets_no_more_until_something_is_closed() {
    let mut desk = Desk::new();
    for conversation in 0..3 {
        desk.assign(conversation, "team", 100);
    }
    desk.assign(0, "admin", ADA);
    desk.assign(1, "admin", ADA);
    desk.close(0, ADA);
    desk.assign(2, "admin", ADA);
    assert_eq!(desk.chronicle.over_limit, 0);

    let mut desk = Desk::new();
    for conversation in 0..3 {
        desk.assign(conversation, "team", 100);
        desk.assign(conversation, "admin", ADA);
    }
    assert_eq!(desk.chronicle.over_limit, 1);
    assert!(!desk.report().passed());
}

#[test]
fn a_window_with_too_many_calls_is_counted() {
    let mut desk = Desk::new();
    for _ in 0..1_667 {
        desk.chronicle.calls.record(1_795_197_600, "GET", "/admins", 200);
    }
    desk.chronicle.calls.record(1_795_197_600, "GET", "/admins", 429);
    let report = desk.report();
    assert_eq!((report.api.windows_exceeded, report.api.rate_limited), (1, 1));
    assert!(!report.passed());
}
