//! Who has how much on the desk, as anybody can count it, and what chance would have done.

use std::collections::{BTreeMap, BTreeSet};

use rand_chacha::ChaCha8Rng;

use super::busy::BusyTime;
use crate::cast::{Cast, CastTeam};
use crate::measure::{Fairness, RandomAssigner, Sharing, burst};
use crate::randomness::Streams;

/// Every teammate's desk.
#[derive(Debug)]
pub(super) struct Desks {
    teams: BTreeMap<u64, CastTeam>,
    desks: BTreeMap<u64, Desk>,
    /// By teammate: the team that they work in.
    home: BTreeMap<u64, u64>,
    /// By team: which member was given each conversation, one after the other.
    given: BTreeMap<u64, Vec<usize>>,
    chance: BTreeMap<u64, RandomAssigner<ChaCha8Rng>>,
    busy: BusyTime,
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
        let home = |team: &CastTeam| {
            let (id, members) = (team.id, team.members.clone());
            members.into_iter().map(move |teammate| (teammate, id))
        };
        let speeds = cast.teammates.iter().map(|it| (it.id, cast.speed.of(it.id, streams)));
        Self {
            teams: cast.teams.iter().map(|team| (team.id, team.clone())).collect(),
            desks: cast.teammates.iter().map(|it| (it.id, Desk::default())).collect(),
            home: cast.teams.iter().flat_map(home).collect(),
            given: BTreeMap::new(),
            chance: cast.teams.iter().map(chance).collect(),
            busy: BusyTime::new(speeds.collect()),
        }
    }

    /// The team that a teammate works in.
    pub(super) fn home_of(&self, teammate: u64) -> Option<u64> {
        self.home.get(&teammate).copied()
    }

    pub(super) fn is_away(&self, teammate: u64) -> bool {
        self.desks.get(&teammate).is_some_and(|desk| desk.away)
    }

    pub(super) fn set_away(&mut self, at_us: u64, teammate: u64, away: bool) {
        self.busy.set_away(at_us, teammate, away);
        self.desks.entry(teammate).or_default().away = away;
    }

    pub(super) fn clear(&mut self, at_us: u64, teammate: u64, conversation: u64) {
        self.busy.end(at_us, conversation);
        self.desks.entry(teammate).or_default().open.remove(&conversation);
    }

    /// A teammate goes on with a conversation that nobody gave out anew.
    pub(super) fn resume(&mut self, at_us: u64, teammate: u64, conversation: u64) {
        self.busy.begin(at_us, teammate, conversation);
    }

    /// The run is over.
    pub(super) fn end(&mut self, at_us: u64) {
        self.busy.end_all(at_us);
    }

    /// Puts a conversation on a desk. Says which limit that breaks, if it does.
    pub(super) fn give(
        &mut self,
        at_us: u64,
        teammate: u64,
        team: Option<u64>,
        conversation: u64,
    ) -> Result<(), String> {
        self.busy.end(at_us, conversation);
        self.count(teammate, team, conversation);
        self.busy.begin(at_us, teammate, conversation);
        let desk = self.desks.entry(teammate).or_default();
        desk.open.insert(conversation, team);
        let Some(team) = team.and_then(|team| self.teams.get(&team)) else { return Ok(()) };
        match desk.exceeds(team, teammate) {
            Some(limit) => Err(format!(
                "{teammate} of {} has {} open conversations, the limit {limit}",
                team.name,
                desk.open.len()
            )),
            None => Ok(()),
        }
    }

    fn count(&mut self, teammate: u64, team: Option<u64>, conversation: u64) {
        let Some(team) = team.and_then(|team| self.teams.get(&team)) else { return };
        let member = team.members.iter().position(|id| *id == teammate);
        self.given.entry(team.id).or_default().extend(member);
        let could = |id: &u64| self.desks.get(id).is_some_and(|desk| desk.has_room_for(team, *id));
        let members = team.members.iter().enumerate();
        let eligible: BTreeSet<usize> = members
            .filter(|(_, id)| could(id) || **id == teammate)
            .map(|(index, _)| index)
            .collect();
        let eligible: Vec<usize> = eligible.into_iter().collect();
        let chosen = self.chance.get_mut(&team.id).and_then(|chance| chance.assign(&eligible));
        if let Some(chosen) = chosen {
            self.busy.by_chance(conversation, team.members[chosen]);
        }
    }

    /// How a team's work was shared, and how chance would have.
    pub(super) fn sharing(&self, team: u64) -> (Sharing, Sharing) {
        let members = self.teams.get(&team).map_or(&[][..], |team| &team.members);
        let given = self.given.get(&team).map_or(&[][..], Vec::as_slice);
        let mut counts = vec![0; members.len()];
        given.iter().for_each(|member| counts[*member] += 1);
        let (worked, worked_by_chance) = self.busy.of(members);
        let chance = self.chance.get(&team);
        let router = Sharing {
            conversations: Fairness::of(&counts),
            busy_time: Fairness::of(&worked),
            burst: burst(given, members.len()),
        };
        let random = Sharing {
            conversations: chance.and_then(RandomAssigner::fairness),
            busy_time: Fairness::of(&worked_by_chance),
            burst: chance.and_then(RandomAssigner::burst),
        };
        (router, random)
    }
}

impl Desk {
    fn of_team(&self, team: u64) -> usize {
        self.open.values().filter(|it| **it == Some(team)).count()
    }

    /// The limit of its teammate that this desk exceeds, if any.
    fn exceeds(&self, team: &CastTeam, teammate: u64) -> Option<u32> {
        let limits = team.limits_of(teammate);
        let over = |count: usize, limit: Option<u32>| limit.filter(|limit| count > *limit as usize);
        over(self.open.len(), limits.over_all)
            .or_else(|| over(self.of_team(team.id), limits.of_team))
    }

    fn has_room_for(&self, team: &CastTeam, teammate: u64) -> bool {
        let limits = team.limits_of(teammate);
        let room = |count: usize, limit: Option<u32>| limit.is_none_or(|it| count < it as usize);
        !self.away
            && room(self.open.len(), limits.over_all)
            && room(self.of_team(team.id), limits.of_team)
    }
}
