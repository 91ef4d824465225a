//! Pause, resume and drain.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract;
use axum::extract::rejection::QueryRejection;
use serde::{Deserialize, Serialize};

use super::question::Unanswered;
use super::refusal::Refusal;
use super::status::moment;
use super::{Question, State};

/// How long a drain may take if nothing is said: a call makes three requests at the most, each of
/// which is given up after `intercom.timeout`.
pub const DRAIN_SECONDS: u64 = 30;

/// The longest that a drain may be waited for.
const DRAIN_SECONDS_MAX: u64 = 300;

/// Whether assignment is paused now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    /// Whether it is.
    pub paused: bool,
    /// Since when.
    pub since: Option<jiff::Timestamp>,
    /// How many conversations wait for a teammate or are held.
    pub waiting: usize,
}

/// What came of a drain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drained {
    /// Whether no more calls are made.
    pub draining: bool,
    /// Whether none is under way any more: the router can be stopped.
    pub drained: bool,
    /// Calls that are under way still.
    pub calls_in_flight: usize,
    /// Calls that wait for the next start, or for the end of the drain.
    pub calls_held: usize,
}

/// How long a drain may take.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Within {
    within_seconds: Option<u64>,
}

pub(super) async fn pause(
    extract::State(state): extract::State<Arc<State>>,
) -> Result<Json<Paused>, Refusal> {
    state.pause(true).await
}

pub(super) async fn resume(
    extract::State(state): extract::State<Arc<State>>,
) -> Result<Json<Paused>, Refusal> {
    state.pause(false).await
}

/// Answers when no call is under way, or when the time is over; `drained` says which.
pub(super) async fn drain(
    extract::State(state): extract::State<Arc<State>>,
    within: Result<extract::Query<Within>, QueryRejection>,
) -> Result<Json<Drained>, Refusal> {
    let extract::Query(within) = within.map_err(|it| Refusal::bad(it.body_text()))?;
    let seconds = within.within_seconds.unwrap_or(DRAIN_SECONDS);
    if !(1..=DRAIN_SECONDS_MAX).contains(&seconds) {
        let reason = format!("within_seconds is a number from 1 to {DRAIN_SECONDS_MAX}");
        return Err(Refusal::bad(reason));
    }
    let within = Duration::from_secs(seconds);
    let drained = match state.parts.asker.ask_within(within, Question::Drain).await {
        Ok(()) => true,
        Err(Unanswered::Busy) => false,
        Err(stopped) => return Err(stopped.into()),
    };
    state.drained(drained).await
}

pub(super) async fn undrain(
    extract::State(state): extract::State<Arc<State>>,
) -> Result<Json<Drained>, Refusal> {
    state.parts.asker.ask(Question::Undrain).await?;
    state.drained(false).await
}

impl State {
    async fn pause(&self, paused: bool) -> Result<Json<Paused>, Refusal> {
        let done = self.parts.asker.ask(|answer| Question::Pause(paused, answer)).await?;
        if let Err(error) = done {
            return Err(Refusal::unavailable(format!("nothing has changed: {error}")));
        }
        let overview = self.parts.asker.ask(Question::Snapshot).await?.overview;
        Ok(Json(Paused {
            paused: overview.paused_since.is_some(),
            since: overview.paused_since.map(moment),
            waiting: overview.teams.iter().map(|team| team.waiting + team.held).sum(),
        }))
    }

    async fn drained(&self, drained: bool) -> Result<Json<Drained>, Refusal> {
        let snapshot = self.parts.asker.ask(Question::Snapshot).await?;
        let calls_held = snapshot.held_calls.unwrap_or(0);
        Ok(Json(Drained {
            draining: snapshot.held_calls.is_some(),
            drained,
            calls_in_flight: snapshot.overview.calls_in_flight.saturating_sub(calls_held),
            calls_held,
        }))
    }
}
