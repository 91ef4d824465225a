//! Who of a team gets a conversation.

use super::{Demand, Roster};
use crate::policy::Distribution;
use crate::{Candidate, Standing, TeammateId, TieBreak, Timestamp};

/// How many members of a team an explanation lists; a larger team is not listed whole.
const LISTED_MAX: usize = 24;

/// The members of a team as a decision saw them.
pub(crate) struct Candidates {
    pub(crate) listed: Vec<Candidate>,
    pub(crate) unlisted: u32,
}

impl Roster {
    /// Looks for the next teammate of a team: the first of the `preferred` who is ready for it;
    /// else whom the team's distribution says. Who helps out in the team comes after its own
    /// people. What Intercom calls balanced assignment is described in its help centre, 6553774.
    pub(crate) fn select(
        &self,
        team: usize,
        demand: Demand<'_>,
        preferred: &[(TeammateId, TieBreak)],
    ) -> Option<(TeammateId, TieBreak)> {
        let suits = |id: TeammateId| {
            self.is_ready(id, team) && demand.refuses(id, &self.teammates[&id].terms).is_none()
        };
        let named = preferred.iter().find(|(id, _)| suits(*id));
        named.copied().or_else(|| self.next_of(team, demand))
    }

    fn next_of(&self, team: usize, demand: Demand<'_>) -> Option<(TeammateId, TieBreak)> {
        let desk = &self.desks[team];
        let mut order = desk.order().filter(|(_, id)| {
            let terms = &self.teammates[id].terms;
            demand.refuses(*id, terms).is_none()
        });
        let (best, id) = order.next()?;
        let Some((next, _)) = order.next() else {
            return Some((id, TieBreak::OnlyOne));
        };
        if next.secondary && !best.secondary {
            return Some((id, TieBreak::PrimaryFirst));
        }
        Some(match desk.distribution {
            Distribution::Balanced if best.first < next.first => (id, TieBreak::FewestOpen),
            Distribution::Balanced if best.second < next.second => (id, TieBreak::LongestSinceLast),
            Distribution::LongestIdle if (best.first, best.second) < (next.first, next.second) => {
                let idle = best.first == 0;
                (id, if idle { TieBreak::LongestIdle } else { TieBreak::LongestSinceLast })
            }
            Distribution::RoundRobin => (id, TieBreak::NextInTurn),
            Distribution::Weighted => (self.heaviest(team, demand)?, TieBreak::NextByWeight),
            _ => (id, TieBreak::SmallestId),
        })
    }

    /// Whom smooth weighted round robin owes most.
    fn heaviest(&self, team: usize, demand: Demand<'_>) -> Option<TeammateId> {
        self.suitable(team, demand).max_by_key(|id| {
            let teammate = &self.teammates[id];
            let credit = teammate.membership(team).map_or(0, |it| it.credit);
            (credit + i64::from(teammate.terms.weight), std::cmp::Reverse(*id))
        })
    }

    /// Who could be given the conversation: the team's own people if any of them can, else those
    /// who help out.
    fn suitable<'a>(
        &'a self,
        team: usize,
        demand: Demand<'a>,
    ) -> impl Iterator<Item = TeammateId> + 'a {
        let mut order = self.desks[team]
            .order()
            .filter(move |(_, id)| demand.refuses(*id, &self.teammates[id].terms).is_none())
            .peekable();
        let level = order.peek().map(|(rank, _)| rank.secondary);
        order.take_while(move |(rank, _)| Some(rank.secondary) == level).map(|(_, id)| id)
    }

    /// The members of a team as they stand towards one conversation: all of a small team; of a
    /// large one those who are next.
    pub(crate) fn candidates(
        &self,
        team: usize,
        demand: Demand<'_>,
        chosen: Option<TeammateId>,
        now: Timestamp,
    ) -> Candidates {
        let desk = &self.desks[team];
        let candidate = |id: TeammateId| self.candidate(id, team, demand, now);
        if desk.members.len() <= LISTED_MAX {
            let listed = desk.members.iter().map(|id| candidate(*id)).collect();
            return Candidates { listed, unlisted: 0 };
        }
        let mut ids: Vec<TeammateId> = chosen.into_iter().collect();
        let next = desk.order().map(|(_, id)| id).filter(|id| Some(*id) != chosen);
        ids.extend(next.take(LISTED_MAX - ids.len()));
        if ids.len() < LISTED_MAX {
            let others = desk.members.iter().filter(|id| !self.is_ready(**id, team));
            let others = others.filter(|id| Some(**id) != chosen);
            ids.extend(others.take(LISTED_MAX - ids.len()));
        }
        let unlisted = u32::try_from(desk.members.len() - ids.len()).unwrap_or(u32::MAX);
        Candidates { listed: ids.into_iter().map(candidate).collect(), unlisted }
    }

    fn candidate(
        &self,
        id: TeammateId,
        team: usize,
        demand: Demand<'_>,
        now: Timestamp,
    ) -> Candidate {
        let teammate = &self.teammates[&id];
        let standing = match teammate.standing(team, now) {
            Standing::Eligible => demand.refuses(id, &teammate.terms).unwrap_or(Standing::Eligible),
            // Who gave it back is barred from it whatever else keeps them from it.
            Standing::AtLimit | Standing::AtTeamLimit | Standing::Ramping | Standing::Silent
                if demand.excluded.contains(&id) =>
            {
                Standing::Excluded
            }
            standing => standing,
        };
        let secondary = teammate.membership(team).is_some_and(|it| it.is_secondary);
        Candidate { teammate: id, open: teammate.open(), secondary, standing }
    }

    /// Smooth weighted round robin: everybody who could have been chosen earns their weight, and
    /// the chosen one pays what all earned together (nginx's upstream module: weights 5, 1, 1
    /// give a a b a c a a).
    pub(super) fn settle_credits(&mut self, team: usize, chosen: TeammateId, demand: Demand<'_>) {
        let mut total = 0;
        let rivals: Vec<TeammateId> = self.suitable(team, demand).collect();
        for id in rivals {
            let teammate = self.teammates.get_mut(&id).expect("stands at a desk, so is known");
            let weight = i64::from(teammate.terms.weight);
            total += weight;
            teammate.membership_mut(team).credit += weight;
        }
        let chosen = self.teammates.get_mut(&chosen).expect("was chosen, so is known");
        chosen.membership_mut(team).credit -= total;
    }
}
