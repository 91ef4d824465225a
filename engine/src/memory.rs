//! Who answered whom last.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ContactId, TeammateId, Timestamp};

/// How many contacts are remembered at the most; the oldest are forgotten first.
const CONTACTS_MAX: usize = 200_000;

/// Who answered which contact last, and when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Memory {
    by_contact: BTreeMap<ContactId, (Timestamp, TeammateId)>,
    by_time: BTreeSet<(Timestamp, ContactId)>,
}

impl Memory {
    /// Notes an answer; forgets those that are older than `keep`, or too many.
    pub(crate) fn note(
        &mut self,
        contact: &ContactId,
        teammate: TeammateId,
        now: Timestamp,
        keep: Duration,
    ) {
        if let Some((before, _)) = self.by_contact.insert(contact.clone(), (now, teammate)) {
            self.by_time.remove(&(before, contact.clone()));
        }
        self.by_time.insert((now, contact.clone()));
        while let Some((at, _)) = self.by_time.first() {
            if now.since(*at) <= keep && self.by_time.len() <= CONTACTS_MAX {
                return;
            }
            if let Some((_, oldest)) = self.by_time.pop_first() {
                self.by_contact.remove(&oldest);
            }
        }
    }

    /// Forgets a contact.
    pub(crate) fn forget(&mut self, contact: &ContactId) {
        if let Some((at, _)) = self.by_contact.remove(contact) {
            self.by_time.remove(&(at, contact.clone()));
        }
    }

    /// Who answered a contact last, if that was not longer ago than `within`.
    pub(crate) fn recall(
        &self,
        contact: &ContactId,
        now: Timestamp,
        within: Duration,
    ) -> Option<TeammateId> {
        let (at, teammate) = self.by_contact.get(contact)?;
        (now.since(*at) <= within).then_some(*teammate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_answer_counts_and_old_ones_are_forgotten() {
        const DAY: Duration = Duration::from_secs(86_400);
        let day = |days: u64| Timestamp::from_seconds(days * 86_400);
        let (ana, ben) = (TeammateId::new(1), TeammateId::new(2));
        let (one, two) = (ContactId::new("one"), ContactId::new("two"));
        let mut memory = Memory::default();
        memory.note(&one, ana, day(1), 3 * DAY);
        memory.note(&one, ben, day(2), 3 * DAY);
        assert_eq!(memory.recall(&one, day(3), DAY), Some(ben));
        assert_eq!(memory.recall(&one, day(4), DAY), None);
        memory.forget(&one);
        assert_eq!(memory.recall(&one, day(3), DAY), None);
        assert_eq!(memory.by_time.len(), 0);
        memory.note(&one, ben, day(2), 3 * DAY);
        memory.note(&two, ana, day(6), 3 * DAY);
        assert_eq!(memory.by_contact.len(), 1, "what nobody may ask for any more is gone");
        assert_eq!(memory.by_time.len(), 1);
    }

    #[test]
    fn the_oldest_are_forgotten_when_they_are_too_many() {
        let mut memory = Memory::default();
        let day = Duration::from_secs(86_400);
        let contact = |number: usize| ContactId::new(number.to_string());
        for number in 0..=CONTACTS_MAX {
            let at = Timestamp::from_millis(number as u64);
            memory.note(&contact(number), TeammateId::new(1), at, day);
        }
        let now = Timestamp::from_seconds(1);
        assert_eq!(memory.by_contact.len(), CONTACTS_MAX);
        assert_eq!(memory.recall(&contact(0), now, day), None);
        assert!(memory.recall(&contact(1), now, day).is_some());
    }
}
