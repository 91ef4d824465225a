//! Subscriptions: made, listed, set live, ended; and pings.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Refusal};
use crate::delivery::{SubscriptionId, WebhookTarget};
use crate::server::{Shared, sender};

/// The most subscriptions at a time.
const MOST_SUBSCRIPTIONS: usize = 256;
/// The most topics of one, and the most characters of each.
const MOST_TOPICS: usize = 100;

pub(super) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_mock/subscriptions", get(list).post(subscribe))
        .route("/_mock/subscriptions/{id}", delete(unsubscribe))
        .route("/_mock/subscriptions/{id}/live", post(set_live))
        .route("/_mock/ping", post(ping))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSubscription {
    url: String,
    client_secret: SecretString,
    /// None: all.
    #[serde(default)]
    topics: Vec<String>,
    /// Whether the address must be one that Intercom would take, and answer `HEAD`.
    #[serde(default = "yes")]
    validate: bool,
    /// Whether it gets a ping at once.
    #[serde(default = "yes")]
    ping: bool,
}

const fn yes() -> bool {
    true
}

async fn subscribe(
    State(shared): State<Arc<Shared>>,
    body: Result<Json<NewSubscription>, JsonRejection>,
) -> Answer {
    let Json(NewSubscription { url, client_secret, topics, validate, ping }) = body?;
    let unprocessable = |message: String| Refusal(StatusCode::UNPROCESSABLE_ENTITY, message);
    if topics.len() > MOST_TOPICS || topics.iter().any(|topic| topic.len() > MOST_TOPICS) {
        let message = format!("`topics` has at most {MOST_TOPICS} topics of {MOST_TOPICS} bytes");
        return Err(unprocessable(message));
    }
    let target = WebhookTarget { url, client_secret, topics };
    match target.check_url() {
        Err(problem) if validate || !target.url.starts_with("http://") => {
            return Err(unprocessable(problem));
        }
        _ => {}
    }
    if validate && let Err(problem) = sender::check(&shared.client, &target.url).await {
        let hint = "to subscribe it all the same: `\"validate\": false`";
        return Err(unprocessable(format!("`url`: {problem}; {hint}")));
    }
    let id = shared.with_state(|now, state| {
        if state.outbox.len() >= MOST_SUBSCRIPTIONS {
            return None;
        }
        let id = state.outbox.subscribe(target);
        if ping {
            let ping = state.workspace.ping();
            state.outbox.accept_for(now, id, ping);
        }
        Some(id)
    });
    match id {
        Some(id) => Ok(Json(json!({"id": id}))),
        None => Err(unprocessable(format!("there are {MOST_SUBSCRIPTIONS} subscriptions already"))),
    }
}

async fn list(State(shared): State<Arc<Shared>>) -> Answer {
    let statuses = shared.with_state(|now, state| state.outbox.statuses(now));
    Ok(Json(json!({"subscriptions": statuses})))
}

async fn unsubscribe(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<SubscriptionId>, PathRejection>,
) -> Answer {
    let Path(id) = id?;
    found(shared.with_state(|_, state| state.outbox.unsubscribe(id)))
}

/// "Set live" of the Developer Hub.
async fn set_live(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<SubscriptionId>, PathRejection>,
) -> Answer {
    let Path(id) = id?;
    found(shared.with_state(|_, state| state.outbox.set_live(id)))
}

fn found(there: bool) -> Answer {
    match there {
        true => Ok(Json(json!({}))),
        false => Err(Refusal(StatusCode::NOT_FOUND, "there is no such subscription".to_owned())),
    }
}

async fn ping(State(shared): State<Arc<Shared>>) -> Answer {
    shared.with(|now, workspace| workspace.announce_ping(now));
    Ok(Json(json!({})))
}
