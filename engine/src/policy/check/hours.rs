//! Time zones and opening times.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::Spanned;

use super::super::spec::HoursSpec;
use super::Checker;
use crate::hours::{self, Hours};
use crate::problem::{Problem, did_you_mean, nearest};

impl Checker {
    pub(super) fn time_zone(&mut self, name: Option<&Spanned<String>>) -> Option<TimeZone> {
        let name = name?;
        match TimeZone::get(name.get_ref()) {
            Ok(time_zone) => Some(time_zone),
            Err(_) => {
                let known = jiff::tz::db().available();
                let known: Vec<String> = known.map(|zone| zone.to_string()).collect();
                let help = match nearest(name.get_ref(), known.iter().map(String::as_str)) {
                    Some(near) => did_you_mean(near),
                    None => "write an IANA name, such as `Europe/Dublin`".into(),
                };
                let message = format!("unknown time zone `{}`", name.get_ref());
                self.error_with_help(name.span(), message, help);
                None
            }
        }
    }

    pub(super) fn all_hours(
        &mut self,
        specs: &BTreeMap<Spanned<String>, HoursSpec>,
        time_zone: &TimeZone,
    ) -> BTreeMap<String, Hours> {
        let mut all = BTreeMap::new();
        for (name, spec) in specs {
            let zone = match &spec.time_zone {
                Some(_) => self.time_zone(spec.time_zone.as_ref()),
                None => Some(time_zone.clone()),
            };
            let hours = self.hours(name, spec, zone.unwrap_or(TimeZone::UTC));
            all.insert(name.get_ref().clone(), hours);
        }
        all
    }

    fn hours(&mut self, name: &Spanned<String>, spec: &HoursSpec, zone: TimeZone) -> Hours {
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
            let message = format!("the hours `{}` never open", name.get_ref());
            self.error_with_help(name.span(), message, "add `weekdays = [\"09:00-18:00\"]`".into());
        }
        Hours::new(zone, week, holidays)
    }

    fn day(&mut self, intervals: &[Spanned<String>]) -> Vec<Range<u16>> {
        let mut day: Vec<Range<u16>> = Vec::new();
        for text in intervals {
            let interval = match hours::interval(text.get_ref()) {
                Ok(interval) => interval,
                Err(help) => {
                    let message = format!("`{}` are no opening times", text.get_ref());
                    self.report_once(Problem::error(text.span(), message).help(help));
                    continue;
                }
            };
            if day.iter().any(|it| it.start < interval.end && interval.start < it.end) {
                let message = format!("`{}` overlaps other opening times", text.get_ref());
                self.report_once(Problem::error(text.span(), message));
                continue;
            }
            day.push(interval);
        }
        day
    }

    /// `weekdays` is looked at five times; its mistakes are told once.
    fn report_once(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn date(&mut self, text: &Spanned<String>) -> Option<Date> {
        let date = text.get_ref().parse().ok();
        if date.is_none() {
            self.error_with_help(
                text.span(),
                format!("`{}` is no date", text.get_ref()),
                "write it as `2026-12-25`".into(),
            );
        }
        date
    }
}
