//! One teammate as the engine knows them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::desk::Rank;
use crate::policy::{Distribution, Policy, Ramp, WHOLE_WEIGHT};
use crate::{ConversationId, Presence, Standing, Timestamp};

/// One teammate as the engine knows them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Teammate {
    pub(super) presence: Presence,
    /// Whether what waits for an answer goes to others while they are away.
    pub(super) reassign: bool,
    /// When they went away, if they are away.
    pub(super) away_since: Timestamp,
    /// The absence lasts for longer than the grace period.
    pub(super) is_gone: bool,
    pub(super) has_inbox_seat: bool,
    /// Whether the rules file has them at work.
    pub(super) is_at_work: bool,
    /// Did not answer in time, and has given no sign since.
    pub(super) is_silent: bool,
    /// When they last did something that we heard of.
    pub(super) last_sign: Timestamp,
    /// Open conversations over all teams, those on their way included.
    pub(super) conversations: BTreeSet<ConversationId>,
    /// Teams of the policy: those they belong to, and those of which they have a conversation.
    pub(super) memberships: Vec<Membership>,
    /// The number of the last assignment; 0 for none yet. Finer than a time: no two are equal.
    pub(super) last_assignment: u64,
    /// The number of the last assignment of anybody when they last became idle.
    pub(super) idle_since: u64,
    /// Until then they are given only so much in a minute.
    pub(super) ramp_until: Timestamp,
    /// The next assignment while the ramp lasts.
    pub(super) next_at: Timestamp,
    /// What the rules file says.
    pub(super) terms: Terms,
}

/// What a teammate is in one team.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Membership {
    /// Index of the team in the policy.
    pub(super) team: usize,
    pub(super) is_member: bool,
    pub(super) is_secondary: bool,
    /// Open conversations of this team.
    pub(super) open: u32,
    /// The most of them; `None` for no limit.
    pub(super) limit: Option<u32>,
    /// What smooth weighted round robin owes them.
    pub(super) credit: i64,
    /// Where they stand among those who can be given something, if they do.
    pub(super) listed: Option<Rank>,
}

/// What the rules file says of a teammate.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Terms {
    /// Their place in the policy's list.
    pub(super) index: Option<usize>,
    /// The most open conversations over all teams.
    pub(super) limit: Option<u32>,
    /// In hundredths.
    pub(super) weight: u32,
    /// Indices of the teams in which they only help out.
    pub(super) helps_in: BTreeSet<usize>,
    pub(super) languages: Vec<Arc<str>>,
    pub(super) skills: Vec<Arc<str>>,
}

impl Terms {
    /// What the file says of one of its teammates, or of somebody whom it does not name.
    pub(super) fn of(policy: &Policy, index: Option<usize>) -> Self {
        let known = index.map(|index| &policy.teammates[index]);
        Self {
            index,
            limit: policy.limit_over_teams(index),
            weight: known.map_or(WHOLE_WEIGHT, |it| it.weight),
            helps_in: known.map(|it| it.helps_in.clone()).unwrap_or_default(),
            languages: known.map(|it| it.languages.clone()).unwrap_or_default(),
            skills: known.map(|it| it.skills.clone()).unwrap_or_default(),
        }
    }
}

impl Default for Teammate {
    /// Somebody of whom only the load is known, until the roster tells more.
    fn default() -> Self {
        Self {
            presence: Presence::Away,
            reassign: false,
            away_since: Timestamp::EPOCH,
            is_gone: false,
            has_inbox_seat: false,
            is_at_work: true,
            is_silent: false,
            last_sign: Timestamp::EPOCH,
            conversations: BTreeSet::new(),
            memberships: Vec::new(),
            last_assignment: 0,
            idle_since: 0,
            ramp_until: Timestamp::EPOCH,
            next_at: Timestamp::EPOCH,
            terms: Terms::default(),
        }
    }
}

impl Teammate {
    pub(super) fn open(&self) -> u32 {
        u32::try_from(self.conversations.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn membership(&self, team: usize) -> Option<&Membership> {
        self.memberships.iter().find(|it| it.team == team)
    }

    /// What they are in a team, made if there is nothing.
    pub(super) fn membership_mut(&mut self, team: usize) -> &mut Membership {
        let found = self.memberships.iter().position(|it| it.team == team);
        let index = found.unwrap_or_else(|| {
            self.memberships.push(Membership {
                team,
                is_member: false,
                is_secondary: false,
                open: 0,
                limit: None,
                credit: 0,
                listed: None,
            });
            self.memberships.len() - 1
        });
        &mut self.memberships[index]
    }

    /// Whether they can be given a conversation of a team at `now`, leaving aside what a certain
    /// conversation asks for.
    pub(super) fn standing(&self, team: usize, now: Timestamp) -> Standing {
        let membership = self.membership(team);
        let full = |limit: Option<u32>, open: u32| limit.is_some_and(|limit| open >= limit);
        if !self.has_inbox_seat {
            Standing::NoSeat
        } else if self.presence == Presence::Away {
            Standing::Away
        } else if !self.is_at_work {
            Standing::OffShift
        } else if self.is_silent {
            Standing::Silent
        } else if full(self.terms.limit, self.open()) {
            Standing::AtLimit
        } else if membership.is_some_and(|it| full(it.limit, it.open)) {
            Standing::AtTeamLimit
        } else if now < self.next_at {
            Standing::Ramping
        } else {
            Standing::Eligible
        }
    }

    /// Where they stand among those of a team who can be given something: smaller comes first.
    pub(super) fn rank(&self, membership: &Membership, distribution: Distribution) -> Rank {
        let (first, second) = match distribution {
            Distribution::Balanced => (u64::from(self.open()), self.last_assignment),
            Distribution::LongestIdle if self.conversations.is_empty() => (0, self.idle_since),
            Distribution::LongestIdle => (1, self.last_assignment),
            Distribution::RoundRobin | Distribution::Weighted | Distribution::Manual => (0, 0),
        };
        Rank { secondary: membership.is_secondary, first, second }
    }

    /// Takes over what the rules file says, in every team that they have to do with.
    pub(super) fn set_terms(&mut self, policy: &Policy, terms: Terms) {
        for membership in &mut self.memberships {
            membership.is_secondary |= terms.helps_in.contains(&membership.team);
            membership.limit = terms.index.map_or_else(
                || policy.teams[membership.team].assignment_limit,
                |index| policy.limit_in_team(index, membership.team),
            );
        }
        self.terms = terms;
    }

    /// Comes back: nothing was saved up while away, and not everything comes at once. Returns
    /// when the next assignment may be made, if not now.
    pub(super) fn come_back(&mut self, now: Timestamp, newest: u64, ramp: Option<Ramp>) {
        self.is_silent = false;
        self.last_sign = now;
        self.last_assignment = newest;
        self.idle_since = newest;
        for membership in &mut self.memberships {
            membership.credit = 0;
        }
        if let Some(ramp) = ramp {
            self.ramp_until = now + ramp.lasts;
        }
    }
}
