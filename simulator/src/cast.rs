//! Who plays: the workspace of a scenario as the mock is told of it.

use std::collections::BTreeMap;

use engine::{Policy, Problem};
use mock_intercom::{AdminEntry, AdminId, TeamEntry, Workspace, WorkspaceFile};

use crate::people::{Teammate, roster};
use crate::scenario::Scenario;

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
    /// The most open conversations of this team for one of them.
    pub team_limit: Option<u32>,
    /// The most open conversations over all teams for one of them.
    pub total_limit: Option<u32>,
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
            let (team_limit, total_limit) =
                policy.assignment_limits(engine::TeamId::new(id), engine::TeammateId::new(0));
            let members = teammates.iter().filter(|it| it.team == *name).map(|it| it.id).collect();
            CastTeam { name: name.clone(), id, members, team_limit, total_limit }
        });
        Ok(Self {
            teams: teams.collect(),
            team_names: ids.iter().map(|(name, id)| (*id, (*name).to_owned())).collect(),
            hold_team: policy.hold_team().map(engine::TeamId::get),
            attributes: policy.attributes_set().map(str::to_owned).collect(),
            teammates,
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
