//! `POST /conversations/{id}/parts` with `message_type: assignment`.

use serde_json::{Value, json};

use crate::client::{Api, error};

fn assignment(kind: &str, assignee: impl Into<Value>) -> Value {
    json!({
        "message_type": "assignment",
        "type": kind,
        "admin_id": 101,
        "assignee_id": assignee.into(),
    })
}

/// Team and teammate of an answer, null for nobody.
fn owners(body: &Value) -> (Value, Value) {
    (body["team_assignee_id"].clone(), body["admin_assignee_id"].clone())
}

#[tokio::test]
async fn a_team_removes_the_teammate_and_a_teammate_keeps_the_team() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let check = async |kind: &str, assignee: Value, team: Value, admin: Value| {
        let (status, body) = api.part(&id, assignment(kind, assignee)).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(owners(&body), (team.clone(), admin.clone()));
        let (_, read_back) = api.get(&format!("/conversations/{id}")).await;
        assert_eq!(owners(&read_back), (team, admin));
    };
    check("admin", json!(102), Value::Null, json!(102)).await;
    check("team", json!("201"), json!(201), Value::Null).await;
    check("admin", json!("102"), json!(201), json!(102)).await;
    check("team", json!(202), json!(202), Value::Null).await;
    // Older clients say "admin" and mean a team.
    check("admin", json!("103"), json!(202), json!(103)).await;
    check("admin", json!("201"), json!(201), Value::Null).await;
    check("admin", json!("103"), json!(201), json!(103)).await;
    check("admin", json!("0"), json!(201), Value::Null).await;
    check("admin", json!("103"), json!(201), json!(103)).await;
    check("team", json!(0), Value::Null, Value::Null).await;
}

#[tokio::test]
async fn the_answer_is_the_conversation_with_the_new_part() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    api.part(&id, assignment("team", 201)).await;
    let (_, body) = api.part(&id, assignment("team", 201)).await;
    let parts = &body["conversation_parts"];
    assert_eq!(parts["total_count"], 1, "the same team again is a new part all the same");
    let part = &parts["conversation_parts"][0];
    assert_eq!(part["part_type"], "assignment");
    assert_eq!(part["assigned_to"], json!({"type": "team", "id": "201"}));
    assert_eq!(part["author"]["id"], "101");
    assert_eq!(part["author"]["type"], "admin");
    assert_eq!(part["app_package_code"], "mock_app");
    assert_eq!(part["body"], Value::Null);
    let (_, whole) = api.get(&format!("/conversations/{id}")).await;
    assert_eq!(whole["conversation_parts"]["total_count"], 2);
    assert_eq!(whole["statistics"]["count_assignments"], 2);
    let (_, unassigned) = api.part(&id, assignment("team", "0")).await;
    let part = &unassigned["conversation_parts"]["conversation_parts"][0];
    assert_eq!(part["assigned_to"], json!({"type": "nobody_admin", "id": null}));
}

#[tokio::test]
async fn assigning_a_closed_conversation_reopens_it() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    api.part(&id, json!({"message_type": "close", "type": "admin", "admin_id": 101})).await;
    let (_, body) = api.part(&id, assignment("team", 201)).await;
    assert_eq!((&body["open"], &body["state"]), (&json!(true), &json!("open")));
    let part = &body["conversation_parts"]["conversation_parts"][0];
    assert_eq!(part["part_type"], "assign_and_reopen");
}

#[tokio::test]
async fn unknown_ids_are_not_found_and_change_nothing() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let check = async |conversation: &str, change: Value, status: u16, expected: &str| {
        let mut body = assignment("admin", 102);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (found, answer) = api.part(conversation, body).await;
        assert_eq!((found, error(&answer).as_str()), (status, expected), "{change}");
    };
    let not_found = "not_found: Resource Not Found";
    check("999", json!({}), 404, not_found).await;
    check("last", json!({}), 404, not_found).await;
    check(&id, json!({"admin_id": 999}), 404, not_found).await;
    check(&id, json!({"admin_id": 201}), 404, not_found).await;
    check(&id, json!({"admin_id": "ann"}), 404, not_found).await;
    check(&id, json!({"assignee_id": 999}), 404, not_found).await;
    check(&id, json!({"assignee_id": "everyone"}), 404, not_found).await;
    check(&id, json!({"type": "team", "assignee_id": 101}), 404, not_found).await;
    check(&id, json!({"assignee_id": null}), 400, "parameter_not_found: assignee_id not specified")
        .await;
    check(&id, json!({"assignee_id": [1]}), 400, "parameter_invalid: assignee_id must be an id")
        .await;
    check(&id, json!({"type": "bot"}), 400, "parameter_invalid: type must be 'admin' or 'team'")
        .await;
    let (_, body) = api.get(&format!("/conversations/{id}")).await;
    assert_eq!(owners(&body), (Value::Null, Value::Null));
    assert_eq!(body["conversation_parts"]["total_count"], 0);
}

#[tokio::test]
async fn a_teammate_without_an_inbox_seat_is_not_assigned() {
    let mut file = mock_intercom::WorkspaceFile::example();
    file.admins[1].has_inbox_seat = false;
    let api = Api::of(file, mock_intercom::ServeOptions::default()).await;
    let id = api.dm("ana", "hello").await;
    let (status, _) = api.part(&id, assignment("admin", 102)).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn nobody_is_null_or_zero_by_version() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    let check = async |version: &str, nobody: Value, priority: &str, channel: bool| {
        let path = format!("/conversations/{id}");
        let request = api
            .request(reqwest::Method::GET, &path)
            .bearer_auth(crate::client::TOKEN)
            .header("Intercom-Version", version);
        let (_, body) = crate::client::read(request.send().await.unwrap()).await;
        assert_eq!(owners(&body), (nobody.clone(), nobody));
        assert_eq!(body["priority"], priority);
        assert_eq!(body.as_object().unwrap().contains_key("channel"), channel);
    };
    check("2.11", Value::Null, "not_priority", false).await;
    check("2.14", Value::Null, "not_priority", false).await;
    check("2.15", Value::Null, "not_priority", false).await;
    check("2.16", json!(0), "none", true).await;
}
