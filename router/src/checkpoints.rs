//! When a checkpoint is due, and what becomes of the records behind it.

use engine::Timestamp;

use crate::config::Retention;
use crate::journal::Tidying;

/// The most records that a start has to replay, about: they take two seconds.
const RECORDS: usize = 250_000;

/// When the next checkpoint is due.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    retention: Retention,
    /// The rules in force, as the journal has them.
    pub(crate) rules: String,
    /// Recorded since the last one.
    records: usize,
    last: Timestamp,
    /// Somebody is to be forgotten, which takes one.
    is_urgent: bool,
}

impl Checkpoints {
    /// As of a start that has replayed so many records.
    pub(crate) fn new(
        retention: Retention,
        rules: String,
        replayed: usize,
        now: Timestamp,
    ) -> Self {
        Self { retention, rules, records: replayed, last: now, is_urgent: false }
    }

    pub(crate) fn recorded(&mut self, records: usize) {
        self.records += records;
    }

    /// The next one must not wait for its time.
    pub(crate) fn hurry(&mut self) {
        self.is_urgent = true;
    }

    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        let is_time = now.since(self.last) >= self.retention.checkpoint_every;
        self.records >= RECORDS || ((is_time || self.is_urgent) && self.records > 0)
    }

    /// One is taken. Returns what can be tidied behind it.
    pub(crate) fn taken(&mut self, now: Timestamp) -> Tidying {
        (self.records, self.last, self.is_urgent) = (0, now, false);
        let Retention { keep_for, texts, .. } = self.retention;
        Tidying { up_to: 0, delete_before: now - keep_for, texts }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_is_due_by_time_or_by_records() {
        let at = Timestamp::from_seconds;
        let config = Retention {
            checkpoint_every: Duration::from_secs(60),
            keep_for: Duration::from_secs(100),
            ..Retention::default()
        };
        let mut checkpoints = Checkpoints::new(config, String::new(), 0, at(1_000));
        assert!(!checkpoints.is_due(at(2_000)), "nothing has happened");
        checkpoints.recorded(1);
        assert!(!checkpoints.is_due(at(1_059)));
        assert!(checkpoints.is_due(at(1_060)));
        checkpoints.recorded(RECORDS - 1);
        assert!(checkpoints.is_due(at(1_001)));
        assert_eq!(checkpoints.taken(at(1_060)).delete_before, at(960));
        assert!(!checkpoints.is_due(at(5_000)));
    }
}
