//! `POST /webhooks/intercom` and its neighbours.

use std::sync::atomic::Ordering;

use engine::{Event, Outcome};
use mock_intercom::{MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use router::journal::Body;
use router::signature;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::stage::{self, CLIENT_SECRET, Stage, Watch};

const CREATED: &[u8] = include_bytes!("../fixtures/created_2_16.json");
const PING: &[u8] = include_bytes!("../fixtures/ping_2026.json");

async fn mock() -> MockIntercom {
    let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
    MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap()
}

/// A router that has loaded its roster, with nothing else in the watch.
async fn ready() -> (Stage, Watch, MockIntercom) {
    let mock = mock().await;
    let (journal, mut watch) = stage::watched();
    let stage = Stage::start(stage::config(mock.url()), journal).await;
    until(&mut watch, |event| {
        matches!(event, Event::CallFinished { outcome: Outcome::Roster(_), .. })
    })
    .await;
    while watch.appending.try_recv().is_ok() {}
    (stage, watch, mock)
}

async fn until(watch: &mut Watch, wanted: impl Fn(&Event) -> bool) {
    loop {
        let entry = watch.recorded.recv().await.unwrap();
        if matches!(&entry.body, Body::Event(event) if wanted(event)) {
            return;
        }
    }
}

/// Nothing but what the router does on its own is in the journal.
fn nothing_delivered(watch: &mut Watch) {
    while let Ok(entry) = watch.recorded.try_recv() {
        let own = matches!(entry.body, Body::Event(Event::CallFinished { .. }));
        assert!(own, "left a trace: {entry:?}");
    }
}

#[tokio::test]
async fn a_wrong_signature_is_401_and_leaves_no_trace_but_a_counter() {
    let (stage, mut watch, _mock) = ready().await;
    assert_eq!(stage.deliver_signed(CREATED, None).await, 401);
    let forged = signature::sign(b"another secret", CREATED);
    assert_eq!(stage.deliver_signed(CREATED, Some(&forged)).await, 401);
    let other = signature::sign(CLIENT_SECRET.as_bytes(), PING);
    assert_eq!(stage.deliver_signed(CREATED, Some(&other)).await, 401);
    assert_eq!(stage.deliver_signed(b"{", Some("sha1=zz")).await, 401);
    nothing_delivered(&mut watch);
    let (_, metrics) = stage.get("/metrics").await;
    let counter = r#"router_webhook_received_total{topic="unknown",outcome="bad_signature"} 4"#;
    assert!(metrics.contains(counter), "{metrics}");
    stage.stop().await;
}

#[tokio::test]
async fn head_validates_the_url() {
    let (stage, _watch, _mock) = ready().await;
    let response = stage.http.head(stage.webhook_url()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let response = stage.http.get(stage.webhook_url()).send().await.unwrap();
    assert_eq!(response.status(), 405);
    stage.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_200_and_becomes_a_dead_letter() {
    let (stage, mut watch, _mock) = ready().await;
    for body in [&b"{"[..], b"", b"[]", b"\xff\xfe", br#"{"topic":"ping"}"#] {
        assert_eq!(stage.deliver(body).await, 200);
        // Whoever signs it with something else leaves no trace.
        let forged = signature::sign(b"another secret", body);
        assert_eq!(stage.deliver_signed(&[body, b" "].concat(), Some(&forged)).await, 401);
    }
    nothing_delivered(&mut watch);
    // Repeated by Intercom, with another count of attempts in it.
    for attempt in 1..=2 {
        let odd = format!(
            r#"{{"topic":"conversation.user.created","id":"notif_x","delivery_attempts":{attempt}}}"#
        );
        assert_eq!(stage.deliver(odd.as_bytes()).await, 200);
    }
    let (_, metrics) = stage.get("/metrics").await;
    for line in [
        r#"router_webhook_received_total{topic="unknown",outcome="dead_letter"} 4"#,
        r#"router_webhook_received_total{topic="ping",outcome="dead_letter"} 1"#,
        r#"router_webhook_received_total{topic="conversation.user.created",outcome="dead_letter"} 1"#,
        r#"router_webhook_received_total{topic="conversation.user.created",outcome="duplicate"} 1"#,
        r#"router_dead_letters{kind="unreadable"} 6"#,
        r#"router_dead_letters{kind="poison"} 0"#,
        "router_dead_letters_dropped_total 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is missing in {metrics}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_503_while_the_journal_fails() {
    let (stage, watch, _mock) = ready().await;
    stage.until_ready_is(200).await;
    watch.broken.store(true, Ordering::SeqCst);
    assert_eq!(stage.deliver(b"{").await, 503);
    stage.until_ready_is(503).await;
    watch.broken.store(false, Ordering::SeqCst);
    assert_eq!(stage.deliver(b"{").await, 200);
    stage.until_ready_is(200).await;
    stage.until_metrics_say(r#"router_dead_letters{kind="unreadable"} 1"#).await;
    stage.stop().await;
}

#[tokio::test]
async fn of_another_workspace_not_even_what_cannot_be_read_is_kept() {
    let mock = mock().await;
    let (journal, _watch) = stage::watched();
    let mut config = stage::config(mock.url());
    config.intercom.app_id = Some("ours".to_owned());
    let stage = Stage::start(config, journal).await;
    assert_eq!(stage.deliver(br#"{"app_id":"theirs"}"#).await, 200);
    assert_eq!(stage.deliver(br#"{"app_id":"ours"}"#).await, 200);
    stage.until_metrics_say(r#"router_dead_letters{kind="unreadable"} 1"#).await;
    let counted = r#"router_webhook_received_total{topic="unknown",outcome="other_app"} 1"#;
    stage.until_metrics_say(counted).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_what_cannot_be_read_leaves_room_for_the_rest() {
    let (stage, watch, _mock) = ready().await;
    stage.until_ready_is(200).await;
    let held = watch.gate.clone().lock_owned().await;
    let mut flood = tokio::task::JoinSet::new();
    for number in 0..64 {
        let (http, url, body) = (stage.http.clone(), stage.webhook_url(), format!("{{{number}"));
        let signature = signature::sign(CLIENT_SECRET.as_bytes(), body.as_bytes());
        let request = http.post(url).header("X-Hub-Signature", signature).body(body);
        flood.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    // Those beyond the 32 are answered at once.
    for _ in 0..32 {
        assert_eq!(flood.join_next().await.unwrap().unwrap(), 503);
    }
    let (created, ()) = tokio::join!(stage.deliver(CREATED), async { drop(held) });
    assert_eq!(created, 200);
    while let Some(status) = flood.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    stage.until_metrics_say(r#"router_dead_letters{kind="unreadable"} 32"#).await;
    stage.stop().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let mock = mock().await;
    let (journal, mut watch) = stage::watched();
    let mut config = stage::config(mock.url());
    config.limits.body_bytes = PING.len();
    let stage = Stage::start(config, journal).await;
    assert_eq!(stage.deliver(PING).await, 200);
    let longer = [PING, b" "].concat();
    assert_eq!(stage.deliver(&longer).await, 413);
    watch.recorded.close();
    stage.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let (stage, mut watch, _mock) = ready().await;
    let address = stage.url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = "POST /webhooks/intercom HTTP/1.1\r\nHost: router\r\nContent-Length: 100\r\n\r\n{";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 64];
    let length = connection.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    let counted = r#"router_webhook_received_total{topic="unknown",outcome="slow_body"} 1"#;
    stage.until_metrics_say(counted).await;
    nothing_delivered(&mut watch);
    stage.stop().await;
}

#[tokio::test]
async fn topics_that_are_not_ours_are_200_and_ignored() {
    let (stage, mut watch, _mock) = ready().await;
    assert_eq!(stage.deliver(PING).await, 200);
    let unknown = br#"{"topic":"content_stat.news_item","id":"notif_1","data":{"item":{}}}"#;
    assert_eq!(stage.deliver(unknown).await, 200);
    nothing_delivered(&mut watch);
    let (_, metrics) = stage.get("/metrics").await;
    let counter = r#"router_webhook_received_total{topic="other",outcome="ignored"} 1"#;
    assert!(metrics.contains(counter), "{metrics}");
    stage.stop().await;
}

#[tokio::test]
async fn another_workspace_is_200_and_ignored() {
    let mock = mock().await;
    let (journal, mut watch) = stage::watched();
    let mut config = stage::config(mock.url());
    config.intercom.app_id = Some("another".to_owned());
    let stage = Stage::start(config, journal).await;
    until(&mut watch, |event| *event == Event::RouterStarted).await;
    assert_eq!(stage.deliver(CREATED).await, 200);
    nothing_delivered(&mut watch);
    stage.stop().await;
}

#[tokio::test]
async fn a_repetition_is_200_and_recorded_once() {
    let (stage, mut watch, _mock) = ready().await;
    assert_eq!(stage.deliver(CREATED).await, 200);
    until(&mut watch, |event| matches!(event, Event::ConversationChanged { .. })).await;
    assert_eq!(stage.deliver(CREATED).await, 200);
    nothing_delivered(&mut watch);
    let (_, metrics) = stage.get("/metrics").await;
    for outcome in ["accepted", "duplicate"] {
        let labels = format!(r#"topic="conversation.user.created",outcome="{outcome}""#);
        let counter = format!("router_webhook_received_total{{{labels}}} 1");
        assert!(metrics.contains(&counter), "{metrics}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_failing_journal_is_503_until_it_works_again() {
    let (stage, mut watch, _mock) = ready().await;
    stage.until_ready_is(200).await;
    watch.broken.store(true, Ordering::SeqCst);
    assert_eq!(stage.deliver(CREATED).await, 503);
    let body = stage.until_ready_is(503).await;
    assert!(body.contains("the journal is not writable"), "{body}");
    nothing_delivered(&mut watch);
    // Nobody delivers anything: the router itself finds out that it works again.
    watch.broken.store(false, Ordering::SeqCst);
    stage.until_ready_is(200).await;
    assert_eq!(stage.deliver(CREATED).await, 200);
    until(&mut watch, |event| matches!(event, Event::ConversationChanged { .. })).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_intake_is_503_at_once() {
    let mock = mock().await;
    let (journal, mut watch) = stage::watched();
    let mut config = stage::config(mock.url());
    config.limits.intake = 1;
    let stage = Stage::start(config, journal).await;
    stage.until_ready_is(200).await;
    while watch.appending.try_recv().is_ok() {}

    let held = watch.gate.clone().lock_owned().await;
    let body = |id: u32| {
        let text = std::str::from_utf8(CREATED).unwrap();
        text.replace("000000000216", &format!("{id:012}")).into_bytes()
    };
    {
        let (first, second, third) = (body(1), body(2), body(3));
        let first = stage.deliver(&first);
        tokio::pin!(first);
        tokio::select! {
            status = &mut first => panic!("answered {status} before it was durable"),
            _ = watch.appending.recv() => {}
        }
        // The first is being written; there is one place for the other two.
        let (second, third) = (stage.deliver(&second), stage.deliver(&third));
        tokio::pin!(second, third);
        let refused = tokio::select! {
            status = &mut second => (status, false),
            status = &mut third => (status, true),
        };
        assert_eq!(refused.0, 503);
        drop(held);
        assert_eq!(first.await, 200);
        assert_eq!(if refused.1 { second.await } else { third.await }, 200);
    }
    stage.stop().await;
}

#[tokio::test]
async fn ready_when_the_roster_is_loaded() {
    let refusing = wiremock::MockServer::start().await;
    let (journal, mut watch) = stage::watched();
    let stage = Stage::start(stage::config(&refusing.uri()), journal).await;
    until(&mut watch, |event| matches!(event, Event::CallFinished { .. })).await;
    assert_eq!(stage.get("/healthz").await.0, 200);
    let (status, body) = stage.get("/readyz").await;
    assert_eq!(status, 503);
    assert!(body.contains("teams and teammates are not loaded"), "{body}");
    assert!(!body.contains("journal"), "{body}");
    stage.stop().await;
}

#[tokio::test]
async fn only_those_who_may_send_are_listened_to() {
    let mut config = stage::config("http://127.0.0.1:9");
    config.webhooks.allow_from = vec!["34.231.68.152/32".parse().unwrap()];
    config.webhooks.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let (journal, _watch) = stage::watched();
    let stage = Stage::start(config, journal).await;
    let body = include_bytes!("../fixtures/created_2_16.json");
    let signature = router::signature::sign(stage::CLIENT_SECRET.as_bytes(), body);
    let deliver = async |forwarded: Option<&str>| {
        let mut request = stage.http.post(stage.webhook_url()).body(body.to_vec());
        if let Some(forwarded) = forwarded {
            request = request.header("X-Forwarded-For", forwarded);
        }
        let request = request.header("X-Hub-Signature", &signature);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(deliver(None).await, 403);
    assert_eq!(deliver(Some("34.231.68.152, 1.2.3.4")).await, 403);
    assert_eq!(deliver(Some("1.2.3.4, 34.231.68.152")).await, 200);
    let refused = r#"router_webhook_received_total{topic="unknown",outcome="other_sender"} 2"#;
    stage.until_metrics_say(refused).await;
    stage.stop().await;
}
