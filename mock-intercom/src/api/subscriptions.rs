//! Subscription types, and which of them contacts have chosen.

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call};
use crate::workspace::Workspace;
use crate::workspace_file::SubscriptionTypeEntry;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "listSubscriptionTypes",
        "GET",
        "/subscription_types",
        Permission::ReadUsers,
        |it, call| it.list_subscription_types(call),
    )
    .seeded(),
    Operation::new(
        "listSubscriptionsForAContact",
        "GET",
        "/contacts/{contact_id}/subscriptions",
        Permission::ReadOneUser,
        |it, call| it.list_subscriptions(call),
    ),
    Operation::new(
        "attachSubscriptionTypeToContact",
        "POST",
        "/contacts/{contact_id}/subscriptions",
        Permission::WriteUsers,
        |it, call| it.post_subscription(call),
    ),
    Operation::new(
        "detachSubscriptionTypeToContact",
        "DELETE",
        "/contacts/{contact_id}/subscriptions/{subscription_id}",
        Permission::WriteUsers,
        |it, call| it.delete_subscription(call),
    ),
];

impl Workspace {
    fn list_subscription_types(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let kinds = self.catalogue.subscription_types.iter();
        let kinds: Vec<Value> = kinds.map(|kind| call.lens.subscription_type(kind)).collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": kinds})))
    }

    /// Only what the contact has chosen (description of the operation).
    fn list_subscriptions(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?.id;
        let kinds = self.catalogue.chosen_by(contact);
        let kinds: Vec<Value> = kinds.map(|kind| call.lens.subscription_type(kind)).collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": kinds})))
    }

    /// The consent must be of the kind that the type takes; what Intercom does otherwise is in no
    /// source: 400 here.
    fn post_subscription(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?.id;
        let fields = call.fields()?;
        let kind = fields.id("id")?.and_then(|id| self.subscription_type(id));
        let kind = kind.ok_or_else(ApiError::not_found)?;
        let (consent, id) = (kind.consent_type.as_str(), kind.id);
        let shown = call.lens.subscription_type(kind);
        if fields.text("consent_type")? != consent {
            let message = format!("consent_type of this subscription type is {consent}");
            return Err(ApiError::invalid("consent_type", message));
        }
        self.choose_subscription(contact, id, true);
        Ok(ApiResponse::ok(&shown))
    }

    fn delete_subscription(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?.id;
        let kind = call.id(1).parse().ok().and_then(|id| self.subscription_type(id));
        let kind = kind.ok_or_else(ApiError::not_found)?;
        let (id, shown) = (kind.id, call.lens.subscription_type(kind));
        let chosen = self.catalogue.subscriptions.get(&contact);
        if !chosen.is_some_and(|chosen| chosen.contains(&id)) {
            return Err(ApiError::not_found());
        }
        self.choose_subscription(contact, id, false);
        Ok(ApiResponse::ok(&shown))
    }

    fn subscription_type(&self, id: u64) -> Option<&SubscriptionTypeEntry> {
        self.catalogue.subscription_types.iter().find(|kind| kind.id == id)
    }
}
