//! A journal that lasts as long as its process: for tests.

use std::collections::BTreeSet;

use super::{Appended, Entry, Journal, JournalError, Record};

/// A journal in memory. Durable only as far as memory is.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    records: Vec<Record>,
    notification_ids: BTreeSet<String>,
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, entries: &[Entry]) -> Result<Vec<Appended>, JournalError> {
        Ok(entries.iter().map(|entry| self.append_one(entry)).collect())
    }

    fn read(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.records.iter().skip(after).take(limit).cloned().collect())
    }

    fn last_sequence(&mut self) -> Result<u64, JournalError> {
        Ok(self.records.last().map_or(0, |record| record.sequence))
    }

    fn probe(&mut self) -> Result<(), JournalError> {
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<(), JournalError> {
        Ok(())
    }
}

impl MemoryJournal {
    fn append_one(&mut self, entry: &Entry) -> Appended {
        if let Some(id) = &entry.notification_id
            && !self.notification_ids.insert(id.clone())
        {
            return Appended::Duplicate;
        }
        let sequence = self.records.len() as u64 + 1;
        self.records.push(Record { sequence, at: entry.at, body: entry.body.clone() });
        Appended::Recorded
    }
}
