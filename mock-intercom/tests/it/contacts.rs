//! Contacts: made, changed, found, merged, labelled and deleted by the API.

use mock_intercom::{Change, InboundDm};
use serde_json::{Value, json};

use crate::client::START;
use crate::desk::{Desk, USER_NOT_FOUND, text};

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
    check(json!({"custom_attributes": {"seats": 1}}), &["contact.user.updated"]);
    check(json!({"custom_attributes": {"seats": null}, "name": ""}), &["contact.user.updated"]);
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
    let lead = "400 client_error: Contact with user role can't be converted to a lead";
    assert_eq!(desk.refused("PUT", &path, json!({"role": "lead"})), lead);
    let owner = "400 parameter_invalid: The owner specified is not a member of the workspace";
    assert_eq!(desk.refused("PUT", &path, json!({"owner_id": 9})), owner);
    for body in [
        json!({"role": "admin"}),
        json!({"email": "nowhere"}),
        json!({"email_verified": true}),
        json!({"signed_up_at": "yesterday"}),
        json!({"custom_attributes": ["plan"]}),
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

/// What a contact chose and what it did go with it.
#[test]
fn what_is_kept_by_a_contacts_id_follows_it() {
    let mut desk = Desk::new("2.16");
    let event =
        |contact: &str, at: u64| json!({"event_name": "bought", "created_at": at, "id": contact});
    let [lead, user] =
        [json!({"role": "lead"}), json!({"email": "a@x.org"})].map(|body| desk.make(body));
    let mut choose = |contact: &str, id: u64, consent: &str| {
        let body = json!({"id": id, "consent_type": consent});
        desk.ok("POST", &format!("/contacts/{contact}/subscriptions"), body);
    };
    choose(&lead, 91, "opt_out");
    choose(&lead, 92, "opt_in");
    choose(&user, 92, "opt_in");
    for (contact, at) in [(&lead, 1), (&lead, 2), (&user, 2)] {
        assert_eq!(desk.call("POST", "/events", event(contact, at)).status, 202);
    }
    let ticket = json!({"ticket_type_id": 1, "contacts": [{"id": lead}]});
    let ticket = desk.ok("POST", "/tickets", ticket);
    let merge = json!({"from": lead, "into": user, "skip_duplicate_validation": true});
    let survivor = desk.ok("POST", "/contacts/merge", merge);
    assert_eq!(desk.workspace.event_count(), 2, "one of the three is of the same second");
    let chosen = desk.ok("GET", &format!("/contacts/{user}/subscriptions"), Value::Null);
    let ids: Vec<&str> =
        chosen["data"].as_array().unwrap().iter().map(|kind| text(&kind["id"])).collect();
    assert_eq!(ids, ["91", "92"]);
    assert_eq!(survivor["opted_out_subscription_types"]["data"][0]["id"], "91");
    assert_eq!(survivor["opted_in_subscription_types"]["data"][0]["id"], "92");
    let path = format!("/tickets/{}", text(&ticket["id"]));
    let shown = desk.ok("GET", &path, Value::Null);
    assert_eq!(shown["contacts"]["contacts"][0]["id"], json!(user));
    desk.ok("DELETE", &format!("/contacts/{user}"), Value::Null);
    assert_eq!(desk.workspace.event_count(), 0);
    // Neither is there a survivor any more to point to.
    assert_eq!(desk.refused("GET", &format!("/contacts/{lead}"), Value::Null), USER_NOT_FOUND);
}

#[test]
fn every_operation_points_from_the_merged_to_the_survivor() {
    let mut desk = Desk::new("2.16");
    let lead = desk.make(json!({"role": "lead", "external_id": "l-1"}));
    let user = desk.make(json!({"email": "a@x.org"}));
    let (_, conversation) = desk.dm("ana");
    let merge = json!({"from": lead, "into": user, "skip_duplicate_validation": true});
    desk.ok("POST", "/contacts/merge", merge);
    let mut check = |method: &str, path: &str, body: Value| {
        let path = path.replace("LEAD", &lead);
        let body: Value = serde_json::from_str(&body.to_string().replace("LEAD", &lead)).unwrap();
        desk.version = "2.16";
        let answer = desk.call(method, &path, body.clone());
        assert_eq!(answer.status, 410, "{method} {path} {body}: {}", answer.json());
        assert_eq!(answer.json()["errors"][0]["code"], "contact_merged");
        let link = format!("</contacts/{user}>; rel=\"canonical\"");
        assert_eq!(answer.header("link"), Some(link.as_str()), "{method} {path}");
        desk.version = "2.15";
        assert_eq!(desk.refused(method, &path, body), USER_NOT_FOUND, "{method} {path}");
    };
    check("GET", "/contacts/LEAD", Value::Null);
    check("PUT", "/contacts/LEAD", json!({"name": "x"}));
    check("DELETE", "/contacts/LEAD", Value::Null);
    check("POST", "/contacts/LEAD/archive", Value::Null);
    check("POST", "/contacts/LEAD/block", Value::Null);
    check("GET", "/contacts/LEAD/tags", Value::Null);
    check("GET", "/contacts/LEAD/notes", Value::Null);
    check("GET", "/contacts/LEAD/segments", Value::Null);
    check("GET", "/contacts/LEAD/subscriptions", Value::Null);
    check("POST", "/contacts/LEAD/subscriptions", json!({"id": 91, "consent_type": "opt_out"}));
    check("DELETE", "/contacts/LEAD/subscriptions/91", Value::Null);
    check("GET", "/contacts/find_by_external_id/l-1", Value::Null);
    check("POST", "/events", json!({"event_name": "x", "created_at": 1, "id": "LEAD"}));
    check("POST", "/events", json!({"event_name": "x", "created_at": 1, "user_id": "l-1"}));
    check("POST", "/tags", json!({"name": "vip", "users": [{"id": "LEAD"}]}));
    check("POST", "/tickets", json!({"ticket_type_id": 1, "contacts": [{"id": "LEAD"}]}));
    check("POST", "/tickets", json!({"ticket_type_id": 1, "contacts": [{"external_id": "l-1"}]}));
    let message = json!({"from": {"type": "lead", "id": "LEAD"}, "body": "hello"});
    check("POST", "/conversations", message);
    let customer = json!({"admin_id": 101, "customer": {"intercom_user_id": "LEAD"}});
    check("POST", &format!("/conversations/{conversation}/customers"), customer);
}

/// Against what `GET /data_attributes` says of contacts.
#[test]
fn custom_attributes_are_those_that_there_are() {
    let mut desk = Desk::new("2.16");
    let user = desk.make(json!({"email": "a@x.org"}));
    let list = json!({
        "name": "size", "model": "contact", "data_type": "options",
        "options": [{"value": "S"}, {"value": "L"}],
    });
    desk.ok("POST", "/data_attributes", list);
    let path = format!("/contacts/{user}");
    let mut takes = |name: &str, value: Value| {
        let body = json!({"custom_attributes": {name: value}});
        let shown = desk.ok("PUT", &path, body);
        assert_eq!(shown["custom_attributes"][name], value, "{name}");
    };
    takes("plan", json!("pro"));
    takes("plan", json!(""));
    takes("seats", json!(-3));
    takes("rate", json!(0.5));
    takes("rate", json!(1));
    takes("paid", json!(false));
    takes("renewal", json!(1_677_923_174));
    takes("renewal", json!("2023-03-04T09:46:14Z"));
    takes("renewal", json!("2023-03-04"));
    takes("size", json!("L"));
    takes("size", json!("XXL"));
    takes("plan", Value::Null);
    let mut refuses = |name: &str, value: Value, expected: &str| {
        let body = json!({"email": "b@x.org", "custom_attributes": {name: value}});
        for (method, path) in [("PUT", path.as_str()), ("POST", "/contacts")] {
            let expected = format!("400 parameter_invalid: {expected}");
            assert_eq!(desk.refused(method, path, body.clone()), expected, "{method}");
        }
    };
    let unknown = "Custom attribute 'colour' does not exist";
    refuses("colour", json!("red"), unknown);
    refuses("colour", Value::Null, unknown);
    refuses("industry", json!("ships"), "Custom attribute 'industry' does not exist");
    refuses("", json!(1), "Custom attribute '' does not exist");
    let holds = |name: &str, kind: &str| {
        format!("Custom attribute '{name}' holds values of the type {kind}")
    };
    refuses("plan", json!(7), &holds("plan", "string"));
    refuses("plan", json!(["pro"]), &holds("plan", "string"));
    refuses("seats", json!(1.5), &holds("seats", "integer"));
    refuses("seats", json!("3"), &holds("seats", "integer"));
    refuses("rate", json!("0.5"), &holds("rate", "float"));
    refuses("paid", json!("true"), &holds("paid", "boolean"));
    refuses("renewal", json!("soon"), &holds("renewal", "date"));
    refuses("renewal", json!(1.5), &holds("renewal", "date"));
    let long = "a custom attribute has at most 1024 bytes";
    refuses("plan", json!("x".repeat(1_025)), long);
}

/// As a bridge would make them by itself, so that whoever reads a contact can write it back.
#[test]
fn a_dm_makes_the_attributes_that_it_writes() {
    let mut desk = Desk::new("2.16");
    let attributes = json!({"campaign": "summer", "orders": 2, "score": 0.5, "vip": true});
    let dm = InboundDm {
        user: "ana".into(),
        text: "hello".into(),
        attributes: serde_json::from_value(attributes).unwrap(),
        ..InboundDm::default()
    };
    let contact = desk.workspace.receive_dm(desk.now, dm).unwrap().contact_id;
    let list = desk.ok("GET", "/data_attributes?model=contact", Value::Null);
    let all = list["data"].as_array().unwrap();
    for (name, kind) in
        [("campaign", "string"), ("orders", "integer"), ("score", "float"), ("vip", "boolean")]
    {
        let found = all.iter().find(|one| one["name"] == name).unwrap();
        assert_eq!(found["data_type"], kind, "{name}");
    }
    let path = format!("/contacts/{contact}");
    let shown = desk.ok("GET", &path, Value::Null);
    desk.ok("PUT", &path, json!({"custom_attributes": shown["custom_attributes"]}));
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
    let mut page = |query: &str, bodies: std::ops::RangeInclusive<u32>, number: u64, more: bool| {
        let list = desk.ok("GET", &format!("{path}/notes{query}"), Value::Null);
        let found: Vec<&str> =
            list["data"].as_array().unwrap().iter().map(|note| text(&note["body"])).collect();
        let wanted: Vec<String> =
            bodies.rev().map(|number| format!("<p>note {number}</p>")).collect();
        assert_eq!(found, wanted, "{query}");
        assert_eq!((&list["total_count"], &list["pages"]["page"]), (&json!(12), &json!(number)));
        assert_eq!(list["pages"].get("next").is_some(), more, "{query}");
    };
    page("", 0..=11, 1, false);
    page("?per_page=5", 7..=11, 1, true);
    page("?page=1&per_page=5", 7..=11, 1, true);
    page("?page=2&per_page=5", 2..=6, 2, true);
    page("?page=3&per_page=5", 0..=1, 3, false);
    // An empty range: beyond the last page there is nothing.
    #[expect(clippy::reversed_empty_ranges, reason = "it is to be empty")]
    page("?page=4&per_page=5", 1..=0, 4, false);
    for query in ["?page=0", "?page=x", "?per_page=0", "?per_page=151", "?page=-1"] {
        let refused = desk.refused("GET", &format!("{path}/notes{query}"), Value::Null);
        assert!(refused.starts_with("400 parameter_invalid"), "{query}: {refused}");
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
