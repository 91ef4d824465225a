//! What could not be taken in: listed, tried again, discarded; by HTTP and by `router retry`.

use std::path::Path;

use bytes::Bytes;
use engine::{Engine, Event};
use mock_intercom::MockIntercom;
use reqwest::Method;
use router::journal::{
    Body, DeadLetters as _, Journal, JournalError, MemoryJournal, SqliteJournal, Unreadable,
};
use router::recovery::TakeIn;
use router::{Clock, Options, RunError};
use serde_json::{Value, json};

use super::commands::{check, run};
use super::scene::{Scene, mock};
use crate::poison::{POISON, created, panics};
use crate::stage::{self, Watch};

/// A letter that an older router could not read.
fn letter(body: &str) -> Unreadable {
    let reason = "the body is not a notification, at 1:7".to_owned();
    let body = Bytes::copy_from_slice(body.as_bytes());
    Unreadable { notification_id: None, about: Some("conversation.user.created"), reason, body }
}

/// A router with letters of these bodies.
async fn with_letters(bodies: &[&str]) -> Scene {
    let mut journal = MemoryJournal::new();
    let letters: Vec<_> = bodies.iter().map(|body| letter(body)).collect();
    journal.keep_unreadable(Clock::system().now(), &letters).unwrap();
    let (journal, watch) = stage::watch(Box::new(journal));
    Scene::with(mock().await, journal, watch).await
}

async fn letters(scene: &Scene) -> Vec<Value> {
    let answer = scene.get("/v1/dead-letters").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["dead_letters"].as_array().unwrap().clone()
}

fn numbers(letters: &[Value]) -> Vec<u64> {
    letters.iter().map(|it| it["number"].as_u64().unwrap()).collect()
}

/// How often a conversation was told of in the journal.
fn recorded(watch: &mut Watch) -> usize {
    let entries = std::iter::from_fn(|| watch.recorded.try_recv().ok());
    let told = |body: &Body| matches!(body, Body::Event(Event::ConversationChanged { .. }));
    entries.filter(|entry| told(&entry.body)).count()
}

#[tokio::test]
async fn what_can_be_read_now_is_recorded_once_and_the_letter_is_gone() {
    let dm = created("801");
    let ping = r#"{"topic":"ping","data":{"item":{}}}"#;
    let mut scene = with_letters(&[&dm, "{", &format!("{dm} "), ping]).await;
    let listed = letters(&scene).await;
    assert_eq!(numbers(&listed), [1, 2, 3, 4]);
    let mut first = listed[0].clone();
    first["received_at"].take();
    let expected = json!({"number": 1, "received_at": null, "kind": "unreadable",
        "about": "conversation.user.created", "reason": "the body is not a notification, at 1:7",
        "record": null, "bytes": dm.len()});
    assert_eq!(first, expected, "and nothing of the body");
    let dead = json!({"unreadable": 4, "poison": 0, "dropped": 0});
    assert_eq!(scene.until(|status| status["dead_letters"] == dead).await["ready"], true);

    for (number, outcome, reason) in [
        (1, "recorded", json!(null)),
        (2, "still_unreadable", json!("the body is not a notification, at 1:1")),
        (3, "duplicate", json!(null)),
        (4, "ignored", json!(null)),
    ] {
        let answer = scene.post(&format!("/v1/dead-letters/{number}/retry")).await;
        let expected = json!({"number": number, "outcome": outcome, "reason": reason});
        assert_eq!((answer.status, answer.body), (200, expected));
    }
    assert_eq!(numbers(&letters(&scene).await), [2]);
    assert_eq!(scene.get("/v1/conversations/801").await.status, 200);
    assert_eq!(recorded(&mut scene.watch), 1);

    assert_eq!(scene.ask(Method::DELETE, "/v1/dead-letters/2", None).await.status, 200);
    assert_eq!(letters(&scene).await, [] as [Value; 0]);
    for (method, path, status) in [
        (Method::DELETE, "/v1/dead-letters/2", 404),
        (Method::POST, "/v1/dead-letters/2/retry", 404),
        (Method::POST, "/v1/dead-letters/two/retry", 400),
        (Method::DELETE, "/v1/dead-letters/-1", 400),
    ] {
        let answer = scene.ask(method, path, None).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert!(answer.body["error"].as_str().unwrap().contains("dead letter"), "{answer:?}");
    }
    scene.stage.stop().await;
}

#[tokio::test]
async fn a_letter_stays_while_the_journal_fails() {
    let scene = with_letters(&[&created("801")]).await;
    scene.watch.broken.store(true, std::sync::atomic::Ordering::SeqCst);
    let answer = scene.post("/v1/dead-letters/1/retry").await;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.body["error"].as_str().unwrap().contains("nothing has changed"), "{answer:?}");
    assert_eq!(scene.ask(Method::DELETE, "/v1/dead-letters/1", None).await.status, 503);
    scene.watch.broken.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(numbers(&letters(&scene).await), [1]);
    let answer = scene.post("/v1/dead-letters/1/retry").await;
    assert_eq!(answer.body["outcome"], "recorded");
    scene.stage.stop().await;
}

#[tokio::test]
async fn the_command_lists_tries_again_and_discards() {
    let empty = Scene::new().await;
    check(&run(&empty, &["retry"]).await, 0, &["There are no dead letters."]);
    check(&run(&empty, &["retry", "--all"]).await, 0, &["There are no dead letters."]);
    empty.stage.stop().await;

    let (one, two) = (created("801"), created("802"));
    let scene = with_letters(&["{ \"unmistakable", &one, &two, "[", "]"]).await;
    let listed = run(&scene, &["retry"]).await;
    let text = check(&listed, 0, &["number", "unreadable", "conversation.user.created", "at 1:7"]);
    assert!(text.lines().count() == 6 && !text.contains("unmistakable"), "{text}");
    check(&run(&scene, &["status"]).await, 0, &["! dead letters: 5 unreadable, 0 poison"]);
    check(&run(&scene, &["retry", "2"]).await, 0, &["2: recorded\n"]);
    check(&run(&scene, &["retry", "1", "3"]).await, 1, &["1: still unreadable: ", "3: recorded"]);
    check(&run(&scene, &["retry", "3"]).await, 2, &["says 404: there is no dead letter 3"]);
    check(&run(&scene, &["retry", "--discard", "4"]).await, 0, &["4: discarded"]);
    let all = run(&scene, &["retry", "--all", "--format", "json"]).await;
    let all = check(&all, 1, &["still_unreadable"]);
    let all: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(numbers(&all), [1, 5]);
    check(&run(&scene, &["retry", "--discard", "1", "5"]).await, 0, &["1: discarded"]);
    let json = check(&run(&scene, &["retry", "--format", "json"]).await, 0, &[]);
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), json!({"dead_letters": []}));
    check(&run(&scene, &["retry", "--all", "1"]).await, 2, &["cannot be used with"]);
    scene.stage.stop().await;
}

/// Opens the journal, as soon as the router before has let go of it.
async fn reopened(path: &Path) -> (Box<dyn Journal>, Watch) {
    loop {
        match SqliteJournal::open(path) {
            Ok(journal) => return stage::watch(Box::new(journal)),
            Err(JournalError::InUse(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

async fn start(path: &Path, mock: MockIntercom, take_in: TakeIn) -> Scene {
    let (journal, watch) = reopened(path).await;
    Scene::with_options(mock, journal, watch, Options { take_in, ..Options::default() }).await
}

#[tokio::test]
async fn an_event_on_which_the_engine_panics_costs_one_restart_and_is_taken_in_when_it_can_be() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    let mock = mock().await;
    let (journal, watch) = reopened(&path).await;
    let options = Options { take_in: panics, ..Options::default() };
    let scene = Scene::with_options(mock, journal, watch, options).await;
    assert_eq!(scene.stage.deliver(created("801").as_bytes()).await, 200);
    // The process ends, as it would for any panic of the driver; the answer may not come.
    let signature =
        router::signature::sign(stage::CLIENT_SECRET.as_bytes(), created(POISON).as_bytes());
    let request = scene.stage.http.post(scene.stage.webhook_url()).body(created(POISON));
    let answer = request.header("X-Hub-Signature", signature).send().await;
    assert!(answer.is_err() || answer.is_ok_and(|it| it.status() == 503));
    let Scene { stage, mock, .. } = scene;
    assert!(matches!(stage.ended().await, Err(RunError::Driver(_))));

    // The next one starts, knows the notification again, and refuses to take its event in.
    let scene = start(&path, mock, panics).await;
    assert_eq!(scene.status().await["dead_letters"]["poison"], 1);
    assert_eq!(scene.get("/v1/conversations/801").await.status, 200);
    assert_eq!(scene.get(&format!("/v1/conversations/{POISON}")).await.status, 404);
    assert_eq!(scene.stage.deliver(created(POISON).as_bytes()).await, 200);
    let listed = letters(&scene).await;
    assert_eq!(
        (&listed[0]["kind"], &listed[0]["about"]),
        (&"poison".into(), &"conversation_changed".into())
    );
    assert!(listed[0]["record"].as_u64().unwrap() > 2, "{listed:?}");
    let answer = scene.post("/v1/dead-letters/1/retry").await;
    assert_eq!(answer.body["outcome"], "still_poison", "{answer:?}");
    assert_eq!(answer.body["reason"], "the engine panics: the number of the beast");
    check(&run(&scene, &["retry", "--all"]).await, 1, &["1: still poison: the engine panics"]);
    assert_eq!(scene.status().await["ready"], true, "only a copy of the engine has seen it");
    let Scene { stage, mock, .. } = scene;
    stage.stop().await;

    // The version after that can.
    let scene = start(&path, mock, Engine::handle_event).await;
    let answer = scene.post("/v1/dead-letters/1/retry").await;
    assert_eq!(answer.body["outcome"], "recorded", "{answer:?}");
    assert_eq!(scene.get(&format!("/v1/conversations/{POISON}")).await.status, 200);
    assert_eq!(letters(&scene).await, [] as [Value; 0]);
    scene.stage.stop().await;
    let mut journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.left_out(0).unwrap().len(), 1, "the old record still is");
}
