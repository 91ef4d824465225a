//! What a rules file says of a team.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::hours::Hours;
use crate::{TeamId, Timestamp};

/// A team of the rules file.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) name: Arc<str>,
    /// Where its name stands: the file, `None` for the main one, and bytes of it.
    pub(crate) place: (Option<Arc<str>>, Range<usize>),
    pub(crate) id: TeamId,
    /// The most open conversations of this team for one teammate.
    pub(crate) assignment_limit: Option<u32>,
    /// Name and times; `None`: always open.
    pub(crate) hours: Option<(Arc<str>, Hours)>,
    /// In lower case; empty if the file does not say.
    pub(crate) languages: Vec<Arc<str>>,
    pub(crate) distribution: Distribution,
    /// For how long whoever answered a contact last comes before the others.
    pub(crate) sticky: Option<Duration>,
    pub(crate) inbox: InboxUse,
    /// What a teammate must be able to do, unless a rule says otherwise.
    pub(crate) require: Vec<Requirement>,
    /// Where a conversation goes that waits too long, step by step.
    pub(crate) overflow: Vec<Overflow>,
    pub(crate) no_answer: Option<NoAnswer>,
    pub(crate) sharing: Option<Sharing>,
}

impl Team {
    pub(crate) fn is_open(&self, at: Timestamp) -> bool {
        self.hours.as_ref().is_none_or(|(_, hours)| hours.at(at).open)
    }

    /// Whether the language of a message says who gets it.
    pub(crate) fn asks_for_language(&self) -> bool {
        let shares = self.sharing.as_ref().is_some_and(|it| it.by == ShareBy::Language);
        shares || self.require.iter().any(Requirement::is_language)
    }
}

/// Who of a team gets the next conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Distribution {
    /// Fewest open conversations, then longest since the last assignment, then smallest id.
    #[default]
    Balanced,
    /// In turn.
    RoundRobin,
    /// In turn, in proportion to the teammates' weights, as evenly as can be.
    Weighted,
    /// Whoever has had nothing to do for the longest time.
    LongestIdle,
    /// Nobody: the team picks from its inbox, or Intercom distributes.
    Manual,
}

/// When a conversation is put into its team's inbox. Each time costs a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum InboxUse {
    /// Before anybody gets it: Intercom shows team and teammate.
    #[default]
    Always,
    /// Only if nobody is free: what somebody gets at once costs one call, and has no team.
    WhenWaiting,
}

/// Something that a teammate must be able to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Requirement {
    pub(crate) skill: Skill,
    /// The age of the conversation at which it is dropped; `None`: never.
    pub(crate) until: Option<Duration>,
}

impl Requirement {
    pub(crate) fn is_language(&self) -> bool {
        self.skill == Skill::Language
    }
}

/// What can be asked of a teammate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Skill {
    /// To speak the language of the message.
    Language,
    /// Something that the file gives a name to.
    Named(Arc<str>),
}

/// A step down the ladder: the team that gets what waits too long, and what is too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overflow {
    /// Index of the team.
    pub(crate) to: usize,
    pub(crate) when: OverflowWhen,
}

/// What is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OverflowWhen {
    /// It is so old. The time for which its team was closed does not count.
    After(Duration),
    /// It would be behind so many others.
    Waiting(u32),
    /// It would have to wait about so long.
    ExpectedWait(Duration),
}

/// What happens if a teammate does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoAnswer {
    /// How much of the team's office time a teammate has for the first answer.
    pub(crate) within: Duration,
    /// How often a conversation is given to somebody else for that; then it stays, with an alert.
    pub(crate) bounces: u32,
}

/// How the people of a team are shared between what waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sharing {
    pub(crate) by: ShareBy,
    /// Weights by language, or by name of rule; what is not there weighs 1.
    pub(crate) weights: BTreeMap<Arc<str>, u32>,
}

/// What the waiting line of a team is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShareBy {
    /// The language of the message.
    Language,
    /// The rule that sent it.
    Rule,
}
