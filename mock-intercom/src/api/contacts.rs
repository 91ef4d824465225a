//! Contacts.

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call};
use crate::identity::ContactId;
use crate::workspace::Workspace;

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "ShowContact",
    "GET",
    "/contacts/{contact_id}",
    Permission::ReadOneUser,
    |it, call| it.get_contact(call, call.id(0)),
)];

impl Workspace {
    pub(super) fn get_contact(&self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let contact = id.parse::<ContactId>().ok().and_then(|id| self.contact(id));
        let contact = contact.ok_or_else(|| ApiError::missing("not_found", "User Not Found"))?;
        Ok(ApiResponse::ok(&call.lens.contact(self, contact)))
    }
}
