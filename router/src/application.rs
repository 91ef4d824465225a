//! The parts, put together in the order in which they start.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::{Engine, Policy, Seed};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::admin::{self, AdminListener, DecisionLog, Parts};
use crate::checkpoints::Checkpoints;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatcher::{ClientError, Dispatcher};
use crate::driver::{Asked, Driver, Observer};
use crate::http::{self, State};
use crate::intake;
use crate::journal::{Journal, JournalError, SqliteJournal, Writer};
use crate::metrics::Metrics;
use crate::publish::Publisher;
use crate::pulse::Pulse;
use crate::readiness::Readiness;
use crate::recovery::{self, Recovered, RecoveryError, TakeIn};
use crate::reload::{Reloader, RulesWatch};
use crate::rules_file::LoadedRules;
use crate::shadow;

/// How long requests under way may take to finish when the router stops.
const LAST_REQUESTS: Duration = Duration::from_secs(6);

/// A router, ready to run.
#[derive(Debug)]
pub struct Application {
    listener: TcpListener,
    local_addr: SocketAddr,
    http: axum::Router,
    driver: Driver,
    readiness: Arc<Readiness>,
    pulse: Pulse,
    /// With what to watch, if the rules may change.
    reloader: Option<(Reloader, RulesWatch)>,
    /// Where rules to compare with come from, and go to.
    shadow: Option<(RulesWatch, mpsc::Sender<Box<Policy>>)>,
    /// The admin API, if there is to be one.
    admin: Option<AdminListener>,
}

/// What a router can be built with beyond its configuration.
pub struct Options {
    /// Receives every decision. Nobody waits for the receiver, so it must keep up.
    pub decisions: Option<Observer>,
    /// Seeds a new journal; a journal that exists has its own.
    pub seed: Option<Seed>,
    /// Takes the place of the SQLite journal of the configuration.
    pub journal: Option<Box<dyn Journal>>,
    /// Exchanges the rules when their file changes; without it they stay as they are.
    pub rules: Option<RulesWatch>,
    /// Rules that decisions are compared with.
    pub shadow: Option<RulesWatch>,
    /// How the engine takes in an event: in tests, one that panics.
    pub take_in: TakeIn,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            decisions: None,
            seed: None,
            journal: None,
            rules: None,
            shadow: None,
            take_in: Engine::handle_event,
        }
    }
}

/// Why a router cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The journal cannot be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be replayed.
    #[error("the journal cannot be replayed")]
    Recovery(#[from] RecoveryError),
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The address of the admin API cannot be listened on.
    #[error("cannot listen on {address} for the admin API")]
    Admin {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system refuses a thread or the listener's address.
    #[error("the system refuses")]
    System(#[source] std::io::Error),
}

/// Why a router ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The listener failed.
    #[error("the listener failed")]
    Listener(#[source] std::io::Error),
    /// The journal failed at the end.
    #[error("the journal failed while the router stopped")]
    Journal(#[from] JournalError),
    /// The driver broke one of its own assertions.
    #[error("the driver failed")]
    Driver(#[source] tokio::task::JoinError),
}

impl Application {
    /// Opens the journal, replays it, and puts the parts together; nothing runs yet.
    ///
    /// # Errors
    ///
    /// If the journal cannot be opened or replayed, or the system refuses something.
    pub async fn build(
        config: Config,
        rules: LoadedRules,
        listener: TcpListener,
        clock: Clock,
    ) -> Result<Self, StartError> {
        Self::build_with(config, rules, listener, clock, Options::default()).await
    }

    /// Like [`Self::build`], with options.
    ///
    /// # Errors
    ///
    /// As [`Self::build`].
    pub async fn build_with(
        config: Config,
        rules: LoadedRules,
        listener: TcpListener,
        clock: Clock,
        options: Options,
    ) -> Result<Self, StartError> {
        let local_addr = listener.local_addr().map_err(StartError::System)?;
        let metrics = Arc::new(Metrics::new());
        metrics.set_rules(rules.policy.version());
        let readiness = Arc::new(Readiness::default());
        let (asker, questions) = admin::channel();
        // Only who can be asked for decisions keeps them.
        let log = config.admin.as_ref().map(|_| Arc::<DecisionLog>::default());
        let admin = log.clone().map(|decisions| Parts {
            asker: asker.clone(),
            decisions,
            metrics: Arc::clone(&metrics),
            readiness: Arc::clone(&readiness),
            started_at: clock.now(),
            dry_run: config.dry_run,
        });
        let admin = listen(&config, admin).await?;
        let dispatcher = Dispatcher::new(&config, Arc::clone(&metrics))?;
        let (reloader, offers) = Reloader::new(rules.clone(), Arc::clone(&metrics));
        let reloader = options.rules.map(|watch| (reloader, watch));
        let (shadow, shadows) = mpsc::channel(1);
        let shadow = options.shadow.map(|watch| (watch, shadow));
        let source = rules.source.to_text();
        let Options { seed, journal, take_in, .. } = options;
        let (recovered, journal) =
            open(&config, rules, seed, clock.clone(), journal, take_in).await?;
        let replayed = usize::try_from(recovered.replayed).unwrap_or(usize::MAX);
        let checkpoints = Checkpoints::new(config.retention, source, replayed, clock.now());
        let journal = Writer::spawn(journal, Arc::clone(&metrics)).map_err(StartError::System)?;
        let (handle, intake) = intake::channel(config.limits.intake);
        let pulse = Pulse(handle.downgrade());
        let http = http::router(State {
            intake: handle,
            asker,
            client_secret: config.client_secret,
            app_id: config.intercom.app_id.clone(),
            senders: config.webhooks,
            body_bytes: config.limits.body_bytes,
            places: Semaphore::new(config.limits.requests),
            letters: Semaphore::new(http::LETTERS),
            metrics: Arc::clone(&metrics),
            readiness: Arc::clone(&readiness),
        });
        let driver = Driver {
            engine: recovered.engine,
            journal,
            clock,
            dispatcher,
            intake,
            rules: offers,
            shadows,
            questions,
            asked: Asked::default(),
            publisher: Publisher {
                metrics: Arc::clone(&metrics),
                observer: options.decisions,
                log,
                told: Mutex::default(),
            },
            metrics,
            readiness: Arc::clone(&readiness),
            checkpoints,
            take_in,
            app_id: config.intercom.app_id,
        };
        Ok(Self { listener, local_addr, http, driver, readiness, pulse, reloader, shadow, admin })
    }

    /// Where the router listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Tells whether the router works while it runs.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Where the admin API listens, if there is one.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(AdminListener::local_addr)
    }

    /// Runs until `shutdown` is done: then stops accepting, finishes what is in hand, lets calls
    /// in flight answer for a while, and closes the journal.
    ///
    /// # Errors
    ///
    /// If the listener or the journal fails.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), RunError> {
        let Self { listener, http, driver, readiness, reloader, shadow, admin, .. } = self;
        if let Some((watch, offers)) = shadow {
            // Ends by itself when the driver does, as the other one.
            tokio::spawn(shadow::watch(watch, offers, Arc::clone(&driver.metrics)));
        }
        let admin = admin.map(AdminListener::serve);
        if let Some((reloader, watch)) = reloader {
            // Ends by itself when the driver does.
            tokio::spawn(reloader.watch(watch));
        }
        let (stop, stopped) = oneshot::channel::<()>();
        let http = http.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, http)
            .with_graceful_shutdown(async { stopped.await.unwrap_or_default() });
        let mut server = tokio::spawn(server.into_future());
        let mut driver = tokio::spawn(driver.run());
        tokio::select! {
            () = shutdown => readiness.set_stopping(),
            ended = &mut server => {
                ended.map_err(RunError::Driver)?.map_err(RunError::Listener)?;
            }
            ended = &mut driver => {
                // The intake is open as long as the server runs, so this is never a good end.
                server.abort();
                return Ok(ended.map_err(RunError::Driver)??);
            }
        }
        let _ = stop.send(());
        if tokio::time::timeout(LAST_REQUESTS, &mut server).await.is_err() {
            tracing::warn!("some connections did not finish in time");
            server.abort();
        }
        let ended = driver.await.map_err(RunError::Driver)?;
        if let Some(admin) = admin {
            admin.stop().await;
        }
        Ok(ended?)
    }
}

/// Takes the address of the admin API, if there is to be one.
async fn listen(
    config: &Config,
    parts: Option<Parts>,
) -> Result<Option<AdminListener>, StartError> {
    let Some((admin, parts)) = config.admin.as_ref().zip(parts) else {
        return Ok(None);
    };
    let bound = AdminListener::bind(admin, parts).await;
    bound.map(Some).map_err(|source| StartError::Admin { address: admin.listen, source })
}

/// Opens and replays the journal, away from the tasks that must not wait for a disk.
async fn open(
    config: &Config,
    rules: LoadedRules,
    seed: Option<Seed>,
    clock: Clock,
    journal: Option<Box<dyn Journal>>,
    take_in: TakeIn,
) -> Result<(Recovered, Box<dyn Journal>), StartError> {
    let path = config.journal.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let mut journal = match journal {
            Some(journal) => journal,
            None => Box::new(SqliteJournal::open(&path)?),
        };
        let recovered = recovery::recover_with(&mut *journal, &rules, seed, &clock, take_in)?;
        Ok::<_, StartError>((recovered, journal))
    });
    let (recovered, journal) = opened.await.expect("opening a journal does not panic")?;
    let Recovered { sequence, replayed, .. } = recovered;
    tracing::info!(last = sequence, replayed, "journal replayed");
    Ok((recovered, journal))
}
