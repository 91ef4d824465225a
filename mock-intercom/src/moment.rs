//! The mock's own notion of time: an argument, never a clock read.

use std::ops::Add;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

/// A point in time, in microseconds since the Unix epoch. Serialised as that integer.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// The Unix epoch.
    pub const EPOCH: Self = Self(0);

    /// The moment that many microseconds after the Unix epoch.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The moment that many seconds after the Unix epoch, Intercom's unit on the wire.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn as_seconds(self) -> u64 {
        self.0 / 1_000_000
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// Reads a date as people write it, such as `2026-01-10T08:00:00Z`. The error says what would be
    /// right.
    pub fn from_date(text: &str) -> Result<Self, String> {
        let micros = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
        let moment = micros.and_then(|micros| u64::try_from(micros).ok()).map(Self);
        moment
            .ok_or_else(|| format!("`{text}` is no date; write one such as `2026-01-10T08:00:00Z`"))
    }

    /// `2026-01-10T07:56:29.000Z`, as webhooks write the times inside `statistics`. A moment
    /// beyond the calendar (the year 9999) is written as the last one in it.
    pub(crate) fn to_iso_utc(self) -> String {
        self.calendar().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    }

    /// `2026-01-10T07:56:29Z`, as handling events write times.
    pub(crate) fn to_iso_seconds(self) -> String {
        self.calendar().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// `2026-01-10T04:41:59.251+00:00`, as webhooks write the times of a contact.
    pub(crate) fn to_iso_offset(self) -> String {
        self.calendar().strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()
    }

    /// `Sat, 10 Jan 2026 07:56:29 GMT`, as the `Date` header of HTTP has it (RFC 9110).
    pub(crate) fn to_http_date(self) -> String {
        let seconds = self.calendar().as_second().unsigned_abs();
        httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
    }

    pub(crate) fn calendar(self) -> jiff::Timestamp {
        i64::try_from(self.0)
            .ok()
            .and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok())
            .unwrap_or(jiff::Timestamp::MAX)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, delay: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX)))
    }
}

/// Reads Unix seconds, whole or with a fraction, as people and Intercom write them.
pub(crate) fn from_unix_seconds<'de, D: Deserializer<'de>>(reader: D) -> Result<Moment, D::Error> {
    let seconds = f64::deserialize(reader)?;
    if !(0.0..=253_402_300_799.0).contains(&seconds) {
        return Err(serde::de::Error::custom("a time is Unix seconds between 0 and the year 9999"));
    }
    Ok(Moment((seconds * 1e6).round() as u64))
}

/// [`from_unix_seconds`] for a field that may be absent or null.
pub(crate) fn from_unix_seconds_if_given<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<Moment>, D::Error> {
    #[derive(Deserialize)]
    struct Seconds(#[serde(deserialize_with = "from_unix_seconds")] Moment);
    Ok(Option::<Seconds>::deserialize(reader)?.map(|seconds| seconds.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_time_as_the_captured_webhooks_do() {
        let moment = Moment::from_micros(1_768_031_789_251_000);
        assert_eq!(moment.to_iso_utc(), "2026-01-10T07:56:29.251Z");
        assert_eq!(moment.to_iso_offset(), "2026-01-10T07:56:29.251+00:00");
        let whole = Moment::from_seconds(1_768_031_789);
        assert_eq!(whole.to_iso_utc(), "2026-01-10T07:56:29.000Z");
        assert_eq!(whole.to_http_date(), "Sat, 10 Jan 2026 07:56:29 GMT");
    }

    #[test]
    fn never_overflows() {
        let end = Moment::from_micros(u64::MAX);
        assert_eq!(end + Duration::from_secs(1), end);
        assert_eq!(Moment::from_seconds(u64::MAX), end);
        assert_eq!(Moment::EPOCH.since(end), Duration::ZERO);
        assert!(end.to_iso_utc().starts_with("9999-12-3"));
        assert!(end.to_http_date().contains(" Dec 9999 "));
    }
}
