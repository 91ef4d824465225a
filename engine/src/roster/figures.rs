//! Figures about teammates, for people who look from outside.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Roster;
use super::teammate::{Membership, Teammate};
use crate::engine::{MembershipOverview, TeammateOverview};
use crate::policy::Policy;
use crate::{TeammateId, Timestamp};

impl Roster {
    /// Everybody who is in a team of the rules or has something to do, in the order of their ids.
    pub(crate) fn figures(&self, policy: &Policy, now: Timestamp) -> Vec<TeammateOverview> {
        let named = policy.teammates.iter().map(|it| (it.named.id, it.named.name.clone()));
        let names: BTreeMap<TeammateId, Arc<str>> = named.collect();
        let concerned = self.teammates.iter().filter(|(_, it)| {
            !it.conversations.is_empty() || it.memberships.iter().any(|it| it.is_member)
        });
        concerned
            .map(|(id, teammate)| TeammateOverview {
                teammate: *id,
                name: names.get(id).cloned(),
                presence: teammate.presence,
                has_inbox_seat: teammate.has_inbox_seat,
                is_at_work: teammate.is_at_work,
                open: teammate.open(),
                limit: teammate.terms.limit,
                teams: memberships(teammate, policy, now),
            })
            .collect()
    }

    /// How many members of a team could be given something now.
    pub(crate) fn ready_count(&self, team: usize) -> usize {
        self.desks[team].ready.len()
    }
}

fn memberships(teammate: &Teammate, policy: &Policy, now: Timestamp) -> Vec<MembershipOverview> {
    let concerned = |it: &&Membership| it.is_member || it.open > 0;
    let mut all: Vec<&Membership> = teammate.memberships.iter().filter(concerned).collect();
    all.sort_unstable_by_key(|it| it.team);
    all.into_iter()
        .map(|it| MembershipOverview {
            team: policy.teams[it.team].name.clone(),
            is_member: it.is_member,
            is_secondary: it.is_secondary,
            open: it.open,
            limit: it.limit,
            standing: teammate.standing(it.team, now),
        })
        .collect()
}
