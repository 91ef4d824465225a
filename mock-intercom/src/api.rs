//! The REST API: what comes in as a request and goes out as a response, without a socket.

mod admins;
mod conversations;
mod error;
mod exchange;
mod fields;
mod search;
mod tags;

use std::borrow::Cow;

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::Moment;
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::journal::Record;
use crate::workspace::render::Lens;

use error::ApiError;
use fields::Fields;

pub use exchange::{Exchange, Sending};

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

    fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter of the query, as it is written there.
    fn parameter(&self, name: &str) -> Option<&str> {
        let pairs = self.query.as_deref()?.split('&');
        pairs
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|pair| pair.1)
    }
}

/// What the API answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body: JSON.
    pub body: Vec<u8>,
}

impl ApiResponse {
    fn ok(body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("our own shapes are valid JSON");
        Self { status: 200, headers: Vec::new(), body }
    }

    /// A header by name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("every answer is JSON")
    }
}

/// What a call may look at.
struct Call<'a> {
    at: Moment,
    lens: Lens,
    request: &'a ApiRequest,
}

impl Call<'_> {
    fn fields(&self) -> Result<Fields, ApiError> {
        Fields::read(&self.request.body)
    }
}

impl Workspace {
    /// Answers a call of the REST API at the time it is, whatever the faults.
    fn call(&mut self, request: &ApiRequest) -> ApiResponse {
        let at = self.now();
        let response = self.answer(at, request);
        self.log(at, |changes| Record::ApiCall {
            method: request.method.clone(),
            path: request.path.clone(),
            status: response.status,
            changes,
        });
        response
    }

    /// The answer to a call whose body is too large to be read at all.
    pub(crate) fn refuse_body(&mut self, at: Moment, request: &ApiRequest) -> ApiResponse {
        self.advance_to(at);
        let response = self.render_error(&ApiError::body_too_large());
        self.log(self.now(), |changes| Record::ApiCall {
            method: request.method.clone(),
            path: request.path.clone(),
            status: response.status,
            changes,
        });
        response
    }

    /// Authentication, rate limit, content negotiation, version; then the call itself.
    fn answer(&mut self, at: Moment, request: &ApiRequest) -> ApiResponse {
        if !self.is_authorised(request) {
            return self.render_error(&ApiError::unauthorised());
        }
        let others = self.faults.calls_of_others(self.rate.workspace_limit());
        let rate = self.rate.take(at, others);
        let answer = match rate.allowed {
            true => self.dispatch(at, request),
            false => Err(ApiError::rate_limited(self.rate.message())),
        };
        let mut response = answer.unwrap_or_else(|error| self.render_error(&error));
        response.headers.extend([
            ("X-RateLimit-Limit".into(), rate.limit.to_string()),
            ("X-RateLimit-Remaining".into(), rate.remaining.to_string()),
            ("X-RateLimit-Reset".into(), rate.reset.to_string()),
        ]);
        response
    }

    fn is_authorised(&self, request: &ApiRequest) -> bool {
        let token = request.header_value("authorization").and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        token == Some(self.app.token.expose_secret())
    }

    fn dispatch(&mut self, at: Moment, request: &ApiRequest) -> Result<ApiResponse, ApiError> {
        if !request.header_value("accept").is_some_and(accepts_json) {
            return Err(ApiError::not_acceptable());
        }
        let version = match request.header_value("intercom-version") {
            None => self.app.version,
            Some(text) => text.parse::<ApiVersion>().map_err(ApiError::version)?,
        };
        let call = &Call { at, lens: Lens::rest(version), request };
        let segments: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", ["me"]) => self.get_me(call),
            ("GET", ["admins"]) => self.list_admins(call),
            ("GET", ["admins", id]) => self.get_admin(call, id),
            ("PUT", ["admins", id, "away"]) => self.put_away(call, id),
            ("GET", ["teams"]) => self.list_teams(call),
            ("GET", ["teams", id]) => self.get_team(call, id),
            ("GET", ["contacts", id]) => self.get_contact(call, id),
            ("GET", ["tags"]) => self.list_tags(call),
            ("POST", ["tags"]) => self.create_tag(call),
            ("POST", ["conversations", "search"]) => self.search(call),
            ("GET", ["conversations", id]) if is_id(id) => self.get_conversation(call, id),
            ("PUT", ["conversations", id]) if is_id(id) => self.put_conversation(call, id),
            ("POST", ["conversations", id, "parts"]) => self.post_part(call, id),
            ("POST", ["conversations", id, "reply"]) => self.post_reply(call, id),
            ("POST", ["conversations", id, "tags"]) => self.post_tag(call, id),
            ("DELETE", ["conversations", id, "tags", tag]) => self.delete_tag(call, id, tag),
            _ => Err(ApiError::not_covered(&format!("{} {}", request.method, request.path))),
        }
    }

    fn render_error(&mut self, error: &ApiError) -> ApiResponse {
        error.response(&self.next_request_id())
    }
}

/// `GET /conversations/deleted` and its like are other endpoints, not conversations.
fn is_id(segment: &str) -> bool {
    segment.bytes().any(|byte| byte.is_ascii_digit())
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
