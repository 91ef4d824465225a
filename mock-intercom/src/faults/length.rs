//! Lengths and points of time, as people write them.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::Moment;

/// A length of time: `"250ms"`, `"1m 30s"`, `"2h"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(pub Duration);

/// A shift of time, either way: `"30s"`, `"-30s"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// In microseconds.
    pub micros: i64,
}

/// A point in time: so long after the rule came into force (`"30s"`), or a date (`"2026-…Z"`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// That long after the rule came into force.
    After(Duration),
    /// Then.
    At(Moment),
}

/// The longest there is: a century.
const LONGEST: i128 = 100 * 366 * 24 * 3600 * 1_000_000;

fn micros_of(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no length of time; write one such as `250ms` or `1m 30s`");
    let parsed: jiff::SignedDuration = text.trim().parse().map_err(|_| wrong())?;
    let micros = parsed.as_micros();
    match i64::try_from(micros) {
        Ok(found) if micros.abs() <= LONGEST => Ok(found),
        _ => Err(format!("`{text}` is longer than a century")),
    }
}

impl Length {
    fn read(text: &str) -> Result<Self, String> {
        match u64::try_from(micros_of(text)?) {
            Ok(micros) => Ok(Self(Duration::from_micros(micros))),
            Err(_) => Err(format!("`{text}` must not be negative")),
        }
    }
}

impl Point {
    /// The point in time, for a rule in force since `start`.
    pub(super) fn moment(self, start: Moment) -> Moment {
        match self {
            Self::After(after) => start + after,
            Self::At(at) => at,
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        if let Ok(Length(after)) = Length::read(text) {
            return Ok(Self::After(after));
        }
        Moment::from_date(text).map(Self::At).map_err(|_| {
            format!(
                "`{text}` is no point in time; write a length such as `30s` (after the start) or a \
                 date such as `2026-01-10T08:00:00Z`"
            )
        })
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = jiff::SignedDuration::try_from(self.0).unwrap_or(jiff::SignedDuration::MAX);
        write!(f, "{length:#}")
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = Length(Duration::from_micros(self.micros.unsigned_abs()));
        write!(f, "{}{length}", if self.micros < 0 { "-" } else { "" })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(after) => Length(*after).fmt(f),
            Self::At(at) => f.write_str(&at.to_iso_utc()),
        }
    }
}

macro_rules! text_serde {
    ($name:ident, $read:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                let text = String::deserialize(reader)?;
                $read(&text).map_err(D::Error::custom)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

text_serde!(Length, Length::read);
text_serde!(Point, Point::read);
text_serde!(Shift, |text: &str| micros_of(text).map(|micros| Shift { micros }));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_writes_it_back() {
        let length = |text: &str, expected: Option<u64>| {
            let found = Length::read(text).ok();
            assert_eq!(found.map(|found| found.0.as_micros() as u64), expected, "{text}");
            if let Some(found) = found {
                assert_eq!(Length::read(&found.to_string()), Ok(found), "{found}");
            }
        };
        length("250ms", Some(250_000));
        length("1m 30s", Some(90_000_000));
        length("2h", Some(7_200_000_000));
        length("0s", Some(0));
        length("5", None);
        length("-5s", None);
        length("", None);
        length("9999999h", None);
        let shift = |text: &str, micros| {
            let json = serde_json::Value::from(text);
            let found: Shift = serde_json::from_value(json).unwrap();
            assert_eq!((found.micros, found.to_string().as_str()), (micros, text));
        };
        shift("-30s", -30_000_000);
        shift("2m", 120_000_000);
    }

    #[test]
    fn a_point_is_relative_or_a_date() {
        let start = Moment::from_seconds(100);
        let check = |text, expected: Option<u64>| {
            let found = Point::read(text).ok().map(|point| point.moment(start).as_seconds());
            assert_eq!(found, expected, "{text}");
        };
        check("30s", Some(130));
        check("1970-01-01T00:00:10Z", Some(10));
        check("1969-01-01T00:00:10Z", None);
        check("tomorrow", None);
    }
}
