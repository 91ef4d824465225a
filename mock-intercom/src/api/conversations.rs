//! One conversation: read it, assign, close, snooze, open, answer and label it.

mod creation;
mod outcome;
mod participants;
mod replies;

use serde_json::{Map, Value};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::Moment;
use crate::identity::{AdminId, ConversationId, PartId, TeamId};
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::changes::Actor;
use crate::workspace::conversation::{Body, Priority, Scope};
use crate::workspace::journal::Origin;
use crate::workspace::render::{MOST_PARTS, Parts};

use replies::{attachments, text_within_limit};

pub(super) use replies::written_at;

/// The longest title; Intercom's limit is not documented.
const LONGEST_TITLE: usize = 1_000;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "createConversation",
        "POST",
        "/conversations",
        Permission::WriteConversations,
        |it, call| it.post_conversation(call),
    ),
    Operation::new(
        "listDeletedConversationIds",
        "GET",
        "/conversations/deleted",
        Permission::ReadConversations,
        |it, call| it.list_removals(call),
    )
    .since(ApiVersion::V2_16),
    Operation::new(
        "redactConversation",
        "POST",
        "/conversations/redact",
        Permission::WriteConversations,
        |it, call| it.post_redaction(call),
    ),
    Operation::new(
        "retrieveConversation",
        "GET",
        "/conversations/{conversation_id}",
        Permission::ReadConversations,
        |it, call| it.get_conversation(call, call.id(0)),
    ),
    Operation::new(
        "updateConversation",
        "PUT",
        "/conversations/{conversation_id}",
        Permission::WriteConversations,
        |it, call| it.put_conversation(call, call.id(0)),
    ),
    Operation::new(
        "deleteConversation",
        "DELETE",
        "/conversations/{conversation_id}",
        Permission::WriteConversations,
        |it, call| it.remove_conversation(call),
    )
    .since(ApiVersion::V2_13),
    Operation::new(
        "manageConversation",
        "POST",
        "/conversations/{conversation_id}/parts",
        Permission::WriteConversations,
        |it, call| it.post_part(call, call.id(0)),
    ),
    Operation::new(
        "replyConversation",
        "POST",
        "/conversations/{conversation_id}/reply",
        Permission::WriteConversations,
        |it, call| it.post_reply(call),
    ),
    Operation::new(
        "attachContactToConversation",
        "POST",
        "/conversations/{conversation_id}/customers",
        Permission::WriteConversations,
        |it, call| it.post_customer(call),
    ),
    Operation::new(
        "detachContactFromConversation",
        "DELETE",
        "/conversations/{conversation_id}/customers/{contact_id}",
        Permission::WriteConversations,
        |it, call| it.delete_customer(call),
    ),
    Operation::new(
        "autoAssignConversation",
        "POST",
        "/conversations/{conversation_id}/run_assignment_rules",
        Permission::WriteConversations,
        |it, call| it.post_rules(call),
    )
    .until(ApiVersion::V2_11),
    Operation::new(
        "mergeConversation",
        "POST",
        "/conversations/{id}/merge",
        Permission::WriteConversations,
        |it, call| it.post_merge(call),
    )
    .since(ApiVersion::V2_16),
    Operation::new(
        "listHandlingEvents",
        "GET",
        "/conversations/{id}/handling_events",
        Permission::ReadConversations,
        |it, call| it.list_handling_events(call),
    )
    .since(ApiVersion::V2_15),
];

impl Workspace {
    pub(super) fn get_conversation(
        &self,
        call: &Call<'_>,
        id: &str,
    ) -> Result<ApiResponse, ApiError> {
        let lens = match call.request.parameter("display_as").as_deref() {
            Some("plaintext") => call.lens.plain(),
            _ => call.lens,
        };
        let conversation = id.parse().ok().and_then(|id| self.conversation(id));
        let conversation = conversation.ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&lens.conversation(self, conversation, Parts::Newest(MOST_PARTS))))
    }

    /// `updateConversation`. An attribute that the workspace does not know is refused in the words of
    /// a real report (intercom/intercom-node#349), with the status that Intercom's docs give for
    /// `parameter_invalid`. Only `Preview` sets the priority (intercom/Intercom-OpenAPI, PR 620).
    pub(super) fn put_conversation(
        &mut self,
        call: &Call<'_>,
        id: &str,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.conversation_id(id)?;
        if fields.get("company_id").is_some() {
            return Err(ApiError::not_covered("'company_id' in PUT /conversations/{id}"));
        }
        let read = fields.get("read").map(|_| fields.flag("read")).transpose()?;
        let title = title(&fields)?;
        let attributes = match fields.get("custom_attributes") {
            None => Map::new(),
            Some(Value::Object(attributes)) => attributes.clone(),
            Some(_) => {
                let message = "custom_attributes must be an object";
                return Err(ApiError::invalid("custom_attributes", message));
            }
        };
        attributes.iter().try_for_each(|(name, value)| self.check_attribute_value(name, value))?;
        let priority = self.new_priority(call, &fields)?;
        if let Some(read) = read {
            self.set_read(call.at, id, read, Origin::Api);
        }
        if let Some(title) = title {
            self.set_title(call.at, id, title, Origin::Api);
        }
        if let Some((priority, actor)) = priority {
            self.set_priority(call.at, id, priority, actor);
        }
        self.set_attributes(call.at, id, attributes, Origin::Api);
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.conversation(self, conversation, Parts::Newest(MOST_PARTS))))
    }

    fn new_priority(
        &self,
        call: &Call<'_>,
        fields: &Fields,
    ) -> Result<Option<(Priority, Actor)>, ApiError> {
        if call.lens.version() < ApiVersion::PREVIEW || fields.get("priority").is_none() {
            return Ok(None);
        }
        let priority = Priority::from_word(fields.text("priority")?).ok_or_else(|| {
            let message = "priority must be 'none', 'low', 'medium', 'high' or 'urgent'";
            ApiError::invalid("priority", message)
        })?;
        Ok(Some((priority, self.actor(fields)?)))
    }

    fn check_attribute_value(&self, name: &str, value: &Value) -> Result<(), ApiError> {
        if !self.app.conversation_attributes.contains(name) {
            let message = format!("Conversation attribute '{name}' does not exist");
            return Err(ApiError::invalid(None, message));
        }
        match value {
            Value::Array(_) | Value::Object(_) => {
                Err(ApiError::not_covered("associations with custom objects"))
            }
            _ => Ok(()),
        }
    }

    /// `manageConversation`: one of four bodies, chosen by `message_type`.
    pub(super) fn post_part(&mut self, call: &Call<'_>, id: &str) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.conversation_id(id)?;
        let part = match fields.text("message_type")? {
            "assignment" => self.post_assignment(call, id, &fields)?,
            "close" => {
                let actor = self.actor(&fields)?;
                self.close(call.at, id, actor, body(&fields)?)
            }
            "snoozed" => self.post_snooze(call, id, &fields)?,
            "open" => {
                let actor = self.actor(&fields)?;
                self.open(call.at, id, actor)
            }
            other => {
                let message = format!("message_type '{other}' is not supported");
                return Err(ApiError::invalid("message_type", message));
            }
        };
        self.changed(call, id, part)
    }

    /// `assignee_id` "0" unassigns: `type` says whether the teammate alone, or the team, which takes
    /// the teammate with it as assigning a team does.
    fn post_assignment(
        &mut self,
        call: &Call<'_>,
        id: ConversationId,
        fields: &Fields,
    ) -> Result<PartId, ApiError> {
        let kind = fields.text("type")?;
        if !matches!(kind, "admin" | "team") {
            return Err(ApiError::invalid("type", "type must be 'admin' or 'team'"));
        }
        let actor = self.actor(fields)?;
        let scope = match fields.id("assignee_id")? {
            Some(0) if kind == "team" => Scope::NoTeamNorAdmin,
            Some(0) => Scope::NoAdmin,
            Some(number) => self.assignee(kind, number)?,
            None => return Err(ApiError::not_found()),
        };
        Ok(self.assign(call.at, id, scope, actor, body(fields)?))
    }

    /// Older clients say `type: "admin"` and name a team, so any id is looked for among both. No error
    /// is documented for an unknown assignee, nor for one without an inbox seat: 404 here.
    fn assignee(&self, kind: &str, number: u64) -> Result<Scope, ApiError> {
        let team = self.team(TeamId::new(number));
        match (kind, self.admin(AdminId::new(number)), team) {
            ("admin", Some(admin), _) if admin.has_inbox_seat => Ok(Scope::Admin(admin.id)),
            (_, None, Some(team)) => Ok(Scope::Team(team.id)),
            _ => Err(ApiError::not_found()),
        }
    }

    fn post_snooze(
        &mut self,
        call: &Call<'_>,
        id: ConversationId,
        fields: &Fields,
    ) -> Result<PartId, ApiError> {
        let actor = self.actor(fields)?;
        let until = Moment::from_seconds(fields.seconds("snoozed_until")?);
        if until <= call.at {
            let message = "snoozed_until must be in the future";
            return Err(ApiError::invalid("snoozed_until", message));
        }
        Ok(self.snooze(call.at, id, until, actor))
    }

    /// The whole conversation, with the new part only.
    pub(in crate::api) fn changed(
        &self,
        call: &Call<'_>,
        id: ConversationId,
        part: PartId,
    ) -> Result<ApiResponse, ApiError> {
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.conversation(self, conversation, Parts::One(part))))
    }

    pub(in crate::api) fn conversation_id(&self, id: &str) -> Result<ConversationId, ApiError> {
        let id = id.parse().map_err(|_| ApiError::not_found())?;
        self.conversation(id).map(|found| found.id).ok_or_else(ApiError::not_found)
    }

    /// The teammate who acts; a team's id is 404 too (intercom/intercom-ruby#433).
    pub(in crate::api) fn actor(&self, fields: &Fields) -> Result<Actor, ApiError> {
        let id = fields.id("admin_id")?.map(AdminId::new);
        let admin = id.and_then(|id| self.admin(id)).ok_or_else(ApiError::not_found)?;
        Ok(Actor { admin: admin.id, by: Origin::Api })
    }
}

fn body(fields: &Fields) -> Result<Option<Body>, ApiError> {
    Ok(text_within_limit(fields)?.as_deref().and_then(Body::from_input))
}

/// The title to set, if any: null takes it away.
fn title(fields: &Fields) -> Result<Option<Option<String>>, ApiError> {
    if !fields.has("title") {
        return Ok(None);
    }
    match fields.optional_text("title")? {
        Some(title) if title.chars().take(LONGEST_TITLE + 1).count() > LONGEST_TITLE => {
            let message = format!("title must have at most {LONGEST_TITLE} characters");
            Err(ApiError::invalid("title", message))
        }
        title => Ok(Some(title.map(str::to_owned))),
    }
}
