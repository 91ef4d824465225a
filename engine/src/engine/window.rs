//! The reply window: a contact can be answered for a while after each of their messages.

use super::Engine;
use crate::conversation::Stage;
use crate::deadline::Deadline;
use crate::queue::Place;
use crate::{ConversationId, ConversationState, Timestamp, Verdict};

impl Engine {
    /// The contact wrote: the window begins anew.
    pub(super) fn open_window(&mut self, id: &ConversationId, wrote_at: Timestamp) {
        let window = self.policy.reply_window;
        let at = wrote_at.min(self.now);
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        conversation.replies.contact_wrote(at, window);
        if self.now + window.rise < conversation.replies.closes_at {
            self.calm_down(id);
        }
        self.watch_window(id);
    }

    /// Sets the time at which the window of a conversation of ours is looked at, unless it is set.
    pub(super) fn watch_window(&mut self, id: &ConversationId) {
        let rise = self.policy.reply_window.rise;
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        if !conversation.is_ours()
            || !conversation.replies.awaits_answer
            || conversation.replies.is_watched
        {
            return;
        }
        let closes_at = conversation.replies.closes_at;
        if closes_at <= self.now {
            return;
        }
        conversation.replies.is_watched = true;
        let rises_at = closes_at - rise;
        let at = if rises_at > self.now { rises_at } else { closes_at };
        self.deadlines.set(at, Deadline::Window(id.clone()));
    }

    /// A window closes soon, or has closed, unless the contact was answered or wrote again.
    pub(super) fn window_due(&mut self, id: &ConversationId) {
        let now = self.now;
        let Some(conversation) = self.conversations.get_mut(id) else {
            return;
        };
        conversation.replies.is_watched = false;
        let waits = conversation.is_ours()
            && conversation.state == ConversationState::Open
            && conversation.replies.awaits_answer;
        if !waits {
            return;
        }
        let closes_at = conversation.replies.closes_at;
        if closes_at <= now {
            self.publish(id, Verdict::WindowLost);
            self.calm_down(id);
        } else if closes_at - self.policy.reply_window.rise <= now {
            self.rise(id, closes_at);
        }
        self.watch_window(id);
    }

    /// Moves a conversation that has no teammate yet to the head of its line.
    fn rise(&mut self, id: &ConversationId, closes_at: Timestamp) {
        let conversation = &self.conversations[id];
        let place = conversation.place;
        if conversation.teammate.is_none() && conversation.stage != Stage::HandedOver {
            self.publish(id, Verdict::WindowClosing { closes_at });
            self.rerank(id, place.risen(closes_at));
        }
    }

    /// Gives a conversation the place that it had before its window was about to close.
    pub(super) fn calm_down(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        let place = conversation.place;
        if !place.is_calm {
            let ranked_at = conversation.calm_rank;
            self.rerank(id, Place { is_calm: true, ranked_at, ..place });
        }
    }
}
