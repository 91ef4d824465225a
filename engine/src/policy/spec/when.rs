//! What a condition says, word for word.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use super::closed;
use super::shape::{Located, OneOrMany, Short, ValueSpec};

/// When a rule applies. Everything that stands in one condition must hold together.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "When")]
#[serde(deny_unknown_fields, default)]
pub(in crate::policy) struct WhenSpec {
    /// Every one of these conditions holds.
    #[schemars(length(min = 1))]
    pub(in crate::policy) all: Option<Vec<Located<WhenSpec>>>,
    /// At least one of these conditions holds.
    #[schemars(length(min = 1))]
    pub(in crate::policy) any: Option<Vec<Located<WhenSpec>>>,
    /// Not one of these conditions holds.
    #[schemars(length(min = 1))]
    pub(in crate::policy) none: Option<Vec<Located<WhenSpec>>>,
    /// Words of the message: a list of which one must be there, or a table.
    pub(in crate::policy) text: Option<Located<TextSpec>>,
    /// One of these hashtags stands in the message, with or without `#`.
    pub(in crate::policy) hashtag: Option<Located<OneOrMany>>,
    /// One of these handles is mentioned in the message, with or without `@`.
    pub(in crate::policy) mention: Option<Located<OneOrMany>>,
    /// The message holds a link to one of these domains or what is below them; `"any"` for any.
    pub(in crate::policy) link: Option<Located<OneOrMany>>,
    /// The language, such as `"es"` or `"pt-br"`; `"und"` if it cannot be told.
    pub(in crate::policy) language: Option<Located<Short<OneOrMany, ConfidenceSpec>>>,
    /// One of the `[topic]`s.
    pub(in crate::policy) topic: Option<Located<Short<OneOrMany, ConfidenceSpec>>>,
    /// The contact's country: two letters, such as `"US"`.
    #[schemars(schema_with = "closed::countries", default)]
    pub(in crate::policy) country: Option<Located<OneOrMany>>,
    /// The contact's region within the country, as Intercom spells it.
    pub(in crate::policy) region: Option<Located<OneOrMany>>,
    /// The conversation has one of these tags.
    pub(in crate::policy) tag: Option<Located<OneOrMany>>,
    /// Attributes of the contact, declared in `[attributes.contact]`.
    #[serde(default)]
    pub(in crate::policy) contact: BTreeMap<Located<String>, Located<ValueSpec>>,
    /// Attributes of the conversation, declared in `[attributes.conversation]`.
    #[serde(default)]
    pub(in crate::policy) conversation: BTreeMap<Located<String>, Located<ValueSpec>>,
    /// `"new"` or `"returning"`.
    #[schemars(schema_with = "closed::contact_is", default)]
    pub(in crate::policy) contact_is: Option<Located<String>>,
    /// What comes with the message: `"image"`, `"video"`, `"audio"`, `"sticker"`, `"shared_post"`,
    /// `"file"`, `"any"` of these, or `"none"`.
    #[schemars(schema_with = "closed::attachments", default)]
    pub(in crate::policy) attachment: Option<Located<OneOrMany>>,
    /// How many messages the contact has written so far.
    pub(in crate::policy) messages: Option<Located<Short<f64, RangeSpec>>>,
    /// One of these teams is open now.
    pub(in crate::policy) team_open: Option<Located<OneOrMany>>,
    /// One of these teams is closed now.
    pub(in crate::policy) team_closed: Option<Located<OneOrMany>>,
    /// How many wait for a team, and how long.
    pub(in crate::policy) queue: Option<Located<QueueSpec>>,
    /// `"monday"` ... `"sunday"`, `"weekdays"` or `"weekend"`, in the file's time zone.
    #[schemars(schema_with = "closed::weekdays", default)]
    pub(in crate::policy) weekday: Option<Located<OneOrMany>>,
    /// Times of the day such as `"18:00-22:00"`, in the file's time zone; may go over midnight.
    #[schemars(schema_with = "closed::windows", default)]
    pub(in crate::policy) time: Option<Located<OneOrMany>>,
    /// A stable share of all contacts, 0 to 1: the same contact is always in or always out.
    #[schemars(schema_with = "closed::share", default)]
    pub(in crate::policy) share: Option<Located<Short<f64, ShareSpec>>>,
}

/// Names of which one is enough, and how sure it must be.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Confidence")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct ConfidenceSpec {
    /// One of these.
    pub(in crate::policy) any: Located<OneOrMany>,
    /// How sure, from 0 to 1.
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub(in crate::policy) at_least: Option<Located<f64>>,
}

/// A number between bounds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Range")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct RangeSpec {
    /// This or more.
    pub(in crate::policy) at_least: Option<Located<f64>>,
    /// This or less.
    pub(in crate::policy) at_most: Option<Located<f64>>,
    /// More than this.
    pub(in crate::policy) more_than: Option<Located<f64>>,
    /// Less than this.
    pub(in crate::policy) less_than: Option<Located<f64>>,
}

/// How many wait for a team, and how long.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Queue")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct QueueSpec {
    /// The team.
    pub(in crate::policy) team: Located<String>,
    /// How many wait.
    pub(in crate::policy) waiting: Option<Located<Short<f64, RangeSpec>>>,
    /// How long the one that came first waits: this or longer, such as `"10m"`.
    #[schemars(schema_with = "closed::duration", default)]
    pub(in crate::policy) oldest_at_least: Option<Located<String>>,
}

/// A stable share of all contacts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Share")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct ShareSpec {
    /// How many, from 0 to 1.
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub(in crate::policy) of: Located<f64>,
    /// Rules with the same key choose the same contacts; the rule's name if absent.
    pub(in crate::policy) key: Option<Located<String>>,
}

/// Words of the message. Whatever is given must hold together.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "TextTable")]
#[serde(deny_unknown_fields, default)]
pub(in crate::policy) struct TextTable {
    /// One of these words or phrases.
    #[schemars(length(min = 1))]
    pub(in crate::policy) any: Option<Vec<Located<String>>>,
    /// Every one of these words or phrases.
    #[schemars(length(min = 1))]
    pub(in crate::policy) all: Option<Vec<Located<String>>>,
    /// Not one of these words or phrases.
    #[schemars(length(min = 1))]
    pub(in crate::policy) none: Option<Vec<Located<String>>>,
    /// A word that begins with one of these.
    pub(in crate::policy) prefix: Option<Located<OneOrMany>>,
    /// One of these anywhere, also inside words.
    pub(in crate::policy) contains: Option<Located<OneOrMany>>,
    /// The message begins with one of these.
    pub(in crate::policy) starts_with: Option<Located<OneOrMany>>,
    /// The whole message is one of these.
    pub(in crate::policy) exact: Option<Located<OneOrMany>>,
    /// One of these regular expressions, on the message as it was written.
    pub(in crate::policy) regex: Option<Located<OneOrMany>>,
    /// Two words near each other.
    pub(in crate::policy) near: Option<Located<NearSpec>>,
    /// The language by whose rules `any`, `all` and `none` also match other forms of their words.
    #[schemars(schema_with = "closed::stems", default)]
    pub(in crate::policy) stem: Option<Located<String>>,
}

/// Two words near each other, in any order.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Near")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct NearSpec {
    /// Exactly two words or phrases.
    #[schemars(length(min = 2, max = 2))]
    pub(in crate::policy) words: Located<Vec<Located<String>>>,
    /// The most words between them.
    #[schemars(extend("minimum" = 0, "maximum" = 50))]
    pub(in crate::policy) within: Located<i64>,
}

/// `["refund", "broken"]`, or a [`TextTable`].
#[derive(Clone, Debug)]
pub(in crate::policy) enum TextSpec {
    Words(Vec<Located<String>>),
    Table(Box<TextTable>),
}

impl<'de> Deserialize<'de> for TextSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = TextSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of keywords, or a table with `any`, `all`, `none`, ...")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<TextSpec, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(TextSpec::Words)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TextSpec, A::Error> {
                let table = TextTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(TextSpec::Table(Box::new(table)))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for TextSpec {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<TextTable>();
        json_schema!({
            "anyOf": [{ "type": "array", "items": { "type": "string" }, "minItems": 1 }, table]
        })
    }
}
