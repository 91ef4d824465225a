//! Contacts: made, changed, found, merged, labelled and deleted by the API.

use mock_intercom::{ApiRequest, ApiResponse, Change, InboundDm, Workspace, WorkspaceFile};
use serde_json::{Value, json};

use crate::client::{START, TOKEN, error};

/// A workspace in virtual time, with the version that calls are made in.
struct Desk {
    workspace: Workspace,
    version: &'static str,
}

impl Desk {
    fn new(version: &'static str) -> Self {
        Self { workspace: Workspace::new(WorkspaceFile::example()).unwrap(), version }
    }

    fn call(&mut self, method: &str, path: &str, body: Value) -> ApiResponse {
        let (path, query) = path.split_once('?').map_or((path, None), |(a, b)| (a, Some(b)));
        let mut request =
            ApiRequest::new(method, path, TOKEN).header("intercom-version", self.version);
        request.query = query.map(str::to_owned);
        if !body.is_null() {
            request = request.json(&body);
        }
        self.workspace.handle(START, &request)
    }

    fn ok(&mut self, method: &str, path: &str, body: Value) -> Value {
        let response = self.call(method, path, body);
        assert_eq!(response.status, 200, "{method} {path}: {}", response.json());
        response.json()
    }

    /// `status code: message` of a call that fails.
    fn refused(&mut self, method: &str, path: &str, body: Value) -> String {
        let response = self.call(method, path, body);
        format!("{} {}", response.status, error(&response.json()))
    }

    /// Makes a contact; its id.
    fn make(&mut self, body: Value) -> String {
        self.ok("POST", "/contacts", body)["id"].as_str().unwrap().to_owned()
    }

    /// A DM; the contact and the conversation.
    fn dm(&mut self, user: &str) -> (String, String) {
        let dm = InboundDm { user: user.into(), text: "hello".into(), ..InboundDm::default() };
        let receipt = self.workspace.receive_dm(START, dm).unwrap();
        (receipt.contact_id.to_string(), receipt.conversation_id.to_string())
    }

    /// The webhooks since the last look: topic and item.
    fn webhooks(&mut self) -> Vec<(String, Value)> {
        std::iter::from_fn(|| self.workspace.poll_notification())
            .map(|sent| {
                let body: Value = serde_json::from_slice(&sent.body).unwrap();
                (sent.topic, body["data"]["item"].clone())
            })
            .collect()
    }

    fn topics(&mut self) -> Vec<String> {
        self.webhooks().into_iter().map(|(topic, _)| topic).collect()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

const USER_NOT_FOUND: &str = "404 not_found: User Not Found";

#[test]
fn reads_back_what_was_written() {
    let mut desk = Desk::new("2.16");
    let written = json!({
        "external_id": "7", "email": "Joe@Example.com", "phone": "+351", "name": "Joe",
        "avatar": "https://example.com/a.png", "signed_up_at": 1, "last_seen_at": 2,
        "owner_id": "101", "unsubscribed_from_emails": true,
        "custom_attributes": {"plan": "pro", "seats": 3, "paid": true},
    });
    let made = desk.ok("POST", "/contacts", written);
    for (key, expected) in [
        ("role", json!("user")),
        ("external_id", json!("7")),
        ("email", json!("Joe@Example.com")),
        ("email_domain", json!("Example.com")),
        ("phone", json!("+351")),
        ("name", json!("Joe")),
        ("avatar", json!({"type": "avatar", "image_url": "https://example.com/a.png"})),
        ("signed_up_at", json!(1)),
        ("last_seen_at", json!(2)),
        ("owner_id", json!("101")),
        ("unsubscribed_from_emails", json!(true)),
        ("custom_attributes", json!({"plan": "pro", "seats": 3, "paid": true})),
        ("created_at", json!(START.as_seconds())),
    ] {
        assert_eq!(made[key], expected, "{key}");
    }
    let path = format!("/contacts/{}", text(&made["id"]));
    assert_eq!(desk.ok("GET", &path, Value::Null), made);
    assert_eq!(desk.ok("GET", "/contacts/find_by_external_id/7", Value::Null), made);
    assert_eq!(desk.ok("GET", "/contacts", Value::Null)["data"], json!([made]));
    desk.version = "2.15";
    assert_eq!(desk.ok("GET", &path, Value::Null)["owner_id"], 101);
    desk.version = "2.12";
    let lookup = desk.refused("GET", "/contacts/find_by_external_id/7", Value::Null);
    assert!(lookup.starts_with("400 intercom_version_invalid"), "{lookup}");
}

#[test]
fn tells_of_each_change_in_its_own_topic_and_of_nothing_else() {
    let mut desk = Desk::new("2.16");
    let id = desk.make(json!({"role": "lead"}));
    let (topic, item) = desk.webhooks().remove(0);
    assert_eq!(topic, "contact.lead.created");
    assert!(text(&item["created_at"]).ends_with("+00:00"), "webhooks write ISO times");
    assert_eq!(text(&item["external_id"]).len(), 36, "leads have UUIDs");
    let mut check = |body: Value, expected: &[&str]| {
        desk.ok("PUT", &format!("/contacts/{id}"), body.clone());
        assert_eq!(desk.topics(), expected, "{body}");
    };
    check(json!({"name": "Ana"}), &["contact.lead.updated"]);
    check(json!({"name": "Ana"}), &[]);
    check(json!({"email": "a@x.org"}), &["contact.lead.added_email", "contact.lead.updated"]);
    check(json!({"role": "user"}), &["contact.lead.signed_up", "contact.user.updated"]);
    check(json!({"email": "b@x.org"}), &["contact.email.updated", "contact.user.updated"]);
    check(json!({"custom_attributes": {"a": 1}}), &["contact.user.updated"]);
    check(json!({"custom_attributes": {"a": null}, "name": ""}), &["contact.user.updated"]);
    check(json!({}), &[]);
    let shown = desk.ok("GET", &format!("/contacts/{id}"), Value::Null);
    assert_eq!((&shown["name"], &shown["custom_attributes"]), (&Value::Null, &json!({})));
}

#[test]
fn refuses_what_makes_no_contact() {
    let mut desk = Desk::new("2.16");
    let first = desk.make(json!({"external_id": "1", "email": "a@x.org"}));
    let second = desk.make(json!({"external_id": "2"}));
    desk.topics();
    let rival =
        format!("409 conflict: A contact matching those details already exists with id={first}");
    assert_eq!(desk.refused("POST", "/contacts", json!({"external_id": "1"})), rival);
    assert_eq!(desk.refused("POST", "/contacts", json!({"email": "A@X.org"})), rival);
    let path = format!("/contacts/{second}");
    assert_eq!(desk.refused("PUT", &path, json!({"email": "a@x.org"})), rival);
    for body in [
        json!({"role": "lead"}),
        json!({"role": "admin"}),
        json!({"email": "nowhere"}),
        json!({"email_verified": true}),
        json!({"owner_id": 9}),
        json!({"signed_up_at": "yesterday"}),
        json!({"custom_attributes": {"a": [1]}}),
        json!({"custom_attributes": {"": 1}}),
        json!({"name": "x".repeat(3_000)}),
    ] {
        let refused = desk.refused("PUT", &path, body.clone());
        assert!(refused.starts_with("400 parameter_invalid"), "{body}: {refused}");
    }
    let nobody = desk.refused("POST", "/contacts", json!({"name": "Ana"}));
    assert!(nobody.starts_with("400 parameter_not_found"), "{nobody}");
    assert_eq!(desk.refused("GET", "/contacts/nobody", Value::Null), USER_NOT_FOUND);
    assert_eq!(desk.topics(), Vec::<String>::new());
    // A lead may share a user's address, which is what makes them duplicates.
    desk.make(json!({"role": "lead", "email": "a@x.org"}));
}

#[test]
fn a_deleted_contact_is_gone_and_writes_as_a_new_lead() {
    let mut desk = Desk::new("2.14");
    let (contact, conversation) = desk.dm("ana");
    desk.topics();
    let path = format!("/contacts/{contact}");
    let note = desk.ok("POST", &format!("{path}/notes"), json!({"body": "x"}));
    let answer = desk.ok("DELETE", &path, Value::Null);
    assert_eq!((&answer["id"], &answer["deleted"]), (&json!(contact), &json!(true)));
    assert_eq!(desk.topics(), ["contact.deleted"]);
    assert_eq!(desk.refused("GET", &path, Value::Null), USER_NOT_FOUND);
    assert_eq!(desk.refused("DELETE", &path, Value::Null), USER_NOT_FOUND);
    desk.refused("GET", &format!("/notes/{}", text(&note["id"])), Value::Null);
    desk.ok("GET", &format!("/conversations/{conversation}"), Value::Null);
    let (next, other) = desk.dm("ana");
    assert_ne!((next, other), (contact, conversation));
}

#[test]
fn a_merged_lead_lives_on_in_the_user() {
    let mut desk = Desk::new("2.16");
    let (lead, conversation) = desk.dm("ana");
    let tag = desk.ok("POST", "/tags", json!({"name": "vip"}));
    desk.ok("POST", &format!("/contacts/{lead}/tags"), json!({"id": tag["id"]}));
    let note = desk.ok("POST", &format!("/contacts/{lead}/notes"), json!({"body": "rich"}));
    let user = desk.make(json!({"email": "a@x.org"}));
    desk.topics();
    let merge = json!({"from": lead, "into": user});
    let refused = desk.refused("POST", "/contacts/merge", merge.clone());
    assert!(refused.starts_with("400 invalid_merge: Contacts can only be merged"), "{refused}");
    desk.ok("PUT", &format!("/contacts/{lead}"), json!({"email": "A@x.org"}));
    desk.topics();
    let survivor = desk.ok("POST", "/contacts/merge", merge.clone());
    assert_eq!(survivor["custom_attributes"]["octopods_channel"], "tiktok");
    assert_eq!(survivor["tags"]["data"][0]["id"], tag["id"]);
    assert_eq!(survivor["notes"]["total_count"], 1);
    let (topic, item) = desk.webhooks().remove(0);
    assert_eq!((topic.as_str(), &item["id"]), ("contact.merged", &json!(user)));
    assert_eq!(item["merged_from"], json!({"type": "contact", "id": lead}));
    let moved = desk.ok("GET", &format!("/notes/{}", text(&note["id"])), Value::Null);
    assert_eq!(moved["contact"]["id"], json!(user));
    let shown = desk.ok("GET", &format!("/conversations/{conversation}"), Value::Null);
    assert_eq!(shown["contacts"]["contacts"][0]["id"], json!(user));
    assert_eq!(shown["source"]["author"]["id"], json!(user));
    let gone = desk.call("GET", &format!("/contacts/{lead}"), Value::Null);
    assert_eq!(gone.status, 410);
    let link = format!("</contacts/{user}>; rel=\"canonical\"");
    assert_eq!(gone.header("link"), Some(link.as_str()));
    assert!(desk.refused("POST", "/contacts/merge", merge).starts_with("410 contact_merged"));
    desk.version = "2.15";
    assert_eq!(desk.refused("GET", &format!("/contacts/{lead}"), Value::Null), USER_NOT_FOUND);
    assert_eq!(desk.dm("ana"), (user, conversation));
}

#[test]
fn merges_only_a_lead_into_a_user() {
    let mut desk = Desk::new("2.16");
    let lead = desk.make(json!({"role": "lead"}));
    let user = desk.make(json!({"email": "a@x.org"}));
    let mut check = |from: &str, into: &str, expected: &str| {
        let body = json!({"from": from, "into": into, "skip_duplicate_validation": true});
        let refused = desk.refused("POST", "/contacts/merge", body);
        assert!(refused.starts_with(expected), "{from} {into}: {refused}");
    };
    check(&user, &lead, "400 parameter_invalid: from must be a lead");
    check(&lead, &lead, "400 parameter_invalid: into must be a user");
    check("nobody", &user, USER_NOT_FOUND);
    let body = json!({"from": lead, "into": user});
    desk.version = "2.15";
    desk.ok("POST", "/contacts/merge", body);
}

#[test]
fn archives_and_blocks() {
    let mut desk = Desk::new("2.16");
    let (contact, conversation) = desk.dm("ana");
    desk.topics();
    let path = format!("/contacts/{contact}");
    assert_eq!(desk.ok("POST", &format!("{path}/archive"), Value::Null)["archived"], true);
    assert_eq!(desk.topics(), ["contact.archived"]);
    assert_eq!(desk.ok("GET", "/contacts", Value::Null)["total_count"], 0);
    desk.ok("GET", &path, Value::Null);
    desk.ok("POST", &format!("{path}/archive"), Value::Null);
    assert_eq!(desk.ok("POST", &format!("{path}/unarchive"), Value::Null)["archived"], false);
    assert_eq!(desk.topics(), ["contact.unarchive"]);
    assert_eq!(desk.ok("POST", &format!("{path}/block"), Value::Null)["blocked"], true);
    let shown = desk.ok("GET", &format!("/conversations/{conversation}"), Value::Null);
    assert_eq!(shown["state"], "closed");
}

#[test]
fn tags_and_notes_of_a_contact() {
    let mut desk = Desk::new("2.16");
    let user = desk.make(json!({"email": "a@x.org"}));
    let path = format!("/contacts/{user}");
    let tag = desk.ok("POST", "/tags", json!({"name": "vip"}));
    let tag = text(&tag["id"]).to_owned();
    desk.topics();
    let applied = desk.ok("POST", &format!("{path}/tags"), json!({"id": tag}));
    assert_eq!(applied["applied_by"]["id"], "101");
    let (topic, item) = desk.webhooks().remove(0);
    assert_eq!(
        (topic.as_str(), &item["type"]),
        ("contact.user.tag.created", &json!("contact_tag"))
    );
    assert_eq!((&item["tag"]["id"], &item["contact"]["id"]), (&json!(tag), &json!(user)));
    desk.ok("POST", &format!("{path}/tags"), json!({"id": tag}));
    assert_eq!(desk.topics(), Vec::<String>::new(), "it is on already");
    let tags = desk.ok("GET", &format!("{path}/tags"), Value::Null);
    assert_eq!(tags["data"], json!([applied]));
    desk.ok("DELETE", &format!("{path}/tags/{tag}"), Value::Null);
    assert_eq!(desk.topics(), ["contact.user.tag.deleted"]);
    let missing = "404 not_found: Resource Not Found";
    assert_eq!(desk.refused("DELETE", &format!("{path}/tags/{tag}"), Value::Null), missing);
    assert_eq!(desk.refused("POST", &format!("{path}/tags"), json!({"id": "99"})), missing);
    for number in 0..12 {
        let body = json!({"body": format!("note {number}"), "admin_id": 102});
        desk.ok("POST", &format!("{path}/notes"), body);
    }
    let list = desk.ok("GET", &format!("{path}/notes?per_page=5"), Value::Null);
    assert_eq!((&list["total_count"], &list["pages"]["total_pages"]), (&json!(12), &json!(3)));
    let newest = &list["data"][0];
    assert_eq!(
        (&newest["body"], &newest["author"]["id"]),
        (&json!("<p>note 11</p>"), &json!("102"))
    );
    let read = desk.ok("GET", &format!("/notes/{}", text(&newest["id"])), Value::Null);
    assert_eq!(read, *newest);
    let notes = desk.ok("GET", &path, Value::Null)["notes"].clone();
    assert_eq!(notes["data"].as_array().unwrap().len(), 10);
    assert_eq!((&notes["total_count"], &notes["has_more"]), (&json!(12), &json!(true)));
    let body = json!({"body": "x", "admin_id": 9});
    assert_eq!(desk.refused("POST", &format!("{path}/notes"), body), missing);
    let changes = desk.workspace.journal().since(0).iter().flat_map(|entry| entry.record.changes());
    let noted = changes.filter(|change| matches!(change, Change::ContactNoted { .. })).count();
    assert_eq!(noted, 12);
}
