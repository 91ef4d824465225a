//! `POST /conversations/search` and `GET /conversations`.

use std::time::Duration;

use mock_intercom::{ApiRequest, InboundDm, Workspace, WorkspaceFile};
use serde_json::{Value, json};

use crate::client::{Api, START, TOKEN, error};

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
    let body = json!({"field": "source.body", "operator": ">", "value": "x"});
    check(query(body), 400, "parameter_invalid").await;
    let unknown = json!({"field": "colour", "operator": "=", "value": "x"});
    check(query(unknown), 400, "parameter_invalid").await;
    check(json!({"query": open, "sort": {"field": "x"}}), 400, "parameter_invalid").await;
    check(json!({"query": open, "sort": {"field": "state"}}), 400, "parameter_invalid").await;
    check(json!({"query": open, "sort": "created_at"}), 400, "parameter_invalid").await;
    let order = json!({"field": "created_at", "order": "desc"});
    check(json!({"query": open, "sort": order}), 400, "invalid_sort_order").await;
    check(json!({"query": open, "pagination": {"per_page": 151}}), 400, "parameter_invalid").await;
    let cursor = json!({"starting_after": "nonsense"});
    check(json!({"query": open, "pagination": cursor}), 400, "client_error").await;
}

fn workspace() -> Workspace {
    Workspace::new(WorkspaceFile::example()).unwrap()
}

fn call(workspace: &mut Workspace, seconds: u64, method: &str, path: &str, body: &Value) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut request = ApiRequest::new(method, path, TOKEN).json(body);
    request.query = Some(query.to_owned());
    let response = workspace.handle(START + Duration::from_secs(seconds), &request);
    assert_eq!(response.status, 200, "{method} {path} {body}: {}", response.json());
    response.json()
}

fn dm(workspace: &mut Workspace, seconds: u64, user: &str, text: &str) -> String {
    let dm = InboundDm { user: user.into(), text: text.into(), ..InboundDm::default() };
    let receipt = workspace.receive_dm(START + Duration::from_secs(seconds), dm).unwrap();
    receipt.conversation_id.to_string()
}

fn ids(answer: &Value) -> Vec<&str> {
    let rows = answer["conversations"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

/// Two conversations: one as it came, and one that lived through much.
fn lived() -> (Workspace, String, String) {
    let mut workspace = workspace();
    let quiet = dm(&mut workspace, 0, "anna", "I need support, please");
    let busy = dm(&mut workspace, 1, "ben", "where is my parcel?");
    let parts = format!("/conversations/{busy}/parts");
    let reply = format!("/conversations/{busy}/reply");
    let mut post = |at, path: &str, kind: &str, mut body: Value| {
        body["message_type"] = kind.into();
        body["type"] = "admin".into();
        call(&mut workspace, at, "POST", path, &body);
    };
    // Twice each, so that the first and the last time differ.
    for (at, admin) in [(0, 103), (100, 102)] {
        post(at + 10, &parts, "assignment", json!({"admin_id": 101, "assignee_id": admin}));
        post(at + 21, &reply, "comment", json!({"admin_id": 102, "body": "soon"}));
        post(at + 31, &parts, "close", json!({"admin_id": 102}));
        post(at + 41, &parts, "open", json!({"admin_id": 102}));
    }
    (workspace, quiet, busy)
}

#[test]
fn every_field_is_found_as_it_is_shown() {
    let (mut workspace, quiet, busy) = lived();
    let path = format!("/conversations/{busy}");
    let shown = call(&mut workspace, 200, "GET", &path, &Value::Null);
    let statistics = shown["statistics"].as_object().unwrap();
    let mut wanted: Vec<(String, Value)> = statistics
        .iter()
        .filter(|(name, value)| {
            !matches!(name.as_str(), "type" | "handling_time")
                && !value.is_array()
                && !value.is_null()
        })
        .map(|(name, value)| (format!("statistics.{name}"), value.clone()))
        .collect();
    assert!(wanted.len() >= 16, "{wanted:?}");
    for name in
        ["created_at", "updated_at", "open", "read", "state", "priority", "admin_assignee_id"]
    {
        wanted.push((name.to_owned(), shown[name].clone()));
    }
    for name in ["type", "id", "delivered_as", "subject"] {
        wanted.push((format!("source.{name}"), shown["source"][name].clone()));
    }
    for name in ["id", "type", "name", "email"] {
        wanted.push((format!("source.author.{name}"), shown["source"]["author"][name].clone()));
    }
    wanted.push(("channel_initiated".to_owned(), shown["source"]["type"].clone()));
    wanted.push(("contact_ids".to_owned(), shown["contacts"]["contacts"][0]["id"].clone()));
    wanted.push(("teammate_ids".to_owned(), json!("102")));
    wanted.push(("source.body".to_owned(), json!("Parcel")));
    for (field, value) in wanted {
        let mut search = |operator: &str| {
            let query = json!({"field": field, "operator": operator, "value": value});
            let answer = call(&mut workspace, 200, "POST", SEARCH, &json!({"query": query}));
            ids(&answer).iter().map(|&id| id.to_owned()).collect::<Vec<_>>()
        };
        let (equal, other) = (search("="), search("!="));
        assert!(equal.contains(&busy), "{field} = {value}: {equal:?}");
        assert!(!other.contains(&busy), "{field} != {value}: {other:?}");
        assert_eq!(equal.contains(&quiet), !other.contains(&quiet), "{field} {value}");
    }
}

#[test]
fn texts_and_times_are_compared() {
    let (mut workspace, quiet, busy) = lived();
    let created = START.as_seconds();
    let mut check = |field: &str, operator: &str, value: Value, expected: &[&String]| {
        let query = json!({"query": {"field": field, "operator": operator, "value": value}});
        let answer = call(&mut workspace, 200, "POST", SEARCH, &query);
        assert_eq!(ids(&answer), expected, "{field} {operator} {}", query["query"]["value"]);
    };
    check("source.body", "=", json!("support"), &[&quiet]);
    check("source.body", "=", json!("need support"), &[]);
    check("source.body", "~", json!("arce"), &[&busy]);
    check("source.body", "!~", json!("arce"), &[&quiet]);
    check("source.author.type", "^", json!("le"), &[&busy, &quiet]);
    check("source.author.type", "$", json!("ad"), &[&busy, &quiet]);
    check("created_at", ">", json!(created + 1), &[&busy]);
    check("created_at", "<", json!(created), &[&quiet]);
    check("statistics.time_to_admin_reply", ">", json!(20), &[]);
    check("statistics.time_to_admin_reply", ">=", json!(20), &[&busy]);
    check("statistics.count_reopens", "=", json!(0), &[&quiet]);
    check("statistics.first_close_at", "=", Value::Null, &[&quiet]);
    check("statistics.last_closed_by_id", "IN", json!([102, "103"]), &[&busy]);
    check("admin_assignee_id", "=", json!(0), &[&quiet]);
    check("tag_ids", "=", Value::Null, &[]);
    check("ai_agent_participated", "=", json!(false), &[&busy, &quiet]);
    check("conversation_rating.score", ">", json!(0), &[]);
}

#[test]
fn results_come_in_the_order_asked_for_page_by_page() {
    let mut workspace = workspace();
    let all: Vec<String> =
        (0..5).map(|at| dm(&mut workspace, at, &format!("user {at}"), "hello")).collect();
    let path = format!("/conversations/{}/parts", all[1]);
    call(
        &mut workspace,
        20,
        "POST",
        &path,
        &json!({"message_type": "close", "type": "admin", "admin_id": 101}),
    );
    let open = json!({"field": "created_at", "operator": ">", "value": 0});
    let mut check = |sort: Value, expected: [usize; 5]| {
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let pagination = json!({"per_page": 2, "starting_after": after});
            let body = json!({"query": open, "sort": sort, "pagination": pagination});
            let page = call(&mut workspace, 30, "POST", SEARCH, &body);
            assert_eq!(page["total_count"], 5);
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            match page["pages"].get("next") {
                Some(next) => after = next["starting_after"].clone(),
                None => break,
            }
        }
        assert_eq!(seen, expected.map(|index| all[index].clone()), "{sort}");
    };
    check(Value::Null, [4, 3, 2, 1, 0]);
    check(json!({"field": "created_at"}), [4, 3, 2, 1, 0]);
    check(json!({"field": "created_at", "order": "ascending"}), [0, 1, 2, 3, 4]);
    check(json!({"field": "updated_at", "order": "descending"}), [1, 4, 3, 2, 0]);
    check(json!({"field": "waiting_since", "order": "ascending"}), [0, 2, 3, 4, 1]);
    check(json!({"field": "open", "order": "ascending"}), [1, 4, 3, 2, 0]);
}

#[test]
fn the_list_has_all_conversations_newest_first() {
    let mut workspace = workspace();
    let all: Vec<String> =
        (0..3).map(|at| dm(&mut workspace, at, &format!("user {at}"), "hello")).collect();
    let first = call(&mut workspace, 9, "GET", "/conversations?per_page=2", &Value::Null);
    assert_eq!((&first["type"], &first["total_count"]), (&json!("conversation.list"), &json!(3)));
    assert_eq!(ids(&first), [&all[2], &all[1]]);
    assert_eq!(first["conversations"][0].get("conversation_parts"), None);
    dm(&mut workspace, 10, "late", "hello");
    let after = first["pages"]["next"]["starting_after"].as_str().unwrap();
    let path = format!("/conversations?starting_after={after}");
    let last = call(&mut workspace, 11, "GET", &path, &Value::Null);
    assert_eq!(ids(&last), [&all[0]]);
    assert_eq!(last["pages"].get("next"), None);
}

/// The table "Accepted Fields" of an operation in Intercom's OpenAPI description; nothing where that
/// is not at hand.
pub(crate) fn accepted_fields(version: &str, operation: &str) -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/intercom-openapi");
    let Ok(text) = std::fs::read_to_string(format!("{path}/{version}.yaml")) else {
        println!("skipped: ../shared/data/intercom-openapi/{version}.yaml is not there");
        return Vec::new();
    };
    let (_, table) = text.split_once(&format!("operationId: {operation}\n")).unwrap();
    let (_, table) = table.split_once("### Accepted Fields").unwrap();
    let (table, _) = table.split_once("### Accepted Operators").unwrap();
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix("| "));
    let fields: Vec<String> = rows
        .filter_map(|row| row.split('|').next())
        .map(|name| name.trim().to_owned())
        .filter(|name| name != "Field" && !name.starts_with([':', '-']))
        .collect();
    assert!(fields.len() > 35, "{fields:?}");
    fields
}

#[test]
fn takes_every_field_of_the_description() {
    let mut workspace = workspace();
    for version in ["2.14", "2.16"] {
        for field in accepted_fields(version, "searchConversations") {
            let query = json!({"field": field, "operator": "=", "value": null});
            call(&mut workspace, 0, "POST", SEARCH, &json!({"query": query}));
        }
    }
}

/// As the author of the source is shown, which for a contact depends on what it is by now.
#[test]
fn authors_are_found_as_they_are() {
    let mut workspace = workspace();
    let (ana, ben) = (dm(&mut workspace, 0, "ana", "hello"), dm(&mut workspace, 1, "ben", "hello"));
    let shown = call(&mut workspace, 2, "GET", &format!("/conversations/{ana}"), &Value::Null);
    let id = shown["source"]["author"]["id"].as_str().unwrap().to_owned();
    let user = json!({"role": "user", "email": "ana@example.com", "name": "Ana"});
    call(&mut workspace, 3, "PUT", &format!("/contacts/{id}"), &user);
    let shown = call(&mut workspace, 4, "GET", &format!("/conversations/{ana}"), &Value::Null);
    let author = &shown["source"]["author"];
    assert_eq!((&author["type"], &author["email"]), (&json!("user"), &user["email"]));
    let mut check = |field: &str, value: &str, expected: &[&String]| {
        let query =
            json!({"field": format!("source.author.{field}"), "operator": "=", "value": value});
        let answer = call(&mut workspace, 5, "POST", SEARCH, &json!({"query": query}));
        assert_eq!(ids(&answer), expected, "{query}");
    };
    check("id", &id, &[&ana]);
    check("type", "user", &[&ana]);
    check("type", "lead", &[&ben]);
    check("type", "admin", &[]);
    check("name", "Ana", &[&ana]);
    check("email", "ana@example.com", &[&ana]);
    check("email", "", &[&ben]);
}
