//! How fast a team takes conversations from its queue.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A moving average of the time between two conversations that a team takes from its queue while
/// others wait: exponential, the newest counts an eighth, as TCP estimates its round trip
/// (RFC 6298, section 2).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Pace {
    last: Option<Timestamp>,
    mean_us: Option<u64>,
}

impl Pace {
    /// The queue was empty and is not any more: the time before does not count.
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.last = Some(now);
    }

    /// One was taken from the queue.
    pub(super) fn taken(&mut self, now: Timestamp) {
        let Some(last) = self.last.replace(now) else {
            return;
        };
        let took_us = u64::try_from(now.since(last).as_micros()).unwrap_or(u64::MAX);
        self.mean_us = Some(match self.mean_us {
            None => took_us,
            Some(mean) => mean - mean / 8 + took_us / 8,
        });
    }

    /// About how long until so many will have been taken; `None` if there is nothing to go by.
    pub(super) fn time_for(&self, conversations: usize) -> Option<Duration> {
        let count = u64::try_from(conversations).unwrap_or(u64::MAX);
        Some(Duration::from_micros(self.mean_us?.saturating_mul(count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_team() {
        let at = Timestamp::from_seconds;
        let mut pace = Pace::default();
        assert_eq!(pace.time_for(3), None);
        pace.begin(at(0));
        pace.taken(at(10));
        assert_eq!(pace.time_for(3), Some(Duration::from_secs(30)));
        for second in 11..200 {
            pace.taken(at(second));
        }
        assert!(pace.time_for(10).unwrap() < Duration::from_secs(11));
        // A night without anybody waiting says nothing about the pace.
        pace.begin(at(50_000));
        pace.taken(at(50_001));
        assert!(pace.time_for(10).unwrap() < Duration::from_secs(11));
    }
}
