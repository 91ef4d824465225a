//! A name for a request, in the log lines that it causes and in its answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

const NAME: &str = "x-request-id";

/// The longest id that is believed.
const CHARS_MAX: usize = 64;

/// Names one request. It is safe in a log line, whoever chose it.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The id that a request brings as `X-Request-Id`, if it brings one and it is a plain one; else
    /// a new one.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut brought = headers.get_all(NAME).iter();
        match (brought.next(), brought.next()) {
            (Some(only), None) if only.to_str().is_ok_and(is_plain) => Self(only.clone()),
            _ => Self::random(),
        }
    }

    /// 32 hexadecimal digits.
    fn random() -> Self {
        let id = RandomIdGenerator::default().new_trace_id().to_string();
        Self(HeaderValue::try_from(id).expect("digits can stand in a header"))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().expect("a plain id is ASCII")
    }

    /// What an answer carries it in.
    pub(crate) fn into_header(self) -> (HeaderName, HeaderValue) {
        (HeaderName::from_static(NAME), self.0)
    }
}

/// Whether an id that others chose can be written down as it is: it is short, and has letters,
/// digits, `_` and `-` only.
pub(crate) fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=CHARS_MAX).contains(&id.len()) && id.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_id_is_kept() {
        #[track_caller]
        fn check(brought: &[&[u8]], kept: bool) {
            let mut headers = HeaderMap::new();
            for value in brought {
                headers.append(NAME, HeaderValue::from_bytes(value).unwrap());
            }
            let id = RequestId::of(&headers);
            assert!(is_plain(id.as_str()), "{id:?}");
            let is_kept = brought.first().is_some_and(|first| *first == id.as_str().as_bytes());
            assert_eq!(is_kept, kept, "{headers:?} became {id:?}");
        }
        check(&[b"7b3f_A-9"], true);
        check(&[&[b'a'; 64]], true);
        check(&[], false);
        check(&[b""], false);
        check(&[&[b'a'; 65]], false);
        check(&[&[b'a'; 4_000]], false);
        check(&[b"a b"], false);
        check(&[br"a\nERROR forged"], false);
        check(&[b"a%0aforged"], false);
        check(&[b"a\tb"], false);
        check(&[b"{\"a\":1}"], false);
        check(&["\u{e9}".as_bytes()], false);
        check(&[b"\xff"], false);
        check(&[b"one", b"two"], false);
    }

    #[test]
    fn new_ids_differ() {
        let new = || RequestId::of(&HeaderMap::new());
        let (one, other) = (new(), new());
        assert_ne!(one.as_str(), other.as_str());
        assert_eq!(one.as_str().len(), 32);
        let (name, value) = one.clone().into_header();
        assert_eq!((name.as_str(), value.to_str().unwrap()), ("x-request-id", one.as_str()));
    }
}
