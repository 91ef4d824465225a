//! The REST API: what comes in as a request and goes out as a response, without a socket.

mod activity;
mod admins;
mod attributes;
mod authentication;
mod contacts;
mod conversations;
mod error;
mod events;
mod exchange;
mod fields;
mod metrics;
mod office_hours;
mod operations;
mod page;
mod query;
mod search;
mod segments;
mod subscriptions;
mod tags;
mod ticket_types;
mod tickets;

use std::borrow::Cow;

use serde::Serialize;

use crate::Moment;
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::journal::Record;
use crate::workspace::render::Lens;

use authentication::CallerIndex;
use error::ApiError;
use fields::Fields;

pub(crate) use authentication::Caller;
pub(crate) use exchange::operation_of;
pub use exchange::{Exchange, Sending};
pub use operations::{Operation, Permission, Tier, operations};

/// A request to the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiRequest {
    /// The method, in capitals.
    pub method: String,
    /// The path, from `/`, without the query.
    pub path: String,
    /// The query, without `?`.
    pub query: Option<String>,
    /// The headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl ApiRequest {
    /// A request with the headers that Intercom asks for.
    pub fn new(method: &str, path: &str, token: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: None,
            headers: vec![
                ("authorization".to_owned(), format!("Bearer {token}")),
                ("accept".to_owned(), "application/json".to_owned()),
                ("content-type".to_owned(), "application/json".to_owned()),
            ],
            body: Vec::new(),
        }
    }

    /// With this JSON body.
    #[must_use]
    pub fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = body.to_string().into_bytes();
        self
    }

    /// With one more header; the name in lower case.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether the API looks at a header of this name, in lower case.
    pub(crate) fn looks_at(name: &str) -> bool {
        matches!(name, "authorization" | "accept" | "host" | "intercom-version")
    }

    fn header_value(&self, name: &str) -> Option<&str> {
        debug_assert!(Self::looks_at(name), "`{name}` is not passed on by the server");
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The address that the client calls, without a slash at the end; Intercom's own without `Host`.
    fn base_url(&self) -> String {
        self.header_value("host")
            .map_or_else(|| "https://api.intercom.io".to_owned(), |host| format!("http://{host}"))
    }

    /// The value of a parameter of the query.
    fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let query = self.query.as_deref()?.as_bytes();
        form_urlencoded::parse(query).find(|(key, _)| key == name).map(|pair| pair.1)
    }
}

/// As large as a conversation with a part, in bytes: most answers are, and need not grow.
const USUAL_BODY: usize = 4096;

/// What the API answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body: JSON, or nothing where Intercom answers nothing.
    pub body: Vec<u8>,
}

impl ApiResponse {
    fn ok(body: &impl Serialize) -> Self {
        let mut bytes = Vec::with_capacity(USUAL_BODY);
        serde_json::to_writer(&mut bytes, body).expect("our own shapes are valid JSON");
        Self { status: 200, headers: Vec::new(), body: bytes }
    }

    fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A header by name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; null if it is empty.
    pub fn json(&self) -> serde_json::Value {
        if self.body.is_empty() {
            return serde_json::Value::Null;
        }
        serde_json::from_slice(&self.body).expect("every answer is JSON")
    }
}

/// What a call may look at.
struct Call<'a> {
    at: Moment,
    lens: Lens,
    request: &'a ApiRequest,
    /// What stands for the parameters of the path.
    ids: [Cow<'a, str>; 2],
}

impl Call<'_> {
    fn fields(&self) -> Result<Fields, ApiError> {
        Fields::read(&self.request.body)
    }

    /// A parameter of the path, counted from 0.
    fn id(&self, index: usize) -> &str {
        &self.ids[index]
    }
}

impl Workspace {
    /// Answers a call of the REST API at the time it is, whatever the faults.
    fn call(&mut self, request: &ApiRequest) -> ApiResponse {
        let found = operations::find(&request.method, &request.path);
        let response = self.answer(self.now(), request, found);
        self.log_call(request, found.map(|(operation, _)| operation), &response);
        response
    }

    /// The answer to a call whose body is too large to be read at all.
    pub(crate) fn refuse_body(&mut self, at: Moment, request: &ApiRequest) -> ApiResponse {
        self.advance_to(at);
        let response = self.render_error(&ApiError::body_too_large());
        self.log_call(request, None, &response);
        response
    }

    fn log_call(
        &mut self,
        request: &ApiRequest,
        operation: Option<&Operation>,
        response: &ApiResponse,
    ) {
        self.log(self.now(), |changes| Record::ApiCall {
            method: request.method.clone(),
            path: request.path.clone(),
            operation: operation.map(Operation::id),
            status: response.status,
            changes,
        });
    }

    /// Authentication and rate limit; then the call itself.
    fn answer(&mut self, at: Moment, request: &ApiRequest, found: Found<'_>) -> ApiResponse {
        let caller = match self.authenticate(request) {
            Ok(caller) => caller,
            Err(error) => return self.render_error(&error),
        };
        let elsewhere = self.faults.calls_of_others(self.rate.workspace_limit());
        self.rate.use_elsewhere(at, elsewhere);
        let rate = self.rate.take(at, caller.get());
        let answer = match rate.allowed {
            true => self.dispatch(at, request, caller, found),
            false => Err(ApiError::rate_limited(self.rate.message(rate))),
        };
        let mut response = answer.unwrap_or_else(|error| self.render_error(&error));
        response.headers.extend([
            ("X-RateLimit-Limit".into(), rate.limit.to_string()),
            ("X-RateLimit-Remaining".into(), rate.remaining.to_string()),
            ("X-RateLimit-Reset".into(), rate.reset.to_string()),
        ]);
        response
    }

    /// Content negotiation, version, permission; then the operation.
    fn dispatch(
        &mut self,
        at: Moment,
        request: &ApiRequest,
        caller: CallerIndex,
        found: Found<'_>,
    ) -> Result<ApiResponse, ApiError> {
        if !request.header_value("accept").is_some_and(accepts_json) {
            return Err(ApiError::not_acceptable());
        }
        let version = match request.header_value("intercom-version") {
            None => self.app.version,
            Some(text) => text.parse::<ApiVersion>().map_err(ApiError::version)?,
        };
        let Some((operation, ids)) = found else {
            let what = format!("{} {}", request.method, request.path);
            return Err(match operations::intercom_has(&request.method, &request.path) {
                true => ApiError::not_covered(&what),
                false => ApiError::not_found(),
            });
        };
        if !operation.is_in(version) {
            return Err(ApiError::version_lacks(operation, version));
        }
        self.authorise(caller, operation)?;
        let call = Call { at, lens: Lens::rest(version), request, ids: ids.map(decoded) };
        (operation.handler)(self, &call)
    }

    fn render_error(&mut self, error: &ApiError) -> ApiResponse {
        error.response(&self.next_request_id())
    }
}

/// The operation of a request, if the mock has it, and the parameters of its path as written.
type Found<'a> = Option<(&'static Operation, [&'a str; 2])>;

/// A part of a path without its percent signs.
fn decoded(segment: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy()
}

/// The official SDKs send `*/*` (Node, Python) and `application/vnd.intercom.3+json` (Ruby).
fn accepts_json(header: &str) -> bool {
    header.split(',').filter_map(|range| range.split(';').next()).map(str::trim).any(|range| {
        matches!(range, "*/*" | "application/*" | "application/json")
            || (range.starts_with("application/") && range.ends_with("+json"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negotiates_json() {
        for header in [
            "*/*",
            "application/json, text/plain",
            "text/html, */*;q=0.1",
            "application/vnd.intercom.3+json",
        ] {
            assert!(accepts_json(header), "{header}");
        }
        for header in ["", "text/html", "json"] {
            assert!(!accepts_json(header), "{header}");
        }
    }
}
