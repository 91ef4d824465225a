//! Teammates: who is there, who has room, who is next.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::policy::{Distribution, Policy, Ramp};
use crate::{
    ConversationId, Presence, RosterSnapshot, Standing, TeamId, TeammateId, TeammateSnapshot,
    Timestamp,
};

mod demand;
mod desk;
mod figures;
mod selection;
mod teammate;

pub(crate) use demand::{Demand, Wanted};
use desk::Desk;
pub(crate) use selection::Candidates;
use teammate::{Teammate, Terms};

/// All teammates and their load.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Roster {
    loaded: bool,
    /// Intercom's teams.
    teams: BTreeSet<TeamId>,
    /// By index of the policy's teams.
    desks: Vec<Desk>,
    /// Memberships in the policy's teams as Intercom told them last.
    listed: Vec<TeammateSnapshot>,
    teammates: BTreeMap<TeammateId, Teammate>,
    assignments: u64,
    ramp: Option<Ramp>,
}

/// What a change of presence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coming {
    /// Nothing new.
    Same,
    /// Went away a moment ago: it may be a flicker.
    Left,
    /// Is there again.
    Came,
}

impl Roster {
    pub(crate) fn new(policy: &Policy) -> Self {
        let mut roster = Self::default();
        roster.set_policy(policy);
        roster
    }

    /// Takes in new rules. Loads by team are taken in anew by the caller, and so is who is at
    /// work.
    pub(crate) fn set_policy(&mut self, policy: &Policy) {
        self.ramp = policy.teammate_defaults.ramp;
        self.desks = policy.teams.iter().map(|team| Desk::new(team.distribution)).collect();
        for teammate in self.teammates.values_mut() {
            teammate.memberships.clear();
            teammate.conversations.clear();
            teammate.is_at_work = true;
        }
        for snapshot in std::mem::take(&mut self.listed) {
            self.join_teams(policy, snapshot);
        }
        self.sort_members();
        self.apply_terms(policy);
    }

    fn apply_terms(&mut self, policy: &Policy) {
        let known = policy.teammates.iter().enumerate().map(|(index, it)| (it.named.id, index));
        let known: BTreeMap<TeammateId, usize> = known.collect();
        for (id, teammate) in &mut self.teammates {
            teammate.set_terms(policy, Terms::of(policy, known.get(id).copied()));
        }
    }

    /// Takes in what Intercom lists. Whoever is not listed any more gets nothing new. Returns who
    /// went away, of those who were there before.
    pub(crate) fn load(
        &mut self,
        snapshot: RosterSnapshot,
        policy: &Policy,
        now: Timestamp,
    ) -> Vec<TeammateId> {
        let first = !std::mem::replace(&mut self.loaded, true);
        self.teams = snapshot.teams.into_iter().collect();
        self.listed.clear();
        for desk in &mut self.desks {
            desk.members.clear();
            desk.ready.clear();
        }
        for teammate in self.teammates.values_mut() {
            teammate.has_inbox_seat = false;
            for membership in &mut teammate.memberships {
                (membership.is_member, membership.listed) = (false, None);
            }
        }
        let mut left = Vec::new();
        for listed in snapshot.teammates {
            let id = listed.id;
            let is_new = !self.teammates.contains_key(&id);
            let (presence, reassign) = (listed.presence, listed.reassign);
            let teammate = self.teammates.entry(id).or_default();
            teammate.has_inbox_seat = listed.has_inbox_seat;
            self.join_teams(policy, listed);
            if first || is_new {
                // Who knows since when: nobody comes back, and nobody has just left.
                let teammate = self.teammates.get_mut(&id).expect("entered above");
                teammate.presence = presence;
                teammate.reassign = reassign;
                teammate.is_gone = presence == Presence::Away;
            } else if self.set_presence(id, presence, reassign, now) == Coming::Left {
                left.push(id);
            }
        }
        self.sort_members();
        self.apply_terms(policy);
        self.refresh_all(now);
        left
    }

    fn join_teams(&mut self, policy: &Policy, listed: TeammateSnapshot) {
        for (index, team) in policy.teams.iter().enumerate() {
            if listed.teams.contains(&team.id) {
                self.desks[index].members.push(listed.id);
                let membership = self.teammates.entry(listed.id).or_default().membership_mut(index);
                membership.is_member = true;
                membership.is_secondary = listed.secondary_teams.contains(&team.id);
            }
        }
        self.listed.push(listed);
    }

    fn sort_members(&mut self) {
        for desk in &mut self.desks {
            desk.members.sort_unstable();
            desk.members.dedup();
        }
    }

    /// Whether Intercom is known not to have this team.
    pub(crate) fn lacks(&self, team: TeamId) -> bool {
        self.loaded && !self.teams.contains(&team)
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.loaded
    }

    pub(crate) fn set_presence(
        &mut self,
        id: TeammateId,
        presence: Presence,
        reassign: bool,
        now: Timestamp,
    ) -> Coming {
        let (newest, ramp) = (self.assignments, self.ramp);
        let Some(teammate) = self.teammates.get_mut(&id) else {
            return Coming::Same;
        };
        teammate.reassign = reassign;
        if std::mem::replace(&mut teammate.presence, presence) == presence {
            return Coming::Same;
        }
        match presence {
            Presence::Away => teammate.away_since = now,
            Presence::Active if std::mem::take(&mut teammate.is_gone) => {
                teammate.come_back(now, newest, ramp);
            }
            Presence::Active => {}
        }
        self.refresh(id, now);
        if presence == Presence::Active { Coming::Came } else { Coming::Left }
    }

    /// A grace period is over: a teammate who has been away for so long is gone. Returns whether
    /// what waits for their answer goes to others.
    pub(crate) fn grace_is_over(
        &mut self,
        id: TeammateId,
        grace: Duration,
        now: Timestamp,
    ) -> bool {
        let Some(teammate) = self.teammates.get_mut(&id) else {
            return false;
        };
        // They may have been back meanwhile: then a later grace period is running.
        let is_long = now.since(teammate.away_since) >= grace;
        teammate.is_gone |= teammate.presence == Presence::Away && is_long;
        self.hands_over(id)
    }

    /// Whether a teammate is gone and wants replies to go to others meanwhile.
    pub(crate) fn hands_over(&self, id: TeammateId) -> bool {
        self.teammates.get(&id).is_some_and(|it| it.is_gone && it.reassign)
    }

    /// A shift begins or ends. A beginning counts as coming back.
    pub(crate) fn set_at_work(&mut self, id: TeammateId, is_at_work: bool, now: Timestamp) {
        let (newest, ramp) = (self.assignments, self.ramp);
        let teammate = self.teammates.entry(id).or_default();
        if std::mem::replace(&mut teammate.is_at_work, is_at_work) != is_at_work && is_at_work {
            teammate.come_back(now, newest, ramp);
        }
        self.refresh(id, now);
    }

    /// A teammate did something: whoever was silent is not any more. Returns whether that is
    /// news.
    pub(crate) fn note_sign(&mut self, id: TeammateId, now: Timestamp) -> bool {
        let Some(teammate) = self.teammates.get_mut(&id) else {
            return false;
        };
        teammate.last_sign = now;
        let was_silent = std::mem::take(&mut teammate.is_silent);
        if was_silent {
            self.refresh(id, now);
        }
        was_silent
    }

    /// A teammate did not answer what they were given at `given_at`. If they have done nothing
    /// else since, they are given nothing more until they do.
    pub(crate) fn note_silence(&mut self, id: TeammateId, given_at: Timestamp, now: Timestamp) {
        if let Some(teammate) = self.teammates.get_mut(&id) {
            teammate.is_silent |= teammate.last_sign < given_at;
            self.refresh(id, now);
        }
    }

    pub(crate) fn add_load(
        &mut self,
        id: TeammateId,
        team: Option<usize>,
        conversation: ConversationId,
        now: Timestamp,
    ) {
        let teammate = self.teammates.entry(id).or_default();
        teammate.conversations.insert(conversation);
        if let Some(team) = team {
            teammate.membership_mut(team).open += 1;
        }
        self.refresh(id, now);
    }

    pub(crate) fn remove_load(
        &mut self,
        id: TeammateId,
        team: Option<usize>,
        conversation: &ConversationId,
        now: Timestamp,
    ) {
        let newest = self.assignments;
        let teammate = self.teammates.get_mut(&id).expect("had load, so is known");
        teammate.conversations.remove(conversation);
        if let Some(team) = team {
            teammate.membership_mut(team).open -= 1;
        }
        if teammate.conversations.is_empty() {
            teammate.idle_since = newest;
        }
        self.refresh(id, now);
    }

    /// The open conversations of a teammate.
    pub(crate) fn conversations_of(&self, id: TeammateId) -> Vec<ConversationId> {
        let teammate = self.teammates.get(&id);
        teammate.map(|it| it.conversations.iter().cloned().collect()).unwrap_or_default()
    }

    /// Open conversations by teammate, for those who have any.
    pub(crate) fn loads(&self) -> BTreeMap<TeammateId, u32> {
        let busy = self.teammates.iter().filter(|(_, it)| !it.conversations.is_empty());
        busy.map(|(id, teammate)| (*id, teammate.open())).collect()
    }

    /// Notes that a teammate was just chosen in a team. Returns when they may be given the next,
    /// if that is not as soon as they have room.
    pub(crate) fn note_assignment(
        &mut self,
        team: usize,
        id: TeammateId,
        demand: Demand<'_>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        if self.desks[team].distribution == Distribution::Weighted {
            self.settle_credits(team, id, demand);
        }
        self.desks[team].took_turn(id);
        self.assignments += 1;
        let (newest, ramp) = (self.assignments, self.ramp);
        let teammate = self.teammates.get_mut(&id).expect("was chosen, so is known");
        teammate.last_assignment = newest;
        let ramp = ramp.filter(|_| now < teammate.ramp_until);
        let next_at = ramp.map(|ramp| now + ramp.every());
        teammate.next_at = next_at.unwrap_or(teammate.next_at);
        self.refresh(id, now);
        next_at
    }

    /// The policy's teams that have this member, by index, and whether it is a secondary one.
    pub(crate) fn teams_of(&self, id: TeammateId) -> impl Iterator<Item = (usize, bool)> + '_ {
        let memberships = self.teammates.get(&id).into_iter().flat_map(|it| &it.memberships);
        memberships.filter(|it| it.is_member).map(|it| (it.team, it.is_secondary))
    }

    /// Whether a teammate can be given something of a team.
    pub(crate) fn is_ready(&self, id: TeammateId, team: usize) -> bool {
        let membership = self.teammates.get(&id).and_then(|it| it.membership(team));
        membership.is_some_and(|it| it.listed.is_some())
    }

    /// Whether anybody can be given something of a team.
    pub(crate) fn is_anybody_ready(&self, team: usize) -> bool {
        self.desks[team].is_anybody_ready()
    }

    /// Whether a teammate can do what is asked for.
    pub(crate) fn can(&self, id: TeammateId, wanted: &[Wanted]) -> bool {
        self.teammates.get(&id).is_some_and(|it| wanted.iter().all(|wanted| it.terms.can(wanted)))
    }

    /// Sees to it that a teammate stands at the right place among those who can be given
    /// something, or does not. To be called after every change.
    pub(crate) fn refresh(&mut self, id: TeammateId, now: Timestamp) {
        let Some(teammate) = self.teammates.get_mut(&id) else {
            return;
        };
        for index in 0..teammate.memberships.len() {
            let membership = &teammate.memberships[index];
            let team = membership.team;
            let distribution = self.desks[team].distribution;
            let ready = membership.is_member
                && distribution != Distribution::Manual
                && teammate.standing(team, now) == Standing::Eligible;
            let rank = ready.then(|| teammate.rank(membership, distribution));
            let before = std::mem::replace(&mut teammate.memberships[index].listed, rank);
            if before == rank {
                continue;
            }
            let desk = &mut self.desks[team];
            if let Some(before) = before {
                desk.ready.remove(&(before, id));
            }
            if let Some(rank) = rank {
                desk.ready.insert((rank, id));
            }
        }
    }

    pub(crate) fn refresh_all(&mut self, now: Timestamp) {
        let everybody: Vec<TeammateId> = self.teammates.keys().copied().collect();
        for id in everybody {
            self.refresh(id, now);
        }
    }

    /// How many teammates of each presence have an inbox seat: active, away.
    pub(crate) fn presence_counts(&self) -> (usize, usize) {
        let seated = || self.teammates.values().filter(|it| it.has_inbox_seat);
        let active = seated().filter(|it| it.presence == Presence::Active).count();
        (active, seated().count() - active)
    }

    /// Panics if those who are listed as ready are not those who can be given something.
    pub(crate) fn assert_invariants(&self, now: Timestamp) {
        for (index, desk) in self.desks.iter().enumerate() {
            for (rank, id) in &desk.ready {
                let membership = self.teammates[id].membership(index).expect("is ready at a desk");
                assert_eq!(membership.listed, Some(*rank), "{id} and their desk");
                assert!(membership.is_member, "{id} is no member");
                assert_eq!(self.teammates[id].standing(index, now), Standing::Eligible, "{id}");
            }
        }
        for (id, teammate) in &self.teammates {
            let by_team: u32 = teammate.memberships.iter().map(|it| it.open).sum();
            assert!(by_team <= teammate.open(), "{id} has more by team than in all");
        }
    }
}

#[cfg(test)]
mod tests;
