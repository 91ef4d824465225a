//! Whose token it is: `GET /me`.

use engine::{Outcome, RateLimit, TeammateId};

use super::exchange::{HttpRequest, HttpResponse, get, rate_limit, refusal};
use super::wire::Admin;

/// Why it is not known whose token it is; true of every call that needs to know.
///
/// What is not true of every call is unclear: a 404 here says nothing about the conversation that
/// the call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    Unauthorized,
    RateLimited,
    Unclear { status: Option<u16> },
}

impl From<Obstacle> for Outcome {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Unauthorized => Self::Unauthorized,
            Obstacle::RateLimited => Self::RateLimited,
            Obstacle::Unclear { status } => Self::Unclear { status },
        }
    }
}

/// Asks who the token belongs to.
pub(crate) fn request() -> HttpRequest {
    get("/me", "/me".to_owned())
}

/// Who the token belongs to.
pub(crate) fn read(response: &HttpResponse) -> Result<TeammateId, (Obstacle, Option<RateLimit>)> {
    let obstacle = match refusal(response) {
        Some(Outcome::Unauthorized) => Obstacle::Unauthorized,
        Some(Outcome::RateLimited) => Obstacle::RateLimited,
        Some(_) => Obstacle::Unclear { status: Some(response.status) },
        None => {
            let admin: Option<Admin> = serde_json::from_slice(&response.body).ok();
            match admin.and_then(|admin| admin.id.0) {
                Some(id) => return Ok(TeammateId::new(id)),
                None => Obstacle::Unclear { status: Some(response.status) },
            }
        }
    };
    Err((obstacle, rate_limit(&response.headers)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, body: &str, expected: Result<u64, Obstacle>) {
        let response = HttpResponse { status, headers: Vec::new(), body: body.into() };
        let read = read(&response).map(TeammateId::get).map_err(|(obstacle, _)| obstacle);
        assert_eq!(read, expected, "{status} {body}");
    }

    #[test]
    fn only_what_is_true_of_every_call_is_passed_on() {
        let unclear = |status| Err(Obstacle::Unclear { status: Some(status) });
        check(200, r#"{"type":"admin","id":"814860"}"#, Ok(814_860));
        check(200, r#"{"type":"admin","id":814860}"#, Ok(814_860));
        check(200, "<html>", unclear(200));
        check(401, "", Err(Obstacle::Unauthorized));
        check(429, "", Err(Obstacle::RateLimited));
        check(404, "", unclear(404));
        check(400, "", unclear(400));
        check(503, "", unclear(503));
    }
}
