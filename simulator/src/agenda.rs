//! What is due when: a queue ordered by time, and first-in first-out among equal times.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Things to do, each at a time in microseconds.
#[derive(Clone, Debug)]
pub struct Agenda<T> {
    heap: BinaryHeap<Entry<T>>,
    sequence: u64,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    at_us: u64,
    sequence: u64,
    item: T,
}

impl<T> Agenda<T> {
    /// An agenda with nothing on it.
    #[must_use]
    pub const fn new() -> Self {
        Self { heap: BinaryHeap::new(), sequence: 0 }
    }

    /// Puts `item` on the agenda, behind whatever is already due at the same time.
    pub fn push(&mut self, at_us: u64, item: T) {
        self.heap.push(Entry { at_us, sequence: self.sequence, item });
        self.sequence += 1;
    }

    /// When the next item is due.
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        self.heap.peek().map(|entry| entry.at_us)
    }

    /// The next item and its time, without taking it.
    #[must_use]
    pub fn peek(&self) -> Option<(u64, &T)> {
        self.heap.peek().map(|entry| (entry.at_us, &entry.item))
    }

    /// Takes the next item and its time.
    pub fn pop(&mut self) -> Option<(u64, T)> {
        self.heap.pop().map(|entry| (entry.at_us, entry.item))
    }

    /// Takes the next item if it is due by `now_us`.
    pub fn pop_due(&mut self, now_us: u64) -> Option<(u64, T)> {
        if self.next_due()? <= now_us { self.pop() } else { None }
    }

    /// How many items are on the agenda.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

impl<T> Default for Agenda<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Ord for Entry<T> {
    /// The greatest entry of the heap is the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at_us, other.sequence).cmp(&(self.at_us, self.sequence))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_comes_before_its_time() {
        let mut agenda = Agenda::new();
        agenda.push(20, "later");
        agenda.push(10, "sooner");
        assert_eq!(agenda.pop_due(9), None);
        assert_eq!(agenda.pop_due(10), Some((10, "sooner")));
        assert_eq!(agenda.pop_due(10), None);
        assert_eq!(agenda.next_due(), Some(20));
    }

    proptest! {
        #[test]
        fn it_is_a_stable_sort(times in prop::collection::vec(0_u64..6, 0..60)) {
            let mut agenda = Agenda::new();
            let mut expected: Vec<(u64, usize)> = times.into_iter().zip(0..).collect();
            for &(at_us, item) in &expected {
                agenda.push(at_us, item);
            }
            expected.sort();
            let got: Vec<_> = std::iter::from_fn(|| agenda.pop()).collect();
            prop_assert_eq!(got, expected);
        }
    }
}
