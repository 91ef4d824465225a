//! The admin API: what a running router does, why, and a few words to say to it.
//!
//! It has a listener of its own, and every request must bring the token: `Authorization: Bearer`.
//! Handlers own nothing. They ask the driver, who owns the engine, through a bounded channel, so
//! that an answer is always of one moment.
//!
//! | | |
//! | --- | --- |
//! | `GET /v1/status` | lines, teammates, budget, journal: [`status::Status`] |
//! | `GET /v1/decisions?limit=&conversation=` | the last decisions, [`decisions::NumberedDecision`] |
//! | `GET /v1/decisions/stream?last=&conversation=` | decisions as they are made, as server-sent events |
//! | `GET /v1/conversations/{id}` | where one conversation stands, and why: [`conversation::ConversationAnswer`] |
//! | `POST /v1/explain` | what the rules in force would say to a message |
//! | `POST /v1/pause`, `POST /v1/resume` | nobody is given anything; on again: [`control::Paused`] |
//! | `GET /v1/dead-letters` | what could not be taken in: [`dead_letters::LetterList`] |
//! | `POST /v1/dead-letters/{number}/retry` | tries it again: [`dead_letters::Retried`] |
//! | `DELETE /v1/dead-letters/{number}` | takes it away |
//! | `POST /v1/drain?within_seconds=`, `DELETE /v1/drain` | makes no more calls; on again: [`control::Drained`] |

pub mod control;
pub mod conversation;
pub mod dead_letters;
pub mod decisions;
pub mod status;

mod explain;
mod guard;
mod listener;
mod question;
mod refusal;
mod requested;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{delete, get, post};
use engine::Timestamp;
use tokio::sync::{Semaphore, watch};

use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::telemetry::Tracer;

pub(crate) use decisions::DecisionLog;
use guard::Key;
pub(crate) use listener::{AdminListener, Serving};
pub(crate) use question::{Asker, Question, RulesInForce, Snapshot, channel};
use refusal::Refusal;

/// Bytes of a body: a long message and what is known of its contact.
const BODY_BYTES: usize = 256 << 10;

/// Requests under way at the same time; more are answered 503.
const REQUESTS: usize = 32;

/// Streams at the same time; more are answered 503.
const STREAMS: usize = 16;

/// What the admin API has to do with.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) asker: Asker,
    pub(crate) decisions: Arc<DecisionLog>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) tracer: Tracer,
    pub(crate) started_at: Timestamp,
    pub(crate) dry_run: bool,
}

/// What the handlers share.
#[derive(Debug)]
struct State {
    key: Key,
    parts: Parts,
    /// True when the router stops: then streams end.
    stopping: watch::Receiver<bool>,
    /// One permit for each request that may be under way.
    places: Semaphore,
    /// One permit for each stream.
    streams: Arc<Semaphore>,
}

/// Whatever is asked for, the guard looks first: an unknown path tells nothing either.
fn router(state: State) -> Router {
    let state = Arc::new(state);
    let quick = Router::new()
        .route("/v1/status", get(status::answer))
        .route("/v1/decisions", get(decisions::answer))
        .route("/v1/decisions/stream", get(stream::answer))
        .route("/v1/conversations/{id}", get(conversation::answer))
        .route("/v1/explain", post(explain::answer))
        .route("/v1/pause", post(control::pause))
        .route("/v1/resume", post(control::resume))
        .route("/v1/dead-letters", get(dead_letters::list))
        .route("/v1/dead-letters/{number}", delete(dead_letters::discard))
        .route("/v1/dead-letters/{number}/retry", post(dead_letters::retry))
        .layer(from_fn(guard::hurry));
    // Draining takes as long as the caller allows.
    let drain = Router::new().route("/v1/drain", post(control::drain).delete(control::undrain));
    quick
        .merge(drain)
        .fallback(async || Refusal::not_found("no such path: see docs/admin.md"))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(&state), guard::admit))
        .layer(from_fn_with_state(Arc::clone(&state), requested::name))
        .with_state(state)
}
