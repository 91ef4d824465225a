//! Faults, while the mock runs.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get};
use serde_json::json;

use super::{Answer, Refusal};
use crate::Moment;
use crate::faults::{FaultId, FaultPlan, FaultRule, FaultStatus};
use crate::server::Shared;
use crate::server::shared::SharedState;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_mock/faults", get(list).post(add).delete(clear))
        .route("/_mock/faults/{id}", delete(remove))
}

async fn list(State(shared): State<Arc<Shared>>) -> Answer {
    let state = shared.lock();
    let plan = state.workspace.faults();
    let faults: Vec<FaultStatus<'_>> = plan.statuses().collect();
    Ok(Json(json!({"seed": plan.seed(), "faults": faults})))
}

async fn add(
    State(shared): State<Arc<Shared>>,
    body: Result<Json<FaultRule>, JsonRejection>,
) -> Answer {
    let Json(rule) = body?;
    let added = shared.with(|now, workspace| {
        workspace.advance_to(now);
        workspace.faults_mut().add(rule)
    });
    match added {
        Ok(id) => Ok(Json(json!({"id": id}))),
        Err(error) => Err(Refusal(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())),
    }
}

async fn clear(State(shared): State<Arc<Shared>>) -> Answer {
    shared.with_state(|now, state| without(now, state, FaultPlan::clear));
    Ok(Json(json!({})))
}

async fn remove(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<FaultId>, PathRejection>,
) -> Answer {
    let Path(id) = id?;
    match shared.with_state(|now, state| without(now, state, |plan| plan.remove(id))) {
        true => Ok(Json(json!({}))),
        false => Err(Refusal(StatusCode::NOT_FOUND, "there is no such fault".to_owned())),
    }
}

/// Takes faults away. If that ends an outage, what it held back is sent.
fn without<T>(now: Moment, state: &mut SharedState, change: impl FnOnce(&mut FaultPlan) -> T) -> T {
    state.workspace.advance_to(now);
    let was_outage = state.workspace.faults().is_outage();
    let result = change(state.workspace.faults_mut());
    if was_outage && !state.workspace.faults().is_outage() {
        state.outbox.end_outage(now);
    }
    result
}
