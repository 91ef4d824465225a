//! Faults of API calls: every one in virtual time, and those of the connection over HTTP.

use std::time::Duration;

use mock_intercom::{
    ApiRequest, ApiResponse, Clock, Effect, Exchange, FaultFile, FaultRule, InboundDm, Latency,
    Length, Loss, Point, Sending, ServeOptions, Shift, Storm, Workspace, WorkspaceFile,
};
use proptest::prelude::*;
use serde_json::json;

use crate::client::{Api, START, TOKEN};

const fn millis(millis: u64) -> Length {
    Length(Duration::from_millis(millis))
}

fn file(faults: Vec<FaultRule>) -> WorkspaceFile {
    WorkspaceFile { faults, ..WorkspaceFile::example() }
}

fn call(then: Effect) -> FaultRule {
    FaultRule::new("f", then).of_calls("", "")
}

/// A workspace with one conversation, and the call that assigns it.
fn assignable(faults: Vec<FaultRule>) -> (Workspace, ApiRequest) {
    let mut workspace = Workspace::new(file(faults)).unwrap();
    let dm = InboundDm { user: "ana".into(), text: "hi".into(), ..InboundDm::default() };
    let id = workspace.receive_dm(START, dm).unwrap().conversation_id;
    let body =
        json!({"message_type": "assignment", "type": "admin", "admin_id": 101, "assignee_id": 102});
    let path = format!("/conversations/{id}/parts");
    (workspace, ApiRequest::new("POST", &path, TOKEN).json(&body))
}

fn is_assigned(workspace: &Workspace) -> bool {
    workspace.conversations().all(|found| found.admin() == Some(102.into()))
}

/// The exchange of an assignment, and whether the conversation is assigned afterwards.
fn assign(then: Effect) -> (Exchange, bool) {
    let (mut workspace, request) = assignable(vec![call(then)]);
    let exchange = workspace.exchange(START, &request);
    (exchange, is_assigned(&workspace))
}

fn code(response: &ApiResponse) -> String {
    response.json()["errors"][0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_call_is_done_or_not_and_answered_or_not() {
    let check = |then: Effect, status, sending, delay_ms, done| {
        let (exchange, assigned) = assign(then.clone());
        let found = (exchange.response.status, exchange.sending, exchange.delay, assigned);
        assert_eq!(found, (status, sending, Duration::from_millis(delay_ms), done), "{then:?}");
    };
    check(Effect::Latency(Latency::Fixed(millis(80))), 200, Sending::Whole, 80, true);
    check(Effect::Status(503), 503, Sending::Whole, 0, false);
    check(Effect::Reset, 503, Sending::Reset, 0, false);
    check(Effect::Timeout(millis(900)), 503, Sending::Never, 900, false);
    check(Effect::ResponseLost(Loss::Reset), 200, Sending::Reset, 0, true);
    check(Effect::ResponseLost(Loss::Status(429)), 429, Sending::Whole, 0, true);
    check(Effect::ResponseLost(Loss::Timeout(millis(900))), 200, Sending::Never, 900, true);
    let slow = Sending::Slow { bytes: 10, every: Duration::from_millis(5) };
    check(Effect::SlowBody { bytes: 10, every: millis(5) }, 200, slow, 0, true);
    check(Effect::Truncate(0.0), 200, Sending::Truncated { keep: 0 }, 0, true);
    check(Effect::InvalidJson, 200, Sending::Whole, 0, true);
}

#[test]
fn errors_that_were_asked_for_have_the_shape_of_real_ones() {
    let check = |then: Effect, expected: &str| {
        let (exchange, _) = assign(then);
        assert_eq!(code(&exchange.response), expected);
    };
    check(Effect::Status(500), "server_error");
    check(Effect::Status(503), "service_unavailable");
    check(Effect::Status(429), "rate_limit_exceeded");
    check(Effect::Status(418), "client_error");
    let (exchange, _) = assign(Effect::InvalidJson);
    assert!(serde_json::from_slice::<serde_json::Value>(&exchange.response.body).is_err());
    let (exchange, _) = assign(Effect::ResponseLost(Loss::Status(500)));
    assert!(exchange.response.header("x-ratelimit-remaining").is_some(), "the call was counted");
}

#[test]
fn a_plain_call_meets_what_shows_in_the_status_only() {
    for then in [Effect::Reset, Effect::InvalidJson, Effect::Timeout(millis(1))] {
        let (mut workspace, request) = assignable(vec![call(then)]);
        assert_eq!(workspace.handle(START, &request).json()["type"], "conversation");
        assert!(is_assigned(&workspace));
    }
    let (mut workspace, request) = assignable(vec![call(Effect::Status(500))]);
    assert_eq!(workspace.handle(START, &request).status, 500);
    assert!(!is_assigned(&workspace));
}

#[test]
fn another_app_uses_up_the_windows_of_the_workspace() {
    let storm = |storm, until| {
        let until = Some(Point::After(Duration::from_secs(until)));
        FaultRule { until, ..FaultRule::new("s", Effect::Storm(storm)) }
    };
    let check = |rule, expected: [u16; 2]| {
        let mut workspace = Workspace::new(file(vec![rule])).unwrap();
        let request = ApiRequest::new("GET", "/me", TOKEN);
        let mut status =
            |seconds| workspace.handle(START + Duration::from_secs(seconds), &request).status;
        assert_eq!([status(0), status(10)], expected);
    };
    check(storm(Storm::Share(1.0), 5), [429, 200]);
    check(storm(Storm::Calls(u32::MAX), 60), [429, 429]);
    check(storm(Storm::Calls(4_165), 60), [200, 200]);
    check(storm(Storm::Share(0.5), 60), [200, 200]);
}

#[test]
fn searches_find_what_is_older_than_the_lag() {
    let (mut workspace, _) = assignable(vec![FaultRule::new("l", Effect::IndexLag(millis(5_000)))]);
    let query = json!({"query": {"field": "open", "operator": "=", "value": true}});
    let request = ApiRequest::new("POST", "/conversations/search", TOKEN).json(&query);
    let mut found = |seconds| {
        let answer = workspace.handle(START + Duration::from_secs(seconds), &request);
        answer.json()["total_count"].as_u64()
    };
    assert_eq!([found(0), found(4), found(5)], [Some(0), Some(0), Some(1)]);
}

#[test]
fn a_skewed_clock_shows_in_timestamps_and_headers() {
    let micros = -3_600_000_000;
    let rule = FaultRule::new("k", Effect::ClockSkew(Shift { micros }));
    let (mut workspace, request) = assignable(vec![rule]);
    let answer = workspace.handle(START, &request);
    let behind = START.as_seconds() - 3_600;
    assert_eq!(answer.json()["created_at"], behind);
    let reset: u64 = answer.header("x-ratelimit-reset").unwrap().parse().unwrap();
    assert!((behind..=behind + 10).contains(&reset));
    assert_eq!(workspace.poll_timeout(), Some(START + Duration::from_millis(300)), "right again");
}

#[tokio::test]
async fn connections_are_reset_truncated_slow_or_silent() {
    let of = |name: &str, path: &str, then| FaultRule::new(name, then).of_calls("GET", path);
    let rules = vec![
        of("reset", "/admins", Effect::Reset),
        of("lost", "/admins/*", Effect::ResponseLost(Loss::Timeout(millis(30)))),
        of("cut", "/teams", Effect::Truncate(0.5)),
        of("slow", "/tags", Effect::SlowBody { bytes: 16, every: millis(10) }),
        of("late", "/teams/*", Effect::Latency(Latency::Fixed(millis(60)))),
    ];
    let api = Api::of(file(rules), ServeOptions::default()).await;
    let get = async |path: &str| {
        let started = std::time::Instant::now();
        let request = api.request(reqwest::Method::GET, path).bearer_auth(TOKEN);
        let body = match request.send().await {
            Ok(response) => response.text().await.map_err(|_| "body"),
            Err(_) => Err("head"),
        };
        (body, started.elapsed())
    };
    assert_eq!(get("/admins").await.0, Err("head"));
    let (body, took) = get("/admins/101").await;
    assert!(body == Err("head") && took >= Duration::from_millis(30), "{took:?}");
    assert_eq!(get("/teams").await.0, Err("body"));
    let (body, took) = get("/tags").await;
    assert!(body.unwrap().starts_with('{') && took >= Duration::from_millis(20), "{took:?}");
    let (body, took) = get("/teams/201").await;
    assert!(body.is_ok() && took >= Duration::from_millis(60), "{took:?}");
    let (body, _) = get("/me").await;
    assert!(body.is_ok(), "the others are not concerned");
}

#[tokio::test]
async fn the_date_is_that_of_the_mock() {
    let options = ServeOptions { clock: Clock::stepped(START), ..ServeOptions::default() };
    let api = Api::of(WorkspaceFile::example(), options).await;
    let answer = api.request(reqwest::Method::GET, "/me").bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answer.headers()["date"], "Fri, 09 Jan 2026 23:06:40 GMT");
}

fn any_effect() -> impl Strategy<Value = FaultRule> {
    let then = prop_oneof![
        Just(Effect::Reset),
        Just(Effect::Status(503)),
        Just(Effect::Status(429)),
        Just(Effect::InvalidJson),
        Just(Effect::Truncate(0.3)),
        Just(Effect::Timeout(millis(500))),
        Just(Effect::ResponseLost(Loss::Reset)),
        Just(Effect::ResponseLost(Loss::Status(500))),
        Just(Effect::Latency(Latency::Fixed(millis(50)))),
    ];
    (then, 0.0..=1.0_f64).prop_map(|(then, p)| FaultRule { probability: Some(p), ..call(then) })
}

/// Assigns a conversation again and again; everything that can be seen of it.
fn story(faults: Vec<FaultRule>, seed: u64, calls: &[bool]) -> (String, Option<u64>, Option<u64>) {
    let (mut workspace, to_102) = assignable(Vec::new());
    let to_103 = ApiRequest {
        body: String::from_utf8(to_102.body.clone()).unwrap().replace("102", "103").into_bytes(),
        ..to_102.clone()
    };
    *workspace.faults_mut() = mock_intercom::FaultPlan::new(seed);
    for rule in faults {
        workspace.faults_mut().add(rule).unwrap();
    }
    let mut seen = String::new();
    for &first in calls {
        let exchange = workspace.exchange(START, if first { &to_102 } else { &to_103 });
        seen.push_str(&format!("{exchange:?}"));
    }
    let entries = workspace.journal().since(0);
    let mut told = entries.iter().flat_map(|entry| entry.record.changes()).filter_map(|change| {
        match serde_json::to_value(change).unwrap() {
            change if change["change"] == "assigned" => {
                change["to"]["admin"].as_str()?.parse().ok()
            }
            _ => None,
        }
    });
    let told = told.next_back();
    let owner = workspace.conversations().next().unwrap().admin().map(mock_intercom::AdminId::get);
    (seen + &serde_json::to_string(entries).unwrap(), told, owner)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_tells_what_was_done_and_a_seed_tells_it_all(
        faults in prop::collection::vec(any_effect(), 0..5),
        seed in any::<u64>(),
        calls in prop::collection::vec(any::<bool>(), 1..20),
    ) {
        let first = story(faults.clone(), seed, &calls);
        prop_assert_eq!(first.1, first.2, "the last assignment told is the owner");
        prop_assert_eq!(first, story(faults, seed, &calls));
    }
}

#[test]
fn the_example_file_can_be_served() {
    let mut workspace = WorkspaceFile::example();
    FaultFile::from_toml(FaultFile::example_toml()).unwrap().add_to(&mut workspace);
    assert_eq!(workspace.fault_seed, 7);
    let workspace = Workspace::new(workspace).unwrap();
    assert_eq!(workspace.faults().statuses().count(), 18);
}
