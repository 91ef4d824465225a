//! The shapes in which a rules file says things: a value and its place, one or many, a value or a
//! comparison.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value and where it stands: bytes of its file.
///
/// The place does not count when two are compared: a table has each name once.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Located<T> {
    pub(in crate::policy) value: T,
    pub(in crate::policy) span: Range<usize>,
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Located<T> {}

impl<T: PartialOrd> PartialOrd for Located<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<T: Ord> Ord for Located<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

impl Borrow<str> for Located<String> {
    fn borrow(&self) -> &str {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<T>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { value: spanned.into_inner(), span })
    }
}

impl<T: JsonSchema> JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// `"es"` or `["es", "pt"]`.
#[derive(Clone, Debug)]
pub(in crate::policy) struct OneOrMany(pub(in crate::policy) Vec<Located<String>>);

impl Located<OneOrMany> {
    /// The values, each with its place: that of the whole if there is only one.
    pub(in crate::policy) fn all(&self) -> impl Iterator<Item = Located<String>> + '_ {
        self.value.0.iter().map(|it| {
            let span = if it.span.is_empty() { self.span.clone() } else { it.span.clone() };
            Located { value: it.value.clone(), span }
        })
    }
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, one: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![Located { value: one.to_owned(), span: 0..0 }]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(OneOrMany)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for OneOrMany {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            ]
        })
    }
}

/// A bare value, or a table that says more: `topic = "complaint"` or
/// `topic = { any = ["complaint"], at_least = 0.8 }`.
#[derive(Clone, Debug)]
pub(in crate::policy) enum Short<S, L> {
    Short(S),
    Long(L),
}

impl<'de, L: Deserialize<'de>> Deserialize<'de> for Short<OneOrMany, L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<L>(PhantomData<L>);
        impl<'de, L: Deserialize<'de>> Visitor<'de> for Reader<L> {
            type Value = Short<OneOrMany, L>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a list of texts, or a table")
            }

            fn visit_str<E: de::Error>(self, one: &str) -> Result<Self::Value, E> {
                let one = Located { value: one.to_owned(), span: 0..0 };
                Ok(Short::Short(OneOrMany(vec![one])))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                let many = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(Short::Short(OneOrMany(many)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                L::deserialize(MapAccessDeserializer::new(map)).map(Short::Long)
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<'de, L: Deserialize<'de>> Deserialize<'de> for Short<f64, L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<L>(PhantomData<L>);
        impl<'de, L: Deserialize<'de>> Visitor<'de> for Reader<L> {
            type Value = Short<f64, L>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a table")
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Short::Short(number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Short::Short(number as f64))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                L::deserialize(MapAccessDeserializer::new(map)).map(Short::Long)
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<'de, L: Deserialize<'de>> Deserialize<'de> for Short<bool, L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<L>(PhantomData<L>);
        impl<'de, L: Deserialize<'de>> Visitor<'de> for Reader<L> {
            type Value = Short<bool, L>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`false`, or a table")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Short::Short(value))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                L::deserialize(MapAccessDeserializer::new(map)).map(Short::Long)
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

impl<S: JsonSchema, L: JsonSchema> JsonSchema for Short<S, L> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Short{}", L::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (short, long) = (generator.subschema_for::<S>(), generator.subschema_for::<L>());
        json_schema!({ "anyOf": [short, long] })
    }
}

/// A value of any kind that an attribute can have, or a comparison with one.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) enum ValueSpec {
    Boolean(bool),
    Number(f64),
    Text(String),
    List(Vec<Located<ValueSpec>>),
    Table(BTreeMap<Located<String>, Located<ValueSpec>>),
}

impl ValueSpec {
    /// What it is, for messages.
    pub(in crate::policy) fn kind(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

impl<'de> Deserialize<'de> for ValueSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = ValueSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true or false, a list of these, or a comparison")
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<ValueSpec, E> {
                Ok(ValueSpec::Boolean(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<ValueSpec, E> {
                Ok(ValueSpec::Number(value as f64))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<ValueSpec, E> {
                Ok(ValueSpec::Number(value))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<ValueSpec, E> {
                Ok(ValueSpec::Text(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<ValueSpec, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(seq)).map(ValueSpec::List)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ValueSpec, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(ValueSpec::Table)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for ValueSpec {
    fn schema_name() -> Cow<'static, str> {
        "AttributeTest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let scalar = serde_json::json!({ "type": ["boolean", "number", "string"] });
        let number = serde_json::json!({ "type": "number" });
        json_schema!({
            "description": "A value, a list of values of which one must be it, or a comparison.",
            "anyOf": [
                scalar,
                { "type": "array", "items": scalar, "minItems": 1 },
                {
                    "type": "object",
                    "additionalProperties": false,
                    "minProperties": 1,
                    "properties": {
                        "equals": scalar,
                        "not": scalar,
                        "at_least": number,
                        "at_most": number,
                        "more_than": number,
                        "less_than": number,
                        "is_set": { "type": "boolean" },
                        "contains": { "type": "string" },
                    },
                },
            ]
        })
    }
}
