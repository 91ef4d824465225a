//! A journal that lasts as long as its process: for tests.

use std::collections::{BTreeMap, BTreeSet};

use engine::{ContactId, Event};

use super::{
    Appended, Body, Checkpoint, Entry, Journal, JournalError, Piece, Record, Texts, Tidying, texts,
};

mod dead_letters;

use dead_letters::Letters;

/// A journal in memory. Durable only as far as memory is.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    records: BTreeMap<u64, Record>,
    last: u64,
    /// Which record each was.
    notification_ids: BTreeMap<String, u64>,
    /// The pieces of the checkpoint that is being kept.
    unfinished: Option<Checkpoint>,
    checkpoint: Option<Checkpoint>,
    /// Who is to be forgotten, up to which record.
    forgotten: Vec<(ContactId, u64)>,
    /// Texts have been taken out up to this record.
    tidied: u64,
    letters: Letters,
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
        Ok(self.records.range(after + 1..).take(limit).map(|(_, it)| it.clone()).collect())
    }

    fn last_sequence(&mut self) -> Result<u64, JournalError> {
        Ok(self.last)
    }

    fn probe(&mut self) -> Result<(), JournalError> {
        Ok(())
    }

    fn keep_piece(&mut self, piece: Piece<'_>) -> Result<(), JournalError> {
        let Piece { sequence, number, bytes, is_last } = piece;
        if number == 0 {
            self.unfinished = Some(Checkpoint { sequence, state: Vec::new() });
        }
        let unfinished = self.unfinished.as_mut().filter(|it| it.sequence == sequence);
        unfinished.expect("pieces come in order").state.extend_from_slice(bytes);
        if is_last {
            self.checkpoint = self.unfinished.take();
        }
        Ok(())
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, JournalError> {
        Ok(self.checkpoint.clone())
    }

    fn tidy(&mut self, tidying: &Tidying, limit: usize) -> Result<bool, JournalError> {
        let is_old = |it: &Record| it.at < tidying.delete_before;
        let last = self.last;
        let is_event = |it: &Record| matches!(it.body, Body::Event(_));
        let history = self.records.range(..=tidying.up_to).map(|(_, it)| it);
        let old: BTreeSet<u64> = history
            .filter(|it| it.sequence < last && is_event(it) && is_old(it))
            .map(|it| it.sequence)
            .take(limit)
            .collect();
        self.records.retain(|sequence, _| !old.contains(sequence));
        self.notification_ids.retain(|_, sequence| !old.contains(sequence));
        if old.len() == limit {
            return Ok(true);
        }
        let records = &self.records;
        self.letters.left_out.retain(|it| records.contains_key(it));
        if self.letters.delete_old(tidying.delete_before, limit) {
            return Ok(true);
        }
        if self.forget(tidying.up_to) {
            return Ok(true);
        }
        if tidying.texts == Texts::Keep {
            return Ok(false);
        }
        let history = self.records.range_mut(self.tidied + 1..=tidying.up_to);
        for (seen, (sequence, record)) in (old.len()..).zip(history) {
            if seen == limit {
                return Ok(true);
            }
            self.tidied = *sequence;
            if let Body::Event(event) = &mut record.body {
                tidying.texts.apply(b"in memory", event);
            }
        }
        Ok(false)
    }

    fn finish(&mut self) -> Result<(), JournalError> {
        Ok(())
    }
}

impl MemoryJournal {
    /// Forgets one of those who are to be forgotten, if a checkpoint stands behind them.
    fn forget(&mut self, up_to: u64) -> bool {
        let Some(index) = self.forgotten.iter().position(|(_, until)| *until <= up_to) else {
            return false;
        };
        let (contact, until) = self.forgotten.remove(index);
        self.letters.forget(&contact);
        for (_, record) in self.records.range_mut(..=until) {
            if let Body::Event(event) = &mut record.body {
                texts::forget(&contact, event);
                if matches!(event, Event::ContactForgotten { contact: it } if *it == contact) {
                    *event = texts::forgotten();
                }
            }
        }
        true
    }

    fn append_one(&mut self, entry: &Entry) -> Appended {
        let sequence = self.last + 1;
        if let Some(id) = &entry.notification_id {
            if self.notification_ids.contains_key(id) {
                return Appended::Duplicate;
            }
            self.notification_ids.insert(id.clone(), sequence);
        }
        self.last = sequence;
        if let Body::Event(Event::ContactForgotten { contact }) = &entry.body {
            self.forgotten.push((contact.clone(), sequence));
        }
        self.records.insert(sequence, Record { sequence, at: entry.at, body: entry.body.clone() });
        Appended::Recorded
    }
}
