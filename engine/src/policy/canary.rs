//! Rules that decide for a share of the contacts, in place of those in force.
//!
//! Only what they decide is theirs. Teams, teammates, hours and limits are those of the rules in force,
//! and so is the channel: both sets of rules send conversations into the same lines.

use std::sync::Arc;

use super::lint::in_order;
use super::source::resolve;
use super::{Policy, RulesSource};
use crate::share::position;
use crate::{Problem, QueueState, Share};

/// What chooses the contacts if the rules give no salt.
const SALT: &str = "canary";

/// Rules that decide for a share of the contacts.
#[derive(Clone, Debug)]
pub struct Canary {
    /// Their file, as the rules name it.
    pub(super) rules: Arc<str>,
    /// Their file, by its path from the folder of the rules.
    pub(super) name: Arc<str>,
    pub(super) share: Share,
    pub(super) salt: Option<Arc<str>>,
    /// All their text, paths from their own folder.
    pub(super) source: RulesSource,
    /// Teams in force are as those rules have them; the others are never assigned to.
    pub(super) policy: Policy,
    /// By index of the canary's teams: the team of that name in force.
    pub(super) teams: Vec<Option<usize>>,
}

impl Canary {
    /// The file of its rules, as the rules in force name it.
    #[must_use]
    pub fn rules(&self) -> &str {
        &self.rules
    }

    /// How many of the contacts it decides about.
    #[must_use]
    pub fn share(&self) -> Share {
        self.share
    }

    /// What chooses the contacts besides their ids.
    #[must_use]
    pub fn salt(&self) -> &str {
        self.salt.as_deref().unwrap_or(SALT)
    }

    /// What it decides by.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Whether it decides about a contact. `identity` is the contact's id, or the conversation's
    /// if there is no contact.
    #[must_use]
    pub fn covers(&self, identity: &str) -> bool {
        self.share.covers(position(self.salt(), identity))
    }

    /// What [`Policy::lint`] says of its rules, in its own files. What teams and teammates they
    /// define has no effect and is not looked at.
    #[must_use]
    pub fn lint(&self) -> Vec<Problem> {
        let problems = self.policy.lint_rules(&self.source);
        in_order(problems.into_iter().map(|it| in_file_of(&self.name, it)).collect())
    }

    /// Indices of teams in force for indices of its own.
    pub(crate) fn in_force(&self, ladder: &[usize]) -> Vec<usize> {
        ladder.iter().filter_map(|team| self.teams[*team]).collect()
    }
}

impl Policy {
    /// Rules that decide for a share of the contacts in place of these, if there are any.
    #[must_use]
    pub fn canary(&self) -> Option<&Canary> {
        self.canary.as_deref()
    }

    /// The canary, if it decides about a contact; see [`Canary::covers`].
    #[must_use]
    pub fn canary_for(&self, identity: &str) -> Option<&Canary> {
        self.canary().filter(|it| it.covers(identity))
    }

    /// What waits for each team of other rules, in their order: teams are the same if their names
    /// are. `queues` is in the order of these rules.
    #[must_use]
    pub fn queues_for(&self, other: &Self, queues: &[QueueState]) -> Vec<QueueState> {
        let state = |name: &str| {
            let own = self.teams.iter().position(|team| *team.name == *name);
            own.and_then(|index| queues.get(index)).copied().unwrap_or_default()
        };
        other.teams.iter().map(|team| state(&team.name)).collect()
    }
}

/// A problem of a canary's rules, as one of the rules that name its main file `name`.
pub(super) fn in_file_of(name: &Arc<str>, problem: Problem) -> Problem {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let file = match &problem.file {
        None => name.clone(),
        Some(file) => resolve(folder, file).into(),
    };
    Problem { file: Some(file), ..problem }
}
