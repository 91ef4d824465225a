//! Tickets: made for a contact, made of a conversation, read back.

use mock_intercom::Change;
use serde_json::{Value, json};

use crate::client::START;
use crate::desk::{Desk, USER_NOT_FOUND, text};

const NOT_FOUND: &str = "404 not_found: Resource Not Found";

#[test]
fn a_ticket_is_read_back_as_it_was_made() {
    let mut desk = Desk::new("2.16");
    let user = desk.make(json!({"external_id": "7", "email": "a@x.org"}));
    desk.topics();
    let made = desk.ok(
        "POST",
        "/tickets",
        json!({
            "ticket_type_id": "1",
            "contacts": [{"id": user}],
            "ticket_attributes": {"_default_title_": "Broken", "_default_description_": "in two"},
            "assignment": {"admin_assignee_id": "102", "team_assignee_id": "201"},
            "created_at": START.as_seconds() - 60,
        }),
    );
    for (key, expected) in [
        ("type", json!("ticket")),
        ("category", json!("Customer")),
        (
            "ticket_attributes",
            json!({"_default_title_": "Broken", "_default_description_": "in two"}),
        ),
        ("admin_assignee_id", json!(102)),
        ("team_assignee_id", json!(201)),
        ("created_at", json!(START.as_seconds() - 60)),
        ("open", json!(true)),
        ("is_shared", json!(true)),
    ] {
        assert_eq!(made[key], expected, "{key}");
    }
    assert_eq!(made["ticket_type"]["name"], "Refund");
    let contact = json!({"type": "contact", "id": user, "external_id": "7"});
    assert_eq!(made["contacts"]["contacts"], json!([contact]));
    assert_eq!(made["linked_objects"]["total_count"], 0);
    assert_eq!(desk.topics(), ["ticket.created"]);
    let path = format!("/tickets/{}", text(&made["id"]));
    assert_eq!(desk.ok("GET", &path, Value::Null), made);
    // Ids of assignees are texts before 2.16, and nobody is 0 throughout.
    desk.version = "2.15";
    assert_eq!(desk.ok("GET", &path, Value::Null)["admin_assignee_id"], "102");
    let idle = json!({"ticket_type_id": 1, "contacts": [{"id": user}]});
    let idle = desk.ok("POST", "/tickets", idle);
    assert_eq!((&idle["admin_assignee_id"], &idle["team_assignee_id"]), (&json!("0"), &json!("0")));
    let nothing = json!({"_default_title_": null, "_default_description_": null});
    assert_eq!(idle["ticket_attributes"], nothing);
}

#[test]
fn a_contact_is_named_in_three_ways() {
    let mut desk = Desk::new("2.16");
    let user = desk.make(json!({"external_id": "7", "email": "a@x.org"}));
    let mut check = |contact: Value, expected: Option<&str>| -> String {
        let body = json!({"ticket_type_id": 1, "contacts": [contact]});
        let made = desk.ok("POST", "/tickets", body);
        let id = text(&made["contacts"]["contacts"][0]["id"]).to_owned();
        assert!(expected.is_none_or(|expected| expected == id), "{contact}");
        id
    };
    check(json!({"id": user}), Some(&user));
    check(json!({"external_id": "7"}), Some(&user));
    check(json!({"email": "A@x.org"}), Some(&user));
    let stranger = check(json!({"email": "new@x.org"}), None);
    assert_ne!(stranger, user);
    let made = desk.ok("GET", &format!("/contacts/{stranger}"), Value::Null);
    assert_eq!((&made["role"], &made["email"]), (&json!("user"), &json!("new@x.org")));
}

#[test]
fn a_conversation_becomes_a_ticket_once() {
    let mut desk = Desk::new("2.16");
    let (contact, id) = desk.dm("ana");
    let parts = format!("/conversations/{id}/parts");
    let assign =
        json!({"message_type": "assignment", "type": "team", "admin_id": 101, "assignee_id": 201});
    desk.ok("POST", &parts, assign);
    let path = format!("/conversations/{id}/convert");
    let attributes = json!({"_default_title_": "Parcel"});
    desk.topics();
    let body = json!({"ticket_type_id": 1, "ticket_state_id": "1", "attributes": attributes});
    let ticket = desk.ok("POST", &path, body.clone());
    assert_eq!(ticket["ticket_attributes"]["_default_title_"], "Parcel");
    assert_eq!(ticket["contacts"]["contacts"][0]["id"], json!(contact));
    assert_eq!(ticket["team_assignee_id"], 201);
    let linked = json!({"type": "conversation", "id": id, "category": null});
    assert_eq!(ticket["linked_objects"]["data"], json!([linked]));
    assert_eq!(desk.topics(), ["ticket.created"]);
    let shown = desk.ok("GET", &format!("/conversations/{id}"), Value::Null);
    let linked = json!({"type": "ticket", "id": ticket["id"], "category": "Customer"});
    assert_eq!(shown["linked_objects"]["data"], json!([linked]));
    assert_eq!((&shown["state"], &shown["team_assignee_id"]), (&json!("open"), &json!(201)));
    let again = desk.refused("POST", &path, body);
    assert_eq!(again, "400 parameter_invalid: The conversation has a ticket already");
    let entries = desk.workspace.journal().since(0).iter();
    let changes = entries.flat_map(|entry| entry.record.changes());
    assert_eq!(changes.filter(|it| matches!(it, Change::TicketCreated { .. })).count(), 1);
}

#[test]
fn refuses_what_makes_no_ticket() {
    let mut desk = Desk::new("2.16");
    let (contact, conversation) = desk.dm("ana");
    let user = json!([{"id": contact}]);
    let convert = format!("/conversations/{conversation}/convert");
    let mut check = |path: &str, body: Value, expected: &str| {
        let refused = desk.refused("POST", path, body.clone());
        assert!(refused.starts_with(expected), "{path} {body}: {refused}");
    };
    let invalid = "400 parameter_invalid";
    let absent = "400 parameter_not_found";
    check("/tickets", json!({"contacts": user}), absent);
    check("/tickets", json!({"ticket_type_id": 1}), absent);
    check("/tickets", json!({"ticket_type_id": 1, "contacts": [{}]}), absent);
    check("/tickets", json!({"ticket_type_id": 9, "contacts": user}), invalid);
    check("/tickets", json!({"ticket_type_id": 1, "contacts": []}), invalid);
    check("/tickets", json!({"ticket_type_id": 1, "contacts": "me"}), invalid);
    let two = json!([{"id": contact}, {"id": contact}]);
    check("/tickets", json!({"ticket_type_id": 1, "contacts": two}), invalid);
    let mail = json!([{"email": "nowhere"}]);
    check("/tickets", json!({"ticket_type_id": 1, "contacts": mail}), invalid);
    let nobody = json!([{"id": "6762f0b21bb69f9f2193bb65"}]);
    check("/tickets", json!({"ticket_type_id": 1, "contacts": nobody}), USER_NOT_FOUND);
    let nobody = json!([{"external_id": "nobody"}]);
    check("/tickets", json!({"ticket_type_id": 1, "contacts": nobody}), USER_NOT_FOUND);
    for (key, value, expected) in [
        ("ticket_attributes", json!({"colour": "red"}), invalid),
        ("ticket_attributes", json!({"_default_title_": 1}), invalid),
        ("ticket_attributes", json!([]), invalid),
        ("assignment", json!({"admin_assignee_id": 9}), NOT_FOUND),
        ("assignment", json!({"team_assignee_id": 9}), NOT_FOUND),
        ("assignment", json!(101), invalid),
        ("created_at", json!(START.as_seconds() + 1), invalid),
        ("conversation_to_link_id", json!(conversation), invalid),
        ("company_id", json!("1"), "501 unsupported"),
    ] {
        let mut body = json!({"ticket_type_id": 1, "contacts": user});
        body[key] = value;
        check("/tickets", body, expected);
    }
    let mut linked = json!({"ticket_type_id": 2, "contacts": user});
    linked["conversation_to_link_id"] = "999".into();
    check("/tickets", linked, "404 not_found: Conversation not found");
    let wrong = "400 parameter_invalid: Ticket type is not a customer ticket type";
    check(&convert, json!({"ticket_type_id": 2}), wrong);
    check(&convert, json!({"ticket_type_id": 9}), invalid);
    check(&convert, json!({"ticket_type_id": 1, "ticket_state_id": 2}), "501 unsupported");
    check(&convert, json!({"ticket_type_id": 1, "attributes": {"colour": "red"}}), invalid);
    check("/conversations/999/convert", json!({"ticket_type_id": 1}), NOT_FOUND);
    for id in ["999", "x"] {
        assert_eq!(desk.refused("GET", &format!("/tickets/{id}"), Value::Null), NOT_FOUND);
    }
    assert!(!desk.topics().iter().any(|topic| topic.starts_with("ticket")));
}

#[test]
fn a_back_office_ticket_is_linked_to_a_conversation() {
    let mut desk = Desk::new("2.16");
    let (contact, conversation) = desk.dm("ana");
    let ticket = desk.ok("POST", "/tickets", json!({
        "ticket_type_id": 2, "contacts": [{"id": contact}], "conversation_to_link_id": conversation,
    }));
    assert_eq!(ticket["linked_objects"]["data"][0]["id"], json!(conversation));
    assert_eq!(ticket["is_shared"], false);
    let shown = desk.ok("GET", &format!("/conversations/{conversation}"), Value::Null);
    assert_eq!(shown["linked_objects"]["data"][0]["category"], "Back-office");
}
