//! Names every request, so that log lines, traces and answers can be told to belong together.

use std::sync::Arc;

use axum::extract::{self, MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::State;
use crate::request_id::RequestId;
use crate::telemetry::SERVER_FAILS;

/// Handles a request under its id, and sends the id back. Writes down the endpoint and not the path,
/// which can hold anything as long as the guard has not looked.
pub(super) async fn name(
    extract::State(state): extract::State<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let request_id = RequestId::of(request.headers());
    let endpoint = request.extensions().get::<MatchedPath>().cloned();
    let endpoint = endpoint.as_ref().map(MatchedPath::as_str);
    let trace = state.parts.tracer.request(request.method(), endpoint, &request_id);
    let span = tracing::info_span!("admin", request_id = request_id.as_str(), endpoint);
    let answered = async {
        let response = next.run(request).await;
        tracing::debug!(status = response.status().as_u16(), "answered");
        response
    };
    let mut response = answered.instrument(span).await;
    trace.answered(response.status().as_u16(), SERVER_FAILS);
    let (name, value) = request_id.into_header();
    response.headers_mut().insert(name, value);
    response
}
