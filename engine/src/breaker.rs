//! The circuit breaker: while Intercom does not answer, one call at a time tries whether it does
//! again, and all others wait.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{CommandId, Timestamp};

/// So many calls in a row without an answer mean that Intercom is down, and not a single mishap.
const FAILURES: u32 = 5;
/// First and longest wait before a call is sent to try.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// Whether calls may be sent.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Breaker {
    /// Calls without an answer since the last one that had one.
    failures: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum State {
    /// Calls go out.
    #[default]
    Closed,
    /// None goes out before `until`; then one.
    Open { until: Timestamp, pause: Duration },
    /// That one is under way.
    Probing { call: CommandId, pause: Duration },
}

impl Breaker {
    /// Whether a call may be sent now.
    pub(crate) fn admits(self, now: Timestamp) -> bool {
        match self.state {
            State::Closed => true,
            State::Open { until, .. } => now >= until,
            State::Probing { .. } => false,
        }
    }

    /// A call is on its way.
    pub(crate) fn sent(&mut self, call: CommandId) {
        if let State::Open { pause, .. } = self.state {
            self.state = State::Probing { call, pause };
        }
    }

    /// A call was answered, whatever the answer: Intercom is there.
    pub(crate) fn answered(&mut self) {
        *self = Self::default();
    }

    /// No answer came to a call, or none that tells anything. Returns when the next call may be
    /// sent, if this one stops them.
    pub(crate) fn failed(&mut self, call: CommandId, now: Timestamp) -> Option<Timestamp> {
        self.failures = self.failures.saturating_add(1);
        let pause = match self.state {
            State::Closed if self.failures >= FAILURES => PAUSE_FIRST,
            State::Probing { call: probe, pause } if probe == call => (pause * 2).min(PAUSE_MAX),
            // One that was under way before says nothing new.
            State::Closed | State::Open { .. } | State::Probing { .. } => return None,
        };
        let until = now + pause;
        self.state = State::Open { until, pause };
        Some(until)
    }

    /// A call was never sent. If it was to try, the next one may at once.
    pub(crate) fn unsent(&mut self, call: CommandId, now: Timestamp) {
        if let State::Probing { call: probe, pause } = self.state
            && probe == call
        {
            self.state = State::Open { until: now, pause };
        }
    }

    /// Whether calls are held back because Intercom does not answer.
    pub(crate) fn is_open(self) -> bool {
        self.state != State::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn call(number: u64) -> CommandId {
        CommandId::new(number)
    }

    fn second(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    /// A breaker that has just opened, at second 0.
    fn open() -> Breaker {
        let mut breaker = Breaker::default();
        for number in 1..5 {
            assert_eq!(breaker.failed(call(number), second(0)), None);
            assert!(breaker.admits(second(0)));
        }
        assert_eq!(breaker.failed(call(5), second(0)), Some(second(1)));
        breaker
    }

    #[test]
    fn only_failures_in_a_row_open_it() {
        let mut breaker = Breaker::default();
        for number in 1..50 {
            if number % 5 == 0 {
                breaker.answered();
            } else {
                assert_eq!(breaker.failed(call(number), second(0)), None);
            }
        }
        assert!(!breaker.is_open());
        assert!(open().is_open());
    }

    #[test]
    fn one_call_tries_and_the_pause_doubles_to_its_cap() {
        let mut breaker = open();
        let mut at = second(1);
        for (number, pause) in (10..).zip([2, 4, 8, 16, 30, 30]) {
            assert!(!breaker.admits(at - Duration::from_micros(1)));
            assert!(breaker.admits(at));
            breaker.sent(call(number));
            assert!(!breaker.admits(second(1_000_000)), "one at a time");
            let next = at + Duration::from_secs(pause);
            assert_eq!(breaker.failed(call(number), at), Some(next));
            at = next;
        }
    }

    #[test]
    fn an_answer_closes_it() {
        let mut breaker = open();
        breaker.sent(call(10));
        breaker.answered();
        assert!(breaker.admits(second(1)));
        assert_eq!(breaker.failed(call(11), second(1)), None, "it counts from nothing again");
    }

    #[test]
    fn a_call_that_was_not_sent_tells_nothing() {
        let mut breaker = open();
        breaker.sent(call(10));
        breaker.unsent(call(7), second(2));
        assert!(!breaker.admits(second(60)));
        breaker.unsent(call(10), second(2));
        assert!(breaker.is_open() && breaker.admits(second(2)));
    }

    #[test]
    fn stragglers_change_nothing() {
        let mut breaker = open();
        assert_eq!(breaker.failed(call(6), second(0)), None);
        breaker.sent(call(10));
        assert_eq!(breaker.failed(call(7), second(2)), None);
        assert!(!breaker.admits(second(60)), "the one that tries is still under way");
    }
}
