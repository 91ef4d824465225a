//! What was decided, and why.

use std::sync::Arc;
use std::time::Duration;

use mock_intercom::ConversationId;
use reqwest::{Method, Response};
use router::reload::RulesWatch;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::scene::{ADMIN_TOKEN, Scene, load, mock};
use crate::end_to_end::{owners, write};
use crate::stage;

/// The stream of decisions from outside.
struct Stream {
    response: Response,
    text: String,
}

impl Stream {
    async fn open(scene: &Scene, query: &str, last_id: Option<&str>) -> Self {
        let url = scene.url(&format!("/v1/decisions/stream{query}"));
        let mut request = scene.stage.http.get(url).bearer_auth(ADMIN_TOKEN);
        if let Some(last_id) = last_id {
            request = request.header("Last-Event-ID", last_id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event: its name, id and data. `None` at the end.
    async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim_start_matches(": ").to_owned()
                };
                let data = serde_json::from_str(&field("data")).unwrap_or(Value::Null);
                let found = (field("event"), field("id"), data);
                self.text = rest.to_owned();
                if found.0.is_empty() {
                    continue;
                }
                return Some(found);
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }
}

fn verdict(event: &Value) -> &str {
    event["decision"]["verdict"].as_object().unwrap().keys().next().unwrap()
}

fn about(event: &Value) -> &str {
    event["decision"]["conversation"].as_str().unwrap()
}

#[tokio::test]
async fn decisions_are_followed_listed_and_never_quote_the_message() {
    let scene = Scene::new().await;
    let mut all = Stream::open(&scene, "", None).await;
    let ana = write(&scene.mock, "ana", "SECRETWORD how much is it?");
    let (name, id, routed) = all.next().await.unwrap();
    assert_eq!((&*name, &*id, verdict(&routed)), ("decision", "1", "routed"));
    assert_eq!(about(&routed), ana.to_string());
    let explanation = &routed["decision"]["verdict"]["routed"]["explanation"];
    assert_eq!(explanation["rule"], "sales inquiry");
    let (_, id, assigned) = all.next().await.unwrap();
    assert_eq!((&*id, verdict(&assigned)), ("2", "assigned"));
    let ben = write(&scene.mock, "ben", "it broke");
    owners(&scene.mock, ben).await;
    for expected in ["routed", "assigned"] {
        let (_, _, event) = all.next().await.unwrap();
        assert_eq!((verdict(&event), about(&event)), (expected, &*ben.to_string()));
    }

    let listed = scene.get("/v1/decisions").await.body;
    let listed = listed["decisions"].as_array().unwrap();
    assert_eq!(listed.iter().map(verdict).collect::<Vec<_>>(), ["routed", "assigned"].repeat(2));
    assert!(!listed.iter().any(|it| it.to_string().contains("SECRETWORD")));
    let few = scene.get(&format!("/v1/decisions?limit=1&conversation={ana}")).await.body;
    assert_eq!(few["decisions"], json!([listed[1]]));

    // Who comes back goes on after what it saw, who wants one conversation gets only that.
    let mut again = Stream::open(&scene, "", Some("3")).await;
    assert_eq!(again.next().await.unwrap().1, "4");
    let mut one = Stream::open(&scene, &format!("?last=50&conversation={ben}"), None).await;
    assert_eq!(one.next().await.unwrap().1, "3");
    assert_eq!(one.next().await.unwrap().1, "4");
    write(&scene.mock, "eva", "hello");
    scene.until(|status| load(status) == 3).await;

    // When the router stops, a stream ends and does not hold it up.
    scene.stage.stop().await;
    assert!(one.next().await.is_none(), "nothing about others");
    assert_eq!(again.next().await.unwrap().1, "5");
}

async fn standing(scene: &Scene, conversation: ConversationId) -> Value {
    scene.get(&format!("/v1/conversations/{conversation}")).await.body
}

#[tokio::test]
async fn a_conversation_tells_where_it_stands_and_why() {
    let scene = Scene::new().await;
    scene.post("/v1/pause").await;
    let ana = write(&scene.mock, "ana", "how much is it?");
    let ben = write(&scene.mock, "ben", "price?");
    scene.until_waiting(2).await;
    let told = standing(&scene, ben).await;
    let it = &told["standing"];
    assert_eq!((&it["stage"], &it["state"]), (&json!("queued"), &json!("open")));
    assert_eq!((&it["team"], &it["rule"]), (&json!("sales"), &json!("sales inquiry")));
    assert_eq!((&it["position"], &it["line"]), (&json!(2), &json!(2)));
    assert_eq!((&it["shown_team"], &it["teammate"]), (&json!(201), &json!(null)));
    assert!(it["waiting_seconds"].as_f64().is_some(), "{told}");
    let decisions = told["decisions"].as_array().unwrap();
    assert_eq!(decisions.iter().map(verdict).collect::<Vec<_>>(), ["routed", "waiting"]);
    assert_eq!(decisions[1]["decision"]["verdict"]["waiting"]["paused"], true);

    scene.post("/v1/resume").await;
    let (_, admin) = owners(&scene.mock, ana).await;
    scene.until(|status| status["api"]["open_calls"] == 0).await;
    let it = &standing(&scene, ana).await["standing"];
    assert_eq!(it["stage"], "assigned");
    assert_eq!(it["teammate"].to_string(), admin);
    assert_eq!((&it["position"], &it["waiting_seconds"]), (&json!(null), &json!(null)));
    assert!(it["given_at"].as_str().unwrap().ends_with('Z'), "{it}");
    scene.stage.stop().await;
}

#[tokio::test]
async fn explaining_a_message_leaves_no_trace() {
    let mut scene = Scene::new().await;
    while scene.watch.recorded.try_recv().is_ok() {}
    let asked = json!({"message": "what is the PRICE?", "earlier": ["hola"], "language": "es",
        "country": "mx", "tags": ["vip"], "contact": {"orders": "3"}, "attachments": ["image"],
        "returning": true, "at": "2026-11-20T18:00"});
    let told = scene.ask(Method::POST, "/v1/explain", Some(asked)).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(told.body["outcome"]["team"], "sales");
    assert_eq!(told.body["outcome"]["rule"], "sales inquiry");
    assert_eq!(told.body["at"], "2026-11-20T18:00:00Z");
    assert_eq!(told.body["matched"][0]["written"], "PRICE");
    let other = scene.ask(Method::POST, "/v1/explain", Some(json!({"message": "hello"}))).await;
    assert_eq!(other.body["outcome"]["team"], "support");
    assert_eq!(other.body["explanation"]["rule"], json!(null));
    assert_eq!(scene.get("/v1/decisions").await.body["decisions"], json!([]));
    assert_eq!(scene.status().await["conversations"], 0);
    assert!(scene.watch.recorded.try_recv().is_err(), "nothing is in the journal");
    scene.stage.stop().await;
}

#[tokio::test]
async fn a_message_is_explained_by_the_rules_in_force_and_the_lines_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rules.toml");
    let asked = Arc::new(Notify::new());
    let rules = RulesWatch { path: path.clone(), every: Duration::ZERO, asked: Arc::clone(&asked) };
    let (journal, watch) = stage::watched();
    let scene = Scene::with_rules(mock().await, journal, watch, Some(rules)).await;
    let team = async || {
        let asked = json!({"message": "what is the price?"});
        let told = scene.ask(Method::POST, "/v1/explain", Some(asked)).await;
        told.body["outcome"]["team"].as_str().unwrap().to_owned()
    };
    assert_eq!(team().await, "sales");
    let new_rules = stage::RULES.replace(
        "when.text = [\"how much\", \"price\"]",
        "when = { text = [\"how much\", \"price\"], queue = { team = \"sales\", waiting = { at_most = 1 } } }",
    );
    std::fs::write(&path, new_rules).unwrap();
    asked.notify_one();
    scene.stage.until_metrics_say("router_rules_reload_total{outcome=\"in_force\"} 1").await;
    scene.post("/v1/pause").await;
    for (user, expected) in [("ana", "sales"), ("ben", "support")] {
        write(&scene.mock, user, "how much is it?");
        scene.until_waiting(if user == "ana" { 1 } else { 2 }).await;
        assert_eq!(team().await, expected, "with {user} in line");
    }
    scene.stage.stop().await;
}
