//! What happened in the last minute of the mock's clock.

use serde_json::{Value, json};

use crate::Moment;
use crate::delivery::Outcome;
use crate::workspace::journal::{Assignee, Change, Entry, Record};

/// The length of what is remembered, in seconds.
const SECONDS: u64 = 60;
/// What calls and webhooks a second are the mean of, in seconds.
const RECENT: u64 = 10;

/// Counts for each second of the last minute.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    /// The newest second.
    second: u64,
    counts: [Counts; SECONDS as usize],
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    arrivals: u32,
    assigned: u32,
    closed: u32,
    calls: u32,
    webhooks: u32,
    errors: u32,
}

impl Rates {
    pub(super) fn new() -> Self {
        Self { second: 0, counts: [Counts::default(); SECONDS as usize] }
    }

    /// Time passes: seconds that are more than a minute ago are forgotten.
    pub(super) fn advance_to(&mut self, at: Moment) {
        let second = at.as_seconds();
        for passed in 1..=second.saturating_sub(self.second).min(SECONDS) {
            self.counts[slot(self.second + passed)] = Counts::default();
        }
        self.second = self.second.max(second);
    }

    pub(super) fn count(&mut self, entry: &Entry) {
        self.advance_to(entry.at);
        if self.second - entry.at.as_seconds() >= SECONDS {
            return;
        }
        let counts = &mut self.counts[slot(entry.at.as_seconds())];
        match &entry.record {
            Record::ApiCall { status, .. } => {
                counts.calls += 1;
                counts.errors += u32::from(*status >= 400);
            }
            Record::Delivery { outcome, .. } => {
                counts.webhooks += 1;
                counts.errors += u32::from(!matches!(outcome, Outcome::Answered(200..=299)));
            }
            _ => {}
        }
        for change in entry.record.changes() {
            match change {
                Change::ConversationCreated { .. } => counts.arrivals += 1,
                Change::Assigned { to: Assignee::Admin(_), .. } => counts.assigned += 1,
                Change::Closed { .. } => counts.closed += 1,
                _ => {}
            }
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let sum = |seconds: u64, of: fn(&Counts) -> u32| -> u32 {
            let from = (self.second + 1).saturating_sub(seconds);
            (from..=self.second).map(|second| of(&self.counts[slot(second)])).sum()
        };
        let mean = |of| f64::from(sum(RECENT, of)) / RECENT as f64;
        json!({
            "arrivals": sum(SECONDS, |counts| counts.arrivals),
            "assigned": sum(SECONDS, |counts| counts.assigned),
            "closed": sum(SECONDS, |counts| counts.closed),
            "errors": sum(SECONDS, |counts| counts.errors),
            "calls_per_second": mean(|counts: &Counts| counts.calls),
            "webhooks_per_second": mean(|counts: &Counts| counts.webhooks),
        })
    }
}

const fn slot(second: u64) -> usize {
    (second % SECONDS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_last_minute_and_forgets() {
        let mut rates = Rates::new();
        let call = |second, status| Entry {
            index: 0,
            at: Moment::from_seconds(second),
            record: Record::ApiCall {
                method: "GET".to_owned(),
                path: "/me".to_owned(),
                operation: None,
                status,
                changes: Vec::new(),
            },
        };
        for second in 1_000..1_100 {
            rates.count(&call(second, 200));
            rates.count(&call(second, 404));
        }
        let json = rates.to_json();
        assert_eq!((&json["calls_per_second"], &json["errors"]), (&json!(2.0), &json!(60)));
        rates.advance_to(Moment::from_seconds(5_000));
        assert_eq!(rates.to_json()["errors"], 0);
    }
}
