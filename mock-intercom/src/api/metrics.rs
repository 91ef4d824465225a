//! How much the members of a team have to do (2.16).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call};
use crate::identity::AdminId;
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::conversation::State;

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "getTeamMetrics",
    "GET",
    "/teams/{team_id}/metrics",
    Permission::ReadAdmins,
    |it, call| it.get_team_metrics(call, call.id(0)),
)
.since(ApiVersion::V2_16)];

/// What a teammate holds, of whatever team (schema `team_metric`).
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    open: u64,
    idle: u64,
    snoozed: u64,
}

impl Workspace {
    fn get_team_metrics(&self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let team = id.parse().ok().and_then(|id| self.team(id));
        let team = team.ok_or_else(|| ApiError::missing("team_not_found", "Team not found"))?;
        if !self.catalogue.settings.realtime_monitoring {
            return Err(ApiError::plan_lacks(
                "Real-time monitoring is not enabled for your workspace.",
            ));
        }
        let threshold = idle_threshold(call)?;
        let mut loads: BTreeMap<AdminId, Load> =
            team.admins.iter().map(|&admin| (admin, Load::default())).collect();
        for conversation in self.conversations() {
            let load = conversation.admin.and_then(|admin| loads.get_mut(&admin));
            let Some(load) = load else { continue };
            let waits = |since| call.at.since(since).as_secs() > threshold;
            match conversation.state {
                State::Open => {
                    load.open += 1;
                    load.idle += u64::from(conversation.waiting_since.is_some_and(waits));
                }
                State::Snoozed { .. } => load.snoozed += 1,
                State::Closed => {}
            }
        }
        let data: Vec<Value> = loads
            .into_iter()
            .map(|(admin, Load { open, idle, snoozed })| {
                json!({
                    "type": "team_metric",
                    "admin_id": admin,
                    "open": open,
                    "idle": idle,
                    "snoozed": snoozed,
                })
            })
            .collect();
        Ok(ApiResponse::ok(&json!({"type": "team_metric.list", "data": data})))
    }
}

/// Seconds: 1800 unless given, kept within 1 to 86400 (description of the parameter).
fn idle_threshold(call: &Call<'_>) -> Result<u64, ApiError> {
    let Some(text) = call.request.parameter("idle_threshold") else { return Ok(1_800) };
    let seconds: i64 = text.parse().map_err(|_| {
        ApiError::invalid("idle_threshold", "idle_threshold must be a number of seconds")
    })?;
    Ok(seconds.clamp(1, 86_400).unsigned_abs())
}
