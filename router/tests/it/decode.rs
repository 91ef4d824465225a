//! Real-shaped bodies of webhooks, and every quirk that was seen in one.

use engine::{
    AttachmentKind, Change, ContactId, ConversationId, ConversationSnapshot, ConversationState,
    Event, Message, PartId, Presence, TeamId, TeammateId, Timestamp,
};
use router::notification::{DecodeError, Notification, decode};

macro_rules! fixture {
    ($name:literal) => {
        read(include_bytes!(concat!("../fixtures/", $name, ".json")))
    };
}

fn read(body: &[u8]) -> Notification {
    let notification = decode(body).unwrap();
    assert!(notification.app_id == "ws0router" || notification.app_id.is_empty());
    notification
}

#[track_caller]
fn changed(notification: &Notification) -> (&ConversationSnapshot, &Change) {
    match notification.events.as_slice() {
        [Event::ConversationChanged { conversation, change }] => (conversation, change),
        other => panic!("one change was expected, not {other:?}"),
    }
}

fn text(part: Option<u64>, text: &str, attachment_kinds: &[AttachmentKind]) -> Message {
    let attachment_kinds = attachment_kinds.to_vec();
    let attachments = attachment_kinds.len() as u32;
    Message { part: part.map(PartId::new), attachments, attachment_kinds, ..Message::text(text) }
}

#[test]
fn created_2019() {
    let notification = fixture!("created_2019");
    assert_eq!(notification.id.as_deref(), Some("notif_00000000-0000-0000-0000-000000002019"));
    let (conversation, change) = changed(&notification);
    let expected = ConversationSnapshot {
        id: ConversationId::new("20190001"),
        contact: Some(ContactId::new("5d0000000000000000000001")),
        source_type: None,
        channel: None,
        tags: vec![],
        attributes: [].into(),
        team: None,
        teammate: None,
        state: ConversationState::Open,
        created_at: Timestamp::from_seconds(1_560_000_000),
        updated_at: Timestamp::from_seconds(1_560_000_001),
        opening: None,
        assignment: None,
    };
    assert_eq!(*conversation, expected);
    let body = "Hola! cuánto cuesta & hay envío?";
    assert_eq!(*change, Change::Started(text(None, body, &[])));
}

#[test]
fn created_2026() {
    let notification = fixture!("created_2026");
    let (conversation, change) = changed(&notification);
    let attribute = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = ConversationSnapshot {
        id: ConversationId::new("215400000001"),
        contact: Some(ContactId::new("69620000000000000000aaaa")),
        source_type: Some("conversation".to_owned()),
        channel: None,
        tags: vec![],
        attributes: [
            attribute("Has attachments", "true"),
            attribute("Order", "1042"),
            attribute("Language", "en"),
            attribute("Items", "[\"a\",\"b\"]"),
            attribute("Rate", "0.5"),
        ]
        .into(),
        team: None,
        teammate: None,
        state: ConversationState::Open,
        created_at: Timestamp::from_seconds(1_768_031_789),
        updated_at: Timestamp::from_seconds(1_768_031_790),
        opening: None,
        assignment: None,
    };
    assert_eq!(*conversation, expected);
    assert_eq!(*change, Change::Started(text(None, "how much is this?", &[AttachmentKind::Image])));
}

#[test]
fn created_2_16_with_zeros_a_number_for_an_id_and_plain_text() {
    let notification = fixture!("created_2_16");
    let (conversation, change) = changed(&notification);
    assert_eq!(conversation.id.as_str(), "215400000002");
    assert_eq!((conversation.team, conversation.teammate), (None, None));
    assert_eq!(conversation.source_type.as_deref(), Some("tiktok"));
    assert_eq!(conversation.channel.as_deref(), Some("tiktok"));
    assert_eq!(conversation.tags, ["tiktok"]);
    assert_eq!(*change, Change::Started(text(None, "is a < b & c > d?", &[])));
}

#[test]
fn assigned_2026() {
    let notification = fixture!("open_assigned_2026");
    let (conversation, change) = changed(&notification);
    assert_eq!(conversation.team, Some(TeamId::new(814_865)));
    assert_eq!(conversation.teammate, Some(TeammateId::new(814_860)));
    assert_eq!(*change, Change::Assigned { part: Some(PartId::new(37_300_000_001)) });
}

#[test]
fn replied_2019() {
    let notification = fixture!("replied_2019");
    let (conversation, change) = changed(&notification);
    assert_eq!(conversation.teammate, Some(TeammateId::new(195_747)));
    assert_eq!(*change, Change::ContactReplied(text(Some(28_240_001), "and in blue?", &[])));
}

#[test]
fn tagged_2019_names_every_tag_once() {
    let notification = fixture!("tagged_2019");
    let (conversation, change) = changed(&notification);
    assert_eq!(conversation.tags, ["vip", "tiktok"]);
    assert_eq!(*change, Change::Labelled);
}

#[test]
fn replied_to_by_a_bot_while_snoozed() {
    let notification = fixture!("replied_to_by_bot_2026");
    let (conversation, change) = changed(&notification);
    assert_eq!(conversation.state, ConversationState::Snoozed);
    let part = Some(PartId::new(37_300_000_002));
    assert_eq!(*change, Change::Answered { teammate: None, part });
}

#[test]
fn away_2026() {
    let expected = Event::PresenceChanged {
        teammate: TeammateId::new(814_860),
        presence: Presence::Away,
        reassign: false,
    };
    assert_eq!(fixture!("away_2026").events, [expected]);
}

#[test]
fn deleted_2026_has_its_id_elsewhere() {
    let conversation = ConversationId::new("215400000001");
    assert_eq!(fixture!("deleted_2026").events, [Event::ConversationDeleted { conversation }]);
}

#[test]
fn a_ping_has_no_id_and_no_events() {
    let notification = fixture!("ping_2026");
    assert_eq!((notification.id, notification.events), (None, vec![]));
}

/// A notification of this topic about this item.
fn body(topic: &str, item: &str) -> Vec<u8> {
    format!(
        r#"{{"topic":"{topic}","id":"notif_1","created_at":1700000000,"data":{{"item":{item}}}}}"#
    )
    .into_bytes()
}

#[test]
fn topics_to_changes() {
    #[track_caller]
    fn check(topic: &str, expected: Option<Change>) {
        let body = body(topic, r#"{"type":"conversation","id":"1","created_at":1}"#);
        let change = match read(&body).events.pop() {
            Some(Event::ConversationChanged { change, .. }) => Some(change),
            _ => None,
        };
        assert_eq!(change, expected, "{topic}");
    }
    let nothing = text(None, "", &[]);
    check("conversation.user.created", Some(Change::Started(nothing.clone())));
    check("conversation.user.replied", Some(Change::ContactReplied(nothing)));
    let answered = Change::Answered { teammate: None, part: None };
    check("conversation.admin.replied", Some(answered.clone()));
    check("conversation.operator.replied", Some(answered));
    check("conversation.admin.assigned", Some(Change::Assigned { part: None }));
    check("conversation.admin.open.assigned", Some(Change::Assigned { part: None }));
    check("conversation.admin.closed", Some(Change::Closed));
    check("conversation.admin.opened", Some(Change::Opened));
    check("conversation.admin.unsnoozed", Some(Change::Opened));
    check("conversation.admin.snoozed", Some(Change::Snoozed));
    check("conversation_part.tag.created", Some(Change::Labelled));
    check("conversation.admin.noted", None);
    check("conversation.read", None);
    check("contact.lead.created", None);
    check("some.topic.of.next.year", None);
}

#[test]
fn replies_with_several_parts_and_with_none() {
    #[track_caller]
    fn check(parts: &str, expected: &[Message]) {
        let item = format!(
            r#"{{"id":"1","created_at":1,"conversation_parts":{{"conversation_parts":{parts}}}}}"#
        );
        let events = read(&body("conversation.user.replied", &item)).events;
        let messages: Vec<_> = events
            .into_iter()
            .map(|event| match event {
                Event::ConversationChanged { change: Change::ContactReplied(message), .. } => {
                    message
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(messages, expected, "{parts}");
    }
    let contact = r#""author":{"type":"lead"}"#;
    let one = format!(r#"{{"id":"7","part_type":"comment","body":"<p>a</p>",{contact}}}"#);
    let two = format!(r#"{{"id":8,"part_type":"comment","body":"b",{contact}}}"#);
    let bots = r#"{"id":9,"part_type":"comment","body":"c","author":{"type":"bot"}}"#;
    let noise = r#"{"id":6,"part_type":"language_detection_details","body":null}"#;
    let picture = format!(
        r#"{{"id":5,"part_type":"comment","body":null,"attachments":[{{"content_type":"image/png"}},{{}}],{contact}}}"#
    );
    check(&format!("[{one}]"), &[text(Some(7), "a", &[])]);
    check(
        &format!("[{noise},{one},{bots},{two}]"),
        &[text(Some(7), "a", &[]), text(Some(8), "b", &[])],
    );
    check(
        &format!("[{picture}]"),
        &[text(Some(5), "", &[AttachmentKind::Image, AttachmentKind::File])],
    );
    check("[]", &[text(None, "", &[])]);
    check("null", &[text(None, "", &[])]);
    check(&format!("[7, {one}, null]"), &[text(Some(7), "a", &[])]);
}

#[test]
fn answers_name_their_part_and_the_human_who_wrote_them() {
    #[track_caller]
    fn check(parts: &str, teammate: Option<u64>, part: Option<u64>) {
        let item = format!(
            r#"{{"id":"1","created_at":1,"conversation_parts":{{"conversation_parts":{parts}}}}}"#
        );
        let (teammate, part) = (teammate.map(TeammateId::new), part.map(PartId::new));
        for topic in ["conversation.admin.replied", "conversation.operator.replied"] {
            let notification = read(&body(topic, &item));
            let (_, change) = changed(&notification);
            assert_eq!(*change, Change::Answered { teammate, part }, "{topic} {parts}");
        }
    }
    let part = |kind: &str, author: &str| {
        format!(r#"{{"id":"7","part_type":"{kind}","body":"<p>a</p>","author":{author}}}"#)
    };
    let comment = |author: &str| format!("[{}]", part("comment", author));
    check(&comment(r#"{"type":"admin","id":"101"}"#), Some(101), Some(7));
    check(
        &comment(r#"{"type":"admin","id":101,"from_ai_agent":false,"is_ai_answer":false}"#),
        Some(101),
        Some(7),
    );
    check(&comment(r#"{"type":"admin","id":"101","from_ai_agent":null}"#), Some(101), Some(7));
    check(&comment(r#"{"type":"admin","id":"101","from_ai_agent":true}"#), None, Some(7));
    check(&comment(r#"{"type":"admin","id":"101","is_ai_answer":true}"#), None, Some(7));
    check(&comment(r#"{"type":"bot","id":"101"}"#), None, Some(7));
    check(&comment(r#"{"type":"operator","id":"101"}"#), None, Some(7));
    check(&comment(r#"{"type":"team","id":"201"}"#), None, Some(7));
    check(&comment(r#"{"type":"admin","id":null}"#), None, Some(7));
    check(&comment(r#"{"type":"lead","id":"5d00"}"#), None, None);
    check(&comment("null"), None, None);
    let picture = r#"[{"id":8,"part_type":"comment","body":null,"attachments":[{}],
        "author":{"type":"admin","id":"101"}}]"#;
    check(picture, Some(101), Some(8));
    let (ada, bob) = (r#"{"type":"admin","id":"101"}"#, r#"{"type":"admin","id":"102"}"#);
    let (answer, note) = (part("comment", ada), part("note", bob));
    check(&format!("[{note}]"), None, None);
    check(&format!("[{answer},{note}]"), Some(101), Some(7));
    let noise = r#"{"id":9,"part_type":"channel_and_reply_time_expectation","body":null,
        "author":{"type":"bot","id":"1"}}"#;
    check(&format!("[{answer},{noise}]"), Some(101), Some(7));
    check("[]", None, None);
    check("null", None, None);
}

#[test]
fn an_absence_says_whether_replies_are_reassigned() {
    #[track_caller]
    fn check(fields: &str, presence: Presence, reassign: bool) {
        let item = format!(r#"{{"type":"admin","id":814860{fields}}}"#);
        let teammate = TeammateId::new(814_860);
        let expected = Event::PresenceChanged { teammate, presence, reassign };
        assert_eq!(read(&body("admin.away_mode_updated", &item)).events, [expected], "{fields}");
    }
    let away = r#","away_mode_enabled":true"#;
    check(&format!(r#"{away},"away_mode_reassign":true"#), Presence::Away, true);
    check(&format!(r#"{away},"away_mode_reassign":"true""#), Presence::Away, true);
    check(&format!(r#"{away},"away_mode_reassign":false"#), Presence::Away, false);
    check(&format!(r#"{away},"away_mode_reassign":null"#), Presence::Away, false);
    check(away, Presence::Away, false);
    check(r#","away_mode_enabled":false,"away_mode_reassign":true"#, Presence::Active, true);
}

#[test]
fn attachments_are_counted_and_told_apart() {
    use AttachmentKind::{File, Image, SharedPost, Sticker};

    #[track_caller]
    fn check(attachments: &str, count: u32, kinds: &[AttachmentKind]) {
        let expected = Message {
            attachments: count,
            attachment_kinds: kinds.to_vec(),
            ..Message::text("look")
        };
        let source = format!(
            r#"{{"id":"1","created_at":1,"source":{{"body":"look","attachments":{attachments}}}}}"#
        );
        let started = read(&body("conversation.user.created", &source));
        assert_eq!(*changed(&started).1, Change::Started(expected.clone()), "{attachments}");
        let part = format!(
            r#"{{"id":"1","created_at":1,"conversation_parts":{{"conversation_parts":[
                {{"body":"look","author":{{"type":"lead"}},"attachments":{attachments}}}]}}}}"#
        );
        let replied = read(&body("conversation.user.replied", &part));
        assert_eq!(*changed(&replied).1, Change::ContactReplied(expected), "{attachments}");
    }
    let upload = r#"{"type":"upload","name":"a.png","url":"https://cdn.example/a.png",
        "content_type":"image/png","filesize":100,"width":100,"height":100}"#;
    let sticker = r#"{"type":"upload","name":"sticker.webp","content_type":"image/webp"}"#;
    let post = r#"{"url":"https://vm.tiktok.com/ZMabc/"}"#;
    check(&format!("[{upload}]"), 1, &[Image]);
    check(&format!("[{upload},{post},{sticker},{upload}]"), 4, &[Image, Sticker, SharedPost]);
    check("[{}]", 1, &[File]);
    check(&format!(r#"[null, 7, "https://vm.tiktok.com/", {upload}]"#), 1, &[Image]);
    check(r#"[{"type":7,"name":{},"url":["x"],"content_type":null}]"#, 1, &[File]);
    check("null", 0, &[]);
    check(r#""none""#, 0, &[]);
}

#[test]
fn a_tagged_part_names_its_conversation() {
    #[track_caller]
    fn check(item: &str, id: &str, tags: &[&str]) {
        let notification = read(&body("conversation_part.tag.created", item));
        let (conversation, change) = changed(&notification);
        assert_eq!(conversation.id.as_str(), id, "{item}");
        assert_eq!(conversation.tags, tags, "{item}");
        assert_eq!(*change, Change::Labelled);
    }
    let tags = r#""tags":{"type":"tag.list","tags":[{"id":"1","name":"tiktok"}]}"#;
    check(
        &format!(r#"{{"type":"conversation_part","id":"9","conversation_id":"1",{tags}}}"#),
        "1",
        &["tiktok"],
    );
    check(
        &format!(
            r#"{{"type":"conversation_part","id":"9","conversation":{{"id":"1","tags":null}},{tags}}}"#
        ),
        "1",
        &["tiktok"],
    );
    check(r#"{"conversation":{"id":"1"},"tag":{"name":"tiktok"}}"#, "1", &["tiktok"]);
}

#[test]
fn odd_fields_are_left_out() {
    #[track_caller]
    fn check(fields: &str, expected: impl Fn(&ConversationSnapshot) -> bool) {
        let item = format!(r#"{{"id":"1","created_at":1{fields}}}"#);
        let notification = read(&body("conversation.admin.opened", &item));
        let (conversation, _) = changed(&notification);
        assert!(expected(conversation), "{fields}: {conversation:?}");
    }
    let team = |id| move |it: &ConversationSnapshot| it.team == Some(TeamId::new(id));
    check("", |it| it.team.is_none() && it.contact.is_none() && it.tags.is_empty());
    check(r#","team_assignee_id":5"#, team(5));
    check(r#","team_assignee_id":"5""#, team(5));
    check(r#","team_assignee_id":null"#, |it| it.team.is_none());
    check(r#","team_assignee_id":"0""#, |it| it.team.is_none());
    check(r#","assignee":{"type":"team","id":"5"}"#, team(5));
    check(r#","tags":[]"#, |it| it.tags.is_empty());
    check(r#","tags":{"tags":[{"name":"a"},{"name":null},7]}"#, |it| it.tags == ["a"]);
    check(r#","source":"none","contacts":7"#, |it| it.source_type.is_none());
    check(r#","channel":null"#, |it| it.channel.is_none());
    check(r#","channel":{"initial":"a","current":"b"}"#, |it| it.channel.as_deref() == Some("b"));
    check(r#","state":"closed","open":true"#, |it| it.state == ConversationState::Closed);
    check(r#","open":false"#, |it| it.state == ConversationState::Closed);
    check(r#","open":true,"snoozed_until":9"#, |it| it.state == ConversationState::Snoozed);
    check(r#","updated_at":"2026-01-10T07:56:29.000Z""#, |it| {
        it.updated_at == Timestamp::from_seconds(1_768_031_789)
    });
    check(r#","updated_at":null"#, |it| it.updated_at == Timestamp::from_seconds(1_700_000_000));
    check(r#","source":{"author":{"type":"lead","id":"c9"}}"#, |it| {
        it.contact == Some(ContactId::new("c9"))
    });
    check(r#","source":{"author":{"type":"admin","id":"9"}}"#, |it| it.contact.is_none());
    check(r#","custom_attributes":{"a":"x\ty","b":-3,"c":{"d":1},"e":null}"#, |it| {
        let values: Vec<_> = it.attributes.iter().map(|(k, v)| format!("{k}={v}")).collect();
        values == ["a=x\ty", "b=-3", "c={\"d\":1}"]
    });
}

#[test]
fn what_is_no_notification_is_an_error() {
    #[track_caller]
    fn check(body: &[u8], expected: &str) {
        let error = decode(body).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    check(b"", "not a notification");
    check(b"{", "not a notification");
    check(b"[]", "not a notification");
    check(b"null", "not a notification");
    check(br#"{"topic":"ping"}"#, "not a notification");
    check(br#"{"topic":7,"data":{"item":{}}}"#, "not a notification");
    check(br#"{"topic":"ping","data":{"item":{}}} trailing"#, "not a notification");
    check(b"{\"topic\":\"\xff\"}", "UTF-8");
    check(&body("conversation.user.created", "[]"), "item of a conversation.user.created");
    check(&body("conversation.user.created", "{}"), "no conversation id");
    check(&body("conversation.deleted", r#"{"conversation_id":null}"#), "no conversation id");
    check(&body("admin.away_mode_updated", r#"{"id":1}"#), "no away_mode_enabled");
    check(&body("admin.away_mode_updated", r#"{"away_mode_enabled":true}"#), "no id");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(matches!(decode(deep.as_bytes()), Err(DecodeError::NotANotification(_))));
    assert!(decode(&body("conversation.user.created", &deep)).is_err());
    let nested = format!("{}{{}}{}", r#"{"conversation":"#.repeat(50_000), "}".repeat(50_000));
    assert!(decode(&body("conversation_part.tag.created", &nested)).is_err());
}

#[test]
fn who_joins_or_leaves_changes_the_roster() {
    for topic in ["admin.added_to_workspace", "admin.removed_from_workspace"] {
        let read = read(&body(topic, r#"{"type":"admin","id":814860}"#));
        assert_eq!(read.events, [Event::RosterChanged], "{topic}");
    }
}

#[test]
fn a_deleted_contact_is_forgotten() {
    let deleted = read(&body("contact.deleted", r#"{"type":"contact","id":"6762f0"}"#));
    assert_eq!(deleted.events, [Event::ContactForgotten { contact: ContactId::new("6762f0") }]);
    assert!(decode(&body("contact.deleted", r#"{"type":"contact"}"#)).is_err());
}
