//! Data events of contacts.

use std::collections::{BTreeSet, VecDeque};

use crate::Moment;
use crate::identity::ContactId;

/// How many events are remembered; beyond it the oldest go.
const MOST_EVENTS: usize = 100_000;

type Event = (ContactId, String, Moment);

/// The events that were submitted, each once: what happened to whom and when says which it is
/// (description of `POST /events`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    known: BTreeSet<Event>,
    /// In the order in which they came.
    order: VecDeque<Event>,
}

impl Events {
    /// Takes an event; false if it is known already.
    pub(crate) fn submit(&mut self, contact: ContactId, name: &str, at: Moment) -> bool {
        let event = (contact, name.to_owned(), at);
        if !self.known.insert(event.clone()) {
            return false;
        }
        self.order.push_back(event);
        if self.order.len() > MOST_EVENTS
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    /// Lays what a contact did to another's account, or forgets it.
    pub(crate) fn hand_over(&mut self, from: ContactId, heir: Option<ContactId>) {
        let least = (from, String::new(), Moment::EPOCH);
        if self.known.range(least..).next().is_none_or(|(contact, ..)| *contact != from) {
            return;
        }
        self.known.clear();
        for (contact, name, at) in std::mem::take(&mut self.order) {
            let contact = if contact == from { heir } else { Some(contact) };
            if let Some(contact) = contact {
                self.submit(contact, &name, at);
            }
        }
    }

    /// How many are remembered.
    pub(crate) fn count(&self) -> usize {
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_each_event_once_and_forgets_the_oldest() {
        let contact: ContactId = "6762f0b21bb69f9f2193bb65".parse().unwrap();
        let mut events = Events::default();
        let mut submit =
            |second: u64| events.submit(contact, "bought", Moment::from_seconds(second));
        assert!(submit(0));
        assert!(!submit(0));
        (1..=MOST_EVENTS as u64).for_each(|second| assert!(submit(second)));
        assert!(submit(0), "forgotten by now");
        assert_eq!(events.count(), MOST_EVENTS);
    }

    #[test]
    fn lays_events_to_another_account_or_forgets_them() {
        let [ana, ben]: [ContactId; 2] =
            ["6762f0b21bb69f9f2193bb65", "6762f0b21bb69f9f2193bb66"].map(|id| id.parse().unwrap());
        let mut events = Events::default();
        let at = Moment::from_seconds(1);
        for (contact, name) in [(ana, "bought"), (ana, "left"), (ben, "bought")] {
            assert!(events.submit(contact, name, at));
        }
        events.hand_over(ana, Some(ben));
        assert_eq!(events.count(), 2, "both bought at the same time");
        assert!(!events.submit(ben, "left", at));
        assert!(events.submit(ana, "left", at));
        events.hand_over(ben, None);
        assert_eq!(events.count(), 1);
        events.hand_over(ben, None);
        assert!(!events.submit(ana, "left", at));
    }
}
