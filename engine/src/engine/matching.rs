//! Conversations look for a teammate; teammates look for a conversation.
//!
//! Both directions keep one promise: nobody who could be given a conversation that waits is left
//! without it. So a conversation that comes only has to be tried itself, and a teammate who has
//! room again only has to look at what waits.

use super::Engine;
use crate::calls::Purpose;
use crate::conversation::Stage;
use crate::deadline::Deadline;
use crate::queue::{Search, Waiter};
use crate::roster::Candidates;
use crate::{Action, Assignment, ConversationId, Direction, TeammateId, TieBreak, Verdict};

impl Engine {
    /// A conversation looks for a teammate of its team. Returns whether it found one.
    pub(super) fn find_teammate(&mut self, id: &ConversationId) -> bool {
        let Some((team, choice)) = self.choose(id) else {
            return false;
        };
        self.assign(id, team, choice, Direction::ConversationCame);
        true
    }

    pub(super) fn choose(&self, id: &ConversationId) -> Option<(usize, (TeammateId, TieBreak))> {
        let conversation = &self.conversations[id];
        let team = conversation.team.filter(|_| !self.is_paused())?;
        if !self.roster.is_anybody_ready(team) {
            return None;
        }
        let preferred = self.preferred(id, team);
        let choice = self.roster.select(team, conversation.demand(), &preferred)?;
        Some((team, choice))
    }

    /// Who comes before the others: whom the rule names, then who answered the contact last.
    fn preferred(&self, id: &ConversationId, team: usize) -> Vec<(TeammateId, TieBreak)> {
        let conversation = &self.conversations[id];
        let named = conversation.preferred.map(|teammate| (teammate, TieBreak::Named));
        let sticky = self.policy.teams[team].sticky.zip(conversation.contact.as_ref());
        let before = sticky.and_then(|(within, contact)| {
            let teammate = self.memory.recall(contact, self.now, within)?;
            Some((teammate, TieBreak::AnsweredBefore))
        });
        named.into_iter().chain(before).collect()
    }

    pub(super) fn find_work_for_the_freed(&mut self) {
        while !self.freed.is_empty() {
            for teammate in std::mem::take(&mut self.freed) {
                self.find_work(teammate);
            }
        }
    }

    /// A teammate may have room now, came online or began to work: looks for the best
    /// conversation that waits for any of their teams, their own before those they help out in.
    pub(super) fn find_work(&mut self, teammate: TeammateId) {
        while let Some((team, waiter)) = self.best_for(teammate) {
            self.take(team, &waiter);
            let choice = (teammate, TieBreak::OnlyOne);
            self.assign(&waiter.conversation, team, choice, Direction::TeammateFreed);
        }
    }

    fn best_for(&self, teammate: TeammateId) -> Option<(usize, Waiter)> {
        if self.is_paused() {
            return None;
        }
        let teams = self.roster.teams_of(teammate).filter(|(team, _)| {
            let lines = &self.lines[*team];
            lines.opening.open && !lines.queue.is_empty() && self.roster.is_ready(teammate, *team)
        });
        let found = teams.filter_map(|(team, is_secondary)| {
            let waiter = self.lines[team].queue.best(
                &Search::default(),
                |class| self.roster.can(teammate, &class.wanted),
                |id| !self.conversations[id].excluded.contains(&teammate),
            )?;
            Some(((is_secondary, waiter.place), team, waiter))
        });
        let (_, team, waiter) = found.min_by_key(|(key, ..)| *key)?;
        Some((team, waiter))
    }

    /// Hands out what waits for a team while somebody can take it.
    pub(super) fn match_team(&mut self, team: usize) {
        if self.is_paused() {
            return;
        }
        let mut search = Search::default();
        while self.lines[team].opening.open && self.roster.is_anybody_ready(team) {
            let Some(waiter) = self.lines[team].queue.best(&search, |_| true, |_| true) else {
                return;
            };
            match self.choose(&waiter.conversation) {
                Some((_, choice)) => {
                    self.take(team, &waiter);
                    self.assign(&waiter.conversation, team, choice, Direction::TeammateFreed);
                }
                // Only some are barred from this one: the next may still find somebody.
                None if !self.conversations[&waiter.conversation].excluded.is_empty() => {
                    search.pass(&waiter);
                }
                None => search.pass_class(&waiter),
            }
        }
    }

    pub(super) fn match_all_teams(&mut self) {
        for team in 0..self.lines.len() {
            self.match_team(team);
        }
    }

    fn take(&mut self, team: usize, waiter: &Waiter) {
        self.lines[team].queue.serve(waiter.place, &waiter.class);
        self.lines[team].pace.taken(self.now);
    }

    fn assign(
        &mut self,
        id: &ConversationId,
        team: usize,
        (teammate, tie_break): (TeammateId, TieBreak),
        direction: Direction,
    ) {
        assert!(self.roster.is_ready(teammate, team), "{teammate} cannot be given {id}");
        let conversation = &self.conversations[id];
        let waited = self.now.since(conversation.place.opened_at);
        let Candidates { listed, unlisted } =
            self.roster.candidates(team, conversation.demand(), Some(teammate), self.now);
        let next_at = self.roster.note_assignment(team, teammate, conversation.demand(), self.now);
        if let Some(at) = next_at {
            self.deadlines.set(at, Deadline::Ramp(teammate));
        }
        let assignment = Assignment {
            team: self.policy.teams[team].name.clone(),
            teammate,
            waited_us: u64::try_from(waited.as_micros()).unwrap_or(u64::MAX),
            direction,
            candidates: listed,
            unlisted,
            tie_break,
        };
        self.publish(id, Verdict::Assigned(assignment));
        self.give_to(id, teammate);
        self.update(id, |it| it.is_our_choice = true);
    }

    /// Lines up the call that gives a conversation to a teammate; it counts as theirs at once.
    pub(super) fn give_to(&mut self, id: &ConversationId, teammate: TeammateId) {
        let action =
            Action::AssignTeammate { conversation: id.clone(), teammate, look_first: false };
        let purpose = Purpose::Assign { conversation: id.clone(), teammate };
        let call = self.calls.add(self.conversations[id].place, action, purpose);
        self.update(id, |it| {
            it.teammate = Some(teammate);
            it.given_at = None;
            it.is_answered = false;
            it.is_our_choice = false;
            it.stage = Stage::Assigning(call);
        });
    }
}
