//! Webhooks: the envelope, the topics, and what each carries.

use serde::Serialize;
use serde_json::{Value, json};

use crate::Moment;
use crate::delivery::PING;
use crate::faults::Fate;
use crate::identity::{AdminId, ContactId, ConversationId, PartId, TicketId};
use crate::workspace::Workspace;
use crate::workspace::conversation::AppliedTag;
use crate::workspace::render::{Lens, Parts, TagView};

/// The topics that this workspace can produce (Intercom docs, webhook models).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    UserCreated,
    UserReplied,
    AdminAssigned,
    AdminOpenAssigned,
    AdminReplied,
    AdminNoted,
    AdminClosed,
    AdminOpened,
    AdminSnoozed,
    AdminUnsnoozed,
    PartTagCreated,
    LeadCreated,
    LeadUpdated,
    LeadSignedUp,
    LeadAddedEmail,
    LeadTagCreated,
    LeadTagDeleted,
    ContactUserCreated,
    ContactUserUpdated,
    ContactUserTagCreated,
    ContactUserTagDeleted,
    EmailUpdated,
    ContactArchived,
    ContactUnarchived,
    ContactDeleted,
    ContactMerged,
    AwayModeUpdated,
    ContactAttached,
    ContactDetached,
    PriorityUpdated,
    PartRedacted,
    Deleted,
    TicketCreated,
}

impl Topic {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::UserCreated => "conversation.user.created",
            Self::UserReplied => "conversation.user.replied",
            Self::AdminAssigned => "conversation.admin.assigned",
            Self::AdminOpenAssigned => "conversation.admin.open.assigned",
            Self::AdminReplied => "conversation.admin.replied",
            Self::AdminNoted => "conversation.admin.noted",
            Self::AdminClosed => "conversation.admin.closed",
            Self::AdminOpened => "conversation.admin.opened",
            Self::AdminSnoozed => "conversation.admin.snoozed",
            Self::AdminUnsnoozed => "conversation.admin.unsnoozed",
            Self::PartTagCreated => "conversation_part.tag.created",
            Self::LeadCreated => "contact.lead.created",
            Self::LeadUpdated => "contact.lead.updated",
            Self::LeadSignedUp => "contact.lead.signed_up",
            Self::LeadAddedEmail => "contact.lead.added_email",
            Self::LeadTagCreated => "contact.lead.tag.created",
            Self::LeadTagDeleted => "contact.lead.tag.deleted",
            Self::ContactUserCreated => "contact.user.created",
            Self::ContactUserUpdated => "contact.user.updated",
            Self::ContactUserTagCreated => "contact.user.tag.created",
            Self::ContactUserTagDeleted => "contact.user.tag.deleted",
            Self::EmailUpdated => "contact.email.updated",
            Self::ContactArchived => "contact.archived",
            Self::ContactUnarchived => "contact.unarchive",
            Self::ContactDeleted => "contact.deleted",
            Self::ContactMerged => "contact.merged",
            Self::AwayModeUpdated => "admin.away_mode_updated",
            Self::ContactAttached => "conversation.contact.attached",
            Self::ContactDetached => "conversation.contact.detached",
            Self::PriorityUpdated => "conversation.priority.updated",
            Self::PartRedacted => "conversation_part.redacted",
            Self::Deleted => "conversation.deleted",
            Self::TicketCreated => "ticket.created",
        }
    }
}

/// A webhook to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// `notif_` and a UUID; empty for `ping`, which has none.
    pub id: String,
    /// The topic, such as `conversation.user.created`.
    pub topic: String,
    /// When it came about.
    pub created_at: Moment,
    /// The JSON of the first attempt.
    pub body: Vec<u8>,
    /// What becomes of it, by the faults in force.
    pub fate: Fate,
}

const FIRST_ATTEMPT: &[u8] = b"\"delivery_attempts\":1,";

impl Notification {
    /// The JSON of an attempt, counted from 1: the same but for `delivery_attempts`.
    pub fn body_of_attempt(&self, number: u32) -> Vec<u8> {
        // Behind `data`, and with quotes that text inside it can only hold escaped.
        let found = self
            .body
            .windows(FIRST_ATTEMPT.len())
            .rposition(|window| window == FIRST_ATTEMPT)
            .filter(|_| number != 1);
        let Some(start) = found else {
            return self.body.clone();
        };
        let mut body = self.body[..start].to_vec();
        body.extend_from_slice(format!("\"delivery_attempts\":{number},").as_bytes());
        body.extend_from_slice(&self.body[start + FIRST_ATTEMPT.len()..]);
        body
    }
}

/// The envelope, with its keys in the order of captured payloads.
#[derive(Serialize)]
struct Envelope<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    app_id: &'a str,
    data: Data<T>,
    links: Links,
    id: Option<&'a str>,
    topic: &'static str,
    delivery_status: Option<&'static str>,
    delivery_attempts: u32,
    delivered_at: u64,
    first_sent_at: u64,
    created_at: u64,
    #[serde(rename = "self")]
    own_url: Option<&'static str>,
}

#[derive(Serialize)]
struct Data<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    item: T,
}

#[derive(Serialize)]
struct Links {}

impl Workspace {
    /// Announces a conversation with the part that was added last; a new one has none.
    pub(crate) fn notify_conversation(&mut self, at: Moment, topic: Topic, id: ConversationId) {
        let Some(notification_id) = self.next_notification_id(topic) else { return };
        let parts = match topic {
            Topic::UserCreated => Parts::None,
            _ => Parts::Newest(1),
        };
        let item = self.lens().conversation(self, self.conversation_known(id), parts);
        let notification = self.notification(at, topic, notification_id, item);
        self.notifications.push_back(notification);
    }

    /// Announces a tag: the conversation with `tags_added` and the tagged message. The shape is that
    /// of a capture of 2019 (zulip/zulip, `conversation_part_tag_created.json`) on a modern body.
    pub(crate) fn notify_tagged(&mut self, at: Moment, id: ConversationId, tag: AppliedTag) {
        let Some(notification_id) = self.next_notification_id(Topic::PartTagCreated) else {
            return;
        };
        let conversation = self.conversation_known(id);
        let item =
            self.lens().conversation(self, conversation, Parts::Source).with_tag_added(self, tag);
        let notification = self.notification(at, Topic::PartTagCreated, notification_id, item);
        self.notifications.push_back(notification);
    }

    /// Announces one part of a conversation, or the message that opened it.
    pub(crate) fn notify_part(
        &mut self,
        at: Moment,
        topic: Topic,
        id: ConversationId,
        part: PartId,
    ) {
        let Some(notification_id) = self.next_notification_id(topic) else { return };
        let conversation = self.conversation_known(id);
        let parts = match conversation.source.id == part {
            true => Parts::Source,
            false => Parts::One(part),
        };
        let item = self.lens().conversation(self, conversation, parts);
        let notification = self.notification(at, topic, notification_id, item);
        self.notifications.push_back(notification);
    }

    /// Announces that a conversation is gone: its id and nothing else, under `conversation_id` (capture
    /// of January 2026, zulip/zulip, `conversation_deleted.json`).
    pub(crate) fn notify_deleted(&mut self, at: Moment, id: ConversationId) {
        let Some(notification_id) = self.next_notification_id(Topic::Deleted) else { return };
        let item = json!({"type": "conversation", "conversation_id": id});
        let notification = self.notification(at, Topic::Deleted, notification_id, item);
        self.notifications.push_back(notification);
    }

    pub(crate) fn notify_ticket(&mut self, at: Moment, topic: Topic, id: TicketId) {
        let Some(notification_id) = self.next_notification_id(topic) else { return };
        let ticket = self.ticket(id).expect("the ticket was just made");
        let item = self.lens().ticket(self, ticket);
        let notification = self.notification(at, topic, notification_id, item);
        self.notifications.push_back(notification);
    }

    pub(crate) fn notify_contact(&mut self, at: Moment, topic: Topic, id: ContactId) {
        let Some(notification_id) = self.next_notification_id(topic) else { return };
        let contact = self.contact(id).expect("the contact was just written");
        let item = self.lens().contact(self, contact);
        let notification = self.notification(at, topic, notification_id, item);
        self.notifications.push_back(notification);
    }

    /// Announces who is left of a merge, with who was merged away.
    pub(crate) fn notify_contact_merged(&mut self, at: Moment, from: ContactId, into: ContactId) {
        let Some(notification_id) = self.next_notification_id(Topic::ContactMerged) else { return };
        let contact = self.contact(into).expect("the contact was just written");
        let mut item = self.lens().contact(self, contact);
        item["merged_from"] = json!({"type": "contact", "id": from});
        let notification = self.notification(at, Topic::ContactMerged, notification_id, item);
        self.notifications.push_back(notification);
    }

    /// Announces a tag on a contact, or off it (Intercom docs, webhook models, `contact_tag`).
    pub(crate) fn notify_contact_tag(
        &mut self,
        at: Moment,
        topic: Topic,
        id: ContactId,
        applied: AppliedTag,
    ) {
        let Some(notification_id) = self.next_notification_id(topic) else { return };
        let contact = self.contact(id).expect("the contact was just written");
        let item = json!({
            "type": "contact_tag",
            "created_at": at.as_seconds(),
            "tag": TagView::applied(self, applied),
            "contact": self.lens().contact(self, contact),
        });
        let notification = self.notification(at, topic, notification_id, item);
        self.notifications.push_back(notification);
    }

    pub(crate) fn notify_away(&mut self, at: Moment, id: AdminId) {
        let Some(notification_id) = self.next_notification_id(Topic::AwayModeUpdated) else {
            return;
        };
        let item = self.away_item(id);
        let notification = self.notification(at, Topic::AwayModeUpdated, notification_id, item);
        self.notifications.push_back(notification);
    }

    /// A teammate as webhooks write them: the id is a number, the reason a text (capture of January
    /// 2026, zulip/zulip, `admin_away_mode_updated.json`).
    fn away_item(&self, id: AdminId) -> Value {
        let admin = self.admin(id).expect("the teammate was just written");
        let teams: Vec<u64> = admin.teams.iter().map(|team| team.get()).collect();
        let reason = admin.away_reason.and_then(|id| self.catalogue.away_reason(id));
        json!({
            "type": "admin",
            "id": id.get(),
            "name": admin.name,
            "email": admin.email,
            "job_title": null,
            "away_mode_enabled": admin.away,
            "away_mode_reassign": admin.away_reassign,
            "away_status_reason": reason.map_or_else(String::new, |reason| reason.text()),
            "has_inbox_seat": admin.has_inbox_seat,
            "team_ids": teams,
            "avatar": {"type": "avatar", "image_url": null},
        })
    }

    /// Webhooks follow the version of the app, not that of any call.
    fn lens(&self) -> Lens {
        Lens::webhook(self.app.version)
    }

    fn conversation_known(&self, id: ConversationId) -> &super::Conversation {
        self.conversation(id).expect("the conversation was just written")
    }

    /// Nothing if the app is not subscribed to the topic, or nobody is. Ids are counted all the same,
    /// so that a later webhook has the id that it would have had.
    fn next_notification_id(&mut self, topic: Topic) -> Option<String> {
        let topics = &self.app.topics;
        let wanted = topics.is_empty() || topics.iter().any(|wanted| wanted == topic.as_str());
        match (wanted, self.announces) {
            (true, true) => Some(format!("notif_{}", self.ids.uuid())),
            (true, false) => {
                self.ids.skip_uuid();
                None
            }
            (false, _) => None,
        }
    }

    fn notification(
        &self,
        at: Moment,
        topic: Topic,
        id: String,
        item: impl Serialize,
    ) -> Notification {
        let envelope = Envelope {
            kind: "notification_event",
            app_id: &self.app.id,
            data: Data { kind: "notification_event_data", item },
            links: Links {},
            id: Some(&id),
            topic: topic.as_str(),
            delivery_status: Some("pending"),
            delivery_attempts: 1,
            delivered_at: 0,
            first_sent_at: at.as_seconds(),
            created_at: at.as_seconds(),
            own_url: None,
        };
        let body = serde_json::to_vec(&envelope).expect("our own shapes are valid JSON");
        let topic = topic.as_str().to_owned();
        Notification { id, topic, created_at: at, body, fate: Fate::default() }
    }

    /// A `ping`, which Intercom sends to every subscription now and then: without an id and a
    /// status, and with this message (capture of January 2026, zulip/zulip, `ping.json`).
    pub fn ping(&self) -> Notification {
        let at = self.now();
        let envelope = Envelope {
            kind: "notification_event",
            app_id: &self.app.id,
            data: Data {
                kind: "notification_event_data",
                item: json!({"type": "ping", "message": "something something interzen"}),
            },
            links: Links {},
            id: None,
            topic: PING,
            delivery_status: None,
            delivery_attempts: 1,
            delivered_at: 0,
            first_sent_at: at.as_seconds(),
            created_at: at.as_seconds(),
            own_url: None,
        };
        let body = serde_json::to_vec(&envelope).expect("our own shapes are valid JSON");
        let (id, topic) = (String::new(), PING.to_owned());
        Notification { id, topic, created_at: at, body, fate: Fate::default() }
    }

    /// Announces a [`ping`](Self::ping) to all subscriptions.
    pub fn announce_ping(&mut self, at: Moment) {
        self.advance_to(at);
        let ping = self.ping();
        self.notifications.push_back(ping);
    }
}
