//! From what a rules file says to what it means. Collects every mistake before giving up.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::spec::{
    self, AfterHoursSpec, ApiSpec, ChannelSpec, HoursSpec, RuleSpec, RulesSpec, SignalSpec,
    TeamSpec, WhenSpec,
};
use super::{AfterHours, ApiLimits, Policy, Team};
use crate::channel::{Channel, Signal};
use crate::hours::{self, Hours};
use crate::problem::{did_you_mean, nearest};
use crate::rule::{Condition, Keyword, Rule};
use crate::text::{KeywordId, Keywords, normalised};
use crate::{Problem, Severity, TeamId};

/// How long a signal may come after its conversation where the rules do not say.
const SETTLE_FOR: Duration = Duration::from_secs(10);
/// The longest that a rules file may ask for.
const SETTLE_FOR_MAX: Duration = Duration::from_secs(600);
/// Limits of what one file may hold, so that a slip of the pen does not fill the memory.
const KEYWORDS_MAX: usize = 20_000;
const KEYWORD_BYTES_MAX: usize = 200;

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

    fn time_zone(&mut self, name: Option<&Spanned<String>>) -> Option<TimeZone> {
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

    fn all_hours(
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

    fn channel(&mut self, spec: Option<&Spanned<ChannelSpec>>) -> Option<Channel> {
        let Some(spec) = spec else {
            let help = "add `[channel]` with `any = [{ tag = \"tiktok\" }]`: without it the rules \
                        would move conversations of every channel";
            self.error_with_help(0..0, "there is no `[channel]`".into(), help.into());
            return None;
        };
        let settle_for = spec.get_ref().settle_for.as_ref();
        let settle_for = settle_for.map_or(Some(SETTLE_FOR), |text| self.duration(text));
        if spec.get_ref().any.is_empty() {
            self.error(spec.span(), "the channel has no signal: nothing would ever be routed");
        }
        let signals: Option<Vec<_>> =
            spec.get_ref().any.iter().map(|signal| self.signal(signal)).collect();
        Some(Channel { signals: signals?, settle_for: settle_for? })
    }

    fn duration(&mut self, text: &Spanned<String>) -> Option<Duration> {
        let parsed = text.get_ref().parse::<jiff::SignedDuration>().ok();
        let duration = parsed.and_then(|it| Duration::try_from(it).ok());
        let checked = duration.filter(|it| *it <= SETTLE_FOR_MAX);
        if checked.is_none() {
            self.error_with_help(
                text.span(),
                format!("`{}` is no time to wait", text.get_ref()),
                "write it as `\"10s\"`; at most ten minutes".into(),
            );
        }
        checked
    }

    fn signal(&mut self, spec: &Spanned<SignalSpec>) -> Option<Signal> {
        let it = spec.get_ref();
        let mut found = Vec::new();
        found.extend(it.tag.clone().map(Signal::Tag));
        found.extend(it.source_type.clone().map(Signal::SourceType));
        found.extend(it.channel.clone().map(Signal::Channel));
        let equals = it.equals.clone().unwrap_or_default();
        found.extend(
            it.contact_attribute
                .clone()
                .map(|name| Signal::ContactAttribute { name, equals: equals.clone() }),
        );
        found.extend(
            it.conversation_attribute
                .clone()
                .map(|name| Signal::ConversationAttribute { name, equals: equals.clone() }),
        );
        let of_attribute = it.contact_attribute.is_some() || it.conversation_attribute.is_some();
        if found.len() != 1 || of_attribute != it.equals.is_some() {
            self.error_with_help(
                spec.span(),
                "a signal is one thing to look at".into(),
                "write `{ tag = \"tiktok\" }`, `{ source_type = ... }`, `{ channel = ... }`, or \
                 `{ contact_attribute = \"...\", equals = \"...\" }`"
                    .into(),
            );
            return None;
        }
        found.pop()
    }

    fn rules(&mut self, specs: &[RuleSpec]) -> Option<Vec<Rule>> {
        let mut names = BTreeSet::new();
        for spec in specs {
            if !names.insert(spec.name.get_ref()) {
                let message = format!("another rule is called `{}` already", spec.name.get_ref());
                self.error(spec.name.span(), message);
            }
        }
        // Look at every rule, even after the first mistake.
        let rules: Vec<Option<Rule>> = specs.iter().map(|spec| self.rule(spec)).collect();
        rules.into_iter().collect()
    }

    fn rule(&mut self, spec: &RuleSpec) -> Option<Rule> {
        let team = self.team_named(&spec.assign);
        let when = match &spec.when {
            Some(when) => self.condition(when),
            None => {
                let message = format!("rule `{}` has no `when`", spec.name.get_ref());
                let help = "say when it applies; what no rule matches goes to `[fallback]`";
                self.error_with_help(spec.name.span(), message, help.into());
                None
            }
        };
        Some(Rule { name: spec.name.get_ref().as_str().into(), team: team?, when: when? })
    }

    fn team_named(&mut self, name: &Spanned<String>) -> Option<usize> {
        let found = self.team_names.iter().position(|known| **known == **name.get_ref());
        if found.is_none() {
            let names = self.team_names.clone();
            self.unknown("team", name, names.iter().map(|name| &**name));
        }
        found
    }

    fn condition(&mut self, spec: &Spanned<WhenSpec>) -> Option<Condition> {
        let it = spec.get_ref();
        let mut parts = Vec::new();
        if let Some(group) = &it.all {
            parts.push(Condition::All(self.group(group)?));
        }
        if let Some(group) = &it.any {
            parts.push(Condition::Any(self.group(group)?));
        }
        if let Some(group) = &it.none {
            parts.push(Condition::None(self.group(group)?));
        }
        if let Some(text) = &it.text {
            if let Some(any) = &text.any {
                parts.push(Condition::AnyKeyword(self.keywords(any, spec.span())?));
            }
            if let Some(none) = &text.none {
                parts.push(Condition::NoKeyword(self.keywords(none, spec.span())?));
            }
        }
        if let Some(languages) = &it.language {
            parts.push(Condition::Language(self.languages(&languages.0, spec.span())?));
        }
        match parts.len() {
            0 => {
                let help = "write `when.text = [\"refund\"]` or `when.language = \"es\"`";
                self.error_with_help(spec.span(), "this asks for nothing".into(), help.into());
                None
            }
            1 => parts.pop(),
            _ => Some(Condition::All(parts)),
        }
    }

    fn group(&mut self, specs: &[Spanned<WhenSpec>]) -> Option<Vec<Condition>> {
        specs.iter().map(|spec| self.condition(spec)).collect()
    }

    fn keywords(&mut self, words: &[Spanned<String>], span: Range<usize>) -> Option<Vec<Keyword>> {
        if words.is_empty() {
            self.error(span, "a list of keywords is empty");
            return None;
        }
        words.iter().map(|word| self.keyword(word)).collect()
    }

    fn keyword(&mut self, word: &Spanned<String>) -> Option<Keyword> {
        let text = normalised(word.get_ref());
        if text.is_empty() || text.len() > KEYWORD_BYTES_MAX {
            let help = format!("a keyword has 1 to {KEYWORD_BYTES_MAX} bytes");
            let message = "this keyword is empty or too long".to_owned();
            self.error_with_help(word.span(), message, help);
            return None;
        }
        let spelled: Arc<str> = word.get_ref().as_str().into();
        if let Some(id) = self.keyword_ids.get(&text) {
            return Some(Keyword { id: *id, spelled });
        }
        if self.keywords.len() == KEYWORDS_MAX {
            self.error(word.span(), format!("more than {KEYWORDS_MAX} keywords"));
            return None;
        }
        let id = KeywordId(u32::try_from(self.keywords.len()).expect("at most KEYWORDS_MAX"));
        self.keywords.push(text.clone());
        self.keyword_ids.insert(text, id);
        Some(Keyword { id, spelled })
    }

    fn languages(&mut self, tags: &[Spanned<String>], span: Range<usize>) -> Option<Vec<Arc<str>>> {
        if tags.is_empty() {
            self.error(span, "a list of languages is empty");
            return None;
        }
        tags.iter().map(|tag| self.language(tag, &span)).collect()
    }

    fn language(&mut self, tag: &Spanned<String>, condition: &Range<usize>) -> Option<Arc<str>> {
        let lower = tag.get_ref().to_lowercase();
        let primary = lower.split('-').next().unwrap_or_default();
        let letters = |part: &str| part.chars().all(|c| c.is_ascii_lowercase());
        if matches!(primary.len(), 2 | 3) && letters(primary) {
            return Some(lower.into());
        }
        let span = if tag.span().is_empty() { condition.clone() } else { tag.span() };
        self.error_with_help(
            span,
            format!("`{}` is no language tag", tag.get_ref()),
            "write `es`, `pt-br`, or `und` for a language that is not known".into(),
        );
        None
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
