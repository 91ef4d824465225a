//! Dead letters in memory.

use std::collections::{BTreeMap, BTreeSet};

use engine::{ContactId, Timestamp};

use super::MemoryJournal;
use crate::journal::dead_letters::{BODY_BYTES_MAX, LETTERS_MAX};
use crate::journal::{
    Appended, Body, DeadCounts, DeadKind, DeadLetter, DeadLetters, JournalError, Poison,
    Unreadable, stat,
};

#[derive(Debug, Default)]
pub(super) struct Letters {
    /// Each with what recognises it, and its body.
    kept: BTreeMap<u64, (String, DeadLetter, Vec<u8>)>,
    last: u64,
    dropped: u64,
    pub(super) left_out: BTreeSet<u64>,
}

impl Letters {
    fn keep(&mut self, key: String, letter: DeadLetter, body: Vec<u8>) -> Appended {
        if self.kept.values().any(|(known, ..)| *known == key) {
            return Appended::Duplicate;
        }
        self.last += 1;
        let letter = DeadLetter { number: self.last, bytes: body.len() as u64, ..letter };
        self.kept.insert(self.last, (key, letter, body));
        self.drop_beyond_limits();
        Appended::Recorded
    }

    fn drop_beyond_limits(&mut self) {
        while self.kept.len() > LETTERS_MAX || self.bytes() > BODY_BYTES_MAX as u64 {
            let letters = self.kept.values().map(|(_, letter, _)| letter);
            let Some(oldest) = letters.min_by_key(|it| (it.kind, it.number)) else { return };
            let number = oldest.number;
            self.kept.remove(&number);
            self.dropped += 1;
        }
    }

    fn bytes(&self) -> u64 {
        self.kept.values().map(|(_, letter, _)| letter.bytes).sum()
    }

    /// Deletes letters from before, up to `limit`. Returns whether there may be more.
    pub(super) fn delete_old(&mut self, before: Timestamp, limit: usize) -> bool {
        let old = self.kept.iter().filter(|(_, (_, letter, _))| letter.at < before);
        let old: Vec<u64> = old.map(|(number, _)| *number).take(limit).collect();
        for number in &old {
            self.kept.remove(number);
        }
        old.len() == limit
    }

    /// Deletes letters that name a contact, but not the wish to forget them.
    pub(super) fn forget(&mut self, contact: &ContactId) {
        let name = serde_json::to_vec(contact).expect("ids are always JSON");
        let names = |body: &[u8]| body.windows(name.len()).any(|window| window == name);
        self.kept.retain(|_, (_, letter, body)| {
            letter.about.as_deref() == Some("contact_forgotten") || !names(body)
        });
    }
}

impl DeadLetters for MemoryJournal {
    fn keep_unreadable(
        &mut self,
        at: Timestamp,
        letters: &[Unreadable],
    ) -> Result<Vec<Appended>, JournalError> {
        let kept = letters.iter().map(|it| {
            let letter = DeadLetter {
                number: 0,
                at,
                kind: DeadKind::Unreadable,
                about: it.about.map(str::to_owned),
                reason: it.reason.clone(),
                record: None,
                bytes: 0,
            };
            self.letters.keep(it.key(), letter, it.body.to_vec())
        });
        Ok(kept.collect())
    }

    fn leave_out(&mut self, poison: &Poison) -> Result<(), JournalError> {
        self.letters.left_out.insert(poison.sequence);
        let about = stat::kind(&Body::Event(poison.event.clone())).to_owned();
        let letter = DeadLetter {
            number: 0,
            at: poison.at,
            kind: DeadKind::Poison,
            about: Some(about),
            reason: poison.reason.clone(),
            record: Some(poison.sequence),
            bytes: 0,
        };
        self.letters.keep(poison.key(), letter, poison.body());
        Ok(())
    }

    fn left_out(&mut self, after: u64) -> Result<BTreeSet<u64>, JournalError> {
        Ok(self.letters.left_out.range(after + 1..).copied().collect())
    }

    fn letters(&mut self) -> Result<Vec<DeadLetter>, JournalError> {
        Ok(self.letters.kept.values().map(|(_, letter, _)| letter.clone()).collect())
    }

    fn letter(&mut self, number: u64) -> Result<Option<(DeadLetter, Vec<u8>)>, JournalError> {
        let found = self.letters.kept.get(&number);
        Ok(found.map(|(_, letter, body)| (letter.clone(), body.clone())))
    }

    fn discard(&mut self, number: u64) -> Result<bool, JournalError> {
        Ok(self.letters.kept.remove(&number).is_some())
    }

    fn dead_counts(&mut self) -> Result<DeadCounts, JournalError> {
        let of = |kind| self.letters.kept.values().filter(|(_, it, _)| it.kind == kind).count();
        Ok(DeadCounts {
            unreadable: of(DeadKind::Unreadable) as u64,
            poison: of(DeadKind::Poison) as u64,
            bytes: self.letters.bytes(),
            dropped: self.letters.dropped,
        })
    }
}
