//! A mock on a free port, a client of its API, and a receiver of its webhooks.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use mock_intercom::{Clock, MockIntercom, Moment, ServeOptions, Workspace, WorkspaceFile};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};

pub(crate) const TOKEN: &str = "test-token";
pub(crate) const SECRET: &str = "client-secret";

/// The moment at which the clocks of tests start.
pub(crate) const START: Moment = Moment::from_seconds(1_768_000_000);

/// A mock with the example workspace: teammates 101 to 104 (104 away), teams 201 and 202.
pub(crate) struct Api {
    pub(crate) mock: MockIntercom,
    http: reqwest::Client,
}

impl Api {
    pub(crate) async fn start() -> Self {
        Self::of(WorkspaceFile::example(), ServeOptions::default()).await
    }

    /// With a clock on which a minute passes in ten milliseconds.
    pub(crate) async fn fast() -> Self {
        let clock = Clock::scaled(START, 6_000.0);
        let options = ServeOptions { clock, ..ServeOptions::default() };
        Self::of(WorkspaceFile::example(), options).await
    }

    /// The mock has installed a TLS provider by the time the client is built.
    pub(crate) async fn of(file: WorkspaceFile, options: ServeOptions) -> Self {
        let workspace = Workspace::new(file).unwrap();
        let mock = MockIntercom::serve(workspace, options).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { mock, http }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.mock.url()))
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request(Method::GET, path).bearer_auth(TOKEN).send().await.unwrap()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path).bearer_auth(TOKEN).json(&body);
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, body).await
    }

    /// Without a token, as the control endpoints take it.
    pub(crate) async fn control(&self, path: &str, body: Value) -> (u16, Value) {
        read(self.request(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    /// A DM by a new or known user; its conversation.
    pub(crate) async fn dm(&self, user: &str, text: &str) -> String {
        let (status, receipt) =
            self.control("/_mock/dms", json!({"user": user, "text": text})).await;
        assert_eq!(status, 200, "{receipt}");
        receipt["conversation_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn part(&self, conversation: &str, body: Value) -> (u16, Value) {
        self.post(&format!("/conversations/{conversation}/parts"), body).await
    }
}

pub(crate) async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// The only error of an `error.list`, as `code: message`.
pub(crate) fn error(body: &Value) -> String {
    assert_eq!(body["type"], "error.list", "{body}");
    assert_eq!(body["request_id"].as_str().unwrap().len(), 36);
    let errors = body["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1);
    format!("{}: {}", errors[0]["code"].as_str().unwrap(), errors[0]["message"].as_str().unwrap())
}

/// A webhook as it arrived.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Vec<u8>,
    pub(crate) body: Value,
}

/// An endpoint that answers webhooks with given statuses, and with 200 once those are used up.
pub(crate) struct Receiver {
    pub(crate) url: String,
    received: mpsc::UnboundedReceiver<Received>,
}

struct Endpoint {
    received: mpsc::UnboundedSender<Received>,
    statuses: Mutex<std::vec::IntoIter<u16>>,
}

impl Receiver {
    pub(crate) async fn start(statuses: Vec<u16>) -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let endpoint = Endpoint { received: sender, statuses: Mutex::new(statuses.into_iter()) };
        let router = axum::Router::new()
            .route("/hook", axum::routing::post(receive).head(async || ()))
            .with_state(Arc::new(endpoint));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    pub(crate) async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), self.received.recv());
        next.await.expect("a webhook arrives").expect("the endpoint lives as long as its runtime")
    }

    /// The next webhook of a topic; others are passed over.
    pub(crate) async fn next_of(&mut self, topic: &str) -> Received {
        loop {
            let received = self.next().await;
            if received.body["topic"] == topic {
                return received;
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.received.is_empty()
    }
}

async fn receive(
    State(endpoint): State<Arc<Endpoint>>,
    headers: HeaderMap,
    raw: axum::body::Bytes,
) -> StatusCode {
    let body = serde_json::from_slice(&raw).unwrap();
    let status = endpoint.statuses.lock().await.next().unwrap_or(200);
    _ = endpoint.received.send(Received { headers, raw: raw.to_vec(), body });
    StatusCode::from_u16(status).unwrap()
}
