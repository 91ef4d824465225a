//! Decisions and their explanations: the same record serves log, report and command line.
//!
//! A decision never holds the text of a message: what matched is named by the rule's own words
//! and by where in the message they stood.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

mod assignment;
mod in_words;

pub use assignment::{
    Assignment, Candidate, Direction, OverflowReason, Overflowed, RequeueReason, Requeued,
    Standing, TieBreak, Waiting,
};

use crate::language::LanguageSource;
use crate::{ConversationId, ConversationState, TeamId, TeammateId, Timestamp};

/// One decision about one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// When it was made.
    pub at: Timestamp,
    /// About which conversation.
    pub conversation: ConversationId,
    /// The version of the rules that made it: the first 12 hexadecimal digits of the SHA-256 of
    /// the rules file.
    pub rules_version: Arc<str>,
    /// What was decided, and why.
    pub verdict: Verdict,
}

/// What was decided, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The conversation does not come through the channel that the rules are for.
    NotOurs(NotOurs),
    /// A team was found for the conversation.
    Routed(Routing),
    /// Other rules that are only compared with were shown the same.
    Shadowed(Shadowed),
    /// Intercom refused its team: it goes to the fallback.
    FellBack {
        /// The fallback team, by its name in the rules.
        team: Arc<str>,
        /// Why.
        reason: FallbackReason,
    },
    /// A teammate was found for the conversation.
    Assigned(Assignment),
    /// Nobody of the team can take it now: it waits in the team's queue.
    Waiting(Waiting),
    /// It lost its assignee and waits again, at its original place.
    Requeued(Requeued),
    /// It goes to another team, because it waits too long for its own.
    Overflowed(Overflowed),
    /// It waited long enough: from now on a teammate need not be able to do this.
    Relaxed {
        /// What was asked for, such as `language es` or `skill returns`.
        requirement: Arc<str>,
    },
    /// Its team takes it from there: nobody is chosen for it.
    HandedOver {
        /// The team, by its name in the rules.
        team: Arc<str>,
    },
    /// Nobody it was given to answers, and it was passed on often enough: a human must look at it.
    Unanswered {
        /// Who has it.
        teammate: TeammateId,
        /// How often it was passed on.
        bounces: u32,
    },
    /// The contact can soon not be answered any more: it goes to the head of its line.
    WindowClosing {
        /// When the reply window ends.
        closes_at: Timestamp,
    },
    /// The reply window ended without an answer: the contact cannot be reached until they write
    /// again.
    WindowLost,
    /// Intercom shows something of the conversation that no webhook told.
    Reconciled(Drift),
    /// Somebody else took charge of the conversation: the engine keeps its hands off.
    LeftAlone(LeftAlone),
    /// Intercom refuses a tag, an attribute or a note that a rule asks for. The owner is found all
    /// the same.
    RemarkRefused {
        /// What Intercom said last.
        refusal: String,
    },
    /// Intercom refuses every assignee we tried: a human must look at it.
    Stuck {
        /// What Intercom said last, such as `404` or `400 parameter_invalid`.
        refusal: String,
    },
}

/// Why a conversation is not ours to route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotOurs {
    /// None of the channel's signals was there, even after the time that the rules let it settle.
    NoSignal,
    /// It had a teammate when we first saw it.
    AlreadyAssigned,
    /// It was gone before it could be looked at.
    Gone,
}

/// Why the engine lets go of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftAlone {
    /// A human gave it to a teammate.
    TakenByTeammate(TeammateId),
    /// A human moved it to a team that the rules do not know.
    MovedToTeam(TeamId),
    /// It was closed before anybody was found.
    Closed,
    /// It was deleted.
    Deleted,
}

/// What no webhook told, and a search showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drift {
    /// There is such a conversation, and it needs somebody.
    Missed,
    /// It has another team or teammate.
    Assignee,
    /// It was closed, opened or put to sleep.
    State(ConversationState),
}

/// How a team was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Routing {
    /// The team, by its name in the rules.
    pub team: Arc<str>,
    /// The rule, or why the fallback.
    pub by: RoutedBy,
    /// Which signal told the channel.
    pub channel: ChannelMatch,
    /// What the rules saw and said.
    pub explanation: Explanation,
    /// The team's office hours begin then: until that moment the conversation is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// The version of the canary's rules, if they decided and not those in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Arc<str>>,
}

/// What rules in the shadow of those in force would have decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadowed {
    /// The version of these rules.
    pub rules_version: Arc<str>,
    /// The team that should get the conversation by them.
    pub team: Arc<str>,
    /// The rule that matched; `None` for the fallback.
    pub rule: Option<Arc<str>>,
    /// The team that got it.
    pub live_team: Arc<str>,
    /// Whether the two teams have the same name.
    pub same_team: bool,
    /// Whether the two rules have the same name.
    pub same_rule: bool,
}

/// What the rules saw of a conversation, and what they said to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The rule that matched; `None` if none did, and the fallback decides.
    pub rule: Option<Arc<str>>,
    /// The teams that should get it, by their names in the rules: the first that Intercom accepts.
    /// Never empty.
    pub ladder: Vec<Arc<str>>,
    /// The teammate whom the rule names, by the name in the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teammate: Option<Arc<str>>,
    /// How urgent it is.
    pub priority: Priority,
    /// The language of the message as the rules saw it; `und` if it cannot be told.
    pub language: Arc<str>,
    /// How sure that is, from 0 to 1.
    pub language_confidence: f32,
    /// What told the language.
    pub language_source: LanguageSource,
    /// Each rule that was tried, in order; the last one matched unless none did.
    pub trials: Vec<Trial>,
    /// The message was longer than the rules allow: only so many of its bytes were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_after_bytes: Option<usize>,
}

/// How urgent a conversation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Stands in line as if it had come earlier.
    High,
    /// Stands where it came.
    #[default]
    Normal,
    /// Stands in line as if it had come later.
    Low,
}

/// What sent a conversation to its team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutedBy {
    /// The rule of this name.
    Rule(Arc<str>),
    /// The fallback, for this reason.
    Fallback(FallbackReason),
}

/// Why a conversation fell back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FallbackReason {
    /// No rule matched.
    NoRuleMatched,
    /// A rule matched, but Intercom has no such team or refused it.
    TeamUnavailable,
    /// It waited too long for its team.
    WaitedTooLong,
}

/// The signal that told the channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelMatch {
    /// A tag of this name on the conversation.
    Tag(String),
    /// `source.type` has this value.
    SourceType(String),
    /// `channel` has this value.
    Channel(String),
    /// A contact attribute of this name has the wanted value.
    ContactAttribute(String),
    /// A conversation attribute of this name has the wanted value.
    ConversationAttribute(String),
}

/// One rule that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The rule's name.
    pub rule: Arc<str>,
    /// Whether it matched.
    pub matched: bool,
    /// What was seen of what it asks for.
    pub finding: Finding,
}

/// What was seen of a condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Whether the condition holds.
    pub holds: bool,
    /// What it asks for, in the words of a person.
    pub asked: Arc<str>,
    /// What was seen.
    pub found: Found,
}

/// What was seen of the thing that a condition asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Of a group whose parts must all hold: its parts.
    All(Vec<Finding>),
    /// Of a group of which one part must hold: its parts.
    Any(Vec<Finding>),
    /// Of a group of which no part may hold: its parts.
    None(Vec<Finding>),
    /// The words that stand in the message, wanted or not.
    Words(Vec<Hit>),
    /// The language.
    Language {
        /// Its tag; `und` if it cannot be told.
        language: Arc<str>,
        /// How sure, from 0 to 1.
        confidence: f32,
        /// What told it.
        source: LanguageSource,
    },
    /// The topic that fits best.
    Topic {
        /// Its name; `None` if there is nothing to go by.
        topic: Option<Arc<str>>,
        /// How sure, from 0 to 1.
        confidence: f32,
        /// What in the message weighed most, and its share of the whole. Left out when written
        /// down, since these are the contact's own words.
        #[serde(skip)]
        weights: Vec<(Arc<str>, f32)>,
    },
    /// Something with a value; `None` if it has none. Free text is not quoted.
    Value(Option<Arc<str>>),
}

/// A word or pattern of the rules in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// As the rules file spells it.
    pub pattern: Arc<str>,
    /// Bytes of the original message.
    pub span: Range<usize>,
}
