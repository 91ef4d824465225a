//! What a workspace is made of: read from a TOML file, or put together in code.

mod check;
mod faults;

use secrecy::SecretString;
use serde::Deserialize;

use crate::delivery::WebhookSettings;
use crate::faults::FaultRule;
use crate::identity::{AdminId, TeamId};
use crate::version::ApiVersion;

pub(crate) use check::{Problem, Step};
pub use faults::FaultFile;

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
    /// How many open conversations a member may hold, as `GET /teams` tells it (2.14).
    #[serde(default)]
    pub assignment_limit: Option<u32>,
    /// How Intercom itself distributes within the team, as `GET /teams` tells it (2.14).
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

/// How the TikTok bridge marks what it brings. The defaults follow what is documented of
/// Octopods: an auto-tag with the channel's name, the attribute `octopods_channel`, and matching
/// by a stored id (docs.octopods.io, articles 4594962, 3412465, 14823977).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bridge {
    /// The tag put on a new conversation; empty for none. Default `tiktok`.
    pub tag: String,
    /// The contact attribute that names the channel; empty for none. Default `octopods_channel`.
    pub contact_attribute: String,
    /// Its value. Default `tiktok`.
    pub contact_value: String,
    /// `source.type` of conversations. Default `conversation`, which is what
    /// `POST /conversations` gives.
    pub source_type: String,
    /// The contact attribute that holds the TikTok id. Default `octopods_tiktok_id`.
    pub id_attribute: String,
    /// How much later than the conversation its tag comes, in milliseconds: the bridge tags in a
    /// second call. Default 300.
    pub tag_delay_ms: u64,
}

/// Intercom's rate limit: so many calls in each window, windows aligned to the epoch
/// (Intercom docs, rate limiting: 10,000 calls a minute per app, spread over 10 seconds).
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimit {
    /// Calls per window. Default 1,666.
    pub calls_per_window: u32,
    /// Calls per window of all apps of the workspace together (Intercom docs, rate limiting: 25,000
    /// a minute). Default: two and a half times as many as the app's.
    pub workspace_calls_per_window: Option<u32>,
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
            api_version: ApiVersion::default(),
            topics: Vec::new(),
            conversation_attributes: Vec::new(),
            admins: Vec::new(),
            teams: Vec::new(),
            bridge: Bridge::default(),
            rate_limit: RateLimit::default(),
            journal_limit: 1_000_000,
            webhooks: WebhookSettings::default(),
            faults: Vec::new(),
            fault_seed: 0,
        }
    }
}

impl Default for Bridge {
    fn default() -> Self {
        Self {
            tag: "tiktok".to_owned(),
            contact_attribute: "octopods_channel".to_owned(),
            contact_value: "tiktok".to_owned(),
            source_type: "conversation".to_owned(),
            id_attribute: "octopods_tiktok_id".to_owned(),
            tag_delay_ms: 300,
        }
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { calls_per_window: 1_666, workspace_calls_per_window: None, window_seconds: 10 }
    }
}

const fn yes() -> bool {
    true
}
