//! Time zones and opening times.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::spec::{HoursSpec, Located};
use super::Checker;
use crate::hours::{self, Hours};
use crate::problem::{Problem, did_you_mean, nearest};
use jiff::civil::Date;
use jiff::tz::TimeZone;

impl Checker<'_> {
    pub(super) fn time_zone(&mut self, name: Option<&Located<String>>) -> Option<TimeZone> {
        let name = name?;
        match TimeZone::get(&name.value) {
            Ok(time_zone) => Some(time_zone),
            Err(_) => {
                let known = jiff::tz::db().available();
                let known: Vec<String> = known.map(|zone| zone.to_string()).collect();
                let help = match nearest(&name.value, known.iter().map(String::as_str)) {
                    Some(near) => did_you_mean(near),
                    None => "write an IANA name, such as `Europe/Dublin`".into(),
                };
                let message = format!("unknown time zone `{}`", name.value);
                self.error_with_help(name.span.clone(), message, help);
                None
            }
        }
    }

    /// All hours, which teams and teammates can name from now on.
    pub(super) fn all_hours(&mut self, time_zone: &TimeZone) -> BTreeMap<Arc<str>, Hours> {
        let mut all: BTreeMap<Arc<str>, Hours> = BTreeMap::new();
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.hours {
                let zone = match &spec.time_zone {
                    Some(_) => this.time_zone(spec.time_zone.as_ref()),
                    None => Some(time_zone.clone()),
                };
                let hours = this.hours(name, spec, zone.unwrap_or(TimeZone::UTC));
                if all.insert(name.value.as_str().into(), hours).is_some() {
                    let message = format!("other hours are called `{}` already", name.value);
                    this.error(name.span.clone(), message);
                }
            }
        });
        all
    }

    /// The hours that a team or a teammate names, with their name.
    pub(super) fn hours_named(
        &mut self,
        wanted: &Located<String>,
        hours: &BTreeMap<Arc<str>, Hours>,
    ) -> Option<(Arc<str>, Hours)> {
        let found = hours.get_key_value(wanted.value.as_str());
        if found.is_none() {
            self.unknown("hours", wanted, hours.keys().map(|name| &**name));
        }
        found.map(|(name, hours)| (name.clone(), hours.clone()))
    }

    fn hours(&mut self, name: &Located<String>, spec: &HoursSpec, zone: TimeZone) -> Hours {
        let days = [
            spec.monday.as_ref().or(spec.weekdays.as_ref()),
            spec.tuesday.as_ref().or(spec.weekdays.as_ref()),
            spec.wednesday.as_ref().or(spec.weekdays.as_ref()),
            spec.thursday.as_ref().or(spec.weekdays.as_ref()),
            spec.friday.as_ref().or(spec.weekdays.as_ref()),
            spec.saturday.as_ref(),
            spec.sunday.as_ref(),
        ];
        let week = days.map(|day| self.day(day.map_or(&[], Vec::as_slice)));
        let holidays = spec.holidays.iter().filter_map(|day| self.date(day)).collect();
        let intended = days.iter().flatten().any(|day| !day.is_empty());
        if !intended {
            let message = format!("the hours `{}` never open", name.value);
            self.error_with_help(name.span.clone(), message, "add `weekdays = [\"09:00-18:00\"]`");
        }
        Hours::new(zone, week, holidays)
    }

    fn day(&mut self, intervals: &[Located<String>]) -> Vec<Range<u16>> {
        let mut day: Vec<Range<u16>> = Vec::new();
        for text in intervals {
            let interval = match hours::interval(&text.value) {
                Ok(interval) => interval,
                Err(help) => {
                    let message = format!("`{}` are no opening times", text.value);
                    self.report_once(Problem::error(text.span.clone(), message).help(help));
                    continue;
                }
            };
            if day.iter().any(|it| it.start < interval.end && interval.start < it.end) {
                let message = format!("`{}` overlaps other opening times", text.value);
                self.report_once(Problem::error(text.span.clone(), message));
                continue;
            }
            day.push(interval);
        }
        day
    }

    /// `weekdays` is looked at five times; its mistakes are told once.
    fn report_once(&mut self, problem: Problem) {
        let problem = Problem { file: self.file.clone(), ..problem };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn date(&mut self, text: &Located<String>) -> Option<Date> {
        let date = text.value.parse().ok();
        if date.is_none() {
            self.error_with_help(
                text.span.clone(),
                format!("`{}` is no date", text.value),
                "write it as `2026-12-25`",
            );
        }
        date
    }
}
