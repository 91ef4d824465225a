//! From what rules files say to what they mean. Collects every mistake before giving up.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::source::{SourceFile, Sources};
use super::spec::{ApiSpec, Located, OneOrMany, PrioritySpec, RulesSpec};
use super::{ApiLimits, Catalogue, HeadStart, Invalid, Loaded, Needs, Policy, Teammate};
use crate::problem::{did_you_mean, nearest};
use crate::text::PatternsBuilder;
use crate::{Problem, Severity};

mod after_hours;
mod amounts;
mod assignment;
mod attributes;
mod canary;
mod channel;
mod conditions;
mod examples;
mod hours;
mod idle;
mod language;
mod literal;
mod rules;
mod teammates;
mod teams;
mod words;

use amounts::{WAIT_HELP, WAIT_MAX};
pub(super) use conditions::TOPIC_CONFIDENCE;

/// The longest that somebody can be made to wait by a priority.
const HEAD_START_MAX: Duration = Duration::from_secs(7 * 24 * 3600);
/// The longest that a conversation need not be heard of.
const LOOK_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

/// Checks what the files say.
pub(super) fn policy(mut sources: Sources) -> Result<Loaded, Box<Invalid>> {
    let canary = sources.canary.take();
    let mut checker = Checker::new(&sources);
    let mut policy = checker.policy();
    let share = checker.canary_share();
    let mut problems = checker.problems;
    problems.extend(sources.problems);
    let order: BTreeMap<_, _> =
        sources.files.iter().enumerate().map(|(index, file)| (file.name.clone(), index)).collect();
    problems.sort_by_key(|it| {
        // The main file comes first, then what it includes.
        let file = it.file.is_some().then(|| order.get(&it.file).copied());
        (file, it.span.start, it.span.end)
    });
    problems.dedup();
    if let Some(canary) = canary {
        canary::add(*canary, share, &mut policy, &mut problems);
    }
    match policy {
        Some(policy) if problems.iter().all(|it| it.severity == Severity::Warning) => {
            Ok(Loaded { policy, source: sources.source, warnings: problems })
        }
        _ => Err(Box::new(Invalid { source: sources.source, problems })),
    }
}

struct Checker<'s> {
    sources: &'s Sources,
    /// The file that is being checked.
    file: Option<Arc<str>>,
    problems: Vec<Problem>,
    patterns: PatternsBuilder,
    team_names: Vec<Arc<str>>,
    teammates: Vec<Teammate>,
    /// In alphabetical order.
    topic_names: Vec<Arc<str>>,
    attributes: Catalogue,
    /// The languages that messages can be told to be in, classes of the user's own included;
    /// empty if only the profile is asked.
    languages: Vec<Arc<str>>,
}

impl<'s> Checker<'s> {
    fn new(sources: &'s Sources) -> Self {
        Self {
            sources,
            file: None,
            problems: Vec::new(),
            patterns: PatternsBuilder::default(),
            team_names: Vec::new(),
            teammates: Vec::new(),
            topic_names: Vec::new(),
            attributes: Catalogue::default(),
            languages: Vec::new(),
        }
    }

    fn policy(&mut self) -> Option<Policy> {
        let sources = self.sources;
        let main = &sources.files.last().expect("the main file is always there").spec;
        self.included_files();
        self.version(main);
        let time_zone = self.time_zone(main.time_zone.as_ref()).unwrap_or(TimeZone::UTC);
        let text = self.text_options(&main.text);
        self.patterns = PatternsBuilder::new(text);
        let hours = self.all_hours(&time_zone);
        let languages = self.languages(&main.language);
        let teams = self.teams(&hours);
        self.teammates(&hours, &time_zone);
        self.attributes();
        let channel = self.channel(main.channel.as_ref());
        let reply_window = main.channel.as_ref().and_then(|it| it.value.reply_window.as_ref());
        let reply_window = self.reply_window(reply_window);
        let topics = self.topics();
        let rules = self.rules();
        let fallback = self.fallback(main);
        let fallback_after = main.fallback.as_ref().and_then(|it| it.after.as_ref());
        let fallback_after =
            fallback_after.and_then(|text| self.some_duration(text, WAIT_MAX, WAIT_HELP));
        let teammate_defaults = self.teammate_defaults(&main.teammates);
        let after_hours = self.after_hours(&main.after_hours);
        let api = self.api(&main.api);
        let head_start = self.head_start(&main.priority);
        if self.problems.is_empty() && sources.problems.is_empty() {
            self.warn_of_idle(main, teams.as_deref().unwrap_or_default()); // a misspelt team would make its neighbour look idle
        }
        let patterns = std::mem::take(&mut self.patterns).build();
        let patterns = patterns.map_err(|error| self.error(0..0, error.to_string())).ok();
        let (languages, language_options) = languages?;
        Some(Policy {
            version: sources.source.version(),
            time_zone,
            channel: channel?,
            text,
            patterns: patterns?,
            languages,
            topics: topics?,
            attributes: std::mem::take(&mut self.attributes),
            teammates: std::mem::take(&mut self.teammates),
            needs: Needs::of(rules.as_deref()?, teams.as_deref()?, &after_hours, &language_options),
            language_options,
            teams: teams?,
            rules: rules?,
            fallback: fallback?,
            head_start,
            teammate_defaults,
            fallback_after,
            reply_window,
            after_hours,
            api,
            canary: None,
        })
    }

    /// Every file, the one that is being checked noted.
    fn each_file(&mut self, mut check: impl FnMut(&mut Self, &'s SourceFile)) {
        for file in &self.sources.files {
            self.file.clone_from(&file.name);
            check(self, file);
        }
        self.file = None;
    }

    /// Where something stands in the file that is being checked: `line 7`, with the file's name
    /// unless it is the main one.
    fn line_of(&self, span: &Range<usize>) -> String {
        let text = self.sources.source.text(self.file.as_deref()).unwrap_or_default();
        let (line, _) = Problem::error(span.clone(), "").position(text);
        match &self.file {
            None => format!("line {line}"),
            Some(file) => format!("line {line} of `{file}`"),
        }
    }

    fn report(&mut self, problem: Problem) {
        self.problems.push(Problem { file: self.file.clone(), ..problem });
    }

    fn error(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.report(Problem::error(span, message));
    }

    fn error_with_help(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(Problem::error(span, message).help(help));
    }

    /// Something that a file must have. If part of the file could not be read, that may be it.
    fn missing(&mut self, message: &str, help: &str) {
        if self.sources.problems.is_empty() {
            self.error_with_help(0..0, message, help);
        }
    }

    fn unknown<'a>(
        &mut self,
        what: &str,
        wanted: &Located<String>,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        // A mistake in `[team.sales]` is no reason to call `sales` unknown.
        if self.sources.files.iter().any(|file| file.spec.unread.contains(&wanted.value)) {
            return;
        }
        let one = self.sources.files.len() == 1;
        let place = if one { "this file" } else { "these files" };
        self.report(Problem::unknown(what, &wanted.value, wanted.span.clone(), place, known));
    }

    /// What only the main file may say.
    fn included_files(&mut self) {
        self.each_file(|this, file| {
            let spec = &file.spec;
            if file.name.is_none() {
                return;
            }
            let mut only_main = |what: &str, span: Option<Range<usize>>| {
                if let Some(span) = span {
                    let message = format!("an included file cannot have {what}");
                    let help = "say it in the file that includes this one";
                    this.error_with_help(span, message, help);
                }
            };
            only_main("a `[channel]`", spec.channel.as_ref().map(|it| it.span.clone()));
            let fallback = spec.fallback.as_ref().map(|it| it.assign.span.clone());
            only_main("a `[fallback]`", fallback);
            only_main("a `time_zone`", spec.time_zone.as_ref().map(|it| it.span.clone()));
            only_main("a `[canary]`", spec.canary.as_ref().map(|it| it.span.clone()));
            only_main("`[after_hours]`", spec.after_hours.first_span());
            only_main("`[teammates]`", spec.teammates.first_span());
            let among = spec.language.among.as_ref().map(|it| it.span.clone());
            only_main("`[language] among`", among);
            if let Some(version) = spec.version.as_ref().filter(|it| it.value != 1) {
                this.wrong_version(version);
            }
        });
    }

    fn version(&mut self, main: &RulesSpec) {
        match &main.version {
            Some(version) if version.value == 1 => {}
            Some(version) => self.wrong_version(version),
            None => self.missing(
                "the file does not say which version of the rules format it is",
                "begin it with `version = 1`",
            ),
        }
    }

    fn wrong_version(&mut self, version: &Located<i64>) {
        let message = format!("version {} of the rules format is not known", version.value);
        self.error_with_help(version.span.clone(), message, "this program reads `version = 1`");
    }

    /// A word of a closed list.
    fn choice<T: Copy>(
        &mut self,
        what: &str,
        word: &Located<String>,
        known: &[(&str, T)],
    ) -> Option<T> {
        let found = known.iter().find(|(name, _)| *name == word.value).map(|(_, value)| *value);
        if found.is_none() {
            let names = || known.iter().map(|(name, _)| *name);
            let help = match nearest(&word.value, names()) {
                Some(near) => did_you_mean(near),
                None => format!("known: {}", crate::problem::list(names())),
            };
            let message = format!("unknown {what} `{}`", word.value);
            self.error_with_help(word.span.clone(), message, help);
        }
        found
    }

    fn team_named(&mut self, name: &Located<String>) -> Option<usize> {
        let found = self.team_names.iter().position(|known| **known == *name.value);
        if found.is_none() {
            let names = self.team_names.clone();
            self.unknown("team", name, names.iter().map(|name| &**name));
        }
        found
    }

    /// Teams of which the first that Intercom accepts is taken.
    fn ladder(&mut self, names: &Located<OneOrMany>) -> Option<Vec<usize>> {
        let mut ladder = Vec::new();
        let mut complete = true;
        for name in names.all() {
            match self.team_named(&name) {
                Some(team) if ladder.contains(&team) => {
                    let message = format!("team `{}` is named twice", name.value);
                    self.error(name.span, message);
                }
                Some(team) => ladder.push(team),
                None => complete = false,
            }
        }
        if names.value.0.is_empty() {
            self.error_with_help(
                names.span.clone(),
                "no team is named",
                "write `assign = \"support\"`",
            );
        }
        (complete && !ladder.is_empty()).then_some(ladder)
    }

    fn fallback(&mut self, main: &RulesSpec) -> Option<Vec<usize>> {
        let Some(spec) = &main.fallback else {
            let help = "add `[fallback]` with `assign = \"...\"`: a conversation that no rule \
                        matches needs an owner, too";
            self.missing("there is no `[fallback]`", help);
            return None;
        };
        self.ladder(&spec.assign)
    }

    fn head_start(&mut self, spec: &PrioritySpec) -> HeadStart {
        let default = HeadStart::default();
        let mut read = |text: &Option<Located<String>>, default: Duration| {
            let text = text.as_ref()?;
            let help = "write it as `\"1h\"`; at most seven days";
            Some(self.duration(text, HEAD_START_MAX, help).unwrap_or(default))
        };
        HeadStart {
            high: read(&spec.high, default.high).unwrap_or(default.high),
            low: read(&spec.low, default.low).unwrap_or(default.low),
        }
    }

    fn api(&mut self, spec: &ApiSpec) -> ApiLimits {
        let default = ApiLimits::default();
        let mut number = |value: &Option<Located<i64>>, default: u32, least: u32| {
            let Some(value) = value else { return default };
            let checked = u32::try_from(value.value).ok().filter(|n| *n >= least);
            checked.unwrap_or_else(|| {
                let message = format!("this is a whole number of at least {least}");
                self.error(value.span.clone(), message);
                default
            })
        };
        let calls_per_window = number(&spec.calls_per_window, default.calls_per_window, 4);
        let in_flight = number(&spec.in_flight, default.in_flight, 1).min(256);
        let share = spec.share.as_ref().map_or(default.share, |share| {
            if !(share.value > 0.0 && share.value <= 1.0) {
                self.error(share.span.clone(), "a share is a number above 0 and at most 1");
            }
            share.value
        });
        let help = "write it as `\"5m\"`; at most a day";
        let look_after = spec.look_after.as_ref();
        let look_after = look_after.and_then(|text| self.duration(text, LOOK_AFTER_MAX, help));
        let look_after = look_after.unwrap_or(default.look_after);
        ApiLimits { calls_per_window, share, in_flight, look_after }
    }
}
