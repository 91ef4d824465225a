//! Redaction, merging, the old rules, and when teammates handled a conversation.

use serde_json::{Value, json};

use crate::api::{ApiError, ApiResponse, Call};
use crate::identity::{AdminId, ConversationId, PartId};
use crate::workspace::Workspace;
use crate::workspace::conversation::{Author, Conversation, PartKind};
use crate::workspace::journal::Origin;
use crate::workspace::render::{MOST_PARTS, Parts};

impl Workspace {
    pub(in crate::api) fn post_redaction(
        &mut self,
        call: &Call<'_>,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let unknown = || {
            let code = "conversation_part_or_message_not_found";
            ApiError::missing(code, "Conversation part or message not found")
        };
        let key = match fields.text("type")? {
            "conversation_part" => "conversation_part_id",
            "source" => "source_id",
            other => {
                let message = format!("type '{other}' is not supported");
                return Err(ApiError::invalid("type", message));
            }
        };
        let id = fields.id("conversation_id")?.map(ConversationId::new);
        let part = fields.id(key)?.map(PartId::new);
        let conversation = id.and_then(|id| self.conversation(id)).ok_or_else(unknown)?;
        let (id, part) = (conversation.id, part.ok_or_else(unknown)?);
        let is_source = conversation.source.id == part;
        if is_source != (key == "source_id") || !self.redact(call.at, id, part, Origin::Api) {
            return Err(unknown());
        }
        let conversation = self.conversation(id).ok_or_else(unknown)?;
        let parts = Parts::Newest(MOST_PARTS);
        Ok(ApiResponse::ok(&call.lens.conversation(self, conversation, parts)))
    }

    /// Answers the conversation that is left.
    pub(in crate::api) fn post_merge(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.conversation_id(call.id(0))?;
        let invalid = || {
            let message = "merge_into_conversation_id must be a valid integer conversation ID";
            ApiError::invalid(None, message)
        };
        let into = fields.id("merge_into_conversation_id").map_err(|_| invalid())?;
        let into = into.map(ConversationId::new).ok_or_else(invalid)?;
        if self.conversation(into).is_none() {
            return Err(ApiError::merge_failed("Primary conversation not found"));
        }
        if into == id {
            return Err(ApiError::merge_failed("A conversation cannot be merged into itself"));
        }
        let merged = |id| self.conversation(id).is_some_and(|found| found.merged_into.is_some());
        if merged(id) {
            let message = "Secondary conversation has already been merged";
            return Err(ApiError::merge_failed(message));
        }
        if merged(into) {
            let message = "Primary conversation has already been merged";
            return Err(ApiError::merge_failed(message));
        }
        let part = self.merge_conversation(call.at, id, into, Origin::Api);
        self.changed(call, into, part)
    }

    pub(in crate::api) fn post_rules(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let id = self.conversation_id(call.id(0))?;
        let part = self.run_assignment_rules(call.at, id);
        self.changed(call, id, part)
    }

    /// A snooze pauses and its end resumes. What else does is not documented.
    pub(in crate::api) fn list_handling_events(
        &self,
        call: &Call<'_>,
    ) -> Result<ApiResponse, ApiError> {
        let id = self.conversation_id(call.id(0))?;
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        let events = self.handling_events(conversation);
        Ok(ApiResponse::ok(&json!({"handling_events": events})))
    }

    fn handling_events(&self, conversation: &Conversation) -> Vec<Value> {
        let mut snoozed_by: Option<AdminId> = None;
        let mut events = Vec::new();
        for part in conversation.parts() {
            let author = match part.author() {
                Author::Admin(admin) => Some(admin),
                Author::Contact(_) | Author::Operator => None,
            };
            let (kind, teammate) = match part.kind() {
                PartKind::Snoozed => {
                    snoozed_by = author;
                    ("paused", author)
                }
                _ if snoozed_by.is_some() && part.state.as_str() == "open" => {
                    ("resumed", snoozed_by.take())
                }
                _ => continue,
            };
            let Some(admin) = teammate.and_then(|admin| self.admin(admin)) else { continue };
            let mut event = json!({
                "teammate": {
                    "type": "admin",
                    "id": admin.id().get(),
                    "name": admin.name(),
                    "email": admin.email,
                },
                "type": kind,
                "timestamp": part.created_at().to_iso_seconds(),
            });
            if kind == "paused" {
                event["reason"] = "Paused".into();
            }
            events.push(event);
        }
        events
    }
}
