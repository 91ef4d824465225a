//! Everything that the engine reacts to.
//!
//! Events are what the journal holds, so their serialised form is a file format: fields may be
//! added with a default, never renamed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CommandId, ContactId, ConversationId, PartId, TeamId, TeammateId, Timestamp};

/// Something that happened, in Intercom or to the router itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The router came up, for the first time or again. Calls whose outcome is unknown are made
    /// again, after a look at what became of them, and the roster is fetched.
    RouterStarted,
    /// A conversation began or changed, as a webhook told it.
    ConversationChanged {
        /// The conversation as it was when the webhook was written.
        conversation: ConversationSnapshot,
        /// What the webhook was about.
        change: Change,
    },
    /// A conversation was deleted in Intercom.
    ConversationDeleted {
        /// The conversation that is gone.
        conversation: ConversationId,
    },
    /// A teammate went away or came back.
    PresenceChanged {
        /// Who.
        teammate: TeammateId,
        /// There or not, from now on.
        presence: Presence,
        /// Whether a conversation that waits for an answer goes to somebody else while the
        /// teammate is away: Intercom's `away_mode_reassign`.
        #[serde(default)]
        reassign: bool,
    },
    /// Somebody joined the workspace or left it: the roster is fetched again.
    RosterChanged,
    /// Nothing that tells of a contact is to be kept.
    ContactForgotten {
        /// Whom.
        contact: ContactId,
    },
    /// A call that the engine asked for was answered, or failed.
    CallFinished {
        /// Which call.
        command: CommandId,
        /// What came of it.
        outcome: Outcome,
        /// The state of the API's rate-limit window, if the answer told it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate_limit: Option<RateLimit>,
    },
    /// Somebody paused assignment, or resumed it. While it is paused nobody is given anything:
    /// what comes is routed and waits in its team's inbox, at its place. A pause outlasts a
    /// restart.
    AssignmentPaused {
        /// Paused or not, from now on.
        paused: bool,
    },
}

/// What a webhook about a conversation was about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The contact opened the conversation with this message.
    Started(Message),
    /// The contact wrote again.
    ContactReplied(Message),
    /// Somebody of ours wrote to the contact, nobody knows who: as older journals have it.
    TeammateReplied,
    /// Somebody of ours wrote to the contact.
    Answered {
        /// The teammate; `None` for a bot.
        teammate: Option<TeammateId>,
        /// The part that holds the message: tells a second webhook about the same from news.
        part: Option<PartId>,
    },
    /// A tag or an attribute was added: the channel may be known now.
    Labelled,
    /// The conversation was given to somebody, by us or by others.
    Assigned {
        /// The part that records the assignment; tells our own from others'.
        part: Option<PartId>,
    },
    /// Closed.
    Closed,
    /// Opened again, or woken from a snooze.
    Opened,
    /// Put to sleep for a while.
    Snoozed,
}

/// A conversation as Intercom describes it at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationSnapshot {
    /// Its id.
    pub id: ConversationId,
    /// The contact who wrote first, if the payload names one.
    pub contact: Option<ContactId>,
    /// `source.type`: `conversation` for anything made by API, or a social network's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_type: Option<String>,
    /// `channel.current`, else `channel.initial`: API 2.16 and later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Names of the tags on the conversation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Custom attributes of the conversation; values as text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The team that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The teammate who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teammate: Option<TeammateId>,
    /// Open, snoozed or closed.
    pub state: ConversationState,
    /// When the contact opened it.
    pub created_at: Timestamp,
    /// When it last changed: tells a late webhook from news. Whole seconds in Intercom.
    pub updated_at: Timestamp,
    /// The message that opened it. Only filled when the conversation was fetched; a webhook
    /// brings its message in [`Change`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Message>,
    /// The newest part that records an assignment. Only filled when the conversation was fetched
    /// with its parts; a webhook names its part in [`Change::Assigned`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<PartId>,
}

/// Whether a conversation needs somebody now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    /// Needs a teammate.
    Open,
    /// Sleeps until a time or a reply; does not count as load.
    Snoozed,
    /// Done.
    Closed,
}

/// One message of a contact: a DM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its part; `None` for the message that opened the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartId>,
    /// Plain text, without markup.
    pub text: String,
    /// How many files, pictures or posts came with it.
    #[serde(default)]
    pub attachments: u32,
    /// What kinds of things came with it, each once, in the order of [`AttachmentKind`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachment_kinds: Vec<AttachmentKind>,
}

impl Message {
    /// A message of nothing but text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { part: None, text: text.into(), attachments: 0, attachment_kinds: Vec::new() }
    }
}

/// A kind of thing that comes with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A voice message or other sound.
    Audio,
    /// A sticker.
    Sticker,
    /// A post of the social network, shared with the team.
    SharedPost,
    /// Anything else.
    File,
}

/// Whether a teammate takes conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// There: may be given conversations up to the limit.
    Active,
    /// Away: gets nothing new.
    Away,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The conversation now has the wanted assignee.
    Assigned {
        /// The part that records it: the one we made just now, or that a look found.
        part: Option<PartId>,
        /// `updated_at` of the conversation then: what shows an earlier one is no news.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        updated_at: Option<Timestamp>,
    },
    /// A tag, an attribute or a note is in the conversation now.
    Annotated,
    /// A message to the contact is in the conversation now.
    Written {
        /// The part that holds it.
        part: Option<PartId>,
    },
    /// A look before a repeated call showed that the conversation was taken, moved or closed by others.
    Superseded(ConversationSnapshot),
    /// The contact, as asked for.
    Contact(ContactProfile),
    /// The conversation, as asked for.
    Conversation(ConversationSnapshot),
    /// Some of the conversations that were asked for.
    Conversations(ConversationPage),
    /// Teams and teammates, as asked for.
    Roster(RosterSnapshot),
    /// Intercom does not know the thing (404), or it is gone for good (410).
    NotFound,
    /// Intercom refuses, and would refuse again (other 4xx).
    Rejected {
        /// HTTP status.
        status: u16,
        /// Intercom's error code, such as `parameter_invalid`; empty if there was none.
        code: String,
    },
    /// The token is not accepted (401, 403).
    Unauthorized,
    /// The rate limit is used up (429): nothing was done.
    RateLimited,
    /// The router held the call back: nothing was done.
    NotSent {
        /// It stops: the call is made when it has started again, and not before.
        until_started: bool,
    },
    /// No answer, or a server error: it may or may not have been done.
    Unclear {
        /// HTTP status of a server error; `None` for a timeout or a broken connection.
        status: Option<u16>,
    },
}

/// A page of conversations that a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConversationPage {
    /// As the search's index has them. With the message that opened it only where somebody has to
    /// be found for it.
    pub found: Vec<ConversationSnapshot>,
    /// Names the next page, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The rate-limit window as the headers of an answer told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// `X-RateLimit-Limit`: calls per window.
    pub limit: u32,
    /// `X-RateLimit-Remaining`: calls left in this window.
    pub remaining: u32,
    /// `X-RateLimit-Reset`: when the window ends.
    pub reset_at: Timestamp,
}

/// What the rules can know of a contact. Names and addresses stay out of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactProfile {
    /// Language tag in lower case, such as `es` or `pt-br`: the override, else the browser's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2 country code in upper case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Region within the country, as Intercom spells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Custom attributes; values as text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// When Intercom first knew the contact: tells who is new from who comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

/// Teams and teammates as Intercom lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterSnapshot {
    /// Every team of the workspace.
    pub teams: Vec<TeamId>,
    /// Every teammate of the workspace.
    pub teammates: Vec<TeammateSnapshot>,
}

/// One teammate as Intercom lists them. The name stays out of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeammateSnapshot {
    /// Who.
    pub id: TeammateId,
    /// There or not.
    pub presence: Presence,
    /// Without an inbox seat a teammate cannot be assigned anything.
    pub has_inbox_seat: bool,
    /// The teams that the teammate belongs to.
    pub teams: Vec<TeamId>,
    /// Those of them for which the teammate only helps out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secondary_teams: Vec<TeamId>,
    /// Whether a conversation that waits for an answer goes to somebody else while the teammate
    /// is away: Intercom's `away_mode_reassign`.
    #[serde(default)]
    pub reassign: bool,
}
