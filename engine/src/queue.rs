//! A waiting line of conversations.

use std::collections::{BTreeMap, BTreeSet};

use crate::{ConversationId, Timestamp};

/// A conversation's place in every line it ever stands in: when it counts as opened, then when
/// its contact opened it, then the order in which the engine first saw it. Only its priority
/// changes it, once, so giving a conversation back never costs its contact the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// `opened_at`, earlier or later by what its priority is worth.
    pub(crate) ranked_at: Timestamp,
    pub(crate) opened_at: Timestamp,
    pub(crate) number: u64,
}

impl Place {
    /// Before everything.
    pub(crate) const FIRST: Self =
        Self { ranked_at: Timestamp::EPOCH, opened_at: Timestamp::EPOCH, number: 0 };

    /// Behind everything.
    pub(crate) const LAST: Self =
        Self { ranked_at: Timestamp::MAX, opened_at: Timestamp::MAX, number: u64::MAX };

    /// The place of what is not urgent and not idle.
    pub(crate) fn new(opened_at: Timestamp, number: u64) -> Self {
        Self { ranked_at: opened_at, opened_at, number }
    }
}

/// Conversations that wait, in the order of their places.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConversationQueue {
    waiting: BTreeMap<Place, ConversationId>,
    /// When each was opened: the first in line need not be the oldest.
    opened: BTreeSet<(Timestamp, u64)>,
}

impl ConversationQueue {
    pub(crate) fn insert(&mut self, place: Place, conversation: ConversationId) {
        self.opened.insert((place.opened_at, place.number));
        self.waiting.insert(place, conversation);
    }

    pub(crate) fn remove(&mut self, place: Place) -> bool {
        self.opened.remove(&(place.opened_at, place.number));
        self.waiting.remove(&place).is_some()
    }

    pub(crate) fn pop_first(&mut self) -> Option<ConversationId> {
        let (place, conversation) = self.waiting.pop_first()?;
        self.opened.remove(&(place.opened_at, place.number));
        Some(conversation)
    }

    /// The first conversation behind `place`, or the very first.
    pub(crate) fn after(&self, place: Option<Place>) -> Option<(Place, &ConversationId)> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = place.map_or(Unbounded, Excluded);
        self.waiting.range((from, Unbounded)).next().map(|(place, id)| (*place, id))
    }

    /// How many stand up to and including `place`: the position in the line, from 1.
    pub(crate) fn position(&self, place: Place) -> usize {
        match self.waiting.last_key_value() {
            Some((last, _)) if *last == place => self.waiting.len(),
            _ => self.waiting.range(..=place).count(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// When the one that waits longest was opened.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        self.opened.first().map(|(opened_at, _)| *opened_at)
    }

    pub(crate) fn contains(&self, place: Place) -> bool {
        self.waiting.contains_key(&place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_comes_first_and_keeps_its_turn() {
        let place = |seconds, number| Place::new(Timestamp::from_seconds(seconds), number);
        let id = |name: &str| ConversationId::new(name);
        let mut queue = ConversationQueue::default();
        queue.insert(place(2, 1), id("b"));
        queue.insert(place(1, 2), id("a"));
        queue.insert(place(2, 0), id("returned"));
        assert_eq!(queue.position(place(2, 0)), 2);
        assert_eq!(queue.after(Some(place(1, 2))), Some((place(2, 0), &id("returned"))));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop_first()).collect();
        assert_eq!(order, [id("a"), id("returned"), id("b")]);
    }

    #[test]
    fn a_head_start_changes_the_order_and_not_the_age() {
        let at = Timestamp::from_seconds;
        let mut queue = ConversationQueue::default();
        queue.insert(Place::new(at(100), 1), ConversationId::new("first"));
        let urgent = Place { ranked_at: at(50), ..Place::new(at(110), 2) };
        queue.insert(urgent, ConversationId::new("urgent"));
        assert_eq!(queue.oldest(), Some(at(100)));
        assert_eq!(queue.pop_first(), Some(ConversationId::new("urgent")));
        assert_eq!(queue.oldest(), Some(at(100)));
        queue.pop_first();
        assert_eq!(queue.oldest(), None);
    }
}
