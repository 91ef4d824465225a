//! Who has how much on the desk, as anybody can count it, and what chance would have done.

use std::collections::{BTreeMap, BTreeSet};

use rand_chacha::ChaCha8Rng;

use crate::cast::{Cast, CastTeam};
use crate::measure::{Fairness, RandomAssigner};
use crate::randomness::Streams;

/// Every teammate's desk.
#[derive(Debug)]
pub(super) struct Desks {
    teams: BTreeMap<u64, CastTeam>,
    desks: BTreeMap<u64, Desk>,
    /// By team: how many conversations each member was given.
    given: BTreeMap<u64, BTreeMap<u64, u64>>,
    chance: BTreeMap<u64, RandomAssigner<ChaCha8Rng>>,
}

#[derive(Debug, Default)]
struct Desk {
    away: bool,
    /// Open conversations that were given out, and by which team.
    open: BTreeMap<u64, Option<u64>>,
}

impl Desks {
    pub(super) fn new(cast: &Cast, streams: &Streams) -> Self {
        let chance = |team: &CastTeam| {
            (team.id, RandomAssigner::new(team.members.len(), streams.keyed("chance", team.id)))
        };
        Self {
            teams: cast.teams.iter().map(|team| (team.id, team.clone())).collect(),
            desks: cast.teammates.iter().map(|it| (it.id, Desk::default())).collect(),
            given: BTreeMap::new(),
            chance: cast.teams.iter().map(chance).collect(),
        }
    }

    pub(super) fn set_away(&mut self, teammate: u64, away: bool) {
        self.desks.entry(teammate).or_default().away = away;
    }

    pub(super) fn clear(&mut self, teammate: u64, conversation: u64) {
        self.desks.entry(teammate).or_default().open.remove(&conversation);
    }

    /// Puts a conversation on a desk. Says which limit that breaks, if it does.
    pub(super) fn give(
        &mut self,
        teammate: u64,
        team: Option<u64>,
        conversation: u64,
    ) -> Result<(), String> {
        self.count(teammate, team);
        let desk = self.desks.entry(teammate).or_default();
        desk.open.insert(conversation, team);
        let Some(team) = team.and_then(|team| self.teams.get(&team)) else { return Ok(()) };
        match desk.exceeds(team) {
            Some(limit) => Err(format!(
                "{teammate} of {} has {} open conversations, the limit {limit}",
                team.name,
                desk.open.len()
            )),
            None => Ok(()),
        }
    }

    fn count(&mut self, teammate: u64, team: Option<u64>) {
        let Some(team) = team.and_then(|team| self.teams.get(&team)) else { return };
        let given = self.given.entry(team.id).or_default();
        *given.entry(teammate).or_default() += 1;
        let could = |id: &u64| self.desks.get(id).is_some_and(|desk| desk.has_room_for(team));
        let members = team.members.iter().enumerate();
        let eligible: BTreeSet<usize> = members
            .filter(|(_, id)| could(id) || **id == teammate)
            .map(|(index, _)| index)
            .collect();
        let eligible: Vec<usize> = eligible.into_iter().collect();
        self.chance.get_mut(&team.id).and_then(|chance| chance.assign(&eligible));
    }

    pub(super) fn fairness(&self, team: u64) -> (Option<Fairness>, Option<Fairness>) {
        let members = self.teams.get(&team).map_or(&[][..], |team| &team.members);
        let given = self.given.get(&team);
        let count = |id: &u64| given.and_then(|given| given.get(id)).copied().unwrap_or(0);
        let counts: Vec<u64> = members.iter().map(count).collect();
        let chance = self.chance.get(&team).and_then(RandomAssigner::fairness);
        (Fairness::of(&counts), chance)
    }
}

impl Desk {
    fn of_team(&self, team: u64) -> usize {
        self.open.values().filter(|it| **it == Some(team)).count()
    }

    /// The limit that this desk exceeds, if any.
    fn exceeds(&self, team: &CastTeam) -> Option<u32> {
        let over = |count: usize, limit: Option<u32>| limit.filter(|limit| count > *limit as usize);
        over(self.open.len(), team.total_limit)
            .or_else(|| over(self.of_team(team.id), team.team_limit))
    }

    fn has_room_for(&self, team: &CastTeam) -> bool {
        let room = |count: usize, limit: Option<u32>| limit.is_none_or(|it| count < it as usize);
        !self.away
            && room(self.open.len(), team.total_limit)
            && room(self.of_team(team.id), team.team_limit)
    }
}
