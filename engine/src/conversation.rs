//! One conversation as the engine knows it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::policy::{ReplyWindow, Requirement};
use crate::queue::{Class, Place};
use crate::roster::Demand;
use crate::{
    ChannelMatch, CommandId, ContactId, ContactProfile, ConversationSnapshot, ConversationState,
    Message, PartId, TeamId, TeammateId, Timestamp,
};

mod replies;

pub(crate) use replies::{Acknowledgement, Answer, Replies};

/// One conversation as the engine knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Conversation {
    pub(crate) place: Place,
    /// `place.ranked_at` while it is calm.
    pub(crate) calm_rank: Timestamp,
    /// What it stands among in its team's queue.
    pub(crate) class: Class,
    pub(crate) stage: Stage,
    pub(crate) state: ConversationState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<ContactId>,
    /// What the rules need; dropped once the team is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dossier: Option<Box<Dossier>>,
    /// Index of the team that it waits for, or whose teammate has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) team: Option<usize>,
    /// Index of the team that it was routed to: its overflow is the way down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) home: Option<usize>,
    /// How many steps of that way it has gone.
    pub(crate) rung: usize,
    /// The rule that sent it; `None` for the fallback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<Arc<str>>,
    /// The version of the canary's rules, if they sent it and not those in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) canary: Option<Arc<str>>,
    /// The language of the message; `und` if it could not be told.
    pub(crate) language: Arc<str>,
    /// What the rule asks of teammates, instead of what the team asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) require: Option<Vec<Requirement>>,
    /// Indices of the teams that get it, one after the other, if Intercom refuses that team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ladder: Vec<usize>,
    /// Who gets it before others of the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preferred: Option<TeammateId>,
    /// The team that Intercom shows for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shown_team: Option<TeamId>,
    /// The teammate whom Intercom shows for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shown_teammate: Option<TeammateId>,
    /// Who has it, or is about to get it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) teammate: Option<TeammateId>,
    /// Whether the engine chose that teammate, and not a human whose choice is only restored.
    pub(crate) is_our_choice: bool,
    /// When we gave it to that teammate, if we did and Intercom has it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) given_at: Option<Timestamp>,
    /// Whether a teammate has answered since.
    pub(crate) is_answered: bool,
    /// How often it was passed on because nobody answered.
    pub(crate) bounces: u32,
    pub(crate) replies: Replies,
    /// Who must not get it (again).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) excluded: Vec<TeammateId>,
    /// The newest assignment that we know of: an older one is no news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_assignment: Option<PartId>,
    /// `updated_at` of what last told who has it: searches name no part.
    #[serde(default)]
    pub(crate) assignees_at: Timestamp,
    /// When anything was last heard of it.
    pub(crate) heard_at: Timestamp,
    /// `updated_at` of the newest webhook.
    pub(crate) updated_at: Timestamp,
    /// Whether a deadline to forget it is set.
    pub(crate) forgetting: bool,
}

/// The teammates whom a conversation loads, and for which of the policy's teams.
pub(crate) type Load = [Option<(TeammateId, Option<usize>)>; 2];

/// What is known of a conversation before it has a team.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Dossier {
    /// Tags, attributes, source: where the channel's signals are looked for.
    pub(crate) labels: Option<ConversationSnapshot>,
    pub(crate) message: Option<Message>,
    /// What the contact wrote after it, in the order of the parts, each once.
    pub(crate) replies: Vec<Message>,
    pub(crate) profile: Option<ContactProfile>,
    pub(crate) channel: Option<ChannelMatch>,
    /// The time to show a signal is over and the conversation was looked at.
    pub(crate) looked: bool,
    /// The contact was asked for, successfully or not.
    pub(crate) asked_contact: bool,
}

/// Where a conversation stands on its way to an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Waits for a signal of the channel, or for its message.
    Settling,
    /// A call is under way that tells more: the contact, or the conversation itself.
    Asking(CommandId),
    /// Has a team; the call that puts it into the team's inbox is under way.
    Placing(CommandId),
    /// Held until its team opens.
    Held,
    /// Waits in its team's queue.
    Queued,
    /// Has a teammate; the call that gives it to them is under way.
    Assigning(CommandId),
    /// Has an owner, by us.
    Assigned,
    /// Not ours, or no longer.
    Released,
    /// Left in its team's inbox for the team to deal with.
    HandedOver,
    /// Intercom refuses every assignee; tried again from time to time.
    Stuck,
}

impl Conversation {
    /// A conversation seen for the first time.
    pub(crate) fn new(
        place: Place,
        snapshot: &ConversationSnapshot,
        window: ReplyWindow,
        now: Timestamp,
    ) -> Self {
        Self {
            place,
            calm_rank: place.ranked_at,
            class: Class::default(),
            stage: Stage::Settling,
            state: snapshot.state,
            contact: snapshot.contact.clone(),
            dossier: Some(Box::default()),
            team: None,
            home: None,
            rung: 0,
            rule: None,
            canary: None,
            language: Arc::default(),
            require: None,
            ladder: Vec::new(),
            preferred: None,
            shown_team: snapshot.team,
            shown_teammate: snapshot.teammate,
            teammate: snapshot.teammate,
            is_our_choice: false,
            given_at: None,
            is_answered: false,
            bounces: 0,
            replies: Replies::new(place.opened_at, window),
            excluded: Vec::new(),
            last_assignment: snapshot.assignment,
            assignees_at: snapshot.updated_at,
            heard_at: now,
            updated_at: snapshot.updated_at,
            forgetting: false,
        }
    }

    /// Whom it loads: an open conversation counts for the teammate who has it, or is about to get
    /// it, and until Intercom shows it otherwise also for the one who had it before.
    pub(crate) fn load(&self) -> Load {
        if self.state != ConversationState::Open {
            return [None, None];
        }
        let before = self.shown_teammate.filter(|shown| Some(*shown) != self.teammate);
        [self.teammate, before].map(|it| it.map(|teammate| (teammate, self.team)))
    }

    /// The call that it waits for.
    pub(crate) fn call(&self) -> Option<CommandId> {
        match self.stage {
            Stage::Asking(call) | Stage::Placing(call) | Stage::Assigning(call) => Some(call),
            _ => None,
        }
    }

    /// Whether an assignment, by its part and by when Intercom told of it, came before what is
    /// known: webhooks come in any order, and again after a minute.
    pub(crate) fn knows_newer(&self, part: Option<PartId>, told_at: Timestamp) -> bool {
        (part.is_some() && part <= self.last_assignment) || told_at < self.assignees_at
    }

    /// Something told who has it.
    pub(crate) fn assignees_told(&mut self, part: Option<PartId>, told_at: Option<Timestamp>) {
        self.last_assignment = part.max(self.last_assignment);
        self.assignees_at = told_at.map_or(self.assignees_at, |at| at.max(self.assignees_at));
    }

    /// What it asks of whoever gets it.
    pub(crate) fn demand(&self) -> Demand<'_> {
        Demand { excluded: &self.excluded, wanted: &self.class.wanted }
    }

    /// Whether Intercom shows it in this inbox, and nobody on it.
    pub(crate) fn is_shown_in(&self, team: TeamId) -> bool {
        self.shown_team == Some(team) && self.shown_teammate.is_none()
    }

    /// Whether it was let go before it had a team, and nobody has it.
    pub(crate) fn was_let_go(&self) -> bool {
        self.stage == Stage::Released && self.team.is_none() && self.teammate.is_none()
    }

    /// Whether the engine is in charge of finding an owner for it.
    pub(crate) fn is_ours(&self) -> bool {
        self.team.is_some() && self.stage != Stage::Released
    }
}
