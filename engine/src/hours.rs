//! Office hours: a week of opening times in a time zone, with holidays.

use std::cmp::Ordering;
use std::ops::Range;
use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use toml::{Table, Value};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How far ahead an opening is looked for: a schedule that stays closed longer never opens.
const HORIZON_DAYS: i64 = 400;

/// Names of the days, Monday first.
pub(crate) const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Opening times of a team. Minutes count from local midnight.
#[derive(Clone, Debug)]
pub(crate) struct Hours {
    time_zone: TimeZone,
    /// Monday first; sorted and disjoint within a day.
    week: [Vec<Range<u16>>; 7],
    holidays: Vec<Date>,
    /// First and last days on which it is closed besides.
    days_off: Vec<(Date, Date)>,
}

/// Whether a schedule is open at a moment, and until when that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Opening {
    pub(crate) open: bool,
    /// When to ask again; `None` if it stays so for good.
    pub(crate) until: Option<Timestamp>,
}

impl Hours {
    /// `week` starts on Monday; intervals are in minutes from midnight, `start < end <= 1440`.
    pub(crate) fn new(
        time_zone: TimeZone,
        mut week: [Vec<Range<u16>>; 7],
        holidays: Vec<Date>,
    ) -> Self {
        for day in &mut week {
            day.sort_by_key(|interval| interval.start);
            debug_assert!(day.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
        Self { time_zone, week, holidays, days_off: Vec::new() }
    }

    /// Open all week.
    pub(crate) fn always(time_zone: TimeZone) -> Self {
        let week = std::array::from_fn(|_| std::iter::once(0..24 * 60).collect());
        Self::new(time_zone, week, Vec::new())
    }

    /// The same, but closed from the first to the last of these days, in its own time zone. What
    /// it prints as stays the same.
    pub(crate) fn without(self, days: &[(Date, Date)]) -> Self {
        Self { days_off: days.to_vec(), ..self }
    }

    /// Whether the schedule is open at `at`, and until when.
    ///
    /// Daylight saving follows the time zone: an opening time that a clock change skips is taken
    /// as the moment of the change, and one that happens twice as its first.
    pub(crate) fn at(&self, at: Timestamp) -> Opening {
        let Some(mut date) = self.local_date(at) else {
            return Opening { open: false, until: None };
        };
        for _ in 0..HORIZON_DAYS {
            date = self.day_off(date).unwrap_or(date); // however long they are
            for interval in self.intervals(date) {
                if at < interval.start {
                    return Opening { open: false, until: Some(interval.start) };
                }
                if at < interval.end {
                    return Opening { open: true, until: Some(interval.end) };
                }
            }
            let Ok(next) = date.checked_add(Span::new().days(1)) else {
                break;
            };
            date = next;
        }
        Opening { open: false, until: None }
    }

    /// For how long the schedule is open between two moments.
    pub(crate) fn open_between(&self, from: Timestamp, to: Timestamp) -> Duration {
        let mut open = Duration::ZERO;
        let mut at = from;
        while at < to {
            let opening = self.at(at);
            let until = opening.until.unwrap_or(to).min(to);
            if opening.open {
                open += until.since(at);
            }
            at = until;
        }
        open
    }

    /// The moment at which the schedule will have been open for so long since `from`; `None` if
    /// that never comes.
    pub(crate) fn after_open(&self, from: Timestamp, open: Duration) -> Option<Timestamp> {
        let mut at = from;
        let mut left = open;
        loop {
            let opening = self.at(at);
            if opening.open {
                let runs = opening.until.map(|until| until.since(at));
                match runs.filter(|runs| *runs < left) {
                    None => return Some(at + left),
                    Some(runs) => left -= runs,
                }
            }
            at = opening.until?;
        }
    }

    /// Whether there is any minute at which the schedule is closed.
    pub(crate) fn ever_closes(&self) -> bool {
        let is_full = |day: &Vec<Range<u16>>| {
            day.iter().try_fold(0, |end, it| (it.start == end).then_some(it.end)) == Some(24 * 60)
        };
        !self.holidays.is_empty() || !self.days_off.is_empty() || !self.week.iter().all(is_full)
    }

    /// As a rules file says it.
    pub(crate) fn print(&self) -> Table {
        let mut table = Table::new();
        if let Some(zone) = self.time_zone.iana_name() {
            table.insert("time_zone".to_owned(), zone.into());
        }
        for (name, day) in WEEKDAYS.into_iter().zip(&self.week).filter(|(_, day)| !day.is_empty()) {
            let times = day.iter().map(|it| Value::String(clock(it)));
            table.insert(name.to_owned(), Value::Array(times.collect()));
        }
        let holidays = self.holidays.iter().map(|day| Value::String(day.to_string()));
        table.insert("holidays".to_owned(), Value::Array(holidays.collect()));
        table
    }

    /// The last of the days off that this one is among.
    fn day_off(&self, date: Date) -> Option<Date> {
        let around = self.days_off.iter().filter(|(first, last)| (*first..=*last).contains(&date));
        around.map(|(_, last)| *last).max()
    }

    fn local_date(&self, at: Timestamp) -> Option<Date> {
        let micros = i64::try_from(at.as_micros()).ok()?;
        let moment = jiff::Timestamp::from_microsecond(micros).ok()?;
        Some(moment.to_zoned(self.time_zone.clone()).date())
    }

    /// The opening times of one local day as moments.
    fn intervals(&self, date: Date) -> impl Iterator<Item = Range<Timestamp>> + '_ {
        let weekday = date.weekday().to_monday_zero_offset().unsigned_abs();
        let is_closed = self.holidays.contains(&date) || self.day_off(date).is_some();
        let day: &[Range<u16>] = if is_closed { &[] } else { &self.week[usize::from(weekday)] };
        day.iter().filter_map(move |interval| {
            Some(self.moment(date, interval.start)?..self.moment(date, interval.end)?)
        })
    }

    fn moment(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let midnight = date.to_datetime(Time::midnight());
        let local = midnight.checked_add(i64::from(minute).minutes()).ok()?;
        let zoned = self.time_zone.to_ambiguous_zoned(local).compatible().ok()?;
        let micros = u64::try_from(zoned.timestamp().as_microsecond()).ok()?;
        Some(Timestamp::from_micros(micros))
    }
}

/// Reads `"09:00-18:00"`; `"22:00-24:00"` is fine, an interval over midnight is not.
///
/// # Errors
///
/// Says what would be right.
pub(crate) fn interval(text: &str) -> Result<Range<u16>, &'static str> {
    const SHAPE: &str = "write opening times as `\"09:00-18:00\"`";
    let (from, to) = text.split_once('-').ok_or(SHAPE)?;
    let start = minute_of_day(from.trim()).ok_or(SHAPE)?;
    let end = minute_of_day(to.trim()).ok_or(SHAPE)?;
    if start < end {
        Ok(start..end)
    } else {
        Err("opening times end on the day on which they begin: for a night, write \
             `\"22:00-24:00\"` on one day and `\"00:00-06:00\"` on the next")
    }
}

/// Reads a window such as `"18:00-22:00"`. One over midnight becomes two.
///
/// # Errors
///
/// Says what would be right.
pub(crate) fn window(text: &str) -> Result<Vec<Range<u16>>, &'static str> {
    const SHAPE: &str = "write it as `\"18:00-22:00\"`";
    let (from, to) = text.split_once('-').ok_or(SHAPE)?;
    let start = minute_of_day(from.trim()).ok_or(SHAPE)?;
    let end = minute_of_day(to.trim()).ok_or(SHAPE)?;
    match start.cmp(&end) {
        Ordering::Less => Ok(std::iter::once(start..end).collect()),
        Ordering::Equal => Err("it begins when it ends: for the whole day write `\"00:00-24:00\"`"),
        Ordering::Greater => {
            Ok([0..end, start..24 * 60].into_iter().filter(|it| !it.is_empty()).collect())
        }
    }
}

/// `09:00-18:00` for 540..1080.
pub(crate) fn clock(window: &Range<u16>) -> String {
    let at = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    format!("{}-{}", at(window.start), at(window.end))
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() > 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().unwrap();
        Timestamp::from_micros(u64::try_from(moment.as_microsecond()).unwrap())
    }

    fn office(zone: &str) -> Hours {
        let weekday = || vec![interval("09:00-12:00").unwrap(), interval("13:00-18:00").unwrap()];
        let week = [weekday(), weekday(), weekday(), weekday(), weekday(), vec![], vec![]];
        let holidays = vec!["2026-12-25".parse().unwrap()];
        Hours::new(TimeZone::get(zone).unwrap(), week, holidays)
    }

    #[track_caller]
    fn check(hours: &Hours, at: &str, open: bool, until: &str) {
        let expected = Opening { open, until: Some(moment(until)) };
        assert_eq!(hours.at(moment(at)), expected, "at {at}");
    }

    #[test]
    fn a_working_day_has_two_halves() {
        let dublin = office("Europe/Dublin");
        check(&dublin, "2026-11-20T08:59:59Z", false, "2026-11-20T09:00:00Z");
        check(&dublin, "2026-11-20T09:00:00Z", true, "2026-11-20T12:00:00Z");
        check(&dublin, "2026-11-20T12:00:00Z", false, "2026-11-20T13:00:00Z");
        check(&dublin, "2026-11-20T17:59:59Z", true, "2026-11-20T18:00:00Z");
    }

    #[test]
    fn weekends_and_holidays_are_skipped() {
        let dublin = office("Europe/Dublin");
        check(&dublin, "2026-11-20T18:00:00Z", false, "2026-11-23T09:00:00Z");
        check(&dublin, "2026-12-24T20:00:00Z", false, "2026-12-28T09:00:00Z");
    }

    #[test]
    fn days_off_are_skipped_however_many() {
        let days = |days: &[(&str, &str)]| {
            let days = days.iter().map(|(from, to)| (from.parse().unwrap(), to.parse().unwrap()));
            office("Europe/Dublin").without(&days.collect::<Vec<_>>())
        };
        let one = days(&[("2026-11-20", "2026-11-20")]);
        check(&one, "2026-11-19T10:00:00Z", true, "2026-11-19T12:00:00Z");
        check(&one, "2026-11-20T10:00:00Z", false, "2026-11-23T09:00:00Z");
        let two = days(&[("2026-11-20", "2026-11-23"), ("2026-11-24", "2026-12-24")]);
        check(&two, "2026-11-20T10:00:00Z", false, "2026-12-28T09:00:00Z");
        let years = days(&[("2026-11-20", "2029-11-18")]);
        check(&years, "2026-11-20T10:00:00Z", false, "2029-11-19T09:00:00Z");
        assert_eq!(one.print(), office("Europe/Dublin").print());
    }

    #[test]
    fn always_is_always_but_on_days_off() {
        let new_york = Hours::always(TimeZone::get("America/New_York").unwrap());
        assert!(new_york.at(moment("2026-11-21T03:00:00Z")).open);
        assert!(!new_york.ever_closes());
        let christmas = "2026-12-25".parse().unwrap();
        let but = new_york.without(&[(christmas, christmas)]);
        assert!(but.ever_closes());
        check(&but, "2026-12-25T04:59:59Z", true, "2026-12-25T05:00:00Z");
        check(&but, "2026-12-25T12:00:00Z", false, "2026-12-26T05:00:00Z");
    }

    #[test]
    fn daylight_saving_moves_the_opening() {
        let new_york = office("America/New_York");
        check(&new_york, "2026-10-30T23:00:00Z", false, "2026-11-02T14:00:00Z");
        check(&new_york, "2026-10-29T23:00:00Z", false, "2026-10-30T13:00:00Z");
    }

    #[test]
    fn open_time_ends_at_closing_and_not_at_the_next_opening() {
        const HOUR: Duration = Duration::from_secs(3600);
        let dublin = office("Europe/Dublin");
        for (from, hours, expected) in [
            ("2026-11-20T11:00:00Z", 0, "2026-11-20T11:00:00Z"),
            ("2026-11-20T11:00:00Z", 1, "2026-11-20T12:00:00Z"),
            ("2026-11-20T11:00:00Z", 2, "2026-11-20T14:00:00Z"),
            ("2026-11-20T12:00:00Z", 1, "2026-11-20T14:00:00Z"),
            ("2026-11-20T12:00:00Z", 5, "2026-11-20T18:00:00Z"),
            ("2026-11-20T17:00:00Z", 2, "2026-11-23T10:00:00Z"),
        ] {
            let (from, expected) = (moment(from), moment(expected));
            let due = dublin.after_open(from, hours * HOUR);
            assert_eq!(due, Some(expected), "{hours} h after {from:?}");
            assert_eq!(dublin.open_between(from, expected), hours * HOUR);
        }
        let never = Hours::new(TimeZone::UTC, Default::default(), vec![]);
        assert_eq!(never.after_open(moment("2026-11-20T12:00:00Z"), HOUR), None);
    }

    #[test]
    fn a_schedule_that_never_opens_says_so() {
        let never = Hours::new(TimeZone::UTC, Default::default(), vec![]);
        let expected = Opening { open: false, until: None };
        assert_eq!(never.at(moment("2026-11-20T08:00:00Z")), expected);
    }

    #[test]
    fn windows_may_go_over_midnight() {
        assert_eq!(window("18:00-22:00").unwrap().as_slice(), std::slice::from_ref(&(1080..1320)));
        assert_eq!(window("22:00-06:00"), Ok(vec![0..360, 1320..1440]));
        assert_eq!(window("22:00-00:00").unwrap().as_slice(), std::slice::from_ref(&(1320..1440)));
        for wrong in ["", "18", "9:00-9:00", "18:00-25:00"] {
            assert!(window(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn opening_times_are_read_or_explained() {
        assert_eq!(interval("09:00-18:00"), Ok(540..1080));
        assert_eq!(interval("9:00 - 24:00"), Ok(540..1440));
        for wrong in ["", "9-18", "09:00", "09:60-10:00", "25:00-26:00", "18:00-09:00"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
