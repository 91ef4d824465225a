//! A look at the engine from outside, for metrics and checks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Engine, TeamLines};
use crate::conversation::Stage;
use crate::queue::Class;
use crate::{
    ConversationId, ConversationState, Policy, Presence, QueueState, Standing, TeammateId,
    Timestamp,
};

/// Figures about the engine as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Conversations that are remembered.
    pub conversations: usize,
    /// Of those, how many wait for Intercom to accept any assignee.
    pub stuck: usize,
    /// Calls that have no final outcome yet.
    pub open_calls: usize,
    /// Requests of the calls that wait for the API budget.
    pub waiting_requests: u64,
    /// When the last of them will have been made, if the budget is all that they wait for and
    /// nothing more comes. The time of the engine's last input if none waits.
    pub requests_drained_at: Timestamp,
    /// Calls under way.
    pub calls_in_flight: usize,
    /// Requests that may still be made in the current window of the API budget.
    pub api_budget_left: u32,
    /// Whether calls are held back because Intercom does not answer.
    pub circuit_open: bool,
    /// Requests that a whole window allows.
    pub api_budget: u32,
    /// Events that made no sense and were ignored, such as duplicates.
    pub ignored_events: u64,
    /// Whether teams and teammates are known.
    pub roster_loaded: bool,
    /// Teammates with an inbox seat who are there.
    pub active_teammates: usize,
    /// Teammates with an inbox seat who are away.
    pub away_teammates: usize,
    /// Since when assignment is paused, if it is.
    pub paused_since: Option<Timestamp>,
    /// Figures by team, in the order of their names.
    pub teams: Vec<TeamOverview>,
    /// Figures by teammate, in the order of their ids: of all who are in a team of the rules or
    /// have something to do.
    pub teammates: Vec<TeammateOverview>,
}

/// Figures about what waits for one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamOverview {
    /// The team, by its name in the rules.
    pub team: Arc<str>,
    /// Whether its office is open.
    pub open: bool,
    /// Conversations that wait for a teammate.
    pub waiting: usize,
    /// Conversations that are held until it opens.
    pub held: usize,
    /// When the one that waits or is held longest was opened.
    pub oldest: Option<Timestamp>,
    /// About how long until a teammate has been found for all that wait, by how fast the team
    /// took conversations from its queue lately. `None` if there is nothing to go by.
    pub drained_in: Option<Duration>,
    /// Members who could be given something now.
    pub ready: usize,
}

/// Figures about one teammate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeammateOverview {
    /// Who.
    pub teammate: TeammateId,
    /// The name in the rules, if they name them.
    pub name: Option<Arc<str>>,
    /// There or not, by Intercom.
    pub presence: Presence,
    /// Without an inbox seat a teammate cannot be assigned anything.
    pub has_inbox_seat: bool,
    /// Whether the rules have them at work.
    pub is_at_work: bool,
    /// Open conversations over all teams, those on their way included.
    pub open: u32,
    /// The most of them; `None` for no limit.
    pub limit: Option<u32>,
    /// What they are in each team: those they belong to, and those of which they have a
    /// conversation, in the order of their names.
    pub teams: Vec<MembershipOverview>,
}

/// What a teammate is in one team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipOverview {
    /// The team, by its name in the rules.
    pub team: Arc<str>,
    /// Whether Intercom lists them in it.
    pub is_member: bool,
    /// Whether they only help out in it.
    pub is_secondary: bool,
    /// Open conversations of this team.
    pub open: u32,
    /// The most of them; `None` for no limit.
    pub limit: Option<u32>,
    /// Whether they could be given one of this team's now, or why not.
    pub standing: Standing,
}

impl Engine {
    /// Figures about the engine as it stands. Costs by teams and teammates, and nothing by
    /// conversations: it may be asked every second.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let (active_teammates, away_teammates) = self.roster.presence_counts();
        let lines = self.policy.teams.iter().zip(&self.lines);
        let teams = lines.enumerate().map(|(index, (team, lines))| TeamOverview {
            team: team.name.clone(),
            open: lines.opening.open,
            waiting: lines.queue.len(),
            held: lines.held.len(),
            oldest: lines.state().oldest,
            drained_in: lines.pace.time_for(lines.queue.len()),
            ready: self.roster.ready_count(index),
        });
        Overview {
            conversations: self.conversations.len(),
            stuck: self.stuck,
            open_calls: self.calls.len(),
            waiting_requests: self.calls.ready_requests(),
            requests_drained_at: self.budget.made_by(self.now, self.calls.ready_requests()),
            calls_in_flight: self.calls.in_flight(),
            api_budget_left: self.budget.left_at(self.now),
            api_budget: self.budget.share(),
            circuit_open: self.breaker.is_open(),
            ignored_events: self.ignored_events,
            roster_loaded: self.roster.is_loaded(),
            active_teammates,
            away_teammates,
            paused_since: self.paused_since,
            teams: teams.collect(),
            teammates: self.roster.figures(&self.policy, self.now),
        }
    }

    /// What waits for each team, in the order of [`Policy::teams`]: as rules see it that ask for
    /// queues.
    #[must_use]
    pub fn queues(&self) -> Vec<QueueState> {
        self.lines.iter().map(TeamLines::state).collect()
    }

    /// The rules in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Panics if the engine contradicts itself. For tests and simulations: it looks at
    /// everything.
    ///
    /// # Panics
    ///
    /// With the contradiction, if there is one.
    pub fn assert_invariants(&self) {
        let mut loads = BTreeMap::new();
        for (id, conversation) in &self.conversations {
            for (teammate, _) in conversation.load().into_iter().flatten() {
                *loads.entry(teammate).or_insert(0) += 1;
            }
            self.assert_conversation(id);
        }
        self.roster.assert_invariants(self.now);
        assert_eq!(loads, self.roster.loads(), "loads and conversations");
        let waiting: usize = self.lines.iter().map(|it| it.queue.len() + it.held.len()).sum();
        let stages = self.conversations.values().map(|it| it.stage);
        let expected = stages.filter(|it| matches!(it, Stage::Queued | Stage::Held)).count();
        assert_eq!(waiting, expected, "lines and conversations");
        let stuck = self.conversations.values().filter(|it| it.stage == Stage::Stuck);
        assert_eq!(stuck.count(), self.stuck, "the stuck are counted");
    }

    /// Panics if what is known of one conversation contradicts itself: it is owned, waits in one
    /// line, is held or under way, and nobody who could be given it is left without. Cheap enough
    /// for every event.
    ///
    /// # Panics
    ///
    /// With the contradiction, if there is one.
    pub fn assert_conversation(&self, id: &ConversationId) {
        let Some(conversation) = self.conversations.get(id) else {
            return;
        };
        let lines = conversation.team.map(|team| &self.lines[team]);
        let queued =
            lines.is_some_and(|it| it.queue.contains(conversation.place, &conversation.class));
        let held = lines.is_some_and(|it| it.held.contains(conversation.place, &Class::default()));
        assert_eq!(queued, conversation.stage == Stage::Queued, "{id} and its queue");
        assert_eq!(held, conversation.stage == Stage::Held, "{id} and what is held");
        if let Some(call) = conversation.call() {
            assert!(self.calls.get(call).is_some(), "{id} waits for a call that is not open");
        }
        let has_somebody = conversation.teammate.is_some();
        match conversation.stage {
            Stage::Queued | Stage::Held | Stage::HandedOver | Stage::Placing(_) => {
                assert!(!has_somebody, "{id} waits although somebody has it");
            }
            Stage::Assigned | Stage::Assigning(_) => {
                let is_open = conversation.state == ConversationState::Open;
                assert!(has_somebody || !is_open, "{id} has no owner and does not wait");
            }
            Stage::Settling | Stage::Asking(_) | Stage::Released | Stage::Stuck => {}
        }
        // In a pause nobody is chosen: then everything may wait, and nothing new is given out.
        if queued && lines.is_some_and(|it| it.opening.open) {
            assert!(self.choose(id).is_none(), "{id} waits although somebody could have it");
        }
        let given_out = self.is_paused() && self.is_chosen_but_untold(id);
        assert!(!given_out, "{id} is given to somebody although assignment is paused");
    }
}
