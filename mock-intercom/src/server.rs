//! The shell: an HTTP server, a clock and a sender of webhooks around a [`Workspace`].

mod clock;
mod control;
mod rest;
mod sender;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::delivery::{Outbox, SubscriptionId, WebhookTarget};
use crate::{Moment, Workspace};

pub use clock::Clock;

/// The largest body taken, in bytes, on every endpoint.
pub(crate) const BODY_LIMIT: usize = 1 << 20;

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
    let mut outbox = Outbox::new(options.delivery_concurrency.max(1));
    for target in options.webhooks {
        outbox.subscribe(target);
    }
    let shared = Arc::new(Shared {
        state: Mutex::new(SharedState { workspace, outbox }),
        clock: options.clock,
        work: Notify::new(),
        changed: watch::Sender::new(0),
        drained: watch::Sender::new(true),
    });
    let (stop, stopped) = watch::channel(false);
    let client = sender::client(options.delivery_concurrency).map_err(io::Error::other)?;
    let deliveries = tokio::spawn(sender::run(Arc::clone(&shared), client, stopped.clone()));
    let router = control::routes().fallback(rest::answer).with_state(Arc::clone(&shared));
    let server = tokio::spawn(async move {
        let mut stopped = stopped;
        let stop = async move { _ = stopped.wait_for(|&stop| stop).await };
        axum::serve(listener, router).with_graceful_shutdown(stop).await
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
    /// Serves a workspace on a free port of 127.0.0.1.
    pub async fn start(workspace: Workspace, options: ServeOptions) -> io::Result<Self> {
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
        self.shared.clock.now()
    }

    /// Looks at the workspace, or does something in it, between two calls. Whatever this announces is
    /// delivered. Keep it short: everybody waits.
    pub fn with<T>(&self, look: impl FnOnce(&mut Workspace) -> T) -> T {
        self.shared.with(|_, workspace| look(workspace))
    }

    /// From now on a target gets every webhook.
    pub fn subscribe(
        &self,
        url: impl Into<String>,
        client_secret: impl Into<String>,
    ) -> SubscriptionId {
        let target = WebhookTarget::new(url, client_secret);
        self.shared.lock().outbox.subscribe(target)
    }

    /// A number that changes with every entry of the journal: the index that the next will have.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// Waits until every webhook has been delivered or given up and the bridge has put on its tags.
    /// A retry counts as undelivered for the minute of the mock's clock that it waits.
    pub async fn drained(&self) {
        let mut drained = self.shared.drained.subscribe();
        // An error would mean that the sender is gone, which `self` holds.
        _ = drained.wait_for(|&drained| drained).await;
    }

    /// Stops: no new connections, calls under way are answered, webhooks not yet sent are not sent.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        _ = (&mut self.server).await;
        _ = (&mut self.deliveries).await;
    }
}

impl Drop for MockIntercom {
    fn drop(&mut self) {
        self.server.abort();
        self.deliveries.abort();
    }
}

/// What the handlers, the sender and the handle share.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<SharedState>,
    clock: Clock,
    /// Tells the sender that there may be something to send or to wait for.
    work: Notify,
    changed: watch::Sender<u64>,
    drained: watch::Sender<bool>,
}

#[derive(Debug)]
pub(crate) struct SharedState {
    pub(crate) workspace: Workspace,
    pub(crate) outbox: Outbox,
}

impl SharedState {
    fn is_drained(&self) -> bool {
        self.outbox.is_idle() && self.workspace.is_bridge_idle()
    }

    /// Moves what the workspace announces to the outbox.
    fn collect(&mut self) {
        while let Some(notification) = self.workspace.poll_notification() {
            self.outbox.accept(notification);
        }
    }
}

impl Shared {
    /// A panic while the lock was held was a bug of ours and is reported as such; the state is still
    /// the best there is for whoever looks at it next.
    fn lock(&self) -> MutexGuard<'_, SharedState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An input: the clock is read under the lock, so that time goes forward in the order of inputs.
    fn with<T>(&self, input: impl FnOnce(Moment, &mut Workspace) -> T) -> T {
        let mut state = self.lock();
        let timeout = state.workspace.poll_timeout();
        let result = input(self.clock.now(), &mut state.workspace);
        state.collect();
        if !state.outbox.is_idle() || state.workspace.poll_timeout() != timeout {
            self.work.notify_one();
        }
        self.tell(&state);
        result
    }

    /// Tells whoever waits that the journal has grown, and whether anything is left to deliver.
    fn tell(&self, state: &SharedState) {
        let next_index = state.workspace.journal().next_index();
        self.changed.send_if_modified(|told| std::mem::replace(told, next_index) != next_index);
        let drained = state.is_drained();
        self.drained.send_if_modified(|told| std::mem::replace(told, drained) != drained);
    }
}
