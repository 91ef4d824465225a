//! Field types that take what Intercom really sends.
//!
//! Ids come as numbers, numeric strings, `null` or `0`; times as Unix seconds or ISO 8601; fields
//! go missing between versions. A field that cannot be read is a field that is not there: one odd
//! field must not cost a customer's message.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use engine::Timestamp;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A string, number or boolean as text; anything else, or nothing, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Option<Cow<'a, str>>);

impl Text<'_> {
    /// The text, unless there is none or it is empty.
    pub(crate) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    pub(crate) fn to_owned(&self) -> Option<String> {
        self.as_deref().map(str::to_owned)
    }
}

/// A numeric id: `null`, `0`, an empty string and what is not a number are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) Option<u64>);

/// A moment, from Unix seconds or ISO 8601.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Option<Timestamp>);

/// True or false, also as `0` and `1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) Option<bool>);

/// An object, or nothing if it is missing, `null` or not an object. Its fields are lenient
/// themselves, so it is read where it stands, without a second pass over its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Maybe<T> {
    pub(crate) fn as_ref(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData)).map(Self)
    }
}

/// A list of objects; what is not an object is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Several<T>(pub(crate) Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let elements: Vec<Maybe<T>> = deserializer.deserialize_any(ListVisitor(PhantomData))?;
        Ok(Self(elements.into_iter().filter_map(|element| element.0).collect()))
    }
}

/// A list of ids; what is not an id is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers(pub(crate) Vec<u64>);

impl<'de> Deserialize<'de> for Numbers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let elements: Vec<Number> = deserializer.deserialize_any(ListVisitor(PhantomData))?;
        Ok(Self(elements.into_iter().filter_map(|element| element.0).collect()))
    }
}

/// Whatever is not the shape that a visitor looks for counts as nothing.
macro_rules! nothing_else {
    ($nothing:expr; $($visit:ident: $type:ty),*) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON value")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($nothing)
        }

        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok($nothing)
        })*
    };
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Option<T>;

    nothing_else!(None; visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(Some)
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    nothing_else!(Vec::new(); visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
}

enum Scalar<'a> {
    Nothing,
    Flag(bool),
    Whole(u64),
    Fraction(f64),
    Text(Cow<'a, str>),
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Flag(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Whole(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "negative numbers only ever become text")]
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(u64::try_from(value).map_or(Scalar::Fraction(value as f64), Scalar::Whole))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Fraction(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }
}

fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scalar<'de>, D::Error> {
    deserializer.deserialize_any(ScalarVisitor)
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match scalar(deserializer)? {
            Scalar::Nothing => None,
            Scalar::Flag(value) => Some(Cow::Owned(value.to_string())),
            Scalar::Whole(value) => Some(Cow::Owned(value.to_string())),
            Scalar::Fraction(value) => Some(Cow::Owned(value.to_string())),
            Scalar::Text(text) => Some(text),
        }))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = match scalar(deserializer)? {
            Scalar::Whole(number) => Some(number),
            Scalar::Text(text) => text.trim().parse().ok(),
            Scalar::Nothing | Scalar::Flag(_) | Scalar::Fraction(_) => None,
        };
        Ok(Self(number.filter(|&number| number != 0)))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match scalar(deserializer)? {
            Scalar::Whole(seconds) => Some(Timestamp::from_seconds(seconds)),
            Scalar::Fraction(seconds) => std::time::Duration::try_from_secs_f64(seconds)
                .ok()
                .map(|since_epoch| Timestamp::EPOCH + since_epoch),
            Scalar::Text(text) => moment_in_text(text.trim()),
            Scalar::Nothing | Scalar::Flag(_) => None,
        }))
    }
}

fn moment_in_text(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse() {
        return Some(Timestamp::from_seconds(seconds));
    }
    let moment: jiff::Timestamp = text.parse().ok()?;
    u64::try_from(moment.as_microsecond()).ok().map(Timestamp::from_micros)
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match scalar(deserializer)? {
            Scalar::Flag(value) => Some(value),
            Scalar::Whole(0) => Some(false),
            Scalar::Whole(1) => Some(true),
            Scalar::Text(text) => text.parse().ok(),
            Scalar::Nothing | Scalar::Whole(_) | Scalar::Fraction(_) => None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn number(json: &str, expected: Option<u64>) {
        assert_eq!(serde_json::from_str::<Number>(json).unwrap().0, expected, "{json}");
    }

    #[test]
    fn ids_in_every_spelling() {
        number("814865", Some(814_865));
        number("\"814865\"", Some(814_865));
        number("\" 814865 \"", Some(814_865));
        number("null", None);
        number("0", None);
        number("\"0\"", None);
        number("\"\"", None);
        number("\"nobody\"", None);
        number("-3", None);
        number("1.5", None);
        number("true", None);
        number("[1]", None);
        number("{\"id\": 1}", None);
        number("18446744073709551615", Some(u64::MAX));
        number("18446744073709551616", None);
    }

    #[track_caller]
    fn moment(json: &str, expected: Option<u64>) {
        let read = serde_json::from_str::<Moment>(json).unwrap().0;
        assert_eq!(read.map(Timestamp::as_micros), expected, "{json}");
    }

    #[test]
    fn times_in_every_spelling() {
        moment("1768032001", Some(1_768_032_001_000_000));
        moment("\"1768032001\"", Some(1_768_032_001_000_000));
        moment("1768032001.5", Some(1_768_032_001_500_000));
        moment("\"2026-01-10T07:56:29.250Z\"", Some(1_768_031_789_250_000));
        moment("\"2026-01-10T08:56:29.000+01:00\"", Some(1_768_031_789_000_000));
        moment("null", None);
        moment("-5", None);
        moment("\"yesterday\"", None);
        moment("{}", None);
    }

    #[track_caller]
    fn text(json: &str, expected: Option<&str>) {
        assert_eq!(serde_json::from_str::<Text<'_>>(json).unwrap().as_deref(), expected, "{json}");
    }

    #[test]
    fn text_in_every_spelling() {
        text("\"abc\"", Some("abc"));
        text("\"a\\u00e9\\nb\"", Some("aé\nb"));
        text("2154", Some("2154"));
        text("-2", Some("-2"));
        text("true", Some("true"));
        text("\"\"", None);
        text("null", None);
        text("[\"abc\"]", None);
    }

    #[test]
    fn flags_in_every_spelling() {
        let read = |json| serde_json::from_str::<Flag>(json).unwrap().0;
        assert_eq!(read("true"), Some(true));
        assert_eq!(read("0"), Some(false));
        assert_eq!(read("\"true\""), Some(true));
        assert_eq!(read("null"), None);
        assert_eq!(read("7"), None);
    }

    #[test]
    fn lists_keep_what_can_be_read() {
        let numbers = |json| serde_json::from_str::<Numbers>(json).unwrap().0;
        assert_eq!(numbers("[1, \"two\", \"3\", null, {}, []]"), [1, 3]);
        assert_eq!(numbers("null"), Vec::<u64>::new());
        assert_eq!(numbers("{\"1\": 2}"), Vec::<u64>::new());
        let objects = |json| serde_json::from_str::<Several<IgnoredAny>>(json).unwrap().0.len();
        assert_eq!(objects("[{}, 1, {\"a\": [{}]}, null, [], \"x\"]"), 2);
        assert_eq!(objects("null"), 0);
        assert_eq!(objects("{\"a\": {}}"), 0);
    }

    #[test]
    fn objects_are_objects() {
        let read = |json| serde_json::from_str::<Maybe<IgnoredAny>>(json).unwrap().0.is_some();
        assert!(read("{\"a\": 1}"));
        for other in ["null", "1", "-1", "1.5", "true", "\"x\"", "[{}]"] {
            assert!(!read(other), "{other}");
        }
    }
}
