//! Teammates come and go: presence as Intercom tells it, shifts as the rules file has them.

use super::Engine;
use crate::deadline::Deadline;
use crate::roster::Coming;
use crate::{Presence, TeammateId};

impl Engine {
    pub(super) fn presence_changed(
        &mut self,
        teammate: TeammateId,
        presence: Presence,
        reassign: bool,
    ) {
        match self.roster.set_presence(teammate, presence, reassign, self.now) {
            Coming::Same => {
                if self.roster.hands_over(teammate) {
                    self.hand_over_unanswered(teammate);
                }
            }
            Coming::Left => self.begin_grace(teammate),
            Coming::Came => self.find_work(teammate),
        }
    }

    /// A teammate went away: for a while that may be a flicker.
    pub(super) fn begin_grace(&mut self, teammate: TeammateId) {
        let until = self.now + self.policy.teammate_defaults.away_grace;
        self.deadlines.set(until, Deadline::Gone(teammate));
    }

    pub(super) fn teammate_is_gone(&mut self, teammate: TeammateId) {
        let grace = self.policy.teammate_defaults.away_grace;
        if self.roster.grace_is_over(teammate, grace, self.now) {
            self.hand_over_unanswered(teammate);
        }
    }

    /// Begins to watch the shifts of the rules file.
    pub(super) fn watch_shifts(&mut self) {
        for index in 0..self.policy.teammates.len() {
            self.watch_shift(index);
        }
    }

    fn watch_shift(&mut self, index: usize) {
        let teammate = &self.policy.teammates[index];
        let Some(hours) = &teammate.at_work else {
            return;
        };
        let opening = hours.at(self.now);
        self.roster.set_at_work(teammate.named.id, opening.open, self.now);
        if let Some(until) = opening.until {
            self.deadlines.set(until, Deadline::Shift(index));
        }
    }

    pub(super) fn shift_changed(&mut self, index: usize) {
        self.watch_shift(index);
        self.find_work(self.policy.teammates[index].named.id);
    }
}
