//! Conversations that the router gave from one teammate straight to another: for a reason, or for
//! none.
//!
//! A reason has two halves. What can be seen from outside must allow for it: the first teammate has
//! not answered yet. And the router must have said it: nobody moves a conversation by chance.

use engine::RequeueReason;

/// One conversation that went from hand to hand, and no teammate had answered it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handover {
    pub(super) at_us: u64,
    pub(super) conversation: u64,
    pub(super) from: u64,
    pub(super) to: u64,
    /// Whether the first teammate was away by then.
    pub(super) was_away: bool,
}

/// Those for which no reason was told yet.
#[derive(Debug, Default)]
pub(super) struct Handovers(Vec<Handover>);

impl Handovers {
    pub(super) fn add(&mut self, handover: Handover) {
        self.0.push(handover);
    }

    /// The router says why a conversation waits again. What cannot be true excuses nothing.
    pub(super) fn explained(&mut self, conversation: u64, reason: RequeueReason) {
        let excused = self.0.iter().position(|it| {
            it.conversation == conversation
                && match reason {
                    RequeueReason::NoAnswer(teammate) => teammate.get() == it.from,
                    RequeueReason::TeammateAway(teammate) => {
                        teammate.get() == it.from && it.was_away
                    }
                    _ => false,
                }
        });
        if let Some(excused) = excused {
            self.0.remove(excused);
        }
    }

    /// Those for which there is no reason, in the order in which they happened.
    pub(super) fn take_unexplained(&mut self) -> Vec<Handover> {
        std::mem::take(&mut self.0)
    }
}
