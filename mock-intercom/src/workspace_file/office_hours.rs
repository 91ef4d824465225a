//! When the workspace and its teams are open.

use serde::Deserialize;

use crate::identity::TeamId;

/// Minutes in a week.
pub(crate) const WEEK_MINUTES: u32 = 7 * 24 * 60;

/// A weekly schedule of office hours. The first that names no teams is the workspace's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeHoursEntry {
    /// The id, not 0 and unlike that of any other schedule.
    pub id: u64,
    /// The name.
    pub name: String,
    /// The IANA time zone in which the hours are meant. Default: the workspace's.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Whether it is always open, whatever the intervals say.
    #[serde(default)]
    pub twenty_four_seven: bool,
    /// When it is open.
    #[serde(default)]
    pub time_intervals: Vec<OpenInterval>,
    /// The teams that keep these hours instead of the workspace's.
    #[serde(default)]
    pub teams: Vec<TeamId>,
}

/// A stretch of the week, in minutes from Monday 00:00 (schema `office_hours_time_interval`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenInterval {
    /// The first minute.
    pub start_minute: u32,
    /// The minute after the last; at most 10080.
    pub end_minute: u32,
}

/// What a workflow asks of office hours: those of the team that it names, or else the workspace's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeTime {
    /// Only while it is open.
    Inside,
    /// Only while it is closed.
    Outside,
}
