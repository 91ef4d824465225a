//! How TikTok DMs come in, by either way, and what TikTok takes as an answer.

use std::time::Duration;

use mock_intercom::{
    ActionError, ApiRequest, Bridge, Change, ConversationId, DmReceipt, InboundDm, Moment,
    NotDelivered, Origin, PartKind, TeammateAction, Workspace, WorkspaceFile,
};
use serde_json::{Value, json};

use crate::client::{START, TOKEN};

const HOUR: Duration = Duration::from_secs(3_600);

struct Channel {
    workspace: Workspace,
    now: Moment,
}

impl Channel {
    fn of(bridge: Bridge) -> Self {
        let file = WorkspaceFile { bridge, ..WorkspaceFile::example() };
        Self { workspace: Workspace::new(file).expect("the file is right"), now: START }
    }

    fn third_party() -> Self {
        Self::of(Bridge::default())
    }

    fn native() -> Self {
        Self::of(Bridge::native("tiktok"))
    }

    fn dm(&mut self) -> DmReceipt {
        let dm = InboundDm { user: "ana".into(), text: "hi".into(), ..InboundDm::default() };
        self.workspace.receive_dm(self.now, dm).expect("a fine DM")
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request =
            ApiRequest::new(method, path, TOKEN).json(body).header("intercom-version", "2.16");
        let response = self.workspace.handle(self.now, &request);
        (response.status, response.json())
    }

    fn reply(&mut self, id: ConversationId, text: &str) -> u16 {
        let body =
            json!({"message_type": "comment", "type": "admin", "admin_id": 101, "body": text});
        self.call("POST", &format!("/conversations/{id}/reply"), &body).0
    }

    /// Why TikTok did not take answers.
    fn not_delivered(&self) -> Vec<NotDelivered> {
        let changes = self.workspace.journal().since(0).iter();
        let reason = |change: &Change| match change {
            Change::NotDelivered { reason, .. } => Some(*reason),
            _ => None,
        };
        changes.flat_map(|entry| entry.record.changes()).filter_map(reason).collect()
    }

    fn texts(&self, id: ConversationId) -> Vec<(PartKind, String)> {
        let parts = self.workspace.conversation(id).unwrap().parts();
        parts.iter().map(|part| (part.kind(), part.text().into_owned())).collect()
    }
}

#[test]
fn a_third_party_finds_out_too_late_and_says_so_in_the_conversation() {
    let mut channel = Channel::third_party();
    let id = channel.dm().conversation_id;
    channel.now = channel.now + 47 * HOUR;
    assert_eq!(channel.reply(id, "yes"), 200);
    assert_eq!(channel.not_delivered(), []);
    channel.now = channel.now + HOUR;
    assert_eq!(channel.reply(id, "still there?"), 200, "Intercom does not know");
    assert_eq!(channel.not_delivered(), [NotDelivered::WindowClosed]);
    let said = channel.texts(id);
    let expected = [
        (PartKind::Comment, "yes"),
        (PartKind::Comment, "still there?"),
        (PartKind::Note, "Not sent: TikTok's reply window has closed."),
    ];
    assert_eq!(said, expected.map(|(kind, text)| (kind, text.to_owned())));
    let entries = channel.workspace.journal().since(0);
    let by_bridge = |change: &Change| matches!(change, Change::Noted { by: Origin::Bridge, .. });
    assert!(entries.iter().any(|entry| entry.record.changes().iter().any(by_bridge)));
    channel.dm();
    assert_eq!(channel.reply(id, "good that you write"), 200);
    assert_eq!(channel.not_delivered().len(), 1, "a message opens the window again");
}

#[test]
fn ten_answers_and_no_more_until_the_customer_writes() {
    let mut channel = Channel::third_party();
    let id = channel.dm().conversation_id;
    for _ in 0..11 {
        channel.reply(id, "one more thing");
    }
    assert_eq!(channel.not_delivered(), [NotDelivered::TooManyMessages]);
    channel.dm();
    channel.reply(id, "another");
    assert_eq!(channel.not_delivered().len(), 1);
    assert_eq!(channel.reply(id, &"x".repeat(6_001)), 200);
    assert_eq!(channel.not_delivered()[1..], [NotDelivered::TextTooLong]);
}

#[test]
fn a_native_channel_refuses_what_tiktok_would_not_take() {
    let mut channel = Channel::native();
    let id = channel.dm().conversation_id;
    assert_eq!(channel.reply(id, "hello"), 200);
    channel.now = channel.now + 48 * HOUR;
    let body = json!({"message_type": "comment", "type": "admin", "admin_id": 101, "body": "?"});
    let (status, body) = channel.call("POST", &format!("/conversations/{id}/reply"), &body);
    assert_eq!((status, &body["errors"][0]["code"]), (403, &json!("action_forbidden")));
    let action =
        TeammateAction::Reply { admin: 101.into(), conversation: id, body: "?".to_owned() };
    let refused = channel.workspace.act(channel.now, action);
    assert_eq!(refused, Err(ActionError::NotDelivered(NotDelivered::WindowClosed)));
    assert_eq!(channel.texts(id), [(PartKind::Comment, "hello".to_owned())]);
    let note = json!({"message_type": "note", "type": "admin", "admin_id": 101, "body": "late"});
    let (status, _) = channel.call("POST", &format!("/conversations/{id}/reply"), &note);
    assert_eq!(status, 200, "a note goes to nobody");
}

#[test]
fn the_window_is_a_setting() {
    let bridge =
        Bridge { reply_window_hours: 0, reply_window_messages: 0, ..Bridge::native("tiktok") };
    let mut channel = Channel::of(bridge);
    let id = channel.dm().conversation_id;
    channel.now = channel.now + 1_000 * HOUR;
    for _ in 0..20 {
        assert_eq!(channel.reply(id, "hello"), 200);
    }
    assert_eq!(channel.not_delivered(), []);
}

#[test]
fn each_way_marks_what_it_brings() {
    let check = |mut channel: Channel, source: &str, initial: Value, tags: usize, marked: bool| {
        let receipt = channel.dm();
        channel.workspace.advance_to(channel.now + Duration::from_secs(1));
        let path = format!("/conversations/{}", receipt.conversation_id);
        let (_, conversation) = channel.call("GET", &path, &json!({}));
        assert_eq!(conversation["source"]["type"], source);
        assert_eq!(conversation["channel"]["initial"], initial);
        assert_eq!(conversation["tags"]["tags"].as_array().unwrap().len(), tags);
        let path = format!("/contacts/{}", receipt.contact_id);
        let (_, contact) = channel.call("GET", &path, &json!({}));
        let attributes = contact["custom_attributes"].as_object().unwrap();
        assert_eq!(attributes.contains_key("octopods_channel"), marked);
        assert_eq!(attributes.contains_key("octopods_tiktok_id"), marked);
        assert_eq!(channel.workspace.user_of_contact(receipt.contact_id), Some("ana"));
    };
    check(Channel::third_party(), "conversation", json!(null), 1, true);
    check(Channel::native(), "tiktok", json!("tiktok"), 0, false);
}

#[test]
fn after_a_while_a_message_may_begin_a_new_conversation() {
    let mut channel = Channel::of(Bridge { new_conversation_after_hours: 24, ..Bridge::default() });
    let first = channel.dm();
    channel.now = channel.now + 20 * HOUR;
    channel.reply(first.conversation_id, "yes?");
    channel.now = channel.now + 20 * HOUR;
    assert_eq!(channel.dm().conversation_id, first.conversation_id, "20 hours after the answer");
    channel.now = channel.now + 24 * HOUR;
    let second = channel.dm();
    assert_ne!(second.conversation_id, first.conversation_id);
    assert_eq!(second.contact_id, first.contact_id);
    assert_eq!(channel.dm().conversation_id, second.conversation_id);
}

#[test]
fn a_native_channel_must_say_its_name() {
    let bridge = Bridge { source_type: "conversation".into(), ..Bridge::native("x") };
    let error = Workspace::new(WorkspaceFile { bridge, ..WorkspaceFile::example() }).unwrap_err();
    assert!(error.to_string().contains("bridge.source_type"), "{error}");
}
