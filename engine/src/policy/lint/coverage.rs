//! Which team is open in which hour of a week.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::hours::Hours;
use crate::policy::Policy;
use crate::{RosterSnapshot, Timestamp};

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

/// Whether a team is there in an hour: it is open, and one of its members is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staffing {
    /// All of it.
    Open,
    /// Some of it.
    Partly,
    /// It is open for all or some of it, and nobody is at work.
    Unstaffed,
    /// None of it.
    Closed,
}

impl Policy {
    /// Which team is open in which hour of the week that `day` is in. Who is in which team is only
    /// known of what Intercom lists: without it, somebody is taken to be at work whenever a team is
    /// open.
    #[must_use]
    pub fn coverage(&self, day: Date, roster: Option<&RosterSnapshot>) -> Coverage {
        let all: Vec<usize> = (0..self.teams.len()).collect();
        Coverage::of_teams(self, &all, day, roster)
    }

    /// When each member works who can be given something; `None`: always.
    fn work_of_members<'p>(
        &'p self,
        team: usize,
        roster: &RosterSnapshot,
    ) -> Vec<Option<&'p Hours>> {
        let id = self.teams[team].id;
        let members = roster.teammates.iter().filter(|it| it.has_inbox_seat);
        let members = members.filter(|it| it.teams.contains(&id));
        let known = |id| self.teammates.iter().find(|it| it.named.id == id);
        members.map(|it| known(it.id).and_then(|known| known.at_work.as_ref())).collect()
    }
}

impl Coverage {
    /// Of some teams only, by index.
    pub(super) fn of_teams(
        policy: &Policy,
        teams: &[usize],
        day: Date,
        roster: Option<&RosterSnapshot>,
    ) -> Self {
        let since_monday = i64::from(day.weekday().to_monday_zero_offset());
        let monday = day.checked_sub(since_monday.days()).unwrap_or(day);
        let hours: Vec<Vec<Range<Timestamp>>> =
            (0..7).map(|day| hours_of_day(policy, monday, day)).collect();
        let mut rows: Vec<CoverageRow> = Vec::new();
        for index in teams {
            let team = &policy.teams[*index];
            // Nobody has to work where conversations only wait.
            let roster = roster.filter(|_| policy.after_hours.hold_in != Some(*index));
            let crew = Crew {
                hours: team.hours.as_ref().map(|(_, hours)| hours),
                members: roster.map(|roster| policy.work_of_members(*index, roster)),
            };
            let week = std::array::from_fn(|day| {
                std::array::from_fn(|hour| crew.staffing(hours[day].get(hour)))
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

/// A team's hours and those of its people; always where there are none.
struct Crew<'p> {
    hours: Option<&'p Hours>,
    /// `None` if it is not known who they are.
    members: Option<Vec<Option<&'p Hours>>>,
}

impl Crew<'_> {
    fn staffing(&self, hour: Option<&Range<Timestamp>>) -> Staffing {
        let Some(hour) = hour else { return Staffing::Open };
        let (mut staffed, mut idle, mut closed) = (false, false, false);
        let mut at = hour.start;
        loop {
            let (is_open, is_staffed, until) = self.look(at);
            staffed |= is_open && is_staffed;
            idle |= is_open && !is_staffed;
            closed |= !is_open;
            match until {
                Some(until) if until < hour.end && until > at => at = until,
                _ => break,
            }
        }
        match (staffed, idle, closed) {
            (true, false, false) => Staffing::Open,
            (true, _, _) => Staffing::Partly,
            (false, true, _) => Staffing::Unstaffed,
            (false, false, _) => Staffing::Closed,
        }
    }

    /// Whether the team is open, whether anybody is at work, and until when that holds.
    fn look(&self, at: Timestamp) -> (bool, bool, Option<Timestamp>) {
        let mut until: Option<Timestamp> = None;
        let mut is_open = |hours: Option<&Hours>| {
            let Some(opening) = hours.map(|hours| hours.at(at)) else { return true };
            until = [until, opening.until].into_iter().flatten().min();
            opening.open
        };
        let open = is_open(self.hours);
        let members = self.members.as_ref();
        // Everybody is looked at, for the moment at which to look again.
        let staffed = members.is_none_or(|members| {
            members.iter().fold(false, |staffed, hours| is_open(*hours) | staffed)
        });
        (open, staffed, until)
    }
}

/// The hours in which no row has anybody, for a sentence: `Monday to Friday 00:00-09:00; Saturday
/// and Sunday all day`. Empty if there are none.
pub(super) fn gaps(coverage: &Coverage) -> String {
    spans(|day, hour| coverage.rows.iter().all(|row| row.week[day][hour] == Staffing::Closed))
}

/// The hours in which a row is open and has nobody, likewise.
pub(super) fn unstaffed(coverage: &Coverage) -> String {
    spans(|day, hour| coverage.rows.iter().any(|row| row.week[day][hour] == Staffing::Unstaffed))
}

fn spans(is_meant: impl Fn(usize, usize) -> bool) -> String {
    let mut spans: Vec<(Range<usize>, String)> = Vec::new();
    for day in 0..7 {
        let hours: Vec<usize> = (0..24).filter(|hour| is_meant(day, *hour)).collect();
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
            Self::Unstaffed => '!',
            Self::Closed => '·',
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hours = self.rows.iter().flat_map(|row| row.week.iter().flatten());
        let has_idle = hours.any(|it| *it == Staffing::Unstaffed);
        let idle = if has_idle { ", ! nobody at work" } else { "" };
        let (monday, zone) = (self.monday, &self.time_zone);
        writeln!(f, "Week of {monday}, {zone} (█ open, ▒ partly, · closed{idle})")?;
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
