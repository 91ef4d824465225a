//! `POST /webhooks/intercom`: verify, decode, wait for the journal, answer. What is genuine and cannot
//! be decoded becomes a dead letter: repeating it would not help.
//!
//! Intercom waits 5 s for an answer, repeats once after a minute, and never again; it disables the
//! subscription on 410 and holds deliveries back on 429, so neither is ever answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{self, ConnectInfo, FromRequest, Request};
use axum::http::StatusCode;
use bytes::Bytes;
use secrecy::ExposeSecret;
use tokio::sync::oneshot;

use super::State;
use crate::clock::Stopwatch;
use crate::intake::{Full, Receipt};
use crate::journal::Unreadable;
use crate::notification::{self, DecodeError, Glimpse, Notification, Topic};
use crate::signature;

/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(4);

/// How long to wait for the journal: Intercom gives up after 5 s from the first byte.
const JOURNAL_DEADLINE: Duration = Duration::from_secs(4);

/// What became of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Accepted,
    Duplicate,
    /// A topic that is not ours, or a ping.
    Ignored,
    /// Another workspace's.
    OtherApp,
    /// From an address that none are taken from.
    OtherSender,
    /// It is kept, and waits for a router that can read it.
    DeadLetter,
    Malformed,
    BadSignature,
    SlowBody,
    TooLarge,
    /// There is no place left: better one repetition than a growing queue.
    Overloaded,
    /// The journal refused it or took too long.
    NotRecorded,
}

impl Answer {
    fn status(self) -> StatusCode {
        match self {
            Self::Accepted
            | Self::Duplicate
            | Self::Ignored
            | Self::OtherApp
            | Self::DeadLetter => StatusCode::OK,
            Self::OtherSender => StatusCode::FORBIDDEN,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::BadSignature => StatusCode::UNAUTHORIZED,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Overloaded | Self::NotRecorded => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its name in metrics.
    fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::OtherApp => "other_app",
            Self::OtherSender => "other_sender",
            Self::DeadLetter => "dead_letter",
            Self::Malformed => "malformed",
            Self::BadSignature => "bad_signature",
            Self::SlowBody => "slow_body",
            Self::TooLarge => "too_large",
            Self::Overloaded => "overloaded",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// Intercom asks with HEAD whether the URL is there when somebody enters it.
pub(super) async fn validate() -> StatusCode {
    StatusCode::OK
}

pub(super) async fn receive(
    extract::State(state): extract::State<Arc<State>>,
    request: Request,
) -> StatusCode {
    let stopwatch = Stopwatch::start();
    let (topic, answer) = state.answer(request).await;
    state.metrics.webhook(topic, answer.name(), stopwatch.elapsed());
    answer.status()
}

impl State {
    /// The answer, and the topic as far as it is known and can be trusted.
    async fn answer(&self, request: Request) -> (&'static str, Answer) {
        const UNKNOWN: &str = "unknown";
        let Ok(_place) = self.places.try_acquire() else {
            return (UNKNOWN, Answer::Overloaded);
        };
        if !self.admits(&request) {
            return (UNKNOWN, Answer::OtherSender);
        }
        let body = match self.verified_body(request).await {
            Ok(body) => body,
            Err(answer) => return (UNKNOWN, answer),
        };
        match notification::decode(&body) {
            Ok(notification) => {
                (Topic::of(&notification.topic).name(), self.take(notification).await)
            }
            Err(error) => {
                // Not the reason in full: JSON's reader quotes what it stumbled over.
                let place = error.place();
                tracing::warn!(%error, place, "a webhook cannot be read");
                let glimpse = notification::glimpse(&body);
                let topic = glimpse.topic.map_or(UNKNOWN, Topic::name);
                (topic, self.keep(body, glimpse, &error).await)
            }
        }
    }

    fn admits(&self, request: &Request) -> bool {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let forwarded = request.headers().get_all("x-forwarded-for").iter();
        let forwarded = forwarded.filter_map(|value| value.to_str().ok());
        peer.is_some_and(|ConnectInfo(peer)| self.senders.admit(peer.ip(), forwarded))
    }

    async fn verified_body(&self, request: Request) -> Result<Bytes, Answer> {
        let signature = request.headers().get(signature::HEADER).cloned();
        let body = Bytes::from_request(request, &());
        let body = match tokio::time::timeout(BODY_DEADLINE, body).await {
            Ok(Ok(body)) => body,
            Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(Answer::TooLarge);
            }
            Ok(Err(_)) => return Err(Answer::Malformed),
            Err(_) => return Err(Answer::SlowBody),
        };
        let key = self.client_secret.expose_secret().as_bytes();
        let signature = signature.as_ref().and_then(|value| value.to_str().ok());
        let genuine = signature.is_some_and(|header| signature::verify(key, &body, header));
        if genuine { Ok(body) } else { Err(Answer::BadSignature) }
    }

    async fn take(&self, notification: Notification) -> Answer {
        if self.app_id.as_ref().is_some_and(|ours| *ours != notification.app_id) {
            return Answer::OtherApp;
        }
        if notification.events.is_empty() {
            return Answer::Ignored;
        }
        let delivered = self.intake.deliver(notification.id, notification.events);
        Self::receipt(delivered, Answer::Accepted).await
    }

    /// Keeps what cannot be read.
    async fn keep(&self, body: Bytes, glimpse: Glimpse, error: &DecodeError) -> Answer {
        let is_ours = |app_id: &String| self.app_id.as_ref().is_none_or(|ours| ours == app_id);
        if !glimpse.app_id.as_ref().is_none_or(is_ours) {
            return Answer::OtherApp;
        }
        let Ok(_place) = self.letters.try_acquire() else {
            return Answer::Overloaded;
        };
        let (notification_id, about) = (glimpse.id, glimpse.topic.map(Topic::name));
        let unreadable = Unreadable { notification_id, about, reason: error.reason(), body };
        Self::receipt(self.intake.deliver_unreadable(unreadable), Answer::DeadLetter).await
    }

    /// Waits for the journal; `recorded` is the answer if it has taken what came.
    async fn receipt(
        delivered: Result<oneshot::Receiver<Receipt>, Full>,
        recorded: Answer,
    ) -> Answer {
        let Ok(receipt) = delivered else {
            return Answer::Overloaded;
        };
        match tokio::time::timeout(JOURNAL_DEADLINE, receipt).await {
            Ok(Ok(Receipt::Recorded)) => recorded,
            Ok(Ok(Receipt::Duplicate)) => Answer::Duplicate,
            Ok(Ok(Receipt::Refused) | Err(_)) | Err(_) => Answer::NotRecorded,
        }
    }
}
