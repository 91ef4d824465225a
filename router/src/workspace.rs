//! One workspace: all of a router but the endpoint, which several may share.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use engine::{Engine, Policy, Seed};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{Instrument as _, Span};

use crate::admin::{self, AdminListener, Asker, DecisionLog, Parts, Serving};
use crate::application::StartError;
use crate::checkpoints::Checkpoints;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatcher::Dispatcher;
use crate::driver::{Asked, Driver, Observer};
use crate::intake;
use crate::journal::{Journal, JournalError, SqliteJournal, Writer};
use crate::metrics::Metrics;
use crate::publish::Publisher;
use crate::pulse::Pulse;
use crate::readiness::Readiness;
use crate::recovery::{self, Recovered, TakeIn};
use crate::reload::{Reloader, RulesWatch};
use crate::rules_file::LoadedRules;
use crate::shadow;
use crate::telemetry::Tracer;

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

/// What a workspace is built of.
pub struct Plan {
    /// Tells it from others on the same endpoint, in the log and in metrics.
    pub name: Option<String>,
    /// Its configuration.
    pub config: Config,
    /// The rules that are in force at first.
    pub rules: LoadedRules,
    /// What else there is to say.
    pub options: Options,
}

/// A workspace, ready to run.
#[derive(Debug)]
pub(crate) struct Workspace {
    span: Span,
    driver: Driver,
    pulse: Pulse,
    /// With what to watch, if the rules may change.
    reloader: Option<(Reloader, RulesWatch)>,
    /// Where rules to compare with come from, and go to.
    shadow: Option<(RulesWatch, mpsc::Sender<Box<Policy>>)>,
    /// The admin API, if there is to be one.
    admin: Option<AdminListener>,
}

/// The way in: what the endpoint has to know of a workspace.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) name: Option<String>,
    /// The workspace whose webhooks are taken; all, if not set.
    pub(crate) app_id: Option<String>,
    pub(crate) intake: intake::Handle,
    pub(crate) asker: Asker,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) readiness: Arc<Readiness>,
}

impl Workspace {
    /// Opens the journal, replays it, and puts the parts together; nothing runs yet.
    pub(crate) async fn build(
        plan: Plan,
        clock: Clock,
        tracer: Tracer,
    ) -> Result<(Self, Door), StartError> {
        let span = match &plan.name {
            Some(name) => tracing::info_span!("workspace", workspace = name),
            None => Span::none(),
        };
        Self::build_in(span.clone(), plan, clock, tracer).instrument(span).await
    }

    async fn build_in(
        span: Span,
        plan: Plan,
        clock: Clock,
        tracer: Tracer,
    ) -> Result<(Self, Door), StartError> {
        let Plan { name, config, rules, options } = plan;
        let metrics = Arc::new(Metrics::new(name.as_deref()));
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
            tracer: tracer.clone(),
            started_at: clock.now(),
            dry_run: config.dry_run,
        });
        let admin = listen(&config, admin).await?;
        let dispatcher = Dispatcher::new(&config, Arc::clone(&metrics), tracer)?;
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
        let door = Door {
            name,
            app_id: config.intercom.app_id.clone(),
            intake: handle,
            asker,
            metrics: Arc::clone(&metrics),
            readiness: Arc::clone(&readiness),
        };
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
            readiness,
            checkpoints,
            take_in,
            app_id: config.intercom.app_id,
        };
        Ok((Self { span, driver, pulse, reloader, shadow, admin }, door))
    }

    pub(crate) fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    pub(crate) fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(AdminListener::local_addr)
    }

    /// Begins to work, as one of the drivers; returns its admin API, if it has one.
    pub(crate) fn start(self, drivers: &mut JoinSet<Result<(), JournalError>>) -> Option<Serving> {
        let Self { span, driver, reloader, shadow, admin, .. } = self;
        if let Some((watch, offers)) = shadow {
            // Ends by itself when the driver does, as the other one.
            let watched = shadow::watch(watch, offers, Arc::clone(&driver.metrics));
            tokio::spawn(watched.instrument(span.clone()));
        }
        if let Some((reloader, watch)) = reloader {
            tokio::spawn(reloader.watch(watch).instrument(span.clone()));
        }
        drivers.spawn(driver.run().instrument(span.clone()));
        span.in_scope(|| admin.map(AdminListener::serve))
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
