//! Calls to an Intercom that behaves as the mock has no reason to.

use std::time::Duration;

use engine::{Event, Outcome, RateLimit, Timestamp};
use router::journal::Body;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::stage::{self, Stage, TOKEN, Watch};

const CREATED: &[u8] = include_bytes!("../fixtures/created_2_16.json");

/// Long enough for an answer, short enough for a test of its absence.
const TIMEOUT: Duration = Duration::from_millis(300);

async fn on(server: &MockServer, verb: &str, route: &str, answer: ResponseTemplate) {
    Mock::given(method(verb)).and(path(route)).respond_with(answer).mount(server).await;
}

fn ok(body: serde_json::Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

fn admin() -> serde_json::Value {
    json!({"type": "admin", "id": "9", "away_mode_enabled": false, "has_inbox_seat": true, "team_ids": [202]})
}

/// Intercom with one teammate in one team, except that assignments are not answered yet.
async fn intercom() -> MockServer {
    let server = MockServer::start().await;
    on(&server, "GET", "/me", ok(admin())).await;
    on(&server, "GET", "/admins", ok(json!({"admins": [admin()]}))).await;
    on(&server, "GET", "/teams", ok(json!({"teams": [{"id": "202", "admin_ids": [9]}]}))).await;
    let nothing = ok(json!({"type": "conversation.list", "conversations": []}));
    on(&server, "POST", "/conversations/search", nothing).await;
    Mock::given(method("GET"))
        .and(path_regex("^/contacts/"))
        .respond_with(ok(json!({})))
        .mount(&server)
        .await;
    server
}

async fn start(base_url: &str) -> (Stage, Watch) {
    let (journal, watch) = stage::watched();
    let mut config = stage::config(base_url);
    config.intercom.timeout = TIMEOUT;
    (Stage::start(config, journal).await, watch)
}

/// The next outcome that goes into the journal.
async fn outcome(watch: &mut Watch) -> (Outcome, Option<RateLimit>) {
    loop {
        let entry = watch.recorded.recv().await.unwrap();
        if let Body::Event(Event::CallFinished { outcome, rate_limit, .. }) = entry.body {
            return (outcome, rate_limit);
        }
    }
}

/// The first outcome of an assignment that goes into the journal.
async fn assignment(watch: &mut Watch) -> Outcome {
    loop {
        match outcome(watch).await.0 {
            Outcome::Roster(_)
            | Outcome::Contact(_)
            | Outcome::Conversation(_)
            | Outcome::Conversations(_) => {}
            outcome => return outcome,
        }
    }
}

/// What becomes of the first assignment if it is answered like this.
async fn assignment_answered(answer: ResponseTemplate) -> Outcome {
    let server = intercom().await;
    on(&server, "POST", "/conversations/215400000002/parts", answer).await;
    let (stage, mut watch) = start(&server.uri()).await;
    assert_eq!(stage.deliver(CREATED).await, 200);
    let outcome = assignment(&mut watch).await;
    stage.stop().await;
    outcome
}

#[tokio::test]
async fn every_request_carries_token_version_and_accept() {
    let server = MockServer::start().await;
    for (verb, route, body) in [
        ("GET", "/me", admin()),
        ("GET", "/admins", json!({"admins": []})),
        ("GET", "/teams", json!({"teams": []})),
        ("POST", "/conversations/search", json!({"conversations": []})),
    ] {
        Mock::given(method(verb))
            .and(path(route))
            .and(header("Authorization", format!("Bearer {TOKEN}")))
            .and(header("Intercom-Version", "2.14"))
            .and(header("Accept", "application/json"))
            .respond_with(ok(body))
            .expect(1)
            .mount(&server)
            .await;
    }
    let (stage, mut watch) = start(&server.uri()).await;
    for _ in 0..2 {
        let outcome = outcome(&mut watch).await.0;
        assert!(matches!(outcome, Outcome::Roster(_) | Outcome::Conversations(_)), "{outcome:?}");
    }
    stage.stop().await;
    server.verify().await;
}

#[tokio::test]
async fn no_answer_in_time_is_unclear() {
    let late = ok(json!({})).set_delay(TIMEOUT * 20);
    assert_eq!(assignment_answered(late).await, Outcome::Unclear { status: None });
}

#[tokio::test]
async fn a_server_error_is_unclear() {
    let error = ResponseTemplate::new(500).set_body_string("<html>oops</html>");
    assert_eq!(assignment_answered(error).await, Outcome::Unclear { status: Some(500) });
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = ResponseTemplate::new(302).insert_header("Location", "http://127.0.0.1:9/");
    assert_eq!(assignment_answered(elsewhere).await, Outcome::Unclear { status: Some(302) });
}

#[tokio::test]
async fn a_refusal_brings_its_code() {
    let errors = json!({"type": "error.list", "errors": [{"code": "parameter_invalid"}]});
    let refused = ResponseTemplate::new(400).set_body_json(errors);
    let code = "parameter_invalid".to_owned();
    assert_eq!(assignment_answered(refused).await, Outcome::Rejected { status: 400, code });
}

#[tokio::test]
async fn the_rate_limit_is_read_from_a_429() {
    let server = MockServer::start().await;
    let limited = ResponseTemplate::new(429)
        .insert_header("X-RateLimit-Limit", "166")
        .insert_header("X-RateLimit-Remaining", "0")
        .insert_header("X-RateLimit-Reset", "1900000000");
    on(&server, "GET", "/me", limited).await;
    let (stage, mut watch) = start(&server.uri()).await;
    let expected =
        RateLimit { limit: 166, remaining: 0, reset_at: Timestamp::from_seconds(1_900_000_000) };
    assert_eq!(outcome(&mut watch).await, (Outcome::RateLimited, Some(expected)));
    stage.stop().await;
}

#[tokio::test]
async fn a_refused_token_is_told_and_shown() {
    let server = MockServer::start().await;
    on(&server, "GET", "/me", ResponseTemplate::new(401)).await;
    let (stage, mut watch) = start(&server.uri()).await;
    assert_eq!(outcome(&mut watch).await.0, Outcome::Unauthorized);
    loop {
        let body = stage.until_ready_is(503).await;
        if body.contains("Intercom refuses the token") {
            break;
        }
    }
    let (_, metrics) = stage.get("/metrics").await;
    assert!(metrics.contains(r#"router_api_requests_total{endpoint="/me",status="401"}"#));
    stage.stop().await;
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (stage, mut watch) = start(&url).await;
    assert_eq!(outcome(&mut watch).await.0, Outcome::Unclear { status: None });
    stage.stop().await;
}

/// Answers connections with these bytes, whatever was asked, and hangs up.
async fn blunt(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = connection.read(&mut request).await;
            let _ = connection.write_all(answer).await;
        }
    });
    url
}

#[tokio::test]
async fn a_connection_that_breaks_is_unclear() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"type\":",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ty",
        b"SSH-2.0-nonsense\r\n",
    ] {
        let (stage, mut watch) = start(&blunt(answer).await).await;
        assert_eq!(outcome(&mut watch).await.0, Outcome::Unclear { status: None });
        stage.stop().await;
    }
}

#[tokio::test]
async fn a_lost_answer_is_followed_by_a_look() {
    let server = intercom().await;
    // The assignment to the team is carried out, but its answer is late.
    Mock::given(method("POST"))
        .and(path("/conversations/215400000002/parts"))
        .respond_with(ok(json!({})).set_delay(TIMEOUT * 20))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    on(&server, "POST", "/conversations/215400000002/parts", ok(json!({}))).await;
    let seen =
        json!({"id": "215400000002", "created_at": 1, "state": "open", "team_assignee_id": 202});
    on(&server, "GET", "/conversations/215400000002", ok(seen)).await;

    let (stage, mut watch) = start(&server.uri()).await;
    assert_eq!(stage.deliver(CREATED).await, 200);
    assert_eq!(assignment(&mut watch).await, Outcome::Unclear { status: None });
    for _ in ["team", "teammate"] {
        assert!(matches!(assignment(&mut watch).await, Outcome::Assigned { part: None, .. }));
    }
    stage.stop().await;
    let requests = server.received_requests().await.unwrap();
    let assignees: Vec<_> = requests
        .iter()
        .filter(|request| request.url.path().ends_with("/parts"))
        .map(|request| request.body_json::<serde_json::Value>().unwrap()["type"].clone())
        .collect();
    assert_eq!(assignees, ["team", "admin"], "the team was assigned once");
}
