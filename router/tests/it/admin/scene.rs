//! A router with an admin API, and the mock.

use std::time::Duration;

use mock_intercom::{MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use reqwest::{Method, StatusCode};
use router::config::AdminConfig;
use router::journal::Journal;
use router::reload::RulesWatch;
use router::{Clock, Options};
use secrecy::SecretString;
use serde_json::Value;

use crate::stage::{self, CLIENT_SECRET, Stage, Watch};

pub(super) const ADMIN_TOKEN: &str = "token-of-the-tests";

/// How long to wait for what should come at once.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct Scene {
    pub(super) stage: Stage,
    pub(super) mock: MockIntercom,
    pub(super) watch: Watch,
}

/// An answer of the admin API.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

pub(super) async fn mock() -> MockIntercom {
    let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
    MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap()
}

impl Scene {
    pub(super) async fn new() -> Self {
        let (journal, watch) = stage::watched();
        Self::with(mock().await, journal, watch).await
    }

    pub(super) async fn with(mock: MockIntercom, journal: Box<dyn Journal>, watch: Watch) -> Self {
        Self::with_rules(mock, journal, watch, None).await
    }

    /// A router whose rules may change.
    pub(super) async fn with_rules(
        mock: MockIntercom,
        journal: Box<dyn Journal>,
        watch: Watch,
        rules: Option<RulesWatch>,
    ) -> Self {
        let options = Options { rules, ..Options::default() };
        Self::with_options(mock, journal, watch, options).await
    }

    /// A router that is built with something else.
    pub(super) async fn with_options(
        mock: MockIntercom,
        journal: Box<dyn Journal>,
        watch: Watch,
        options: Options,
    ) -> Self {
        let mut config = stage::config(mock.url());
        let listen = "127.0.0.1:0".parse().unwrap();
        config.admin = Some(AdminConfig { listen, token: SecretString::from(ADMIN_TOKEN) });
        let stage = Stage::start_so(Clock::system(), config, journal, options).await;
        stage.until_ready_is(200).await;
        mock.subscribe(stage.webhook_url(), CLIENT_SECRET);
        Self { stage, mock, watch }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.stage.admin_url.as_ref().unwrap())
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str) -> Answer {
        self.ask(Method::POST, path, None).await
    }

    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.stage.http.request(method, self.url(path)).bearer_auth(ADMIN_TOKEN);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        assert_eq!(response.headers()["cache-control"], "no-store");
        Answer { status, body: response.json().await.unwrap_or(Value::Null) }
    }

    /// The status, whatever it says.
    pub(super) async fn status(&self) -> Value {
        let answer = self.get("/v1/status").await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.body
    }

    /// Asks for the status until it is as wanted.
    pub(super) async fn until(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let asking = async {
            loop {
                last = self.status().await;
                if wanted(&last) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        let came = tokio::time::timeout(PATIENCE, asking).await.is_ok();
        assert!(came, "it never came to that: {last}");
        last
    }

    /// How many conversations wait for a team.
    pub(super) async fn until_waiting(&self, count: u64) -> Value {
        self.until(|status| waiting(status) == count).await
    }
}

/// How many conversations wait for any team.
pub(super) fn waiting(status: &Value) -> u64 {
    let teams = status["teams"].as_array().unwrap();
    teams.iter().map(|team| team["waiting"].as_u64().unwrap()).sum()
}

/// How many open conversations all teammates have.
pub(super) fn load(status: &Value) -> u64 {
    let teammates = status["teammates"].as_array().unwrap();
    teammates.iter().map(|teammate| teammate["open"].as_u64().unwrap()).sum()
}
