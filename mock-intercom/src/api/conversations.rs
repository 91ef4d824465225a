//! One conversation: read it, assign, close, snooze, open, answer and label it.

use serde_json::{Map, Value};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::Moment;
use crate::identity::{AdminId, ConversationId, PartId, TeamId};
use crate::workspace::Workspace;
use crate::workspace::changes::Actor;
use crate::workspace::conversation::{Body, Scope};
use crate::workspace::journal::Origin;
use crate::workspace::render::{MOST_PARTS, Parts};
use crate::workspace::teammates::BODY_LIMIT;

pub(super) const OPERATIONS: &[Operation] = &[
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
        |it, call| it.post_reply(call, call.id(0)),
    ),
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

    /// `updateConversation`, as far as it sets custom attributes. An attribute that the workspace does
    /// not know is refused in the words of a real report (intercom/intercom-node#349), with the status
    /// that Intercom's docs give for `parameter_invalid`.
    pub(super) fn put_conversation(
        &mut self,
        call: &Call<'_>,
        id: &str,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.conversation_id(id)?;
        for key in ["read", "title", "company_id"] {
            if fields.get(key).is_some() {
                let what = format!("'{key}' in PUT /conversations/{{id}}");
                return Err(ApiError::not_covered(&what));
            }
        }
        let attributes = match fields.get("custom_attributes") {
            None => Map::new(),
            Some(Value::Object(attributes)) => attributes.clone(),
            Some(_) => {
                let message = "custom_attributes must be an object";
                return Err(ApiError::invalid("custom_attributes", message));
            }
        };
        attributes.iter().try_for_each(|(name, value)| self.check_attribute_value(name, value))?;
        self.set_attributes(call.at, id, attributes, Origin::Api);
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.conversation(self, conversation, Parts::Newest(MOST_PARTS))))
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

    /// A teammate's comment or note; a contact's reply is not covered.
    pub(super) fn post_reply(
        &mut self,
        call: &Call<'_>,
        id: &str,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        if id == "last" {
            return Err(ApiError::not_covered("the literal id 'last'"));
        }
        let id = self.conversation_id(id)?;
        if fields.text("type")? != "admin" {
            return Err(ApiError::not_covered("replies of type 'user'"));
        }
        let actor = self.actor(&fields)?;
        let body = body(&fields)?.ok_or_else(|| ApiError::absent("body"));
        let part = match fields.text("message_type")? {
            "comment" => {
                let body = body?;
                self.check_answer(call.at, id, Some(&body)).map_err(ApiError::not_delivered)?;
                self.reply(call.at, id, actor, Some(body))
            }
            "note" => self.note(call.at, id, actor, Some(body?)),
            "quick_reply" => return Err(ApiError::not_covered("replies of type 'quick_reply'")),
            other => {
                let message = format!("message_type '{other}' is not supported");
                return Err(ApiError::invalid("message_type", message));
            }
        };
        self.changed(call, id, part)
    }

    /// The whole conversation, with the new part only.
    fn changed(
        &self,
        call: &Call<'_>,
        id: ConversationId,
        part: PartId,
    ) -> Result<ApiResponse, ApiError> {
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.conversation(self, conversation, Parts::One(part))))
    }

    pub(super) fn conversation_id(&self, id: &str) -> Result<ConversationId, ApiError> {
        let id = id.parse().map_err(|_| ApiError::not_found())?;
        self.conversation(id).map(|found| found.id).ok_or_else(ApiError::not_found)
    }

    /// The teammate who acts; a team's id is 404 too (intercom/intercom-ruby#433).
    pub(super) fn actor(&self, fields: &Fields) -> Result<Actor, ApiError> {
        let id = fields.id("admin_id")?.map(AdminId::new);
        let admin = id.and_then(|id| self.admin(id)).ok_or_else(ApiError::not_found)?;
        Ok(Actor { admin: admin.id, by: Origin::Api })
    }
}

fn body(fields: &Fields) -> Result<Option<Body>, ApiError> {
    match fields.optional_text("body")? {
        Some(text) if text.len() > BODY_LIMIT => {
            Err(ApiError::invalid("body", format!("body must be at most {BODY_LIMIT} bytes")))
        }
        text => Ok(text.and_then(Body::from_input)),
    }
}
