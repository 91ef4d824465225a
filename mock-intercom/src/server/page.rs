//! The page at `/` that shows the inbox live, and the stream of events behind it.

mod board;
mod history;
mod publisher;
mod rates;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tokio::sync::{Semaphore, mpsc, watch};

use self::publisher::{Listener, QUEUE};
use super::Shared;
use super::socket::ResetSwitch;

/// The most pages that listen at once.
const MOST_STREAMS: usize = 16;

/// Nothing but what the mock itself serves.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The page's endpoints, and the task that feeds them until the mock stops.
pub(super) fn routes(shared: &Arc<Shared>, stopped: watch::Receiver<bool>) -> Router<Arc<Shared>> {
    let (joining, joined) = mpsc::channel(MOST_STREAMS);
    tokio::spawn(publisher::run(Arc::clone(shared), joined, stopped));
    let places = Arc::new(Semaphore::new(MOST_STREAMS));
    Router::new()
        .route("/", any(page))
        .route("/_mock/page/{file}", get(file))
        .route("/_mock/events", get(move || listen(joining.clone(), Arc::clone(&places))))
}

/// The page for a browser; for everybody else `/` is a path of Intercom's API like any other.
async fn page(
    shared: State<Arc<Shared>>,
    switch: ConnectInfo<ResetSwitch>,
    request: Request,
) -> Response {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_browser = accept.is_some_and(|accept| accept.contains("text/html"));
    if is_browser && matches!(*request.method(), Method::GET | Method::HEAD) {
        return asset("text/html; charset=utf-8", include_str!("page/page.html"));
    }
    super::rest::answer(shared, switch, request).await
}

async fn file(Path(name): Path<String>) -> Response {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    match name.as_str() {
        "page.css" => asset("text/css; charset=utf-8", include_str!("page/page.css")),
        "page.js" => asset(SCRIPT, include_str!("page/page.js")),
        "chart.js" => asset(SCRIPT, include_str!("page/chart.js")),
        "icon.svg" => asset("image/svg+xml", include_str!("page/icon.svg")),
        _ => (StatusCode::NOT_FOUND, "the page has no such file").into_response(),
    }
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

/// A new stream begins with everything, so a page that comes back needs to tell nothing.
async fn listen(joining: mpsc::Sender<Listener>, places: Arc<Semaphore>) -> Response {
    let Ok(permit) = places.try_acquire_owned() else {
        let message = format!("{MOST_STREAMS} pages are listening already; close one");
        return (StatusCode::TOO_MANY_REQUESTS, message).into_response();
    };
    let (events, stream) = mpsc::channel(QUEUE);
    // An error means that the mock is stopping: the stream is over before it began.
    _ = joining.send(Listener { events, _permit: permit }).await;
    Sse::new(Events(stream)).into_response()
}

/// Ends when the publisher lets go of its other end.
struct Events(mpsc::Receiver<Event>);

impl futures_util::Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}
