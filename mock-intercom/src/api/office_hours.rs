//! Office hours (2.16).

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call};
use crate::version::ApiVersion;
use crate::workspace::Workspace;

/// Which permission they take is in no source; they belong to teammates.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "listOfficeHoursSchedules",
        "GET",
        "/office_hours_schedules",
        Permission::ReadAdmins,
        |it, call| it.list_office_hours(call),
    )
    .since(ApiVersion::V2_16)
    .seeded(),
    Operation::new(
        "getOfficeHoursSchedule",
        "GET",
        "/office_hours_schedules/{id}",
        Permission::ReadAdmins,
        |it, call| it.get_office_hours(call, call.id(0)),
    )
    .since(ApiVersion::V2_16)
    .seeded(),
];

impl Workspace {
    fn list_office_hours(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let hours = self.office_hours().iter();
        let hours: Vec<Value> = hours.map(|hours| call.lens.office_hours(hours)).collect();
        Ok(ApiResponse::ok(&json!({"type": "office_hours_schedule.list", "data": hours})))
    }

    fn get_office_hours(&self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let found = self.office_hours().iter().find(|hours| hours.id().to_string() == id);
        let hours = found.ok_or_else(|| ApiError::missing("not_found", "Object not found"))?;
        Ok(ApiResponse::ok(&call.lens.office_hours(hours)))
    }
}
