//! The journal: read, and verified.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Json, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::json;

use super::{Answer, MOST_ROWS, Refusal, hundred};
use crate::Moment;
use crate::identity::ConversationId;
use crate::server::Shared;
use crate::workspace::journal::{Entry, Expectation, Filter, Kind};

/// The most expectations of one call, and the most steps of an order.
const MOST_EXPECTATIONS: usize = 1_000;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new().route("/_mock/journal", get(journal)).route("/_mock/verify", post(verify))
}

/// [`Filter`], as a query has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    /// That number and up.
    after: Option<u64>,
    #[serde(default = "hundred")]
    limit: usize,
    kind: Option<Kind>,
    method: Option<String>,
    path: Option<String>,
    operation: Option<String>,
    status: Option<u16>,
    topic: Option<String>,
    conversation: Option<u64>,
    change: Option<String>,
    rule: Option<String>,
    since_us: Option<u64>,
}

impl Window {
    fn into_filter(self) -> Filter {
        Filter {
            kind: self.kind,
            method: self.method,
            path: self.path,
            operation: self.operation,
            status: self.status,
            topic: self.topic,
            conversation: self.conversation.map(ConversationId::new),
            change: self.change,
            rule: self.rule,
            after: None,
            since: self.since_us.map(Moment::from_micros),
        }
    }
}

/// `next` is what to send as `after` for the entries that follow.
async fn journal(
    State(shared): State<Arc<Shared>>,
    window: Result<Query<Window>, QueryRejection>,
) -> Answer {
    let Query(window) = window?;
    let (after, rows) = (window.after.unwrap_or(0), window.limit.clamp(1, MOST_ROWS));
    let filter = window.into_filter();
    let state = shared.lock();
    let journal = state.workspace.journal();
    let fitting = journal.since(after).iter().filter(|entry| filter.matches(entry));
    let entries: Vec<&Entry> = fitting.take(rows).collect();
    let next = match entries.last() {
        Some(last) if entries.len() == rows => last.index + 1,
        _ => journal.next_index(),
    };
    Ok(Json(json!({"entries": entries, "next": next, "dropped": journal.dropped()})))
}

async fn verify(
    State(shared): State<Arc<Shared>>,
    body: Result<Json<Vec<Expectation>>, JsonRejection>,
) -> Answer {
    let Json(expectations) = body?;
    let steps = |expected: &Expectation| match expected {
        Expectation::Order { of } => of.len(),
        _ => 1,
    };
    if expectations.iter().map(steps).sum::<usize>() > MOST_EXPECTATIONS {
        let message = format!("there are more than {MOST_EXPECTATIONS} expectations");
        return Err(Refusal(StatusCode::UNPROCESSABLE_ENTITY, message));
    }
    let state = shared.lock();
    let journal = state.workspace.journal();
    let findings = journal.verify(&expectations);
    let ok = findings.iter().all(|finding| finding.ok);
    Ok(Json(json!({"ok": ok, "findings": findings, "dropped": journal.dropped()})))
}
