//! Whose token it is: `GET /me`.

use engine::{Outcome, RateLimit, TeammateId};

use super::exchange::{HttpRequest, HttpResponse, get, rate_limit, refusal};
use super::wire::Admin;

/// Asks who the token belongs to.
pub(crate) fn request() -> HttpRequest {
    get("/me", "/me".to_owned())
}

/// Who the token belongs to; or what becomes of a call that needed to know.
///
/// Only what is true of every call is passed on: a 404 here says nothing about the conversation
/// that the call is about.
pub(crate) fn read(response: &HttpResponse) -> Result<TeammateId, (Outcome, Option<RateLimit>)> {
    let unclear = Outcome::Unclear { status: Some(response.status) };
    let outcome = match refusal(response) {
        Some(outcome @ (Outcome::Unauthorized | Outcome::RateLimited)) => outcome,
        Some(_) => unclear,
        None => {
            let admin: Option<Admin> = serde_json::from_slice(&response.body).ok();
            match admin.and_then(|admin| admin.id.0) {
                Some(id) => return Ok(TeammateId::new(id)),
                None => unclear,
            }
        }
    };
    Err((outcome, rate_limit(&response.headers)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: Result<u64, Outcome>) {
        let response = HttpResponse { status, headers: Vec::new(), body: body.into() };
        let read = read(&response).map(TeammateId::get).map_err(|(outcome, _)| outcome);
        assert_eq!(read, expected, "{status} {body}");
    }

    #[test]
    fn only_what_is_true_of_every_call_is_passed_on() {
        check(200, r#"{"type":"admin","id":"814860"}"#, Ok(814_860));
        check(200, r#"{"type":"admin","id":814860}"#, Ok(814_860));
        check(200, "<html>", Err(Outcome::Unclear { status: Some(200) }));
        check(401, "", Err(Outcome::Unauthorized));
        check(429, "", Err(Outcome::RateLimited));
        check(404, "", Err(Outcome::Unclear { status: Some(404) }));
        check(400, "", Err(Outcome::Unclear { status: Some(400) }));
        check(503, "", Err(Outcome::Unclear { status: Some(503) }));
    }
}
