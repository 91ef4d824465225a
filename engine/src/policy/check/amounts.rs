//! Lengths of time and numbers within bounds.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};

use super::super::spec::Located;
use super::Checker;

/// The longest wait that rules can ask for.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(30 * 24 * 3600);
/// What is said to a wait that is none.
pub(super) const WAIT_HELP: &str = "write it as `\"10m\"`; at most 30 days";

impl Checker<'_> {
    pub(super) fn duration(
        &mut self,
        text: &Located<String>,
        most: Duration,
        help: &str,
    ) -> Option<Duration> {
        let message = match length(&text.value) {
            Some(duration) if duration <= most => return Some(duration),
            Some(_) => format!("`{}` is too long", text.value),
            None => format!("`{}` is no length of time", text.value),
        };
        self.error_with_help(text.span.clone(), message, help);
        None
    }

    /// A length of time that is not nothing.
    pub(super) fn some_duration(
        &mut self,
        text: &Located<String>,
        most: Duration,
        help: &str,
    ) -> Option<Duration> {
        let duration = self.duration(text, most, help)?;
        if duration.is_zero() {
            let message = format!("`{}` is too short", text.value);
            self.error_with_help(text.span.clone(), message, help);
            return None;
        }
        Some(duration)
    }

    /// A whole number within bounds.
    pub(super) fn number(
        &mut self,
        what: &str,
        number: &Located<i64>,
        bounds: RangeInclusive<u32>,
        help: &str,
    ) -> Option<u32> {
        let checked = u32::try_from(number.value).ok().filter(|it| bounds.contains(it));
        if checked.is_none() {
            let (least, most) = bounds.into_inner();
            let message = format!("`{what}` is a number from {least} to {most}");
            self.error_with_help(number.span.clone(), message, help);
        }
        checked
    }

    pub(super) fn share(&mut self, share: &Located<f64>, what: &str) -> f64 {
        if !(0.0..=1.0).contains(&share.value) {
            self.error_with_help(
                share.span.clone(),
                format!("{what} is a number from 0 to 1"),
                "for 30 percent write `0.3`",
            );
        }
        share.value
    }

    pub(super) fn limit(&mut self, limit: Option<&Located<i64>>) -> Option<u32> {
        let limit = limit?;
        let checked = u32::try_from(limit.value).ok().filter(|limit| *limit > 0);
        if checked.is_none() {
            self.error_with_help(
                limit.span.clone(),
                "an assignment limit is a positive number",
                "leave it out for no limit",
            );
        }
        checked
    }
}

/// Reads `1h 30m`, `14d`, `2w`. A day has 24 hours: lengths of time know no calendar.
fn length(text: &str) -> Option<Duration> {
    let of_the_clock = text.parse::<SignedDuration>();
    let parsed = of_the_clock
        .or_else(|_| text.parse::<Span>()?.to_duration(SpanRelativeTo::days_are_24_hours()));
    Duration::try_from(parsed.ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_weeks_are_lengths_of_time() {
        let check = |text: &str, hours: Option<u64>| {
            let expected = hours.map(|hours| Duration::from_secs(hours * 3600));
            assert_eq!(length(text), expected, "{text}");
        };
        check("14d", Some(336));
        check("1d 2h", Some(26));
        check("2w", Some(336));
        check("P1D", Some(24));
        check("36h", Some(36));
        check("0s", Some(0));
        for wrong in ["", "14", "1mo", "1y", "-1d", "d", "99999999999999999d"] {
            check(wrong, None);
        }
    }
}
