//! Pause, resume and drain.

use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::{Event, Outcome};
use mock_intercom::{Clock, FaultRule, WorkspaceFile};
use reqwest::Method;
use router::journal::{Body, SqliteJournal};
use serde_json::json;

use super::scene::{Scene, load, mock, waiting};
use crate::end_to_end::{owners, write};
use crate::stage::{self, Watch};

/// What is in the journal since it was last looked at.
fn journaled(watch: &mut Watch) -> Vec<Event> {
    let entries = std::iter::from_fn(|| watch.recorded.try_recv().ok());
    let events = entries.filter_map(|entry| match entry.body {
        Body::Event(event) => Some(event),
        _ => None,
    });
    events.collect()
}

#[tokio::test]
async fn in_a_pause_dms_wait_in_their_inbox_also_over_a_restart_and_none_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let journal = || {
        let path = directory.path().join("router.db");
        stage::watch(Box::new(SqliteJournal::open(&path).unwrap()))
    };
    let (first, watch) = journal();
    let mut scene = Scene::with(mock().await, first, watch).await;
    let paused = scene.post("/v1/pause").await;
    assert_eq!((paused.status, &paused.body["paused"]), (200, &json!(true)));
    assert!(paused.body["since"].as_str().is_some());
    assert_eq!(scene.post("/v1/pause").await.body, paused.body, "twice is once");
    let ana = write(&scene.mock, "ana", "how much is it?");
    let ben = write(&scene.mock, "ben", "it broke");
    let status = scene.until_waiting(2).await;
    assert_eq!(status["paused_since"], paused.body["since"]);
    assert_eq!(status["ready"], true, "it does its work");
    let shown = |conversation| {
        scene.mock.with(|workspace| {
            let it = workspace.conversation(conversation).unwrap();
            (it.team().map(|team| team.to_string()), it.admin())
        })
    };
    assert_eq!(shown(ana), (Some("201".to_owned()), None));
    assert_eq!(shown(ben), (Some("202".to_owned()), None));
    let pauses = journaled(&mut scene.watch);
    let pauses = pauses.iter().filter(|it| matches!(it, Event::AssignmentPaused { .. }));
    assert_eq!(pauses.count(), 1);

    let Scene { stage, mock, .. } = scene;
    stage.stop().await;
    let (second, watch) = journal();
    let scene = Scene::with(mock, second, watch).await;
    let eva = write(&scene.mock, "eva", "price?");
    let status = scene.until_waiting(3).await;
    assert_eq!(status["paused_since"], paused.body["since"]);
    let resumed = scene.post("/v1/resume").await;
    assert_eq!((resumed.status, &resumed.body["paused"]), (200, &json!(false)));
    for conversation in [ana, ben, eva] {
        owners(&scene.mock, conversation).await;
    }
    scene.stage.stop().await;
}

#[tokio::test]
async fn a_pause_that_the_journal_does_not_take_is_none() {
    let scene = Scene::new().await;
    scene.watch.broken.store(true, Ordering::SeqCst);
    let answer = scene.post("/v1/pause").await;
    assert_eq!(answer.status, 503);
    assert!(
        answer.body["error"].as_str().unwrap().starts_with("nothing has changed"),
        "{answer:?}"
    );
    let status = scene.status().await;
    assert_eq!(status["paused_since"], json!(null));
    assert_eq!(status["journal"]["writable"], false);
    assert_eq!(status["reasons"], json!(["the journal is not writable"]));
    scene.watch.broken.store(false, Ordering::SeqCst);
    assert_eq!(scene.post("/v1/pause").await.body["paused"], true);
    scene.stage.stop().await;
}

#[tokio::test]
async fn in_a_burst_a_pause_stops_what_has_not_begun_and_nothing_is_given_twice() {
    let scene = Scene::new().await;
    let conversations: Vec<_> =
        (0..120).map(|n| write(&scene.mock, &format!("user{n}"), "what is the price?")).collect();
    scene.until(|status| load(status) > 0).await;
    assert_eq!(scene.post("/v1/pause").await.status, 200);
    let status = scene
        .until(|status| {
            let known = status["conversations"] == 120;
            known && status["api"]["open_calls"] == 0 && waiting(status) + load(status) == 120
        })
        .await;
    let given = scene.mock.with(|workspace| {
        let admins = conversations.iter().map(|it| workspace.conversation(*it).unwrap().admin());
        admins.flatten().count()
    });
    assert_eq!(given as u64, load(&status), "who counts as given is given");
    scene.post("/v1/resume").await;
    for &conversation in &conversations {
        owners(&scene.mock, conversation).await;
    }
    scene.mock.drained().await;
    let assignments = scene.mock.with(|workspace| {
        let entries = workspace.journal().since(0).iter();
        let posts = entries.filter(|entry| {
            matches!(&entry.record, mock_intercom::Record::ApiCall { path, .. } if path.ends_with("/parts"))
        });
        posts.count()
    });
    assert_eq!(assignments, 240, "one call for the team and one for the teammate of each");
    scene.stage.stop().await;
}

/// A mock that answers the first so many assignments a minute late, by a clock that can be moved.
async fn slow_mock(first: u64) -> mock_intercom::MockIntercom {
    let rule = json!({"name": "slow", "first": first, "then": {"latency": {"fixed": "1m"}},
        "api": {"method": "POST", "path": "/conversations/*/parts"}});
    let rule: FaultRule = serde_json::from_value(rule).unwrap();
    let file = WorkspaceFile { faults: vec![rule], ..WorkspaceFile::example() };
    let workspace = mock_intercom::Workspace::new(file).unwrap();
    let clock = Clock::scaled(Clock::System.now(), 1.0);
    let options = mock_intercom::ServeOptions { clock, ..mock_intercom::ServeOptions::default() };
    mock_intercom::MockIntercom::serve(workspace, options).await.unwrap()
}

#[tokio::test]
async fn a_drain_finishes_calls_begins_none_and_the_next_start_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let journal = || {
        let path = directory.path().join("router.db");
        stage::watch(Box::new(SqliteJournal::open(&path).unwrap()))
    };
    let (first, watch) = journal();
    let mut scene = Scene::with(slow_mock(1).await, first, watch).await;
    let ana = write(&scene.mock, "ana", "how much is it?");
    scene.until(|status| status["api"]["calls_in_flight"] == 1).await;

    // The answer does not come in time, and the drain says so.
    let late = scene.post("/v1/drain?within_seconds=1").await;
    assert_eq!(late.status, 200);
    let expected =
        json!({"draining": true, "drained": false, "calls_in_flight": 1, "calls_held": 0});
    assert_eq!(late.body, expected);
    let (status, reasons) = scene.stage.get("/readyz").await;
    assert_eq!(status, 503);
    assert!(reasons.contains("the router is draining"), "{reasons}");

    // A DM is taken all the same, and nothing is begun for it.
    let ben = write(&scene.mock, "ben", "it broke");
    scene.until(|status| status["drain"]["calls_held"] == 1).await;
    let drain = scene.post("/v1/drain");
    let answer = async {
        scene.until(|status| status["drain"]["calls_held"] == 1).await;
        scene.mock.advance(Duration::from_secs(60)).await.unwrap();
    };
    let (drained, ()) = tokio::join!(drain, answer);
    assert_eq!(drained.body["drained"], true, "{drained:?}");
    assert_eq!(drained.body["calls_in_flight"], 0);
    assert_eq!(drained.body["calls_held"], 2, "that for ana's teammate, that for ben's team");
    scene.mock.with(|workspace| {
        assert_eq!(workspace.conversation(ben).unwrap().team(), None);
        assert_eq!(workspace.conversation(ana).unwrap().admin(), None);
    });

    // What was held is known not to have been sent.
    journaled(&mut scene.watch);
    let Scene { stage, mock, mut watch } = scene;
    stage.stop().await;
    let unsent = journaled(&mut watch).into_iter().filter(|event| {
        matches!(
            event,
            Event::CallFinished { outcome: Outcome::NotSent { until_started: true }, .. }
        )
    });
    assert_eq!(unsent.count(), 2);
    let (second, watch) = journal();
    let scene = Scene::with(mock, second, watch).await;
    assert_eq!(scene.status().await["drain"], json!(null));
    assert_eq!(owners(&scene.mock, ana).await.0, "201");
    assert_eq!(owners(&scene.mock, ben).await.0, "202");
    scene.stage.stop().await;
}

#[tokio::test]
async fn a_drain_that_is_taken_back_goes_on_with_what_was_held() {
    let scene = Scene::new().await;
    let drained = scene.post("/v1/drain").await;
    assert_eq!((&drained.body["drained"], drained.status), (&json!(true), 200));
    let ana = write(&scene.mock, "ana", "how much is it?");
    let ben = write(&scene.mock, "ben", "it broke");
    scene.until(|status| status["drain"]["calls_held"] == 2).await;
    let gone = scene.ask(Method::DELETE, "/v1/drain", None).await;
    assert_eq!(gone.body["draining"], false, "{gone:?}");
    owners(&scene.mock, ana).await;
    owners(&scene.mock, ben).await;
    scene.stage.until_ready_is(200).await;
    let again = scene.ask(Method::DELETE, "/v1/drain", None).await;
    assert_eq!((again.status, &again.body["draining"]), (200, &json!(false)));
    scene.stage.stop().await;
}
