//! Whether somebody is there at a moment, by the week's schedule.

use jiff::tz::TimeZone;

use crate::Moment;
use crate::identity::TeamId;
use crate::workspace_file::{OfficeHoursEntry, OpenInterval};

/// A weekly schedule of office hours, in the local time of its zone: when clocks are put forward
/// or back, its hours go with them (Intercom help, article 732390).
#[derive(Clone, Debug)]
pub struct OfficeHours {
    entry: OfficeHoursEntry,
    zone_name: String,
    zone: TimeZone,
}

impl OfficeHours {
    /// From a checked entry, whose zone is that of the workspace unless it names one.
    pub(crate) fn new(entry: OfficeHoursEntry, workspace_zone: &str) -> Self {
        let zone_name = entry.time_zone.clone().unwrap_or_else(|| workspace_zone.to_owned());
        let zone = TimeZone::get(&zone_name).expect("a checked workspace names time zones");
        Self { entry, zone_name, zone }
    }

    /// The id.
    pub const fn id(&self) -> u64 {
        self.entry.id
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.entry.name
    }

    /// The IANA time zone.
    pub fn time_zone(&self) -> &str {
        &self.zone_name
    }

    /// Whether it is always open.
    pub const fn is_twenty_four_seven(&self) -> bool {
        self.entry.twenty_four_seven
    }

    /// When it is open, in minutes of the week.
    pub fn intervals(&self) -> &[OpenInterval] {
        &self.entry.time_intervals
    }

    /// The teams that keep these hours; nobody's are the workspace's.
    pub fn teams(&self) -> &[TeamId] {
        &self.entry.teams
    }

    /// Whether it is open at a moment.
    pub fn is_open(&self, at: Moment) -> bool {
        let minute = self.minute_of_week(at);
        let holds = |span: &OpenInterval| (span.start_minute..span.end_minute).contains(&minute);
        self.entry.twenty_four_seven || self.entry.time_intervals.iter().any(holds)
    }

    /// Minutes since Monday 00:00 on the clock on the wall.
    fn minute_of_week(&self, at: Moment) -> u32 {
        let local = self.zone.to_datetime(at.calendar());
        let part = |value: i8| u32::try_from(value).unwrap_or(0);
        let day = part(local.weekday().to_monday_zero_offset());
        (day * 24 + part(local.hour())) * 60 + part(local.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(zone: &str, intervals: &[(u32, u32)]) -> OfficeHours {
        let spans = intervals.iter();
        let entry = OfficeHoursEntry {
            id: 1,
            name: "Hours".to_owned(),
            time_zone: Some(zone.to_owned()),
            twenty_four_seven: false,
            time_intervals: spans
                .map(|&(start_minute, end_minute)| OpenInterval { start_minute, end_minute })
                .collect(),
            teams: Vec::new(),
        };
        OfficeHours::new(entry, "UTC")
    }

    fn at(text: &str) -> Moment {
        let time: jiff::Timestamp = text.parse().unwrap();
        Moment::from_seconds(time.as_second().try_into().unwrap())
    }

    #[test]
    fn opens_and_closes_by_the_local_clock() {
        // Monday 09:00 to 17:00, and the end of Sunday.
        let dublin = hours("Europe/Dublin", &[(540, 1_020), (9_960, 10_080)]);
        let check = |time: &str, expected: bool| {
            assert_eq!(dublin.is_open(at(time)), expected, "{time}");
        };
        check("2026-01-12T08:59:59Z", false);
        check("2026-01-12T09:00:00Z", true);
        check("2026-01-12T16:59:59Z", true);
        check("2026-01-12T17:00:00Z", false);
        check("2026-01-13T10:00:00Z", false);
        check("2026-01-18T23:59:59Z", true);
        check("2026-01-19T00:00:00Z", false);
        // In summer time the same hours begin an hour earlier.
        check("2026-07-13T08:00:00Z", true);
        check("2026-07-13T16:00:00Z", false);
    }

    #[test]
    fn is_open_in_its_own_zone_and_always_if_so_set() {
        let tokyo = hours("Asia/Tokyo", &[(0, 60)]);
        assert!(tokyo.is_open(at("2026-01-11T15:30:00Z")), "Monday has begun in Tokyo");
        let mut always = hours("UTC", &[]);
        assert!(!always.is_open(Moment::from_micros(u64::MAX)));
        always.entry.twenty_four_seven = true;
        assert!(always.is_open(Moment::EPOCH));
    }
}
