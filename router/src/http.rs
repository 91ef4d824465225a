//! The HTTP endpoints.

mod operations;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::config::{Config, Senders};
use crate::metrics::EndpointMetrics;
use crate::telemetry::Tracer;
use crate::workspace::Door;

/// Unreadable webhooks under way at the same time; more are answered 503. Each has its whole body on
/// the way to the journal, and whatever can be read should not wait for many of them.
const LETTERS: usize = 32;

/// What the handlers share.
#[derive(Debug)]
pub(crate) struct Endpoint {
    doors: Vec<Door>,
    keys: Vec<Key>,
    /// From whom webhooks are taken.
    senders: Senders,
    /// Bytes of a body.
    body_bytes: usize,
    /// One permit for each webhook that may be under way.
    places: Semaphore,
    /// One permit for each of them that turns out to be unreadable.
    letters: Semaphore,
    metrics: EndpointMetrics,
    tracer: Tracer,
}

/// A client secret, and the doors that it opens: workspaces that share an app share its secret.
#[derive(Debug)]
struct Key {
    client_secret: SecretString,
    /// Indices.
    doors: Vec<usize>,
}

impl Endpoint {
    /// One without doors.
    pub(crate) fn new(config: &Config, metrics: EndpointMetrics, tracer: Tracer) -> Self {
        Self {
            doors: Vec::new(),
            keys: Vec::new(),
            senders: config.webhooks.clone(),
            body_bytes: config.limits.body_bytes,
            places: Semaphore::new(config.limits.requests),
            letters: Semaphore::new(LETTERS),
            metrics,
            tracer,
        }
    }

    /// Adds a door, which opens to webhooks that are signed with this secret.
    pub(crate) fn add(&mut self, door: Door, client_secret: SecretString) {
        let index = self.doors.len();
        self.doors.push(door);
        let same =
            |key: &&mut Key| key.client_secret.expose_secret() == client_secret.expose_secret();
        match self.keys.iter_mut().find(same) {
            Some(key) => key.doors.push(index),
            None => self.keys.push(Key { client_secret, doors: vec![index] }),
        }
    }
}

pub(crate) fn router(endpoint: Endpoint) -> Router {
    let body_limit = DefaultBodyLimit::max(endpoint.body_bytes);
    Router::new()
        .route(webhook::PATH, post(webhook::receive).head(webhook::validate))
        .route("/healthz", get(operations::health))
        .route("/readyz", get(operations::readiness))
        .route("/metrics", get(operations::metrics))
        .layer(body_limit)
        .with_state(Arc::new(endpoint))
}
