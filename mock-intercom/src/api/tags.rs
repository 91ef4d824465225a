//! Tags, and tags on conversations.

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call};
use crate::identity::{ConversationId, TagId};
use crate::workspace::Workspace;
use crate::workspace::journal::Origin;
use crate::workspace::render::TagView;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("listTags", "GET", "/tags", Permission::ReadTags, |it, call| it.list_tags(call)),
    Operation::new("createTag", "POST", "/tags", Permission::WriteTags, |it, call| {
        it.create_tag(call)
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
        |it, call| it.delete_tag(call, call.id(0), call.id(1)),
    ),
];

impl Workspace {
    pub(super) fn list_tags(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let tags: Vec<Value> = self.tags().map(|tag| call.lens.tag(tag)).collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": tags})))
    }

    /// Finds or makes a tag by its name. With an id this endpoint renames, with `companies` or `users`
    /// it tags those; neither is covered. The error is the description's example.
    pub(super) fn create_tag(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        if let Some(other) =
            ["id", "companies", "users"].iter().find(|key| fields.get(key).is_some())
        {
            return Err(ApiError::not_covered(&format!("'{other}' in POST /tags")));
        }
        let invalid = || ApiError::invalid(None, "invalid tag parameters");
        let name = fields.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        let tag = self.tag_named(name.ok_or_else(invalid)?, Origin::Api);
        let tag = self.tag(tag).ok_or_else(tag_not_found)?;
        Ok(ApiResponse::ok(&call.lens.tag(tag)))
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
    pub(super) fn delete_tag(
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
