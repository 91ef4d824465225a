//! What the router tells systemd, and that it tells it only while it works.

use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use engine::Event;
use router::journal::Body;
use router::pulse::Beat;

use crate::cli::SECRETS;
use crate::process::Process;
use crate::stage::{self, RULES, Stage};

/// Nobody listens there: no call succeeds, and none is needed.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn systemd_is_told_when_it_is_ready_that_it_works_and_when_it_stops() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("router.toml"), "listen = \"127.0.0.1:0\"\n").unwrap();
    std::fs::write(directory.path().join("rules.toml"), RULES).unwrap();
    let socket_path = directory.path().join("notify");
    let socket = UnixDatagram::bind(&socket_path).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let mut router = Process(
        Command::new(env!("CARGO_BIN_EXE_router"))
            .arg("serve")
            .current_dir(directory.path())
            .envs(SECRETS)
            .env("ROUTER_INTERCOM_BASE_URL", NOWHERE)
            .env("NOTIFY_SOCKET", &socket_path)
            .env("WATCHDOG_USEC", "300000")
            .spawn()
            .unwrap(),
    );
    let heard = || {
        let mut buffer = [0; 512];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let first = heard();
    assert!(first.contains("READY=1"), "{first}");
    let address = first.lines().find_map(|line| line.strip_prefix("STATUS=listening on "));
    TcpStream::connect(address.unwrap()).unwrap();
    for _ in 0..3 {
        assert_eq!(heard().trim(), "WATCHDOG=1");
    }
    router.signal("-TERM");
    let last = std::iter::repeat_with(heard).find(|told| told.trim() != "WATCHDOG=1").unwrap();
    assert_eq!(last.trim(), "STOPPING=1");
    assert_eq!(router.0.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pulse_stops_while_the_journal_hangs_and_comes_back() {
    let (journal, mut watch) = stage::watched();
    let stage = Stage::start(stage::config(NOWHERE), journal).await;
    assert_eq!(stage.pulse.feel(LONG).await, Beat::Felt);
    let held = watch.gate.clone().lock_owned().await;
    while watch.appending.try_recv().is_ok() {}
    let body = include_bytes!("../fixtures/created_2_16.json");
    let delivered = async { assert_eq!(stage.deliver(body).await, 200) };
    let felt = async {
        watch.appending.recv().await.unwrap();
        assert_eq!(stage.pulse.feel(Duration::from_millis(20)).await, Beat::Missed);
        drop(held);
        assert_eq!(stage.pulse.feel(LONG).await, Beat::Felt);
    };
    tokio::join!(delivered, felt);
    // Feeling leaves nothing in the journal: there is how it began, the webhook, and calls.
    let recorded = std::iter::from_fn(|| watch.recorded.try_recv().ok());
    let is_call = |body: &Body| matches!(body, Body::Event(Event::CallFinished { .. }));
    assert_eq!(recorded.filter(|entry| !is_call(&entry.body)).count(), 4);
    let pulse = stage.pulse.clone();
    stage.stop().await;
    assert_eq!(pulse.feel(LONG).await, Beat::Stopped);
}
