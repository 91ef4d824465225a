//! Assignment can be paused: what comes is routed and waits in its team's inbox, nobody is given
//! anything, and every conversation keeps its place.

use super::Engine;
use crate::conversation::Stage;
use crate::queue::Place;
use crate::{ConversationId, RequeueReason, Timestamp};

impl Engine {
    pub(super) fn assignment_paused(&mut self, paused: bool) {
        match (self.paused_since, paused) {
            (None, true) => {
                self.paused_since = Some(self.now);
                self.take_back_unsent();
            }
            (Some(since), false) => {
                self.paused_since = None;
                self.resume_assignment(since);
            }
            (None, false) | (Some(_), true) => self.ignored_events += 1,
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused_since.is_some()
    }

    /// Of a backlog that waits for the API budget, nothing has begun yet: it waits in line again.
    /// A call that was sent once may have been carried out, and is finished.
    fn take_back_unsent(&mut self) {
        let unsent = self.conversations.iter().filter(|(id, _)| self.is_chosen_but_untold(id));
        let mut unsent: Vec<(Place, ConversationId)> =
            unsent.map(|(id, it)| (it.place, id.clone())).collect();
        unsent.sort_unstable_by_key(|(place, _)| *place);
        for (_, id) in unsent {
            self.give_back(&id, RequeueReason::Paused);
        }
    }

    /// A call about a conversation was not sent after all: in a pause that is as if it had never
    /// been begun.
    pub(super) fn not_told(&mut self, id: Option<ConversationId>) {
        let untold = id.filter(|id| self.is_paused() && self.is_chosen_but_untold(id));
        if let Some(id) = untold {
            self.give_back(&id, RequeueReason::Paused);
        }
    }

    /// Whether the engine has chosen somebody for a conversation and Intercom was not told yet.
    pub(super) fn is_chosen_but_untold(&self, id: &ConversationId) -> bool {
        let conversation = &self.conversations[id];
        let Stage::Assigning(call) = conversation.stage else {
            return false;
        };
        conversation.is_our_choice && self.calls.get(call).is_some_and(|call| call.attempt == 0)
    }

    fn resume_assignment(&mut self, paused_since: Timestamp) {
        for lines in self.lines.iter_mut().filter(|lines| !lines.queue.is_empty()) {
            // The pause says nothing about how fast the team is.
            lines.pace.begin(self.now);
        }
        self.catch_up_on_answers(paused_since);
        self.match_all_teams();
    }

    /// Whoever should have answered during the pause kept the conversation, since nobody else
    /// could have been given it. Now somebody can.
    fn catch_up_on_answers(&mut self, paused_since: Timestamp) {
        let was_due =
            |(id, conversation): (&ConversationId, &crate::conversation::Conversation)| {
                let given_at = conversation.given_at?;
                let due = self.answer_due_at(id)?;
                (due > paused_since && due <= self.now).then(|| (id.clone(), given_at))
            };
        let missed: Vec<_> = self.conversations.iter().filter_map(was_due).collect();
        for (id, given_at) in missed {
            self.answer_due(&id, given_at);
        }
    }
}
