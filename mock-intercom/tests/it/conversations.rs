//! Reading, closing, snoozing, opening, answering and tagging a conversation; teammates and teams.

use mock_intercom::{DistributionMethod, ServeOptions, WorkspaceFile};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Api, Receiver, SECRET, error};

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
    assert_eq!(body["conversation_parts"]["total_count"], 1, "only the new one is shown");
    let check = async |body: Value, status: u16| assert_eq!(api.post(&path, body).await.0, status);
    check(json!({"message_type": "note", "type": "admin", "admin_id": 102}), 400).await;
    check(json!({"message_type": "note", "type": "admin", "admin_id": 9, "body": "x"}), 404).await;
    check(json!({"message_type": "comment", "type": "user", "body": "x"}), 400).await;
    check(reply("shout"), 400).await;
    let (status, _) = api.post("/conversations/1/reply", reply("note")).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_note_changes_nothing_but_the_parts() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    for (kind, assignee) in [("team", 201), ("admin", 102)] {
        let body = json!({
            "message_type": "assignment", "type": kind, "admin_id": 101, "assignee_id": assignee,
        });
        api.part(&id, body).await;
    }
    let later = api.mock.now().as_seconds() + 3_600;
    let snooze = json!({"message_type": "snoozed", "admin_id": 102, "snoozed_until": later});
    api.part(&id, snooze).await;
    api.mock.drained().await;
    let (_, mut before) = api.get(&format!("/conversations/{id}")).await;
    let mut receiver = Receiver::start(Vec::new()).await;
    api.mock.subscribe(&receiver.url, SECRET);
    let note = json!({
        "message_type": "note", "type": "admin", "admin_id": "101", "body": "<p>a &amp; b</p>",
    });
    let (status, answer) = api.post(&format!("/conversations/{id}/reply"), note).await;
    assert_eq!((status, part_and_state(&answer)), (200, ("note", "snoozed")));
    let part = answer["conversation_parts"]["conversation_parts"][0].clone();
    assert_eq!((&part["body"], &part["author"]["id"]), (&json!("<p>a &amp; b</p>"), &json!("101")));
    assert_eq!(part["assigned_to"], Value::Null);

    let (_, mut after) = api.get(&format!("/conversations/{id}")).await;
    let parts = after["conversation_parts"]["conversation_parts"].as_array().unwrap();
    assert_eq!(parts.iter().filter(|found| found["part_type"] == "note").count(), 1);
    assert_eq!(parts.last(), Some(&part));
    for body in [&mut before, &mut after] {
        let body = body.as_object_mut().unwrap();
        body.remove("conversation_parts");
        body.remove("updated_at");
        body["statistics"].as_object_mut().unwrap().remove("count_conversation_parts");
    }
    assert_eq!(before, after);

    let echo = receiver.next_of("conversation.admin.noted").await.body;
    let item = &echo["data"]["item"];
    assert_eq!(part_and_state(item), ("note", "snoozed"));
    let parts = &item["conversation_parts"]["conversation_parts"];
    assert_eq!((parts.as_array().unwrap().len(), &parts[0]["id"]), (1, &part["id"]));
    assert_eq!(parts[0]["app_package_code"], "mock_app");
    api.mock.drained().await;
    assert!(receiver.is_empty(), "one note, one webhook");
}

/// The webhook tells who answered, and in which part: the same that the answer of the call names.
#[tokio::test]
async fn an_answer_is_announced_with_its_author_and_part() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    api.mock.drained().await;
    let mut receiver = Receiver::start(Vec::new()).await;
    api.mock.subscribe(&receiver.url, SECRET);
    let path = format!("/conversations/{id}/reply");
    let by_call =
        json!({"message_type": "comment", "type": "admin", "admin_id": "102", "body": "Hi"});
    let (status, answer) = api.post(&path, by_call).await;
    assert_eq!(status, 200);
    let by_hand = json!({"action": "reply", "admin": 103, "conversation": id, "body": "Hello"});
    assert_eq!(api.control("/_mock/actions", by_hand).await.0, 200);
    let (_, whole) = api.get(&format!("/conversations/{id}")).await;
    let parts = whole["conversation_parts"]["conversation_parts"].as_array().unwrap();
    assert_eq!(answer["conversation_parts"]["conversation_parts"][0]["id"], parts[0]["id"]);
    for (part, admin, app) in
        [(&parts[0], "102", json!("mock_app")), (&parts[1], "103", Value::Null)]
    {
        let sent = receiver.next_of("conversation.admin.replied").await.body;
        let told = &sent["data"]["item"]["conversation_parts"]["conversation_parts"];
        assert_eq!((told.as_array().unwrap().len(), &told[0]["id"]), (1, &part["id"]));
        assert_eq!((&told[0]["part_type"], &told[0]["body"]), (&json!("comment"), &part["body"]));
        let author = &told[0]["author"];
        assert_eq!((&author["type"], &author["id"]), (&json!("admin"), &json!(admin)));
        let by_ai = (&author["from_ai_agent"], &author["is_ai_answer"]);
        assert_eq!(by_ai, (&json!(false), &json!(false)));
        assert_eq!(told[0]["app_package_code"], app);
    }
    api.mock.drained().await;
    assert!(receiver.is_empty(), "one answer, one webhook");
}

#[tokio::test]
async fn attributes_are_set_if_the_workspace_knows_them() {
    let file = WorkspaceFile {
        conversation_attributes: ["Topic", "Order", "VIP"].map(str::to_owned).into(),
        ..WorkspaceFile::example()
    };
    let api = Api::of(file, ServeOptions::default()).await;
    let id = api.dm("ana", "hello").await;
    api.mock.drained().await;
    let receiver = Receiver::start(Vec::new()).await;
    api.mock.subscribe(&receiver.url, SECRET);
    let path = format!("/conversations/{id}");
    let put = async |attributes: Value| {
        api.send(Method::PUT, &path, json!({"custom_attributes": attributes})).await
    };
    let (status, body) = put(json!({"Topic": "price", "Order": 7, "VIP": true})).await;
    assert_eq!(status, 200);
    let (_, body_again) = put(json!({"Topic": "refund", "VIP": true})).await;
    let set = |body: &Value, name: &str| body["custom_attributes"][name].clone();
    assert_eq!((set(&body, "Topic"), set(&body, "VIP")), (json!("price"), json!(true)));
    assert_eq!((set(&body_again, "Topic"), set(&body_again, "Order")), (json!("refund"), json!(7)));
    assert_eq!(set(&body_again, "Has attachments"), json!(false));
    assert_eq!(
        (&body_again["state"], &body_again["team_assignee_id"]),
        (&json!("open"), &Value::Null)
    );
    let parts = body_again["conversation_parts"]["conversation_parts"].as_array().unwrap();
    assert_eq!(parts.len(), 4, "one for each change");
    assert!(parts.iter().all(|part| {
        part["part_type"] == "conversation_attribute_updated_by_admin"
            && part["author"]["type"] == "bot"
            && part["assigned_to"].is_null()
    }));
    let (_, gone) = put(json!({"Order": null})).await;
    assert!(!gone["custom_attributes"].as_object().unwrap().contains_key("Order"));
    api.mock.drained().await;
    assert!(receiver.is_empty(), "no topic tells of an attribute");

    let check = async |body: Value, status: u16, expected: &str| {
        let (found, answer) = api.send(Method::PUT, &path, body).await;
        assert_eq!((found, error(&answer).as_str()), (status, expected));
    };
    let unknown = json!({"custom_attributes": {"Topic": "x", "anything": "you want"}});
    let message = "parameter_invalid: Conversation attribute 'anything' does not exist";
    check(unknown, 400, message).await;
    let message = "parameter_invalid: custom_attributes must be an object";
    check(json!({"custom_attributes": ["Topic"]}), 400, message).await;
    for body in [json!({"company_id": "x"}), json!({"custom_attributes": {"Topic": [1]}})] {
        assert_eq!(api.send(Method::PUT, &path, body).await.0, 501);
    }
    let (_, body) = api.get(&path).await;
    assert_eq!(set(&body, "Topic"), json!("refund"), "what is refused changes nothing");
    let (status, body) = api.send(Method::PUT, "/conversations/9", json!({})).await;
    assert_eq!((status, error(&body).as_str()), (404, "not_found: Resource Not Found"));
}

#[tokio::test]
async fn a_tag_is_found_by_its_name_or_made() {
    let api = Api::start().await;
    let (status, made) = api.post("/tags", json!({"name": "VIP"})).await;
    assert_eq!((status, &made["type"], &made["name"]), (200, &json!("tag"), &json!("VIP")));
    let (_, found) = api.post("/tags", json!({"name": "vip"})).await;
    assert_eq!(found, made, "names do not differ by case");
    let (_, bridges) = api.post("/tags", json!({"name": "TikTok"})).await;
    assert_eq!((&bridges["id"], &bridges["name"]), (&json!("1"), &json!("tiktok")));
    let (_, tags) = api.get("/tags").await;
    assert_eq!(tags["data"].as_array().unwrap().len(), 2);
    for body in [json!({"test": "invalid"}), json!({"name": ""}), json!({"name": 7})] {
        let (status, body) = api.post("/tags", body).await;
        assert_eq!(status, 400);
        assert_eq!(error(&body), "parameter_invalid: invalid tag parameters");
    }
    let companies = json!({"name": "a", "companies": []});
    assert_eq!(api.post("/tags", companies).await.0, 501);
    let receipt = api.control("/_mock/dms", json!({"user": "ana", "text": "hi"})).await.1;
    let users = |id: &Value| json!({"name": "vip", "users": [{"id": id}]});
    let (status, vip) = api.post("/tags", users(&receipt["contact_id"])).await;
    assert_eq!(status, 200, "{vip}");
    let path = format!("/contacts/{}/tags", receipt["contact_id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.1["data"][0]["name"], "VIP");
    let (status, body) = api.post("/tags", users(&json!("9"))).await;
    assert_eq!((status, error(&body).as_str()), (404, "not_found: User Not Found"));
}

#[tokio::test]
async fn attachments_are_described_by_their_addresses() {
    let api = Api::start().await;
    let check = async |url: &str, name: &str, content_type: &str| {
        let dm = json!({"user": "ana", "text": "", "attachments": [url]});
        let (_, receipt) = api.control("/_mock/dms", dm).await;
        let id = receipt["conversation_id"].as_str().unwrap();
        let (_, body) = api.get(&format!("/conversations/{id}")).await;
        let last = body["conversation_parts"]["conversation_parts"].as_array().unwrap().last();
        let attachment = last.map_or(&body["source"], |part| part)["attachments"][0].clone();
        let expected = json!({
            "type": "upload", "name": name, "url": url, "content_type": content_type, "filesize": 0,
        });
        assert_eq!(attachment, expected);
    };
    check("https://cdn.example/a/photo.JPG?x=1.mp4", "photo.JPG", "image/jpeg").await;
    check("https://cdn.example/clip.mp4#t=1", "clip.mp4", "video/mp4").await;
    check("https://cdn.example/voice.m4a", "voice.m4a", "audio/mp4").await;
    check("https://cdn.example/sticker.webp", "sticker.webp", "image/webp").await;
    check("https://vm.tiktok.com/ZMabc/", "ZMabc", "application/octet-stream").await;
    check("https://cdn.example/png", "png", "application/octet-stream").await;
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
    assert_eq!((&team["name"], &team["distribution_method"]), (&json!("Sales"), &json!(null)));
    assert_eq!(error(&api.get("/teams/9").await.1), "team_not_found: Team not found");
}

#[tokio::test]
async fn secondary_teams_are_told_from_both_sides() {
    let mut file = WorkspaceFile::example();
    file.teams[0].secondary_admins = vec![102.into()];
    file.teams[0].distribution_method = Some(DistributionMethod::LoadBalanced);
    file.teams[1].admins.push(102.into());
    let api = Api::of(file, ServeOptions::default()).await;
    let (_, ben) = api.get("/admins/102").await;
    assert_eq!(ben["team_ids"], json!([201, 202]));
    let levels = json!({"primary_team_ids": [202], "secondary_team_ids": [201]});
    assert_eq!(ben["team_priority_level"], levels);
    let (_, sales) = api.get("/teams/201").await;
    assert_eq!(sales["admin_ids"], json!([101, 102]));
    assert_eq!(sales["distribution_method"], "load_balanced");
    let levels = json!({"primary_admin_ids": [101], "secondary_admin_ids": [102]});
    assert_eq!(sales["admin_priority_level"], levels);
    let (_, teams) = api.get("/teams").await;
    let levels = json!({"primary_admin_ids": [103, 104, 102], "secondary_admin_ids": []});
    assert_eq!(teams["teams"][1]["admin_priority_level"], levels);
}
