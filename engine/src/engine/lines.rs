//! From the team to the teammate: inboxes, queues, office hours.

use super::Engine;
use crate::calls::Purpose;
use crate::conversation::Stage;
use crate::deadline::Deadline;
use crate::hours::Opening;
use crate::{
    Action, Assignment, Candidate, ConversationId, Direction, TeamId, TeammateId, TieBreak,
    Verdict, Waiting,
};

impl Engine {
    /// Puts a conversation into the inbox of its team, or of the one that holds it until the
    /// team opens. A call for that is spared if Intercom shows it there already.
    pub(super) fn place(&mut self, id: &ConversationId) {
        let inbox = self.inbox_for(id);
        if self.conversations[id].shown_team == Some(inbox) {
            self.placed(id);
        } else {
            self.place_in(id, inbox);
        }
    }

    fn place_in(&mut self, id: &ConversationId, team: TeamId) {
        let action = Action::AssignTeam { conversation: id.clone(), team, look_first: false };
        let purpose = Purpose::Place { conversation: id.clone(), team };
        let call = self.calls.add(self.conversations[id].place, action, purpose);
        self.update(id, |it| it.stage = Stage::Placing(call));
    }

    pub(super) fn inbox_for(&self, id: &ConversationId) -> TeamId {
        let team = self.conversations[id].team.expect("has a team before it has an inbox");
        let holds = !self.lines[team].opening.open && !self.holder_refused;
        let holder = self.policy.after_hours.hold_in.filter(|_| holds);
        self.policy.teams[holder.unwrap_or(team)].id
    }

    /// A conversation is in the right inbox: now it waits for the team, or for a teammate.
    pub(super) fn placed(&mut self, id: &ConversationId) {
        let inbox = self.inbox_for(id);
        if self.conversations[id].shown_team != Some(inbox) {
            // The team opened or closed while the call was under way.
            return self.place_in(id, inbox);
        }
        let conversation = &self.conversations[id];
        let (place, team) = (conversation.place, conversation.team.expect("has an inbox"));
        if self.lines[team].opening.open {
            self.lines[team].queue.insert(place, id.clone());
            self.update(id, |it| it.stage = Stage::Queued);
            self.match_team(team);
            self.explain_waiting(id);
        } else {
            self.lines[team].held.insert(place, id.clone());
            self.update(id, |it| it.stage = Stage::Held);
        }
    }

    fn explain_waiting(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        let Some(team) = conversation.team.filter(|_| conversation.stage == Stage::Queued) else {
            return;
        };
        let position = self.lines[team].queue.position(conversation.place);
        let (excluded, preferred) = (&conversation.excluded, conversation.preferred);
        let selection = self.roster.select(&self.policy, team, excluded, preferred);
        let waiting = Waiting {
            team: self.policy.teams[team].name.clone(),
            position: u64::try_from(position).unwrap_or(u64::MAX),
            waiting: u64::try_from(self.lines[team].queue.len()).unwrap_or(u64::MAX),
            expected_wait_us: None,
            candidates: selection.candidates,
            unlisted: 0,
        };
        self.publish(id, Verdict::Waiting(waiting));
    }

    /// A teammate may have room now: for each of their teams the oldest waiting comes first.
    pub(super) fn match_teams_of(&mut self, teammate: TeammateId) {
        for team in self.roster.teams_of(teammate, &self.policy) {
            self.match_team(team);
        }
    }

    pub(super) fn match_all_teams(&mut self) {
        for team in 0..self.lines.len() {
            self.match_team(team);
        }
    }

    /// Hands out waiting conversations while somebody can take them.
    pub(super) fn match_team(&mut self, team: usize) {
        if !self.lines[team].opening.open {
            return;
        }
        let mut passed = None;
        while let Some((place, id)) = self.lines[team].queue.after(passed) {
            let id = id.clone();
            let conversation = &self.conversations[&id];
            let (excluded, preferred) = (&conversation.excluded, conversation.preferred);
            let selection = self.roster.select(&self.policy, team, excluded, preferred);
            match selection.chosen {
                Some((teammate, tie_break)) => {
                    self.lines[team].queue.remove(place);
                    self.assign(&id, team, teammate, tie_break, selection.candidates);
                }
                // Only some are barred from this one: the next may still find somebody.
                None if !excluded.is_empty() => passed = Some(place),
                None => return,
            }
        }
    }

    fn assign(
        &mut self,
        id: &ConversationId,
        team: usize,
        teammate: TeammateId,
        tie_break: TieBreak,
        candidates: Vec<Candidate>,
    ) {
        let waited = self.now.since(self.conversations[id].place.opened_at);
        let assignment = Assignment {
            team: self.policy.teams[team].name.clone(),
            teammate,
            waited_us: u64::try_from(waited.as_micros()).unwrap_or(u64::MAX),
            direction: Direction::default(),
            candidates,
            unlisted: 0,
            tie_break,
        };
        self.publish(id, Verdict::Assigned(assignment));
        self.roster.note_assignment(teammate);
        self.give_to(id, teammate);
    }

    /// Lines up the call that gives a conversation to a teammate; it counts as theirs at once.
    pub(super) fn give_to(&mut self, id: &ConversationId, teammate: TeammateId) {
        let action =
            Action::AssignTeammate { conversation: id.clone(), teammate, look_first: false };
        let purpose = Purpose::Assign { conversation: id.clone(), teammate };
        let call = self.calls.add(self.conversations[id].place, action, purpose);
        self.update(id, |it| {
            it.teammate = Some(teammate);
            it.stage = Stage::Assigning(call);
        });
    }

    /// Takes a conversation out of every line, and out of the hands of a call not yet made.
    pub(super) fn leave_lines(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        if let Some(call) = conversation.call() {
            self.calls.cancel(call);
        }
        if let Some(team) = conversation.team {
            self.lines[team].queue.remove(conversation.place);
            self.lines[team].held.remove(conversation.place);
        }
    }

    /// Begins to watch the office hours of every team.
    pub(super) fn watch_hours(&mut self) {
        for team in 0..self.lines.len() {
            self.watch_hours_of(team);
        }
    }

    fn watch_hours_of(&mut self, team: usize) {
        let hours = &self.policy.teams[team].hours;
        let opening =
            hours.as_ref().map_or(Opening { open: true, until: None }, |(_, it)| it.at(self.now));
        self.lines[team].opening = opening;
        if let Some(until) = opening.until {
            self.deadlines.set(until, Deadline::Hours(team));
        }
    }

    /// A team opens or closes.
    pub(super) fn hours_changed(&mut self, team: usize) {
        self.watch_hours_of(team);
        if !self.lines[team].opening.open {
            return;
        }
        self.match_team(team);
        if self.policy.after_hours.release_per_minute.is_some() {
            if !std::mem::replace(&mut self.lines[team].releasing, true) {
                self.release_next(team);
            }
        } else {
            while let Some(id) = self.lines[team].held.pop_first() {
                self.place(&id);
            }
        }
    }

    /// Hands out the oldest held conversation of a team and sets the time for the next.
    pub(super) fn release_next(&mut self, team: usize) {
        let lines = &mut self.lines[team];
        let next = if lines.opening.open { lines.held.pop_first() } else { None };
        let (Some(id), Some(pause)) = (next, self.policy.after_hours.release_every()) else {
            lines.releasing = false;
            return;
        };
        self.deadlines.set(self.now + pause, Deadline::Release(team));
        self.place(&id);
    }

    /// Tries again what Intercom refused for every assignee.
    pub(super) fn unstick(&mut self, id: &ConversationId) {
        if self.conversations.get(id).is_some_and(|it| it.stage == Stage::Stuck) {
            self.update(id, |it| it.excluded.clear());
            self.place(id);
        }
    }
}
