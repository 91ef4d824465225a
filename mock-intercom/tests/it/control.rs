//! The endpoints under `/_mock`.

use std::time::Duration;

use mock_intercom::{Clock, Expectation, Filter, ServeOptions, WorkspaceFile};
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Api, Receiver, SECRET, START, TOKEN, read};

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

async fn delete(api: &Api, path: &str) -> u16 {
    read(api.request(Method::DELETE, path).send().await.unwrap()).await.0
}

async fn stepped() -> Api {
    let options = ServeOptions { clock: Clock::stepped(START), ..ServeOptions::default() };
    Api::of(WorkspaceFile::example(), options).await
}

#[tokio::test]
async fn faults_come_and_go_while_the_mock_runs() {
    let api = Api::start().await;
    let rule = json!({"name": "down", "api": {"path": "/me"}, "then": {"status": 503}});
    let (status, answer) = api.control("/_mock/faults", rule).await;
    assert_eq!((status, &answer["id"]), (200, &json!(1)));
    assert_eq!(api.get("/me").await.0, 503);
    assert_eq!(api.get("/admins").await.0, 200);
    let (_, listed) = look(&api, "/_mock/faults").await;
    let fault = &listed["faults"][0];
    assert_eq!(
        (&fault["name"], &fault["struck"], &fault["on"]),
        (&json!("down"), &json!(1), &json!(true))
    );
    assert_eq!(delete(&api, "/_mock/faults/1").await, 200);
    assert_eq!(delete(&api, "/_mock/faults/1").await, 404);
    assert_eq!(api.get("/me").await.0, 200);
    let wrong = json!({"api": {}, "then": {"status": 200}});
    let (status, answer) = api.control("/_mock/faults", wrong).await;
    assert_eq!(status, 422);
    assert!(answer["error"].as_str().unwrap().starts_with("`then.status`: 200 is no error"));
    assert_eq!(api.control("/_mock/faults", json!({"then": "explode"})).await.0, 422);
}

#[tokio::test]
async fn an_outage_ends_when_it_is_taken_away() {
    let api = stepped().await;
    let mut receiver = Receiver::start(Vec::new()).await;
    api.mock.subscribe(&receiver.url, SECRET);
    api.control("/_mock/faults", json!({"then": "outage"})).await;
    api.dm("ana", "hola").await;
    api.mock.settled().await;
    assert!(receiver.is_empty());
    assert_eq!(delete(&api, "/_mock/faults").await, 200);
    api.mock.settled().await;
    let mut topics = Vec::new();
    while !receiver.is_empty() {
        topics.push(receiver.next().await.body["topic"].clone());
    }
    assert_eq!(topics.len(), 2);
}

#[tokio::test]
async fn a_stepped_clock_moves_everything_each_at_its_own_time() {
    let api = stepped().await;
    let mut receiver = Receiver::start(vec![500]).await;
    api.mock.subscribe(&receiver.url, SECRET);
    let id = api.dm("ana", "hola").await;
    let until = START.as_seconds() + 90;
    let snooze = json!({"action": "snooze", "admin": 101, "conversation": id, "until": until});
    api.control("/_mock/actions", snooze).await;
    let (status, clock) = api.control("/_mock/clock", json!({"advance": "2m"})).await;
    assert_eq!((status, &clock["mode"], &clock["settled"]), (200, &json!("stepped"), &json!(true)));
    assert_eq!(clock["now_us"], (START + Duration::from_secs(120)).as_micros());
    while !receiver.is_empty() {
        receiver.next().await;
    }
    let times = |filter: Filter| -> Vec<u128> {
        api.mock.with(|workspace| {
            let entries = workspace.journal().since(0).iter();
            let found = entries.filter(|entry| filter.matches(entry));
            found.map(|entry| entry.at.since(START).as_millis()).collect()
        })
    };
    assert_eq!(times(Filter::changes("tagged")), [300]);
    assert_eq!(times(Filter::changes("opened")), [90_000]);
    assert_eq!(times(Filter::deliveries("conversation.admin.unsnoozed")), [90_000]);
    assert!(times(Filter::deliveries("*")).contains(&60_000), "the retry");
    api.mock.drained().await;
    let (status, _) = api.control("/_mock/clock", json!({"set": "2020-01-01T00:00:00Z"})).await;
    assert_eq!(status, 422, "time does not go back");
    let (_, clock) = api.control("/_mock/clock", json!({"rate": 60})).await;
    assert_eq!((&clock["mode"], &clock["rate"]), (&json!("scaled"), &json!(60.0)));
    assert_eq!(api.control("/_mock/clock", json!({"rate": 0})).await.0, 422);
    assert_eq!(api.control("/_mock/clock", json!({"advance": "1h"})).await.0, 200);
    assert_eq!(api.control("/_mock/clock", json!({"mode": "real"})).await.0, 200);
    assert_eq!(api.control("/_mock/clock", json!({"advance": "1h"})).await.0, 409);
}

#[tokio::test]
async fn snapshots_are_gone_back_to_and_what_was_under_way_does_no_harm() {
    let api = stepped().await;
    let mut receiver = Receiver::start(Vec::new()).await;
    api.mock.subscribe(&receiver.url, SECRET);
    api.dm("ana", "hola").await;
    // Whatever is under way now is sent again afterwards.
    assert_eq!(api.control("/_mock/snapshots", json!({"name": "one"})).await.0, 200);
    api.dm("bea", "hola").await;
    api.mock.advance(Duration::from_secs(600)).await.unwrap();
    assert_eq!(api.control("/_mock/snapshots/one/restore", json!({})).await.0, 200);
    assert_eq!(api.mock.now(), START);
    assert_eq!(api.mock.with(|workspace| workspace.conversation_count()), 1);
    api.mock.advance(Duration::from_secs(1)).await.unwrap();
    api.mock.drained().await;
    let deliveries = api.mock.with(|workspace| {
        workspace.journal().verify(&[Expectation::at_least(1, Filter::deliveries("*"))])[0].found
    });
    assert!((1..=3).contains(&deliveries), "the journal is that of the snapshot: {deliveries}");
    assert_eq!(look(&api, "/_mock/state").await.1["generation"], 1);
    let (_, listed) = look(&api, "/_mock/snapshots").await;
    assert_eq!(listed["snapshots"][0]["conversations"], 1);
    assert_eq!(api.control("/_mock/reset", json!({})).await.0, 200);
    assert_eq!(api.mock.with(|workspace| workspace.contact_count()), 0);
    while !receiver.is_empty() {
        receiver.next().await;
    }
    api.dm("cleo", "hola").await;
    assert_eq!(receiver.next().await.body["topic"], "contact.lead.created");
    for bad in ["", "a b", "../x"] {
        assert_eq!(api.control("/_mock/snapshots", json!({"name": bad})).await.0, 422);
    }
    assert_eq!(delete(&api, "/_mock/snapshots/one").await, 200);
    assert_eq!(api.control("/_mock/snapshots/one/restore", json!({})).await.0, 404);
    for n in 0..mock_intercom::SNAPSHOT_LIMIT {
        api.mock.snapshot(&n.to_string()).unwrap();
    }
    assert_eq!(api.mock.snapshot("more"), Err(mock_intercom::SnapshotError::TooMany));
}

#[tokio::test]
async fn the_journal_is_filtered_and_verified() {
    let api = Api::start().await;
    let id = api.dm("ana", "hello").await;
    api.dm("bea", "hello").await;
    let close = json!({"message_type": "close", "type": "admin", "admin_id": 101});
    api.part(&id, close).await;
    api.get("/me").await;
    let count = async |query: &str| {
        let (status, body) = look(&api, &format!("/_mock/journal?{query}")).await;
        assert_eq!(status, 200, "{body}");
        body["entries"].as_array().unwrap().len()
    };
    assert_eq!(count("kind=dm").await, 2);
    assert_eq!(count("kind=api_call&method=POST").await, 1);
    assert_eq!(count("path=/conversations/**&status=200").await, 1);
    assert_eq!(count("operation=identifyAdmin").await, 1);
    assert_eq!(count("change=closed").await, 1);
    assert_eq!(count(&format!("kind=dm&conversation={id}")).await, 1);
    assert_eq!(count("since_us=99999999999999999").await, 0);
    assert_eq!(look(&api, "/_mock/journal?kind=nothing").await.0, 400);
    let closed = json!({"kind": "api_call", "path": "/conversations/*/parts"});
    let expectations = json!([
        {"expect": "count", "of": closed, "exactly": 1},
        {"expect": "order", "of": [{"kind": "dm"}, {"kind": "dm"}, closed]},
        {"expect": "never", "of": {"status": 500}},
    ]);
    let (status, verdict) = api.control("/_mock/verify", expectations).await;
    assert_eq!((status, &verdict["ok"]), (200, &json!(true)), "{verdict}");
    let wrong = json!([
        {"expect": "count", "of": closed, "at_least": 2},
        {"expect": "order", "of": [closed, {"kind": "dm"}]},
        {"expect": "never", "of": closed},
        {"expect": "count", "of": {"kind": "api_call", "status": 404}},
    ]);
    let (_, verdict) = api.control("/_mock/verify", wrong).await;
    let findings = verdict["findings"].as_array().unwrap();
    let problems: Vec<&str> =
        findings.iter().map(|finding| finding["problem"].as_str().unwrap()).collect();
    let expected = [
        "expected at least 2, found 1",
        "step 2 of 2 is not there after that of step 1",
        "expected none, found 1",
        "expected at least 1, found 0",
    ];
    assert_eq!(problems, expected);
    assert_eq!(findings[3]["evidence"][0]["kind"], "api_call", "what comes nearest");
    assert_eq!(api.control("/_mock/verify", json!([{"expect": "luck"}])).await.0, 422);
}

#[tokio::test]
async fn a_subscription_is_checked_listed_and_set_live() {
    let api = Api::start().await;
    let mut receiver = Receiver::start(vec![200, 410]).await;
    let new = |url: &str| json!({"url": url, "client_secret": SECRET, "topics": ["contact.*"]});
    let (status, body) = api.control("/_mock/subscriptions", new("http://127.0.0.1:1/")).await;
    assert_eq!(status, 422);
    assert!(body["error"].as_str().unwrap().contains("cannot be reached for HEAD"), "{body}");
    assert_eq!(api.control("/_mock/subscriptions", new("http://example.com/")).await.0, 422);
    let (status, body) = api.control("/_mock/subscriptions", new(&receiver.url)).await;
    assert_eq!((status, &body["id"]), (200, &json!(1)), "{body}");
    assert_eq!(receiver.next().await.body["topic"], "ping");
    api.dm("ana", "hello").await;
    assert_eq!(receiver.next().await.body["topic"], "contact.lead.created");
    api.mock.drained().await;
    let (_, listed) = look(&api, "/_mock/subscriptions").await;
    assert_eq!(listed["subscriptions"][0]["state"], "disabled");
    assert!(!listed.to_string().contains(SECRET));
    assert_eq!(api.control("/_mock/subscriptions/1/live", json!({})).await.0, 200);
    assert_eq!(api.control("/_mock/ping", json!({})).await.0, 200);
    assert_eq!(receiver.next().await.body["topic"], "ping");
    assert_eq!(delete(&api, "/_mock/subscriptions/1").await, 200);
    assert_eq!(delete(&api, "/_mock/subscriptions/1").await, 404);
    assert_eq!(api.control("/_mock/subscriptions/1/live", json!({})).await.0, 404);
}

/// The README's table of control endpoints and the answer to a wrong guess name the same.
#[tokio::test]
async fn a_wrong_guess_is_told_every_endpoint() {
    let api = Api::start().await;
    let (status, body) = api.control("/_mock/nothing", json!({})).await;
    let told = body["error"].as_str().unwrap();
    assert_eq!(status, 404);
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("## Control").unwrap();
    let (table, _) = table.split_once("## Clock").unwrap();
    let names: Vec<&str> = table
        .split("`")
        .filter_map(|code| code.split_once("/_mock/"))
        .map(|(_, path)| path.split(['?', '/']).next().unwrap())
        .collect();
    assert!(names.len() >= 13, "{names:?}");
    for name in names {
        assert!(told.contains(name), "{name} is not in: {told}");
    }
}
