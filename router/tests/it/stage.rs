//! A running router with its journal in view.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::{Decision, RulesSource, Seed, Timestamp};
use router::journal::{
    Appended, Checkpoint, DeadCounts, DeadLetter, DeadLetters, Entry, Journal, JournalError,
    MemoryJournal, Piece, Poison, Record, Tidying, Unreadable,
};
use router::pulse::Pulse;
use router::reload::RulesWatch;
use router::{Application, Clock, Config, Options, RunError, rules_file, signature};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

pub(crate) const TOKEN: &str = "test-token";
pub(crate) const CLIENT_SECRET: &str = "client-secret";

/// Everything goes to team 202 of the mock's example workspace, except what asks for a price.
pub(crate) const RULES: &str = r#"
version = 1
time_zone = "UTC"
channel.any = [{ tag = "tiktok" }, { source_type = "tiktok" }]
channel.settle_for = "1s"
team.sales.intercom_team = 201
team.support.intercom_team = 202
fallback.assign = "support"

[[rule]]
name = "sales inquiry"
assign = "sales"
when.text = ["how much", "price"]
"#;

/// A configuration for a router that talks to `base_url`.
pub(crate) fn config(base_url: &str) -> Config {
    let mut config = Config::new(SecretString::from(TOKEN), SecretString::from(CLIENT_SECRET));
    base_url.clone_into(&mut config.intercom.base_url);
    config
}

/// A client for tests' own requests.
pub(crate) fn client() -> reqwest::Client {
    // The first one to install a provider wins; it is the same one everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A router under test, and both ends of it.
pub(crate) struct Stage {
    pub(crate) url: String,
    /// Of the admin API, if the configuration has one.
    pub(crate) admin_url: Option<String>,
    pub(crate) http: reqwest::Client,
    pub(crate) decisions: mpsc::UnboundedReceiver<Decision>,
    pub(crate) pulse: Pulse,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), RunError>>,
}

impl Stage {
    /// Starts a router on a free port.
    pub(crate) async fn start(config: Config, journal: Box<dyn Journal>) -> Self {
        Self::start_with(config, journal, None).await
    }

    /// Starts a router whose rules may change.
    pub(crate) async fn start_with(
        config: Config,
        journal: Box<dyn Journal>,
        watch: Option<RulesWatch>,
    ) -> Self {
        Self::start_by(Clock::system(), config, journal, watch).await
    }

    /// Starts a router with a clock of its own.
    pub(crate) async fn start_by(
        clock: Clock,
        config: Config,
        journal: Box<dyn Journal>,
        watch: Option<RulesWatch>,
    ) -> Self {
        let options = Options { rules: watch, ..Options::default() };
        Self::start_so(clock, config, journal, options).await
    }

    /// Starts a router with what else it can be built with.
    pub(crate) async fn start_so(
        clock: Clock,
        config: Config,
        journal: Box<dyn Journal>,
        options: Options,
    ) -> Self {
        let (observer, decisions) = mpsc::unbounded_channel();
        let rules =
            rules_file::parse(Path::new("rules.toml"), &RulesSource::single(RULES)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let options = Options {
            decisions: Some(observer),
            seed: Some(Seed(7)),
            journal: Some(journal),
            ..options
        };
        let application = Application::build_with(config, rules, listener, clock, options);
        let application = application.await.unwrap();
        let url = format!("http://{}", application.local_addr());
        let admin_url = application.admin_addr().map(|address| format!("http://{address}"));
        let pulse = application.pulses().remove(0);
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(application.run(async { stopped.await.unwrap_or_default() }));
        Self { url, admin_url, http: client(), decisions, pulse, stop, running }
    }

    pub(crate) fn webhook_url(&self) -> String {
        format!("{}/webhooks/intercom", self.url)
    }

    /// Delivers a body, signed as Intercom signs it; returns the status.
    pub(crate) async fn deliver(&self, body: &[u8]) -> u16 {
        let signature = signature::sign(CLIENT_SECRET.as_bytes(), body);
        self.deliver_signed(body, Some(&signature)).await
    }

    pub(crate) async fn deliver_signed(&self, body: &[u8], signature: Option<&str>) -> u16 {
        let mut request = self.http.post(self.webhook_url()).body(body.to_vec());
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature", signature);
        }
        request.send().await.unwrap().status().as_u16()
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let response = self.http.get(format!("{}{path}", self.url)).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Waits until `/readyz` answers with this status.
    pub(crate) async fn until_ready_is(&self, status: u16) -> String {
        loop {
            let (found, body) = self.get("/readyz").await;
            if found == status {
                return body;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits until `/metrics` has this line.
    pub(crate) async fn until_metrics_say(&self, line: &str) {
        while !self.get("/metrics").await.1.lines().any(|found| found == line) {
            tokio::task::yield_now().await;
        }
    }

    /// How it ended by itself.
    pub(crate) async fn ended(self) -> Result<(), RunError> {
        self.running.await.unwrap()
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        self.running.await.unwrap().unwrap();
    }
}

/// What a [`WatchedJournal`] tells, and how it can be told to misbehave.
pub(crate) struct Watch {
    /// Every entry that was recorded.
    pub(crate) recorded: mpsc::UnboundedReceiver<Entry>,
    /// While true, writing fails.
    pub(crate) broken: Arc<AtomicBool>,
    /// While locked, appending waits.
    pub(crate) gate: Arc<Mutex<()>>,
    /// Told when an append begins.
    pub(crate) appending: mpsc::UnboundedReceiver<usize>,
}

/// A journal that can be watched, broken and held.
pub(crate) struct WatchedJournal {
    inner: Box<dyn Journal>,
    recorded: mpsc::UnboundedSender<Entry>,
    broken: Arc<AtomicBool>,
    gate: Arc<Mutex<()>>,
    appending: mpsc::UnboundedSender<usize>,
}

/// A watched journal in memory.
pub(crate) fn watched() -> (Box<dyn Journal>, Watch) {
    watch(Box::new(MemoryJournal::new()))
}

pub(crate) fn watch(inner: Box<dyn Journal>) -> (Box<dyn Journal>, Watch) {
    let (recorded, recorded_receiver) = mpsc::unbounded_channel();
    let (appending, appending_receiver) = mpsc::unbounded_channel();
    let broken = Arc::<AtomicBool>::default();
    let gate = Arc::<Mutex<()>>::default();
    let watch = Watch {
        recorded: recorded_receiver,
        broken: Arc::clone(&broken),
        gate: Arc::clone(&gate),
        appending: appending_receiver,
    };
    (Box::new(WatchedJournal { inner, recorded, broken, gate, appending }), watch)
}

impl WatchedJournal {
    fn fail_if_broken(&self) -> Result<(), JournalError> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(JournalError::Store(rusqlite::Error::InvalidQuery));
        }
        Ok(())
    }
}

impl DeadLetters for WatchedJournal {
    fn keep_unreadable(
        &mut self,
        at: Timestamp,
        letters: &[Unreadable],
    ) -> Result<Vec<Appended>, JournalError> {
        drop(self.gate.blocking_lock());
        self.fail_if_broken()?;
        self.inner.keep_unreadable(at, letters)
    }

    fn leave_out(&mut self, poison: &Poison) -> Result<(), JournalError> {
        self.fail_if_broken()?;
        self.inner.leave_out(poison)
    }

    fn left_out(&mut self, after: u64) -> Result<BTreeSet<u64>, JournalError> {
        self.inner.left_out(after)
    }

    fn letters(&mut self) -> Result<Vec<DeadLetter>, JournalError> {
        self.inner.letters()
    }

    fn letter(&mut self, number: u64) -> Result<Option<(DeadLetter, Vec<u8>)>, JournalError> {
        self.inner.letter(number)
    }

    fn discard(&mut self, number: u64) -> Result<bool, JournalError> {
        self.fail_if_broken()?;
        self.inner.discard(number)
    }

    fn dead_counts(&mut self) -> Result<DeadCounts, JournalError> {
        self.inner.dead_counts()
    }
}

impl Journal for WatchedJournal {
    fn append(&mut self, entries: &[Entry]) -> Result<Vec<Appended>, JournalError> {
        let _ = self.appending.send(entries.len());
        drop(self.gate.blocking_lock());
        self.fail_if_broken()?;
        let appended = self.inner.append(entries)?;
        for (entry, appended) in entries.iter().zip(&appended) {
            if *appended == Appended::Recorded {
                let _ = self.recorded.send(entry.clone());
            }
        }
        Ok(appended)
    }

    fn read(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        self.inner.read(after, limit)
    }

    fn last_sequence(&mut self) -> Result<u64, JournalError> {
        self.inner.last_sequence()
    }

    fn probe(&mut self) -> Result<(), JournalError> {
        self.fail_if_broken()
    }

    fn keep_piece(&mut self, piece: Piece<'_>) -> Result<(), JournalError> {
        self.fail_if_broken()?;
        self.inner.keep_piece(piece)
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, JournalError> {
        self.inner.checkpoint()
    }

    fn tidy(&mut self, tidying: &Tidying, limit: usize) -> Result<bool, JournalError> {
        self.fail_if_broken()?;
        self.inner.tidy(tidying, limit)
    }

    fn finish(&mut self) -> Result<(), JournalError> {
        self.inner.finish()
    }
}
