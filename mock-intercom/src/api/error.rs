//! Errors as Intercom writes them: `error.list` bodies (schema `error`).

use serde_json::json;

use super::ApiResponse;
use super::operations::{Operation, Permission, Tier};
use crate::identity::ContactId;
use crate::version::{ApiVersion, UnknownVersion};
use crate::workspace::bridge::NotDelivered;

/// An error, before it has a `request_id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    status: u16,
    code: &'static str,
    message: String,
    field: Option<&'static str>,
    link: Option<String>,
}

impl ApiError {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, link: None }
    }

    /// 401, in the words of the OpenAPI description.
    pub(super) fn unauthorised() -> Self {
        Self::new(401, "unauthorized", "Access Token Invalid")
    }

    /// 429 (Intercom docs, rate limiting).
    pub(super) fn rate_limited(message: String) -> Self {
        Self::new(429, "rate_limit_exceeded", message)
    }

    /// 406 for an `Accept` that is missing or unsuitable (Intercom docs, HTTP responses). Its code is
    /// not documented.
    pub(super) fn not_acceptable() -> Self {
        Self::new(406, "client_error", "Not Acceptable: send Accept: application/json")
    }

    /// 400 for a version that does not exist. Its body is not documented; the code is the one for an
    /// endpoint that a version lacks.
    pub(super) fn version(unknown: UnknownVersion) -> Self {
        Self::new(400, "intercom_version_invalid", unknown.to_string())
    }

    /// 400 for an operation that the version does not have (schema `error`, examples of the OpenAPI
    /// description).
    pub(super) fn version_lacks(operation: &Operation, version: ApiVersion) -> Self {
        let message = format!(
            "{} {} is not in version {version}: it is in {} to {}",
            operation.method(),
            operation.path(),
            operation.since_version(),
            operation.until_version(),
        );
        Self::new(400, "intercom_version_invalid", message)
    }

    /// 403 for what the app has no permission for.
    pub(super) fn forbidden(needed: Option<Permission>) -> Self {
        let name = needed.map_or("another", Permission::as_str);
        Self::new(403, "forbidden", format!("The app lacks the permission \"{name}\""))
    }

    /// 404, in the words of the OpenAPI description.
    pub(super) fn not_found() -> Self {
        Self::new(404, "not_found", "Resource Not Found")
    }

    /// 403 for an answer that a native channel does not take. What Intercom would say is not
    /// documented; the code is of its list.
    pub(super) fn not_delivered(reason: NotDelivered) -> Self {
        Self::new(403, "action_forbidden", reason.as_str())
    }

    /// 403 for what the workspace's plan does not have.
    pub(super) fn plan_lacks(message: &'static str) -> Self {
        Self::new(403, "api_plan_restricted", message)
    }

    /// 422 for conversations among `data_attributes` (2.16).
    pub(super) fn conversation_model() -> Self {
        let message = "model=conversation is no longer supported. Use GET /conversations/attributes \
                       instead";
        Self::new(422, "parameter_invalid", message)
    }

    /// 400 in a code and words of one endpoint.
    pub(super) fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// 422, in the words of the OpenAPI description.
    pub(super) fn last_customer() -> Self {
        Self::new(422, "parameter_invalid", "Removing the last customer is not allowed")
    }

    /// 422 for conversations that cannot be merged (OpenAPI, 2.16).
    pub(super) fn merge_failed(message: &'static str) -> Self {
        Self::new(422, "merge_failed", message)
    }

    /// 404 in the words of one endpoint.
    pub(super) fn missing(code: &'static str, message: &'static str) -> Self {
        Self::new(404, code, message)
    }

    /// 404 in the words of the endpoints of a contact (OpenAPI).
    pub(super) fn user_not_found() -> Self {
        Self::missing("not_found", "User Not Found")
    }

    /// 409 for a contact that another one is already (Intercom docs, versions 2.1 to 2.6; the newer
    /// descriptions are silent).
    pub(super) fn conflict(rival: ContactId) -> Self {
        let message = format!("A contact matching those details already exists with id={rival}");
        Self::new(409, "conflict", message)
    }

    /// What there is to say of a contact that is not there: 410 from 2.16 if it was merged away, else
    /// 404, as the descriptions have it before.
    pub(super) fn contact_gone(version: ApiVersion, survivor: Option<ContactId>) -> Self {
        match survivor.filter(|_| version >= ApiVersion::V2_16) {
            Some(survivor) => Self::contact_merged(survivor),
            None => Self::user_not_found(),
        }
    }

    /// 410 for a contact that was merged away, in the words of the OpenAPI description (2.16).
    fn contact_merged(survivor: ContactId) -> Self {
        let message =
            "This contact has been merged. See the 'Link' header for the canonical contact.";
        let link = format!("</contacts/{survivor}>; rel=\"canonical\"");
        Self { link: Some(link), ..Self::new(410, "contact_merged", message) }
    }

    /// 400 for what cannot be read or makes no sense (Intercom docs, HTTP responses).
    pub(super) fn invalid(
        field: impl Into<Option<&'static str>>,
        message: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), ..Self::new(400, "parameter_invalid", message) }
    }

    /// 400 for a parameter that is not there.
    pub(super) fn absent(field: &'static str) -> Self {
        let message = format!("{field} not specified");
        Self { field: Some(field), ..Self::new(400, "parameter_not_found", message) }
    }

    /// 400 for a cursor, in the words of a real report (singer-io/tap-intercom#7).
    pub(super) fn cursor() -> Self {
        Self::new(400, "client_error", "Invalid starting_after param. Must be a valid cursor")
    }

    /// 400 for an order of results, in the words of the OpenAPI description's example.
    pub(super) fn sort_order(given: &serde_json::Value) -> Self {
        let given = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        let given: String = given.chars().take(60).collect();
        let message =
            format!("Invalid sort order '{given}'. Must be one of: ascending, descending");
        Self::new(400, "invalid_sort_order", message)
    }

    /// 413. Intercom's limit on bodies is not documented.
    pub(super) fn body_too_large() -> Self {
        Self::new(413, "client_error", "Request body is too large")
    }

    /// 501 for what Intercom has, or may have, and this mock does not.
    pub(super) fn not_covered(what: &str) -> Self {
        let tier = Tier::NotCovered.as_str();
        Self::new(501, "unsupported", format!("mock-intercom does not cover {what} (tier {tier})"))
    }

    /// An error that a fault asks for, with the code that Intercom documents for it (docs, error
    /// codes); for a status without one, the general code.
    pub(super) fn asked_for(status: u16) -> Self {
        let (code, message) = match status {
            400 => ("bad_request", "Bad Request"),
            401 => ("unauthorized", "Access Token Invalid"),
            403 => ("forbidden", "Forbidden"),
            404 => ("not_found", "Resource Not Found"),
            408 => ("request_timeout", "Request Timeout"),
            409 => ("conflict", "Conflict"),
            422 => ("unprocessable_entity", "Unprocessable Entity"),
            429 => ("rate_limit_exceeded", "Exceeded rate limit"),
            503 => ("service_unavailable", "Service Unavailable"),
            500..=599 => ("server_error", "Server Error"),
            _ => ("client_error", "Client Error"),
        };
        Self::new(status, code, message)
    }

    pub(super) fn response(&self, request_id: &str) -> ApiResponse {
        let mut error = json!({"code": self.code, "message": self.message});
        if let Some(field) = self.field {
            error["field"] = field.into();
        }
        let body = json!({"type": "error.list", "request_id": request_id, "errors": [error]});
        ApiResponse {
            status: self.status,
            headers: self.link.iter().map(|link| ("Link".into(), link.clone())).collect(),
            body: body.to_string().into_bytes(),
        }
    }
}
