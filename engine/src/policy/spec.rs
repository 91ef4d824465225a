//! What a rules file says, word for word; nothing is looked up yet.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use crate::Problem;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RulesSpec {
    pub(super) version: Option<Spanned<i64>>,
    pub(super) time_zone: Option<Spanned<String>>,
    pub(super) channel: Option<Spanned<ChannelSpec>>,
    #[serde(default)]
    pub(super) hours: BTreeMap<Spanned<String>, HoursSpec>,
    #[serde(default)]
    pub(super) team: BTreeMap<Spanned<String>, TeamSpec>,
    #[serde(default)]
    pub(super) teammates: TeammatesSpec,
    #[serde(default)]
    pub(super) rule: Vec<RuleSpec>,
    pub(super) fallback: Option<FallbackSpec>,
    #[serde(default)]
    pub(super) after_hours: AfterHoursSpec,
    #[serde(default)]
    pub(super) api: ApiSpec,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelSpec {
    /// For people: logs and reports.
    #[serde(rename = "name")]
    pub(super) _name: Option<String>,
    pub(super) any: Vec<Spanned<SignalSpec>>,
    pub(super) settle_for: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignalSpec {
    pub(super) tag: Option<String>,
    pub(super) source_type: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) contact_attribute: Option<String>,
    pub(super) conversation_attribute: Option<String>,
    pub(super) equals: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursSpec {
    pub(super) time_zone: Option<Spanned<String>>,
    pub(super) weekdays: Option<Vec<Spanned<String>>>,
    pub(super) monday: Option<Vec<Spanned<String>>>,
    pub(super) tuesday: Option<Vec<Spanned<String>>>,
    pub(super) wednesday: Option<Vec<Spanned<String>>>,
    pub(super) thursday: Option<Vec<Spanned<String>>>,
    pub(super) friday: Option<Vec<Spanned<String>>>,
    pub(super) saturday: Option<Vec<Spanned<String>>>,
    pub(super) sunday: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) holidays: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamSpec {
    pub(super) intercom_team: Spanned<i64>,
    pub(super) distribution: Option<Spanned<String>>,
    pub(super) assignment_limit: Option<Spanned<i64>>,
    pub(super) hours: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeammatesSpec {
    pub(super) assignment_limit: Option<Spanned<i64>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSpec {
    pub(super) name: Spanned<String>,
    pub(super) assign: Spanned<String>,
    pub(super) when: Option<Spanned<WhenSpec>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhenSpec {
    pub(super) all: Option<Vec<Spanned<WhenSpec>>>,
    pub(super) any: Option<Vec<Spanned<WhenSpec>>>,
    pub(super) none: Option<Vec<Spanned<WhenSpec>>>,
    pub(super) text: Option<TextSpec>,
    pub(super) language: Option<OneOrMany>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FallbackSpec {
    pub(super) assign: Spanned<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AfterHoursSpec {
    pub(super) hold_in: Option<Spanned<String>>,
    pub(super) release: Option<ReleaseSpec>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseSpec {
    pub(super) per_minute: Spanned<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ApiSpec {
    pub(super) calls_per_window: Option<Spanned<i64>>,
    pub(super) share: Option<Spanned<f64>>,
    pub(super) in_flight: Option<Spanned<i64>>,
}

/// `["refund", "broken"]`, or `{ any = [...], none = [...] }`.
#[derive(Debug, Default)]
pub(super) struct TextSpec {
    pub(super) any: Option<Vec<Spanned<String>>>,
    pub(super) none: Option<Vec<Spanned<String>>>,
}

/// `"es"` or `["es", "pt"]`.
#[derive(Debug)]
pub(super) struct OneOrMany(pub(super) Vec<Spanned<String>>);

impl RulesSpec {
    /// Reads the file's shape. The reader stops at the first mistake of this kind.
    pub(super) fn parse(source: &str) -> Result<Self, Problem> {
        toml::from_str(source).map_err(|error| Problem::from_toml(&error))
    }
}

impl<'de> Deserialize<'de> for TextSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = TextSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of keywords, or a table with `any` and `none`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<TextSpec, A::Error> {
        let any = Vec::deserialize(de::value::SeqAccessDeserializer::new(seq))?;
        Ok(TextSpec { any: Some(any), none: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TextSpec, A::Error> {
        let mut text = TextSpec::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "any" => text.any = Some(map.next_value()?),
                "none" => text.none = Some(map.next_value()?),
                _ => return Err(de::Error::unknown_field(&key, &["any", "none"])),
            }
        }
        Ok(text)
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: de::Error>(self, one: &str) -> Result<OneOrMany, E> {
        // The place of a single value is its condition's: see `Checker::condition`.
        Ok(OneOrMany(vec![Spanned::new(0..0, one.to_owned())]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany, A::Error> {
        Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(OneOrMany)
    }
}
