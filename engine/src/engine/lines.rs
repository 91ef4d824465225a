//! From the team to its lines: the inbox, the queue, what is held.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Engine;
use super::pace::Pace;
use crate::calls::Purpose;
use crate::conversation::Stage;
use crate::hours::Opening;
use crate::policy::{Distribution, InboxUse, Requirement, ShareBy, Skill, Team};
use crate::queue::{Class, ConversationQueue, Place};
use crate::roster::{Candidates, Wanted};
use crate::subject::QueueState;
use crate::{Action, ConversationId, TeamId, Verdict, Waiting};

/// The language of a message that could not be told.
const UNDETERMINED: &str = "und";
/// The lane of what no rule sent.
const FALLBACK_LANE: &str = "fallback";

/// What waits for one team.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TeamLines {
    /// For a teammate with room.
    pub(super) queue: ConversationQueue,
    /// For the team to open.
    pub(super) held: ConversationQueue,
    pub(super) opening: Opening,
    /// Whether the held are being handed out step by step.
    pub(super) releasing: bool,
    pub(super) pace: Pace,
}

impl TeamLines {
    pub(super) fn new(team: &Team) -> Self {
        let queue = team.sharing.as_ref().map(|it| ConversationQueue::with_weights(&it.weights));
        Self {
            queue: queue.unwrap_or_default(),
            held: ConversationQueue::default(),
            opening: Opening { open: true, until: None },
            releasing: false,
            pace: Pace::default(),
        }
    }

    /// What waits, for a teammate or for the team to open.
    pub(super) fn state(&self) -> QueueState {
        let waiting = self.queue.len() + self.held.len();
        QueueState {
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            oldest: self.queue.oldest().into_iter().chain(self.held.oldest()).min(),
        }
    }
}

impl Engine {
    /// Takes a conversation as far as it can go now: to a teammate, if a call to put it into its
    /// inbox can be spared; into that inbox, or the one that holds it until its team opens; or,
    /// if it is there, into the line.
    pub(super) fn place(&mut self, id: &ConversationId) {
        let inbox = self.inbox_for(id);
        let class = self.class_of(id);
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        conversation.class = class;
        let team = conversation.team.expect("has an inbox");
        let is_there = conversation.is_shown_in(inbox);
        let spares_inbox = conversation.shown_team == Some(inbox)
            || (conversation.shown_team.is_none()
                && self.policy.teams[team].inbox == InboxUse::WhenWaiting);
        let is_open = self.lines[team].opening.open;
        if is_open && self.is_manual(team) && is_there {
            self.hand_over(id, team);
        } else if is_open && spares_inbox && self.find_teammate(id) {
            // Somebody has it.
        } else if !is_there {
            self.place_in(id, inbox);
        } else if is_open {
            self.enter_queue(id, team);
        } else {
            self.hold(id, team);
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

    pub(super) fn is_manual(&self, team: usize) -> bool {
        self.policy.teams[team].distribution == Distribution::Manual
    }

    fn hand_over(&mut self, id: &ConversationId, team: usize) {
        let team = self.policy.teams[team].name.clone();
        self.publish(id, Verdict::HandedOver { team });
        self.update(id, |it| it.stage = Stage::HandedOver);
    }

    fn enter_queue(&mut self, id: &ConversationId, team: usize) {
        let conversation = &self.conversations[id];
        let (place, class) = (conversation.place, conversation.class.clone());
        let lines = &mut self.lines[team];
        if lines.queue.is_empty() {
            lines.pace.begin(self.now);
        }
        lines.queue.insert(place, class, id.clone());
        self.update(id, |it| it.stage = Stage::Queued);
        if !self.step_down(id) {
            self.explain_waiting(id);
            self.watch_steps(id);
        }
    }

    fn hold(&mut self, id: &ConversationId, team: usize) {
        let place = self.conversations[id].place;
        self.lines[team].held.insert(place, Class::default(), id.clone());
        self.update(id, |it| it.stage = Stage::Held);
        self.acknowledge(id);
    }

    /// What a conversation stands among in its team's queue: whose share of the team's people it
    /// takes, and what it asks of them at its age.
    pub(super) fn class_of(&self, id: &ConversationId) -> Class {
        let conversation = &self.conversations[id];
        let team = &self.policy.teams[conversation.team.expect("has a team before it waits")];
        let lane = team.sharing.as_ref().map(|sharing| match sharing.by {
            ShareBy::Language => conversation.language.clone(),
            ShareBy::Rule => conversation.rule.clone().unwrap_or_else(|| FALLBACK_LANE.into()),
        });
        let require = self.requirements(id);
        if require.is_empty() {
            return Class { lane: lane.unwrap_or_default(), wanted: Vec::new() };
        }
        let age = self.age(id);
        let stands = require.iter().filter(|it| it.until.is_none_or(|until| age < until));
        let wanted = stands.filter_map(|it| match &it.skill {
            // Nobody speaks a language that could not be told.
            Skill::Language if *conversation.language == *UNDETERMINED => None,
            Skill::Language => Some(Wanted::Language(conversation.language.clone())),
            Skill::Named(name) => Some(Wanted::Skill(name.clone())),
        });
        Class { lane: lane.unwrap_or_default(), wanted: wanted.collect() }
    }

    /// What the rule asks of whoever gets a conversation, or else its team.
    pub(super) fn requirements(&self, id: &ConversationId) -> &[Requirement] {
        let conversation = &self.conversations[id];
        let team = &self.policy.teams[conversation.team.expect("has a team before it waits")];
        conversation.require.as_ref().unwrap_or(&team.require)
    }

    fn explain_waiting(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        let team = conversation.team.expect("stands in its team's queue");
        let queue = &self.lines[team].queue;
        let position = queue.position(conversation.place);
        let Candidates { listed, unlisted } =
            self.roster.candidates(team, conversation.demand(), None, self.now);
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let waiting = Waiting {
            team: self.policy.teams[team].name.clone(),
            position: number(position),
            waiting: number(queue.len()),
            expected_wait_us: self.lines[team].pace.time_for(position).map(micros),
            paused: self.is_paused(),
            candidates: listed,
            unlisted,
        };
        self.publish(id, Verdict::Waiting(waiting));
    }

    /// Gives a conversation another place, in whichever line it stands.
    pub(super) fn rerank(&mut self, id: &ConversationId, place: Place) {
        let conversation = self.conversations.get_mut(id).expect("looked up by the caller");
        let before = std::mem::replace(&mut conversation.place, place);
        let class = conversation.class.clone();
        let Some(team) = conversation.team else {
            return;
        };
        let lines = &mut self.lines[team];
        if lines.queue.remove(before, &class) {
            lines.queue.insert(place, class, id.clone());
        } else if lines.held.remove(before, &Class::default()) {
            lines.held.insert(place, Class::default(), id.clone());
        }
    }

    /// Takes a conversation out of every line, and out of the hands of a call not yet made.
    pub(super) fn leave_lines(&mut self, id: &ConversationId) {
        let conversation = &self.conversations[id];
        if let Some(call) = conversation.call() {
            self.calls.cancel(call);
        }
        if let Some(team) = conversation.team {
            self.lines[team].queue.remove(conversation.place, &conversation.class);
            self.lines[team].held.remove(conversation.place, &Class::default());
        }
    }

    /// Tries again what Intercom refused for every assignee.
    pub(super) fn unstick(&mut self, id: &ConversationId) {
        if self.conversations.get(id).is_some_and(|it| it.stage == Stage::Stuck) {
            self.update(id, |it| it.excluded.clear());
            self.place(id);
        }
    }
}

/// Whole microseconds.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
