//! Webhooks over HTTP: signed, enveloped, retried.

use mock_intercom::{Record, sign};
use serde_json::{Value, json};

use crate::client::{Api, Receiver, SECRET};

#[tokio::test]
async fn a_dm_is_announced_signed_and_tagged_afterwards() {
    let api = Api::start().await;
    let mut receiver = Receiver::start(Vec::new()).await;
    api.mock.subscribe(&receiver.url, SECRET);
    let id = api.dm("ana", "hola").await;

    let created = receiver.next_of("conversation.user.created").await;
    let header = |name: &str| created.headers[name].to_str().unwrap();
    assert_eq!(header("x-hub-signature"), sign(SECRET, &created.raw));
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("accept"), "application/json");
    assert_eq!(header("user-agent"), "intercom-parrot-service-client/1.0");
    let body = &created.body;
    assert_eq!(
        (&body["type"], &body["app_id"]),
        (&json!("notification_event"), &json!("mock_app"))
    );
    assert!(body["id"].as_str().unwrap().starts_with("notif_"));
    assert_eq!(
        (&body["delivery_status"], &body["delivery_attempts"]),
        (&json!("pending"), &json!(1))
    );
    assert_eq!(body["first_sent_at"], body["created_at"]);
    let item = &body["data"]["item"];
    assert_eq!(item["id"], id);
    assert_eq!(item["source"]["body"], "<p>hola</p>");
    assert_eq!(item["source"]["author"]["email"], "");
    assert_eq!(item["conversation_parts"]["total_count"], 0);
    assert_eq!(item["teammates"], json!({"type": "admin.list", "admins": []}));
    assert_eq!(item["tags"]["tags"], json!([]));
    assert!(item["created_at"].is_u64());
    assert!(item["statistics"]["first_contact_reply_at"].as_str().unwrap().ends_with("Z"));

    let tagged = receiver.next_of("conversation_part.tag.created").await;
    let item = &tagged.body["data"]["item"];
    assert_eq!(item["tags_added"]["tags"][0]["name"], "tiktok");
    assert_eq!(item["tags"]["tags"][0]["name"], "tiktok");
    let part = &item["conversation_parts"]["conversation_parts"][0];
    assert_eq!((&part["id"], &part["part_type"]), (&item["source"]["id"], &json!("comment")));
    api.mock.drained().await;
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn each_action_fires_its_topics_with_its_part() {
    let api = Api::start().await;
    let id = api.dm("ana", "hola").await;
    api.mock.drained().await;
    let mut receiver = Receiver::start(Vec::new()).await;
    api.mock.subscribe(&receiver.url, SECRET);
    let mut check = async |action: Value, topics: &[&str], part: &str| {
        let (status, body) = api.control("/_mock/actions", action).await;
        assert_eq!(status, 200, "{body}");
        api.mock.drained().await;
        let mut seen = Vec::new();
        while !receiver.is_empty() {
            let webhook = receiver.next().await;
            let item = &webhook.body["data"]["item"];
            let parts = &item["conversation_parts"]["conversation_parts"];
            if part.is_empty() {
                assert!(item["id"].is_u64(), "an admin's id is a number in webhooks");
            } else {
                assert_eq!(parts.as_array().unwrap().len(), 1);
                assert_eq!(parts[0]["part_type"], part);
                assert_eq!(parts[0]["app_package_code"], Value::Null);
            }
            seen.push(webhook.body["topic"].as_str().unwrap().to_owned());
        }
        seen.sort();
        assert_eq!(seen, topics);
    };
    let of = |action: &str| json!({"action": action, "admin": 101, "conversation": id});
    let with = |action: &str, key: &str, value: Value| {
        let mut action = of(action);
        action[key] = value;
        action
    };
    let both = ["conversation.admin.assigned", "conversation.admin.open.assigned"];
    check(with("assign", "to", json!({"team": 201})), &both, "assignment").await;
    check(with("assign", "to", json!({"admin": 102})), &both, "assignment").await;
    check(with("assign", "to", json!("nobody")), &both[..1], "assignment").await;
    check(with("reply", "body", json!("hi")), &["conversation.admin.replied"], "comment").await;
    check(with("note", "body", json!("hm")), &["conversation.admin.noted"], "note").await;
    check(of("close"), &["conversation.admin.closed"], "close").await;
    check(of("reopen"), &["conversation.admin.opened"], "open").await;
    let later = api.mock.now().as_seconds() + 600;
    check(with("snooze", "until", json!(later)), &["conversation.admin.snoozed"], "snoozed").await;
    check(of("reopen"), &["conversation.admin.unsnoozed"], "unsnoozed").await;
    let away = json!({"action": "set_away", "admin": 102, "away": true});
    check(away.clone(), &["admin.away_mode_updated"], "").await;
    check(away, &[], "").await;
}

#[tokio::test]
async fn a_failure_is_retried_once_after_a_minute() {
    let api = Api::fast().await;
    api.dm("ana", "before").await;
    api.mock.drained().await;
    let mut receiver = Receiver::start(vec![500, 503, 200]).await;
    api.mock.subscribe(&receiver.url, SECRET);
    // A second message fires one webhook: it fails twice. A third one is not affected.
    api.dm("ana", "again").await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    assert_eq!(first.body["id"], second.body["id"]);
    assert_eq!(
        (&first.body["delivery_attempts"], &second.body["delivery_attempts"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(second.headers["x-hub-signature"].to_str().unwrap(), sign(SECRET, &second.raw));
    api.mock.drained().await;
    api.dm("ana", "and again").await;
    assert_ne!(receiver.next().await.body["id"], first.body["id"]);
    api.mock.drained().await;
    let attempts: Vec<_> = api.mock.with(|workspace| {
        let entries = workspace.journal().since(0).iter();
        entries
            .filter_map(|entry| match entry.record {
                Record::Delivery { attempt, outcome, .. } => {
                    Some((entry.at, attempt, serde_json::to_value(outcome).unwrap()))
                }
                _ => None,
            })
            .collect()
    });
    let outcomes: Vec<_> =
        attempts.iter().map(|(_, number, outcome)| (*number, outcome.clone())).collect();
    assert_eq!(outcomes, [(1, json!(500)), (2, json!(503)), (1, json!(200))]);
    assert!(attempts[1].0.since(attempts[0].0).as_secs() >= 60, "on the mock's clock");
}

#[tokio::test]
async fn gone_ends_the_subscription() {
    let api = Api::start().await;
    let mut receiver = Receiver::start(vec![410]).await;
    let options = json!({"url": receiver.url, "client_secret": SECRET, "ping": false});
    let (status, body) = api.control("/_mock/subscriptions", options).await;
    assert_eq!((status, &body["id"]), (200, &json!(1)));
    let away = json!({"action": "set_away", "admin": 101, "away": true});
    api.control("/_mock/actions", away).await;
    receiver.next().await;
    api.mock.drained().await;
    api.dm("ana", "hello").await;
    api.mock.drained().await;
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn a_subscriber_that_is_not_there_fails_the_delivery_only() {
    let api = Api::fast().await;
    api.mock.subscribe("http://127.0.0.1:1/hook", SECRET);
    let id = api.dm("ana", "hello").await;
    api.mock.drained().await;
    assert_eq!(api.get(&format!("/conversations/{id}")).await.0, 200);
}
