//! The clock, snapshots, and the way back to the start.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Refusal};
use crate::Moment;
use crate::faults::Length;
use crate::server::{Clock, ClockError, Shared, SnapshotError};

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_mock/clock", get(show).post(order))
        .route("/_mock/snapshots", get(snapshots).post(snapshot))
        .route("/_mock/snapshots/{name}", delete(forget))
        .route("/_mock/snapshots/{name}/restore", post(restore))
        .route("/_mock/reset", post(reset))
}

async fn show(State(shared): State<Arc<Shared>>) -> Json<Value> {
    Json(clock(&shared))
}

fn clock(shared: &Shared) -> Value {
    let state = shared.lock();
    let clock = *shared.clock.borrow();
    let now = clock.now();
    json!({
        "mode": clock.mode(),
        "rate": clock.rate(),
        "now": now.to_iso_utc(),
        "now_us": now,
        "started_at_us": shared.started_at,
        "next_due_us": state.next_due(),
        "intercom_shows_us": state.workspace.now(),
        "settled": state.is_settled(now),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    /// `{"advance": "1m 30s"}`
    Advance(Length),
    /// `{"set": "2026-01-10T08:00:00Z"}`
    Set(Date),
    /// `{"rate": 60}`: scaled, from now on.
    Rate(f64),
    /// `{"mode": "stepped"}`, `{"mode": "real"}`
    Mode(Mode),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Real,
    Stepped,
}

struct Date(Moment);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let text = String::deserialize(reader)?;
        Moment::from_date(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// The fastest and the slowest that a clock runs.
const RATES: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

async fn order(
    State(shared): State<Arc<Shared>>,
    body: Result<Json<Order>, JsonRejection>,
) -> Answer {
    let Json(order) = body?;
    let moved = match order {
        Order::Advance(Length(by)) => shared.advance(by).await,
        Order::Set(Date(at)) => shared.move_to(at).await,
        Order::Rate(rate) if !RATES.contains(&rate) => {
            let message = "`rate` is seconds per real second: from 0.000001 to 1000000";
            return Err(Refusal(StatusCode::UNPROCESSABLE_ENTITY, message.to_owned()));
        }
        Order::Rate(rate) => Ok(shared.pace_clock(|now| Clock::scaled(now, rate))),
        Order::Mode(Mode::Stepped) => Ok(shared.pace_clock(Clock::stepped)),
        Order::Mode(Mode::Real) => shared.set_clock(Clock::System),
    };
    match moved {
        Ok(_) => Ok(Json(clock(&shared))),
        Err(error @ ClockError::Backwards) => {
            Err(Refusal(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
        }
        Err(error) => Err(Refusal(StatusCode::CONFLICT, error.to_string())),
    }
}

async fn snapshots(State(shared): State<Arc<Shared>>) -> Answer {
    let rows = shared.lock().rows();
    Ok(Json(json!({"snapshots": rows})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSnapshot {
    name: String,
}

async fn snapshot(
    State(shared): State<Arc<Shared>>,
    body: Result<Json<NewSnapshot>, JsonRejection>,
) -> Answer {
    let Json(NewSnapshot { name }) = body?;
    shared.with_state(|now, state| state.snapshot(now, &name))?;
    Ok(Json(json!({})))
}

async fn restore(
    State(shared): State<Arc<Shared>>,
    name: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(name) = name?;
    shared.restore(&name)?;
    Ok(Json(json!({})))
}

async fn forget(
    State(shared): State<Arc<Shared>>,
    name: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(name) = name?;
    match shared.with_state(|_, state| state.forget(&name)) {
        true => Ok(Json(json!({}))),
        false => Err(SnapshotError::Unknown(name).into()),
    }
}

async fn reset(State(shared): State<Arc<Shared>>) -> Answer {
    shared.reset();
    Ok(Json(json!({})))
}

impl From<SnapshotError> for Refusal {
    fn from(error: SnapshotError) -> Self {
        let status = match error {
            SnapshotError::Unknown(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self(status, error.to_string())
    }
}
