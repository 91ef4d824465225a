//! New rules while conversations are under way.

use super::{Engine, TeamLines};
use crate::conversation::Stage;
use crate::deadline::Deadline;
use crate::{ConversationId, Policy, Timestamp};

impl Engine {
    /// Exchanges the rules. Conversations that have a team keep it, by its name; if the new rules
    /// do not know it, they go to the fallback. What is still on its way to a team is decided by
    /// the new rules.
    pub fn replace_policy(&mut self, at: Timestamp, policy: Policy) {
        self.advance_to(at);
        let old = std::mem::replace(&mut self.policy, policy);
        let moved: Vec<usize> = old.teams.iter().map(|team| self.successor(&team.name)).collect();

        self.budget.set_limits(self.policy.api);
        self.lines = self.policy.teams.iter().map(TeamLines::new).collect();
        self.deadlines.retain(|it| {
            !matches!(it, Deadline::Hours(_) | Deadline::Release(_) | Deadline::Shift(_))
        });
        self.watch_hours();
        self.roster.set_policy(&self.policy);
        self.watch_shifts();
        let mut waiting = Vec::new();
        for (id, conversation) in &mut self.conversations {
            conversation.team = conversation.team.map(|team| moved[team]);
            conversation.home = conversation.home.map(|team| moved[team]);
            for team in &mut conversation.ladder {
                *team = moved[*team];
            }
            for (teammate, team) in conversation.load().into_iter().flatten() {
                self.roster.add_load(teammate, team, id.clone(), self.now);
            }
            if matches!(conversation.stage, Stage::Queued | Stage::Held) {
                waiting.push((conversation.place, id.clone()));
            }
        }
        self.roster.refresh_all(self.now);
        waiting.sort_unstable_by_key(|(place, _)| *place);
        self.place_again(&waiting);
        self.send_calls();
    }

    fn place_again(&mut self, waiting: &[(crate::queue::Place, ConversationId)]) {
        for (_, id) in waiting {
            // Out of the old line before it enters a new one.
            self.update(id, |it| it.stage = Stage::Stuck);
        }
        for (_, id) in waiting {
            self.place(id);
        }
    }

    fn successor(&self, name: &str) -> usize {
        let same = self.policy.teams.iter().position(|team| *team.name == *name);
        same.unwrap_or(self.policy.fallback[0])
    }
}
