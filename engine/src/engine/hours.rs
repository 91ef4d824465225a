//! Office hours: teams open and close, what was held is handed out.

use std::time::Duration;

use super::Engine;
use crate::deadline::Deadline;
use crate::hours::{Hours, Opening};
use crate::{ConversationId, Timestamp};

impl Engine {
    /// Begins to watch the office hours of every team.
    pub(super) fn watch_hours(&mut self) {
        for team in 0..self.lines.len() {
            self.watch_hours_of(team);
        }
    }

    fn watch_hours_of(&mut self, team: usize) {
        let opening = self
            .office_hours(team)
            .map_or(Opening { open: true, until: None }, |hours| hours.at(self.now));
        self.lines[team].opening = opening;
        if let Some(until) = opening.until {
            self.deadlines.set(until, Deadline::Hours(team));
        }
    }

    fn office_hours(&self, team: usize) -> Option<&Hours> {
        self.policy.teams[team].hours.as_ref().map(|(_, hours)| hours)
    }

    /// For how long a team has been in since a moment.
    pub(super) fn office_time_since(&self, team: usize, from: Timestamp) -> Duration {
        match self.office_hours(team) {
            None => self.now.since(from),
            Some(hours) => hours.open_between(from, self.now),
        }
    }

    /// When a team will have been in for so long since a moment.
    pub(super) fn after_office_time(
        &self,
        team: usize,
        from: Timestamp,
        time: Duration,
    ) -> Option<Timestamp> {
        match self.office_hours(team) {
            None => Some(from + time),
            Some(hours) => hours.after_open(from, time),
        }
    }

    /// How long a conversation has waited, the time for which its team was closed left out.
    pub(super) fn age(&self, id: &ConversationId) -> Duration {
        let conversation = &self.conversations[id];
        let home = conversation.home.expect("was routed before it has an age");
        self.office_time_since(home, conversation.place.opened_at)
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

    /// Hands out the first held conversation of a team and sets the time for the next.
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
}
