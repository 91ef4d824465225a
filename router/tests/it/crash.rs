//! The router is killed in the middle of a burst, again and again, and started on the same journal.
//!
//! Three times by default, at moments that a seed decides; `CRASH_TEST_KILLS=50` kills more often, and
//! `CRASH_TEST_SEED` at other moments.
//!
//! Three processes, as in production: the mock, `router serve`, and this one, which writes the DMs
//! and passes the webhooks on, so that it knows which of them got a 200.
//!
//! The mock's process is this test binary once more, see [`the_mocks_process`]: to build the mock's
//! own binary from within a test would build half the workspace with other features.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bytes::Bytes;
use mock_intercom::{ServeOptions, Workspace, WorkspaceFile, serve};
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::process::{Process, Service, free_address, until_up};
use crate::stage::{self, CLIENT_SECRET};

/// How often the router is killed, and which moments are chosen: variables of the environment.
const KILLS: &str = "CRASH_TEST_KILLS";
const SEED: &str = "CRASH_TEST_SEED";

/// Between two kills so many DMs are acknowledged, at random: from while it starts to while it assigns.
const BETWEEN: std::ops::Range<usize> = 5..150;

/// Written after the last one.
const DMS_AFTER: usize = 50;

/// How many DMs are written at the same time, each so often, until the last kill.
const WRITERS: usize = 4;
const WRITE_EVERY: Duration = Duration::from_millis(10);

/// Where the mock's process listens and sends webhooks to: variables of its environment.
const ADDRESS: &str = "CRASH_TEST_MOCK_ADDRESS";
const WEBHOOK_URL: &str = "CRASH_TEST_WEBHOOK_URL";

/// By then everything has happened that ever will: so long, and so much longer for each kill.
const DEADLINE: Duration = Duration::from_secs(90);
const DEADLINE_PER_KILL: Duration = Duration::from_secs(10);

/// Between two looks at another process.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Passes webhooks on to the router, and remembers the conversations whose beginning it
/// acknowledged.
struct Relay {
    router: String,
    http: reqwest::Client,
    acknowledged: Mutex<BTreeSet<String>>,
}

impl Relay {
    async fn start(router: SocketAddr) -> (Arc<Self>, String) {
        let relay = Arc::new(Self {
            router: format!("http://{router}/webhooks/intercom"),
            http: stage::client(),
            acknowledged: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let routes = Router::new().route("/", post(pass_on)).with_state(Arc::clone(&relay));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (relay, url)
    }

    /// Delivers that a contact was deleted whom nobody knows. Whether the router hears it is left
    /// to chance.
    async fn forget_somebody(&self, number: u32) {
        let body = json!({
            "type": "notification_event", "app_id": "mock_app", "id": format!("notif_forget_{number}"),
            "topic": "contact.deleted", "created_at": 1_795_176_000,
            "data": {"item": {"type": "contact", "id": format!("gone-{number}")}},
        })
        .to_string();
        let signature = router::signature::sign(CLIENT_SECRET.as_bytes(), body.as_bytes());
        let request = self.http.post(&self.router).header("X-Hub-Signature", signature);
        let _ = request.body(body).send().await;
    }

    fn acknowledged(&self) -> BTreeSet<String> {
        self.acknowledged.lock().unwrap().clone()
    }
}

async fn pass_on(State(relay): State<Arc<Relay>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let notification: Value = serde_json::from_slice(&body).unwrap();
    let signature = headers["x-hub-signature"].clone();
    let request = relay.http.post(&relay.router).header("X-Hub-Signature", signature).body(body);
    let Ok(response) = request.send().await else {
        return StatusCode::BAD_GATEWAY;
    };
    if response.status() == 200 && notification["topic"] == "conversation.user.created" {
        let id = text(&notification["data"]["item"]["id"]);
        relay.acknowledged.lock().unwrap().insert(id);
    }
    response.status()
}

/// Ids are numbers here and strings there.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// Intercom's stand-in, from outside.
#[derive(Clone)]
struct Mock {
    url: String,
    http: reqwest::Client,
}

impl Mock {
    async fn write_dm(&self, number: usize) {
        let dm = json!({"user": format!("user{number}"), "text": "what is the price?"});
        let request = self.http.post(format!("{}/_mock/dms", self.url)).json(&dm);
        assert_eq!(request.send().await.unwrap().status(), 200);
    }

    /// Writes DMs until it is told to stop, and then so many more.
    async fn write_dms(self, stop: Arc<AtomicBool>, more: usize) {
        let numbers = Arc::new(AtomicUsize::new(0));
        let mut writers = tokio::task::JoinSet::new();
        for _ in 0..WRITERS {
            let (mock, stop, numbers) = (self.clone(), Arc::clone(&stop), Arc::clone(&numbers));
            writers.spawn(async move {
                let mut ticks = tokio::time::interval(WRITE_EVERY);
                while !stop.load(Ordering::Relaxed) {
                    ticks.tick().await;
                    mock.write_dm(numbers.fetch_add(1, Ordering::Relaxed)).await;
                }
            });
        }
        while let Some(written) = writers.join_next().await {
            written.unwrap();
        }
        for _ in 0..more {
            self.write_dm(numbers.fetch_add(1, Ordering::Relaxed)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.http.get(format!("{}{path}", self.url)).send().await.unwrap();
        response.json().await.unwrap()
    }

    /// The conversations that have a teammate.
    async fn assigned(&self) -> BTreeSet<String> {
        let answer = self.get("/_mock/conversations?limit=10000").await;
        let rows = answer["conversations"].as_array().unwrap();
        let assigned = rows.iter().filter(|row| !row["admin"].is_null() && row["admin"] != 0);
        assigned.map(|row| text(&row["id"])).collect()
    }

    /// Every assignment that was ever made, by conversation: what the journal says of each.
    async fn assignments(&self) -> BTreeMap<String, Vec<Value>> {
        let mut assignments: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let mut next = Value::from(0);
        loop {
            let page = self.get(&format!("/_mock/journal?limit=10000&after={next}")).await;
            assert_eq!(page["dropped"], 0);
            let entries = page["entries"].as_array().unwrap();
            if entries.is_empty() {
                return assignments;
            }
            let changes = entries.iter().filter_map(|entry| entry["changes"].as_array()).flatten();
            for change in changes.filter(|change| change["change"] == "assigned") {
                let conversation = text(&change["conversation"]);
                assignments.entry(conversation).or_default().push(change.clone());
            }
            next = page["next"].clone();
        }
    }
}

/// A number from the environment.
fn number(name: &str, default: u32) -> u32 {
    #[expect(clippy::disallowed_methods, reason = "a test is told how long to go on")]
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_dm_ends_assigned_once() {
    let (kills, seed) = (number(KILLS, 3), number(SEED, 7));
    let deadline = DEADLINE + DEADLINE_PER_KILL * kills;
    let played = tokio::time::timeout(deadline, play(kills, seed)).await;
    played.expect("some acknowledged DMs were never assigned");
}

async fn play(kills: u32, seed: u32) {
    let directory = tempfile::tempdir().unwrap();
    let (router_address, mock_address) = (free_address().await, free_address().await);
    let (relay, relay_url) = Relay::start(router_address).await;
    let (_mock_process, mock) = start_mock(mock_address, &relay_url).await;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed.into());
    let service = Service::new(directory.path(), router_address, &mock.url);
    let mut router = service.start().await;

    let stop = Arc::<AtomicBool>::default();
    let writing = tokio::spawn(mock.clone().write_dms(Arc::clone(&stop), DMS_AFTER));
    let mut killed_at = Vec::new();
    for number in 0..kills {
        let enough = relay.acknowledged().len() + random.random_range(BETWEEN);
        // Whoever is to be forgotten makes the router take a checkpoint: it is killed in those, too.
        relay.forget_somebody(number).await;
        while relay.acknowledged().len() < enough {
            tokio::task::yield_now().await;
        }
        router.kill();
        killed_at.push((relay.acknowledged().len(), mock.assigned().await.len()));
        router = service.start().await;
    }
    stop.store(true, Ordering::Relaxed);
    writing.await.unwrap();
    let mut looks = tokio::time::interval(LOOK_EVERY);
    // What Intercom's second tries bring later is another story.
    let acknowledged = relay.acknowledged();
    while !acknowledged.is_subset(&mock.assigned().await) {
        looks.tick().await;
    }
    let assignments = mock.assignments().await;
    for conversation in &acknowledged {
        let assigned = &assignments[conversation];
        let owners = assigned.iter().filter_map(|change| change["to"].get("admin").map(text));
        let owners: BTreeSet<String> = owners.collect();
        assert_eq!(owners.len(), 1, "{conversation} was given to {owners:?}: {assigned:#?}");
    }
    let all = acknowledged.len();
    println!("seed {seed}: {kills} kills, {all} DMs acknowledged, each assigned to one teammate");
    println!("acknowledged and assigned at the kills: {killed_at:?}");
    drop(router);
}

/// Serves the mock where [`ADDRESS`] says, until it is killed. Without the variable, which only the
/// crash test sets, there is nothing to do.
#[tokio::test]
async fn the_mocks_process() {
    #[expect(clippy::disallowed_methods, reason = "a process gets its arguments somehow")]
    let given = (std::env::var(ADDRESS), std::env::var(WEBHOOK_URL));
    let (Ok(address), Ok(webhook_url)) = given else { return };
    let listener = TcpListener::bind(address).await.unwrap();
    let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
    let mock = serve(listener, workspace, ServeOptions::default()).await.unwrap();
    mock.subscribe(webhook_url, CLIENT_SECRET);
    std::future::pending::<()>().await;
}

async fn start_mock(address: SocketAddr, webhook_url: &str) -> (Process, Mock) {
    let myself = std::env::current_exe().unwrap();
    let arguments = ["--exact", "crash::the_mocks_process"];
    let environment = [(ADDRESS, &*address.to_string()), (WEBHOOK_URL, webhook_url)];
    let process = Process::start(&myself, &arguments, &environment);
    let url = format!("http://{address}");
    until_up(&url, LOOK_EVERY).await;
    (process, Mock { url, http: stage::client() })
}
