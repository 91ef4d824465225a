//! A waiting line of conversations.

use std::collections::BTreeMap;

use crate::{ConversationId, Timestamp};

/// A conversation's place in every line it ever stands in: when its contact opened it, then the
/// order in which the engine first saw it. It never changes, so giving a conversation back never
/// costs its contact the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) opened_at: Timestamp,
    pub(crate) number: u64,
}

/// Conversations that wait, the oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConversationQueue(BTreeMap<Place, ConversationId>);

impl ConversationQueue {
    pub(crate) fn insert(&mut self, place: Place, conversation: ConversationId) {
        self.0.insert(place, conversation);
    }

    pub(crate) fn remove(&mut self, place: Place) -> bool {
        self.0.remove(&place).is_some()
    }

    pub(crate) fn pop_first(&mut self) -> Option<ConversationId> {
        self.0.pop_first().map(|(_, conversation)| conversation)
    }

    /// The first conversation behind `place`, or the very first.
    pub(crate) fn after(&self, place: Option<Place>) -> Option<(Place, &ConversationId)> {
        use std::ops::Bound::{Excluded, Unbounded};
        let from = place.map_or(Unbounded, Excluded);
        self.0.range((from, Unbounded)).next().map(|(place, id)| (*place, id))
    }

    /// How many stand up to and including `place`: the position in the line, from 1.
    pub(crate) fn position(&self, place: Place) -> usize {
        match self.0.last_key_value() {
            Some((last, _)) if *last == place => self.0.len(),
            _ => self.0.range(..=place).count(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// When the one that waits longest was opened.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        self.0.first_key_value().map(|(place, _)| place.opened_at)
    }

    pub(crate) fn contains(&self, place: Place) -> bool {
        self.0.contains_key(&place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_comes_first_and_keeps_its_turn() {
        let place = |seconds, number| Place { opened_at: Timestamp::from_seconds(seconds), number };
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
}
