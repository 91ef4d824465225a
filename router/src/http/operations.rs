//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use super::State;
use crate::admin::Question;

/// How long the driver may take to bring the metrics up to date. If it is busy for longer, the
/// figures before are told: what counts itself is true all the same.
const MEASURE_DEADLINE: Duration = Duration::from_millis(250);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Serialize)]
struct ReadinessReport {
    ready: bool,
    reasons: Vec<&'static str>,
}

/// The process runs.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// 200 if the router is fit to take traffic, else 503; with the reasons.
pub(super) async fn readiness(
    extract::State(state): extract::State<Arc<State>>,
) -> impl IntoResponse {
    let reasons = state.readiness.reasons();
    let ready = reasons.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ReadinessReport { ready, reasons }))
}

/// The metrics in the text format of OpenMetrics.
pub(super) async fn metrics(
    extract::State(state): extract::State<Arc<State>>,
) -> impl IntoResponse {
    let _ = state.asker.ask_within(MEASURE_DEADLINE, Question::Measure).await;
    ([(header::CONTENT_TYPE, OPEN_METRICS)], state.metrics.render())
}
