//! From the body of a webhook to events.
//!
//! Tolerant: a field that is missing or odd is left out, a topic that is not known makes no
//! event. Only what is not a notification at all is an error.

use engine::{Change, ContactId, Event, TeammateId, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::intercom::wire::{Admin, Conversation, Envelope, Reference};
use crate::intercom::{
    answer, assignment_part, contact_messages, conversation_id, opening_message, presence,
    reassigns, snapshot,
};

/// What a webhook told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// `notif_…`, the same when Intercom repeats it; `None` in a ping.
    pub id: Option<String>,
    /// The workspace; empty if the payload does not name it.
    pub app_id: String,
    /// Such as `conversation.user.created`.
    pub topic: String,
    /// What the engine is to hear of it; empty for a ping and for topics that are not ours.
    pub events: Vec<Event>,
}

/// Why a body is not a notification.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The body is not UTF-8.
    #[error("the body is not UTF-8")]
    NotText(#[source] std::str::Utf8Error),
    /// The body is not JSON, or not an object with `topic` and `data.item`.
    #[error("the body is not a notification")]
    NotANotification(#[source] serde_json::Error),
    /// The item is not an object.
    #[error("the item of a {topic} notification cannot be read")]
    Item {
        /// The notification's topic.
        topic: Topic,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The item does not say what it is about.
    #[error("the item of a {topic} notification has no {field}")]
    Missing {
        /// The notification's topic.
        topic: Topic,
        /// What is not there.
        field: &'static str,
    },
}

impl DecodeError {
    /// What is wrong and where, in words that hold nothing of the body: JSON's reader quotes what it
    /// stumbled over, so it is not asked.
    #[must_use]
    pub fn reason(&self) -> String {
        match self.place() {
            Some(place) => format!("{self}, at {place}"),
            None => self.to_string(),
        }
    }

    /// Where the body stops making sense, as line and column, if JSON's reader says so. Holds
    /// nothing of the body.
    #[must_use]
    pub fn place(&self) -> Option<String> {
        match self {
            Self::NotANotification(json) | Self::Item { source: json, .. } => {
                Some(format!("{}:{}", json.line(), json.column()))
            }
            Self::NotText(_) | Self::Missing { .. } => None,
        }
    }
}

/// The topics that mean something to the router; everything else is [`Topic::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// `conversation.user.created`.
    Created,
    /// `conversation.user.replied`.
    ContactReplied,
    /// `conversation.admin.replied`.
    TeammateReplied,
    /// `conversation.operator.replied`.
    OperatorReplied,
    /// `conversation_part.tag.created`.
    Tagged,
    /// `conversation.admin.assigned`.
    Assigned,
    /// `conversation.admin.open.assigned`.
    OpenAssigned,
    /// `conversation.admin.closed`.
    Closed,
    /// `conversation.admin.opened`.
    Opened,
    /// `conversation.admin.snoozed`.
    Snoozed,
    /// `conversation.admin.unsnoozed`.
    Unsnoozed,
    /// `conversation.deleted`.
    Deleted,
    /// `admin.away_mode_updated`.
    AwayModeUpdated,
    /// `admin.added_to_workspace`.
    TeammateAdded,
    /// `admin.removed_from_workspace`.
    TeammateRemoved,
    /// `contact.deleted`.
    ContactDeleted,
    /// `ping`.
    Ping,
    /// Any other.
    Other,
}

impl Topic {
    const ALL: [(Self, &'static str); 18] = [
        (Self::Created, "conversation.user.created"),
        (Self::ContactReplied, "conversation.user.replied"),
        (Self::TeammateReplied, "conversation.admin.replied"),
        (Self::OperatorReplied, "conversation.operator.replied"),
        (Self::Tagged, "conversation_part.tag.created"),
        (Self::Assigned, "conversation.admin.assigned"),
        (Self::OpenAssigned, "conversation.admin.open.assigned"),
        (Self::Closed, "conversation.admin.closed"),
        (Self::Opened, "conversation.admin.opened"),
        (Self::Snoozed, "conversation.admin.snoozed"),
        (Self::Unsnoozed, "conversation.admin.unsnoozed"),
        (Self::Deleted, "conversation.deleted"),
        (Self::AwayModeUpdated, "admin.away_mode_updated"),
        (Self::TeammateAdded, "admin.added_to_workspace"),
        (Self::TeammateRemoved, "admin.removed_from_workspace"),
        (Self::ContactDeleted, "contact.deleted"),
        (Self::Ping, "ping"),
        (Self::Other, "other"),
    ];

    /// The names of the topics that an app should be subscribed to for the router's sake. Every
    /// assignment comes as `conversation.admin.assigned`; `...open.assigned` only repeats some.
    pub fn subscribed() -> impl Iterator<Item = &'static str> {
        let spared = [Self::OpenAssigned, Self::Ping, Self::Other];
        Self::ALL.iter().filter(move |(topic, _)| !spared.contains(topic)).map(|(_, name)| *name)
    }

    /// The topic of this name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let known = Self::ALL.iter().find(|(_, known)| *known == name);
        known.map_or(Self::Other, |(topic, _)| *topic)
    }

    /// Its name, from a closed set; `other` for what is not known.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(topic, _)| *topic == self);
        found.expect("ALL names every topic").1
    }
}

impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What can be told of a body that is not a notification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glimpse {
    /// [`Notification::id`].
    pub id: Option<String>,
    /// [`Notification::app_id`].
    pub app_id: Option<String>,
    /// The topic, if there is any.
    pub topic: Option<Topic>,
}

/// Looks at a body that cannot be decoded. Whatever is odd in it is left out.
#[must_use]
pub fn glimpse(body: &[u8]) -> Glimpse {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Head {
        id: Value,
        app_id: Value,
        topic: Value,
    }
    let head: Head = serde_json::from_slice(body).unwrap_or_default();
    let text = |value: &Value| value.as_str().filter(|it| !it.is_empty()).map(str::to_owned);
    Glimpse {
        id: text(&head.id),
        app_id: text(&head.app_id),
        topic: head.topic.as_str().map(Topic::of),
    }
}

/// Reads the body of a webhook.
///
/// # Errors
///
/// If the body is not a notification, or does not say what it is about.
pub fn decode(body: &[u8]) -> Result<Notification, DecodeError> {
    let text = std::str::from_utf8(body).map_err(DecodeError::NotText)?;
    let envelope: Envelope<'_> =
        serde_json::from_str(text).map_err(DecodeError::NotANotification)?;
    let seen_at = envelope.created_at.0.unwrap_or_default();
    Ok(Notification {
        id: envelope.id.to_owned(),
        app_id: envelope.app_id.to_owned().unwrap_or_default(),
        events: events(Topic::of(&envelope.topic), envelope.data.item, seen_at)?,
        topic: envelope.topic.into_owned(),
    })
}

fn events(topic: Topic, item: &RawValue, seen_at: Timestamp) -> Result<Vec<Event>, DecodeError> {
    let changed = |change: fn(&Conversation<'_>) -> Change| {
        let item = read(topic, item)?;
        Ok(vec![conversation_changed(topic, &item, seen_at, change(&item))?])
    };
    match topic {
        Topic::Created => changed(|item| Change::Started(opening_message(item))),
        Topic::ContactReplied => {
            let item = read(topic, item)?;
            let changes = contact_messages(&item).into_iter().map(Change::ContactReplied);
            changes.map(|change| conversation_changed(topic, &item, seen_at, change)).collect()
        }
        // A bot's reply comes in both topics, with the same part.
        Topic::TeammateReplied | Topic::OperatorReplied => changed(|item| {
            let (teammate, part) = answer(item);
            Change::Answered { teammate, part }
        }),
        Topic::Tagged => changed(|_| Change::Labelled),
        Topic::Assigned | Topic::OpenAssigned => {
            changed(|item| Change::Assigned { part: assignment_part(item) })
        }
        Topic::Closed => changed(|_| Change::Closed),
        Topic::Opened | Topic::Unsnoozed => changed(|_| Change::Opened),
        Topic::Snoozed => changed(|_| Change::Snoozed),
        Topic::Deleted => {
            let missing = DecodeError::Missing { topic, field: "conversation id" };
            let conversation = conversation_id(&read(topic, item)?).ok_or(missing)?;
            Ok(vec![Event::ConversationDeleted { conversation }])
        }
        Topic::AwayModeUpdated => presence_changed(topic, item),
        Topic::TeammateAdded | Topic::TeammateRemoved => Ok(vec![Event::RosterChanged]),
        Topic::ContactDeleted => {
            let missing = DecodeError::Missing { topic, field: "id" };
            let item: Reference<'_> = serde_json::from_str(item.get())
                .map_err(|source| DecodeError::Item { topic, source })?;
            let contact = ContactId::new(item.id.as_deref().ok_or(missing)?);
            Ok(vec![Event::ContactForgotten { contact }])
        }
        Topic::Ping | Topic::Other => Ok(Vec::new()),
    }
}

fn read<'a>(topic: Topic, item: &'a RawValue) -> Result<Conversation<'a>, DecodeError> {
    serde_json::from_str(item.get()).map_err(|source| DecodeError::Item { topic, source })
}

fn conversation_changed(
    topic: Topic,
    item: &Conversation<'_>,
    seen_at: Timestamp,
    change: Change,
) -> Result<Event, DecodeError> {
    let missing = DecodeError::Missing { topic, field: "conversation id" };
    let conversation = snapshot(item, seen_at).ok_or(missing)?;
    Ok(Event::ConversationChanged { conversation, change })
}

fn presence_changed(topic: Topic, item: &RawValue) -> Result<Vec<Event>, DecodeError> {
    let admin: Admin =
        serde_json::from_str(item.get()).map_err(|source| DecodeError::Item { topic, source })?;
    let id = admin.id.0.ok_or(DecodeError::Missing { topic, field: "id" })?;
    let presence =
        presence(&admin).ok_or(DecodeError::Missing { topic, field: "away_mode_enabled" })?;
    let (teammate, reassign) = (TeammateId::new(id), reassigns(&admin));
    Ok(vec![Event::PresenceChanged { teammate, presence, reassign }])
}
