//! How a conversation came to its teammate, or why it waits.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::TeammateId;

/// How a teammate was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// The team, by its name in the rules.
    pub team: Arc<str>,
    /// The teammate who gets it.
    pub teammate: TeammateId,
    /// How long the conversation had waited since its contact opened it, in microseconds.
    pub waited_us: u64,
    /// Who looked for whom.
    #[serde(default)]
    pub direction: Direction,
    /// The members of the team and why each was or was not eligible: all of a small team, of a
    /// large one the chosen and those who came next.
    pub candidates: Vec<Candidate>,
    /// Members of the team who are not among the candidates listed.
    #[serde(default)]
    pub unlisted: u32,
    /// What decided among the eligible.
    pub tie_break: TieBreak,
}

/// Who looked for whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The conversation came, or came back, and looked for a teammate.
    #[default]
    ConversationCame,
    /// The teammate had room, came online or began to work, and looked for the best conversation.
    TeammateFreed,
}

/// Why a conversation waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    /// The team, by its name in the rules.
    pub team: Arc<str>,
    /// Its place in the team's queue, from 1; exact up to 1,000.
    pub position: u64,
    /// How many wait for the team, this one included.
    #[serde(default)]
    pub waiting: u64,
    /// About how long until it is its turn, in microseconds, by how fast the team took
    /// conversations lately. `None` if there is nothing to go by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_wait_us: Option<u64>,
    /// Whether assignment is paused: then nobody is given anything, whoever could be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    /// The members of the team and why each could not take it: all of a small team, some of a
    /// large one.
    pub candidates: Vec<Candidate>,
    /// Members of the team who are not among the candidates listed.
    #[serde(default)]
    pub unlisted: u32,
}

/// How a conversation comes to another team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overflowed {
    /// The team for which it waited, by its name in the rules.
    pub from: Arc<str>,
    /// The team that gets it.
    pub to: Arc<str>,
    /// Why.
    pub reason: OverflowReason,
}

/// What is too long for a team's queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverflowReason {
    /// The conversation has waited this long, in microseconds, while the team was open.
    Age(u64),
    /// At least this many wait before it.
    Waiting(u64),
    /// It would have to wait about this long, in microseconds.
    ExpectedWait(u64),
}

/// Why a conversation waits again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requeued {
    /// The team, by its name in the rules.
    pub team: Arc<str>,
    /// What happened.
    pub reason: RequeueReason,
}

/// What makes a conversation wait again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequeueReason {
    /// A human moved it to this team.
    MovedToTeam,
    /// A human took it from its teammate.
    Unassigned,
    /// Intercom refused the teammate.
    TeammateRefused(TeammateId),
    /// The teammate did not answer in time.
    NoAnswer(TeammateId),
    /// The teammate went away and wants what waits for an answer to go to others.
    TeammateAway(TeammateId),
    /// It was opened again, and nobody had it.
    Reopened,
    /// Assignment was paused before Intercom was told of the teammate.
    Paused,
}

/// One member of a team, as the decision saw them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub teammate: TeammateId,
    /// Open conversations that the teammate has, over all teams.
    pub open: u32,
    /// Whether the team is only a secondary one for them.
    #[serde(default)]
    pub secondary: bool,
    /// Eligible, or why not.
    pub standing: Standing,
}

/// Whether a member of a team can be given a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Can be given it.
    Eligible,
    /// Is away.
    Away,
    /// Is not at work by the rules file: outside of the shift, or on leave.
    OffShift,
    /// Came back a moment ago and has just been given something.
    Ramping,
    /// Did not answer in time what they were given, and has given no sign since.
    Silent,
    /// Does not speak the language of the message.
    LacksLanguage,
    /// Cannot do what the rule or the team asks for.
    LacksSkill,
    /// Has no inbox seat in Intercom.
    NoSeat,
    /// Has as many open conversations of this team as its limit allows.
    AtTeamLimit,
    /// Has as many open conversations as anybody may have.
    AtLimit,
    /// Intercom refused to give this conversation to them, or they gave it back.
    Excluded,
}

/// What decided among the eligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieBreak {
    /// The rule names them.
    Named,
    /// Answered the contact last.
    AnsweredBefore,
    /// Nobody else was eligible.
    OnlyOne,
    /// For the others, the team is a secondary one.
    PrimaryFirst,
    /// Was next in turn.
    NextInTurn,
    /// Was next in turn by weight.
    NextByWeight,
    /// Had had nothing to do for the longest time.
    LongestIdle,
    /// Had the fewest open conversations.
    FewestOpen,
    /// Of those with the fewest, had waited longest since the last assignment.
    LongestSinceLast,
    /// Of those who had waited equally long, has the smallest id.
    SmallestId,
}
