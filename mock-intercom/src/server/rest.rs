//! Every path that is not a control endpoint is Intercom's API.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;

use super::socket::ResetSwitch;
use super::{BODY_LIMIT, Shared};
use crate::Moment;
use crate::api::{ApiRequest, ApiResponse, Exchange, Sending};

pub(super) async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(switch): ConnectInfo<ResetSwitch>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let mut request = ApiRequest {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head
            .headers
            .iter()
            .filter(|(name, _)| ApiRequest::looks_at(name.as_str()))
            .filter_map(|(name, value)| {
                Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
            })
            .collect(),
        body: Vec::new(),
    };
    let body = axum::body::to_bytes(body, BODY_LIMIT).await;
    let (arrived, shown, exchange) = shared.with(|now, workspace| {
        let exchange = match body {
            Ok(bytes) => {
                request.body = bytes.into();
                workspace.exchange(now, &request)
            }
            Err(_) => {
                let response = workspace.refuse_body(now, &request);
                Exchange { response, delay: Duration::ZERO, sending: Sending::Whole }
            }
        };
        (now, workspace.now(), exchange)
    });
    if !exchange.delay.is_zero() {
        shared.sleep_until(arrived + exchange.delay).await;
    }
    send(shared, exchange, shown, &switch)
}

/// Sends an answer as its faults have it.
fn send(shared: Arc<Shared>, exchange: Exchange, shown: Moment, switch: &ResetSwitch) -> Response {
    let Exchange { mut response, sending, .. } = exchange;
    let body = Bytes::from(std::mem::take(&mut response.body));
    let (length, body) = match sending {
        Sending::Whole => (None, Body::from(body)),
        Sending::Slow { bytes, every } => (Some(body.len()), slow(shared, body, bytes, every)),
        Sending::Truncated { keep } => (Some(body.len()), truncated(body.slice(..keep))),
        Sending::Reset | Sending::Never => {
            switch.throw();
            (None, broken())
        }
    };
    let mut response = head(response, shown);
    if let Some(length) = length {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = body;
    response
}

/// A body whose sending fails at once: the connection ends before its head is out.
fn broken() -> Body {
    Body::from_stream(stream::once(async { Err::<Bytes, _>(break_off()) }))
}

fn break_off() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "a fault ends the connection here")
}

/// A body that ends too early, after what there is has gone out.
fn truncated(kept: Bytes) -> Body {
    Body::from_stream(stream::unfold(Some(kept), async |kept| match kept {
        Some(kept) if !kept.is_empty() => Some((Ok(kept), Some(Bytes::new()))),
        Some(_) => {
            // The connection is flushed while nothing more comes.
            tokio::task::yield_now().await;
            Some((Err(break_off()), None))
        }
        None => None,
    }))
}

/// A body in pieces of so many bytes, the second one and those that follow each so long after the
/// one before, on the mock's clock.
fn slow(shared: Arc<Shared>, body: Bytes, bytes: usize, every: Duration) -> Body {
    let start = shared.now();
    Body::from_stream(stream::unfold(
        (shared, body, start),
        move |(shared, mut left, due)| async move {
            if left.is_empty() {
                return None;
            }
            shared.sleep_until(due).await;
            let piece = left.split_to(bytes.min(left.len()));
            Some((Ok::<_, io::Error>(piece), (shared, left, due + every)))
        },
    ))
}

/// The status and the headers; `Date` is what Intercom's clock shows.
fn head(answer: ApiResponse, shown: Moment) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() =
        StatusCode::from_u16(answer.status).expect("the API answers with real statuses");
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    let date = HeaderValue::from_str(&shown.to_http_date()).expect("a date is plain text");
    headers.insert(DATE, date);
    for (name, value) in answer.headers {
        let name = name.parse::<axum::http::HeaderName>().expect("our own header names are valid");
        headers.insert(name, value.parse().expect("our own header values are numbers"));
    }
    response
}
