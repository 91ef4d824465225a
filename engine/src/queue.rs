//! A waiting line of conversations.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::roster::Wanted;
use crate::{ConversationId, Timestamp};

mod lanes;
mod place;

use lanes::Lanes;
pub(crate) use place::Place;

/// How far a position is counted in a line where others come behind it.
const POSITION_MAX: usize = 1_000;

/// Which conversations of a line are alike: whoever can be given the first of them can be given
/// the others, unless they are barred from a certain one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Class {
    /// The language or the rule by which the team's people are shared; empty if they are not.
    pub(crate) lane: Arc<str>,
    /// What a teammate must be able to do.
    pub(crate) wanted: Vec<Wanted>,
}

/// Conversations that wait, in the order of their places; those that nobody can be found for do
/// not stand in the way of others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct ConversationQueue {
    classes: BTreeMap<Class, BTreeMap<Place, ConversationId>>,
    /// When each was opened: the first in line need not be the oldest.
    opened: BTreeSet<(Timestamp, u64)>,
    lanes: Lanes,
}

/// How far a search has come: which conversations need not be looked at again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    passed: BTreeMap<Class, Passed>,
}

#[derive(Clone, Copy, Debug)]
enum Passed {
    UpTo(Place),
    All,
}

/// A conversation that was found in a line.
#[derive(Clone, Debug)]
pub(crate) struct Waiter {
    pub(crate) place: Place,
    pub(crate) class: Class,
    pub(crate) conversation: ConversationId,
}

impl ConversationQueue {
    /// A line whose lanes have these weights; any other lane weighs 1.
    pub(crate) fn with_weights(weights: &BTreeMap<Arc<str>, u32>) -> Self {
        Self { lanes: Lanes::new(weights), ..Self::default() }
    }

    pub(crate) fn insert(&mut self, place: Place, class: Class, conversation: ConversationId) {
        self.opened.insert((place.opened_at, place.number));
        self.lanes.enter(&class.lane);
        self.classes.entry(class).or_default().insert(place, conversation);
    }

    pub(crate) fn remove(&mut self, place: Place, class: &Class) -> bool {
        let Some(line) = self.classes.get_mut(class) else {
            return false;
        };
        let was_there = line.remove(&place).is_some();
        if line.is_empty() {
            self.classes.remove(class);
        }
        if was_there {
            self.opened.remove(&(place.opened_at, place.number));
            self.lanes.leave(&class.lane);
        }
        was_there
    }

    /// Takes out the first one, whatever it asks for.
    pub(crate) fn pop_first(&mut self) -> Option<ConversationId> {
        let found = self.best(&Search::default(), |_| true, |_| true)?;
        self.remove(found.place, &found.class);
        Some(found.conversation)
    }

    /// The best conversation that may be given out: of the lane whose turn it is, the first. One
    /// whose reply window closes soon comes before any turn.
    ///
    /// `serves` says whether a class comes into question, `takes` whether a conversation does.
    pub(crate) fn best(
        &self,
        search: &Search,
        serves: impl Fn(&Class) -> bool,
        takes: impl Fn(&ConversationId) -> bool,
    ) -> Option<Waiter> {
        let mut best: Option<(_, &Class, Place, &ConversationId)> = None;
        for (class, line) in self.classes.iter().filter(|(class, _)| serves(class)) {
            let from = match search.passed.get(class) {
                None => Unbounded,
                Some(Passed::UpTo(place)) => Excluded(*place),
                Some(Passed::All) => continue,
            };
            let first = line.range((from, Unbounded)).find(|(_, conversation)| takes(conversation));
            let Some((place, conversation)) = first else { continue };
            let key = (place.is_calm, self.lanes.turn(&class.lane), *place);
            if best.as_ref().is_none_or(|(other, ..)| key < *other) {
                best = Some((key, class, *place, conversation));
            }
        }
        let (_, class, place, conversation) = best?;
        Some(Waiter { place, class: class.clone(), conversation: conversation.clone() })
    }

    /// Takes out one that was given to somebody: its lane had its turn.
    pub(crate) fn serve(&mut self, place: Place, class: &Class) {
        if self.remove(place, class) {
            self.lanes.served(&class.lane);
        }
    }

    /// Where a place stands in the line, from 1; exact up to [`POSITION_MAX`].
    pub(crate) fn position(&self, place: Place) -> usize {
        let before = self.classes.values().map(|line| match line.last_key_value() {
            Some((last, _)) if *last <= place => line.len(),
            _ => line.range(..=place).take(POSITION_MAX).count(),
        });
        before.sum()
    }

    /// Whether so many stand before a place.
    pub(crate) fn has_before(&self, place: Place, count: usize) -> bool {
        let mut before = 0;
        for line in self.classes.values() {
            before += match line.last_key_value() {
                Some((last, _)) if *last < place => line.len(),
                _ => line.range(..place).take(count - before).count(),
            };
            if before >= count {
                return true;
            }
        }
        before >= count
    }

    pub(crate) fn len(&self) -> usize {
        self.opened.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.opened.is_empty()
    }

    /// When the one that waits longest was opened.
    pub(crate) fn oldest(&self) -> Option<Timestamp> {
        self.opened.first().map(|(opened_at, _)| *opened_at)
    }

    pub(crate) fn contains(&self, place: Place, class: &Class) -> bool {
        self.classes.get(class).is_some_and(|line| line.contains_key(&place))
    }
}

impl Search {
    /// Nobody can be found for this one; others of its class may be luckier.
    pub(crate) fn pass(&mut self, waiter: &Waiter) {
        self.passed.insert(waiter.class.clone(), Passed::UpTo(waiter.place));
    }

    /// Nobody can be found for any of its class.
    pub(crate) fn pass_class(&mut self, waiter: &Waiter) {
        self.passed.insert(waiter.class.clone(), Passed::All);
    }
}

#[cfg(test)]
mod tests;
