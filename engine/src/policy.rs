//! What a rules file says, checked and ready to decide with.

use std::sync::Arc;
use std::time::Duration;

use crate::channel::Channel;
use crate::hours::Hours;
use crate::rule::Rule;
use crate::text::Keywords;
use crate::{Problem, TeamId};

mod check;
mod spec;

/// A checked set of rules.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) version: Arc<str>,
    pub(crate) channel: Channel,
    /// In the order of their names.
    pub(crate) teams: Vec<Team>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) keywords: Keywords,
    /// Index of the team that gets what no rule matches.
    pub(crate) fallback: usize,
    /// The most open conversations for one teammate over all teams.
    pub(crate) assignment_limit: Option<u32>,
    pub(crate) after_hours: AfterHours,
    pub(crate) api: ApiLimits,
}

/// A team of the rules file.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) name: Arc<str>,
    pub(crate) id: TeamId,
    /// The most open conversations of this team for one teammate.
    pub(crate) assignment_limit: Option<u32>,
    /// `None`: always open.
    pub(crate) hours: Option<Hours>,
}

/// What happens to conversations whose team is not in.
#[derive(Clone, Debug, Default)]
pub(crate) struct AfterHours {
    /// Index of the team that holds them; `None`: they wait in their own team.
    pub(crate) hold_in: Option<usize>,
    /// Time between two releases after opening; `None`: all at once.
    pub(crate) release_every: Option<Duration>,
}

/// How much of Intercom's API the engine may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ApiLimits {
    /// Calls that Intercom allows this app in a window of ten seconds, until its headers say
    /// otherwise.
    pub(crate) calls_per_window: u32,
    /// The share of them that is ours: other apps of the workspace want some too.
    pub(crate) share: f64,
    /// The most calls under way at once.
    pub(crate) in_flight: u32,
}

impl Default for ApiLimits {
    /// 10,000 calls a minute in windows of ten seconds are 1,666 a window (Intercom's docs on
    /// rate limiting, 2.17).
    fn default() -> Self {
        Self { calls_per_window: 1_666, share: 0.8, in_flight: 32 }
    }
}

impl Policy {
    /// Reads and checks a rules file (the format is described in the README of the scenarios).
    ///
    /// Returns the policy and any warnings.
    ///
    /// # Errors
    ///
    /// All problems found, errors and warnings, in the order in which they stand in the file.
    pub fn from_toml(source: &str) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        let spec = spec::RulesSpec::parse(source).map_err(|problem| vec![problem])?;
        check::policy(spec, source)
    }

    /// Names this set of rules: the first 12 hexadecimal digits of the SHA-256 of its source.
    #[must_use]
    pub fn version(&self) -> &Arc<str> {
        &self.version
    }

    /// The teams: name in the rules and id in Intercom, in the order of their names.
    pub fn teams(&self) -> impl Iterator<Item = (&Arc<str>, TeamId)> {
        self.teams.iter().map(|team| (&team.name, team.id))
    }

    /// The most open conversations that one teammate may have: of the team, and over all teams.
    #[must_use]
    pub fn assignment_limits(&self, team: TeamId) -> (Option<u32>, Option<u32>) {
        let of_team = self.teams.iter().find(|it| it.id == team);
        (of_team.and_then(|team| team.assignment_limit), self.assignment_limit)
    }

    /// The team that holds conversations after hours, if the rules name one.
    #[must_use]
    pub fn hold_team(&self) -> Option<TeamId> {
        self.after_hours.hold_in.map(|index| self.teams[index].id)
    }

    /// The name of the team that gets what no rule matches.
    #[must_use]
    pub fn fallback_team(&self) -> &Arc<str> {
        &self.teams[self.fallback].name
    }

    /// The names of the rules, in the order in which they are tried.
    pub fn rule_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.rules.iter().map(|rule| &rule.name)
    }

    pub(crate) fn team_with_id(&self, id: TeamId) -> Option<usize> {
        self.teams.iter().position(|team| team.id == id)
    }

    pub(crate) fn needs_profile(&self) -> bool {
        self.rules.iter().any(|rule| rule.when.needs_profile())
    }
}
