//! Carries calls out over HTTP. It decides nothing: what, when and how often is the engine's.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use engine::{
    Action, Call, CommandId, ConversationId, ConversationPage, Outcome, RateLimit, TeammateId,
};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::config::{Config, IntercomConfig};
use crate::intercom::identity::Obstacle;
use crate::intercom::{
    Exchange, HttpRequest, HttpResponse, TransportFailure, identity, request_id,
};
use crate::metrics::Metrics;
use crate::request_id::is_plain;
use crate::telemetry::{CLIENT_FAILS, Server, Trace, Tracer};

/// Bytes of an answer: a conversation comes with up to 500 parts.
const LONGEST_ANSWER: usize = 16 << 20;

/// How long a connection is kept for the next call.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) command: CommandId,
    pub(crate) outcome: Outcome,
    pub(crate) rate_limit: Option<RateLimit>,
}

/// Carries out calls, all at once: the engine limits how many are in flight.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    client: Arc<Client>,
    calls: JoinSet<Finished>,
    /// Which call a task carries out, should the task fail.
    commands: HashMap<tokio::task::Id, CommandId>,
}

/// Why the HTTP client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The token or version cannot stand in a header.
    #[error("the {0} has characters that an HTTP header cannot carry")]
    Header(&'static str),
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] reqwest::Error),
}

impl Dispatcher {
    pub(crate) fn new(
        config: &Config,
        metrics: Arc<Metrics>,
        tracer: Tracer,
    ) -> Result<Self, ClientError> {
        let mut client = Client::new(&config.intercom, &config.token, metrics)?;
        client.dry_run = config.dry_run;
        client.tracer = tracer;
        let client = Arc::new(client);
        Ok(Self { client, calls: JoinSet::new(), commands: HashMap::new() })
    }

    /// Begins a call.
    pub(crate) fn dispatch(&mut self, call: Call) {
        let client = Arc::clone(&self.client);
        let command = call.id;
        let task = self.calls.spawn(async move {
            let (outcome, rate_limit) = client.carry_out(call).await;
            Finished { command, outcome, rate_limit }
        });
        self.commands.insert(task.id(), command);
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.calls.len()
    }

    /// Waits for the next call to finish; never returns while there are none.
    pub(crate) async fn finished(&mut self) -> Finished {
        match self.calls.join_next_with_id().await {
            Some(joined) => self.settle(joined),
            None => std::future::pending().await,
        }
    }

    /// A call that has finished already.
    pub(crate) fn try_finished(&mut self) -> Option<Finished> {
        let joined = self.calls.try_join_next_with_id()?;
        Some(self.settle(joined))
    }

    fn settle(
        &mut self,
        joined: Result<(tokio::task::Id, Finished), tokio::task::JoinError>,
    ) -> Finished {
        match joined {
            Ok((task, finished)) => {
                self.commands.remove(&task);
                finished
            }
            Err(error) => {
                tracing::error!(%error, "a call's task failed");
                let command = self.commands.remove(&error.id()).expect("dispatch noted every task");
                Finished { command, outcome: Outcome::Unclear { status: None }, rate_limit: None }
            }
        }
    }
}

/// Asks Intercom once for all teams and teammates, outside of any engine. What came of it is an
/// [`Outcome::Roster`] if all went well.
///
/// # Errors
///
/// If the HTTP client cannot be made.
pub async fn fetch_roster(
    config: &IntercomConfig,
    token: &SecretString,
) -> Result<Outcome, ClientError> {
    let client = Client::new(config, token, Arc::new(Metrics::new(None)))?;
    let call = Call { id: CommandId::new(0), attempt: 1, action: Action::FetchRoster };
    Ok(client.carry_out(call).await.0)
}

/// The connection to Intercom.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    base_url: String,
    /// Configured, or asked for once.
    acting_admin: OnceCell<TeammateId>,
    metrics: Arc<Metrics>,
    /// Whether changes are only imagined.
    dry_run: bool,
    tracer: Tracer,
    server: Server,
}

impl Client {
    fn new(
        config: &IntercomConfig,
        token: &SecretString,
        metrics: Arc<Metrics>,
    ) -> Result<Self, ClientError> {
        let http = http_client(config, token)?;
        let base_url = config.base_url.clone();
        let acting_admin = OnceCell::new_with(config.acting_admin);
        let (tracer, server) = (Tracer::default(), Server::of(&base_url));
        Ok(Self { http, base_url, acting_admin, metrics, dry_run: false, tracer, server })
    }

    async fn carry_out(&self, call: Call) -> (Outcome, Option<RateLimit>) {
        if let Some(outcome) = imagined(&call.action).filter(|_| self.dry_run) {
            return (outcome, None);
        }
        let errand = Errand::begin(&call, &self.tracer);
        let (outcome, rate_limit) = self.run(call.action, &errand).await;
        errand.trace.came_to(&outcome);
        (outcome, rate_limit)
    }

    async fn run(&self, action: Action, errand: &Errand) -> (Outcome, Option<RateLimit>) {
        let assigns = matches!(action, Action::AssignTeam { .. } | Action::AssignTeammate { .. });
        let acting_admin = match self.acting_admin(errand).await {
            Ok(acting_admin) => acting_admin,
            Err((obstacle, rate_limit)) => return (obstacle.into(), rate_limit),
        };
        let mut exchange = Exchange::new(action, acting_admin);
        while let Some(request) = exchange.next_request() {
            match self.send(request, errand).await {
                Ok(response) => exchange.handle_response(response),
                Err(failure) => exchange.handle_failure(failure),
            }
        }
        let (outcome, rate_limit) = exchange.finish();
        if assigns {
            self.metrics.assignment_call(&outcome);
        }
        (outcome, rate_limit)
    }

    /// In whose name conversations are assigned, tagged and annotated. If Intercom does not tell, the call that needed to know
    /// ends the way the question did.
    async fn acting_admin(
        &self,
        errand: &Errand,
    ) -> Result<TeammateId, (Obstacle, Option<RateLimit>)> {
        let ask = || async {
            match self.send(identity::request(), errand).await {
                Ok(response) => identity::read(&response),
                Err(_) => Err((Obstacle::Unclear { status: None }, None)),
            }
        };
        self.acting_admin.get_or_try_init(ask).await.copied()
    }

    async fn send(
        &self,
        request: HttpRequest,
        errand: &Errand,
    ) -> Result<HttpResponse, TransportFailure> {
        let (method, endpoint) = (request.method, request.endpoint);
        let trace = errand.trace.outgoing(method, endpoint, &self.server, errand.attempt);
        self.send_and_tell(request, &trace).instrument(errand.span(endpoint)).await
    }

    /// Sends a request, and counts and writes down what came of it.
    async fn send_and_tell(
        &self,
        request: HttpRequest,
        trace: &Trace,
    ) -> Result<HttpResponse, TransportFailure> {
        let endpoint = request.endpoint;
        let answer = self.try_send(request).await;
        let (status, answer) = match answer {
            Ok(response) => {
                trace.answered(response.status, CLIENT_FAILS);
                tell_error(&response, trace);
                (response.status.to_string(), Ok(response))
            }
            Err(error) if error.is_timeout() => {
                trace.failed("timeout");
                ("timeout".to_owned(), Err(TransportFailure::Timeout))
            }
            Err(error) => {
                trace.failed("connection");
                tracing::debug!(error = %error.without_url(), "no answer");
                ("connection".to_owned(), Err(TransportFailure::Connection))
            }
        };
        self.metrics.api_request(endpoint, status);
        answer
    }

    async fn try_send(&self, request: HttpRequest) -> reqwest::Result<HttpResponse> {
        let url = format!("{}{}", self.base_url, request.path);
        let mut builder = match request.method {
            "POST" => self.http.post(url),
            "PUT" => self.http.put(url),
            _ => self.http.get(url),
        };
        if let Some(body) = request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = builder.send().await?;
        let status = response.status().as_u16();
        let headers = rate_limit_headers(response.headers());
        let body = body_of(&mut response).await?;
        Ok(HttpResponse { status, headers, body })
    }
}

/// What a request is made for.
#[derive(Debug)]
struct Errand {
    command: CommandId,
    attempt: u32,
    conversation: Option<ConversationId>,
    trace: Trace,
}

impl Errand {
    fn begin(call: &Call, tracer: &Tracer) -> Self {
        let conversation = call.action.conversation().cloned();
        let (command, attempt, trace) = (call.id, call.attempt, tracer.call(call));
        Self { command, attempt, conversation, trace }
    }

    /// What every log line about a request carries: ids, never what is in it.
    fn span(&self, endpoint: &'static str) -> tracing::Span {
        let command = self.command.get();
        let conversation = self.conversation.as_ref().map(ConversationId::as_str);
        tracing::info_span!("call", command, endpoint, conversation)
    }
}

/// Says that Intercom answered with an error, and by which id its support finds the request. What
/// is part of the work, such as a limit that is reached, is no reason to worry.
fn tell_error(response: &HttpResponse, trace: &Trace) {
    let status = response.status;
    if status < CLIENT_FAILS {
        return;
    }
    let intercom_request_id = request_id(&response.body).filter(|id| is_plain(id));
    if let Some(id) = &intercom_request_id {
        trace.note("router.intercom_request_id", id);
    }
    match status {
        404 | 410 | 429 => {
            tracing::info!(status, intercom_request_id, "Intercom answers with an error");
        }
        _ => tracing::warn!(status, intercom_request_id, "Intercom answers with an error"),
    }
}

/// A client that sends the token to Intercom and nowhere else: it follows no redirection and uses
/// no proxy of the environment.
pub(crate) fn http_client(
    config: &IntercomConfig,
    token: &SecretString,
) -> Result<reqwest::Client, ClientError> {
    // The first one to install a provider wins; it is the same one everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .default_headers(headers(config, token)?)
        .user_agent(concat!("router/", env!("CARGO_PKG_VERSION")))
        .timeout(config.timeout)
        .pool_idle_timeout(KEEP_ALIVE)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()
        .map_err(ClientError::Setup)
}

/// The body of an answer. A longer one than any of Intercom's is cut off: then it cannot be read,
/// which every call copes with.
pub(crate) async fn body_of(response: &mut reqwest::Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What a change comes to if all goes well; `None` if the action changes nothing.
fn imagined(action: &Action) -> Option<Outcome> {
    match action {
        Action::AssignTeam { .. } | Action::AssignTeammate { .. } => {
            Some(Outcome::Assigned { part: None, updated_at: None })
        }
        Action::AddTag { .. } | Action::SetAttributes { .. } | Action::WriteNote { .. } => {
            Some(Outcome::Annotated)
        }
        Action::Reply { .. } => Some(Outcome::Written { part: None }),
        // What changed since contradicts what is only imagined.
        Action::FindConversations { changed_since: Some(_), .. } => {
            Some(Outcome::Conversations(ConversationPage::default()))
        }
        Action::FetchContact { .. }
        | Action::FetchConversation { .. }
        | Action::FindConversations { changed_since: None, .. }
        | Action::FetchRoster => None,
    }
}

fn headers(config: &IntercomConfig, token: &SecretString) -> Result<HeaderMap, ClientError> {
    let mut authorization = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
        .map_err(|_| ClientError::Header("token"))?;
    authorization.set_sensitive(true);
    let version =
        HeaderValue::try_from(&config.version).map_err(|_| ClientError::Header("version"))?;
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, authorization),
        (ACCEPT, HeaderValue::from_static("application/json")),
        (reqwest::header::HeaderName::from_static("intercom-version"), version),
    ]))
}

pub(crate) fn rate_limit_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let told = headers.iter().filter(|(name, _)| name.as_str().starts_with("x-ratelimit-"));
    told.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests;
