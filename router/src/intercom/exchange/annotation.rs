//! Tags, attributes and notes: what is put onto a conversation without giving it to anybody.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{AttributeValue, ConversationId, Outcome, TeammateId};
use serde::Serialize;

use super::{HttpRequest, Step, segment, send};
use crate::intercom::note;
use crate::intercom::wire;

/// One request of an annotation. Operations and fields: Intercom's OpenAPI description 2.14.
#[derive(Clone, Debug)]
pub(super) enum Annotation {
    /// Learn the id of a tag: `POST /tags` answers with the tag of this name and makes it if there
    /// is none (`create_or_update_tag_request`: names do not differ by case).
    NamedTag { conversation: ConversationId, tag: Arc<str> },
    /// Put the tag of this id on: `POST /conversations/{id}/tags`.
    Tag { conversation: ConversationId, id: String },
    /// `PUT /conversations/{id}`. The names must be known to the workspace as attributes of
    /// conversations; one that is not is refused with `parameter_invalid`
    /// (intercom/intercom-node#349).
    Attributes { conversation: ConversationId, attributes: BTreeMap<Arc<str>, AttributeValue> },
    /// `POST /conversations/{id}/reply` with a note. Intercom has no key by which it would know a
    /// repeated one.
    Note { conversation: ConversationId, text: String },
    /// The same with a message to the contact.
    Comment { conversation: ConversationId, text: Arc<str> },
}

impl Annotation {
    /// The request that carries it out, in the name of `acting_admin` where Intercom asks for one.
    pub(super) fn request(&self, acting_admin: TeammateId) -> HttpRequest {
        let admin_id = acting_admin.to_string();
        match self {
            Self::NamedTag { tag, .. } => {
                send("POST", "/tags", "/tags".to_owned(), &TagName { name: tag })
            }
            Self::Tag { conversation, id } => {
                let path = format!("{}/tags", path(conversation));
                send("POST", "/conversations/{id}/tags", path, &TagOn { id, admin_id })
            }
            Self::Attributes { conversation, attributes } => {
                let body = Attributes { custom_attributes: attributes };
                send("PUT", "/conversations/{id}", path(conversation), &body)
            }
            Self::Note { conversation, text } => reply(conversation, "note", admin_id, text),
            Self::Comment { conversation, text } => reply(conversation, "comment", admin_id, text),
        }
    }

    /// What follows its 2xx answer; `None` if the answer does not tell what is needed to go on.
    pub(super) fn after(self, answer: &[u8]) -> Option<Step> {
        Some(match self {
            Self::NamedTag { conversation, .. } => {
                let tag: wire::Tag<'_> = serde_json::from_slice(answer).ok()?;
                Step::Annotate(Self::Tag { conversation, id: tag.id.to_owned()? })
            }
            Self::Comment { .. } => {
                Step::Done(Outcome::Written { part: super::read_newest_part(answer) })
            }
            Self::Tag { .. } | Self::Attributes { .. } | Self::Note { .. } => {
                Step::Done(Outcome::Annotated)
            }
        })
    }
}

fn reply(
    conversation: &ConversationId,
    message_type: &'static str,
    admin_id: String,
    text: &str,
) -> HttpRequest {
    let path = format!("{}/reply", path(conversation));
    let body = Reply { message_type, r#type: "admin", admin_id, body: note::html(text) };
    send("POST", "/conversations/{id}/reply", path, &body)
}

fn path(conversation: &ConversationId) -> String {
    format!("/conversations/{}", segment(conversation.as_str()))
}

#[derive(Serialize)]
struct TagName<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct TagOn<'a> {
    id: &'a str,
    admin_id: String,
}

#[derive(Serialize)]
struct Attributes<'a> {
    custom_attributes: &'a BTreeMap<Arc<str>, AttributeValue>,
}

#[derive(Serialize)]
struct Reply {
    message_type: &'static str,
    r#type: &'static str,
    admin_id: String,
    body: String,
}
