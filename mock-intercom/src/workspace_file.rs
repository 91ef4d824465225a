//! What a workspace is made of: read from a TOML file, or put together in code.

mod bridge;
pub(crate) mod catalogue;
mod check;
mod faults;
pub(crate) mod office_hours;
mod workflow;

use secrecy::SecretString;
use serde::Deserialize;

use crate::api::Permission;
use crate::delivery::WebhookSettings;
use crate::faults::FaultRule;
use crate::identity::{AdminId, TeamId};
use crate::version::ApiVersion;

pub use bridge::{Bridge, BridgeKind};
pub use catalogue::{
    AttributeModel, AwayReasonEntry, ConsentType, ContentType, DataAttributeEntry, DataType,
    PersonType, SegmentEntry, SubscriptionTypeEntry, TicketCategory, TicketTypeEntry,
};
pub(crate) use check::{Problem, Step};
pub use faults::FaultFile;
pub use office_hours::{OfficeHoursEntry, OfficeTime, OpenInterval};
pub use workflow::{Settings, WorkflowEntry};

/// The make-up of a workspace. Every field has a default but the teammates, of whom there must be
/// at least one. Reading is strict: an unknown key is an error that says where it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspaceFile {
    /// The workspace's id code (`app_id` in webhooks). Default `mock_app`.
    pub app_id: String,
    /// The workspace's name. Default `Mock workspace`.
    pub name: String,
    /// IANA time zone, told by `GET /me`. Default `UTC`.
    pub time_zone: String,
    /// The access token that the API accepts. Default `test-token`.
    pub token: SecretString,
    /// The teammate whom the token belongs to (`GET /me`). Default: the first.
    pub token_admin: Option<AdminId>,
    /// What the app of `token` may do, as [`AppEntry::scopes`]. Default: everything.
    pub scopes: Option<Vec<Permission>>,
    /// Other apps that have access to the workspace.
    #[serde(rename = "app")]
    pub apps: Vec<AppEntry>,
    /// What an absent `Intercom-Version` means, and the version of webhooks. Default `2.14`.
    pub api_version: ApiVersion,
    /// The webhook topics that the app is subscribed to, as chosen in Intercom's Developer Hub.
    /// Default: every topic that the mock announces.
    pub topics: Vec<String>,
    /// The custom attributes that conversations can have, as made in Intercom's settings. Setting
    /// any other is refused. Default: none.
    pub conversation_attributes: Vec<String>,
    /// The teammates.
    #[serde(rename = "admin")]
    pub admins: Vec<AdminEntry>,
    /// The teams.
    #[serde(rename = "team")]
    pub teams: Vec<TeamEntry>,
    /// What Intercom itself does with a first message, in this order. Default: nothing.
    #[serde(rename = "workflow")]
    pub workflows: Vec<WorkflowEntry>,
    /// How Intercom itself assigns, where it is a setting.
    pub settings: Settings,
    /// When the workspace and its teams are open.
    pub office_hours: Vec<OfficeHoursEntry>,
    /// The segments of contacts.
    #[serde(rename = "segment")]
    pub segments: Vec<SegmentEntry>,
    /// What contacts can opt in to or out of.
    #[serde(rename = "subscription_type")]
    pub subscription_types: Vec<SubscriptionTypeEntry>,
    /// The reasons for being away, in the order in which they are shown.
    #[serde(rename = "away_reason")]
    pub away_reasons: Vec<AwayReasonEntry>,
    /// The custom attributes of contacts and companies that there are at the start, besides those
    /// that the bridge writes.
    #[serde(rename = "data_attribute")]
    pub data_attributes: Vec<DataAttributeEntry>,
    /// The types of tickets. Default: one, `Customer ticket`.
    #[serde(rename = "ticket_type")]
    pub ticket_types: Vec<TicketTypeEntry>,
    /// How the TikTok bridge writes into the workspace.
    pub bridge: Bridge,
    /// How many calls the API takes.
    pub rate_limit: RateLimit,
    /// How many journal entries are kept; the oldest go first. Default 1,000,000.
    pub journal_limit: usize,
    /// What the delivery of webhooks depends on.
    pub webhooks: WebhookSettings,
    /// What goes wrong. Default: nothing.
    #[serde(rename = "fault")]
    pub faults: Vec<FaultRule>,
    /// The seed of the dice that faults throw. Default 0.
    pub fault_seed: u64,
}

/// Another app with access to the workspace.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppEntry {
    /// Its access token.
    pub token: SecretString,
    /// What it may do; calling anything else is 403 `forbidden`. Default: everything.
    #[serde(default)]
    pub scopes: Option<Vec<Permission>>,
    /// How many calls it may make in each window. Default: as many as any app.
    #[serde(default)]
    pub calls_per_window: Option<u32>,
}

/// A teammate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminEntry {
    /// The id, not 0 and not that of a team.
    pub id: AdminId,
    /// The name.
    pub name: String,
    /// The address. Default `admin<id>@example.com`.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether away mode is on at the start.
    #[serde(default)]
    pub away: bool,
    /// Whether away mode also reassigns replies: a contact who writes to somebody away takes the
    /// conversation back to its team.
    #[serde(default)]
    pub away_reassign: bool,
    /// Whether conversations can be assigned to this teammate at all.
    #[serde(default = "yes")]
    pub has_inbox_seat: bool,
    /// How many open conversations balanced assignment lets this teammate hold, in all teams. No
    /// call of the API tells it. Default: no limit.
    #[serde(default)]
    pub assignment_limit: Option<u32>,
}

impl AdminEntry {
    /// A teammate who is there and has an inbox seat.
    pub fn new(id: impl Into<AdminId>, name: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            email: None,
            away: false,
            away_reassign: false,
            has_inbox_seat: true,
            assignment_limit: None,
        }
    }
}

/// A team.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamEntry {
    /// The id, not 0 and not that of a teammate.
    pub id: TeamId,
    /// The name.
    pub name: String,
    /// Its members.
    #[serde(default)]
    pub admins: Vec<AdminId>,
    /// Those of them for whom it is a secondary team. Intercom lets only load-balanced teams have
    /// such members (description of `PUT /teams/{id}`, Preview); the mock does not insist.
    #[serde(default)]
    pub secondary_admins: Vec<AdminId>,
    /// How many open conversations of this team a member may hold, as `GET /teams` tells it (2.14) and
    /// balanced assignment keeps it.
    #[serde(default)]
    pub assignment_limit: Option<u32>,
    /// How Intercom itself distributes within the team, as `GET /teams` tells it (2.14). Default:
    /// by hand.
    #[serde(default)]
    pub distribution_method: Option<DistributionMethod>,
}

impl TeamEntry {
    /// A team without a limit or a distribution of Intercom's own.
    pub fn new(
        id: impl Into<TeamId>,
        name: impl Into<String>,
        admins: impl IntoIterator<Item = AdminId>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            admins: admins.into_iter().collect(),
            secondary_admins: Vec::new(),
            assignment_limit: None,
            distribution_method: None,
        }
    }
}

/// The distribution methods that Intercom's OpenAPI description shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DistributionMethod {
    /// In turns.
    RoundRobin,
    /// Fewest open conversations first, with limits ("balanced assignment").
    LoadBalanced,
}

/// Intercom's rate limit: so many calls in each window, windows aligned to the epoch
/// (Intercom docs, rate limiting: 10,000 calls a minute per app and 25,000 per workspace, spread over
/// 10 seconds).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimit {
    /// Calls per window of each app. Default 1,666.
    pub calls_per_window: u32,
    /// Calls per window of all apps together, at least as many as one app has. Default 4,166.
    pub workspace_calls_per_window: u32,
    /// The window's length in seconds. Default 10.
    pub window_seconds: u32,
}

impl WorkspaceFile {
    /// Reads a workspace file. The error says at which line and column, and what would be right.
    pub fn from_toml(text: &str) -> Result<Self, WorkspaceError> {
        let file: Self = toml::from_str(text).map_err(|error| check::syntax_error(text, &error))?;
        file.check().map_err(|problem| problem.located_in(text))?;
        Ok(file)
    }

    /// A small workspace to start with: four teammates in two teams.
    pub fn example() -> Self {
        Self::from_toml(EXAMPLE).expect("the built-in example is a valid workspace file")
    }

    /// The text that [`WorkspaceFile::example`] is read from.
    pub const fn example_toml() -> &'static str {
        EXAMPLE
    }
}

const EXAMPLE: &str = include_str!("workspace_file/example.toml");

/// Why a workspace file, or a file of faults, was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkspaceError {
    /// It is not TOML, or has an unknown key, a missing one, or a value of the wrong type.
    #[error("{message}")]
    Syntax {
        /// Where, when the parser knows.
        place: Option<Place>,
        /// What is wrong, with the line shown.
        message: String,
    },
    /// It reads well and makes no sense.
    #[error("{}`{key}`: {problem}", place.map(|place| format!("{place}: ")).unwrap_or_default())]
    Invalid {
        /// Where, when the file was read from text.
        place: Option<Place>,
        /// The key, such as `team[1].admins[0]` (counted from 0).
        key: String,
        /// What is wrong and what would be right.
        problem: String,
    },
}

impl WorkspaceError {
    /// Where in the file the mistake is.
    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::Syntax { place, .. } | Self::Invalid { place, .. } => *place,
        }
    }
}

/// A place in a text file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

impl Default for WorkspaceFile {
    fn default() -> Self {
        Self {
            app_id: "mock_app".to_owned(),
            name: "Mock workspace".to_owned(),
            time_zone: "UTC".to_owned(),
            token: SecretString::from("test-token"),
            token_admin: None,
            scopes: None,
            apps: Vec::new(),
            api_version: ApiVersion::default(),
            topics: Vec::new(),
            conversation_attributes: Vec::new(),
            admins: Vec::new(),
            teams: Vec::new(),
            workflows: Vec::new(),
            settings: Settings::default(),
            office_hours: Vec::new(),
            segments: Vec::new(),
            subscription_types: Vec::new(),
            away_reasons: Vec::new(),
            data_attributes: Vec::new(),
            ticket_types: vec![TicketTypeEntry::standard()],
            bridge: Bridge::default(),
            rate_limit: RateLimit::default(),
            journal_limit: 1_000_000,
            webhooks: WebhookSettings::default(),
            faults: Vec::new(),
            fault_seed: 0,
        }
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { calls_per_window: 1_666, workspace_calls_per_window: 4_166, window_seconds: 10 }
    }
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::WorkspaceError;

    /// What reading a file gave: `ok`, or `line:column key: problem`, or `line:column` for a mistake of
    /// syntax.
    pub(super) fn told<T>(read: Result<T, WorkspaceError>) -> String {
        match read {
            Ok(_) => "ok".to_owned(),
            Err(error) => match (error.place(), error) {
                (Some(place), WorkspaceError::Invalid { key, problem, .. }) => {
                    format!("{}:{} {key}: {problem}", place.line, place.column)
                }
                (Some(place), _) => format!("{}:{}", place.line, place.column),
                (None, error) => error.to_string(),
            },
        }
    }
}
