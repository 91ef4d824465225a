//! Teammates, and what holds for all of them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::spec::{Located, RampSpec, Short, TeammateSpec, TeammatesSpec};
use super::super::{Ramp, Teammate, TeammateDefaults, WHOLE_WEIGHT};
use super::Checker;
use crate::TeammateId;
use crate::hours::Hours;
use crate::language::UNDETERMINED;
use crate::rule::Named;

/// The longest absence that does not count as one.
const AWAY_GRACE_MAX: Duration = Duration::from_secs(3600);
/// The longest that somebody can be spared after coming back.
const RAMP_MAX: Duration = Duration::from_secs(24 * 3600);
/// The weights that teammates can have.
const WEIGHTS: RangeInclusive<f64> = 0.01..=100.0;

impl Checker<'_> {
    /// All teammates, whom rules can name from now on.
    pub(super) fn teammates(&mut self, hours: &BTreeMap<Arc<str>, Hours>, time_zone: &TimeZone) {
        let mut named: BTreeMap<Arc<str>, Teammate> = BTreeMap::new();
        let mut ids: BTreeMap<i64, &str> = BTreeMap::new();
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.teammate {
                if let Some(other) = ids.insert(spec.intercom_admin.value, &name.value) {
                    let message = format!("teammate `{other}` has the same `intercom_admin`");
                    let help = "say everything about one teammate in one place";
                    this.error_with_help(spec.intercom_admin.span.clone(), message, help);
                }
                let teammate = this.teammate(name, spec, hours, time_zone);
                if named.insert(name.value.as_str().into(), teammate).is_some() {
                    let message = format!("another teammate is called `{}` already", name.value);
                    this.error(name.span.clone(), message);
                }
            }
        });
        self.teammates = named.into_values().collect();
    }

    fn teammate(
        &mut self,
        name: &Located<String>,
        spec: &TeammateSpec,
        hours: &BTreeMap<Arc<str>, Hours>,
        time_zone: &TimeZone,
    ) -> Teammate {
        let shift = spec.shift.as_ref().and_then(|wanted| self.hours_named(wanted, hours));
        let time_off: Vec<(Date, Date)> =
            spec.time_off.iter().filter_map(|days| self.days_off(days)).collect();
        let at_work = match &shift {
            None if time_off.is_empty() => None,
            None => Some(Hours::always(time_zone.clone()).without(&time_off)),
            Some((_, hours)) => Some(hours.clone().without(&time_off)),
        };
        let languages = spec.languages.iter().flat_map(|it| it.all());
        let skills = spec.skills.iter().flat_map(|it| it.all());
        let helps_in = spec.helps_in.iter().flat_map(|it| it.all());
        Teammate {
            named: self.named(name, spec),
            shift: shift.map(|(name, _)| name),
            time_off,
            at_work,
            assignment_limit: self.limit(spec.assignment_limit.as_ref()),
            team_limits: self.team_limits(&spec.limit_in),
            helps_in: helps_in.filter_map(|team| self.team_named(&team)).collect(),
            weight: spec.weight.as_ref().map_or(WHOLE_WEIGHT, |weight| self.weight(weight)),
            languages: languages.filter_map(|tag| self.language_spoken(&tag)).collect(),
            skills: skills.filter_map(|skill| self.skill(&skill)).collect(),
        }
    }

    fn named(&mut self, name: &Located<String>, spec: &TeammateSpec) -> Named {
        let id = u64::try_from(spec.intercom_admin.value).ok().filter(|id| *id > 0);
        if id.is_none() {
            let help = "Intercom's API lists them, positive numbers, under `/admins`";
            let span = spec.intercom_admin.span.clone();
            self.error_with_help(span, "this is no teammate's id", help);
        }
        let place = (self.file.clone(), name.span.clone());
        Named { name: name.value.as_str().into(), place, id: TeammateId::new(id.unwrap_or(1)) }
    }

    /// A day, or the first and the last of some.
    fn days_off(&mut self, days: &Located<String>) -> Option<(Date, Date)> {
        let (first, last) = days.value.split_once("..").unwrap_or((&days.value, &days.value));
        let parsed = first.trim().parse::<Date>().ok().zip(last.trim().parse::<Date>().ok());
        let Some((first, last)) = parsed else {
            let message = format!("`{}` are no days", days.value);
            let help = "write a day, `2026-12-24`, or the first and the last, \
                        `2026-12-27..2026-12-31`";
            self.error_with_help(days.span.clone(), message, help);
            return None;
        };
        if last < first {
            let message = format!("`{}` ends before it begins", days.value);
            let help = format!("did you mean `{last}..{first}`?");
            self.error_with_help(days.span.clone(), message, help);
            return None;
        }
        Some((first, last))
    }

    fn team_limits(
        &mut self,
        spec: &BTreeMap<Located<String>, Located<i64>>,
    ) -> BTreeMap<usize, u32> {
        let mut limits = BTreeMap::new();
        for (team, limit) in spec {
            let team = self.team_named(team);
            limits.extend(team.zip(self.limit(Some(limit))));
        }
        limits
    }

    /// In hundredths.
    fn weight(&mut self, weight: &Located<f64>) -> u32 {
        if !WEIGHTS.contains(&weight.value) {
            let message = "a weight is a number from 0.01 to 100";
            let help = "for half as much as the others write `0.5`";
            self.error_with_help(weight.span.clone(), message, help);
            return WHOLE_WEIGHT;
        }
        (weight.value * f64::from(WHOLE_WEIGHT)).round() as u32
    }

    fn language_spoken(&mut self, tag: &Located<String>) -> Option<Arc<str>> {
        let language = self.language_of_person(tag)?;
        if *language == *UNDETERMINED {
            let help = "leave it out: who gets what cannot be told needs no language";
            self.error_with_help(tag.span.clone(), "nobody speaks `und`", help);
            return None;
        }
        Some(language)
    }

    pub(super) fn teammate_defaults(&mut self, spec: &TeammatesSpec) -> TeammateDefaults {
        let default = TeammateDefaults::default();
        let help = "write it as `\"1m\"`; at most an hour";
        let away_grace = spec.away_grace.as_ref();
        let away_grace = away_grace.and_then(|text| self.duration(text, AWAY_GRACE_MAX, help));
        let ramp = match &spec.ramp {
            None => default.ramp,
            Some(Located { value: Short::Short(false), .. }) => None,
            Some(Located { value: Short::Short(true), span }) => {
                let help = "write `ramp = { per_minute = 6, lasts = \"5m\" }`";
                self.error_with_help(span.clone(), "this does not say how slowly", help);
                None
            }
            Some(Located { value: Short::Long(spec), .. }) => self.ramp(spec),
        };
        TeammateDefaults {
            assignment_limit: self.limit(spec.assignment_limit.as_ref()),
            away_grace: away_grace.unwrap_or(default.away_grace),
            ramp,
        }
    }

    fn ramp(&mut self, spec: &RampSpec) -> Option<Ramp> {
        let default = TeammateDefaults::default().ramp?;
        let none = "for none write `ramp = false`";
        let per_minute = spec.per_minute.as_ref();
        let per_minute = per_minute
            .map_or(Some(default.per_minute), |it| self.number("per_minute", it, 1..=6_000, none));
        let help = format!("write it as `\"5m\"`; at most a day; {none}");
        let lasts = spec.lasts.as_ref();
        let lasts = lasts.map_or(Some(default.lasts), |it| self.some_duration(it, RAMP_MAX, &help));
        Some(Ramp { per_minute: per_minute?, lasts: lasts? })
    }
}
