//! What is due when. Equal times fire in the order in which they were set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CommandId, ConversationId, TeammateId, Timestamp};

/// Something that falls due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deadline {
    /// A conversation had its time to show a signal of the channel.
    Settled(ConversationId),
    /// A call may be tried again.
    Retry(CommandId),
    /// The API budget has a new window, or its pause is over.
    Budget,
    /// A call may be sent to try whether Intercom answers again.
    Breaker,
    /// Teams and teammates are fetched again.
    Roster,
    /// Intercom is asked again for what no webhook told.
    Reconcile,
    /// A team opens or closes. Team by its index in the policy.
    Hours(usize),
    /// The next held conversation of a team is released.
    Release(usize),
    /// The grace period of an absence is over.
    Gone(TeammateId),
    /// A teammate's ramp lets them be given something again.
    Ramp(TeammateId),
    /// A shift begins or ends. Teammate by index in the policy.
    Shift(usize),
    /// A conversation has waited long enough for the next step of its way down.
    Step(ConversationId),
    /// A reply window closes soon, or has closed.
    Window(ConversationId),
    /// The teammate to whom a conversation was given at that moment should have answered.
    Answer(ConversationId, Timestamp),
    /// A conversation that nobody can be found for is tried again.
    Unstick(ConversationId),
    /// A conversation that is over may be forgotten.
    Forget(ConversationId),
}

/// All deadlines.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Deadlines {
    queue: BTreeMap<(Timestamp, u64), Deadline>,
    sequence: u64,
}

impl Deadlines {
    pub(crate) fn set(&mut self, at: Timestamp, deadline: Deadline) {
        self.queue.insert((at, self.sequence), deadline);
        self.sequence += 1;
    }

    /// When the next one is due.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.queue.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next one that is due up to `at`.
    pub(crate) fn pop_due(&mut self, at: Timestamp) -> Option<(Timestamp, Deadline)> {
        if self.next()? > at {
            return None;
        }
        self.queue.pop_first().map(|((due, _), deadline)| (due, deadline))
    }

    /// Removes those that `keep` does not want.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Deadline) -> bool) {
        self.queue.retain(|_, deadline| keep(deadline));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_are_first_in_first_out() {
        let mut deadlines = Deadlines::default();
        let at = Timestamp::from_seconds;
        deadlines.set(at(2), Deadline::Hours(1));
        deadlines.set(at(1), Deadline::Hours(2));
        deadlines.set(at(2), Deadline::Hours(0));
        assert_eq!(deadlines.pop_due(at(0)), None);
        let fired: Vec<_> = std::iter::from_fn(|| deadlines.pop_due(at(2))).collect();
        let expected =
            [(at(1), Deadline::Hours(2)), (at(2), Deadline::Hours(1)), (at(2), Deadline::Hours(0))];
        assert_eq!(fired, expected);
    }
}
