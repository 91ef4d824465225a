//! What a run of errors brings upon a subscription: a pause, and in the end a suspension.
//!
//! Source: Intercom docs, webhook notifications. More than 1,000 consecutive error codes within 15
//! minutes pause a subscription for 15 minutes; errors for more than 7 days suspend that of a private
//! app until somebody sets it live again. What counts as an error there is not stated: here it is
//! what is retried, so every answer but 2xx, 410 and 429, and no answer at all.

use std::collections::VecDeque;
use std::time::Duration;

use crate::Moment;

/// Consecutive errors that are still borne.
pub(super) const ERRORS_BORNE: usize = 1_000;
const ERRORS_WITHIN: Duration = Duration::from_secs(15 * 60);
/// How long a pause is.
pub(super) const PAUSE: Duration = Duration::from_secs(15 * 60);
const FAILING_BORNE: Duration = Duration::from_secs(7 * 24 * 3600);

/// The errors of a subscription since its last success.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// When the newest happened; one more than are borne, at most.
    errors: VecDeque<Moment>,
    failing_since: Option<Moment>,
}

/// What follows from an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    Nothing,
    Pause,
    Suspension,
}

impl Standing {
    pub(super) fn succeeded(&mut self) {
        self.errors.clear();
        self.failing_since = None;
    }

    /// Counts an error.
    pub(super) fn failed(&mut self, at: Moment, may_suspend: bool) -> Consequence {
        let since = *self.failing_since.get_or_insert(at);
        if may_suspend && at.since(since) > FAILING_BORNE {
            self.succeeded();
            return Consequence::Suspension;
        }
        self.errors.push_back(at);
        if self.errors.len() <= ERRORS_BORNE {
            return Consequence::Nothing;
        }
        let first = self.errors.pop_front().unwrap_or(at);
        if at.since(first) > ERRORS_WITHIN {
            return Consequence::Nothing;
        }
        // What is under way meanwhile begins a new count.
        self.errors.clear();
        Consequence::Pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The consequences of errors `apart` from each other, by the number of the error.
    fn consequences(errors: u64, apart: Duration, private: bool) -> Vec<(u64, Consequence)> {
        let mut standing = Standing::default();
        (1..=errors)
            .map(|n| (n, Moment::EPOCH + apart.saturating_mul(n as u32)))
            .map(|(n, at)| (n, standing.failed(at, private)))
            .filter(|(_, consequence)| *consequence != Consequence::Nothing)
            .collect()
    }

    #[test]
    fn more_than_a_thousand_errors_within_fifteen_minutes_pause() {
        let check = |errors, apart, expected: &[(u64, Consequence)]| {
            assert_eq!(consequences(errors, apart, true), expected, "{errors} {apart:?}");
        };
        check(1_000, Duration::from_millis(1), &[]);
        check(1_001, Duration::from_millis(900), &[(1_001, Consequence::Pause)]);
        check(1_001, Duration::from_millis(901), &[]);
        let twice = [(1_001, Consequence::Pause), (2_002, Consequence::Pause)];
        check(2_500, Duration::from_millis(1), &twice);
    }

    #[test]
    fn more_than_seven_days_of_errors_suspend_a_private_app() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(consequences(169, hour, true), [], "exactly seven days");
        assert_eq!(consequences(170, hour, true), [(170, Consequence::Suspension)]);
        assert_eq!(consequences(400, hour, false), [], "a public app");
    }

    #[test]
    fn a_success_forgives_all() {
        let mut standing = Standing::default();
        let at = Moment::from_seconds(1);
        (0..1_000).for_each(|_| _ = standing.failed(at, true));
        standing.succeeded();
        assert_eq!(standing.failed(at + FAILING_BORNE * 2, true), Consequence::Nothing);
    }
}
