//! The people: teammates, teams and contacts.

mod contact;

use crate::identity::{AdminId, TagId, TeamId};
use crate::workspace_file::{AdminEntry, DistributionMethod, TeamEntry};

pub use contact::Contact;
pub(crate) use contact::{Note, Role};

/// A teammate.
#[derive(Clone, Debug)]
pub struct Admin {
    pub(crate) id: AdminId,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) away: bool,
    pub(crate) away_reassign: bool,
    /// The reason for being away, by its id.
    pub(crate) away_reason: Option<u64>,
    pub(crate) has_inbox_seat: bool,
    pub(crate) assignment_limit: Option<u32>,
    pub(crate) teams: Vec<TeamId>,
    /// Those of them for which this teammate only helps out.
    pub(crate) secondary_teams: Vec<TeamId>,
}

impl Admin {
    pub(crate) fn new(entry: AdminEntry, teams: &[TeamEntry]) -> Self {
        let teams_with = |list: fn(&TeamEntry) -> &Vec<AdminId>| {
            let with = teams.iter().filter(|team| list(team).contains(&entry.id));
            with.map(|team| team.id).collect()
        };
        Self {
            teams: teams_with(|team| &team.admins),
            secondary_teams: teams_with(|team| &team.secondary_admins),
            email: entry.email.unwrap_or_else(|| format!("admin{}@example.com", entry.id)),
            id: entry.id,
            name: entry.name,
            away: entry.away,
            away_reassign: entry.away_reassign,
            away_reason: None,
            has_inbox_seat: entry.has_inbox_seat,
            assignment_limit: entry.assignment_limit,
        }
    }

    /// The id.
    pub const fn id(&self) -> AdminId {
        self.id
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether away mode is on.
    pub const fn is_away(&self) -> bool {
        self.away
    }

    /// Whether away mode reassigns replies.
    pub const fn reassigns(&self) -> bool {
        self.away_reassign
    }

    /// Whether conversations can be assigned to this teammate.
    pub const fn has_inbox_seat(&self) -> bool {
        self.has_inbox_seat
    }

    /// How many open conversations balanced assignment lets this teammate hold.
    pub const fn assignment_limit(&self) -> Option<u32> {
        self.assignment_limit
    }

    /// Whether Intercom itself would give this teammate a conversation: not away, and with a seat.
    pub(crate) const fn is_active(&self) -> bool {
        self.has_inbox_seat && !self.away
    }

    /// The teams that this teammate is in.
    pub fn teams(&self) -> &[TeamId] {
        &self.teams
    }

    /// Those of them for which this teammate only helps out.
    pub fn secondary_teams(&self) -> &[TeamId] {
        &self.secondary_teams
    }
}

/// A team.
#[derive(Clone, Debug)]
pub struct Team {
    pub(crate) id: TeamId,
    pub(crate) name: String,
    pub(crate) admins: Vec<AdminId>,
    pub(crate) secondary_admins: Vec<AdminId>,
    pub(crate) assignment_limit: Option<u32>,
    pub(crate) distribution_method: Option<DistributionMethod>,
}

impl Team {
    pub(crate) fn new(entry: TeamEntry) -> Self {
        Self {
            id: entry.id,
            name: entry.name,
            admins: entry.admins,
            secondary_admins: entry.secondary_admins,
            assignment_limit: entry.assignment_limit,
            distribution_method: entry.distribution_method,
        }
    }

    /// The id.
    pub const fn id(&self) -> TeamId {
        self.id
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The members.
    pub fn admins(&self) -> &[AdminId] {
        &self.admins
    }

    /// Those of them who only help out.
    pub fn secondary_admins(&self) -> &[AdminId] {
        &self.secondary_admins
    }

    /// How many open conversations a member may hold.
    pub const fn assignment_limit(&self) -> Option<u32> {
        self.assignment_limit
    }

    /// How Intercom itself distributes within it; nothing when it is done by hand.
    pub const fn distribution_method(&self) -> Option<DistributionMethod> {
        self.distribution_method
    }

    pub(crate) fn is(&self, method: DistributionMethod) -> bool {
        self.distribution_method == Some(method)
    }

    /// Whether it is one of this teammate's own teams, and not one where they help out.
    pub(crate) fn has_primary(&self, admin: AdminId) -> bool {
        self.admins.contains(&admin) && !self.secondary_admins.contains(&admin)
    }
}

/// A tag.
#[derive(Clone, Debug)]
pub struct Tag {
    pub(crate) id: TagId,
    pub(crate) name: String,
}

impl Tag {
    /// The id.
    pub const fn id(&self) -> TagId {
        self.id
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}
