//! How long each teammate worked, as anybody can see who watches the inbox: an hour with two open
//! conversations is two hours of work, an hour away is none.
//!
//! Beside it stands what chance would have made of the same work: whoever it would have given a
//! conversation to needs longer or shorter for it, by their speed.

use std::collections::{BTreeMap, BTreeSet};

/// The work of all teammates. Times are in microseconds.
#[derive(Debug, Default)]
pub(super) struct BusyTime {
    /// Who works faster or slower than 1.
    speeds: BTreeMap<u64, f64>,
    away: BTreeSet<u64>,
    /// The work going on, by conversation.
    spans: BTreeMap<u64, Span>,
    /// Whom chance would have given a conversation to.
    by_chance: BTreeMap<u64, u64>,
    worked: BTreeMap<u64, u64>,
    worked_by_chance: BTreeMap<u64, u64>,
}

/// One teammate's work on one conversation.
#[derive(Clone, Copy, Debug)]
struct Span {
    teammate: u64,
    /// Since when it has gone on.
    since: u64,
    /// What was done before.
    worked: u64,
}

impl BusyTime {
    pub(super) fn new(speeds: BTreeMap<u64, f64>) -> Self {
        Self { speeds, ..Self::default() }
    }

    /// A teammate begins to work on a conversation; whoever worked on it stops.
    pub(super) fn begin(&mut self, at_us: u64, teammate: u64, conversation: u64) {
        if self.spans.get(&conversation).is_some_and(|span| span.teammate == teammate) {
            return;
        }
        self.end(at_us, conversation);
        self.spans.insert(conversation, Span { teammate, since: at_us, worked: 0 });
    }

    /// Nobody works on a conversation any longer.
    pub(super) fn end(&mut self, at_us: u64, conversation: u64) {
        let Some(mut span) = self.spans.remove(&conversation) else { return };
        span.settle(at_us, self.away.contains(&span.teammate));
        *self.worked.entry(span.teammate).or_default() += span.worked;
        if let Some(&other) = self.by_chance.get(&conversation) {
            let work = span.worked as f64 * self.speed_of(span.teammate);
            let needed = (work / self.speed_of(other)) as u64;
            *self.worked_by_chance.entry(other).or_default() += needed;
        }
    }

    /// Work rests while a teammate is away.
    pub(super) fn set_away(&mut self, at_us: u64, teammate: u64, away: bool) {
        let was_away = self.away.contains(&teammate);
        for span in self.spans.values_mut().filter(|span| span.teammate == teammate) {
            span.settle(at_us, was_away);
        }
        if away {
            self.away.insert(teammate);
        } else {
            self.away.remove(&teammate);
        }
    }

    /// Chance would have given a conversation to this teammate.
    pub(super) fn by_chance(&mut self, conversation: u64, teammate: u64) {
        self.by_chance.insert(conversation, teammate);
    }

    /// The run is over: what is still being worked on counts until now.
    pub(super) fn end_all(&mut self, at_us: u64) {
        let going_on: Vec<u64> = self.spans.keys().copied().collect();
        going_on.into_iter().for_each(|conversation| self.end(at_us, conversation));
    }

    /// How long each of these worked, and how long by chance.
    pub(super) fn of(&self, teammates: &[u64]) -> (Vec<u64>, Vec<u64>) {
        let of = |worked: &BTreeMap<u64, u64>| {
            teammates.iter().map(|id| worked.get(id).copied().unwrap_or(0)).collect()
        };
        (of(&self.worked), of(&self.worked_by_chance))
    }

    fn speed_of(&self, teammate: u64) -> f64 {
        self.speeds.get(&teammate).copied().unwrap_or(1.0)
    }
}

impl Span {
    fn settle(&mut self, at_us: u64, rested: bool) {
        if !rested {
            self.worked += at_us.saturating_sub(self.since);
        }
        self.since = at_us;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: u64 = 7001;
    const BRUNO: u64 = 7002;

    #[track_caller]
    fn check(busy: &BusyTime, worked: [u64; 2], by_chance: [u64; 2]) {
        assert_eq!(busy.of(&[ADA, BRUNO]), (worked.to_vec(), by_chance.to_vec()));
    }

    #[test]
    fn conversations_side_by_side_add_up() {
        let mut busy = BusyTime::default();
        busy.begin(0, ADA, 1);
        busy.begin(10, ADA, 2);
        busy.begin(12, ADA, 2);
        busy.end(20, 1);
        busy.end(25, 2);
        busy.end(99, 2);
        check(&busy, [20 + 15, 0], [0, 0]);
    }

    #[test]
    fn a_new_owner_ends_the_work_of_the_old_one() {
        let mut busy = BusyTime::default();
        busy.begin(0, ADA, 1);
        busy.begin(10, BRUNO, 1);
        busy.end_all(40);
        check(&busy, [10, 30], [0, 0]);
    }

    #[test]
    fn work_rests_while_away() {
        let mut busy = BusyTime::default();
        busy.begin(0, ADA, 1);
        busy.begin(0, BRUNO, 2);
        busy.set_away(10, ADA, true);
        busy.set_away(15, ADA, true);
        busy.set_away(30, ADA, false);
        busy.end_all(50);
        check(&busy, [10 + 20, 50], [0, 0]);
        busy.set_away(60, ADA, true);
        busy.begin(60, ADA, 3);
        busy.end_all(90);
        check(&busy, [30, 50], [0, 0]);
    }

    #[test]
    fn chance_needs_the_time_that_its_choice_would_have_needed() {
        let mut busy = BusyTime::new([(ADA, 2.0), (BRUNO, 0.5)].into());
        busy.by_chance(1, BRUNO);
        busy.by_chance(2, ADA);
        busy.begin(0, ADA, 1);
        busy.begin(0, ADA, 2);
        busy.begin(0, ADA, 3);
        busy.end_all(10);
        check(&busy, [30, 0], [10, 40]);
    }
}
