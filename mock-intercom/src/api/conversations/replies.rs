//! `POST /conversations/{id}/reply`: a teammate's or a contact's.

use serde_json::Value;

use base64::Engine as _;

use crate::Moment;
use crate::api::{ApiError, ApiResponse, Call, Fields};
use crate::identity::{ContactId, ConversationId, PartId};
use crate::workspace::Workspace;
use crate::workspace::conversation::{Attachment, Body, Content, QuickReply};
use crate::workspace::message::Message;
use crate::workspace::teammates::BODY_LIMIT;

/// Attachments of a message, of either kind (schema `admin_reply_conversation_request`).
const MOST_ATTACHMENTS: usize = 10;
/// Buttons under a message; Intercom's limit is not documented.
const MOST_QUICK_REPLIES: usize = 50;
const LONGEST_NAME: usize = 255;
const LONGEST_URL: usize = 2_048;

impl Workspace {
    pub(in crate::api) fn post_reply(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let contact = self.named_contact(call, &fields)?;
        let id = match call.id(0) {
            "last" => self.latest_of(contact)?,
            id => self.conversation_id(id)?,
        };
        let part = match fields.text("type")? {
            "admin" => self.answer_as_teammate(call, id, &fields)?,
            "user" => self.answer_as_contact(call, id, contact, &fields)?,
            _ => return Err(ApiError::invalid("type", "type must be 'admin' or 'user'")),
        };
        self.changed(call, id, part)
    }

    /// The literal id `last`: the latest conversation of the contact who is named.
    fn latest_of(&self, contact: Option<ContactId>) -> Result<ConversationId, ApiError> {
        let contact = contact.and_then(|id| self.contact(id)).ok_or_else(ApiError::not_found)?;
        contact.latest_conversation.ok_or_else(ApiError::not_found)
    }

    fn answer_as_teammate(
        &mut self,
        call: &Call<'_>,
        id: ConversationId,
        fields: &Fields,
    ) -> Result<PartId, ApiError> {
        let actor = self.actor(fields)?;
        let kind = fields.text("message_type")?;
        let mut content = content(call, fields)?;
        match kind {
            "comment" | "note" if content.body.is_none() => return Err(ApiError::absent("body")),
            "comment" | "note" => {}
            "quick_reply" => content.quick_replies = offered(fields)?,
            other => {
                let message = format!("message_type '{other}' is not supported");
                return Err(ApiError::invalid("message_type", message));
            }
        }
        if kind == "note" {
            return Ok(self.note(call.at, id, actor, content));
        }
        self.check_answer(call.at, id, content.body.as_ref()).map_err(ApiError::not_delivered)?;
        Ok(self.reply(call.at, id, actor, content))
    }

    fn answer_as_contact(
        &mut self,
        call: &Call<'_>,
        id: ConversationId,
        contact: Option<ContactId>,
        fields: &Fields,
    ) -> Result<PartId, ApiError> {
        let contact = contact.ok_or_else(|| ApiError::absent("intercom_user_id"))?;
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        if conversation.contacts().all(|known| known != contact) {
            return Err(ApiError::user_not_found());
        }
        if fields.text("message_type")? != "comment" {
            let message = "message_type of a contact's reply must be 'comment'";
            return Err(ApiError::invalid("message_type", message));
        }
        let mut content = content(call, fields)?;
        if content.body.is_none() {
            return Err(ApiError::absent("body"));
        }
        content.chosen = offered_if_any(fields)?.into_iter().next().map(|chosen| chosen.uuid);
        Ok(self.append_message(id, Message { at: call.at, contact, content }))
    }
}

fn content(call: &Call<'_>, fields: &Fields) -> Result<Content, ApiError> {
    Ok(Content {
        body: super::text_within_limit(fields)?.as_deref().and_then(Body::from_input),
        attachments: attachments(fields)?,
        written_at: written_at(call, fields)?,
        ..Content::default()
    })
}

/// The text of a message, if there is one.
pub(super) fn text_within_limit(fields: &Fields) -> Result<Option<String>, ApiError> {
    match fields.optional_text("body")? {
        Some(text) if text.len() > BODY_LIMIT => {
            Err(ApiError::invalid("body", format!("body must be at most {BODY_LIMIT} bytes")))
        }
        text => Ok(text.filter(|text| !text.is_empty()).map(str::to_owned)),
    }
}

/// `created_at`: for what was written before, elsewhere.
pub(in crate::api) fn written_at(
    call: &Call<'_>,
    fields: &Fields,
) -> Result<Option<Moment>, ApiError> {
    if fields.get("created_at").is_none() {
        return Ok(None);
    }
    let at = Moment::from_seconds(fields.seconds("created_at")?);
    if at > call.at {
        return Err(ApiError::invalid("created_at", "created_at must not be in the future"));
    }
    Ok(Some(at))
}

/// `attachment_urls` and `attachment_files`.
pub(super) fn attachments(fields: &Fields) -> Result<Vec<Attachment>, ApiError> {
    let mut attachments = Vec::new();
    for value in list(fields, "attachment_urls", MOST_ATTACHMENTS)? {
        let url = value.as_str().filter(|url| is_address(url));
        let url = url.ok_or_else(|| {
            ApiError::invalid("attachment_urls", "attachment_urls must be http addresses")
        })?;
        attachments.push(Attachment::Link(url.to_owned()));
    }
    for value in list(fields, "attachment_files", MOST_ATTACHMENTS)? {
        let file = file(value).ok_or_else(|| {
            let message = "attachment_files need content_type, name and data in base64";
            ApiError::invalid("attachment_files", message)
        })?;
        attachments.push(file);
    }
    Ok(attachments)
}

fn is_address(url: &str) -> bool {
    url.len() <= LONGEST_URL && (url.starts_with("https://") || url.starts_with("http://"))
}

/// A file that was sent along; all that is kept of its content is how long it is.
fn file(value: &Value) -> Option<Attachment> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (name, content_type) = (text("name")?, text("content_type")?);
    if name.len() > LONGEST_NAME || content_type.len() > LONGEST_NAME {
        return None;
    }
    let data = base64::engine::general_purpose::STANDARD.decode(text("data")?).ok()?;
    Some(Attachment::File {
        name: name.to_owned(),
        content_type: content_type.to_owned(),
        size: data.len() as u64,
    })
}

fn offered(fields: &Fields) -> Result<Vec<QuickReply>, ApiError> {
    let offered = offered_if_any(fields)?;
    match offered.is_empty() {
        true => Err(ApiError::absent("reply_options")),
        false => Ok(offered),
    }
}

fn offered_if_any(fields: &Fields) -> Result<Vec<QuickReply>, ApiError> {
    let options = list(fields, "reply_options", MOST_QUICK_REPLIES)?;
    let read = |value: &Value| {
        let text = |key: &str| {
            let text = value.get(key).and_then(Value::as_str);
            text.filter(|text| (1..=LONGEST_NAME).contains(&text.len())).map(str::to_owned)
        };
        Some(QuickReply { text: text("text")?, uuid: text("uuid")? })
    };
    let options: Option<Vec<QuickReply>> = options.iter().map(read).collect();
    options.ok_or_else(|| {
        ApiError::invalid("reply_options", "reply_options must have a text and a uuid each")
    })
}

fn list<'a>(fields: &'a Fields, name: &'static str, most: usize) -> Result<&'a [Value], ApiError> {
    match fields.get(name) {
        None => Ok(&[]),
        Some(Value::Array(values)) if values.len() <= most => Ok(values),
        Some(_) => {
            Err(ApiError::invalid(name, format!("{name} must be an array of at most {most}")))
        }
    }
}
