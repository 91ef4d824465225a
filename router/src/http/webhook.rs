//! `POST /webhooks/intercom`: verify, decode, wait for the journal, answer. What is genuine and cannot
//! be decoded becomes a dead letter: repeating it would not help.
//!
//! Intercom waits 5 s for an answer, repeats once after a minute, and never again; it disables the
//! subscription on 410 and holds deliveries back on 429, so neither is ever answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{self, ConnectInfo, FromRequest, Request};
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use engine::Event;
use secrecy::ExposeSecret;
use tokio::sync::oneshot;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::{Endpoint, Key};
use crate::clock::Stopwatch;
use crate::intake::{Full, Receipt};
use crate::journal::Unreadable;
use crate::metrics::WebhookMetrics;
use crate::notification::{self, DecodeError, Glimpse, Notification, Topic};
use crate::request_id::{RequestId, is_plain};
use crate::signature;
use crate::telemetry::{SERVER_FAILS, Trace};
use crate::workspace::Door;

/// Where webhooks come in.
pub(super) const PATH: &str = "/webhooks/intercom";

/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(4);

/// How long to wait for the journal: Intercom gives up after 5 s from the first byte.
const JOURNAL_DEADLINE: Duration = Duration::from_secs(4);

/// A topic that is not known, or cannot be trusted.
const UNKNOWN: &str = "unknown";

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
    extract::State(endpoint): extract::State<Arc<Endpoint>>,
    request: Request,
) -> impl IntoResponse {
    let stopwatch = Stopwatch::start();
    let request_id = RequestId::of(request.headers());
    let account = Account::begin(&endpoint, &request_id);
    let answered = async {
        let answered = endpoint.answer(request, &account).await;
        let (status, outcome) = (answered.answer.status().as_u16(), answered.answer.name());
        tracing::debug!(status, outcome, "answered");
        answered
    };
    let Answered { door, topic, answer } = answered.instrument(account.span.clone()).await;
    endpoint.metrics_of(door).count(topic, answer.name(), stopwatch.elapsed());
    account.end(answer);
    (answer.status(), [request_id.into_header()])
}

/// What is written down of a webhook: never more than ids and a topic.
#[derive(Debug)]
struct Account {
    /// Stands in every log line.
    span: Span,
    trace: Trace,
}

impl Account {
    fn begin(endpoint: &Endpoint, request_id: &RequestId) -> Self {
        let trace = endpoint.tracer.request(&Method::POST, Some(PATH), request_id);
        let request_id = request_id.as_str();
        let (topic, notification_id, conversation) = (Empty, Empty, Empty);
        let span = tracing::info_span!("webhook", request_id, topic, notification_id, conversation);
        Self { span, trace }
    }

    /// Adds what a genuine body tells.
    fn read(&self, notification: &Notification) {
        let topic = Topic::of(&notification.topic).name();
        let notification_id = notification.id.as_deref().filter(|id| is_plain(id));
        let conversation = conversation(notification).filter(|id| is_plain(id));
        // All at once: what a span has said so far is written anew each time.
        tracing::record_all!(self.span, topic, notification_id, conversation);
        self.trace.note("router.topic", topic);
        for (key, id) in
            [("router.notification", notification_id), ("router.conversation", conversation)]
        {
            if let Some(id) = id {
                self.trace.note(key, id);
            }
        }
    }

    fn end(self, answer: Answer) {
        self.trace.note("router.outcome", answer.name());
        self.trace.answered(answer.status().as_u16(), SERVER_FAILS);
    }
}

/// The conversation that a notification is about: decisions that come of it name it as well.
fn conversation(notification: &Notification) -> Option<&str> {
    match notification.events.first()? {
        Event::ConversationChanged { conversation, .. } => Some(conversation.id.as_str()),
        Event::ConversationDeleted { conversation } => Some(conversation.as_str()),
        _ => None,
    }
}

/// What became of a webhook, and what of it is known and can be trusted.
struct Answered<'a> {
    /// The workspace that it is for.
    door: Option<&'a Door>,
    topic: &'static str,
    answer: Answer,
}

impl From<Answer> for Answered<'_> {
    fn from(answer: Answer) -> Self {
        Self { door: None, topic: UNKNOWN, answer }
    }
}

impl Endpoint {
    /// Where a webhook is counted: if there is one workspace, all are its.
    fn metrics_of<'a>(&'a self, door: Option<&'a Door>) -> &'a WebhookMetrics {
        let only = || self.doors.first().filter(|_| self.doors.len() == 1);
        door.or_else(only).map_or(&self.metrics.webhooks, |door| &door.metrics.webhooks)
    }

    async fn answer(&self, request: Request, account: &Account) -> Answered<'_> {
        let Ok(_place) = self.places.try_acquire() else {
            return Answer::Overloaded.into();
        };
        if !self.admits(&request) {
            return Answer::OtherSender.into();
        }
        let (body, key) = match self.verified_body(request).await {
            Ok(verified) => verified,
            Err(answer) => return answer.into(),
        };
        let notification = match notification::decode(&body) {
            Ok(notification) => notification,
            Err(error) => return self.keep(body, key, &error, account).await,
        };
        account.read(&notification);
        let topic = Topic::of(&notification.topic).name();
        match self.door_for(Some(&notification.app_id), key) {
            Ok(door) => {
                let answer = door.take(notification, account).await;
                Answered { door: Some(door), topic, answer }
            }
            Err(answer) => Answered { door: None, topic, answer },
        }
    }

    /// Keeps what cannot be read.
    async fn keep(
        &self,
        body: Bytes,
        key: &Key,
        error: &DecodeError,
        account: &Account,
    ) -> Answered<'_> {
        // Not the reason in full: JSON's reader quotes what it stumbled over.
        let place = error.place();
        tracing::warn!(%error, place, "a webhook cannot be read");
        let glimpse = notification::glimpse(&body);
        let topic = glimpse.topic.map_or(UNKNOWN, Topic::name);
        let door = match self.door_for(glimpse.app_id.as_deref(), key) {
            Ok(door) => door,
            Err(answer) => return Answered { door: None, topic, answer },
        };
        let answer = match self.letters.try_acquire() {
            Ok(_place) => door.keep(body, glimpse, error, account).await,
            Err(_) => Answer::Overloaded,
        };
        Answered { door: Some(door), topic, answer }
    }

    /// The workspace that a webhook is for, which was signed with this key; if it does not say, any
    /// whose app has signed it.
    fn door_for(&self, app_id: Option<&str>, key: &Key) -> Result<&Door, Answer> {
        let is_for = |door: &Door| {
            door.app_id.as_deref().zip(app_id).is_none_or(|(ours, theirs)| ours == theirs)
        };
        let mut opened = key.doors.iter().map(|&index| &self.doors[index]);
        if let Some(door) = opened.find(|door| is_for(door)) {
            return Ok(door);
        }
        // Whoever has the secret of one workspace's app cannot write for another's.
        let is_known = self.doors.iter().any(is_for);
        Err(if is_known { Answer::BadSignature } else { Answer::OtherApp })
    }

    fn admits(&self, request: &Request) -> bool {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let forwarded = request.headers().get_all("x-forwarded-for").iter();
        let forwarded = forwarded.filter_map(|value| value.to_str().ok());
        peer.is_some_and(|ConnectInfo(peer)| self.senders.admit(peer.ip(), forwarded))
    }

    /// The body, and the key that it is signed with.
    async fn verified_body(&self, request: Request) -> Result<(Bytes, &Key), Answer> {
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
        let signature = signature.as_ref().and_then(|value| value.to_str().ok());
        let signature = signature.ok_or(Answer::BadSignature)?;
        let has_signed = |key: &&Key| {
            signature::verify(key.client_secret.expose_secret().as_bytes(), &body, signature)
        };
        let key = self.keys.iter().find(has_signed).ok_or(Answer::BadSignature)?;
        Ok((body, key))
    }
}

impl Door {
    /// Hands a notification in, and waits until it is durable.
    async fn take(&self, notification: Notification, account: &Account) -> Answer {
        if notification.events.is_empty() {
            return Answer::Ignored;
        }
        let delivered = self.intake.deliver(notification.id, notification.events);
        receipt(delivered, Answer::Accepted, account).await
    }

    /// Keeps what cannot be read.
    async fn keep(
        &self,
        body: Bytes,
        glimpse: Glimpse,
        error: &DecodeError,
        account: &Account,
    ) -> Answer {
        let (notification_id, about) = (glimpse.id, glimpse.topic.map(Topic::name));
        let unreadable = Unreadable { notification_id, about, reason: error.reason(), body };
        let delivered = self.intake.deliver_unreadable(unreadable);
        receipt(delivered, Answer::DeadLetter, account).await
    }
}

/// Waits for the journal; `recorded` is the answer if it has taken what came.
async fn receipt(
    delivered: Result<oneshot::Receiver<Receipt>, Full>,
    recorded: Answer,
    account: &Account,
) -> Answer {
    let Ok(receipt) = delivered else {
        return Answer::Overloaded;
    };
    let _journal = account.trace.part("journal");
    match tokio::time::timeout(JOURNAL_DEADLINE, receipt).await {
        Ok(Ok(Receipt::Recorded)) => recorded,
        Ok(Ok(Receipt::Duplicate)) => Answer::Duplicate,
        Ok(Ok(Receipt::Refused) | Err(_)) | Err(_) => Answer::NotRecorded,
    }
}
