//! Teammates: who is there, who has room, who is next.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::Policy;
use crate::{Candidate, Presence, RosterSnapshot, Standing, TeamId, TeammateId, TieBreak};

/// All teammates and their load.
#[derive(Clone, Debug, Default)]
pub(crate) struct Roster {
    loaded: bool,
    teams: BTreeSet<TeamId>,
    members: BTreeMap<TeamId, Vec<TeammateId>>,
    teammates: BTreeMap<TeammateId, Teammate>,
    assignments: u64,
}

#[derive(Clone, Debug)]
struct Teammate {
    presence: Presence,
    has_inbox_seat: bool,
    /// Open conversations over all teams, those on their way included.
    open: u32,
    /// The same by team of the policy.
    open_by_team: BTreeMap<usize, u32>,
    /// The number of the last assignment; 0 for none yet. Finer than a time: no two are equal.
    last_assignment: u64,
}

impl Default for Teammate {
    /// Somebody of whom only the load is known, until the roster tells more.
    fn default() -> Self {
        Self {
            presence: Presence::Away,
            has_inbox_seat: false,
            open: 0,
            open_by_team: BTreeMap::new(),
            last_assignment: 0,
        }
    }
}

/// The outcome of looking for a teammate.
pub(crate) struct Selection {
    pub(crate) chosen: Option<(TeammateId, TieBreak)>,
    pub(crate) candidates: Vec<Candidate>,
}

impl Roster {
    /// Takes in what Intercom lists. Whoever is not listed any more gets nothing new.
    pub(crate) fn load(&mut self, snapshot: RosterSnapshot) {
        self.loaded = true;
        self.teams = snapshot.teams.into_iter().collect();
        self.members.clear();
        for teammate in self.teammates.values_mut() {
            teammate.has_inbox_seat = false;
        }
        for listed in snapshot.teammates {
            let teammate = self.teammates.entry(listed.id).or_default();
            teammate.presence = listed.presence;
            teammate.has_inbox_seat = listed.has_inbox_seat;
            for team in listed.teams {
                self.members.entry(team).or_default().push(listed.id);
            }
        }
        for members in self.members.values_mut() {
            members.sort_unstable();
            members.dedup();
        }
    }

    /// Whether Intercom is known not to have this team.
    pub(crate) fn lacks(&self, team: TeamId) -> bool {
        self.loaded && !self.teams.contains(&team)
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Returns whether that is news.
    pub(crate) fn set_presence(&mut self, teammate: TeammateId, presence: Presence) -> bool {
        let Some(teammate) = self.teammates.get_mut(&teammate) else {
            return false;
        };
        std::mem::replace(&mut teammate.presence, presence) != presence
    }

    pub(crate) fn add_load(&mut self, teammate: TeammateId, team: Option<usize>) {
        let teammate = self.teammates.entry(teammate).or_default();
        teammate.open += 1;
        if let Some(team) = team {
            *teammate.open_by_team.entry(team).or_default() += 1;
        }
    }

    pub(crate) fn remove_load(&mut self, teammate: TeammateId, team: Option<usize>) {
        let teammate = self.teammates.get_mut(&teammate).expect("had load, so is known");
        teammate.open -= 1;
        if let Some(team) = team {
            *teammate.open_by_team.get_mut(&team).expect("had load of the team") -= 1;
        }
    }

    pub(crate) fn clear_load(&mut self) {
        for teammate in self.teammates.values_mut() {
            teammate.open = 0;
            teammate.open_by_team.clear();
        }
    }

    /// Open conversations by teammate, for those who have any.
    pub(crate) fn loads(&self) -> BTreeMap<TeammateId, u32> {
        let busy = self.teammates.iter().filter(|(_, teammate)| teammate.open > 0);
        busy.map(|(id, teammate)| (*id, teammate.open)).collect()
    }

    /// Notes that the teammate was just given a conversation.
    pub(crate) fn note_assignment(&mut self, teammate: TeammateId) {
        self.assignments += 1;
        if let Some(teammate) = self.teammates.get_mut(&teammate) {
            teammate.last_assignment = self.assignments;
        }
    }

    /// The policy's teams that have this member, by index.
    pub(crate) fn teams_of(&self, teammate: TeammateId, policy: &Policy) -> Vec<usize> {
        let has = |id: TeamId| {
            self.members.get(&id).is_some_and(|members| members.binary_search(&teammate).is_ok())
        };
        policy.teams.iter().enumerate().filter(|(_, it)| has(it.id)).map(|(i, _)| i).collect()
    }

    /// Looks for the next teammate of a team: the preferred one, if a member who is there and has
    /// room; else of all such members the one with the fewest open conversations, then the longest since the last assignment, then the
    /// smallest id. This is what Intercom calls balanced assignment (help centre, 6553774).
    pub(crate) fn select(
        &self,
        policy: &Policy,
        team: usize,
        excluded: &[TeammateId],
        preferred: Option<TeammateId>,
    ) -> Selection {
        let members = self.members.get(&policy.teams[team].id).map_or(&[][..], Vec::as_slice);
        let candidates: Vec<Candidate> = members
            .iter()
            .map(|id| {
                let teammate = &self.teammates[id];
                let standing = teammate.standing(policy, team, excluded.contains(id));
                Candidate { teammate: *id, open: teammate.open, secondary: false, standing }
            })
            .collect();
        let is_named =
            |it: &&Candidate| Some(it.teammate) == preferred && it.standing == Standing::Eligible;
        let named = candidates.iter().find(is_named).map(|it| (it.teammate, TieBreak::Named));
        let chosen = named.or_else(|| self.choose(&candidates));
        Selection { chosen, candidates }
    }

    fn choose(&self, candidates: &[Candidate]) -> Option<(TeammateId, TieBreak)> {
        let rank = |it: &Candidate| (it.open, self.teammates[&it.teammate].last_assignment);
        let eligible = || candidates.iter().filter(|it| it.standing == Standing::Eligible);
        // `min_by_key` keeps the first of equals, and members are in the order of their ids.
        let best = eligible().min_by_key(|it| rank(it))?;
        let rivals = eligible().filter(|it| it.open == best.open).count();
        let equals = eligible().filter(|it| rank(it) == rank(best)).count();
        let tie_break = match (eligible().count(), rivals, equals) {
            (1, ..) => TieBreak::OnlyOne,
            (_, 1, _) => TieBreak::FewestOpen,
            (_, _, 1) => TieBreak::LongestSinceLast,
            _ => TieBreak::SmallestId,
        };
        Some((best.teammate, tie_break))
    }

    /// How many teammates of each presence have an inbox seat: active, away.
    pub(crate) fn presence_counts(&self) -> (usize, usize) {
        let seated = || self.teammates.values().filter(|it| it.has_inbox_seat);
        let active = seated().filter(|it| it.presence == Presence::Active).count();
        (active, seated().count() - active)
    }
}

impl Teammate {
    fn standing(&self, policy: &Policy, team: usize, excluded: bool) -> Standing {
        let of_team = self.open_by_team.get(&team).copied().unwrap_or(0);
        let full = |limit: Option<u32>, open: u32| limit.is_some_and(|limit| open >= limit);
        if !self.has_inbox_seat {
            Standing::NoSeat
        } else if self.presence == Presence::Away {
            Standing::Away
        } else if excluded {
            Standing::Excluded
        } else if full(policy.teammate_defaults.assignment_limit, self.open) {
            Standing::AtLimit
        } else if full(policy.teams[team].assignment_limit, of_team) {
            Standing::AtTeamLimit
        } else {
            Standing::Eligible
        }
    }
}
