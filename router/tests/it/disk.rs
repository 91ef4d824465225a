//! A disk that is full: said, survived, and gone on from without a restart.

use std::process::Command;
use std::time::Duration;

use mock_intercom::{ConversationId, MockIntercom, Moment, ServeOptions, Workspace, WorkspaceFile};
use router::Clock;

use crate::end_to_end::{owners, write};
use crate::process::{Service, free_address};
use crate::stage::CLIENT_SECRET;

/// Files of the router cannot grow beyond that: writing fails as on a full disk, and the signal that
/// comes with it is ignored.
const SMALL: &str = "trap '' XFSZ; ulimit -S -f 512;";

fn write_dm(mock: &MockIntercom, number: usize) -> ConversationId {
    write(mock, &format!("user{number}"), "what is the price?")
}

/// Waits until every one of them has a team and a teammate.
async fn all_owned(mock: &MockIntercom, conversations: &[ConversationId]) {
    for conversation in conversations {
        owners(mock, *conversation).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_gone_on_from_when_it_is_freed() {
    let lifted = Command::new("prlimit").arg("--version").output();
    if lifted.is_err() {
        assert_ne!(option_env!("CI"), Some("true"), "prlimit is missing");
        return println!("skipped: there is no prlimit to give the disk back with");
    }
    // What is answered 503 is sent again a minute later: here that takes a second.
    let now = Moment::from_micros(Clock::system().now().as_micros());
    let clock = mock_intercom::Clock::scaled(now, 60.0);
    let options = ServeOptions { clock, ..ServeOptions::default() };
    let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
    let mock = MockIntercom::serve(workspace, options).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let service = Service {
        before: SMALL,
        config: "[log]\nfilter = \"off\"\n",
        ..Service::new(directory.path(), free_address().await, mock.url())
    };
    let router = service.start().await;
    service.until_ready_is(200).await;
    mock.subscribe(format!("{}/webhooks/intercom", service.url()), CLIENT_SECRET);

    let mut conversations = Vec::new();
    // Until the disk is full.
    let full = "the journal is not writable";
    while !service.get("/readyz").await.1.contains(full) {
        assert!(conversations.len() < 5_000, "the disk does not fill");
        conversations.push(write_dm(&mock, conversations.len()));
    }
    assert_eq!(service.get("/readyz").await.0, 503);
    for _ in 0..20 {
        conversations.push(write_dm(&mock, conversations.len()));
    }
    let (_, metrics) = service.get("/metrics").await;
    assert!(!metrics.contains("router_journal_failures_total 0\n"), "{metrics}");

    let id = router.0.id().to_string();
    let freed = Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited"]).status();
    assert!(freed.unwrap().success());
    let mut looks = tokio::time::interval(Duration::from_millis(20));
    while service.get("/readyz").await.1.contains(full) {
        looks.tick().await;
    }
    tokio::time::timeout(Duration::from_secs(60), all_owned(&mock, &conversations)).await.unwrap();
    let (_, metrics) = service.get("/metrics").await;
    assert!(metrics.contains(r#"outcome="not_recorded"} "#), "{metrics}");
    assert_eq!(router.terminate(), Some(0));
}
