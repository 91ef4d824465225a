//! Who plays: the workspace of a scenario as the mock is told of it.

use std::collections::BTreeMap;

use engine::{Policy, Problem};
use mock_intercom::{AdminEntry, AdminId, TeamEntry, Workspace, WorkspaceFile};

use crate::people::{Teammate, roster};
use crate::scenario::{Scenario, Speed};

/// The teammate whom the router's token belongs to. Member of no team, so never given anything.
const ROUTER_ADMIN: u64 = 7000;

/// Teams and teammates of a scenario with their ids in Intercom.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The teams that people work in, in the order of the scenario.
    pub teams: Vec<CastTeam>,
    /// Names in the rules by team id; also of teams that nobody works in.
    pub team_names: BTreeMap<u64, String>,
    /// The team that holds conversations after hours.
    pub hold_team: Option<u64>,
    /// The attributes of conversations that the rules set.
    pub attributes: Vec<String>,
    /// Everybody who answers.
    pub teammates: Vec<Teammate>,
    /// How fast they work.
    pub speed: Speed,
}

/// A team that people work in.
#[derive(Clone, Debug)]
pub struct CastTeam {
    /// Its name in the rules.
    pub name: String,
    /// Its id in Intercom.
    pub id: u64,
    /// Its members' ids.
    pub members: Vec<u64>,
    /// What each of them may have at the most.
    pub limits: BTreeMap<u64, Limits>,
    /// The same for somebody who is no member.
    pub strangers: Limits,
}

/// The most open conversations that one teammate may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of the team.
    pub of_team: Option<u32>,
    /// Over all teams.
    pub over_all: Option<u32>,
}

impl CastTeam {
    /// What a teammate may have of this team, and over all.
    #[must_use]
    pub fn limits_of(&self, teammate: u64) -> Limits {
        self.limits.get(&teammate).copied().unwrap_or(self.strangers)
    }
}

impl Cast {
    /// Finds the scenario's teams in the rules.
    ///
    /// # Errors
    ///
    /// Every team that the rules do not have, with its place in the scenario file.
    pub fn new(scenario: &Scenario, policy: &Policy) -> Result<Self, Vec<Problem>> {
        let ids: BTreeMap<&str, u64> =
            policy.teams().map(|(name, id)| (&**name, id.get())).collect();
        let named = scenario.teams.iter().map(|team| &team.name);
        let named = named.chain(scenario.truth.iter().map(|truth| &truth.team));
        let strangers: Vec<Problem> = named
            .filter(|name| !ids.contains_key(name.get_ref().as_str()))
            .map(|name| {
                let known = ids.keys().copied();
                Problem::unknown("team", name.get_ref(), name.span(), "the rules", known)
            })
            .collect();
        if !strangers.is_empty() {
            return Err(strangers);
        }
        let teammates = roster(&scenario.teams);
        let teams = scenario.teams.iter().map(|team| {
            let name = team.name.get_ref();
            let id = ids[name.as_str()];
            let members = teammates.iter().filter(|it| it.team == *name).map(|it| it.id);
            let members: Vec<u64> = members.collect();
            let limits = |teammate| limits(policy, id, teammate);
            CastTeam {
                name: name.clone(),
                id,
                limits: members.iter().map(|&teammate| (teammate, limits(teammate))).collect(),
                // The id of nobody: what the rules say of everybody.
                strangers: limits(0),
                members,
            }
        });
        Ok(Self {
            teams: teams.collect(),
            team_names: ids.iter().map(|(name, id)| (*id, (*name).to_owned())).collect(),
            hold_team: policy.hold_team().map(engine::TeamId::get),
            attributes: policy.attributes_set().map(str::to_owned).collect(),
            teammates,
            speed: scenario.work.speed,
        })
    }

    /// The workspace in which they play.
    ///
    /// # Panics
    ///
    /// If the cast contradicts itself, which [`Cast::new`] rules out.
    #[must_use]
    pub fn workspace(&self) -> Workspace {
        let mut file = WorkspaceFile { app_id: "simulation".to_owned(), ..Default::default() };
        file.topics = router::notification::Topic::subscribed().map(str::to_owned).collect();
        file.admins.push(AdminEntry::new(AdminId::new(ROUTER_ADMIN), "Router"));
        file.conversation_attributes.clone_from(&self.attributes);
        file.token_admin = Some(AdminId::new(ROUTER_ADMIN));
        let people = self.teammates.iter();
        file.admins.extend(people.map(|it| AdminEntry::new(AdminId::new(it.id), it.name.clone())));
        file.teams.extend(self.team_names.iter().map(|(id, name)| {
            let team = self.teams.iter().find(|team| team.id == *id);
            let members = team.map_or(&[][..], |team| &team.members);
            let members = members.iter().copied().map(AdminId::new);
            TeamEntry::new(mock_intercom::TeamId::new(*id), name.clone(), members)
        }));
        Workspace::new(file).expect("names and ids come from a checked scenario and checked rules")
    }

    /// The acting admin of the router.
    #[must_use]
    pub const fn router_admin() -> u64 {
        ROUTER_ADMIN
    }
}

fn limits(policy: &Policy, team: u64, teammate: u64) -> Limits {
    let (of_team, over_all) =
        policy.assignment_limits(engine::TeamId::new(team), engine::TeammateId::new(teammate));
    Limits { of_team, over_all }
}
