//! Data events.

use serde_json::Value;

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::Moment;
use crate::identity::ContactId;
use crate::workspace::Workspace;

/// The longest name of an event, in bytes. Intercom's own limit is not in the sources.
const LONGEST_NAME: usize = 255;

pub(super) const OPERATIONS: &[Operation] =
    &[Operation::new("createDataEvent", "POST", "/events", Permission::WriteEvents, |it, call| {
        it.post_event(call)
    })];

impl Workspace {
    /// 202 and no body, for an event that is known already too (description of the operation). What
    /// is kept of an event is whose it is, its name and when.
    fn post_event(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let event = fields.text("event_name")?;
        if event.is_empty() || event.len() > LONGEST_NAME {
            let message = format!("event_name must have between 1 and {LONGEST_NAME} bytes");
            return Err(ApiError::invalid("event_name", message));
        }
        let at = Moment::from_seconds(fields.seconds("created_at")?);
        if fields.get("metadata").is_some_and(|metadata| !metadata.is_object()) {
            return Err(ApiError::invalid("metadata", "metadata must be an object"));
        }
        let contact = self.contact_of_event(call, &fields)?;
        self.submit_event(at, contact, event);
        Ok(ApiResponse::empty(202))
    }

    /// By `id`, else by `user_id`, else by `email`.
    fn contact_of_event(&self, call: &Call<'_>, fields: &Fields) -> Result<ContactId, ApiError> {
        if let Some(id) = fields.optional_text("id")? {
            return Ok(self.contact_of_id(call, id)?.id);
        }
        let email = fields.optional_text("email")?;
        let external_id = match fields.get("user_id") {
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => fields.optional_text("user_id")?.map(str::to_owned),
        };
        let (found, survivor) = match (external_id, email) {
            (Some(id), _) => (self.contact_of_external_id(&id), self.survivor_of_external_id(&id)),
            (None, Some(email)) => (self.contact_of_email(email), None),
            (None, None) => return Err(ApiError::absent("id")),
        };
        let gone = || ApiError::contact_gone(call.lens.version(), survivor);
        found.map(|contact| contact.id).ok_or_else(gone)
    }
}
