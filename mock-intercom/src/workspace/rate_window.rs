//! Intercom's rate limit: fixed windows, counted per app and for the workspace as a whole.

use crate::Moment;
use crate::workspace_file::RateLimit;

/// The calls of the current window.
#[derive(Clone, Debug)]
pub(crate) struct RateWindow {
    limit: RateLimit,
    /// The number of the window since the epoch.
    window: u64,
    /// How many calls each app may make, and how many it has made.
    apps: Vec<Share>,
    workspace: Share,
    /// How many calls of this window apps that are not here have made.
    elsewhere: u32,
}

#[derive(Clone, Copy, Debug)]
struct Share {
    limit: u32,
    used: u32,
}

impl Share {
    const fn is_used_up(self) -> bool {
        self.used >= self.limit
    }
}

/// What the three headers say (Intercom docs, rate limiting).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RateStatus {
    /// Whether this call is within the limit.
    pub(crate) allowed: bool,
    /// The limit that is nearer: the app's or the workspace's.
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Unix seconds at which the window ends.
    pub(crate) reset: u64,
}

impl RateWindow {
    /// Windows for apps with limits of their own, or the common one.
    pub(crate) fn new(limit: RateLimit, apps: impl Iterator<Item = Option<u32>>) -> Self {
        let share = |limit| Share { limit, used: 0 };
        let apps = apps.map(|own| share(own.unwrap_or(limit.calls_per_window))).collect();
        let workspace = share(limit.workspace_calls_per_window.max(limit.calls_per_window));
        Self { limit, window: 0, apps, workspace, elsewhere: 0 }
    }

    /// Counts a call of an app. A refused call uses nothing up.
    pub(crate) fn take(&mut self, at: Moment, app: usize) -> RateStatus {
        let reset = self.turn(at);
        let app = &mut self.apps[app];
        let allowed = !app.is_used_up() && !self.workspace.is_used_up();
        app.used += u32::from(allowed);
        self.workspace.used += u32::from(allowed);
        let left = |share: Share| share.limit - share.used;
        let nearer = if left(self.workspace) < left(*app) { self.workspace } else { *app };
        RateStatus { allowed, limit: nearer.limit, remaining: left(nearer), reset }
    }

    /// The limit of the workspace: of all its apps together.
    pub(crate) const fn workspace_limit(&self) -> u32 {
        self.workspace.limit
    }

    /// Apps that are not here make so many calls in this window, and those of them that fit use the
    /// workspace's window up. Saying so again changes nothing.
    pub(crate) fn use_elsewhere(&mut self, at: Moment, calls: u32) {
        self.turn(at);
        let more = calls.saturating_sub(self.elsewhere);
        let left = self.workspace.limit - self.workspace.used;
        self.workspace.used += more.min(left);
        self.elsewhere += more;
    }

    /// Begins a new window if the last is over; when this one ends.
    fn turn(&mut self, at: Moment) -> u64 {
        let length = u64::from(self.limit.window_seconds);
        let window = at.as_seconds() / length;
        if window != self.window {
            self.window = window;
            self.workspace.used = 0;
            self.elsewhere = 0;
            self.apps.iter_mut().for_each(|share| share.used = 0);
        }
        (window + 1) * length
    }

    /// How many calls the app that is nearest to its limit has made in the window of `at`, that limit,
    /// and the window's length in seconds.
    pub(crate) fn usage(&self, at: Moment) -> (u32, u32, u32) {
        let is_over = at.as_seconds() / u64::from(self.limit.window_seconds) != self.window;
        let shares = self.apps.iter().chain([&self.workspace]);
        let nearest = shares.min_by_key(|share| share.limit - share.used);
        let Share { limit, used } = *nearest.unwrap_or(&self.workspace);
        (if is_over { 0 } else { used }, limit, self.limit.window_seconds)
    }

    /// The text of the error, in Intercom's words.
    pub(crate) fn message(&self, status: RateStatus) -> String {
        format!("Exceeded rate limit of {} in {}_seconds", status.limit, self.limit.window_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(app: u32, workspace: u32) -> RateWindow {
        let limit = RateLimit {
            calls_per_window: app,
            workspace_calls_per_window: workspace,
            window_seconds: 10,
        };
        RateWindow::new(limit, [None, Some(1)].into_iter())
    }

    #[test]
    fn counts_within_windows_aligned_to_the_epoch() {
        let mut window = window(2, 100);
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
    fn the_workspace_has_a_window_that_all_apps_share() {
        let at = Moment::from_seconds(1);
        let mut window = window(3, 4);
        assert!(window.take(at, 1).allowed);
        assert!(!window.take(at, 1).allowed, "its own limit is 1");
        window.use_elsewhere(at, 2);
        window.use_elsewhere(at, 2);
        let last = window.take(at, 0);
        assert_eq!((last.allowed, last.limit, last.remaining), (true, 4, 0));
        let refused = window.take(at, 0);
        assert!(!refused.allowed);
        assert_eq!(window.message(refused), "Exceeded rate limit of 4 in 10_seconds");
        window.use_elsewhere(at, u32::MAX);
        assert!(window.take(Moment::from_seconds(10), 0).allowed);
    }
}
