//! Which entries of the journal somebody is interested in.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Entry, Record};
use crate::Moment;
use crate::api::operation_of;
use crate::delivery::Outcome;
use crate::faults::Pattern;
use crate::identity::ConversationId;

/// What kind of thing an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A call of the API.
    ApiCall,
    /// A DM.
    Dm,
    /// What a teammate did.
    Action,
    /// What fell due.
    Due,
    /// An attempt to deliver a webhook.
    Delivery,
    /// A fault.
    Fault,
}

/// Entries that fit everything given; by default all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// The kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The method of a call, in capitals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path of a call: `*` is one segment, `**` all that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The operation of a call, such as `manageConversation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The status of a call, or of the answer to a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The topic of a webhook: `*` is one segment, or at the end all that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The conversation that was changed, or is in the path of a call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// A change made, by its name in the journal, such as `assigned`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// The rule of a fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Only entries of this number and up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Only what happened then or later, in microseconds since the epoch.
    #[serde(rename = "since_us", skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
}

impl Filter {
    /// Calls of a method to a path.
    pub fn calls(method: &str, path: &str) -> Self {
        let (method, path) = (Some(method.to_owned()), Some(path.to_owned()));
        Self { kind: Some(Kind::ApiCall), method, path, ..Self::default() }
    }

    /// Attempts to deliver webhooks of a topic.
    pub fn deliveries(topic: &str) -> Self {
        Self { kind: Some(Kind::Delivery), topic: Some(topic.to_owned()), ..Self::default() }
    }

    /// Whatever made a change of this name.
    pub fn changes(change: &str) -> Self {
        Self { change: Some(change.to_owned()), ..Self::default() }
    }

    /// With this status.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Of this conversation.
    #[must_use]
    pub const fn of_conversation(mut self, conversation: ConversationId) -> Self {
        self.conversation = Some(conversation);
        self
    }

    /// Whether an entry fits.
    pub fn matches(&self, entry: &Entry) -> bool {
        self.conditions(entry).all(|fits| fits)
    }

    /// How many of the conditions an entry fulfils.
    pub(super) fn closeness(&self, entry: &Entry) -> usize {
        self.conditions(entry).filter(|&fits| fits).count()
    }

    /// The conditions given, the cheap ones first: whether an entry fulfils them.
    fn conditions<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = bool> + 'a {
        let record = &entry.record;
        let (method, path) = call_of(record).unzip();
        let given = [
            self.after.map(|after| entry.index >= after),
            self.since.map(|since| entry.at >= since),
            self.kind.map(|kind| kind == kind_of(record)),
            self.method.as_ref().map(|wanted| method == Some(wanted.as_str())),
            self.path
                .as_ref()
                .map(|wanted| path.is_some_and(|path| Pattern::path(wanted).matches(path))),
            self.status.map(|wanted| status_of(record) == Some(wanted)),
            self.topic.as_ref().map(|wanted| {
                topic_of(record).is_some_and(|topic| Pattern::topic(wanted).matches(topic))
            }),
            self.rule
                .as_ref()
                .map(|wanted| matches!(record, Record::Fault { rule, .. } if rule == wanted)),
        ];
        let operation = self.operation.iter().map(move |wanted| {
            let named = method.zip(path).and_then(|(method, path)| operation_of(method, path));
            named == Some(wanted.as_str())
        });
        let of_changes = self.change.iter().map(|wanted| has(record, "change", wanted));
        let conversation = self.conversation.iter().map(move |wanted| {
            let wanted = wanted.to_string();
            path.is_some_and(|path| path.split('/').any(|segment| segment == wanted))
                || has(record, "conversation", &wanted)
        });
        given.into_iter().flatten().chain(operation).chain(of_changes).chain(conversation)
    }
}

/// Whether any of the changes has this value, as the journal writes it.
fn has(record: &Record, key: &str, wanted: &str) -> bool {
    record.changes().iter().any(|change| {
        let written = serde_json::to_value(change).unwrap_or(Value::Null);
        written[key] == wanted
    })
}

const fn kind_of(record: &Record) -> Kind {
    match record {
        Record::ApiCall { .. } => Kind::ApiCall,
        Record::Dm { .. } => Kind::Dm,
        Record::Action { .. } => Kind::Action,
        Record::Due { .. } => Kind::Due,
        Record::Delivery { .. } => Kind::Delivery,
        Record::Fault { .. } => Kind::Fault,
    }
}

fn call_of(record: &Record) -> Option<(&str, &str)> {
    match record {
        Record::ApiCall { method, path, .. } => Some((method, path)),
        Record::Fault { on, .. } => on.split_once(' '),
        _ => None,
    }
}

const fn status_of(record: &Record) -> Option<u16> {
    match record {
        Record::ApiCall { status, .. }
        | Record::Delivery { outcome: Outcome::Answered(status), .. } => Some(*status),
        _ => None,
    }
}

fn topic_of(record: &Record) -> Option<&str> {
    match record {
        Record::Delivery { topic, .. } => Some(topic),
        Record::Fault { on, .. } if !on.contains(' ') => Some(on),
        _ => None,
    }
}
