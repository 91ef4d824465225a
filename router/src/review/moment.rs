//! Moments as people write them, in the time zone of the rules.

use engine::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads a moment: RFC 3339 such as `2026-11-20T18:00:00Z`, or a local time such as
/// `2026-11-20T18:00` in this time zone. A local time that a clock change skips is taken as if the
/// change had not been yet, and one that happens twice as its first.
///
/// # Errors
///
/// Says what would be right.
pub fn read(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Some(zone.to_ambiguous_zoned(local).compatible().ok()?.timestamp())
    });
    let micros = moment.and_then(|moment| u64::try_from(moment.as_microsecond()).ok());
    micros.map(Timestamp::from_micros).ok_or_else(|| {
        format!(
            "`{text}` is not a moment: write `2026-11-20T18:00` in the time zone of the rules, or \
             `2026-11-20T18:00:00+01:00`"
        )
    })
}

/// `Fri 2026-11-20 18:00`, in this time zone.
#[must_use]
pub fn show(at: Timestamp, zone: &TimeZone) -> String {
    let micros = i64::try_from(at.as_micros()).ok();
    match micros.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok()) {
        Some(moment) => moment.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string(),
        None => at.to_string(),
    }
}

/// Serialises a moment as RFC 3339 in UTC.
///
/// # Errors
///
/// Only the serialiser's own.
pub fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

/// The same of a moment that may be missing.
///
/// # Errors
///
/// Only the serialiser's own.
pub fn some_as_text<S: serde::Serializer>(
    at: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.collect_str(at),
        None => serializer.serialize_none(),
    }
}

/// How a time zone is called: `Europe/Dublin`.
#[must_use]
pub fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_the_zone_of_the_rules() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let check = |text: &str, expected: Option<&str>| {
            let read = read(text, &zone).ok().map(|at| at.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("2026-11-20T18:00", Some("2026-11-20T17:00:00Z"));
        check("2026-11-20 18:00", Some("2026-11-20T17:00:00Z"));
        check("2026-11-20T18:00:00Z", Some("2026-11-20T18:00:00Z"));
        check("2026-11-20T18:00-05:00", Some("2026-11-20T23:00:00Z"));
        check("2026-03-29T02:30", Some("2026-03-29T01:30:00Z"));
        check("2026-11-20", Some("2026-11-19T23:00:00Z"));
        check("1926-11-20T18:00", None);
        check("tomorrow", None);
        check("2026-02-30T10:00", None);
    }

    #[test]
    fn moments_are_shown_in_the_zone_of_the_rules() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = Timestamp::from_seconds(1_795_197_600);
        assert_eq!(show(at, &zone), "Fri 2026-11-20 19:00");
        assert_eq!(zone_name(&zone), "Europe/Berlin");
    }
}
