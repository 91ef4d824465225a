//! JSON as Intercom writes it, in webhooks and in answers, of the 2019 shape and of API 2.11-2.16.
//!
//! Every field is lenient; borrowed where the JSON allows. Fields that the router does not use are
//! not here. Source: Intercom's OpenAPI description and captured deliveries.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{Flag, Maybe, Moment, Number, Numbers, Several, Text};

/// A notification without its item, whose shape depends on the topic.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow, default)]
    pub(crate) id: Text<'a>,
    #[serde(borrow, default)]
    pub(crate) app_id: Text<'a>,
    #[serde(borrow)]
    pub(crate) topic: Cow<'a, str>,
    #[serde(default)]
    pub(crate) created_at: Moment,
    #[serde(borrow)]
    pub(crate) data: EnvelopeData<'a>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct EnvelopeData<'a> {
    #[serde(borrow)]
    pub(crate) item: &'a RawValue,
}

/// A conversation, or (in `conversation_part.*` topics) a part that names its conversation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Conversation<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) id: Text<'a>,
    /// In `conversation.deleted` instead of `id`, and in parts.
    #[serde(borrow)]
    pub(crate) conversation_id: Text<'a>,
    /// In parts. Not read any further here, so that nothing nests without end.
    #[serde(borrow)]
    pub(crate) conversation: Option<&'a RawValue>,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    pub(crate) snoozed_until: Moment,
    pub(crate) open: Flag,
    #[serde(borrow)]
    pub(crate) state: Text<'a>,
    #[serde(borrow)]
    pub(crate) source: Maybe<Source<'a>>,
    /// 2019: what is `source` now.
    #[serde(borrow)]
    pub(crate) conversation_message: Maybe<Source<'a>>,
    #[serde(borrow)]
    pub(crate) contacts: Maybe<ContactList<'a>>,
    /// 2019: what is `contacts` now.
    #[serde(borrow)]
    pub(crate) user: Maybe<Reference<'a>>,
    pub(crate) admin_assignee_id: Number,
    pub(crate) team_assignee_id: Number,
    /// 2019: what the two assignee ids are now.
    #[serde(borrow)]
    pub(crate) assignee: Maybe<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) channel: Maybe<Channel<'a>>,
    #[serde(borrow)]
    pub(crate) tags: Maybe<TagList<'a>>,
    #[serde(borrow)]
    pub(crate) tags_added: Maybe<TagList<'a>>,
    /// In `conversation_part.tag.created`, as an older client decoded it.
    #[serde(borrow)]
    pub(crate) tag: Maybe<Tag<'a>>,
    #[serde(borrow)]
    pub(crate) custom_attributes: Maybe<Attributes<'a>>,
    #[serde(borrow)]
    pub(crate) conversation_parts: Maybe<PartList<'a>>,
}

/// Names of attributes to values of any JSON type.
pub(crate) type Attributes<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Source<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) body: Text<'a>,
    #[serde(borrow)]
    pub(crate) author: Maybe<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) attachments: Several<Attachment<'a>>,
}

/// Something that came with a message (schema `part_attachment`: none of its fields is required).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Attachment<'a> {
    /// `upload` in the description's example.
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    #[serde(borrow)]
    pub(crate) url: Text<'a>,
    #[serde(borrow)]
    pub(crate) content_type: Text<'a>,
}

/// A thing named by its type and id.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reference<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow)]
    pub(crate) id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ContactList<'a> {
    #[serde(borrow)]
    pub(crate) contacts: Several<Reference<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Channel<'a> {
    #[serde(borrow)]
    pub(crate) initial: Text<'a>,
    #[serde(borrow)]
    pub(crate) current: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TagList<'a> {
    #[serde(borrow)]
    pub(crate) tags: Several<Tag<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tag<'a> {
    #[serde(borrow)]
    pub(crate) id: Text<'a>,
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PartList<'a> {
    #[serde(borrow)]
    pub(crate) conversation_parts: Several<Part<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Part<'a> {
    pub(crate) id: Number,
    #[serde(borrow)]
    pub(crate) part_type: Text<'a>,
    #[serde(borrow)]
    pub(crate) body: Text<'a>,
    #[serde(borrow)]
    pub(crate) author: Maybe<Author<'a>>,
    #[serde(borrow)]
    pub(crate) assigned_to: Maybe<Reference<'a>>,
    #[serde(borrow)]
    pub(crate) attachments: Several<Attachment<'a>>,
}

/// Who wrote a part (schema `conversation_part_author`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Author<'a> {
    /// `admin`, `bot`, `team`, `operator`; `user`, `lead` or `contact` for who writes to us.
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    pub(crate) id: Number,
    pub(crate) from_ai_agent: Flag,
    pub(crate) is_ai_answer: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Contact<'a> {
    #[serde(borrow)]
    pub(crate) language_override: Text<'a>,
    #[serde(borrow)]
    pub(crate) browser_language: Text<'a>,
    #[serde(borrow)]
    pub(crate) location: Maybe<Location<'a>>,
    #[serde(borrow)]
    pub(crate) custom_attributes: Maybe<Attributes<'a>>,
    /// Unix seconds in REST, ISO 8601 in webhooks.
    pub(crate) created_at: Moment,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Location<'a> {
    #[serde(borrow)]
    pub(crate) country_code: Text<'a>,
    #[serde(borrow)]
    pub(crate) region: Text<'a>,
}

/// The answer of `GET /admins`. A list that is missing is an answer that cannot be read.
#[derive(Debug, Deserialize)]
pub(crate) struct AdminList {
    pub(crate) admins: Several<Admin>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Admin {
    pub(crate) id: Number,
    pub(crate) away_mode_enabled: Flag,
    pub(crate) away_mode_reassign: Flag,
    pub(crate) has_inbox_seat: Flag,
    pub(crate) team_ids: Numbers,
    pub(crate) team_priority_level: Maybe<TeamPriority>,
}

/// For which teams a teammate works first, and for which only helps out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TeamPriority {
    pub(crate) primary_team_ids: Numbers,
    pub(crate) secondary_team_ids: Numbers,
}

/// The answer of `GET /teams`.
#[derive(Debug, Deserialize)]
pub(crate) struct TeamList {
    pub(crate) teams: Several<Team>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Team {
    pub(crate) id: Number,
    pub(crate) admin_ids: Numbers,
    pub(crate) admin_priority_level: Maybe<AdminPriority>,
}

/// Who works for a team first, and who only helps out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AdminPriority {
    pub(crate) primary_admin_ids: Numbers,
    pub(crate) secondary_admin_ids: Numbers,
}

/// The answer of `POST /conversations/search`.
#[derive(Debug, Deserialize)]
pub(crate) struct ConversationList<'a> {
    #[serde(borrow)]
    pub(crate) conversations: Several<Conversation<'a>>,
    #[serde(borrow, default)]
    pub(crate) pages: Maybe<Pages<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pages<'a> {
    /// Not there on the last page.
    #[serde(borrow)]
    pub(crate) next: Maybe<NextPage<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NextPage<'a> {
    #[serde(borrow)]
    pub(crate) starting_after: Text<'a>,
}

/// The body of an error answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorList<'a> {
    /// By which Intercom's support finds the request.
    #[serde(borrow)]
    pub(crate) request_id: Text<'a>,
    #[serde(borrow)]
    pub(crate) errors: Several<ErrorEntry<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorEntry<'a> {
    #[serde(borrow)]
    pub(crate) code: Text<'a>,
}
