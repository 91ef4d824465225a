//! Who is in a conversation, and which contact a call speaks of.

use serde_json::Value;

use crate::api::{ApiError, ApiResponse, Call, Fields};
use crate::identity::ContactId;
use crate::workspace::Workspace;
use crate::workspace::render::{MOST_PARTS, Parts};

/// The ways to name a contact (schemas `contact_reply_*_request`).
const NAMES: [&str; 3] = ["intercom_user_id", "user_id", "email"];

impl Workspace {
    pub(in crate::api) fn post_customer(
        &mut self,
        call: &Call<'_>,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.conversation_id(call.id(0))?;
        let actor = self.actor(&fields)?;
        let customer = match fields.get("customer") {
            Some(Value::Object(customer)) => Fields::of(customer.clone()),
            Some(_) => return Err(ApiError::invalid("customer", "customer must be an object")),
            None => return Err(ApiError::absent("customer")),
        };
        let contact = self.named_contact(call, &customer)?.ok_or_else(ApiError::not_found)?;
        self.attach_contact(call.at, id, contact, actor);
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        let parts = Parts::Newest(MOST_PARTS);
        Ok(ApiResponse::ok(&call.lens.conversation(self, conversation, parts)))
    }

    pub(in crate::api) fn delete_customer(
        &mut self,
        call: &Call<'_>,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.conversation_id(call.id(0))?;
        let actor = self.actor(&fields)?;
        let contact: ContactId = call.id(1).parse().map_err(|_| ApiError::user_not_found())?;
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        if conversation.contacts().all(|known| known != contact) {
            return Err(ApiError::user_not_found());
        }
        if conversation.joined.is_empty() {
            return Err(ApiError::last_customer());
        }
        self.detach_contact(call.at, id, contact, actor);
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        let parts = Parts::Newest(MOST_PARTS);
        Ok(ApiResponse::ok(&call.lens.conversation(self, conversation, parts)))
    }

    /// The contact that the fields name, if they name one at all.
    pub(super) fn named_contact(
        &self,
        call: &Call<'_>,
        fields: &Fields,
    ) -> Result<Option<ContactId>, ApiError> {
        let Some(name) = NAMES.into_iter().find(|name| fields.get(name).is_some()) else {
            return Ok(None);
        };
        let value = fields.text(name)?;
        let found = match name {
            "intercom_user_id" => Some(self.contact_of_id(call, value)?),
            "user_id" => self.contact_of_external_id(value),
            _ => self.contact_of_email(value),
        };
        found.map(|contact| Some(contact.id)).ok_or_else(ApiError::user_not_found)
    }
}
