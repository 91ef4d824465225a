//! One conversation, seen from outside.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use crate::conversation::Stage;
use crate::{ConversationId, ConversationState, TeamId, TeammateId, Timestamp};

/// Where a conversation stands on its way to an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStage {
    /// Waits for a signal of the channel, or for its message.
    Settling,
    /// A call is under way that tells more about it.
    Asking,
    /// Has a team; the call that puts it into an inbox is lined up or under way.
    Placing,
    /// Held until its team opens.
    Held,
    /// Waits in its team's queue.
    Queued,
    /// Has a teammate; the call that gives it to them is lined up or under way.
    Assigning,
    /// Has an owner, by us.
    Assigned,
    /// Not ours, or no longer.
    Released,
    /// Left in its team's inbox for the team to deal with.
    HandedOver,
    /// Intercom refuses every assignee; tried again from time to time.
    Stuck,
}

/// What the engine knows of one conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationView {
    /// Which.
    pub conversation: ConversationId,
    /// Where it stands.
    pub stage: ConversationStage,
    /// Open, snoozed or closed.
    pub state: ConversationState,
    /// When its contact opened it: since then it waits.
    pub opened_at: Timestamp,
    /// The team that it waits for, or whose teammate has it, by its name in the rules.
    pub team: Option<Arc<str>>,
    /// The team that it was routed to, if it has overflowed to another.
    pub routed_to: Option<Arc<str>>,
    /// The rule that sent it; `None` for the fallback, or if it has no team yet.
    pub rule: Option<Arc<str>>,
    /// The version of the canary's rules, if they sent it and not those in force.
    pub canary: Option<Arc<str>>,
    /// The language of its message; `None` if it has no team yet.
    pub language: Option<Arc<str>>,
    /// Who has it, or is about to get it.
    pub teammate: Option<TeammateId>,
    /// When that teammate got it from us.
    pub given_at: Option<Timestamp>,
    /// The team that Intercom shows for it.
    pub shown_team: Option<TeamId>,
    /// The teammate whom Intercom shows for it.
    pub shown_teammate: Option<TeammateId>,
    /// Who must not get it (again).
    pub excluded: Vec<TeammateId>,
    /// How often it was passed on because nobody answered.
    pub bounces: u32,
    /// Its place in the line in which it waits or is held, from 1; exact up to 1,000.
    pub position: Option<usize>,
    /// How many stand in that line.
    pub line: Option<usize>,
    /// About how long until it is its turn, by how fast the team took conversations lately.
    pub expected_wait: Option<Duration>,
    /// When its contact can no longer be answered, if they wait for an answer.
    pub window_closes_at: Option<Timestamp>,
}

impl Engine {
    /// What the engine knows of a conversation; `None` if it has not heard of it, or forgot it
    /// after it was over.
    #[must_use]
    pub fn conversation(&self, id: &ConversationId) -> Option<ConversationView> {
        let it = self.conversations.get(id)?;
        let name = |team: usize| self.policy.teams[team].name.clone();
        let lines = it.team.map(|team| &self.lines[team]);
        let line = lines.and_then(|lines| match it.stage {
            Stage::Queued => Some(&lines.queue),
            Stage::Held => Some(&lines.held),
            _ => None,
        });
        let position = line.map(|line| line.position(it.place));
        let pace = lines.filter(|_| it.stage == Stage::Queued).map(|lines| lines.pace);
        Some(ConversationView {
            conversation: id.clone(),
            stage: it.stage.into(),
            state: it.state,
            opened_at: it.place.opened_at,
            team: it.team.map(name),
            routed_to: it.home.filter(|home| Some(*home) != it.team).map(name),
            rule: it.rule.clone(),
            canary: it.canary.clone(),
            language: it.team.map(|_| it.language.clone()),
            teammate: it.teammate,
            given_at: it.given_at,
            shown_team: it.shown_team,
            shown_teammate: it.shown_teammate,
            excluded: it.excluded.clone(),
            bounces: it.bounces,
            position,
            line: line.map(|line| line.len()),
            expected_wait: pace.zip(position).and_then(|(pace, at)| pace.time_for(at)),
            window_closes_at: it.replies.awaits_answer.then_some(it.replies.closes_at),
        })
    }
}

impl From<Stage> for ConversationStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Settling => Self::Settling,
            Stage::Asking(_) => Self::Asking,
            Stage::Placing(_) => Self::Placing,
            Stage::Held => Self::Held,
            Stage::Queued => Self::Queued,
            Stage::Assigning(_) => Self::Assigning,
            Stage::Assigned => Self::Assigned,
            Stage::Released => Self::Released,
            Stage::HandedOver => Self::HandedOver,
            Stage::Stuck => Self::Stuck,
        }
    }
}
