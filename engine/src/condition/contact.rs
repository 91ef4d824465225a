//! Tests of what is known of contact and conversation besides the words.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::{Table, Value};

use super::{Ask, Bounds, one_of, texts};
use crate::subject::Facts;
use crate::{AttachmentKind, Found};

/// An attribute passes a test.
#[derive(Clone, Debug)]
pub(crate) struct AttributeTest {
    pub(crate) owner: Owner,
    pub(crate) name: Arc<str>,
    pub(crate) test: ValueTest,
}

/// Whose attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Contact,
    Conversation,
}

impl Owner {
    /// As conditions and `[attributes]` name it.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Conversation => "conversation",
        }
    }
}

/// What an attribute is compared with. One that is not set passes only `is_set = false` and `not`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ValueTest {
    Boolean(bool),
    Number(Bounds),
    /// One of these texts, in any case.
    OneOf(Vec<Arc<str>>),
    /// Not this text, in any case.
    Not(Arc<str>),
    /// This text somewhere in it, in any case.
    Contains(Arc<str>),
    IsSet(bool),
}

impl ValueTest {
    /// Whether a value, or none, passes.
    pub(crate) fn holds(&self, actual: Option<&str>) -> bool {
        match self {
            Self::Boolean(wanted) => {
                actual.and_then(|text| text.trim().to_lowercase().parse().ok()) == Some(*wanted)
            }
            Self::Number(bounds) => {
                let number = actual.and_then(|text| text.trim().parse().ok());
                number.is_some_and(|number| bounds.hold(number))
            }
            Self::OneOf(any) => any.iter().any(|wanted| is(actual, wanted)),
            Self::Not(unwanted) => !is(actual, unwanted),
            Self::Contains(part) => {
                actual.is_some_and(|text| text.to_lowercase().contains(&part.to_lowercase()))
            }
            Self::IsSet(wanted) => actual.is_some_and(|text| !text.is_empty()) == *wanted,
        }
    }

    /// A free text may be a name or an address: what it is stays out of explanations.
    fn shown(&self, actual: Option<&str>) -> Option<Arc<str>> {
        let actual = actual?;
        match self {
            Self::Boolean(_) | Self::Number(_) => Some(actual.into()),
            Self::OneOf(any) => any.iter().find(|wanted| is(Some(actual), wanted)).cloned(),
            Self::Not(_) | Self::Contains(_) | Self::IsSet(_) => None,
        }
        .or(Some("something else".into()))
    }
}

fn is(actual: Option<&str>, wanted: &str) -> bool {
    actual.is_some_and(|actual| actual.to_lowercase() == wanted.to_lowercase())
}

impl AttributeTest {
    fn actual<'f>(&self, facts: &Facts<'f>) -> Option<&'f str> {
        let attributes: Option<&'f BTreeMap<String, String>> = match self.owner {
            Owner::Contact => facts.subject.contact.as_ref().map(|contact| &contact.attributes),
            Owner::Conversation => Some(&facts.subject.attributes),
        };
        attributes?.get(&*self.name).map(String::as_str)
    }
}

impl Ask for AttributeTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        self.test.holds(self.actual(facts))
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        Found::Value(self.test.shown(self.actual(facts)))
    }

    fn asked(&self) -> String {
        let name = format!("{} {}", self.owner.key(), self.name);
        match &self.test {
            ValueTest::Boolean(wanted) => format!("{name}: {wanted}"),
            ValueTest::Number(bounds) => format!("{name}: {bounds}"),
            ValueTest::OneOf(any) => format!("{name}: {}", one_of(any.iter().map(|it| &**it))),
            ValueTest::Not(unwanted) => format!("{name}: not \"{unwanted}\""),
            ValueTest::Contains(part) => format!("{name}: contains \"{part}\""),
            ValueTest::IsSet(true) => format!("{name}: is set"),
            ValueTest::IsSet(false) => format!("{name}: is not set"),
        }
    }

    fn print(&self) -> (&'static str, Value) {
        let entry =
            |key: &str, value: Value| Value::Table(Table::from_iter([(key.to_owned(), value)]));
        let test = match &self.test {
            ValueTest::Boolean(wanted) => Value::Boolean(*wanted),
            ValueTest::Number(bounds) => bounds.print(),
            ValueTest::OneOf(any) => texts(any.iter().map(|it| &**it)),
            ValueTest::Not(unwanted) => entry("not", Value::String(unwanted.to_string())),
            ValueTest::Contains(part) => entry("contains", Value::String(part.to_string())),
            ValueTest::IsSet(wanted) => entry("is_set", Value::Boolean(*wanted)),
        };
        let table = Table::from_iter([(self.name.to_string(), test)]);
        (self.owner.key(), Value::Table(table))
    }

    fn needs_profile(&self) -> bool {
        self.owner == Owner::Contact
    }
}

/// Something with a name is one of these, in any case.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) field: ListedField,
    pub(crate) any: Vec<Arc<str>>,
}

/// Something with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListedField {
    Country,
    Region,
    Tag,
}

impl Listed {
    fn actual<'f>(&self, facts: &Facts<'f>) -> &'f [String] {
        let contact = facts.subject.contact.as_ref();
        match self.field {
            ListedField::Country => contact.map_or(&[], |contact| contact.country.as_slice()),
            ListedField::Region => contact.map_or(&[], |contact| contact.region.as_slice()),
            ListedField::Tag => &facts.subject.tags,
        }
    }

    fn hit(&self, facts: &Facts<'_>) -> Option<&Arc<str>> {
        let actual = self.actual(facts);
        self.any.iter().find(|wanted| actual.iter().any(|it| is(Some(it), wanted)))
    }

    fn key(&self) -> &'static str {
        match self.field {
            ListedField::Country => "country",
            ListedField::Region => "region",
            ListedField::Tag => "tag",
        }
    }
}

impl Ask for Listed {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        self.hit(facts).is_some()
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let other = || self.actual(facts).first().map(|it| it.as_str().into());
        Found::Value(self.hit(facts).cloned().or_else(other))
    }

    fn asked(&self) -> String {
        format!("{}: {}", self.key(), one_of(self.any.iter().map(|it| &**it)))
    }

    fn print(&self) -> (&'static str, Value) {
        (self.key(), texts(self.any.iter().map(|it| &**it)))
    }

    fn needs_profile(&self) -> bool {
        self.field != ListedField::Tag
    }
}

/// Whether the contact was known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acquaintance {
    New,
    Returning,
}

/// The contact is new, or was known before. If that cannot be told, it is neither.
#[derive(Clone, Debug)]
pub(crate) struct ContactIs(pub(crate) Acquaintance);

impl Acquaintance {
    fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Returning => "returning",
        }
    }
}

impl Ask for ContactIs {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        facts.subject.is_returning() == Some(self.0 == Acquaintance::Returning)
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let returning = facts.subject.is_returning();
        Found::Value(returning.map(|it| if it { "returning".into() } else { "new".into() }))
    }

    fn asked(&self) -> String {
        format!("contact is {}", self.0.as_str())
    }

    fn print(&self) -> (&'static str, Value) {
        ("contact_is", Value::String(self.0.as_str().to_owned()))
    }

    fn needs_profile(&self) -> bool {
        true
    }
}

/// What comes with the messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttachmentTest {
    /// Nothing but text.
    Nothing,
    /// Anything.
    Anything,
    /// One of these.
    OneOf(Vec<AttachmentKind>),
}

impl AttachmentKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Image, Self::Video, Self::Audio, Self::Sticker, Self::SharedPost, Self::File];

    /// Its name in rules files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Sticker => "sticker",
            Self::SharedPost => "shared_post",
            Self::File => "file",
        }
    }
}

impl AttachmentTest {
    fn names(&self) -> Vec<&'static str> {
        match self {
            Self::Nothing => vec!["none"],
            Self::Anything => vec!["any"],
            Self::OneOf(kinds) => kinds.iter().map(|kind| kind.name()).collect(),
        }
    }
}

/// What comes with the messages. A shared post that comes as a link counts as well: bridges differ
/// in how they hand it over, and none says so in its documentation.
fn attachments(facts: &Facts<'_>) -> Vec<AttachmentKind> {
    const HOST: &str = "tiktok.com";
    let mut kinds = facts.subject.attachments.clone();
    let is_post =
        |host: &str| host.strip_suffix(HOST).is_some_and(|it| it.is_empty() || it.ends_with('.'));
    if facts.hits.links.iter().any(|link| is_post(&link.text))
        && !kinds.contains(&AttachmentKind::SharedPost)
    {
        kinds.push(AttachmentKind::SharedPost);
    }
    kinds
}

impl Ask for AttachmentTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let actual = attachments(facts);
        match self {
            Self::Nothing => actual.is_empty(),
            Self::Anything => !actual.is_empty(),
            Self::OneOf(kinds) => kinds.iter().any(|kind| actual.contains(kind)),
        }
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let names: Vec<&str> = attachments(facts).into_iter().map(AttachmentKind::name).collect();
        Found::Value((!names.is_empty()).then(|| names.join(", ").into()))
    }

    fn asked(&self) -> String {
        format!("attachment: {}", one_of(self.names().into_iter()))
    }

    fn print(&self) -> (&'static str, Value) {
        ("attachment", texts(self.names().into_iter()))
    }
}

/// How many messages the contact has written.
#[derive(Clone, Debug)]
pub(crate) struct MessageCount(pub(crate) Bounds);

impl Ask for MessageCount {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        self.0.hold(facts.subject.messages.into())
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        Found::Value(Some(facts.subject.messages.to_string().into()))
    }

    fn asked(&self) -> String {
        format!("messages: {}", self.0)
    }

    fn print(&self) -> (&'static str, Value) {
        ("messages", self.0.print())
    }
}
