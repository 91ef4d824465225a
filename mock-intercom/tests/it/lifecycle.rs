//! A conversation from its beginning by the API to its deletion: who is in it, what is taken away,
//! what it is merged into.

use mock_intercom::{
    ApiRequest, ContactId, ConversationId, InboundDm, Moment, Workspace, WorkspaceFile,
};
use serde_json::{Value, json};

use crate::client::{START, TOKEN, error};

struct Desk {
    workspace: Workspace,
    now: Moment,
    version: &'static str,
}

impl Desk {
    fn new() -> Self {
        let workspace = Workspace::new(WorkspaceFile::example()).expect("the example is right");
        Self { workspace, now: START, version: "2.16" }
    }

    fn dm(&mut self, user: &str) -> (ConversationId, ContactId) {
        let dm = InboundDm { user: user.into(), text: "hi".into(), ..InboundDm::default() };
        let receipt = self.workspace.receive_dm(self.now, dm).expect("a fine DM");
        (receipt.conversation_id, receipt.contact_id)
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut request = ApiRequest::new(method, path, TOKEN).json(body);
        request.query = Some(query.to_owned());
        let request = request.header("intercom-version", self.version);
        let response = self.workspace.handle(self.now, &request);
        (response.status, response.json())
    }

    fn ok(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.call(method, path, body);
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    }

    fn refused(&mut self, method: &str, path: &str, body: &Value, status: u16, expected: &str) {
        let (found, answer) = self.call(method, path, body);
        assert_eq!((found, error(&answer).as_str()), (status, expected), "{method} {path}");
    }

    fn get(&mut self, id: ConversationId) -> Value {
        self.ok("GET", &format!("/conversations/{id}"), &json!({}))
    }

    /// The webhooks since the last call: topic and item.
    fn told(&mut self) -> Vec<(String, Value)> {
        std::iter::from_fn(|| self.workspace.poll_notification())
            .map(|sent| {
                let body: Value = serde_json::from_slice(&sent.body).expect("JSON");
                (sent.topic, body["data"]["item"].clone())
            })
            .collect()
    }

    fn topics(&mut self) -> Vec<String> {
        self.told().into_iter().map(|(topic, _)| topic).collect()
    }
}

#[test]
fn a_contact_begins_a_conversation_by_the_api() {
    let mut desk = Desk::new();
    let (_, contact) = desk.dm("ana");
    desk.topics();
    let from = json!({"type": "lead", "id": contact});
    let body = json!({
        "from": from, "body": "is <b> in stock?", "created_at": START.as_seconds() - 60,
        "attachment_urls": ["https://example.com/a.jpg"],
    });
    let message = desk.ok("POST", "/conversations", &body);
    assert_eq!(message["type"], "user_message");
    assert_eq!(message["body"], "is <b> in stock?");
    assert_eq!(message["created_at"], START.as_seconds() - 60);
    let id: ConversationId = message["conversation_id"].as_str().unwrap().parse().unwrap();
    let conversation = desk.get(id);
    assert_eq!(conversation["source"]["id"], message["id"]);
    assert_eq!(conversation["source"]["body"], "<p>is &lt;b&gt; in stock?</p>");
    assert_eq!(conversation["source"]["attachments"][0]["name"], "a.jpg");
    assert_eq!(conversation["created_at"], START.as_seconds() - 60);
    assert_eq!(desk.topics(), ["conversation.user.created"]);
    let unknown = json!({"from": {"type": "user", "id": "123_doesnt_exist"}, "body": "x"});
    desk.refused("POST", "/conversations", &unknown, 404, "not_found: User Not Found");
    let without = json!({"from": from});
    let absent = "parameter_not_found: body not specified";
    desk.refused("POST", "/conversations", &without, 400, absent);
    let early = json!({"from": from, "body": "x", "created_at": START.as_seconds() + 60});
    let message = "parameter_invalid: created_at must not be in the future";
    desk.refused("POST", "/conversations", &early, 400, message);
}

#[test]
fn a_contact_replies_by_the_api_also_to_the_last() {
    let mut desk = Desk::new();
    let (id, contact) = desk.dm("ana");
    let (other, stranger) = desk.dm("bob");
    desk.topics();
    let reply = |contact: ContactId| {
        json!({
            "message_type": "comment", "type": "user", "intercom_user_id": contact, "body": "more",
        })
    };
    let path = format!("/conversations/{id}/reply");
    let answer = desk.ok("POST", &path, &reply(contact));
    let part = &answer["conversation_parts"]["conversation_parts"][0];
    assert_eq!((&part["part_type"], &part["author"]["type"]), (&json!("comment"), &json!("lead")));
    assert_eq!(desk.topics(), ["conversation.user.replied"]);
    desk.refused("POST", &path, &reply(stranger), 404, "not_found: User Not Found");
    let answer = desk.ok("POST", "/conversations/last/reply", &reply(stranger));
    assert_eq!(answer["id"], other.to_string());
    let nobody = json!({"message_type": "comment", "type": "user", "body": "x"});
    let last = "/conversations/last/reply";
    desk.refused("POST", last, &nobody, 404, "not_found: Resource Not Found");
}

#[test]
fn answers_carry_files_buttons_and_a_time() {
    let mut desk = Desk::new();
    let (id, contact) = desk.dm("ana");
    let path = format!("/conversations/{id}/reply");
    let body = json!({
        "message_type": "quick_reply", "type": "admin", "admin_id": 101,
        "created_at": START.as_seconds() - 5,
        "reply_options": [{"text": "Yes", "uuid": "22d6d1f4-1a19-41d0-94c2-e54031f78aca"}],
        "attachment_files": [{"content_type": "text/plain", "name": "a.txt", "data": "aGVsbG8="}],
    });
    let answer = desk.ok("POST", &path, &body);
    let part = &answer["conversation_parts"]["conversation_parts"][0];
    assert_eq!((&part["part_type"], &part["body"]), (&json!("quick_reply"), &Value::Null));
    assert_eq!(part["created_at"], START.as_seconds() - 5);
    assert_eq!(part["metadata"]["quick_reply_options"][0]["text"], "Yes");
    let file = &part["attachments"][0];
    assert_eq!((&file["name"], &file["filesize"]), (&json!("a.txt"), &json!(5)));
    let chosen = json!({
        "message_type": "comment", "type": "user", "intercom_user_id": contact, "body": "Yes",
        "reply_options": [{"text": "Yes", "uuid": "22d6d1f4-1a19-41d0-94c2-e54031f78aca"}],
    });
    let answer = desk.ok("POST", &path, &chosen);
    let part = &answer["conversation_parts"]["conversation_parts"][0];
    let uuid = json!({"quick_reply_uuid": "22d6d1f4-1a19-41d0-94c2-e54031f78aca"});
    assert_eq!(part["metadata"], uuid);
    for (key, value) in [
        ("reply_options", json!([])),
        ("reply_options", json!([{"text": "Yes"}])),
        ("attachment_files", json!([{"content_type": "text/plain", "name": "a", "data": "%"}])),
        ("attachment_urls", json!(["ftp://example.com/a"])),
        ("attachment_urls", json!(vec!["https://example.com/a"; 11])),
    ] {
        let mut body = body.clone();
        body[key] = value;
        assert_eq!(desk.call("POST", &path, &body).0, 400, "{key}");
    }
    assert_eq!(desk.get(id)["conversation_parts"]["total_count"], 2);
}

#[test]
fn contacts_join_and_leave_and_the_last_one_stays() {
    let mut desk = Desk::new();
    let ((id, ana), (_, bob)) = (desk.dm("ana"), desk.dm("bob"));
    desk.topics();
    let path = format!("/conversations/{id}/customers");
    let join = json!({"admin_id": 101, "customer": {"intercom_user_id": bob}});
    let answer = desk.ok("POST", &path, &join);
    let ids = |answer: &Value| -> Vec<String> {
        let list = answer["contacts"]["contacts"].as_array().unwrap();
        list.iter().map(|contact| contact["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&answer), [ana.to_string(), bob.to_string()]);
    assert_eq!(ids(&desk.ok("POST", &path, &join)).len(), 2, "twice is once");
    let by = json!({"admin_id": 101});
    let answer = desk.ok("DELETE", &format!("{path}/{ana}"), &by);
    assert_eq!(ids(&answer), [bob.to_string()]);
    assert_eq!(desk.topics(), ["conversation.contact.attached", "conversation.contact.detached"]);
    let last = "parameter_invalid: Removing the last customer is not allowed";
    desk.refused("DELETE", &format!("{path}/{bob}"), &by, 422, last);
    desk.refused("DELETE", &format!("{path}/{ana}"), &by, 404, "not_found: User Not Found");
    let (next, _) = desk.dm("ana");
    assert_ne!(next, id, "who has left writes elsewhere");
}

#[test]
fn redaction_takes_the_text_away() {
    let mut desk = Desk::new();
    let (id, _) = desk.dm("ana");
    let (_, _) = desk.dm("ana");
    let conversation = desk.get(id);
    let part = conversation["conversation_parts"]["conversation_parts"][0]["id"].clone();
    let source = conversation["source"]["id"].clone();
    desk.topics();
    let path = "/conversations/redact";
    let body =
        json!({"type": "conversation_part", "conversation_id": id, "conversation_part_id": part});
    let answer = desk.ok("POST", path, &body);
    let redacted = &answer["conversation_parts"]["conversation_parts"][0];
    let text = "<p><i>This message was deleted</i></p>";
    assert_eq!((&redacted["redacted"], &redacted["body"]), (&json!(true), &json!(text)));
    assert_eq!(answer["source"]["redacted"], false);
    let told = desk.told();
    assert_eq!(told[0].0, "conversation_part.redacted");
    assert_eq!(told[0].1["conversation_parts"]["conversation_parts"][0]["id"], part);
    let body = json!({"type": "source", "conversation_id": id, "source_id": source});
    assert_eq!(desk.ok("POST", path, &body)["source"]["body"], text);
    let unknown = "conversation_part_or_message_not_found: Conversation part or message not found";
    for body in [
        json!({"type": "source", "conversation_id": id, "source_id": part}),
        json!({"type": "conversation_part", "conversation_id": id, "conversation_part_id": source}),
        json!({"type": "source", "conversation_id": 9, "source_id": source}),
        json!({"type": "source", "conversation_id": "x", "source_id": "really_123_doesnt_exist"}),
    ] {
        desk.refused("POST", path, &body, 404, unknown);
    }
}

#[test]
fn merging_closes_one_into_the_other() {
    let mut desk = Desk::new();
    let ((first, ana), (second, bob)) = (desk.dm("ana"), desk.dm("bob"));
    let merge = |into: &Value| json!({"merge_into_conversation_id": into});
    let path = format!("/conversations/{second}/merge");
    let answer = desk.ok("POST", &path, &merge(&json!(first)));
    assert_eq!(answer["id"], first.to_string());
    let part = &answer["conversation_parts"]["conversation_parts"][0];
    assert_eq!(part["part_type"], "merged_primary_conversation");
    let contacts = answer["contacts"]["contacts"].as_array().unwrap();
    assert_eq!(contacts.iter().map(|it| &it["id"]).collect::<Vec<_>>(), [&json!(ana), &json!(bob)]);
    assert_eq!(desk.get(second)["state"], "closed");
    assert_eq!(desk.dm("bob").0, first, "the next message goes where the conversation went");
    let failed = "merge_failed: Secondary conversation has already been merged";
    desk.refused("POST", &path, &merge(&json!(first)), 422, failed);
    let path = format!("/conversations/{first}/merge");
    let failed = "merge_failed: Primary conversation not found";
    desk.refused("POST", &path, &merge(&json!(7)), 422, failed);
    let failed = "merge_failed: Primary conversation has already been merged";
    desk.refused("POST", &path, &merge(&json!(second)), 422, failed);
    let invalid = "parameter_invalid: merge_into_conversation_id must be a valid integer \
                   conversation ID";
    desk.refused("POST", &path, &merge(&json!("x")), 400, invalid);
    desk.version = "2.15";
    let (status, answer) = desk.call("POST", &path, &merge(&json!(second)));
    assert_eq!((status, &answer["errors"][0]["code"]), (400, &json!("intercom_version_invalid")));
}

#[test]
fn what_is_deleted_leaves_its_id() {
    let mut desk = Desk::new();
    let ids: Vec<ConversationId> = ["ana", "bob", "cleo"].map(|user| desk.dm(user).0).to_vec();
    desk.topics();
    for (index, id) in ids.iter().enumerate() {
        desk.now = Moment::from_seconds(START.as_seconds() + index as u64);
        let retain = if index == 1 { "?retain_metrics=true" } else { "" };
        let answer = desk.ok("DELETE", &format!("/conversations/{id}{retain}"), &json!({}));
        assert_eq!(answer, json!({"id": id, "object": "conversation", "deleted": true}));
    }
    let told = desk.told();
    let item = json!({"type": "conversation", "conversation_id": ids[0]});
    assert_eq!(told[0], ("conversation.deleted".to_owned(), item));
    let gone = "not_found: Resource Not Found";
    desk.refused("GET", &format!("/conversations/{}", ids[0]), &json!({}), 404, gone);
    desk.refused("DELETE", &format!("/conversations/{}", ids[0]), &json!({}), 404, gone);
    let page = desk.ok("GET", "/conversations/deleted?per_page=2", &json!({}));
    let shown = |page: &Value| -> Vec<String> {
        let list = page["conversations"].as_array().unwrap();
        list.iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(shown(&page), [ids[2].to_string(), ids[1].to_string()]);
    assert_eq!(page["conversations"][1]["metrics_retained"], true);
    let next = page["pages"]["next"].as_str().unwrap();
    assert_eq!((&page["total_count"], &page["pages"]["total_pages"]), (&json!(3), &json!(2)));
    let next = next.strip_prefix("https://api.intercom.io").unwrap().to_owned();
    let page = desk.ok("GET", &next, &json!({}));
    assert_eq!((shown(&page), &page["pages"]["next"]), (vec![ids[0].to_string()], &Value::Null));
    let oldest = desk.ok("GET", "/conversations/deleted?order=asc&per_page=1", &json!({}));
    assert_eq!(shown(&oldest), [ids[0].to_string()]);
    // The bridge's tag, which was still to come, has nothing to be put on, and a new message begins
    // a new conversation.
    desk.workspace.advance_to(Moment::from_seconds(START.as_seconds() + 60));
    assert_ne!(desk.dm("ana").0, ids[0]);
}

#[test]
fn title_read_and_priority_are_set_and_told() {
    let mut desk = Desk::new();
    let (id, _) = desk.dm("ana");
    desk.topics();
    let path = format!("/conversations/{id}");
    let answer = desk.ok("PUT", &path, &json!({"title": "Blue dress", "read": true}));
    assert_eq!((&answer["title"], &answer["read"]), (&json!("Blue dress"), &json!(true)));
    assert_eq!(desk.ok("PUT", &path, &json!({"title": null}))["title"], Value::Null);
    let urgent = json!({"priority": "urgent", "admin_id": 101});
    assert_eq!(desk.ok("PUT", &path, &urgent)["priority"], "none", "2.16 does not set it");
    assert_eq!(desk.topics(), [""; 0]);
    desk.version = "Preview";
    assert_eq!(desk.ok("PUT", &path, &urgent)["priority"], "urgent");
    assert_eq!(desk.topics(), ["conversation.priority.updated"]);
    assert_eq!(desk.call("PUT", &path, &json!({"priority": "urgent"})).0, 400, "by whom?");
    assert_eq!(desk.call("PUT", &path, &json!({"priority": "x", "admin_id": 101})).0, 400);
    desk.version = "2.14";
    let conversation = desk.get(id);
    assert_eq!(conversation["priority"], "priority");
    let parts = conversation["conversation_parts"]["conversation_parts"].as_array().unwrap();
    assert_eq!(parts[0]["part_type"], "priority_changed");
    let long = json!({"title": "x".repeat(1_001), "read": false});
    assert_eq!(desk.call("PUT", &path, &long).0, 400);
    assert_eq!(desk.get(id)["read"], true, "half of a refused call is not done");
}

#[test]
fn the_old_rules_leave_a_conversation_to_nobody() {
    let mut desk = Desk::new();
    let (id, _) = desk.dm("ana");
    let assign = json!({
        "message_type": "assignment", "type": "admin", "admin_id": 101, "assignee_id": 101,
    });
    desk.ok("POST", &format!("/conversations/{id}/parts"), &assign);
    desk.version = "2.11";
    let path = format!("/conversations/{id}/run_assignment_rules");
    let answer = desk.ok("POST", &path, &json!({}));
    let part = &answer["conversation_parts"]["conversation_parts"][0];
    assert_eq!(part["part_type"], "default_assignment");
    assert_eq!(part["assigned_to"], json!({"type": "nobody_admin", "id": null}));
    assert_eq!(answer["admin_assignee_id"], Value::Null);
    desk.version = "2.12";
    let (status, answer) = desk.call("POST", &path, &json!({}));
    assert_eq!((status, &answer["errors"][0]["code"]), (400, &json!("intercom_version_invalid")));
}

#[test]
fn a_snooze_is_a_pause_of_whoever_snoozed() {
    let mut desk = Desk::new();
    let (id, _) = desk.dm("ana");
    let until = START.as_seconds() + 60;
    let snooze = json!({"message_type": "snoozed", "admin_id": 102, "snoozed_until": until});
    desk.ok("POST", &format!("/conversations/{id}/parts"), &snooze);
    desk.now = Moment::from_seconds(until + 1);
    let path = format!("/conversations/{id}/handling_events");
    let events = desk.ok("GET", &path, &json!({}))["handling_events"].clone();
    let teammate = json!({
        "type": "admin", "id": 102, "name": "Ben Baker", "email": "ben@example.com",
    });
    let expected = json!([
        {"teammate": teammate, "type": "paused", "timestamp": "2026-01-09T23:06:40Z",
         "reason": "Paused"},
        {"teammate": teammate, "type": "resumed", "timestamp": "2026-01-09T23:07:40Z"},
    ]);
    assert_eq!(events, expected);
}
