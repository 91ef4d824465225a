//! From what a rules file says to what it means. Collects every mistake before giving up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::spec::{self, AfterHoursSpec, ApiSpec, RulesSpec, TeamSpec};
use super::{AfterHours, ApiLimits, Policy, Team};
use crate::hours::Hours;
use crate::text::{KeywordId, Keywords};
use crate::{Problem, Severity, TeamId};

mod channel;
mod hours;
mod rules;

pub(super) fn policy(
    spec: RulesSpec,
    source: &str,
) -> Result<(Policy, Vec<Problem>), Vec<Problem>> {
    let mut checker = Checker::default();
    let policy = checker.policy(spec, source);
    checker.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    match policy {
        Some(policy) if checker.problems.iter().all(|it| it.severity == Severity::Warning) => {
            Ok((policy, checker.problems))
        }
        _ => Err(checker.problems),
    }
}

#[derive(Default)]
struct Checker {
    problems: Vec<Problem>,
    /// Normalised, in the order of their ids.
    keywords: Vec<String>,
    keyword_ids: BTreeMap<String, KeywordId>,
    team_names: Vec<Arc<str>>,
}

impl Checker {
    fn policy(&mut self, spec: RulesSpec, source: &str) -> Option<Policy> {
        self.version(spec.version.as_ref());
        let time_zone = self.time_zone(spec.time_zone.as_ref()).unwrap_or(TimeZone::UTC);
        let hours = self.all_hours(&spec.hours, &time_zone);
        self.team_names = spec.team.keys().map(|name| name.get_ref().as_str().into()).collect();
        let teams = self.teams(&spec.team, &hours);
        let channel = self.channel(spec.channel.as_ref());
        let rules = self.rules(&spec.rule);
        let fallback = self.fallback(spec.fallback.as_ref());
        let assignment_limit = self.limit(spec.teammates.assignment_limit.as_ref());
        let after_hours = self.after_hours(&spec.after_hours);
        let api = self.api(&spec.api);
        if self.problems.is_empty() {
            self.warn_of_idle_teams(&spec); // a misspelt team would make its neighbour look idle
        }
        let keywords = Keywords::new(&self.keywords).or_else(|| {
            self.error(0..0, "the rules hold more keywords than can be looked for at once");
            None
        });
        Some(Policy {
            version: version_of(source),
            channel: channel?,
            teams: teams?,
            rules: rules?,
            keywords: keywords?,
            fallback: fallback?,
            assignment_limit,
            after_hours,
            api,
        })
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.problems.push(Problem::error(span, message));
    }

    fn error_with_help(&mut self, span: Range<usize>, message: String, help: String) {
        self.problems.push(Problem::error(span, message).help(help));
    }

    fn version(&mut self, version: Option<&Spanned<i64>>) {
        match version {
            Some(version) if *version.get_ref() == 1 => {}
            Some(version) => self.error_with_help(
                version.span(),
                format!("version {} of the rules format is not known", version.get_ref()),
                "this program reads `version = 1`".into(),
            ),
            None => self.error_with_help(
                0..0,
                "the file does not say which version of the rules format it is".into(),
                "begin it with `version = 1`".into(),
            ),
        }
    }

    fn teams(
        &mut self,
        specs: &BTreeMap<Spanned<String>, TeamSpec>,
        hours: &BTreeMap<String, Hours>,
    ) -> Option<Vec<Team>> {
        if specs.is_empty() {
            let help = "add `[team.support]` with `intercom_team = 814865`";
            self.error_with_help(0..0, "there is no team".into(), help.into());
            return None;
        }
        let mut ids: BTreeMap<i64, &str> = BTreeMap::new();
        for (name, spec) in specs {
            if let Some(other) = ids.insert(*spec.intercom_team.get_ref(), name.get_ref()) {
                let message = format!("team `{other}` has the same `intercom_team`");
                self.error(spec.intercom_team.span(), message);
            }
        }
        specs.iter().map(|(name, spec)| self.team(name, spec, hours)).collect()
    }

    fn team(
        &mut self,
        name: &Spanned<String>,
        spec: &TeamSpec,
        hours: &BTreeMap<String, Hours>,
    ) -> Option<Team> {
        if let Some(method) = spec.distribution.as_ref().filter(|it| it.get_ref() != "balanced") {
            let message = format!("unknown distribution `{}`", method.get_ref());
            self.error_with_help(method.span(), message, "known: `balanced`".into());
        }
        let id = u64::try_from(*spec.intercom_team.get_ref()).ok().filter(|id| *id > 0);
        if id.is_none() {
            self.error_with_help(
                spec.intercom_team.span(),
                "this is no team id".into(),
                "Intercom shows a team's id, a positive number, in the address of its inbox".into(),
            );
        }
        let hours = spec.hours.as_ref().and_then(|wanted| {
            let found = hours.get(wanted.get_ref()).cloned();
            if found.is_none() {
                self.unknown("hours", wanted, hours.keys().map(String::as_str));
            }
            found
        });
        let assignment_limit = self.limit(spec.assignment_limit.as_ref());
        let name = name.get_ref().as_str().into();
        Some(Team { name, id: TeamId::new(id?), assignment_limit, hours })
    }

    fn unknown<'a>(
        &mut self,
        what: &str,
        wanted: &Spanned<String>,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        self.problems.push(Problem::unknown(what, wanted, "this file", known));
    }

    fn limit(&mut self, limit: Option<&Spanned<i64>>) -> Option<u32> {
        let limit = limit?;
        let checked = u32::try_from(*limit.get_ref()).ok().filter(|limit| *limit > 0);
        if checked.is_none() {
            self.error_with_help(
                limit.span(),
                "an assignment limit is a positive number".into(),
                "leave it out for no limit".into(),
            );
        }
        checked
    }

    fn team_named(&mut self, name: &Spanned<String>) -> Option<usize> {
        let found = self.team_names.iter().position(|known| **known == **name.get_ref());
        if found.is_none() {
            let names = self.team_names.clone();
            self.unknown("team", name, names.iter().map(|name| &**name));
        }
        found
    }

    fn fallback(&mut self, spec: Option<&spec::FallbackSpec>) -> Option<usize> {
        let Some(spec) = spec else {
            let help = "add `[fallback]` with `assign = \"...\"`: a conversation that no rule \
                        matches needs an owner, too";
            self.error_with_help(0..0, "there is no `[fallback]`".into(), help.into());
            return None;
        };
        self.team_named(&spec.assign)
    }

    fn after_hours(&mut self, spec: &AfterHoursSpec) -> AfterHours {
        let hold_in = spec.hold_in.as_ref().and_then(|name| self.team_named(name));
        let release_every = spec.release.as_ref().and_then(|release| {
            let per_minute = release.per_minute.get_ref();
            let checked = u32::try_from(*per_minute).ok().filter(|n| (1..=6_000).contains(n));
            if checked.is_none() {
                let message = "`per_minute` is a number from 1 to 6000".to_owned();
                let help = "leave `release` out to hand out everything at opening".to_owned();
                self.error_with_help(release.per_minute.span(), message, help);
            }
            checked.map(|n| Duration::from_secs(60) / n)
        });
        AfterHours { hold_in, release_every }
    }

    fn warn_of_idle_teams(&mut self, spec: &RulesSpec) {
        let mut used: BTreeSet<&str> =
            spec.rule.iter().map(|rule| rule.assign.get_ref().as_str()).collect();
        used.extend(spec.fallback.iter().map(|it| it.assign.get_ref().as_str()));
        used.extend(spec.after_hours.hold_in.iter().map(|name| name.get_ref().as_str()));
        for name in spec.team.keys().filter(|name| !used.contains(name.get_ref().as_str())) {
            let message = format!("nothing is ever assigned to team `{}`", name.get_ref());
            self.problems.push(Problem::warning(name.span(), message));
        }
    }

    fn api(&mut self, spec: &ApiSpec) -> ApiLimits {
        let default = ApiLimits::default();
        let mut number = |value: &Option<Spanned<i64>>, default: u32, least: u32| {
            let Some(value) = value else { return default };
            let checked = u32::try_from(*value.get_ref()).ok().filter(|n| *n >= least);
            checked.unwrap_or_else(|| {
                self.error(value.span(), format!("this is a whole number of at least {least}"));
                default
            })
        };
        let calls_per_window = number(&spec.calls_per_window, default.calls_per_window, 4);
        let in_flight = number(&spec.in_flight, default.in_flight, 1).min(256);
        let share = spec.share.as_ref().map_or(default.share, |share| {
            if !(*share.get_ref() > 0.0 && *share.get_ref() <= 1.0) {
                self.error(share.span(), "a share is a number above 0 and at most 1");
            }
            *share.get_ref()
        });
        ApiLimits { calls_per_window, share, in_flight }
    }
}

fn version_of(source: &str) -> Arc<str> {
    let digest = Sha256::digest(source.as_bytes());
    let hex = digest.iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    hex.into()
}
