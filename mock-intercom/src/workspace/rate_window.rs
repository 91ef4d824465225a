//! Intercom's rate limit: fixed windows.

use crate::Moment;
use crate::workspace_file::RateLimit;

/// The calls of the current window.
#[derive(Clone, Debug)]
pub(crate) struct RateWindow {
    limit: RateLimit,
    /// The number of the window since the epoch.
    window: u64,
    used: u32,
}

/// What the three headers say (Intercom docs, rate limiting).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateStatus {
    /// Whether this call is within the limit.
    pub(crate) allowed: bool,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Unix seconds at which the window ends.
    pub(crate) reset: u64,
}

impl RateWindow {
    pub(crate) const fn new(limit: RateLimit) -> Self {
        Self { limit, window: 0, used: 0 }
    }

    /// The limit of the workspace: of all its apps together.
    pub(crate) fn workspace_limit(&self) -> u32 {
        let RateLimit { calls_per_window, workspace_calls_per_window, .. } = self.limit;
        workspace_calls_per_window
            .unwrap_or_else(|| calls_per_window.saturating_add(calls_per_window / 2 * 3))
    }

    /// Counts a call, while other apps use up `others` calls of the workspace's limit. A refused call
    /// uses nothing up. What the headers say when the workspace has fewer calls left than the app is
    /// not documented: here, the smaller number.
    pub(crate) fn take(&mut self, at: Moment, others: u32) -> RateStatus {
        let length = u64::from(self.limit.window_seconds);
        let window = at.as_seconds() / length;
        if window != self.window {
            (self.window, self.used) = (window, 0);
        }
        let left = self.workspace_limit().saturating_sub(others);
        let most = self.limit.calls_per_window.min(left);
        let allowed = self.used < most;
        self.used += u32::from(allowed);
        RateStatus {
            allowed,
            limit: self.limit.calls_per_window,
            remaining: most.saturating_sub(self.used),
            reset: (window + 1) * length,
        }
    }

    /// The text of the error, in Intercom's words.
    pub(crate) fn message(&self) -> String {
        let RateLimit { calls_per_window, window_seconds, .. } = self.limit;
        format!("Exceeded rate limit of {calls_per_window} in {window_seconds}_seconds")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn limit(calls_per_window: u32, workspace_calls_per_window: Option<u32>) -> RateLimit {
        RateLimit { calls_per_window, workspace_calls_per_window, window_seconds: 10 }
    }

    #[test]
    fn counts_within_windows_aligned_to_the_epoch() {
        let mut window = RateWindow::new(limit(2, None));
        let mut check = |micros, allowed, remaining, reset| {
            let status = window.take(Moment::from_micros(micros), 0);
            assert_eq!(
                (status.allowed, status.remaining, status.reset),
                (allowed, remaining, reset)
            );
        };
        check(18_000_000, true, 1, 20);
        check(19_999_999, true, 0, 20);
        check(19_999_999, false, 0, 20);
        check(20_000_000, true, 1, 30);
        check(39_000_000, true, 1, 40);
    }

    #[test]
    fn other_apps_leave_what_they_do_not_use() {
        let check = |limit, others, expected: &[(bool, u32)]| {
            let mut window = RateWindow::new(limit);
            for &expected in expected {
                let status = window.take(Moment::from_seconds(5), others);
                assert_eq!((status.allowed, status.remaining), expected, "{others}");
            }
        };
        check(limit(2, Some(5)), 3, &[(true, 1), (true, 0), (false, 0)]);
        check(limit(2, Some(5)), 4, &[(true, 0), (false, 0)]);
        check(limit(2, Some(5)), 9, &[(false, 0)]);
        check(limit(u32::MAX, None), 0, &[(true, u32::MAX - 1)]);
        assert_eq!(RateWindow::new(limit(1_666, None)).workspace_limit(), 4_165);
    }
}
