//! What Intercom itself is set to do with new conversations.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::identity::{AdminId, TeamId};
use crate::workspace_file::office_hours::OfficeTime;

/// A workflow on a customer's first message: the first whose conditions all hold assigns the
/// conversation (Intercom help, articles 7846212 and 7857898: branches stop at the first match).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkflowEntry {
    /// Languages of the contact, such as `es`; empty: any.
    pub languages: Vec<String>,
    /// Countries of the contact; empty: any.
    pub countries: Vec<String>,
    /// Texts of which the message contains at least one, in any case; empty: any message.
    pub contains: Vec<String>,
    /// Custom attributes of the contact that must have these texts.
    pub contact_attributes: BTreeMap<String, String>,
    /// Whether it is for office hours or for the rest of the week; default: both.
    pub office_hours: Option<OfficeTime>,
    /// The team that gets it.
    pub team: Option<TeamId>,
    /// The teammate who gets it, instead of a team.
    pub admin: Option<AdminId>,
}

/// The workspace's settings for assignment and teammates.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whether a call of the API that gives a conversation to a round-robin team counts as routed
    /// in, as by a workflow. Whether it does is not documented; default no.
    pub round_robin_on_api: bool,
    /// Whether a snoozed conversation that wakes loses a teammate who is at their limit.
    pub unassign_unsnoozed_at_capacity: bool,
    /// Whether a snoozed conversation that wakes loses a teammate who is away.
    pub unassign_unsnoozed_when_away: bool,
    /// Whether who goes away by the API must say why. Default no.
    pub away_reason_mandatory: bool,
    /// Whether the plan has real-time monitoring, which `GET /teams/{id}/metrics` takes. Default
    /// yes.
    pub realtime_monitoring: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            round_robin_on_api: false,
            unassign_unsnoozed_at_capacity: false,
            unassign_unsnoozed_when_away: false,
            away_reason_mandatory: false,
            realtime_monitoring: true,
        }
    }
}

impl Settings {
    pub(crate) const fn unassigns(self) -> bool {
        self.unassign_unsnoozed_at_capacity || self.unassign_unsnoozed_when_away
    }
}
