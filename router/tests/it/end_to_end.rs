//! From a DM to a teammate, with the mock as Intercom.

use engine::Verdict;
use mock_intercom::{
    ConversationId, InboundDm, MockIntercom, ServeOptions, Workspace, WorkspaceFile,
};

use crate::stage::{self, CLIENT_SECRET, Stage};

async fn play() -> (Stage, MockIntercom, stage::Watch) {
    play_with(|config| config).await
}

async fn play_with(
    change: impl FnOnce(router::Config) -> router::Config,
) -> (Stage, MockIntercom, stage::Watch) {
    let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
    let mock = MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap();
    let (journal, watch) = stage::watched();
    let stage = Stage::start(change(stage::config(mock.url())), journal).await;
    mock.subscribe(stage.webhook_url(), CLIENT_SECRET);
    (stage, mock, watch)
}

pub(crate) fn write(mock: &MockIntercom, user: &str, text: &str) -> ConversationId {
    let dm = InboundDm { user: user.into(), text: text.into(), ..InboundDm::default() };
    let now = mock.now();
    mock.with(|workspace| workspace.receive_dm(now, dm)).unwrap().conversation_id
}

/// Team and teammate of a conversation, as soon as it has both.
pub(crate) async fn owners(mock: &MockIntercom, conversation: ConversationId) -> (String, String) {
    let mut changed = mock.changed();
    loop {
        changed.mark_unchanged();
        let owners = mock.with(|workspace| {
            let conversation = workspace.conversation(conversation).unwrap();
            conversation.team().zip(conversation.admin())
        });
        if let Some((team, admin)) = owners {
            return (team.to_string(), admin.to_string());
        }
        changed.changed().await.unwrap();
    }
}

#[tokio::test]
async fn a_dm_gets_a_team_and_a_teammate() {
    let (mut stage, mock, _watch) = play().await;
    let inquiry = write(&mock, "ana", "hi, how much is it?");
    let complaint = write(&mock, "ben", "it broke");
    let (team, admin) = owners(&mock, inquiry).await;
    assert_eq!(team, "201");
    assert!(["101", "102"].contains(&admin.as_str()), "{admin}");
    // Of team 202 one is away.
    assert_eq!(owners(&mock, complaint).await, ("202".to_owned(), "103".to_owned()));

    let mut assigned = 0;
    while assigned < 2 {
        if let Verdict::Assigned(_) = stage.decisions.recv().await.unwrap().verdict {
            assigned += 1;
        }
    }
    let (_, metrics) = stage.get("/metrics").await;
    for expected in [
        r#"router_webhook_received_total{topic="conversation.user.created",outcome="accepted"} 2"#,
        r#"router_fallback_total{reason="no_rule_matched"} 1"#,
        "router_time_to_assignment_seconds_count 2",
        "router_config_info{version=",
    ] {
        assert!(metrics.contains(expected), "{expected} is missing in\n{metrics}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn sixty_dms_are_shared_evenly_and_nobody_gets_two_owners() {
    let (stage, mock, _watch) = play().await;
    let conversations: Vec<_> =
        (0..60).map(|n| write(&mock, &format!("user{n}"), "what is the price?")).collect();
    let mut load = std::collections::BTreeMap::new();
    for &conversation in &conversations {
        let (team, admin) = owners(&mock, conversation).await;
        assert_eq!(team, "201");
        *load.entry(admin).or_insert(0) += 1;
    }
    assert_eq!(load.into_values().collect::<Vec<_>>(), [30, 30]);
    mock.drained().await;
    let calls = mock.with(|workspace| {
        let entries = workspace.journal().since(0).iter();
        let posts = entries.filter(|entry| {
            matches!(&entry.record, mock_intercom::Record::ApiCall { path, .. } if path.ends_with("/parts"))
        });
        posts.count()
    });
    assert_eq!(calls, 120, "one call for the team and one for the teammate of each");
    stage.stop().await;
}

#[tokio::test]
async fn a_dry_run_decides_and_changes_nothing() {
    let (mut stage, mock, _watch) = play_with(router::Config::for_dry_run).await;
    let inquiry = write(&mock, "ana", "hi, how much is it?");
    while !matches!(stage.decisions.recv().await.unwrap().verdict, Verdict::Assigned(_)) {}
    mock.drained().await;
    mock.with(|workspace| {
        let conversation = workspace.conversation(inquiry).unwrap();
        assert_eq!((conversation.team(), conversation.admin()), (None, None));
        let changed = workspace.journal().since(0).iter().any(|entry| {
            matches!(&entry.record, mock_intercom::Record::ApiCall { changes, .. } if !changes.is_empty())
        });
        assert!(!changed, "only reading is allowed");
    });
    stage.stop().await;
}
