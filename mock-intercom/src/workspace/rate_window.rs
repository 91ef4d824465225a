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

    /// Counts a call. A refused call uses nothing up.
    pub(crate) fn take(&mut self, at: Moment) -> RateStatus {
        let length = u64::from(self.limit.window_seconds);
        let window = at.as_seconds() / length;
        if window != self.window {
            (self.window, self.used) = (window, 0);
        }
        let allowed = self.used < self.limit.calls_per_window;
        self.used += u32::from(allowed);
        RateStatus {
            allowed,
            limit: self.limit.calls_per_window,
            remaining: self.limit.calls_per_window - self.used,
            reset: (window + 1) * length,
        }
    }

    /// The text of the error, in Intercom's words.
    pub(crate) fn message(&self) -> String {
        let RateLimit { calls_per_window, window_seconds } = self.limit;
        format!("Exceeded rate limit of {calls_per_window} in {window_seconds}_seconds")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_within_windows_aligned_to_the_epoch() {
        let mut window = RateWindow::new(RateLimit { calls_per_window: 2, window_seconds: 10 });
        let mut check = |micros, allowed, remaining, reset| {
            let status = window.take(Moment::from_micros(micros));
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
}
