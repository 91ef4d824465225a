//! What a scenario file says, word for word. `check.rs` makes sense of it.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::expectation::Measure;
use crate::duration::Length;
use crate::messages::{Intent, Language};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScenarioSpec {
    pub(super) name: Spanned<String>,
    pub(super) story: String,
    pub(super) start: Spanned<String>,
    #[serde(default)]
    pub(super) seed: u64,
    pub(super) horizon: Spanned<Length>,
    pub(super) rules: Spanned<PathBuf>,
    pub(super) traffic: Spanned<TrafficSpec>,
    pub(super) team: Vec<TeamSpec>,
    #[serde(default)]
    pub(super) teammates: TeammatesSpec,
    #[serde(default)]
    pub(super) truth: Vec<TruthSpec>,
    #[serde(default)]
    pub(super) network: NetworkSpec,
    #[serde(default)]
    pub(super) expect: BTreeMap<Measure, Spanned<BoundsSpec>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrafficSpec {
    pub(super) count: Option<u64>,
    pub(super) window: Option<Spanned<Length>>,
    pub(super) shape: Spanned<ShapeSpec>,
    pub(super) languages: Option<Spanned<BTreeMap<Language, u32>>>,
    pub(super) intents: Option<Spanned<BTreeMap<Intent, u32>>>,
    #[serde(default)]
    pub(super) follow_ups: Share,
    pub(super) follow_up_after: Option<SpreadSpec>,
    #[serde(default)]
    pub(super) roughness: Share,
    #[serde(default)]
    pub(super) hard_cases: Share,
    #[serde(default)]
    pub(super) unknown_language: Share,
    #[serde(default)]
    pub(super) other_language: Share,
}

/// `"viral"`, or `{ viral = { peak = "2m" } }`.
pub(super) enum ShapeSpec {
    Viral(ViralSpec),
    Constant(ConstantSpec),
    At(Vec<Length>),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ViralSpec {
    pub(super) onset: Option<Length>,
    pub(super) peak: Option<Length>,
    pub(super) relaxation: Option<Length>,
    pub(super) exponent: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstantSpec {
    pub(super) per_minute: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamSpec {
    pub(super) name: Spanned<String>,
    pub(super) teammates: u32,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeammatesSpec {
    pub(super) handle_time: Option<SpreadSpec>,
    pub(super) reply_after: Option<Share>,
    pub(super) speed: Option<Spanned<SpeedSpec>>,
    #[serde(default)]
    pub(super) absences: Vec<Spanned<AbsenceSpec>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SpeedSpec {
    pub(super) from: f64,
    pub(super) to: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AbsenceSpec {
    pub(super) team: Spanned<String>,
    pub(super) count: Spanned<u32>,
    pub(super) from: Length,
    pub(super) to: Spanned<Length>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TruthSpec {
    pub(super) intent: Option<OneOrMany<Intent>>,
    pub(super) language: Option<OneOrMany<Language>>,
    pub(super) team: Spanned<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkSpec {
    pub(super) webhook_latency: Option<SpreadSpec>,
    pub(super) api_latency: Option<SpreadSpec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoundsSpec {
    pub(super) at_most: Option<Spanned<NumberOrText>>,
    pub(super) at_least: Option<Spanned<NumberOrText>>,
    pub(super) equals: Option<Spanned<NumberOrText>>,
}

/// `"4m"`, always the same, or `{ median = "4m", sigma = 0.6 }`.
#[derive(Clone, Copy)]
pub(super) struct SpreadSpec {
    pub(super) median: Length,
    pub(super) sigma: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpreadTable {
    median: Length,
    #[serde(deserialize_with = "not_negative")]
    sigma: f64,
}

/// From 0 to 1.
#[derive(Clone, Copy, Default)]
pub(super) struct Share(pub(super) f64);

pub(super) struct OneOrMany<T>(pub(super) Vec<T>);

#[derive(Clone)]
pub(super) enum NumberOrText {
    Number(f64),
    Text(String),
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        if (0.0..=1.0).contains(&share) {
            Ok(Self(share))
        } else {
            Err(D::Error::custom(format!("{share} is not a share; write a number from 0 to 1")))
        }
    }
}

fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let number = f64::deserialize(deserializer)?;
    if number >= 0.0 && number.is_finite() {
        Ok(number)
    } else {
        Err(D::Error::custom(format!("{number} is not a spread; write a number from 0 up")))
    }
}

impl<'de> Deserialize<'de> for ShapeSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ShapeTable {
    viral: Option<ViralSpec>,
    constant: Option<ConstantSpec>,
    at: Option<Vec<Length>>,
}

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = ShapeSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"viral\", \"constant\", { viral = {…} }, { constant = {…} } or { at = […] }")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<ShapeSpec, E> {
        match name {
            "viral" => Ok(ShapeSpec::Viral(ViralSpec::default())),
            "constant" => Ok(ShapeSpec::Constant(ConstantSpec::default())),
            "at" => Err(E::custom("`at` needs its times: shape.at = [\"0s\", \"30s\"]")),
            _ => Err(E::unknown_variant(name, &["viral", "constant", "at"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ShapeSpec, A::Error> {
        let table = ShapeTable::deserialize(MapAccessDeserializer::new(map))?;
        match (table.viral, table.constant, table.at) {
            (Some(viral), None, None) => Ok(ShapeSpec::Viral(viral)),
            (None, Some(constant), None) => Ok(ShapeSpec::Constant(constant)),
            (None, None, Some(times)) => Ok(ShapeSpec::At(times)),
            _ => Err(A::Error::custom("a shape is one of viral, constant and at")),
        }
    }
}

impl<'de> Deserialize<'de> for SpreadSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SpreadVisitor)
    }
}

struct SpreadVisitor;

impl<'de> Visitor<'de> for SpreadVisitor {
    type Value = SpreadSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a length of time like \"4m\", or { median = \"4m\", sigma = 0.6 }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<SpreadSpec, E> {
        Ok(SpreadSpec { median: text.parse().map_err(E::custom)?, sigma: 0.0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SpreadSpec, A::Error> {
        let SpreadTable { median, sigma } =
            SpreadTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(SpreadSpec { median, sigma })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a list of names")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<OneOrMany<T>, E> {
        T::deserialize(StrDeserializer::new(name)).map(|one| OneOrMany(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, names: A) -> Result<OneOrMany<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(names)).map(OneOrMany)
    }
}

impl<'de> Deserialize<'de> for NumberOrText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrTextVisitor)
    }
}

struct NumberOrTextVisitor;

impl Visitor<'_> for NumberOrTextVisitor {
    type Value = NumberOrText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a length of time like \"10m\"")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<NumberOrText, E> {
        Ok(NumberOrText::Number(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<NumberOrText, E> {
        Ok(NumberOrText::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<NumberOrText, E> {
        Ok(NumberOrText::Text(text.to_owned()))
    }
}
