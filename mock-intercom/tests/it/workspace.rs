//! The workspace in virtual time: no server, no clock.

use std::time::Duration;

use expect_test::expect_file;
use mock_intercom::{
    AdminId, ApiRequest, ApiVersion, Assignee, Bridge, ConversationId, InboundDm, Moment, State,
    TeammateAction, Workspace, WorkspaceFile,
};
use serde_json::{Value, json};

use crate::client::{START, TOKEN};

fn workspace() -> Workspace {
    Workspace::new(WorkspaceFile::example()).unwrap()
}

fn dm(user: &str) -> InboundDm {
    InboundDm { user: user.into(), text: "hello".into(), ..InboundDm::default() }
}

fn notifications(workspace: &mut Workspace) -> Vec<Value> {
    std::iter::from_fn(|| workspace.poll_notification())
        .map(|sent| serde_json::from_slice(&sent.body).unwrap())
        .collect()
}

fn topics(workspace: &mut Workspace) -> Vec<String> {
    let sent = notifications(workspace);
    sent.iter().map(|sent| sent["topic"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_tag_comes_in_a_second_call() {
    let mut workspace = workspace();
    let id = workspace.receive_dm(START, dm("ana")).unwrap().conversation_id;
    assert_eq!(topics(&mut workspace), ["contact.lead.created", "conversation.user.created"]);
    let due = START + Duration::from_millis(300);
    assert_eq!(workspace.poll_timeout(), Some(due));
    workspace.advance_to(due);
    assert_eq!(topics(&mut workspace), ["conversation_part.tag.created"]);
    assert_eq!(workspace.conversation(id).unwrap().tags().len(), 1);
    workspace.receive_dm(due, dm("ana")).unwrap();
    assert_eq!(topics(&mut workspace), ["conversation.user.replied"]);
    assert_eq!(workspace.poll_timeout(), None, "a reply is not tagged");
}

#[test]
fn a_bridge_may_not_tag_at_all() {
    let bridge =
        Bridge { tag: String::new(), contact_attribute: String::new(), ..Bridge::default() };
    let file = WorkspaceFile { bridge, ..WorkspaceFile::example() };
    let mut workspace = Workspace::new(file).unwrap();
    let contact = workspace.receive_dm(START, dm("ana")).unwrap().contact_id;
    assert_eq!((workspace.poll_timeout(), workspace.tags().count()), (None, 0));
    assert_eq!(workspace.contact(contact).unwrap().custom_attributes().len(), 1);
}

#[test]
fn a_profile_that_changes_is_announced() {
    let mut workspace = workspace();
    workspace.receive_dm(START, dm("ana")).unwrap();
    topics(&mut workspace);
    let renamed = InboundDm { name: Some("Ana".into()), ..dm("ana") };
    workspace.receive_dm(START, renamed.clone()).unwrap();
    assert_eq!(topics(&mut workspace), ["contact.lead.updated", "conversation.user.replied"]);
    workspace.receive_dm(START, renamed).unwrap();
    assert_eq!(topics(&mut workspace), ["conversation.user.replied"]);
    assert_eq!(workspace.contact_of_user("ana").unwrap().name(), Some("Ana"));
}

#[test]
fn a_snooze_ends_by_itself_unless_it_was_moved() {
    let mut workspace = workspace();
    let conversation = workspace.receive_dm(START, dm("ana")).unwrap().conversation_id;
    let admin = AdminId::new(101);
    let at = |seconds| START + Duration::from_secs(seconds);
    let state = |workspace: &Workspace| workspace.conversation(conversation).unwrap().state();
    for until in [at(60), at(90)] {
        workspace.act(START, TeammateAction::Snooze { admin, conversation, until }).unwrap();
    }
    workspace.advance_to(at(60));
    assert_eq!(state(&workspace), State::Snoozed { until: at(90) });
    topics(&mut workspace);
    workspace.advance_to(at(500));
    assert_eq!(state(&workspace), State::Open);
    let sent = notifications(&mut workspace);
    assert_eq!(sent[0]["topic"], "conversation.admin.unsnoozed");
    assert_eq!(sent[0]["created_at"], at(90).as_seconds(), "at its own time, not at the call's");
    let part = &sent[0]["data"]["item"]["conversation_parts"]["conversation_parts"][0];
    assert_eq!(
        (&part["part_type"], &part["author"]["type"]),
        (&json!("timer_unsnooze"), &json!("bot"))
    );
    workspace.act(at(600), TeammateAction::Snooze { admin, conversation, until: at(900) }).unwrap();
    workspace.receive_dm(at(700), dm("ana")).unwrap();
    assert_eq!(state(&workspace), State::Open, "the contact wakes it too");
    topics(&mut workspace);
    workspace.advance_to(at(1_000));
    assert_eq!(topics(&mut workspace).len(), 0);
}

#[test]
fn a_reply_to_somebody_away_goes_back_to_the_team_if_replies_are_reassigned() {
    #[track_caller]
    fn check(team: Option<u64>, away: bool, reassign: bool, closed: bool, goes_back: bool) {
        let mut workspace = workspace();
        let conversation = workspace.receive_dm(START, dm("ana")).unwrap().conversation_id;
        let admin = AdminId::new(102);
        let to = team.map(|team| Assignee::Team(team.into()));
        for to in to.into_iter().chain([Assignee::Admin(admin)]) {
            workspace.act(START, TeammateAction::Assign { admin, conversation, to }).unwrap();
        }
        if closed {
            workspace.act(START, TeammateAction::Close { admin, conversation }).unwrap();
        }
        workspace.act(START, TeammateAction::SetAway { admin, away, reassign }).unwrap();
        let owner = |workspace: &Workspace| workspace.conversation(conversation).unwrap().admin();
        assert_eq!(owner(&workspace), Some(admin), "nothing moves before the contact writes");
        topics(&mut workspace);

        workspace.receive_dm(START, dm("ana")).unwrap();
        let sent = notifications(&mut workspace);
        let told: Vec<_> = sent.iter().map(|sent| sent["topic"].as_str().unwrap()).collect();
        let found = workspace.conversation(conversation).unwrap();
        assert_eq!((found.team(), found.state()), (team.map(Into::into), State::Open));
        assert_eq!(found.admin(), (!goes_back).then_some(admin), "{away} {reassign}");
        let Some(item) = sent.get(1).map(|sent| &sent["data"]["item"]) else {
            return assert_eq!(
                (told.as_slice(), goes_back),
                (&["conversation.user.replied"][..], false)
            );
        };
        assert_eq!(told, ["conversation.user.replied", "conversation.admin.assigned"]);
        assert_eq!(
            (&item["team_assignee_id"], &item["admin_assignee_id"]),
            (&json!(team), &Value::Null)
        );
        let part = &item["conversation_parts"]["conversation_parts"][0];
        let nobody = json!({"type": "nobody_admin", "id": null});
        assert_eq!((&part["part_type"], &part["assigned_to"]), (&json!("assignment"), &nobody));
        assert_eq!(
            (&part["author"]["type"], &part["app_package_code"]),
            (&json!("bot"), &Value::Null)
        );
        let journal = serde_json::to_value(workspace.journal().since(0).last()).unwrap();
        let change = &journal["changes"][1];
        assert_eq!((&journal["kind"], &change["change"]), (&json!("dm"), &json!("assigned")));
        assert_eq!((&change["admin"], &change["by"]), (&Value::Null, &json!("intercom")));
    }
    check(Some(201), true, true, false, true);
    check(Some(201), true, true, true, true);
    check(None, true, true, false, true);
    check(Some(201), true, false, false, false);
    check(Some(201), false, true, false, false);
    check(Some(201), false, false, false, false);
}

#[test]
fn a_message_keeps_the_time_at_which_it_was_written() {
    let mut workspace = workspace();
    let sent_at = Some(Moment::from_seconds(START.as_seconds() - 30));
    let first = workspace.receive_dm(START, InboundDm { sent_at, ..dm("ana") }).unwrap();
    let found = workspace.conversation(first.conversation_id).unwrap();
    assert_eq!((Some(found.created_at()), found.updated_at()), (sent_at, START));
    let sent = notifications(&mut workspace);
    assert_eq!(sent[1]["created_at"], START.as_seconds());
    assert_eq!(sent[1]["data"]["item"]["created_at"], START.as_seconds() - 30);
}

#[test]
fn texts_are_plain_from_2_15() {
    let check = |version: ApiVersion, expected: &str| {
        let file = WorkspaceFile { api_version: version, ..WorkspaceFile::example() };
        let mut workspace = Workspace::new(file).unwrap();
        let text = "1 < 2".to_owned();
        workspace.receive_dm(START, InboundDm { text, ..dm("ana") }).unwrap();
        let item = &notifications(&mut workspace)[1]["data"]["item"];
        assert_eq!(item["source"]["body"], expected);
    };
    check(ApiVersion::V2_14, "<p>1 &lt; 2</p>");
    check(ApiVersion::V2_15, "1 < 2");
    check(ApiVersion::V2_16, "1 < 2");
}

#[test]
fn a_contact_in_a_webhook_has_iso_times() {
    let mut workspace = workspace();
    workspace.receive_dm(START, dm("ana")).unwrap();
    let contact = &notifications(&mut workspace)[0]["data"]["item"];
    assert_eq!(contact["created_at"], "2026-01-09T23:06:40.000+00:00");
    assert_eq!(contact["custom_attributes"]["octopods_tiktok_id"], "ana");
}

#[test]
fn calls_of_the_inbox_do_not_count_and_time_never_goes_back() {
    let mut workspace = workspace();
    let conversation = workspace.receive_dm(START, dm("ana")).unwrap().conversation_id;
    let me = ApiRequest::new("GET", "/me", TOKEN);
    let before = workspace.handle(START, &me);
    let action = TeammateAction::Close { admin: AdminId::new(101), conversation };
    workspace.act(Moment::EPOCH, action).unwrap();
    assert_eq!(workspace.now(), START);
    let after = workspace.handle(START, &me);
    assert_eq!(before.header("x-ratelimit-remaining"), Some("1665"));
    assert_eq!(after.header("x-ratelimit-remaining"), Some("1664"));
}

/// The same inputs give the same bytes.
#[test]
fn runs_are_reproducible() {
    let run = || {
        let mut workspace = workspace();
        for user in ["a", "b", "a"] {
            workspace.receive_dm(START, dm(user)).unwrap();
        }
        let conversation = workspace.conversations().next().unwrap().id();
        let action = TeammateAction::Assign {
            admin: AdminId::new(101),
            conversation,
            to: Assignee::Admin(AdminId::new(102)),
        };
        workspace.act(START, action).unwrap();
        workspace.advance_to(START + Duration::from_secs(1));
        let sent: Vec<_> = std::iter::from_fn(|| workspace.poll_notification()).collect();
        (sent, workspace.journal().since(0).to_vec())
    };
    assert_eq!(run(), run());
}

#[test]
fn an_unknown_conversation_is_none() {
    assert!(workspace().conversation(ConversationId::new(1)).is_none());
}

/// What a webhook looks like, whole.
#[test]
fn the_shape_of_an_assignment() {
    let mut workspace = workspace();
    let conversation = workspace.receive_dm(START, dm("ana")).unwrap().conversation_id;
    let path = format!("/conversations/{conversation}/parts");
    let assignment =
        json!({"message_type": "assignment", "type": "team", "admin_id": 101, "assignee_id": 201});
    workspace.handle(START, &ApiRequest::new("POST", &path, TOKEN).json(&assignment));
    let mut sent = notifications(&mut workspace).into_iter();
    let assigned = sent.find(|sent| sent["topic"] == "conversation.admin.assigned").unwrap();
    expect_file!["assigned.json"].assert_eq(&format!("{assigned:#}\n"));
}
