//! A router: its endpoint and the workspaces behind it, from the start to the end.

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::admin::Serving;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatcher::ClientError;
use crate::http::{self, Endpoint};
use crate::journal::JournalError;
use crate::metrics::EndpointMetrics;
use crate::pulse::Pulse;
use crate::readiness::Readiness;
use crate::recovery::RecoveryError;
use crate::rules_file::LoadedRules;
use crate::telemetry::{Telemetry, TelemetryError};
use crate::workspace::{Options, Plan, Workspace};

/// How long requests under way may take to finish when the router stops.
const LAST_REQUESTS: Duration = Duration::from_secs(6);

/// A router, ready to run.
#[derive(Debug)]
pub struct Application {
    listener: TcpListener,
    local_addr: SocketAddr,
    http: axum::Router,
    workspaces: Vec<Workspace>,
    readiness: Vec<Arc<Readiness>>,
    telemetry: Telemetry,
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
    /// Traces cannot be exported.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
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
        let plan = Plan { name: None, config, rules, options };
        Self::build_several(vec![plan], listener, clock).await
    }

    /// Builds a router of several workspaces on one endpoint. What is the endpoint's - senders,
    /// sizes - is taken from the first, and the same in all.
    ///
    /// # Errors
    ///
    /// As [`Self::build`], if any of them cannot be built.
    ///
    /// # Panics
    ///
    /// If there is no plan.
    pub async fn build_several(
        plans: Vec<Plan>,
        listener: TcpListener,
        clock: Clock,
    ) -> Result<Self, StartError> {
        let local_addr = listener.local_addr().map_err(StartError::System)?;
        let config = &plans.first().expect("a router has a workspace").config;
        let metrics = EndpointMetrics::new(plans.len() > 1);
        let telemetry = Telemetry::start(&config.telemetry, &metrics.telemetry_dropped)?;
        let tracer = telemetry.tracer();
        let mut endpoint = Endpoint::new(config, metrics, tracer.clone());
        let (mut workspaces, mut readiness) = (Vec::new(), Vec::new());
        for plan in plans {
            let client_secret = plan.config.client_secret.clone();
            let (workspace, door) = Workspace::build(plan, clock.clone(), tracer.clone()).await?;
            workspaces.push(workspace);
            readiness.push(Arc::clone(&door.readiness));
            endpoint.add(door, client_secret);
        }
        let http = http::router(endpoint);
        Ok(Self { listener, local_addr, http, workspaces, readiness, telemetry })
    }

    /// Where the router listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Tell whether the workspaces work while the router runs, one for each.
    #[must_use]
    pub fn pulses(&self) -> Vec<Pulse> {
        self.workspaces.iter().map(Workspace::pulse).collect()
    }

    /// Where the admin API of the only, or first, workspace listens, if there is one.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.workspaces.first().and_then(Workspace::admin_addr)
    }

    /// Runs until `shutdown` is done: then stops accepting, finishes what is in hand, lets calls
    /// in flight answer for a while, closes the journal, and sends the last traces.
    ///
    /// # Errors
    ///
    /// If the listener or the journal fails.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) -> Result<(), RunError> {
        let telemetry = std::mem::take(&mut self.telemetry);
        let ended = self.run_parts(shutdown).await;
        telemetry.stop().await;
        ended
    }

    async fn run_parts(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), RunError> {
        let Self { listener, http, workspaces, readiness, .. } = self;
        let mut drivers = JoinSet::new();
        let admins = workspaces.into_iter().filter_map(|it| it.start(&mut drivers));
        let admins: Vec<Serving> = admins.collect();
        let (stop, stopped) = oneshot::channel::<()>();
        let http = http.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, http)
            .with_graceful_shutdown(async { stopped.await.unwrap_or_default() });
        let mut server = tokio::spawn(server.into_future());
        tokio::select! {
            () = shutdown => readiness.iter().for_each(|it| it.set_stopping()),
            ended = &mut server => {
                ended.map_err(RunError::Driver)?.map_err(RunError::Listener)?;
            }
            Some(ended) = drivers.join_next() => {
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
        // Each gets to its end, whatever becomes of the others.
        let mut first_error = None;
        while let Some(ended) = drivers.join_next().await {
            let ended = ended.map_err(RunError::Driver).and_then(|ended| Ok(ended?));
            first_error = first_error.or(ended.err());
        }
        for admin in admins {
            admin.stop().await;
        }
        first_error.map_or(Ok(()), Err)
    }
}
