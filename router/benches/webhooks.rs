//! A flood of webhooks at the real service, from the mock, at a fixed rate whether or not it keeps up:
//!
//! ```text
//! cargo bench -p router --bench webhooks -- [--rate 2500] [--seconds 60] [--conversations 100000]
//! ```
//!
//! The router is a process of its own with its journal on the disk; the mock and the DMs live in this
//! one. First `rate` webhooks a second for so long; then DMs until so many conversations are open; then
//! a SIGKILL and a start on that journal. Reports what became of everything; asserts nothing.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "it measures, and stops if it cannot"
)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use mock_intercom::{
    InboundDm, MockIntercom, Outcome, Record, ServeOptions, Workspace, WorkspaceFile,
};
use router::notification::Topic;
use tokio::net::TcpListener;

const TOKEN: &str = "test-token";
const CLIENT_SECRET: &str = "client-secret";

/// A DM comes with a tag in a second call, and is given to a team and to a teammate.
const WEBHOOKS_PER_DM: u32 = 4;

/// Intercom's rate limit must not be what binds.
const CALLS_PER_WINDOW: u32 = 1_000_000;

/// Between two looks at what the mock has written down.
const LOOK_EVERY: Duration = Duration::from_millis(20);

const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
team.sales.intercom_team = 201
team.support.intercom_team = 202
fallback.assign = "support"
api = { calls_per_window = 1000000, share = 1.0, in_flight = 256 }

[[rule]]
name = "sales inquiry"
assign = "sales"
when.text = ["how much", "price", "cuánto"]
"#;

struct Options {
    rate: u32,
    seconds: u32,
    conversations: usize,
}

impl Options {
    fn read() -> Self {
        let mut options = Self { rate: 2_500, seconds: 60, conversations: 100_000 };
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        for pair in arguments.windows(2) {
            let number = || pair[1].parse().expect("a number follows");
            match pair[0].as_str() {
                "--rate" => options.rate = number(),
                "--seconds" => options.seconds = number(),
                "--conversations" => options.conversations = number() as usize,
                _ => {}
            }
        }
        options
    }
}

/// The service, as it would run.
struct Router {
    process: Child,
    url: String,
}

impl Router {
    /// Starts it and waits until it is ready to take webhooks.
    async fn start(directory: &Path, port: u16, mock_url: &str) -> Self {
        let config = format!(
            "listen = \"127.0.0.1:{port}\"\n[intercom]\nbase_url = \"{mock_url}\"\n[log]\nfilter = \"warn\"\n"
        );
        std::fs::write(directory.join("router.toml"), config).unwrap();
        std::fs::write(directory.join("rules.toml"), RULES).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_router"))
            .args(["serve", "--config"])
            .arg(directory.join("router.toml"))
            .envs([("INTERCOM_TOKEN", TOKEN), ("INTERCOM_CLIENT_SECRET", CLIENT_SECRET)])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let router = Self { process, url: format!("http://127.0.0.1:{port}") };
        let http = reqwest::Client::new();
        loop {
            let ready = http.get(format!("{}/readyz", router.url)).send().await;
            if ready.is_ok_and(|answer| answer.status() == 200) {
                return router;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A line of `/proc/PID/status`, in megabytes.
    fn memory_mb(&self, line: &str) -> u64 {
        let status = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(status).unwrap_or_default();
        let found = status.lines().find_map(|it| it.strip_prefix(line)).unwrap_or_default();
        let kilobytes = found.trim_matches(|c: char| !c.is_ascii_digit());
        kilobytes.parse::<u64>().unwrap_or_default() / 1_024
    }

    /// CPU seconds so far, user and system.
    fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()));
        let stat = stat.unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |index: usize| fields.get(index).and_then(|it| it.parse::<f64>().ok());
        // Linux counts in hundredths of a second.
        (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the mock has written down so far.
#[derive(Default)]
struct Tally {
    cursor: u64,
    answered: u64,
    refused: u64,
    took: Option<Histogram<u64>>,
}

impl Tally {
    fn look(&mut self, mock: &MockIntercom) {
        let took = self.took.get_or_insert_with(|| Histogram::new(3).expect("3 digits are valid"));
        mock.with(|workspace| {
            for entry in workspace.journal().since(self.cursor) {
                self.cursor = entry.index + 1;
                let Record::Delivery { outcome, took_us, .. } = &entry.record else { continue };
                match outcome {
                    Outcome::Answered(200) => self.answered += 1,
                    _ => self.refused += 1,
                }
                took.record(*took_us).expect("the histogram grows");
            }
        });
    }

    fn report(&self) -> String {
        let took = self.took.as_ref().expect("looked before");
        let at = |quantile: f64| took.value_at_quantile(quantile) as f64 / 1_000.0;
        format!(
            "{} answered 200, {} otherwise; acknowledged in ms: p50 {:.1}, p99 {:.1}, p99.9 {:.1}, max {:.1}",
            self.answered,
            self.refused,
            at(0.5),
            at(0.99),
            at(0.999),
            took.max() as f64 / 1_000.0
        )
    }
}

/// Writes DMs, so many a second, until there are `total`; returns how late the last one was.
async fn write_dms(mock: &MockIntercom, from: usize, total: usize, per_second: f64) -> Tally {
    let mut tally = Tally { cursor: mock.with(|it| it.journal().next_index()), ..Tally::default() };
    let began = Instant::now();
    let mut written = from;
    while written < total {
        let due = from + (began.elapsed().as_secs_f64() * per_second) as usize;
        for number in written..due.min(total) {
            let user = format!("user{number}");
            let text = ["how much is it?", "where is my order?"][number % 2].into();
            let dm = InboundDm { user, text, ..InboundDm::default() };
            let now = mock.now();
            mock.with(|workspace| workspace.receive_dm(now, dm)).expect("a DM is taken");
        }
        written = written.max(due.min(total));
        tally.look(mock);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    tally
}

/// Waits until every conversation has a teammate, a minute at the most; returns how many have none.
async fn until_all_assigned(mock: &MockIntercom, tally: &mut Tally) -> usize {
    let began = Instant::now();
    loop {
        tally.look(mock);
        let free = mock.with(|it| it.conversations().filter(|it| it.admin().is_none()).count());
        if free == 0 || began.elapsed() > Duration::from_secs(60) {
            return free;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let options = Options::read();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut file = WorkspaceFile::example();
    file.rate_limit.calls_per_window = CALLS_PER_WINDOW;
    file.rate_limit.workspace_calls_per_window = CALLS_PER_WINDOW;
    file.topics = Topic::subscribed().map(str::to_owned).collect();
    let workspace = Workspace::new(file).unwrap();
    let mock = MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let router = Router::start(directory.path(), port, mock.url()).await;
    mock.subscribe(format!("{}/webhooks/intercom", router.url), CLIENT_SECRET);
    mock.check_webhooks().await;

    let Options { rate, seconds, conversations } = options;
    let per_second = f64::from(rate) / f64::from(WEBHOOKS_PER_DM);
    let flood = (per_second * f64::from(seconds)) as usize;
    let (began, cpu) = (Instant::now(), router.cpu_seconds());
    let mut tally = write_dms(&mock, 0, flood, per_second).await;
    let wrote = began.elapsed();
    let free = until_all_assigned(&mock, &mut tally).await;
    let took = began.elapsed().as_secs_f64();
    println!("{flood} DMs in {:.1} s at {rate} webhooks/s asked for", wrote.as_secs_f64());
    println!("  {}", tally.report());
    println!(
        "  {:.0} webhooks/s; all but {free} conversations have a teammate {:.1} s after the last DM",
        (tally.answered + tally.refused) as f64 / took,
        took - wrote.as_secs_f64()
    );
    println!(
        "  router: {:.1} s of CPU, at most {} MB",
        router.cpu_seconds() - cpu,
        router.memory_mb("VmHWM:")
    );

    let mut tally = write_dms(&mock, flood, conversations.max(flood), per_second).await;
    let free = until_all_assigned(&mock, &mut tally).await;
    let open = mock.with(|it| it.conversation_count());
    println!("{open} conversations open, {free} without a teammate");
    println!("  {}", tally.report());
    println!(
        "  router: {} MB now, at most {} MB",
        router.memory_mb("VmRSS:"),
        router.memory_mb("VmHWM:")
    );
    drop(router);
    let size = std::fs::metadata(directory.path().join("router.db")).map_or(0, |it| it.len());
    let began = Instant::now();
    let router = Router::start(directory.path(), port, mock.url()).await;
    println!(
        "after SIGKILL: ready again in {:.2} s, journal of {} MB, {} MB of memory",
        began.elapsed().as_secs_f64(),
        size >> 20,
        router.memory_mb("VmRSS:")
    );
}
