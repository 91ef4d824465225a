//! What Intercom's rate limit allows: fixed windows of ten seconds, shared with other apps.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::policy::ApiLimits;
use crate::{RateLimit, Timestamp};

/// The length of Intercom's windows (its docs on rate limiting, 2.17).
pub(crate) const WINDOW: Duration = Duration::from_secs(10);

/// Calls that may still be made in the current window.
///
/// A call that leaves at the end of one window may arrive in the next. What is under way when a
/// window begins is therefore charged to that window, too: whatever the delays, no window ever
/// sees more calls than its limit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApiBudget {
    limits: ApiLimits,
    /// Calls per window as Intercom last told.
    limit: u32,
    window_ends: Timestamp,
    left: u32,
    /// Charged to the current window.
    charged: u32,
    in_flight: u32,
    paused_until: Option<Timestamp>,
}

impl ApiBudget {
    pub(crate) fn new(limits: ApiLimits) -> Self {
        Self {
            limits,
            limit: limits.calls_per_window,
            window_ends: Timestamp::EPOCH,
            left: 0,
            charged: 0,
            in_flight: 0,
            paused_until: None,
        }
    }

    /// Exchanges the limits; what is under way stays charged.
    pub(crate) fn set_limits(&mut self, limits: ApiLimits) {
        self.limits = limits;
        self.limit = limits.calls_per_window;
        self.left = self.left.min(self.share());
    }

    /// Charges `requests` requests, or says when to ask again.
    pub(crate) fn take(&mut self, now: Timestamp, requests: u32) -> Result<(), Timestamp> {
        if let Some(until) = self.paused_until {
            if now < until {
                return Err(until);
            }
            self.paused_until = None;
        }
        if now >= self.window_ends {
            self.window_ends = end_of_window(now);
            self.left = self.share().saturating_sub(self.in_flight);
            self.charged = self.in_flight;
        }
        if self.left < requests {
            return Err(self.window_ends);
        }
        self.left -= requests;
        self.charged += requests;
        self.in_flight += requests;
        Ok(())
    }

    /// A call of `requests` requests was answered.
    pub(crate) fn finished(&mut self, requests: u32) {
        self.in_flight = self.in_flight.saturating_sub(requests);
    }

    /// Nothing is under way any more: the router was restarted.
    pub(crate) fn forget_in_flight(&mut self) {
        self.in_flight = 0;
    }

    /// Takes in what the headers of an answer told: others use the same limit.
    pub(crate) fn observe(&mut self, told: RateLimit) {
        self.limit = told.limit.max(1);
        // Of the others' share stays theirs what they have not used yet; our calls under way are
        // not yet in the figure.
        let ours = self.charged.saturating_sub(self.in_flight);
        let others_used = (self.limit.saturating_sub(told.remaining)).saturating_sub(ours);
        let reserved = self.limit.saturating_sub(self.share()).saturating_sub(others_used);
        let left = told.remaining.saturating_sub(reserved).saturating_sub(self.in_flight);
        if told.reset_at >= self.window_ends {
            self.left = self.left.min(left);
        }
    }

    /// Intercom said 429: nothing more until `until`.
    pub(crate) fn pause(&mut self, until: Timestamp) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    /// When so many more requests will have been made, if nothing else uses the budget.
    pub(crate) fn made_by(&self, now: Timestamp, requests: u64) -> Timestamp {
        let from = self.paused_until.unwrap_or(now).max(now);
        let left = if from < self.window_ends { self.left } else { self.share() };
        let Some(more) = requests.checked_sub(u64::from(left)).filter(|more| *more > 0) else {
            return if requests == 0 { now } else { from };
        };
        let windows = more.div_ceil(u64::from(self.share()));
        let next = self.window_ends.max(end_of_window(from));
        let whole = u32::try_from(windows - 1).unwrap_or(u32::MAX);
        next + WINDOW.saturating_mul(whole)
    }

    /// Requests that may still be made in the window of this moment.
    pub(crate) fn left_at(&self, now: Timestamp) -> u32 {
        if self.paused_until.is_some_and(|until| now < until) {
            0
        } else if now >= self.window_ends {
            self.share().saturating_sub(self.in_flight)
        } else {
            self.left
        }
    }

    #[cfg(test)]
    fn left(&self) -> u32 {
        self.left
    }

    /// The largest share of a window that is ours, in requests. Enough for one call always.
    pub(crate) fn share(&self) -> u32 {
        let share = (f64::from(self.limit) * self.limits.share) as u32;
        share.clamp(1, self.limit.max(1)).max(2)
    }
}

/// Windows begin at multiples of their length since the epoch.
pub(crate) fn end_of_window(at: Timestamp) -> Timestamp {
    let length = WINDOW.as_secs();
    Timestamp::from_seconds((at.as_seconds() / length + 1) * length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(calls_per_window: u32, share: f64) -> ApiBudget {
        ApiBudget::new(ApiLimits { calls_per_window, share, ..ApiLimits::default() })
    }

    fn second(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn taken(budget: &mut ApiBudget, at: Timestamp) -> u32 {
        let mut taken = 0;
        while budget.take(at, 1).is_ok() {
            taken += 1;
        }
        taken
    }

    #[test]
    fn a_window_gives_its_share_and_says_when_it_ends() {
        let mut budget = budget(100, 0.8);
        assert_eq!(taken(&mut budget, second(3)), 80);
        assert_eq!(budget.take(second(9), 1), Err(second(10)));
    }

    #[test]
    fn calls_under_way_are_charged_to_the_next_window() {
        let mut budget = budget(100, 1.0);
        assert_eq!(taken(&mut budget, second(9)), 100);
        budget.finished(60);
        assert_eq!(taken(&mut budget, second(10)), 60);
    }

    #[test]
    fn headers_correct_the_guess() {
        let told = |limit, remaining| RateLimit { limit, remaining, reset_at: second(10) };
        let mut budget = budget(100, 0.8);
        budget.take(second(1), 1).unwrap();
        budget.finished(1);
        // Another app used 15 of its 20: 84 are left, of which 5 stay theirs.
        budget.observe(told(100, 84));
        assert_eq!(budget.left(), 79);
        // It used 50, more than its share: it has no claim to the 49 that are left.
        budget.observe(told(100, 49));
        assert_eq!(taken(&mut budget, second(2)), 49);
        // Generous headers do not lift what we have used up ourselves.
        budget.observe(told(100, 100));
        assert_eq!(taken(&mut budget, second(3)), 0);
        // A smaller limit counts from the next window on.
        budget.finished(49);
        budget.observe(told(50, 0));
        assert_eq!(taken(&mut budget, second(10)), 40);
    }

    #[test]
    fn headers_do_not_tell_of_what_is_under_way() {
        let told = |remaining, ends| RateLimit { limit: 100, remaining, reset_at: second(ends) };
        // Others used 50; of the 50 that remain our 40 under way will take theirs.
        let mut alone = budget(100, 1.0);
        alone.take(second(1), 40).unwrap();
        alone.observe(told(50, 10));
        assert_eq!(alone.left(), 10);
        // None of ours arrived yet: it was others who used 10 of their 20.
        let mut shared = budget(100, 0.8);
        shared.take(second(1), 40).unwrap();
        shared.observe(told(90, 10));
        assert_eq!(shared.left(), 40);
        // What we used in the window before says nothing about this one.
        let mut next = budget(100, 0.8);
        next.take(second(1), 10).unwrap();
        next.finished(10);
        next.take(second(11), 1).unwrap();
        next.finished(1);
        next.observe(told(84, 20));
        assert_eq!(next.left(), 79);
    }

    #[test]
    fn headers_of_a_past_window_are_ignored() {
        let mut budget = budget(100, 1.0);
        budget.take(second(11), 1).unwrap();
        budget.observe(RateLimit { limit: 100, remaining: 0, reset_at: second(10) });
        assert_eq!(taken(&mut budget, second(12)), 99);
    }

    #[test]
    fn it_says_when_a_backlog_will_be_gone() {
        let mut budget = budget(100, 0.5);
        let made_by = |budget: &ApiBudget, requests| budget.made_by(second(3), requests);
        budget.take(second(3), 20).unwrap();
        for (requests, expected) in [(0, 3), (30, 3), (31, 10), (80, 10), (81, 20), (1_000, 200)] {
            assert_eq!(made_by(&budget, requests), second(expected), "{requests} requests");
        }
        budget.pause(second(15));
        for (requests, expected) in [(0, 3), (50, 15), (51, 20)] {
            assert_eq!(made_by(&budget, requests), second(expected), "{requests} in a pause");
        }
    }

    #[test]
    fn a_pause_is_waited_out() {
        let mut budget = budget(100, 1.0);
        budget.pause(second(25));
        budget.pause(second(20));
        assert_eq!(budget.take(second(21), 1), Err(second(25)));
        assert_eq!(budget.take(second(25), 1), Ok(()));
    }

    #[test]
    fn what_is_left_is_of_the_window_of_that_moment() {
        let mut budget = budget(100, 0.5);
        assert_eq!(budget.left_at(second(1)), 50);
        budget.take(second(1), 20).unwrap();
        assert_eq!((budget.left_at(second(2)), budget.left_at(second(9))), (30, 30));
        assert_eq!(budget.left_at(second(10)), 30, "what is under way may count for the next");
        budget.finished(20);
        assert_eq!(budget.left_at(second(10)), 50);
        budget.pause(second(30));
        assert_eq!((budget.left_at(second(29)), budget.left_at(second(30))), (0, 50));
    }

    #[test]
    fn the_smallest_budget_still_makes_one_call() {
        let mut budget = budget(4, 0.01);
        assert_eq!(budget.take(second(0), 2), Ok(()));
    }
}
