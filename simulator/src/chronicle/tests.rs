//! The judge can say no: routers that do it wrong are found out, from the mock's journal alone.

use engine::Policy;
use mock_intercom::{AdminId, ApiRequest, Moment, TeammateAction, Workspace};
use serde_json::json;

use super::*;
use crate::cast::Limits;
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
        Self::of(|_| {})
    }

    /// The same with a cast that was changed.
    fn of(change: impl FnOnce(&mut Cast)) -> Self {
        let scenario = Scenario::from_toml(SCENARIO).expect("the scenario is right");
        let (policy, _) = Policy::from_toml(RULES).expect("the rules are right");
        let mut cast = Cast::new(&scenario, &policy).expect("the team is there");
        change(&mut cast);
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

    fn write_again(&mut self, conversation: usize) {
        let conversation = ConversationId::new(self.conversations[conversation]);
        let contact = self.workspace.conversation(conversation).expect("it is there").contact();
        let user = self.workspace.user_of_contact(contact).expect("the bridge knows").to_owned();
        let dm = mock_intercom::InboundDm { user, text: "hello?".into(), ..Default::default() };
        self.workspace.receive_dm(NOW, dm).expect("the DM is fine");
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

    /// What the router says of a decision.
    fn explain(&mut self, conversation: usize, verdict: Verdict) {
        let id = self.conversations[conversation].to_string();
        let decision = Decision {
            at: engine::Timestamp::EPOCH,
            conversation: engine::ConversationId::new(id),
            rules_version: "0".into(),
            verdict,
        };
        self.chronicle.explained(&decision);
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
    let report = desk.report();
    assert_eq!((report.volume.assigned_twice, report.passed()), (1, false));
}

#[test]
fn what_nobody_answers_may_be_given_to_somebody_else_if_the_router_says_so() {
    use engine::RequeueReason::{self, NoAnswer, TeammateAway, Unassigned};
    let ada = engine::TeammateId::new(ADA);
    let check = |away: bool, answered: bool, said: Option<RequeueReason>, twice: u64| {
        let mut desk = Desk::new();
        desk.assign(0, "team", 100);
        desk.assign(0, "admin", ADA);
        let (admin, body) = (AdminId::new(ADA), "Hi".to_owned());
        let conversation = ConversationId::new(desk.conversations[0]);
        if answered {
            desk.act(TeammateAction::Reply { admin, conversation, body });
        }
        if away {
            desk.act(TeammateAction::SetAway { admin, away, reassign: true });
        }
        desk.assign(0, "admin", BRUNO);
        if let Some(reason) = said {
            let team = "sales".into();
            desk.explain(0, Verdict::Requeued(engine::Requeued { team, reason }));
        }
        let report = desk.report();
        assert_eq!(report.volume.assigned_twice, twice, "{away} {answered} {said:?}");
        let seen = report.violations.iter().filter(|it| it.invariant == "one owner");
        assert_eq!(seen.count() as u64, twice);
    };
    check(false, false, Some(NoAnswer(ada)), 0);
    check(true, false, Some(TeammateAway(ada)), 0);
    check(true, false, Some(NoAnswer(ada)), 0);
    // What is said and cannot be true, and what is not said.
    check(false, true, Some(NoAnswer(ada)), 1);
    check(true, true, Some(TeammateAway(ada)), 1);
    check(false, false, Some(TeammateAway(ada)), 1);
    check(false, false, Some(NoAnswer(engine::TeammateId::new(BRUNO))), 1);
    check(false, false, Some(Unassigned), 1);
    check(true, false, None, 1);
}

/// What the router writes of its own accord is no answer, and a new question asks for a new one.
#[test]
fn an_answer_is_a_teammates_and_to_the_last_message() {
    let mut desk = Desk::new();
    desk.assign(0, "team", 100);
    desk.assign(0, "admin", ADA);
    let conversation = ConversationId::new(desk.conversations[0]);
    let reply = |admin| {
        let (admin, body) = (AdminId::new(admin), "Hi".to_owned());
        TeammateAction::Reply { admin, conversation, body }
    };
    desk.act(reply(Cast::router_admin()));
    assert!(!desk.chronicle.cases[0].answered);
    desk.act(reply(ADA));
    assert!(desk.chronicle.cases[0].answered);
    desk.write_again(0);
    assert!(!desk.chronicle.cases[0].answered);
    desk.act(reply(ADA));
    desk.assign(0, "admin", BRUNO);
    assert!(!desk.chronicle.cases[0].answered, "not by who has it now");
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
fn everybody_has_limits_of_their_own() {
    let check = |bruno: Limits, assigned: [u64; 3], over_limit: u64| {
        let mut desk = Desk::of(|cast| {
            let both = cast.teams[0].limits.clone();
            assert!(both.values().all(|it| it.of_team == Some(2)) && both.len() == 2, "{both:?}");
            cast.teams[0].limits.insert(BRUNO, bruno);
        });
        for (conversation, teammate) in (0..).zip(assigned) {
            desk.assign(conversation, "team", 100);
            desk.assign(conversation, "admin", teammate);
        }
        assert_eq!(desk.chronicle.over_limit, over_limit, "{bruno:?} {assigned:?}");
    };
    let one = Limits { of_team: Some(1), over_all: None };
    check(one, [ADA, ADA, BRUNO], 0);
    check(one, [ADA, BRUNO, BRUNO], 1);
    check(Limits { of_team: Some(3), over_all: None }, [BRUNO; 3], 0);
    check(Limits { of_team: None, over_all: Some(2) }, [BRUNO; 3], 1);
}

#[test]
fn what_comes_to_somebody_straight_away_came_to_their_team() {
    let mut desk = Desk::new();
    for conversation in 0..3 {
        desk.assign(conversation, "admin", ADA);
    }
    assert_eq!(desk.chronicle.over_limit, 1);
    let report = desk.report();
    assert_eq!((report.volume.lost, report.teams[0].conversations), (0, 3));
    assert_eq!(report.confusion.accuracy(), Some(1.0));
    assert_eq!((report.teams[0].burst, report.teams[0].fairness.unwrap().max), (Some(2), 3));
}

#[test]
fn what_is_taken_off_somebody_away_waits_for_the_same_team() {
    let mut desk = Desk::new();
    desk.assign(0, "team", 100);
    desk.assign(0, "admin", ADA);
    desk.act(TeammateAction::SetAway { admin: AdminId::new(ADA), away: true, reassign: true });
    desk.write_again(0);
    assert_eq!((desk.chronicle.cases[0].team, desk.chronicle.cases[0].teammate), (Some(100), None));
    assert_eq!(desk.chronicle.unassigned(), 3);
    desk.assign(0, "admin", BRUNO);
    assert_eq!(desk.chronicle.assigned_twice, 0, "nobody had it");
    assert_eq!(desk.chronicle.cases[0].teammate, Some(BRUNO));
}

/// An automatic message is no teammate's: it opens and closes nothing, and nobody has it for it.
#[test]
fn what_the_router_writes_is_nobodys_work() {
    let mut desk = Desk::new();
    for kind in ["comment", "note"] {
        let path = format!("/conversations/{}/reply", desk.conversations[0]);
        let body = json!({
            "message_type": kind, "type": "admin",
            "admin_id": Cast::router_admin(), "body": "We answer tomorrow.",
        });
        let request = ApiRequest::new("POST", &path, "test-token").json(&body);
        assert_eq!(desk.workspace.handle(NOW, &request).status, 200);
        for entry in desk.workspace.journal().since(desk.cursor) {
            assert_eq!(desk.chronicle.record(0, entry), [], "{kind}");
        }
        desk.cursor = desk.workspace.journal().next_index();
    }
    assert_eq!((desk.chronicle.unassigned(), desk.chronicle.cases[0].teammate), (3, None));
    let report = desk.report();
    assert_eq!((report.volume.assigned, report.teams[0].fairness), (0, None));
    assert_eq!(report.api.calls["POST /conversations/{id}/reply"], 2, "but they cost calls");
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
