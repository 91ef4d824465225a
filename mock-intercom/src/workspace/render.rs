//! The JSON of Intercom's objects, by version, in REST answers and in webhooks.
//!
//! Shapes: Intercom's OpenAPI descriptions 2.14 and 2.16 for REST; for webhooks captures of January
//! 2026 (zulip/zulip, `zerver/webhooks/intercom/fixtures`), which differ from REST on purpose here:
//! ISO times in `statistics` and in contacts, `teammates.admins`, an empty `title`.

mod catalogue;
mod contact;
mod part;
mod people;
mod ticket;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::Moment;
use crate::identity::{ContactId, ConversationId, PartId, TicketId};
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::conversation::{AppliedTag, Conversation, Priority, State};

use crate::workspace_file::TicketCategory;

use part::{PartList, SourceView};

pub(crate) use part::MOST_PARTS;
pub(crate) use people::Persona;

/// How an object is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lens {
    pub(crate) version: ApiVersion,
    webhook: bool,
    plain: bool,
}

/// Which parts a conversation is shown with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parts {
    /// No `conversation_parts` at all, as in lists.
    Absent,
    /// An empty list.
    None,
    /// The newest so many.
    Newest(usize),
    /// One of them.
    One(PartId),
    /// The message that opened it, in the guise of a part.
    Source,
}

impl Lens {
    /// As REST shows it.
    pub(crate) const fn rest(version: ApiVersion) -> Self {
        Self { version, webhook: false, plain: false }
    }

    /// As a webhook shows it.
    pub(crate) fn webhook(version: ApiVersion) -> Self {
        Self { version, webhook: true, plain: version.webhooks_are_plain_text() }
    }

    /// The version it is looked at with.
    pub(crate) const fn version(self) -> ApiVersion {
        self.version
    }

    /// With texts stripped of HTML (`display_as=plaintext`).
    pub(crate) const fn plain(self) -> Self {
        Self { plain: true, ..self }
    }

    /// A time where REST writes Unix seconds and webhooks write ISO 8601.
    fn time(self, at: Option<Moment>) -> Option<Time> {
        at.map(|at| match self.webhook {
            true => Time::Iso(at.to_iso_utc()),
            false => Time::Unix(at.as_seconds()),
        })
    }

    /// An assignee's id: a number, and nobody as the version writes it.
    fn assignee(self, id: Option<u64>) -> Option<u64> {
        match id {
            None if self.version.writes_unassigned_as_zero() => Some(0),
            id => id,
        }
    }

    /// A priority in the words of the version.
    fn priority(self, priority: Priority) -> &'static str {
        match self.version.has_five_priorities() {
            true => priority.as_str(),
            false => priority.as_old_str(),
        }
    }

    /// A conversation.
    pub(crate) fn conversation<'a>(
        self,
        workspace: &'a Workspace,
        conversation: &'a Conversation,
        parts: Parts,
    ) -> ConversationView<'a> {
        let reference = |id: ContactId| ContactReference {
            kind: "contact",
            id: id.to_string(),
            external_id: workspace.contact(id).and_then(|contact| contact.external_id.as_deref()),
        };
        let created_at = conversation.created_at().as_seconds();
        ConversationView {
            kind: "conversation",
            id: conversation.id,
            created_at,
            updated_at: conversation.updated_at.as_seconds(),
            waiting_since: conversation.waiting_since.map(Moment::as_seconds),
            snoozed_until: match conversation.state {
                State::Snoozed { until } => Some(until.as_seconds()),
                State::Open | State::Closed => None,
            },
            source: self.source(workspace, conversation),
            contacts: ContactList {
                kind: "contact.list",
                contacts: conversation.contacts().map(reference).collect(),
            },
            first_contact_reply: FirstContactReply {
                created_at,
                kind: &conversation.source_type,
                url: None,
            },
            admin_assignee_id: self.assignee(conversation.admin.map(|id| id.get())),
            team_assignee_id: self.assignee(conversation.team.map(|id| id.get())),
            open: conversation.state.is_open(),
            state: conversation.state.as_str(),
            read: conversation.read,
            tags: TagList::new(workspace, &conversation.tags),
            tags_added: None,
            priority: self.priority(conversation.priority),
            sla_applied: None,
            statistics: self.statistics(conversation),
            conversation_rating: None,
            teammates: self.teammates(conversation),
            title: conversation.title().or(self.webhook.then_some("")),
            custom_attributes: CustomAttributes {
                system: SystemAttributes {
                    has_attachments: !conversation.source.attachments.is_empty(),
                    ..SystemAttributes::default()
                },
                own: &conversation.custom_attributes,
            },
            topics: TopicList { kind: "topic.list", topics: [], total_count: 0 },
            ticket: None,
            linked_objects: LinkedObjects::of(workspace, conversation),
            ai_agent: None,
            ai_agent_participated: false,
            newer: self.version.has_channel().then(|| NewerFields::of(conversation)),
            conversation_parts: self.parts(workspace, conversation, parts),
        }
    }

    fn teammates(self, conversation: &Conversation) -> Teammates {
        let list = conversation
            .participants
            .iter()
            .map(|id| Reference { kind: "admin", id: Some(id.to_string()) })
            .collect();
        match self.webhook {
            true => Teammates::Webhook { kind: "admin.list", admins: list },
            false => Teammates::Rest { kind: "admin.list", teammates: list },
        }
    }

    fn statistics(self, conversation: &Conversation) -> StatisticsView {
        let statistics = &conversation.statistics;
        let created_at = conversation.created_at();
        let seconds = |at: Option<Moment>| at.map(|at| at.since(created_at).as_secs());
        StatisticsView {
            kind: "conversation_statistics",
            time_to_assignment: seconds(statistics.assigned_before_reply_at),
            time_to_admin_reply: seconds(statistics.first_admin_reply_at),
            time_to_first_close: seconds(statistics.first_close_at),
            time_to_last_close: seconds(statistics.last_close_at),
            median_time_to_reply: statistics.median_reply_delay(),
            first_contact_reply_at: self.time(Some(created_at)),
            first_assignment_at: self.time(statistics.first_assignment_at),
            first_admin_reply_at: self.time(statistics.first_admin_reply_at),
            first_close_at: self.time(statistics.first_close_at),
            last_assignment_at: self.time(statistics.last_assignment_at),
            last_assignment_admin_reply_at: self.time(statistics.last_assignment_admin_reply_at),
            last_contact_reply_at: self.time(Some(statistics.last_contact_reply_at)),
            last_admin_reply_at: self.time(statistics.last_admin_reply_at),
            last_close_at: self.time(statistics.last_close_at),
            last_closed_by_id: statistics.last_closed_by.map(|id| id.get()),
            count_reopens: statistics.reopens,
            count_assignments: statistics.assignments,
            count_conversation_parts: conversation.parts.len() + 1,
            assigned_team_first_response_time: [],
            assigned_team_first_response_time_in_office_hours: [],
            handling_time: None,
        }
    }
}

/// A conversation as JSON; keys in the order of the captures.
#[derive(Serialize)]
pub(crate) struct ConversationView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: ConversationId,
    created_at: u64,
    updated_at: u64,
    waiting_since: Option<u64>,
    snoozed_until: Option<u64>,
    source: SourceView<'a>,
    contacts: ContactList<'a>,
    first_contact_reply: FirstContactReply<'a>,
    admin_assignee_id: Option<u64>,
    team_assignee_id: Option<u64>,
    open: bool,
    state: &'static str,
    read: bool,
    tags: TagList<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags_added: Option<TagList<'a>>,
    priority: &'static str,
    sla_applied: Option<()>,
    statistics: StatisticsView,
    conversation_rating: Option<()>,
    teammates: Teammates,
    title: Option<&'a str>,
    custom_attributes: CustomAttributes<'a>,
    topics: TopicList,
    ticket: Option<()>,
    linked_objects: LinkedObjects<'a>,
    ai_agent: Option<()>,
    ai_agent_participated: bool,
    #[serde(flatten)]
    newer: Option<NewerFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_parts: Option<PartList<'a>>,
}

impl<'a> ConversationView<'a> {
    /// With `tags_added`.
    pub(crate) fn with_tag_added(mut self, workspace: &'a Workspace, tag: AppliedTag) -> Self {
        self.tags_added = Some(TagList::new(workspace, &[tag]));
        self
    }
}

/// What 2.16 added. In which words the channel of an API-made conversation is told is not known, so
/// `channel` is null there, which the description allows.
#[derive(Serialize)]
struct NewerFields<'a> {
    channel: Option<ChannelView<'a>>,
    company: Option<()>,
    external_references: [(); 0],
    sales_agent: Option<()>,
    sales_agent_participated: bool,
}

impl<'a> NewerFields<'a> {
    fn of(conversation: &'a Conversation) -> Self {
        Self {
            channel: conversation
                .channel
                .as_deref()
                .map(|channel| ChannelView { initial: channel, current: channel }),
            company: None,
            external_references: [],
            sales_agent: None,
            sales_agent_participated: false,
        }
    }
}

/// Where a conversation began and where it is now; here it never moves.
#[derive(Serialize)]
struct ChannelView<'a> {
    initial: &'a str,
    current: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Time {
    Unix(u64),
    Iso(String),
}

#[derive(Serialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Option<String>,
}

#[derive(Serialize)]
struct ContactList<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    contacts: Vec<ContactReference<'a>>,
}

#[derive(Serialize)]
struct ContactReference<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    external_id: Option<&'a str>,
}

#[derive(Serialize)]
struct FirstContactReply<'a> {
    created_at: u64,
    #[serde(rename = "type")]
    kind: &'a str,
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct TagList<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    tags: Vec<TagView<'a>>,
}

impl<'a> TagList<'a> {
    fn new(workspace: &'a Workspace, tags: &[AppliedTag]) -> Self {
        let tags = tags.iter().map(|&tag| TagView::applied(workspace, tag)).collect();
        Self { kind: "tag.list", tags }
    }
}

/// A tag on something (schema `tag`).
#[derive(Serialize)]
pub(crate) struct TagView<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    name: &'a str,
    applied_at: u64,
    applied_by: Reference,
}

impl<'a> TagView<'a> {
    pub(crate) fn applied(workspace: &'a Workspace, applied: AppliedTag) -> Self {
        Self {
            kind: "tag",
            id: applied.tag.to_string(),
            name: workspace.tag(applied.tag).map_or("", |tag| tag.name()),
            applied_at: applied.at.as_seconds(),
            applied_by: Reference { kind: "admin", id: Some(applied.by.to_string()) },
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Teammates {
    Rest {
        #[serde(rename = "type")]
        kind: &'static str,
        teammates: Vec<Reference>,
    },
    Webhook {
        #[serde(rename = "type")]
        kind: &'static str,
        admins: Vec<Reference>,
    },
}

/// Intercom's own keys, then those of the workspace.
#[derive(Serialize)]
struct CustomAttributes<'a> {
    #[serde(flatten)]
    system: SystemAttributes,
    #[serde(flatten)]
    own: &'a BTreeMap<String, Value>,
}

/// The keys that Intercom itself puts among the custom attributes.
#[derive(Default, Serialize)]
struct SystemAttributes {
    #[serde(rename = "Has attachments")]
    has_attachments: bool,
    #[serde(rename = "Auto-translated")]
    auto_translated: bool,
    #[serde(rename = "Fin AI Agent: Preview")]
    fin_preview: bool,
    #[serde(rename = "Copilot used")]
    copilot_used: bool,
}

#[derive(Serialize)]
struct TopicList {
    #[serde(rename = "type")]
    kind: &'static str,
    topics: [(); 0],
    total_count: u32,
}

#[derive(Serialize)]
struct LinkedObjects<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: Vec<LinkedObject<'a>>,
    total_count: usize,
    has_more: bool,
}

/// Schema `linked_object`.
#[derive(Serialize)]
struct LinkedObject<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: TicketId,
    category: Option<&'a TicketCategory>,
}

impl<'a> LinkedObjects<'a> {
    fn of(workspace: &'a Workspace, conversation: &Conversation) -> Self {
        let kinds = &workspace.catalogue.ticket_types;
        let link = |&id: &TicketId| {
            let ticket = workspace.ticket(id);
            let kind = ticket.and_then(|ticket| kinds.iter().find(|kind| kind.id == ticket.kind));
            LinkedObject { kind: "ticket", id, category: kind.map(|kind| &kind.category) }
        };
        let data: Vec<LinkedObject<'_>> = conversation.tickets.iter().map(link).collect();
        Self { kind: "list", total_count: data.len(), data, has_more: false }
    }
}

#[derive(Serialize)]
struct StatisticsView {
    #[serde(rename = "type")]
    kind: &'static str,
    time_to_assignment: Option<u64>,
    time_to_admin_reply: Option<u64>,
    time_to_first_close: Option<u64>,
    time_to_last_close: Option<u64>,
    median_time_to_reply: Option<u64>,
    first_contact_reply_at: Option<Time>,
    first_assignment_at: Option<Time>,
    first_admin_reply_at: Option<Time>,
    first_close_at: Option<Time>,
    last_assignment_at: Option<Time>,
    last_assignment_admin_reply_at: Option<Time>,
    last_contact_reply_at: Option<Time>,
    last_admin_reply_at: Option<Time>,
    last_close_at: Option<Time>,
    last_closed_by_id: Option<u64>,
    count_reopens: u32,
    count_assignments: u32,
    count_conversation_parts: usize,
    assigned_team_first_response_time: [(); 0],
    assigned_team_first_response_time_in_office_hours: [(); 0],
    handling_time: Option<u64>,
}
