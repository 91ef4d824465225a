//! The shell: an HTTP server, a clock and a sender of webhooks around a [`Workspace`].

mod clock;
mod control;
mod page;
mod rest;
mod sender;
mod shared;
mod snapshots;
mod socket;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::delivery::{Outbox, SubscriptionId, WebhookTarget};
use crate::{Moment, Workspace, WorkspaceFile};
use shared::Shared;

pub use clock::Clock;
pub use shared::ClockError;
pub use snapshots::{SNAPSHOT_LIMIT, SnapshotError, SnapshotRow};

/// The largest body taken, in bytes, on every endpoint.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

/// The longest that stopping waits for those who read slowly.
const LONGEST_GOODBYE: Duration = Duration::from_secs(5);

/// How to serve a workspace.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// The mock's clock. Default: the system's.
    pub clock: Clock,
    /// Where webhooks go from the start; more by [`MockIntercom::subscribe`]. Default: nowhere.
    pub webhooks: Vec<WebhookTarget>,
    /// How many webhooks may be under way to one subscriber. Default 32.
    pub delivery_concurrency: usize,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self { clock: Clock::System, webhooks: Vec::new(), delivery_concurrency: 32 }
    }
}

/// Serves a workspace on a listener until the handle is dropped or shut down.
pub async fn serve(
    listener: TcpListener,
    workspace: Workspace,
    options: ServeOptions,
) -> io::Result<MockIntercom> {
    let address = listener.local_addr()?;
    let concurrency = options.delivery_concurrency.max(1);
    let mut outbox = Outbox::new(concurrency).with_settings(workspace.webhook_settings());
    for target in options.webhooks {
        outbox.subscribe(target);
    }
    let (stop, stopped) = watch::channel(false);
    let client = sender::client(concurrency).map_err(io::Error::other)?;
    let shared =
        Arc::new(Shared::new(workspace, outbox, options.clock, stopped.clone(), client.clone()));
    let deliveries = tokio::spawn(sender::run(Arc::clone(&shared), client, stopped.clone()));
    let page = page::routes(&shared, stopped.clone());
    let router =
        control::routes().merge(page).fallback(rest::answer).with_state(Arc::clone(&shared));
    let service = router.into_make_service_with_connect_info::<socket::ResetSwitch>();
    let server = tokio::spawn(async move {
        let mut stopped = stopped;
        let stop = async move { _ = stopped.wait_for(|&stop| stop).await };
        axum::serve(socket::Sockets(listener), service).with_graceful_shutdown(stop).await
    });
    Ok(MockIntercom { address, url: format!("http://{address}"), shared, stop, server, deliveries })
}

/// A running mock. Dropping it stops it at once.
#[derive(Debug)]
pub struct MockIntercom {
    address: SocketAddr,
    url: String,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
    deliveries: JoinHandle<()>,
}

impl MockIntercom {
    /// Serves the [example workspace](WorkspaceFile::example) on a free port of 127.0.0.1: four
    /// teammates in two teams, and the token `test-token`.
    pub async fn start() -> io::Result<Self> {
        let workspace = Workspace::new(WorkspaceFile::example()).map_err(io::Error::other)?;
        Self::serve(workspace, ServeOptions::default()).await
    }

    /// Serves a workspace on a free port of 127.0.0.1.
    pub async fn serve(workspace: Workspace, options: ServeOptions) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        serve(listener, workspace, options).await
    }

    /// The base URL for a client, such as `http://127.0.0.1:4010`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address served.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The time on the mock's clock.
    pub fn now(&self) -> Moment {
        self.shared.now()
    }

    /// Looks at the workspace, or does something in it, between two calls. Whatever this announces is
    /// delivered. Keep it short: everybody waits.
    pub fn with<T>(&self, look: impl FnOnce(&mut Workspace) -> T) -> T {
        self.shared.with(|_, workspace| look(workspace))
    }

    /// From now on a target gets every webhook. The address is not checked, and gets no `ping`.
    pub fn subscribe(
        &self,
        url: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> SubscriptionId {
        self.subscribe_to(WebhookTarget::new(url, client_secret))
    }

    /// [`subscribe`](Self::subscribe), to the topics of a target.
    pub fn subscribe_to(&self, target: WebhookTarget) -> SubscriptionId {
        self.shared.lock().outbox.subscribe(target)
    }

    /// Asks every subscriber for `HEAD`, as Intercom does when an address is saved (Intercom docs,
    /// setting up webhooks): what is wrong with which address.
    pub async fn check_webhooks(&self) -> Vec<(String, String)> {
        let statuses = self.shared.lock().outbox.statuses(self.now());
        let mut problems = Vec::new();
        for status in statuses {
            if let Err(problem) = sender::check(&self.shared.client, &status.url).await {
                problems.push((status.url, problem));
            }
        }
        problems
    }

    /// A number that changes with every entry of the journal: the index that the next will have.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// Waits until every webhook has been delivered or given up and the bridge has put on its tags.
    /// A retry counts as undelivered for the minute of the mock's clock that it waits: with a stepped
    /// clock, until somebody [advances](Self::advance) it.
    pub async fn drained(&self) {
        let mut drained = self.shared.drained.subscribe();
        // An error would mean that the sender is gone, which `self` holds.
        _ = drained.wait_for(|&drained| drained).await;
    }

    /// Waits until nothing more happens at the time that the clock shows: no webhook under way, and
    /// none to be sent before time goes on.
    pub async fn settled(&self) {
        _ = self.shared.settled().await;
    }

    /// Moves a stepped or scaled clock on by so long. A stepped one goes from one thing that falls due
    /// to the next, each at its own time, and waits for the webhooks that are sent then.
    pub async fn advance(&self, by: Duration) -> Result<Moment, ClockError> {
        self.shared.advance(by).await
    }

    /// Puts another clock in place, which must not show an earlier time.
    pub fn set_clock(&self, clock: Clock) -> Result<Moment, ClockError> {
        self.shared.set_clock(clock)
    }

    /// Keeps the workspace and the subscriptions as they are, under a name.
    pub fn snapshot(&self, name: &str) -> Result<(), SnapshotError> {
        self.shared.with_state(|now, state| state.snapshot(now, name))
    }

    /// Goes back to a snapshot. A stepped or scaled clock goes back as well.
    pub fn restore(&self, name: &str) -> Result<(), SnapshotError> {
        self.shared.restore(name)
    }

    /// Goes back to the workspace as it was served. Subscriptions stay, with nothing waiting.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// An outage of Intercom's is over before its time: the webhooks stored meanwhile are sent, newest
    /// first.
    pub fn end_outage(&self) {
        self.shared.with_state(|now, state| state.outbox.end_outage(now));
    }

    /// Stops: no new connections, calls under way are answered, webhooks not yet sent are not sent.
    /// Whoever has not read their answer, or not sent their call, after five seconds is not waited for.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        _ = tokio::time::timeout(LONGEST_GOODBYE, &mut self.server).await;
        _ = (&mut self.deliveries).await;
    }
}

impl Drop for MockIntercom {
    fn drop(&mut self) {
        self.server.abort();
        self.deliveries.abort();
    }
}
