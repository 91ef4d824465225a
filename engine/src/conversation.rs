//! One conversation as the engine knows it.

use crate::queue::Place;
use crate::{
    ChannelMatch, CommandId, ContactId, ContactProfile, ConversationSnapshot, ConversationState,
    Message, PartId, TeamId, TeammateId, Timestamp,
};

/// One conversation as the engine knows it.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) place: Place,
    pub(crate) stage: Stage,
    pub(crate) state: ConversationState,
    pub(crate) contact: Option<ContactId>,
    /// What the rules need; dropped once the team is found.
    pub(crate) dossier: Option<Box<Dossier>>,
    /// Index of the team that it was routed to.
    pub(crate) team: Option<usize>,
    /// Indices of the teams that get it, one after the other, if Intercom refuses that team.
    pub(crate) ladder: Vec<usize>,
    /// Who gets it before others of the team.
    pub(crate) preferred: Option<TeammateId>,
    /// The team that Intercom shows for it.
    pub(crate) shown_team: Option<TeamId>,
    /// Who has it, or is about to get it.
    pub(crate) teammate: Option<TeammateId>,
    /// Who must not get it (again).
    pub(crate) excluded: Vec<TeammateId>,
    /// The newest assignment that we know of: an older one is no news.
    pub(crate) last_assignment: Option<PartId>,
    /// `updated_at` of the newest webhook.
    pub(crate) updated_at: Timestamp,
    /// Whether a deadline to forget it is set.
    pub(crate) forgetting: bool,
}

/// What is known of a conversation before it has a team.
#[derive(Clone, Debug, Default)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Intercom refuses every assignee; tried again from time to time.
    Stuck,
}

impl Conversation {
    /// A conversation seen for the first time.
    pub(crate) fn new(place: Place, snapshot: &ConversationSnapshot) -> Self {
        Self {
            place,
            stage: Stage::Settling,
            state: snapshot.state,
            contact: snapshot.contact.clone(),
            dossier: Some(Box::default()),
            team: None,
            ladder: Vec::new(),
            preferred: None,
            shown_team: snapshot.team,
            teammate: snapshot.teammate,
            excluded: Vec::new(),
            last_assignment: None,
            updated_at: snapshot.updated_at,
            forgetting: false,
        }
    }

    /// Whom it loads: an open conversation counts for the teammate who has it.
    pub(crate) fn load(&self) -> Option<(TeammateId, Option<usize>)> {
        let teammate = self.teammate?;
        (self.state == ConversationState::Open).then_some((teammate, self.team))
    }

    /// The call that it waits for.
    pub(crate) fn call(&self) -> Option<CommandId> {
        match self.stage {
            Stage::Asking(call) | Stage::Placing(call) | Stage::Assigning(call) => Some(call),
            _ => None,
        }
    }

    /// Whether the engine is in charge of finding an owner for it.
    pub(crate) fn is_ours(&self) -> bool {
        self.team.is_some() && self.stage != Stage::Released
    }
}
