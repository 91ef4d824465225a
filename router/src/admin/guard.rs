//! Who may ask, how many at once, and for how long.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{self, Request};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::State;
use super::refusal::Refusal;

/// How long a request may take, its body included.
const REQUEST_DEADLINE: Duration = Duration::from_secs(10);

const SCHEME: &str = "bearer";

/// Knows the token again. Keeps its SHA-256, so that comparing takes the same time whatever is
/// brought and however long it is.
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn new(token: &SecretString) -> Self {
        Self(Sha256::digest(token.expose_secret().as_bytes()).into())
    }

    /// Whether the headers bring the token, once: a second one might be somebody else's.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let mut brought = headers.get_all(AUTHORIZATION).iter();
        let (Some(only), None) = (brought.next(), brought.next()) else {
            return false;
        };
        let Some((scheme, token)) = only.as_bytes().split_at_checked(SCHEME.len()) else {
            return false;
        };
        let Some(token) = token.strip_prefix(b" ") else {
            return false;
        };
        let digest: [u8; 32] = Sha256::digest(token.trim_ascii()).into();
        scheme.eq_ignore_ascii_case(SCHEME.as_bytes()) && bool::from(self.0.ct_eq(&digest))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Lets requests with the token pass, so many at a time. Of the others nothing is read but the
/// head, and nothing is told.
pub(super) async fn admit(
    extract::State(state): extract::State<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = if !state.key.admits(request.headers()) {
        let ask = [(WWW_AUTHENTICATE, "Bearer realm=\"router admin\"")];
        (StatusCode::UNAUTHORIZED, ask).into_response()
    } else if let Ok(_place) = state.places.try_acquire() {
        next.run(request).await
    } else {
        Refusal::unavailable("too many admin requests are under way").into_response()
    };
    state.parts.metrics.admin_request(outcome(response.status()));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Ends what takes too long, such as a body that does not come.
pub(super) async fn hurry(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_DEADLINE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::new(StatusCode::REQUEST_TIMEOUT, "that took too long").into_response(),
    }
}

/// Its name in metrics.
fn outcome(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "refused",
        status if status.is_client_error() => "wrong",
        status if status.is_server_error() => "failed",
        _ => "answered",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    #[test]
    fn only_the_token_is_admitted() {
        let key = Key::new(&SecretString::from(TOKEN));
        let check = |brought: &[&[u8]], expected: bool| {
            let mut headers = HeaderMap::new();
            for value in brought {
                headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
            }
            assert_eq!(key.admits(&headers), expected, "{headers:?}");
        };
        check(&[b"Bearer 0123456789abcdef"], true);
        check(&[b"bearer 0123456789abcdef"], true);
        check(&[b"BEARER   0123456789abcdef "], true);
        check(&[], false);
        check(&[b""], false);
        check(&[b"Bearer"], false);
        check(&[b"Bearer "], false);
        check(&[b"0123456789abcdef"], false);
        check(&[b"Bearer0123456789abcdef"], false);
        check(&[b"Basic 0123456789abcdef"], false);
        check(&[b"Bearer 0123456789abcde"], false);
        check(&[b"Bearer 0123456789abcdef0"], false);
        check(&[b"Bearer 0123456789ABCDEF"], false);
        check(&[b"Bearer 0123456789abcdef, Bearer 0123456789abcdef"], false);
        check(&[b"Bearer 0123456789abcdef", b"Bearer 0123456789abcdef"], false);
        check(&[b"Basic x", b"Bearer 0123456789abcdef"], false);
        check(&[b"Bearer \xff\xfe"], false);
        check(&[b"\xff\xfe\xff\xfe\xff\xfe\xff"], false);
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{:?}", Key::new(&SecretString::from(TOKEN))), "Key");
    }
}
