//! Spans, with the names and attributes of OpenTelemetry's semantic conventions for HTTP as far as
//! there are any, and of our own below `router.`.
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/http/http-spans/>.

use axum::http::Method;
use engine::{Call, Outcome};
use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::trace::SdkTracer;

use crate::request_id::RequestId;

/// From this status on, whoever answers has failed.
pub(crate) const SERVER_FAILS: u16 = 500;

/// From this status on, whoever asks has failed.
pub(crate) const CLIENT_FAILS: u16 = 400;

/// Begins traces, or does nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracer(Option<SdkTracer>);

/// A span under way; it ends when it is dropped. Nothing, if it is not to be exported.
#[derive(Debug, Default)]
pub(crate) struct Trace(Option<Live>);

#[derive(Debug)]
struct Live {
    tracer: SdkTracer,
    context: Context,
}

/// The other end of a request that we make.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    address: String,
    port: Option<u16>,
}

impl Tracer {
    pub(super) fn new(tracer: Option<SdkTracer>) -> Self {
        Self(tracer)
    }

    /// A request that is made to us. `route` is the template of its path, if it has one.
    pub(crate) fn request(&self, method: &Method, route: Option<&str>, id: &RequestId) -> Trace {
        let begin = |tracer: &SdkTracer| {
            let method = known(method);
            let name = route.map_or(method.to_owned(), |route| format!("{method} {route}"));
            let mut attributes = vec![
                KeyValue::new("http.request.method", method),
                KeyValue::new("url.scheme", "http"),
                KeyValue::new("router.request_id", id.as_str().to_owned()),
            ];
            attributes.extend(route.map(|it| KeyValue::new("http.route", it.to_owned())));
            let span = SpanBuilder::from_name(name).with_kind(SpanKind::Server);
            Trace::begin(tracer, span.with_attributes(attributes), &Context::new())
        };
        self.0.as_ref().map(begin).unwrap_or_default()
    }

    /// A call to Intercom: one request, or two.
    pub(crate) fn call(&self, call: &Call) -> Trace {
        let begin = |tracer: &SdkTracer| {
            let mut attributes = vec![
                KeyValue::new("router.command", number(call.id.get())),
                KeyValue::new("router.attempt", i64::from(call.attempt)),
            ];
            let conversation = call.action.conversation();
            attributes.extend(
                conversation.map(|it| KeyValue::new("router.conversation", it.as_str().to_owned())),
            );
            let span = SpanBuilder::from_name("call").with_attributes(attributes);
            Trace::begin(tracer, span, &Context::new())
        };
        self.0.as_ref().map(begin).unwrap_or_default()
    }
}

impl Trace {
    fn begin(tracer: &SdkTracer, span: SpanBuilder, parent: &Context) -> Self {
        let context = parent.with_span(tracer.build_with_context(span, parent));
        let live = context.span().is_recording();
        Self(live.then(|| Live { tracer: tracer.clone(), context }))
    }

    fn child(&self, span: impl FnOnce() -> SpanBuilder) -> Self {
        let begin = |live: &Live| Self::begin(&live.tracer, span(), &live.context);
        self.0.as_ref().map(begin).unwrap_or_default()
    }

    /// A part of it.
    pub(crate) fn part(&self, name: &'static str) -> Self {
        self.child(|| SpanBuilder::from_name(name).with_kind(SpanKind::Internal))
    }

    /// A request that we make; `endpoint` is its path without ids, `attempt` counts from 1.
    pub(crate) fn outgoing(
        &self,
        method: &'static str,
        endpoint: &'static str,
        server: &Server,
        attempt: u32,
    ) -> Self {
        self.child(|| {
            let mut attributes = vec![
                KeyValue::new("http.request.method", method),
                KeyValue::new("url.template", endpoint),
                KeyValue::new("server.address", server.address.clone()),
                KeyValue::new("router.attempt", i64::from(attempt)),
            ];
            attributes.extend(server.port.map(|it| KeyValue::new("server.port", i64::from(it))));
            let repeated = attempt.checked_sub(1).filter(|&repeated| repeated > 0);
            attributes.extend(
                repeated.map(|it| KeyValue::new("http.request.resend_count", i64::from(it))),
            );
            SpanBuilder::from_name(format!("{method} {endpoint}"))
                .with_kind(SpanKind::Client)
                .with_attributes(attributes)
        })
    }

    /// Adds a word of a closed set, or an id.
    pub(crate) fn note(&self, key: &'static str, value: &str) {
        self.set(key, || value.to_owned().into());
    }

    /// Adds what came of a call.
    pub(crate) fn came_to(&self, outcome: &Outcome) {
        self.set("router.outcome", || name(outcome).into());
    }

    /// Adds the status that was answered; it fails from `fails_from` on.
    pub(crate) fn answered(&self, status: u16, fails_from: u16) {
        self.set("http.response.status_code", || i64::from(status).into());
        if status >= fails_from
            && let Some(live) = &self.0
        {
            self.set("error.type", || status.to_string().into());
            live.context.span().set_status(Status::error(""));
        }
    }

    /// It came to nothing.
    pub(crate) fn failed(&self, error: &'static str) {
        if let Some(live) = &self.0 {
            self.set("error.type", || error.into());
            live.context.span().set_status(Status::error(""));
        }
    }

    fn set(&self, key: &'static str, value: impl FnOnce() -> Value) {
        if let Some(live) = &self.0 {
            live.context.span().set_attribute(KeyValue::new(key, value()));
        }
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        if let Some(live) = &self.0 {
            live.context.span().end();
        }
    }
}

impl Server {
    /// Of an address such as `https://api.intercom.io`.
    pub(crate) fn of(base_url: &str) -> Self {
        let url = reqwest::Url::parse(base_url).ok();
        let address = url.as_ref().and_then(reqwest::Url::host_str).unwrap_or_default().to_owned();
        Self { address, port: url.and_then(|url| url.port_or_known_default()) }
    }
}

/// A method by its name, from a closed set.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"];
    known.into_iter().find(|it| *it == method.as_str()).unwrap_or("_OTHER")
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Assigned { .. } => "assigned",
        Outcome::Superseded(_) => "superseded",
        Outcome::NotFound => "not_found",
        Outcome::Rejected { .. } => "rejected",
        Outcome::Unauthorized => "unauthorized",
        Outcome::RateLimited => "rate_limited",
        Outcome::Unclear { .. } => "unclear",
        Outcome::NotSent { .. } => "not_sent",
        Outcome::Annotated | Outcome::Written { .. } => "written",
        Outcome::Contact(_)
        | Outcome::Conversation(_)
        | Outcome::Conversations(_)
        | Outcome::Roster(_) => "read",
    }
}

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
