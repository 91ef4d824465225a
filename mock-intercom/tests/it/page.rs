//! The page at `/` and its stream.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::client::Api;

/// Reads a stream of events until `is_enough` of what was read so far.
async fn read_until(stream: &mut Response, is_enough: impl Fn(&Value) -> bool) -> Value {
    let read = async {
        let (mut text, mut name) = (String::new(), String::new());
        while let Some(chunk) = stream.chunk().await.unwrap() {
            text.push_str(std::str::from_utf8(&chunk).unwrap());
            while let Some((line, rest)) = text.split_once('\n') {
                if let Some(event) = line.strip_prefix("event: ") {
                    event.clone_into(&mut name);
                } else if let Some(data) = line.strip_prefix("data: ") {
                    let data = json!({&name: serde_json::from_str::<Value>(data).unwrap()});
                    if is_enough(&data) {
                        return data;
                    }
                }
                text = rest.to_owned();
            }
        }
        panic!("the stream is over");
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("the page is told in time")
}

async fn listen(api: &Api) -> Response {
    api.request(Method::GET, "/_mock/events").send().await.unwrap()
}

#[tokio::test]
async fn a_browser_gets_the_page_and_the_api_keeps_its_own_root() {
    let api = Api::start().await;
    let get = async |path: &str, accept: &str| {
        api.request(Method::GET, path).header("accept", accept).send().await
    };
    let page = get("/", "text/html,*/*;q=0.8").await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("'none'"));
    let text = page.text().await.unwrap();
    for file in ["page.css", "page.js", "icon.svg"] {
        let path = format!("/_mock/page/{file}");
        assert!(text.contains(&path), "{file}");
        assert_eq!(get(&path, "*/*").await.unwrap().status(), 200);
    }
    assert_eq!(get("/_mock/page/chart.js", "*/*").await.unwrap().status(), 200);
    assert_eq!(get("/_mock/page/other", "*/*").await.unwrap().status(), 404);
    assert_ne!(get("/", "application/json").await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_numbers_are_the_workspaces() {
    let api = Api::start().await;
    let mut stream = listen(&api).await;
    let first = read_until(&mut stream, |event| event["numbers"].is_object()).await;
    assert_eq!(first["numbers"]["totals"]["all"], 0);
    let mut ids = Vec::new();
    for number in 0..30 {
        ids.push(api.dm(&format!("user{number}"), "hello").await);
    }
    let act = async |action: Value| assert_eq!(api.control("/_mock/actions", action).await.0, 200);
    for id in &ids[..9] {
        let to = json!({"admin": 102});
        act(json!({"action": "assign", "admin": 101, "conversation": id, "to": to})).await;
    }
    for id in &ids[..4] {
        act(json!({"action": "close", "admin": 102, "conversation": id})).await;
    }
    let expected = json!([30, 21, 5, 4]);
    let totals = |event: &Value| {
        let totals = &event["numbers"]["totals"];
        json!([totals["all"], totals["waiting"], totals["with_teammates"], totals["closed"]])
    };
    let told = read_until(&mut stream, |event| totals(event) == expected).await;
    assert_eq!(told["numbers"]["rates"]["arrivals"], 30);
    assert_eq!(told["numbers"]["rates"]["closed"], 4);
    let mut anew = listen(&api).await;
    let lanes = read_until(&mut anew, |event| event["lanes"].is_array()).await;
    let lane = |key: &str| {
        let lanes = lanes["lanes"].as_array().unwrap();
        lanes.iter().find(|lane| lane["key"] == key).unwrap().clone()
    };
    assert_eq!((&lane("unassigned")["count"], &lane("closed")["count"]), (&json!(21), &json!(4)));
    assert_eq!(lane("team-201-102")["load"], 5);
    assert_eq!(lane("unassigned")["cards"].as_array().unwrap().len(), 12);
    assert!(!lanes.to_string().contains("hello"));
    api.mock.shutdown().await;
}

#[tokio::test]
async fn the_number_of_streams_is_bounded_and_places_are_given_back() {
    let api = Api::start().await;
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(listen(&api).await);
    }
    assert_eq!(listen(&api).await.status(), 429);
    streams.clear();
    let freed = async { while listen(&api).await.status() != 200 {} };
    tokio::time::timeout(Duration::from_secs(20), freed).await.expect("a place is free again");
}
