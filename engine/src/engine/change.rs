//! What webhooks tell about conversations that are known already.
//!
//! Two rules hold throughout: a human always wins, and our own assignment coming back as a
//! webhook is not news.

use super::Engine;
use crate::conversation::{Answer, Stage};
use crate::{
    Change, ConversationId, ConversationSnapshot, ConversationState, LeftAlone, NotOurs, PartId,
    RequeueReason, Requeued, TeamId, TeammateId, Verdict,
};

impl Engine {
    pub(super) fn conversation_changed(&mut self, snapshot: ConversationSnapshot, change: Change) {
        let id = snapshot.id.clone();
        if self.comes_back(&snapshot, &change) {
            self.update(&id, |it| it.shown_teammate = None);
            self.conversations.remove(&id);
        }
        let Some(conversation) = self.conversations.get_mut(&id) else {
            return self.first_seen(snapshot, change);
        };
        conversation.heard_at = self.now;
        let late = snapshot.updated_at < conversation.updated_at;
        conversation.updated_at = conversation.updated_at.max(snapshot.updated_at);
        match change {
            Change::Started(_) | Change::Labelled => {
                if conversation.dossier.is_none() {
                    self.ignored_events += u64::from(matches!(change, Change::Started(_)));
                    return;
                }
                self.learn(&id, snapshot, change);
                self.consider(&id);
            }
            Change::Assigned { part } => self.assigned_by_somebody(&id, &snapshot, part),
            Change::ContactReplied(message) => {
                self.contact_wrote(&id, message);
                self.open_window(&id, snapshot.updated_at);
                if late {
                    self.ignored_events += 1;
                } else {
                    self.set_state(&id, ConversationState::Open);
                    self.reply_finds_nobody(&id);
                }
            }
            Change::Opened if !late => {
                self.set_state(&id, ConversationState::Open);
            }
            Change::Closed if !late => self.set_state(&id, ConversationState::Closed),
            Change::Snoozed if !late => self.set_state(&id, ConversationState::Snoozed),
            Change::TeammateReplied => {
                let teammate = self.conversations[&id].teammate;
                self.answered(&id, Answer { teammate, part: None });
            }
            Change::Answered { teammate, part } => {
                self.answered(&id, Answer { teammate, part });
            }
            Change::Opened | Change::Closed | Change::Snoozed => {
                self.ignored_events += 1;
            }
        }
    }

    /// Whether a conversation that was let go before it had a team deserves another look: it was
    /// opened again, or shows a signal of the channel after all.
    fn comes_back(&self, snapshot: &ConversationSnapshot, change: &Change) -> bool {
        let Some(known) = self.conversations.get(&snapshot.id) else {
            return false;
        };
        let opened = known.state != ConversationState::Open
            && matches!(change, Change::ContactReplied(_) | Change::Opened)
            && snapshot.updated_at >= known.updated_at;
        let labelled =
            *change == Change::Labelled && self.policy.channel.in_conversation(snapshot).is_some();
        known.was_let_go() && (opened || labelled)
    }

    /// The same, as a search shows it.
    pub(super) fn deserves_another_look(&self, snapshot: &ConversationSnapshot) -> bool {
        let known = &self.conversations[&snapshot.id];
        let is_free = snapshot.state == ConversationState::Open && snapshot.teammate.is_none();
        let opened = known.state != ConversationState::Open;
        let labelled = || self.policy.channel.in_conversation(snapshot).is_some();
        known.was_let_go() && is_free && (opened || labelled())
    }

    pub(super) fn deleted(&mut self, id: &ConversationId) {
        if !self.conversations.contains_key(id) {
            self.ignored_events += 1;
            return;
        }
        if self.conversations[id].is_ours() {
            self.publish(id, Verdict::LeftAlone(LeftAlone::Deleted));
        }
        self.leave_lines(id);
        self.update(id, |it| {
            (it.teammate, it.shown_teammate) = (None, None);
            it.stage = Stage::Released;
        });
        self.conversations.remove(id);
    }

    pub(super) fn set_state(&mut self, id: &ConversationId, state: ConversationState) {
        let conversation = &self.conversations[id];
        let (stage, teammate) = (conversation.stage, conversation.teammate);
        if conversation.state == state {
            return;
        }
        self.update(id, |it| it.state = state);
        match (state, teammate) {
            (ConversationState::Open, Some(_)) => self.has_time_to_answer_again(id),
            (ConversationState::Open, None) => self.needs_somebody_again(id),
            (ConversationState::Closed | ConversationState::Snoozed, Some(teammate)) => {
                // Most probably it was they who did it.
                self.roster.note_sign(teammate, self.now);
            }
            (_, None) if stage == Stage::HandedOver => {}
            (ConversationState::Closed, None) if stage != Stage::Released => {
                self.leave_alone(id, LeftAlone::Closed);
            }
            (ConversationState::Closed | ConversationState::Snoozed, None) => self.release(id),
        }
        if state == ConversationState::Closed {
            self.forget_later(id);
        }
    }

    /// A conversation was opened again that nobody has.
    fn needs_somebody_again(&mut self, id: &ConversationId) {
        if self.conversations[id].team.is_some() {
            self.requeue(id, RequeueReason::Reopened);
            self.place(id);
        }
    }

    /// A webhook tells of an assignment: ours, or a human's.
    fn assigned_by_somebody(
        &mut self,
        id: &ConversationId,
        snapshot: &ConversationSnapshot,
        part: Option<PartId>,
    ) {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        if conversation.knows_newer(part, snapshot.updated_at) {
            return;
        }
        conversation.assignees_told(part, Some(snapshot.updated_at));
        let (team, teammate) = (snapshot.team, snapshot.teammate);
        if !self.is_echo(id, team, teammate) {
            self.assigned_by_others(id, team, teammate);
        }
    }

    /// Whether somebody is shown a conversation with whom we gave it to, or are about to.
    pub(super) fn is_echo(
        &self,
        id: &ConversationId,
        team: Option<TeamId>,
        teammate: Option<TeammateId>,
    ) -> bool {
        let conversation = &self.conversations[id];
        match conversation.stage {
            // Nobody has it yet, so an unassigned one in its inbox is what we left behind.
            Stage::Assigning(_) if teammate.is_none() => team == conversation.shown_team,
            Stage::Assigning(_) | Stage::Assigned => teammate == conversation.teammate,
            Stage::Placing(_) => teammate.is_none() && team == Some(self.inbox_for(id)),
            _ => false,
        }
    }

    /// Somebody else decided who has a conversation now.
    pub(super) fn assigned_by_others(
        &mut self,
        id: &ConversationId,
        team: Option<TeamId>,
        teammate: Option<TeammateId>,
    ) {
        let conversation = &self.conversations[id];
        let (had, shown, stage) =
            (conversation.teammate, conversation.shown_team, conversation.stage);
        let (ours, state) = (conversation.is_ours(), conversation.state);
        let routed = conversation.team.is_some() && state == ConversationState::Open;
        let undecided = conversation.dossier.is_some();
        if (team, teammate) == (shown, had) {
            return;
        }
        self.update(id, |it| {
            it.shown_team = team;
            it.shown_teammate = teammate;
        });
        match teammate {
            Some(teammate) => {
                self.update(id, |it| it.teammate = Some(teammate));
                if ours {
                    self.leave_alone(id, LeftAlone::TakenByTeammate(teammate));
                } else if undecided {
                    self.not_ours(id, NotOurs::AlreadyAssigned);
                }
            }
            None if !routed => {
                self.update(id, |it| it.teammate = None);
                if matches!(stage, Stage::Assigning(_) | Stage::Assigned) {
                    self.release(id);
                }
            }
            None => {
                self.update(id, |it| {
                    it.excluded.extend(it.teammate);
                    it.teammate = None;
                });
                self.moved_by_others(id, team, stage);
            }
        }
    }

    /// A human took a conversation of ours from its teammate, or moved it to another team.
    fn moved_by_others(&mut self, id: &ConversationId, team: Option<TeamId>, stage: Stage) {
        let holder = self.policy.hold_team();
        let known = team.and_then(|team| self.policy.team_with_id(team));
        match (team, known) {
            (Some(team), None) => self.leave_alone(id, LeftAlone::MovedToTeam(team)),
            // Into the inbox that holds it: it goes on waiting for its own team there.
            (Some(_), Some(_)) if team == holder && stage == Stage::Held => {}
            (Some(_), Some(index)) => {
                let same = self.conversations[id].team == Some(index);
                self.leave_lines(id);
                self.update(id, |it| {
                    it.team = Some(index);
                    it.home = Some(index);
                    it.rung = 0;
                });
                let reason =
                    if same { RequeueReason::Unassigned } else { RequeueReason::MovedToTeam };
                self.requeue(id, reason);
                self.place(id);
            }
            (None, _) => {
                self.leave_lines(id);
                self.requeue(id, RequeueReason::Unassigned);
                self.place(id);
            }
        }
    }

    pub(super) fn requeue(&mut self, id: &ConversationId, reason: RequeueReason) {
        let team = self.conversations[id].team.expect("only what has a team is queued again");
        let team = self.policy.teams[team].name.clone();
        self.publish(id, Verdict::Requeued(Requeued { team, reason }));
    }
}
