//! What was asked of Intercom.

use std::collections::BTreeMap;

/// Intercom's windows in seconds (its docs on rate limiting, 2.17).
const WINDOW: u64 = 10;

/// Calls of the REST API, counted.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// By method and path, ids left out.
    pub by_kind: BTreeMap<String, u64>,
    /// By window.
    pub by_window: BTreeMap<u64, u64>,
    /// Answered with 429.
    pub rate_limited: u64,
}

impl Calls {
    pub(super) fn record(&mut self, at_s: u64, method: &str, path: &str, status: u16) {
        *self.by_kind.entry(format!("{method} {}", without_ids(path))).or_default() += 1;
        *self.by_window.entry(at_s / WINDOW).or_default() += 1;
        self.rate_limited += u64::from(status == 429);
    }

    /// The most calls in one window.
    #[must_use]
    pub fn busiest_window(&self) -> u64 {
        self.by_window.values().copied().max().unwrap_or(0)
    }
}

/// `/conversations/{id}/parts` for `/conversations/2154…/parts`.
fn without_ids(path: &str) -> String {
    let is_id = |part: &str| part.bytes().any(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> =
        path.split('/').map(|part| if is_id(part) { "{id}" } else { part }).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_kind_and_window() {
        let mut calls = Calls::default();
        calls.record(9, "POST", "/conversations/2154/parts", 200);
        calls.record(10, "POST", "/conversations/2155/parts", 429);
        calls.record(19, "GET", "/contacts/5e68abcd00", 200);
        calls.record(19, "GET", "/admins", 200);
        let kinds: Vec<_> = calls.by_kind.iter().map(|(kind, n)| (kind.as_str(), *n)).collect();
        let expected =
            [("GET /admins", 1), ("GET /contacts/{id}", 1), ("POST /conversations/{id}/parts", 2)];
        assert_eq!(kinds, expected);
        assert_eq!((calls.busiest_window(), calls.rate_limited), (3, 1));
    }
}
