//! How fast the mock is on this machine: webhooks delivered and API calls answered per second, with
//! the receiver and the client in the same process.
//!
//! `cargo run --release -p mock-intercom --example throughput`

use std::time::Instant;

use mock_intercom::{
    ApiRequest, InboundDm, MockIntercom, Moment, RateLimit, ServeOptions, Workspace, WorkspaceFile,
};
use serde_json::json;

const DMS: usize = 20_000;
const CALLS: usize = 60_000;
const CLIENTS: usize = 32;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let rate_limit = RateLimit { calls_per_window: u32::MAX, ..RateLimit::default() };
    let file = WorkspaceFile { rate_limit, ..WorkspaceFile::example() };
    in_memory(Workspace::new(file.clone())?)?;
    let mock = MockIntercom::serve(Workspace::new(file)?, ServeOptions::default()).await?;
    let ids = webhooks(&mock).await?;
    calls(&mock, &ids).await
}

/// The workspace alone.
fn in_memory(mut workspace: Workspace) -> anyhow::Result<()> {
    let at = Moment::from_seconds(1_768_000_000);
    let started = Instant::now();
    for user in 0..DMS {
        let receipt = workspace.receive_dm(at, dm(user))?;
        let path = format!("/conversations/{}/parts", receipt.conversation_id);
        workspace.handle(at, &ApiRequest::new("POST", &path, "test-token").json(&assignment()));
        while workspace.poll_notification().is_some() {}
    }
    report("in memory: DMs brought in and assigned", DMS, started);
    Ok(())
}

async fn webhooks(mock: &MockIntercom) -> anyhow::Result<Vec<String>> {
    let receiver = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/hook", receiver.local_addr()?);
    let router = axum::Router::new().route("/hook", axum::routing::post(async |_: String| ()));
    tokio::spawn(async move { axum::serve(receiver, router).await });
    mock.subscribe(url, "secret");
    let started = Instant::now();
    let mut ids = Vec::with_capacity(DMS);
    for user in 0..DMS {
        let now = mock.now();
        let receipt = mock.with(|workspace| workspace.receive_dm(now, dm(user)))?;
        ids.push(receipt.conversation_id.to_string());
        // As many as a bridge would bring at once, so that sending and bringing overlap.
        if user % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    mock.drained().await;
    // A contact, a conversation and a tag each.
    report("HTTP: webhooks delivered", 3 * DMS, started);
    Ok(ids)
}

async fn calls(mock: &MockIntercom, ids: &[String]) -> anyhow::Result<()> {
    // Without the subscriber's share of the work: assignments fire webhooks, reads do not.
    let client = reqwest::Client::builder().no_proxy().build()?;
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..CLIENTS {
        let (client, url) = (client.clone(), mock.url().to_owned());
        let ids: Vec<String> = ids.iter().skip(number).step_by(CLIENTS).cloned().collect();
        tasks.spawn(async move {
            for id in ids.iter().cycle().take(CALLS / CLIENTS) {
                let get = client.get(format!("{url}/conversations/{id}"));
                get.bearer_auth("test-token").send().await?.error_for_status()?.bytes().await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    report("HTTP: API calls answered", CALLS, started);
    Ok(())
}

fn dm(user: usize) -> InboundDm {
    let text = "how much is the blue one, and do you ship to Spain?".to_owned();
    InboundDm { user: format!("user-{user}"), text, ..InboundDm::default() }
}

fn assignment() -> serde_json::Value {
    json!({"message_type": "assignment", "type": "team", "admin_id": "101", "assignee_id": "201"})
}

fn report(what: &str, count: usize, started: Instant) {
    let elapsed = started.elapsed();
    println!(
        "{what}: {count} in {elapsed:.2?}, {:.0} per second",
        count as f64 / elapsed.as_secs_f64()
    );
}
