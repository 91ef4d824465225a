//! The HTTP endpoints.

mod operations;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::admin::Asker;
use crate::config::Senders;
use crate::intake;
use crate::metrics::Metrics;
use crate::readiness::Readiness;

/// Unreadable webhooks under way at the same time; more are answered 503. Each has its whole body on
/// the way to the journal, and whatever can be read should not wait for many of them.
pub(crate) const LETTERS: usize = 32;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) intake: intake::Handle,
    pub(crate) asker: Asker,
    pub(crate) client_secret: SecretString,
    /// The workspace whose webhooks are taken; all, if not set.
    pub(crate) app_id: Option<String>,
    /// From whom webhooks are taken.
    pub(crate) senders: Senders,
    /// Bytes of a body.
    pub(crate) body_bytes: usize,
    /// One permit for each webhook that may be under way.
    pub(crate) places: Semaphore,
    /// One permit for each of them that turns out to be unreadable.
    pub(crate) letters: Semaphore,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) readiness: Arc<Readiness>,
}

pub(crate) fn router(state: State) -> Router {
    let body_limit = DefaultBodyLimit::max(state.body_bytes);
    Router::new()
        .route("/webhooks/intercom", post(webhook::receive).head(webhook::validate))
        .route("/healthz", get(operations::health))
        .route("/readyz", get(operations::readiness))
        .route("/metrics", get(operations::metrics))
        .layer(body_limit)
        .with_state(Arc::new(state))
}
