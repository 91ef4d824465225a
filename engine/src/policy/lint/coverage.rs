//! Which team is open in which hour of a week.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::Timestamp;
use crate::policy::{Policy, Team};

/// Names of the days in a heat map, Monday first.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Which team is open in which hour of a week, in the time zone of the rules. Holidays and changes
/// of the clock are those of that week. Displays as a heat map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The Monday that the week begins with.
    pub monday: Date,
    /// The IANA name of the time zone.
    pub time_zone: String,
    /// Teams that are open at the same times stand in one row.
    pub rows: Vec<CoverageRow>,
}

/// The hours of some teams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageRow {
    /// Their names in the rules.
    pub teams: Vec<Arc<str>>,
    /// For each day, Monday first, and each hour. An hour that the clock skips is what it would
    /// have begun with; one that comes twice is looked at as a whole.
    pub week: [[Staffing; 24]; 7],
}

/// Whether a team is open in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staffing {
    /// All of it.
    Open,
    /// Some of it.
    Partly,
    /// None of it.
    Closed,
}

impl Policy {
    /// Which team is open in which hour of the week that `day` is in.
    #[must_use]
    pub fn coverage(&self, day: Date) -> Coverage {
        let all: Vec<usize> = (0..self.teams.len()).collect();
        Coverage::of_teams(self, &all, day)
    }
}

impl Coverage {
    /// Of some teams only, by index.
    pub(super) fn of_teams(policy: &Policy, teams: &[usize], day: Date) -> Self {
        let since_monday = i64::from(day.weekday().to_monday_zero_offset());
        let monday = day.checked_sub(since_monday.days()).unwrap_or(day);
        let hours: Vec<Vec<Range<Timestamp>>> =
            (0..7).map(|day| hours_of_day(policy, monday, day)).collect();
        let mut rows: Vec<CoverageRow> = Vec::new();
        for team in teams {
            let team = &policy.teams[*team];
            let week = std::array::from_fn(|day| {
                std::array::from_fn(|hour| team.staffing(hours[day].get(hour)))
            });
            match rows.iter_mut().find(|row| row.week == week) {
                Some(row) => row.teams.push(team.name.clone()),
                None => rows.push(CoverageRow { teams: vec![team.name.clone()], week }),
            }
        }
        let time_zone = policy.time_zone.iana_name().unwrap_or("UTC").to_owned();
        Self { monday, time_zone, rows }
    }
}

/// The hours of one local day as moments; none if that is out of all reckoning.
fn hours_of_day(policy: &Policy, monday: Date, day: i64) -> Vec<Range<Timestamp>> {
    let moment = |hour: i64| {
        let midnight = monday.checked_add(day.days()).ok()?.to_datetime(Default::default());
        let local = midnight.checked_add(hour.hours()).ok()?;
        let zoned = policy.time_zone.to_ambiguous_zoned(local).compatible().ok()?;
        let micros = u64::try_from(zoned.timestamp().as_microsecond()).ok()?;
        Some(Timestamp::from_micros(micros))
    };
    let hours = (0..24).map(|hour| Some(moment(hour)?..moment(hour + 1)?));
    hours.collect::<Option<Vec<_>>>().unwrap_or_default()
}

impl Team {
    fn staffing(&self, hour: Option<&Range<Timestamp>>) -> Staffing {
        let (Some((_, hours)), Some(hour)) = (&self.hours, hour) else { return Staffing::Open };
        let (mut open, mut closed) = (false, false);
        let mut at = hour.start;
        loop {
            let opening = hours.at(at);
            open |= opening.open;
            closed |= !opening.open;
            match opening.until {
                Some(until) if until < hour.end && until > at => at = until,
                _ => break,
            }
        }
        match (open, closed) {
            (true, true) => Staffing::Partly,
            (true, false) => Staffing::Open,
            _ => Staffing::Closed,
        }
    }
}

/// The hours in which no row has anybody, for a sentence: `Monday to Friday 00:00-09:00; Saturday
/// and Sunday all day`. Empty if there are none.
pub(super) fn gaps(coverage: &Coverage) -> String {
    let is_gap = |day: usize, hour: usize| {
        coverage.rows.iter().all(|row| row.week[day][hour] == Staffing::Closed)
    };
    let mut spans: Vec<(Range<usize>, String)> = Vec::new();
    for day in 0..7 {
        let hours: Vec<usize> = (0..24).filter(|hour| is_gap(day, *hour)).collect();
        let text = clock(&hours);
        match spans.last_mut() {
            Some((days, last)) if *last == text => days.end = day + 1,
            _ => spans.push((day..day + 1, text)),
        }
    }
    let spans = spans.into_iter().filter(|(_, text)| !text.is_empty());
    let spans = spans.map(|(days, text)| {
        let (first, last) = (DAYS[days.start], DAYS[days.end - 1]);
        match days.len() {
            1 => format!("{first} {text}"),
            _ => format!("{first}-{last} {text}"),
        }
    });
    spans.collect::<Vec<_>>().join("; ")
}

/// `00:00-09:00, 18:00-24:00` for hours in ascending order.
fn clock(hours: &[usize]) -> String {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for hour in hours {
        match ranges.last_mut() {
            Some(last) if last.end == *hour => last.end = hour + 1,
            _ => ranges.push(*hour..hour + 1),
        }
    }
    match ranges.as_slice() {
        [all] if all.len() == 24 => "all day".to_owned(),
        ranges => {
            let ranges = ranges.iter().map(|it| format!("{:02}:00-{:02}:00", it.start, it.end));
            ranges.collect::<Vec<_>>().join(", ")
        }
    }
}

impl Staffing {
    /// Its sign in a heat map.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Self::Open => '█',
            Self::Partly => '▒',
            Self::Closed => '·',
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Week of {}, {} (█ open, ▒ partly, · closed)", self.monday, self.time_zone)?;
        for row in &self.rows {
            let teams = row.teams.join(", ");
            if row.week.iter().flatten().all(|it| *it == Staffing::Open) {
                writeln!(f, "\n{teams}: always open")?;
                continue;
            }
            writeln!(f, "\n{teams}\n     0     6     12    18   24")?;
            for (day, hours) in DAYS.iter().zip(&row.week) {
                let hours: String = hours.iter().map(|it| it.sign()).collect();
                writeln!(f, "{day}  {hours}")?;
            }
        }
        Ok(())
    }
}
