//! `POST /conversations/search`.

use serde_json::{Value, json};

use crate::client::{Api, error};

const SEARCH: &str = "/conversations/search";

async fn found(api: &Api, query: Value) -> Vec<String> {
    let (status, body) = api.post(SEARCH, json!({"query": query})).await;
    assert_eq!(status, 200, "{query}: {body}");
    let found = body["conversations"].as_array().unwrap();
    assert_eq!(body["total_count"], found.len());
    found.iter().map(|found| found["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn filters_alone_and_joined() {
    let api = Api::start().await;
    let [a, b, c] = [api.dm("a", "x").await, api.dm("b", "x").await, api.dm("c", "x").await];
    let assign =
        json!({"message_type": "assignment", "type": "team", "admin_id": 101, "assignee_id": 201});
    api.part(&b, assign).await;
    api.part(&c, json!({"message_type": "close", "type": "admin", "admin_id": 101})).await;
    let filter = |field: &str, operator: &str, value: Value| json!({"field": field, "operator": operator, "value": value});
    let check = async |query: Value, expected: &[&String]| {
        let mut ids = found(&api, query).await;
        ids.reverse();
        assert_eq!(ids.iter().collect::<Vec<_>>(), expected);
    };
    check(filter("state", "=", json!("open")), &[&a, &b]).await;
    check(filter("open", "=", json!(false)), &[&c]).await;
    check(filter("team_assignee_id", "=", json!("201")), &[&b]).await;
    check(filter("team_assignee_id", "=", json!(0)), &[&a, &c]).await;
    check(filter("admin_assignee_id", "=", Value::Null), &[&a, &b, &c]).await;
    check(filter("team_assignee_id", "IN", json!([201, 202])), &[&b]).await;
    check(filter("id", "NIN", json!([a])), &[&b, &c]).await;
    check(filter("created_at", ">", json!(0)), &[&a, &b, &c]).await;
    check(filter("created_at", "<", json!("5")), &[]).await;
    let unrouted = json!({"operator": "AND", "value": [
        filter("state", "=", json!("open")),
        {"operator": "OR", "value": [
            filter("team_assignee_id", "=", Value::Null),
            filter("team_assignee_id", "=", json!(202)),
        ]},
    ]});
    check(unrouted, &[&a]).await;
}

#[tokio::test]
async fn pages_hold_while_conversations_arrive() {
    let api = Api::start().await;
    for user in 0..5 {
        api.dm(&format!("user {user}"), "x").await;
    }
    let open = json!({"field": "state", "operator": "=", "value": "open"});
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let body = json!({"query": open, "pagination": {"per_page": 2, "starting_after": after}});
        let (_, page) = api.post(SEARCH, body).await;
        assert!(page["conversations"][0].get("conversation_parts").is_none());
        let rows = page["conversations"].as_array().unwrap();
        seen.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        api.dm(&format!("late {}", seen.len()), "x").await;
        match page["pages"].get("next") {
            Some(next) => after = next["starting_after"].clone(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|a, b| a > b), "newest first: {seen:?}");
}

#[tokio::test]
async fn searches_that_make_no_sense() {
    let api = Api::start().await;
    let check = async |body: Value, status: u16, code: &str| {
        let (found, answer) = api.post(SEARCH, body.clone()).await;
        assert_eq!((found, error(&answer).split(':').next()), (status, Some(code)), "{body}");
    };
    let query = |query: Value| json!({"query": query});
    let open = json!({"field": "state", "operator": "=", "value": "open"});
    check(json!({}), 400, "parameter_not_found").await;
    check(query(json!({"field": "state"})), 400, "parameter_not_found").await;
    check(query(json!({"operator": "AND", "value": 1})), 400, "parameter_invalid").await;
    check(query(json!({"operator": "OR", "value": vec![&open; 16]})), 400, "parameter_invalid")
        .await;
    let group = |inner: &Value| json!({"operator": "AND", "value": [inner]});
    check(query(group(&group(&group(&open)))), 400, "parameter_invalid").await;
    check(
        query(json!({"field": "state", "operator": "IN", "value": "open"})),
        400,
        "parameter_invalid",
    )
    .await;
    check(
        query(json!({"field": "created_at", "operator": ">", "value": "soon"})),
        400,
        "parameter_invalid",
    )
    .await;
    check(
        query(json!({"field": "source.body", "operator": "~", "value": "x"})),
        501,
        "unsupported",
    )
    .await;
    check(json!({"query": open, "sort": {"field": "x"}}), 501, "unsupported").await;
    check(json!({"query": open, "pagination": {"per_page": 151}}), 400, "parameter_invalid").await;
    let cursor = json!({"starting_after": "nonsense"});
    check(json!({"query": open, "pagination": cursor}), 400, "client_error").await;
}
