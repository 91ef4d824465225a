//! Reading, closing, snoozing, opening, answering and tagging a conversation; teammates and teams.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Api, error};

/// The type of the only part of an answer, and the state after it.
fn part_and_state(body: &Value) -> (&str, &str) {
    let part = &body["conversation_parts"]["conversation_parts"][0];
    (part["part_type"].as_str().unwrap(), body["state"].as_str().unwrap())
}

#[tokio::test]
async fn a_new_conversation_is_what_the_bridge_makes() {
    let api = Api::start().await;
    let dm = json!({
        "user": "ana", "text": "¿cuánto cuesta? <3", "name": "Ana", "language": "es",
        "country": "MX", "attributes": {"campaign": "summer"},
        "attachments": ["https://cdn.example/a/photo.jpg?x=1"],
    });
    let (_, receipt) = api.control("/_mock/dms", dm).await;
    let id = receipt["conversation_id"].as_str().unwrap();
    let (status, body) = api.get(&format!("/conversations/{id}")).await;
    assert_eq!(status, 200);
    let source = &body["source"];
    assert_eq!(source["type"], "conversation");
    assert_eq!(source["id"], receipt["part_id"]);
    assert_eq!(source["delivered_as"], "customer_initiated");
    assert_eq!(source["body"], "<p>¿cuánto cuesta? &lt;3</p>");
    assert_eq!(source["url"], Value::Null);
    let author = json!({"type": "lead", "id": receipt["contact_id"], "name": "Ana", "email": ""});
    assert_eq!(source["author"], author);
    assert_eq!(source["attachments"][0]["content_type"], "image/jpeg");
    assert_eq!(source["attachments"][0]["name"], "photo.jpg");
    assert_eq!(body["contacts"]["contacts"][0]["id"], receipt["contact_id"]);
    assert_eq!((&body["open"], &body["state"]), (&json!(true), &json!("open")));
    assert_eq!(body["teammates"], json!({"type": "admin.list", "teammates": []}));
    assert_eq!(body["conversation_parts"]["total_count"], 0);
    let (_, plain) = api.get(&format!("/conversations/{id}?display_as=plaintext")).await;
    assert_eq!(plain["source"]["body"], "¿cuánto cuesta? <3");

    let contact = receipt["contact_id"].as_str().unwrap();
    let (_, contact) = api.get(&format!("/contacts/{contact}")).await;
    assert_eq!(contact["role"], "lead");
    assert_eq!(contact["external_id"].as_str().unwrap().len(), 36);
    assert_eq!(contact["language_override"], "es");
    assert_eq!(contact["location"]["country_code"], "MX");
    let attributes = json!({
        "campaign": "summer", "octopods_channel": "tiktok", "octopods_tiktok_id": "ana",
    });
    assert_eq!(contact["custom_attributes"], attributes);
    assert!(contact["created_at"].is_u64());
    for unknown in ["/contacts/6762f0cd1bb69f9f2193bb7c", "/contacts/ana"] {
        let (status, body) = api.get(unknown).await;
        assert_eq!((status, error(&body).as_str()), (404, "not_found: User Not Found"));
    }
}

#[tokio::test]
async fn a_closed_conversation_reopens_when_the_contact_writes_and_keeps_its_owners() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    for (kind, assignee) in [("team", 201), ("admin", 102)] {
        let body = json!({
            "message_type": "assignment", "type": kind, "admin_id": 101, "assignee_id": assignee,
        });
        api.part(&id, body).await;
    }
    let close = json!({"message_type": "close", "type": "admin", "admin_id": 102, "body": "Bye"});
    let (_, body) = api.part(&id, close).await;
    assert_eq!(part_and_state(&body), ("close", "closed"));
    assert_eq!(body["conversation_parts"]["conversation_parts"][0]["body"], "<p>Bye</p>");
    assert_eq!(body["open"], false);
    assert_eq!(api.dm("ana", "one more thing").await, id, "the same conversation");
    let (_, body) = api.get(&format!("/conversations/{id}")).await;
    assert_eq!(body["state"], "open");
    assert_eq!((&body["team_assignee_id"], &body["admin_assignee_id"]), (&json!(201), &json!(102)));
    assert_eq!(body["statistics"]["count_reopens"], 1);
    assert_eq!(body["teammates"]["teammates"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn snoozing_and_opening() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let later = api.mock.now().as_seconds() + 3_600;
    let snooze = |until: Value| json!({"message_type": "snoozed", "admin_id": "101", "snoozed_until": until});
    let (_, body) = api.part(&id, snooze(json!(later))).await;
    assert_eq!(part_and_state(&body), ("snoozed", "snoozed"));
    assert_eq!((&body["open"], &body["snoozed_until"]), (&json!(true), &json!(later)));
    let (_, body) = api.part(&id, json!({"message_type": "open", "admin_id": 101})).await;
    assert_eq!(part_and_state(&body), ("unsnoozed", "open"));
    let (_, body) = api.part(&id, json!({"message_type": "open", "admin_id": 101})).await;
    assert_eq!(part_and_state(&body), ("open", "open"));
    for until in [json!(1), json!("tomorrow"), Value::Null] {
        assert_eq!(api.part(&id, snooze(until)).await.0, 400);
    }
    assert_eq!(api.part(&id, json!({"message_type": "explode", "admin_id": 101})).await.0, 400);
}

#[tokio::test]
async fn answers_and_notes() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let path = format!("/conversations/{id}/reply");
    let reply = |kind: &str| json!({"message_type": kind, "type": "admin", "admin_id": "102", "body": "<p>Hi</p>"});
    let (_, body) = api.post(&path, reply("note")).await;
    assert_eq!(part_and_state(&body), ("note", "open"));
    assert!(body["waiting_since"].is_u64(), "a note answers nobody");
    let (_, body) = api.post(&path, reply("comment")).await;
    assert_eq!(part_and_state(&body), ("comment", "open"));
    assert_eq!(body["waiting_since"], Value::Null);
    let check = async |body: Value, status: u16| assert_eq!(api.post(&path, body).await.0, status);
    check(json!({"message_type": "note", "type": "admin", "admin_id": 102}), 400).await;
    check(json!({"message_type": "note", "type": "admin", "admin_id": 9, "body": "x"}), 404).await;
    check(json!({"message_type": "comment", "type": "user", "body": "x"}), 501).await;
    check(reply("shout"), 400).await;
    let (status, _) = api.post("/conversations/1/reply", reply("note")).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn tags_go_on_and_off() {
    let api = Api::start().await;
    let (_, tags) = api.get("/tags").await;
    let tag = tags["data"][0].clone();
    assert_eq!((&tags["type"], &tag["name"]), (&json!("list"), &json!("tiktok")));
    let id = api.dm("ana", "hello").await;
    let path = format!("/conversations/{id}/tags");
    let (status, applied) = api.post(&path, json!({"id": tag["id"], "admin_id": 101})).await;
    assert_eq!((status, &applied["applied_by"]), (200, &json!({"type": "admin", "id": "101"})));
    let (_, body) = api.get(&format!("/conversations/{id}")).await;
    assert_eq!(body["tags"]["tags"][0]["name"], "tiktok");
    let own = format!("{path}/{}", tag["id"].as_str().unwrap());
    assert_eq!(api.send(Method::DELETE, &own, json!({"admin_id": 101})).await.0, 200);
    let (status, body) = api.send(Method::DELETE, &own, json!({"admin_id": 101})).await;
    assert_eq!((status, error(&body).as_str()), (404, "tag_not_found: Tag not found"));
    let (status, body) = api.post("/conversations/9/tags", json!({"id": 1, "admin_id": 101})).await;
    assert_eq!((status, error(&body).as_str()), (404, "not_found: Conversation not found"));
}

#[tokio::test]
async fn teammates_and_teams() {
    let api = Api::start().await;
    let (_, me) = api.get("/me").await;
    assert_eq!((&me["id"], &me["app"]["timezone"]), (&json!("101"), &json!("Europe/Dublin")));
    let (_, admins) = api.get("/admins").await;
    assert_eq!(admins["type"], "admin.list");
    assert_eq!(admins["admins"].as_array().unwrap().len(), 4);
    let (_, dev) = api.get("/admins/104").await;
    assert_eq!((&dev["away_mode_enabled"], &dev["team_ids"]), (&json!(true), &json!([202])));
    let back = json!({"away_mode_enabled": false, "away_mode_reassign": false});
    let (status, dev) = api.send(Method::PUT, "/admins/104/away", back.clone()).await;
    assert_eq!((status, &dev["away_mode_enabled"]), (200, &json!(false)));
    let (_, dev) = api.get("/admins/104").await;
    assert_eq!(dev["away_mode_enabled"], false);
    let (status, body) = api.send(Method::PUT, "/admins/9/away", back).await;
    let expected = "admin_not_found: Admin for admin_id not found";
    assert_eq!((status, error(&body).as_str()), (404, expected));
    let half = json!({"away_mode_enabled": true});
    assert_eq!(api.send(Method::PUT, "/admins/104/away", half).await.0, 400);
    assert_eq!(error(&api.get("/admins/9").await.1), "admin_not_found: Admin not found");
    let (_, teams) = api.get("/teams").await;
    assert_eq!(teams["teams"][0]["admin_ids"], json!([101, 102]));
    let (_, team) = api.get("/teams/201").await;
    assert_eq!(team["distribution_method"], "load_balanced");
    assert_eq!(error(&api.get("/teams/9").await.1), "team_not_found: Team not found");
}
