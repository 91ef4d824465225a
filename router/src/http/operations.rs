//! `/healthz`, `/readyz` and `/metrics`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures_util::future::join_all;
use serde::Serialize;

use super::Endpoint;
use crate::admin::Question;
use crate::metrics;

/// How long the driver may take to bring the metrics up to date. If it is busy for longer, the
/// figures before are told: what counts itself is true all the same.
const MEASURE_DEADLINE: Duration = Duration::from_millis(250);

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Serialize)]
struct ReadinessReport {
    ready: bool,
    reasons: Vec<String>,
}

/// The process runs.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// 200 if the router is fit to take traffic, with all its workspaces, else 503; with the reasons.
pub(super) async fn readiness(
    extract::State(endpoint): extract::State<Arc<Endpoint>>,
) -> impl IntoResponse {
    let reasons = endpoint.doors.iter().flat_map(|door| {
        let reasons = door.readiness.reasons().into_iter();
        reasons.map(|reason| match &door.name {
            Some(name) => format!("{name}: {reason}"),
            None => reason.to_owned(),
        })
    });
    let reasons: Vec<String> = reasons.collect();
    let ready = reasons.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ReadinessReport { ready, reasons }))
}

/// The metrics in the text format of OpenMetrics.
pub(super) async fn metrics(
    extract::State(endpoint): extract::State<Arc<Endpoint>>,
) -> impl IntoResponse {
    let measured = endpoint.doors.iter().map(|door| async {
        let _ = door.asker.ask_within(MEASURE_DEADLINE, Question::Measure).await;
        door.metrics.render()
    });
    let mut texts = join_all(measured).await;
    texts.push(endpoint.metrics.render());
    ([(header::CONTENT_TYPE, OPEN_METRICS)], metrics::merge(&texts))
}
