//! The admin API's own listener, from its start to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use super::{Key, Parts, REQUESTS, STREAMS, State};
use crate::config::AdminConfig;

/// How long requests under way may take to finish when the router stops.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// An admin API that has an address and does not answer yet.
#[derive(Debug)]
pub(crate) struct AdminListener {
    listener: TcpListener,
    local_addr: SocketAddr,
    http: axum::Router,
    stopping: watch::Sender<bool>,
}

/// An admin API that answers until it is dropped or stopped.
#[derive(Debug)]
pub(crate) struct Serving {
    task: JoinHandle<()>,
    /// Tells it to take no more requests, and its streams to end.
    stopping: watch::Sender<bool>,
}

impl AdminListener {
    /// Takes the address.
    pub(crate) async fn bind(config: &AdminConfig, parts: Parts) -> std::io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let local_addr = listener.local_addr()?;
        let (stopping, stopped) = watch::channel(false);
        let http = super::router(State {
            key: Key::new(&config.token),
            parts,
            stopping: stopped,
            places: Semaphore::new(REQUESTS),
            streams: Arc::new(Semaphore::new(STREAMS)),
        });
        Ok(Self { listener, local_addr, http, stopping })
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Begins to answer. If it fails, the router goes on: nobody's DM depends on it.
    pub(crate) fn serve(self) -> Serving {
        let Self { listener, local_addr, http, stopping } = self;
        tracing::info!(address = %local_addr, "the admin API listens");
        if !local_addr.ip().is_loopback() {
            tracing::warn!("the admin API can be reached from other machines, and is plain HTTP");
        }
        let mut stopped = stopping.subscribe();
        let stop = async move {
            let _ = stopped.wait_for(|&stopping| stopping).await;
        };
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, http).with_graceful_shutdown(stop).await {
                tracing::error!(%error, "the listener of the admin API failed");
            }
        });
        Serving { task, stopping }
    }
}

impl Serving {
    /// Lets requests under way finish, and ends.
    pub(crate) async fn stop(mut self) {
        let _ = self.stopping.send(true);
        if tokio::time::timeout(LAST_REQUESTS, &mut self.task).await.is_err() {
            tracing::warn!("some admin requests did not finish in time");
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}
