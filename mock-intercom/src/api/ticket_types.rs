//! Types of tickets.

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call};
use crate::workspace::Workspace;

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "listTicketTypes",
    "GET",
    "/ticket_types",
    Permission::ReadTickets,
    |it, call| it.list_ticket_types(call),
)
.seeded()];

impl Workspace {
    fn list_ticket_types(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let kinds = self.catalogue.ticket_types.iter();
        let kinds: Vec<Value> = kinds.map(|kind| call.lens.ticket_type(self, kind)).collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": kinds})))
    }
}
