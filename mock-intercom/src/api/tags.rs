//! Tags, and tags on conversations.

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::identity::{ContactId, ConversationId, TagId};
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::changes::Actor;
use crate::workspace::directory::Tag;
use crate::workspace::journal::Origin;
use crate::workspace::render::TagView;

/// The longest name of a tag, in bytes. Intercom's own limit is not in the sources.
const LONGEST_NAME: usize = 255;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("listTags", "GET", "/tags", Permission::ReadTags, |it, call| it.list_tags(call)),
    Operation::new("createTag", "POST", "/tags", Permission::WriteTags, |it, call| {
        it.create_tag(call)
    }),
    Operation::new("findTag", "GET", "/tags/{tag_id}", Permission::ReadTags, |it, call| {
        it.get_tag(call, call.id(0))
    }),
    Operation::new("deleteTag", "DELETE", "/tags/{tag_id}", Permission::WriteTags, |it, call| {
        it.delete_tag_of_workspace(call.id(0))
    }),
    Operation::new(
        "attachTagToConversation",
        "POST",
        "/conversations/{conversation_id}/tags",
        Permission::WriteTags,
        |it, call| it.post_tag(call, call.id(0)),
    ),
    Operation::new(
        "detachTagFromConversation",
        "DELETE",
        "/conversations/{conversation_id}/tags/{tag_id}",
        Permission::WriteTags,
        |it, call| it.detach_tag(call, call.id(0), call.id(1)),
    ),
];

/// Contacts that one call tags; Intercom's limit is not documented.
const MOST_USERS: usize = 1_000;

impl Workspace {
    pub(super) fn list_tags(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let tags: Vec<Value> = self.tags().map(|tag| call.lens.tag(tag)).collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": tags})))
    }

    /// Finds or makes a tag by its name, or renames the one of `id`, and puts it on the `users` that
    /// are named; on `companies` it is not covered. The first error is the description's example; an
    /// unknown `id` and a name that another tag has are in no source.
    pub(super) fn create_tag(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        if fields.get("companies").is_some() {
            return Err(ApiError::not_covered("'companies' in POST /tags"));
        }
        let users = self.users_to_tag(call, &fields)?;
        let invalid = || ApiError::invalid(None, "invalid tag parameters");
        let name = fields.get("name").and_then(Value::as_str).ok_or_else(invalid)?;
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(invalid());
        }
        let tag = match fields.get("id") {
            None => self.tag_named(name, Origin::Api),
            Some(_) => {
                let id = fields.id("id")?.map(TagId::new);
                let id = id.filter(|&id| self.tag(id).is_some()).ok_or_else(ApiError::not_found)?;
                let wanted = name.to_lowercase();
                let has = |tag: &Tag| tag.id != id && tag.name.to_lowercase() == wanted;
                if self.tags().any(has) {
                    return Err(invalid());
                }
                self.rename_tag(id, name, Origin::Api);
                id
            }
        };
        let actor = Actor { admin: self.app.token_admin, by: Origin::Api };
        for user in users {
            self.tag_contact(call.at, user, tag, actor);
        }
        let tag = self.tag(tag).ok_or_else(tag_not_found)?;
        let mut value = call.lens.tag(tag);
        if call.lens.version >= ApiVersion::V2_16 {
            (value["users"], value["companies"]) = (json!([]), json!([]));
        }
        Ok(ApiResponse::ok(&value))
    }

    /// The contacts of `users`, each by its `id` (schema `tag_multiple_users_request`).
    fn users_to_tag(&self, call: &Call<'_>, fields: &Fields) -> Result<Vec<ContactId>, ApiError> {
        let users = match fields.get("users") {
            None => return Ok(Vec::new()),
            Some(Value::Array(users)) if users.len() <= MOST_USERS => users,
            Some(_) => {
                let message = format!("users must be an array of at most {MOST_USERS}");
                return Err(ApiError::invalid("users", message));
            }
        };
        let user = |user: &Value| {
            let id = user.get("id").and_then(Value::as_str);
            let id = id.ok_or_else(ApiError::user_not_found)?;
            Ok(self.contact_of_id(call, id)?.id)
        };
        users.iter().map(user).collect()
    }

    fn get_tag(&self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let tag = id.parse().ok().and_then(|id| self.tag(id)).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.tag(tag)))
    }

    /// No segment depends on a tag here, so `tag_has_dependent_objects` does not come up.
    fn delete_tag_of_workspace(&mut self, id: &str) -> Result<ApiResponse, ApiError> {
        let id = id.parse().map_err(|_| ApiError::not_found())?;
        self.tag(id).ok_or_else(ApiError::not_found)?;
        self.delete_tag(id, Origin::Api);
        Ok(ApiResponse::empty(200))
    }

    pub(super) fn post_tag(&mut self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.tagged_conversation(id)?;
        let actor = self.actor(&fields)?;
        let tag = fields.id("id")?.map(TagId::new);
        let tag = tag.filter(|&tag| self.tag(tag).is_some()).ok_or_else(tag_not_found)?;
        let applied = self.add_tag(call.at, id, tag, actor);
        Ok(ApiResponse::ok(&TagView::applied(self, applied)))
    }

    /// Needs a body too: `{"admin_id": …}`.
    pub(super) fn detach_tag(
        &mut self,
        call: &Call<'_>,
        id: &str,
        tag: &str,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.tagged_conversation(id)?;
        let actor = self.actor(&fields)?;
        let tag = tag.parse().map_err(|_| tag_not_found())?;
        let removed = self.remove_tag(call.at, id, tag, actor.by).ok_or_else(tag_not_found)?;
        Ok(ApiResponse::ok(&TagView::applied(self, removed)))
    }

    /// These endpoints have words of their own for an unknown conversation (OpenAPI).
    fn tagged_conversation(&self, id: &str) -> Result<ConversationId, ApiError> {
        let unknown = |_| ApiError::missing("not_found", "Conversation not found");
        self.conversation_id(id).map_err(unknown)
    }
}

fn tag_not_found() -> ApiError {
    ApiError::missing("tag_not_found", "Tag not found")
}
