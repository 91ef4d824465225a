//! Everything that the engine asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{CommandId, ContactId, ConversationId, Decision, TeamId, TeammateId, Timestamp};

/// Something to do, complete: whoever carries it out has nothing left to decide.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Call Intercom now and answer with [`Event::CallFinished`](crate::Event::CallFinished).
    Call(Call),
    /// Write down a decision and its explanation. Costs no call and has no outcome.
    Publish(Box<Decision>),
}

/// One call to Intercom. The engine has already charged it to the API budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Names the call in its outcome; the same on every replay of the same journal.
    pub id: CommandId,
    /// 1 for the first try.
    pub attempt: u32,
    /// What to do.
    pub action: Action,
}

/// What a call does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Give the conversation to a team.
    AssignTeam {
        /// Which conversation.
        conversation: ConversationId,
        /// To which team.
        team: TeamId,
        /// Read the conversation first: an earlier try may have been carried out.
        look_first: bool,
    },
    /// Give the conversation to a teammate; its team stays.
    AssignTeammate {
        /// Which conversation.
        conversation: ConversationId,
        /// To whom.
        teammate: TeammateId,
        /// Read the conversation first: an earlier try may have been carried out.
        look_first: bool,
    },
    /// Read a contact's profile.
    FetchContact {
        /// Whose.
        contact: ContactId,
    },
    /// Read a conversation.
    FetchConversation {
        /// Which.
        conversation: ConversationId,
    },
    /// Find conversations: one page of them.
    FindConversations {
        /// Those that changed since then, open or not; `None`: all that are open.
        changed_since: Option<Timestamp>,
        /// Which page, by the name that the one before gave it; the first, if `None`.
        page: Option<Arc<str>>,
    },
    /// Read all teammates and all teams.
    FetchRoster,
    /// Put a tag on the conversation; the tag is made if Intercom does not have it.
    AddTag {
        /// On which conversation.
        conversation: ConversationId,
        /// The tag's name.
        tag: Arc<str>,
    },
    /// Set custom attributes of the conversation; others stay as they are.
    SetAttributes {
        /// Of which conversation.
        conversation: ConversationId,
        /// Names to values.
        attributes: BTreeMap<Arc<str>, AttributeValue>,
    },
    /// Write to the contact. Counts as one of the messages that the reply window allows.
    Reply {
        /// In which conversation.
        conversation: ConversationId,
        /// Plain text, lines separated by `\n`.
        text: Arc<str>,
    },
    /// Write a note that only teammates see.
    WriteNote {
        /// Into which conversation.
        conversation: ConversationId,
        /// Plain text, lines separated by `\n`.
        text: String,
    },
}

/// The value of a custom attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(Arc<str>),
}

impl Action {
    /// Whether it must not be done twice: Intercom has no key by which it would know a repeated
    /// message or note.
    pub(crate) fn is_written_once(&self) -> bool {
        matches!(self, Self::WriteNote { .. } | Self::Reply { .. })
    }

    /// The conversation that it is about, if it is about one.
    #[must_use]
    pub fn conversation(&self) -> Option<&ConversationId> {
        match self {
            Self::AssignTeam { conversation, .. }
            | Self::AssignTeammate { conversation, .. }
            | Self::FetchConversation { conversation }
            | Self::AddTag { conversation, .. }
            | Self::SetAttributes { conversation, .. }
            | Self::Reply { conversation, .. }
            | Self::WriteNote { conversation, .. } => Some(conversation),
            Self::FetchContact { .. } | Self::FindConversations { .. } | Self::FetchRoster => None,
        }
    }

    /// How many HTTP requests the action makes at the most.
    #[must_use]
    pub fn requests(&self) -> u32 {
        match self {
            Self::AssignTeam { look_first, .. } | Self::AssignTeammate { look_first, .. } => {
                if *look_first {
                    2
                } else {
                    1
                }
            }
            Self::FetchContact { .. }
            | Self::FetchConversation { .. }
            | Self::FindConversations { .. }
            | Self::SetAttributes { .. }
            | Self::Reply { .. }
            | Self::WriteNote { .. } => 1,
            // The tag's id is looked up by its name first.
            Self::FetchRoster | Self::AddTag { .. } => 2,
        }
    }
}
