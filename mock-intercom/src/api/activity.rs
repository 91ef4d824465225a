//! What teammates did.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::page::{Listing, Page};
use super::{ApiError, ApiResponse, Call};
use crate::Moment;
use crate::workspace::Workspace;

/// 20 a page (example of the operation). The most that can be asked for is in no source.
const LISTING: Listing = Listing { name: "activity_logs", per_page: 20, most: 150 };

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "listActivityLogs",
    "GET",
    "/admins/activity_logs",
    Permission::ReadActivityLogs,
    |it, call| it.list_activity(call),
)];

impl Workspace {
    /// The newest first; both ends of the time count. Neither is documented.
    fn list_activity(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let after = seconds(call, "created_at_after")?;
        let after = after.ok_or_else(|| ApiError::absent("created_at_after"))?;
        let before = seconds(call, "created_at_before")?.unwrap_or(u64::MAX);
        let page = Page::of_query(call.request, LISTING)?;
        let within = |at: Moment| (after..=before).contains(&at.as_seconds());
        let found = self.catalogue.activity.iter().filter(|activity| within(activity.at));
        let cut = page.cut(found, |activity| Reverse(activity.id));
        let logs: Vec<Value> =
            cut.items.into_iter().map(|activity| call.lens.activity(self, activity)).collect();
        Ok(ApiResponse::ok(&json!({
            "type": "activity_log.list",
            "pages": cut.pages,
            "activity_logs": logs,
        })))
    }
}

fn seconds(call: &Call<'_>, name: &'static str) -> Result<Option<u64>, ApiError> {
    let Some(text) = call.request.parameter(name) else { return Ok(None) };
    let invalid = |_| ApiError::invalid(name, format!("{name} must be a Unix time"));
    text.parse().map(Some).map_err(invalid)
}
