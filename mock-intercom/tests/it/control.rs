//! The endpoints under `/_mock`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Api, TOKEN, read};

async fn look(api: &Api, path: &str) -> (u16, Value) {
    read(api.request(Method::GET, path).send().await.unwrap()).await
}

#[tokio::test]
async fn bad_dms_are_refused_with_a_reason() {
    let api = Api::start().await;
    let check = async |dm: Value, status: u16, reason: &str| {
        let (found, body) = api.control("/_mock/dms", dm).await;
        let message = body["error"].as_str().unwrap().to_owned();
        assert!(found == status && message.contains(reason), "{found} {message}");
    };
    check(json!({"text": "x"}), 422, "missing field `user`").await;
    check(json!({"user": "a", "text": "x", "colour": 1}), 422, "unknown field `colour`").await;
    check(json!({"user": "", "text": "x"}), 422, "`user` must have 1 to 128 characters").await;
    check(json!({"user": "a", "text": ""}), 422, "unless there is an attachment").await;
    check(json!({"user": "a", "text": "é".repeat(6_001)}), 422, "at most 6000 characters").await;
    check(json!({"user": "a", "text": "x", "sent_at": 1e12}), 422, "9999").await;
    check(json!({"user": "a", "text": "x", "sent_at": 99_999_999_999_u64}), 422, "ahead").await;
    check(json!({"user": "a", "text": "x", "attributes": {"k": []}}), 422, "attribute `k`").await;
    let own = json!({"octopods_channel": "x"});
    check(json!({"user": "a", "text": "x", "attributes": own}), 422, "by the bridge itself").await;
    check(json!({"user": "a", "text": "x", "attachments": vec!["u"; 11]}), 422, "at most 10").await;
    let request =
        api.request(Method::POST, "/_mock/dms").header("content-type", "application/json");
    let (status, _) = read(request.body("{").send().await.unwrap()).await;
    assert_eq!(status, 400);
    let big = json!({"user": "a", "text": "x".repeat(2 << 20)});
    let (status, _) = api.control("/_mock/dms", big).await;
    assert_eq!(status, 413);
    assert_eq!(api.mock.with(|workspace| workspace.conversation_count()), 0);
    let longest = json!({"user": "a".repeat(128), "text": "é".repeat(6_000)});
    assert_eq!(api.control("/_mock/dms", longest).await.0, 200);
}

#[tokio::test]
async fn bad_actions_are_refused_with_a_reason() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let check = async |action: Value, status: u16| {
        let (found, body) = api.control("/_mock/actions", action).await;
        assert_eq!(found, status, "{body}");
    };
    check(json!({"action": "dance", "admin": 101}), 422).await;
    check(json!({"action": "close", "admin": 9, "conversation": id}), 404).await;
    check(json!({"action": "close", "admin": 101, "conversation": 9}), 404).await;
    check(json!({"action": "assign", "admin": 101, "conversation": id, "to": {"team": 9}}), 404)
        .await;
    check(json!({"action": "snooze", "admin": 101, "conversation": id, "until": 5}), 422).await;
    check(json!({"action": "reply", "admin": 101, "conversation": id, "body": ""}), 422).await;
    let ftp = json!({"url": "ftp://x", "client_secret": "s"});
    assert_eq!(api.control("/_mock/subscriptions", ftp).await.0, 422);
}

#[tokio::test]
async fn the_journal_tells_what_was_done_and_by_whom() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let (_, before) = look(&api, "/_mock/journal").await;
    let body =
        json!({"message_type": "assignment", "type": "team", "admin_id": 101, "assignee_id": 201});
    let (_, answer) = api.part(&id, body).await;
    let path = format!("/_mock/journal?after={}&limit=1", before["next"]);
    let (_, journal) = look(&api, &path).await;
    let entry = &journal["entries"][0];
    assert_eq!(entry["kind"], "api_call");
    assert_eq!((&entry["method"], &entry["status"]), (&json!("POST"), &json!(200)));
    assert_eq!(entry["path"], format!("/conversations/{id}/parts"));
    let part = &answer["conversation_parts"]["conversation_parts"][0]["id"];
    let change = json!({
        "change": "assigned", "conversation": id, "part": part,
        "to": {"team": "201"}, "admin": "101", "by": "api",
    });
    assert_eq!(entry["changes"], json!([change]));
    assert!(entry["at_us"].is_u64());
    let unauthorised = api.request(Method::GET, "/me").send().await.unwrap();
    assert_eq!(unauthorised.status(), 401);
    let text =
        api.request(Method::GET, "/_mock/journal").send().await.unwrap().text().await.unwrap();
    assert!(text.contains("\"status\":401") && !text.contains(TOKEN));
}

#[tokio::test]
async fn conversations_are_listed_in_pages() {
    let api = Api::start().await;
    for user in ["a", "b", "c"] {
        api.dm(user, "x").await;
    }
    let (_, first) = look(&api, "/_mock/conversations?limit=2").await;
    let users = |page: &Value| -> Vec<String> {
        let rows = page["conversations"].as_array().unwrap();
        rows.iter().map(|row| row["user"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((users(&first), &first["total"]), (vec!["a".into(), "b".into()], &json!(3)));
    let next = first["next"].as_str().unwrap();
    let (_, second) = look(&api, &format!("/_mock/conversations?limit=2&after={next}")).await;
    assert_eq!((users(&second), &second["next"]), (vec!["c".into()], &Value::Null));
    let (_, state) = look(&api, "/_mock/state").await;
    assert_eq!((&state["conversations"], &state["contacts"]), (&json!(3), &json!(3)));
    assert_eq!(look(&api, "/_mock/conversations?colour=1").await.0, 400);
    assert_eq!(look(&api, "/_mock/nothing").await.0, 404);
}

#[tokio::test]
async fn the_handle_tells_of_changes_and_stops() {
    let api = Api::start().await;
    let mut changed = api.mock.changed();
    let before = *changed.borrow_and_update();
    api.dm("ana", "hello").await;
    changed.changed().await.unwrap();
    assert!(*changed.borrow() > before);
    let address = api.mock.address();
    api.mock.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
