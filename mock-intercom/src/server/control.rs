//! The control endpoints under `/_mock`: what Intercom does not have. No token is asked for.

mod faults;
mod journal;
mod subscriptions;
mod time;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Json, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{BODY_LIMIT, Shared};
use crate::identity::ConversationId;
use crate::workspace::Workspace;
use crate::workspace::bridge::InboundDm;
use crate::workspace::conversation::Conversation;
use crate::workspace::teammates::{ActionError, TeammateAction};

/// The most rows that one answer lists.
const MOST_ROWS: usize = 10_000;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_mock/dms", post(receive_dm))
        .route("/_mock/actions", post(act))
        .route("/_mock/conversations", get(conversations))
        .route("/_mock/state", get(state))
        .merge(subscriptions::routes())
        .merge(journal::routes())
        .merge(faults::routes())
        .merge(time::routes())
        .route("/_mock/{*rest}", axum::routing::any(no_such_endpoint))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

type Answer = Result<Json<Value>, Refusal>;

/// Why a control call was refused: a status and a sentence, as `{"error": "…"}`.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Refusal {
    fn from(rejection: PathRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Refusal {
    fn from(rejection: QueryRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

async fn receive_dm(
    State(shared): State<Arc<Shared>>,
    dm: Result<Json<InboundDm>, JsonRejection>,
) -> Answer {
    let Json(dm) = dm?;
    let receipt = shared
        .with(|now, workspace| workspace.receive_dm(now, dm))
        .map_err(|error| Refusal(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    Ok(Json(json!(receipt)))
}

async fn act(
    State(shared): State<Arc<Shared>>,
    action: Result<Json<TeammateAction>, JsonRejection>,
) -> Answer {
    let Json(action) = action?;
    shared.with(|now, workspace| workspace.act(now, action)).map_err(|error| {
        let status = match error {
            ActionError::UnknownConversation(_)
            | ActionError::UnknownAdmin(_)
            | ActionError::UnknownTeam(_) => StatusCode::NOT_FOUND,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Refusal(status, error.to_string())
    })?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Window {
    /// Only what has a greater number.
    after: Option<u64>,
    #[serde(default = "hundred")]
    limit: usize,
}

const fn hundred() -> usize {
    100
}

impl Window {
    fn rows(&self) -> usize {
        self.limit.clamp(1, MOST_ROWS)
    }
}

/// `next` is what to send as `after` for the conversations that follow, or null at the end.
async fn conversations(
    State(shared): State<Arc<Shared>>,
    window: Result<Query<Window>, QueryRejection>,
) -> Answer {
    let Query(window) = window?;
    let state = shared.lock();
    let workspace = &state.workspace;
    let after = ConversationId::new(window.after.unwrap_or(0));
    let mut found = workspace.conversations_after(after).peekable();
    let mut rows = Vec::new();
    let mut next = None;
    while let Some(conversation) = found.next() {
        rows.push(row(workspace, conversation));
        if rows.len() == window.rows() {
            next = found.peek().map(|_| conversation.id());
            break;
        }
    }
    let total = workspace.conversation_count();
    Ok(Json(json!({"conversations": rows, "next": next, "total": total})))
}

fn row(workspace: &Workspace, conversation: &Conversation) -> Value {
    json!({
        "id": conversation.id(),
        "user": workspace.user_of_contact(conversation.contact()),
        "contact_id": conversation.contact(),
        "state": conversation.state().as_str(),
        "team": conversation.team(),
        "admin": conversation.admin(),
        "parts": conversation.parts().len(),
        "created_at": conversation.created_at().as_seconds(),
        "updated_at": conversation.updated_at().as_seconds(),
    })
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let state = shared.lock();
    let (workspace, outbox) = (&state.workspace, &state.outbox);
    Json(json!({
        "now": shared.now().as_seconds(),
        "contacts": workspace.contact_count(),
        "conversations": workspace.conversation_count(),
        "events": workspace.event_count(),
        "journal_next": workspace.journal().next_index(),
        "webhooks_pending": outbox.pending(),
        "webhooks_dropped": outbox.dropped(),
        "generation": state.generation,
    }))
}

async fn no_such_endpoint() -> Refusal {
    let message = "there is no such control endpoint; there are dms, actions, subscriptions, \
                   ping, journal, verify, faults, clock, snapshots, reset, conversations, state \
                   and events";
    Refusal(StatusCode::NOT_FOUND, message.to_owned())
}
