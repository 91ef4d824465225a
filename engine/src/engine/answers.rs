//! Teammates answer, or they do not.

use super::Engine;
use crate::calls::Purpose;
use crate::condition::speaks;
use crate::conversation::{Acknowledgement, Answer, Stage};
use crate::deadline::Deadline;
use crate::queue::Place;
use crate::{
    Action, ConversationId, ConversationState, Outcome, RequeueReason, TeammateId, Timestamp,
    Verdict,
};

impl Engine {
    /// Somebody of ours wrote to the contact.
    pub(super) fn answered(&mut self, id: &ConversationId, answer: Answer) {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        if !conversation.replies.answered(answer, conversation.teammate) {
            return;
        }
        let Some(teammate) = answer.teammate else {
            return;
        };
        conversation.is_answered = true;
        let contact = conversation.contact.clone();
        self.calm_down(id);
        let keep = self.policy.teams.iter().filter_map(|team| team.sticky).max();
        if let Some((contact, keep)) = contact.zip(keep) {
            self.memory.note(&contact, teammate, self.now, keep);
        }
        if self.roster.note_sign(teammate, self.now) {
            self.find_work(teammate);
        }
    }

    /// A teammate has just been given a conversation: watches whether they answer.
    pub(super) fn watch_answer(&mut self, id: &ConversationId) {
        let given_at = self.conversations[id].given_at;
        if let Some((given_at, due)) = given_at.zip(self.answer_due_at(id)) {
            self.deadlines.set(due, Deadline::Answer(id.clone(), given_at));
        }
    }

    /// When the teammate whom a conversation was given to should have answered.
    pub(super) fn answer_due_at(&self, id: &ConversationId) -> Option<Timestamp> {
        let conversation = &self.conversations[id];
        let (team, given_at) = conversation.team.zip(conversation.given_at)?;
        let limit = self.policy.teams[team].no_answer?;
        self.after_office_time(team, given_at, limit.within)
    }

    /// A conversation was woken or opened again with its teammate: if they have not answered it
    /// yet, they have the whole time for that.
    pub(super) fn has_time_to_answer_again(&mut self, id: &ConversationId) {
        let now = self.now;
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        if conversation.stage == Stage::Assigned && !conversation.is_answered {
            conversation.given_at = conversation.given_at.map(|_| now);
            self.watch_answer(id);
        }
    }

    /// The time for a first answer is over: somebody else gets the conversation, or a human has
    /// to look at it.
    pub(super) fn answer_due(&mut self, id: &ConversationId, given_at: Timestamp) {
        let Some(conversation) = self.conversations.get(id).filter(|_| !self.is_paused()) else {
            return; // in a pause nobody else could get it: see `catch_up_on_answers`
        };
        let waits = conversation.stage == Stage::Assigned
            && conversation.given_at == Some(given_at)
            && conversation.state == ConversationState::Open
            && !conversation.is_answered
            && conversation.replies.awaits_answer;
        let (Some(team), Some(teammate)) = (conversation.team, conversation.teammate) else {
            return;
        };
        let Some(limit) = self.policy.teams[team].no_answer.filter(|_| waits) else {
            return;
        };
        let bounces = conversation.bounces;
        if bounces >= limit.bounces {
            self.publish(id, Verdict::Unanswered { teammate, bounces });
            return;
        }
        self.roster.note_silence(teammate, given_at, self.now);
        self.update(id, |it| {
            it.bounces += 1;
            it.excluded.push(teammate);
        });
        self.give_back(id, RequeueReason::NoAnswer(teammate));
    }

    /// Takes a conversation from its teammate; it waits again at its old place.
    pub(super) fn give_back(&mut self, id: &ConversationId, reason: RequeueReason) {
        self.leave_lines(id);
        self.update(id, |it| it.teammate = None);
        self.requeue(id, reason);
        self.place(id);
    }

    /// The contact wrote: if the teammate who has the conversation is away and wants that, it
    /// goes to somebody else. Intercom puts it back into its team's inbox of its own accord (its
    /// help centre, 6522874); what comes of that by webhook agrees with this.
    pub(super) fn reply_finds_nobody(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        let is_held = conversation.is_ours() && conversation.state == ConversationState::Open;
        let gone = conversation.teammate.filter(|it| is_held && self.roster.hands_over(*it));
        if let Some(teammate) = gone {
            self.give_back(id, RequeueReason::TeammateAway(teammate));
        }
    }

    /// A teammate is gone who wants replies to go to others: what still waits for an answer does
    /// not wait for the contact to ask again.
    pub(super) fn hand_over_unanswered(&mut self, teammate: TeammateId) {
        for id in self.roster.conversations_of(teammate) {
            let conversation = &self.conversations[&id];
            let has_it = conversation.teammate == Some(teammate);
            if conversation.is_ours() && has_it && conversation.replies.awaits_answer {
                self.give_back(&id, RequeueReason::TeammateAway(teammate));
            }
        }
    }

    /// Tells the contact of a held conversation that the team is not in, once.
    pub(super) fn acknowledge(&mut self, id: &ConversationId) {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        let texts = &self.policy.after_hours.acknowledge;
        let theirs = texts.iter().filter(|(tag, _)| speaks(&conversation.language, tag));
        let closest = theirs.max_by_key(|(tag, _)| tag.len()).map(|(_, text)| text);
        let text = closest.or_else(|| texts.get("und"));
        let replies = &mut conversation.replies;
        let is_new = replies.acknowledgement == Acknowledgement::None;
        let Some(text) = text.filter(|_| is_new && replies.left > 0) else {
            return;
        };
        let action = Action::Reply { conversation: id.clone(), text: text.clone() };
        let purpose = Purpose::Acknowledge { conversation: id.clone() };
        let call = self.calls.add(Place::LAST, action, purpose);
        replies.left -= 1;
        replies.acknowledgement = Acknowledgement::Asked { call, seen: None };
    }

    /// The router went down: of an acknowledgement that was under way nobody knows whether it was
    /// sent, and it is not sent again.
    pub(super) fn doubt_acknowledgements(&mut self) {
        for conversation in self.conversations.values_mut() {
            let replies = &mut conversation.replies;
            if let Acknowledgement::Asked { call, .. } = &replies.acknowledgement
                && self.calls.get(*call).is_none()
            {
                replies.acknowledged(&Outcome::Unclear { status: None });
            }
        }
    }

    pub(super) fn acknowledged(&mut self, id: &ConversationId, outcome: &Outcome) {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        let late = conversation.replies.acknowledged(outcome);
        self.remark_answered(id, outcome);
        if let Some(answer) = late {
            self.answered(id, answer);
        }
    }
}
