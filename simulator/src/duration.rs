//! Lengths of time as people write them: `40ms`, `90s`, `4m`, `1h30m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Visitor};

/// A length of time read from text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(Duration);

/// Text that is not a length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a length of time; write it like \"40ms\", \"90s\", \"4m\" or \"1h30m\"")]
pub struct NotALength(String);

/// Shows microseconds as a person would: three figures, or the two largest units.
#[derive(Clone, Copy, Debug)]
pub struct Readable(pub u64);

impl Length {
    /// The standard library's type.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }

    /// In microseconds.
    #[must_use]
    pub fn as_micros(self) -> u64 {
        u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX)
    }
}

impl FromStr for Length {
    type Err = NotALength;

    fn from_str(text: &str) -> Result<Self, NotALength> {
        let length: Option<jiff::SignedDuration> = text.parse().ok();
        let unsigned = length.and_then(|length| Duration::try_from(length).ok());
        unsigned.map(Self).ok_or_else(|| NotALength(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Length;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time like \"90s\" or \"1h30m\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Length, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let us = self.0;
        let seconds = (us + 500_000) / 1_000_000;
        let text = match us {
            0 => "0 s".to_owned(),
            1..1_000 => format!("{us} µs"),
            1_000..10_000 => format!("{:.1} ms", us as f64 / 1e3),
            10_000..999_500 => format!("{:.0} ms", us as f64 / 1e3),
            999_500..9_995_000 => format!("{:.2} s", us as f64 / 1e6),
            9_995_000..59_950_000 => format!("{:.1} s", us as f64 / 1e6),
            _ if seconds < 3_600 => format!("{} m {:02} s", seconds / 60, seconds % 60),
            _ => format!("{} h {:02} m", (seconds + 30) / 3_600, (seconds + 30) % 3_600 / 60),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read() {
        let cases = [
            ("40ms", 40_000),
            ("90s", 90_000_000),
            ("4m", 240_000_000),
            ("1h30m", 5_400_000_000),
            ("1h 30m", 5_400_000_000),
            ("0s", 0),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Length>().map(Length::as_micros), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_text_is_not() {
        for text in ["", "5", "ten minutes", "-4m", "4m ago", "4 monkeys"] {
            assert!(text.parse::<Length>().is_err(), "{text}");
        }
    }

    #[test]
    fn lengths_are_shown() {
        let cases = [
            (0, "0 s"),
            (7, "7 µs"),
            (1_234, "1.2 ms"),
            (40_000, "40 ms"),
            (999_499, "999 ms"),
            (999_500, "1.00 s"),
            (1_500_000, "1.50 s"),
            (59_949_999, "59.9 s"),
            (59_950_000, "1 m 00 s"),
            (605_000_000, "10 m 05 s"),
            (3_599_600_000, "1 h 00 m"),
            (5_400_000_000, "1 h 30 m"),
        ];
        for (us, expected) in cases {
            assert_eq!(Readable(us).to_string(), expected);
        }
    }
}
