//! A router that stops in good order and starts again on its journal.

use std::path::Path;

use engine::{Event, Verdict};
use router::Clock;
use router::forget::forget;
use router::journal::{Body, Journal, SqliteJournal};
use router::recovery::{Begin, replay};

use crate::stage::{self, Stage};

/// Nobody listens there: no call succeeds, and none is needed.
const NOWHERE: &str = "http://127.0.0.1:9";

const TEXT: &str = "how much is the unmistakable lamp?";

/// Lets a router take a DM that asks [`TEXT`] and route it.
async fn run(path: &Path, id: &str) {
    let journal = SqliteJournal::open(path).unwrap();
    let mut stage = Stage::start(stage::config(NOWHERE), Box::new(journal)).await;
    let body = include_str!("../fixtures/created_2_16.json")
        .replace("215400000002", id)
        .replace("\"notif_", &format!("\"notif_{id}"))
        .replace("is a &lt; b &amp; c &gt; d?", TEXT)
        .replace("is a < b & c > d?", TEXT);
    assert!(body.contains(TEXT));
    assert_eq!(stage.deliver(body.as_bytes()).await, 200);
    while !matches!(stage.decisions.recv().await.unwrap().verdict, Verdict::Routed(_)) {}
    stage.stop().await;
}

/// Whether any of the journal's files holds these bytes.
fn holds(directory: &Path, bytes: &[u8]) -> bool {
    let files = std::fs::read_dir(directory).unwrap();
    files.into_iter().any(|file| {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[tokio::test]
async fn a_start_after_a_good_stop_replays_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    run(&path, "801").await;
    run(&path, "802").await;
    let mut journal = SqliteJournal::open(&path).unwrap();
    let checkpoint = journal.checkpoint().unwrap().unwrap();
    assert_eq!(checkpoint.sequence, journal.last_sequence().unwrap());
    let (short, _) = replay(&mut journal, Begin::AtCheckpoint, &mut |_, _| {}).unwrap().unwrap();
    let (long, _) = replay(&mut journal, Begin::AtFirstRecord, &mut |_, _| {}).unwrap().unwrap();
    assert_eq!(short.replayed, 0);
    assert!(long.replayed > 8);
    assert_eq!(short.engine.overview().conversations, 2);
    assert_eq!(long.engine.overview().conversations, 2);
}

#[tokio::test]
async fn a_contact_is_forgotten_by_hand() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    run(&path, "801").await;
    let contact = include_str!("../fixtures/created_2_16.json");
    let contact: serde_json::Value = serde_json::from_str(contact).unwrap();
    let contact = contact["data"]["item"]["contacts"]["contacts"][0]["id"].as_str().unwrap();
    assert!(holds(directory.path(), contact.as_bytes()));
    let mut journal = SqliteJournal::open(&path).unwrap();
    let retention = router::config::Retention::default();
    let id = engine::ContactId::new(contact);
    assert!(forget(&mut journal, id, retention, &Clock::system()).unwrap());
    drop(journal);
    assert!(!holds(directory.path(), contact.as_bytes()));
    run(&path, "802").await;
}

#[tokio::test]
async fn texts_are_gone_from_the_files_once_they_are_decided() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.db");
    run(&path, "801").await;
    // The checkpoint is taken at the end, and what lies behind it is tidied before the router is gone.
    assert!(!holds(directory.path(), TEXT.as_bytes()));
    let mut journal = SqliteJournal::open(&path).unwrap();
    let started = journal.read(0, 99).unwrap().into_iter();
    let started = started.filter(|it| it.body == Body::Event(Event::RouterStarted));
    assert_eq!(started.count(), 1, "the records are still there");
}
