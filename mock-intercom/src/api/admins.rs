//! Teammates and teams.

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::identity::AdminId;
use crate::workspace::Workspace;
use crate::workspace::changes::Actor;
use crate::workspace::journal::Origin;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("identifyAdmin", "GET", "/me", Permission::ReadOneAdmin, |it, call| {
        it.get_me(call)
    })
    .for_any_token(),
    Operation::new("listAdmins", "GET", "/admins", Permission::ReadAdmins, |it, call| {
        it.list_admins(call)
    }),
    Operation::new(
        "retrieveAdmin",
        "GET",
        "/admins/{admin_id}",
        Permission::ReadOneAdmin,
        |it, call| it.get_admin(call, call.id(0)),
    ),
    Operation::new(
        "setAwayAdmin",
        "PUT",
        "/admins/{admin_id}/away",
        Permission::UpdateAdmins,
        |it, call| it.put_away(call, call.id(0)),
    ),
    Operation::new(
        "listAwayStatusReasons",
        "GET",
        "/away_status_reasons",
        Permission::ReadAdmins,
        |it, call| it.list_away_reasons(call),
    )
    .seeded(),
    Operation::new("listTeams", "GET", "/teams", Permission::ReadAdmins, |it, call| {
        it.list_teams(call)
    })
    .seeded(),
    Operation::new(
        "retrieveTeam",
        "GET",
        "/teams/{team_id}",
        Permission::ReadAdmins,
        |it, call| it.get_team(call, call.id(0)),
    )
    .seeded(),
];

impl Workspace {
    pub(super) fn get_me(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let admin = self.admin(self.app.token_admin).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.me(self, admin)))
    }

    pub(super) fn list_admins(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let admins: Vec<Value> = self.admins().map(|admin| call.lens.admin(admin)).collect();
        Ok(ApiResponse::ok(&json!({"type": "admin.list", "admins": admins})))
    }

    pub(super) fn get_admin(&self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let admin = id.parse().ok().and_then(|id| self.admin(id));
        let admin = admin.ok_or_else(|| ApiError::missing("admin_not_found", "Admin not found"))?;
        Ok(ApiResponse::ok(&call.lens.admin(admin)))
    }

    pub(super) fn put_away(&mut self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let unknown = || ApiError::missing("admin_not_found", "Admin for admin_id not found");
        let id: AdminId = id.parse().map_err(|_| unknown())?;
        self.admin(id).ok_or_else(unknown)?;
        let fields = call.fields()?;
        let away = fields.flag("away_mode_enabled")?;
        let reassign = fields.flag("away_mode_reassign")?;
        let reason = self.chosen_reason(&fields, away)?;
        self.set_away(call.at, Actor { admin: id, by: Origin::Api }, away, reassign, reason);
        let admin = self.admin(id).ok_or_else(unknown)?;
        Ok(ApiResponse::ok(&call.lens.admin(admin)))
    }

    /// Two errors are the description's examples; the one for a reason that does not exist is in no
    /// source. A reason means nothing to who comes back.
    fn chosen_reason(&self, fields: &Fields, away: bool) -> Result<Option<u64>, ApiError> {
        if fields.get("away_status_reason_id").is_none() {
            return match away && self.catalogue.settings.away_reason_mandatory {
                false => Ok(None),
                true => Err(ApiError::refused(
                    "away_status_reason_mandatory",
                    "Away status reason is mandatory",
                )),
            };
        }
        let id = fields.id("away_status_reason_id")?;
        let invalid = |message| Err(ApiError::invalid(None, message));
        match id.and_then(|id| self.catalogue.away_reason(id)) {
            None => invalid("Away status reason not found"),
            Some(reason) if reason.deleted => invalid("Away status reason is deleted"),
            Some(reason) => Ok(Some(reason.id)),
        }
    }

    fn list_away_reasons(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let reasons = self.catalogue.away_reasons.iter().zip(1..);
        let reasons: Vec<Value> =
            reasons.map(|(reason, order)| call.lens.away_reason(reason, order)).collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": reasons})))
    }

    pub(super) fn list_teams(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let teams: Vec<Value> = self.teams().map(|team| call.lens.team(team)).collect();
        Ok(ApiResponse::ok(&json!({"type": "team.list", "teams": teams})))
    }

    pub(super) fn get_team(&self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let team = id.parse().ok().and_then(|id| self.team(id));
        let team = team.ok_or_else(|| ApiError::missing("team_not_found", "Team not found"))?;
        Ok(ApiResponse::ok(&call.lens.team(team)))
    }
}
