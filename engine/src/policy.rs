//! What a rules file says, checked and ready to decide with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::condition::Test;
use crate::language::{LanguageSource, Languages, UNDETERMINED};
use crate::rule::Rule;
use crate::text::{Patterns, TextOptions};
use crate::topic::TopicModel;
use crate::{Priority, Problem, TeamId, Timestamp};

mod canary;
mod check;
mod lint;
mod outlook;
mod print;
mod schema;
mod source;
mod spec;
mod team;
mod teammate;

pub use canary::Canary;
pub use lint::{Coverage, CoverageRow, LINTS, Overlap, Staffing};
pub use outlook::{RuleOutline, TeamOpening};
pub use schema::json_schema;
pub use source::RulesSource;
pub(crate) use team::{
    Distribution, InboxUse, NoAnswer, Overflow, OverflowWhen, Requirement, ShareBy, Sharing, Skill,
    Team,
};
pub(crate) use teammate::{Ramp, Teammate, TeammateDefaults, WHOLE_WEIGHT};

/// A checked set of rules.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) version: Arc<str>,
    pub(crate) time_zone: TimeZone,
    pub(crate) channel: Channel,
    pub(crate) text: TextOptions,
    pub(crate) patterns: Patterns,
    pub(crate) languages: Languages,
    /// What the file says about languages, to be printed.
    pub(crate) language_options: LanguageSettings,
    pub(crate) topics: Option<Topics>,
    pub(crate) attributes: Catalogue,
    /// In the order of their names.
    pub(crate) teams: Vec<Team>,
    /// In the order of their names.
    pub(crate) teammates: Vec<Teammate>,
    pub(crate) teammate_defaults: TeammateDefaults,
    pub(crate) rules: Vec<Rule>,
    pub(crate) needs: Needs,
    /// Indices of the teams that get what no rule matches: the first that Intercom accepts. Never
    /// empty.
    pub(crate) fallback: Vec<usize>,
    pub(crate) head_start: HeadStart,
    /// How long a conversation waits for a team before it goes to the fallback; `None`: for ever.
    pub(crate) fallback_after: Option<Duration>,
    pub(crate) reply_window: ReplyWindow,
    pub(crate) after_hours: AfterHours,
    pub(crate) api: ApiLimits,
    /// Rules that decide for a share of the contacts, in place of these.
    pub(crate) canary: Option<Arc<Canary>>,
}

/// The topics that messages can have, and what tells them.
#[derive(Clone, Debug)]
pub(crate) struct Topics {
    /// In alphabetical order; a topic's index is its place.
    pub(crate) names: Vec<Arc<str>>,
    pub(crate) model: TopicModel,
    /// Topic and text, to be printed.
    pub(crate) examples: Vec<(usize, Arc<str>)>,
}

/// What the file says about languages.
#[derive(Clone, Debug, Default)]
pub(crate) struct LanguageSettings {
    /// In lower case; empty if only the profile is asked.
    pub(crate) among: Vec<Arc<str>>,
    pub(crate) at_least: Option<f64>,
    pub(crate) international: Vec<Arc<str>>,
    /// Name and examples.
    pub(crate) classes: Vec<(Arc<str>, Vec<Arc<str>>)>,
}

/// The attributes that conditions may ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) contact: BTreeMap<Arc<str>, AttributeType>,
    pub(crate) conversation: BTreeMap<Arc<str>, AttributeType>,
}

/// What values an attribute can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttributeType {
    Text,
    Number,
    Boolean,
    /// One of these texts.
    OneOf(Vec<Arc<str>>),
}

/// What rules ask for that may have to be fetched first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Something that only the contact's profile tells.
    profile: bool,
    /// The language, which the profile tells if the message does not.
    language: bool,
}

impl Needs {
    /// What decides who of a team gets something may ask for the language, too. So may what a
    /// contact is written, but that is worth no call where messages tell their language.
    fn of(
        rules: &[Rule],
        teams: &[Team],
        after_hours: &AfterHours,
        languages: &LanguageSettings,
    ) -> Self {
        let mut needs = Self::default();
        for rule in rules.iter().filter(|rule| rule.enabled) {
            for (test, _) in rule.when.tests() {
                needs.profile |= test.ask().needs_profile();
                needs.language |= matches!(test, Test::Language(_));
            }
            needs.language |= rule.require.iter().flatten().any(Requirement::is_language);
        }
        needs.language |= teams.iter().any(Team::asks_for_language);
        let messages_tell = !languages.among.is_empty() || !languages.classes.is_empty();
        let writes_by_language = after_hours.acknowledge.keys().any(|it| **it != *UNDETERMINED);
        needs.language |= writes_by_language && !messages_tell;
        needs
    }
}

/// How much earlier or later a conversation counts as come, by its priority. This is linear
/// ageing: whoever waits long enough comes before any priority, so nobody starves (Genesys Cloud
/// calls it the conversation score).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeadStart {
    /// Earlier.
    pub(crate) high: Duration,
    /// Later.
    pub(crate) low: Duration,
}

impl Default for HeadStart {
    fn default() -> Self {
        Self { high: Duration::from_secs(3600), low: Duration::from_secs(3600) }
    }
}

impl HeadStart {
    /// When a conversation counts as opened.
    pub(crate) fn apply(self, opened_at: Timestamp, priority: Priority) -> Timestamp {
        match priority {
            Priority::High => opened_at - self.high,
            Priority::Normal => opened_at,
            Priority::Low => opened_at + self.low,
        }
    }
}

/// What happens to conversations whose team is not in.
#[derive(Clone, Debug, Default)]
pub(crate) struct AfterHours {
    /// Index of the team that holds them; `None`: they wait in their own team.
    pub(crate) hold_in: Option<usize>,
    /// Releases a minute after opening; `None`: all at once.
    pub(crate) release_per_minute: Option<u32>,
    /// What is written to contacts whose conversation is held, by language; `und` for all others.
    pub(crate) acknowledge: BTreeMap<Arc<str>, Arc<str>>,
}

impl AfterHours {
    /// Time between two releases.
    pub(crate) fn release_every(&self) -> Option<Duration> {
        self.release_per_minute.map(|per_minute| Duration::from_secs(60) / per_minute)
    }
}

/// For how long, and how often, a contact can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReplyWindow {
    /// After a contact's last message.
    pub(crate) lasts: Duration,
    /// How many messages may be written in that time.
    pub(crate) messages: u32,
    /// How long before its end a conversation that waits goes to the head of its line.
    pub(crate) rise: Duration,
}

impl Default for ReplyWindow {
    /// TikTok allows 48 hours and ten messages after each message of a contact (Qiscus and
    /// Chatfuel document it for their TikTok channels).
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        Self { lasts: hours(48), messages: 10, rise: hours(4) }
    }
}

/// How much of Intercom's API the engine may use.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ApiLimits {
    /// Calls that Intercom allows this app in a window of ten seconds, until its headers say
    /// otherwise.
    pub(crate) calls_per_window: u32,
    /// The share of them that is ours: other apps of the workspace want some too.
    pub(crate) share: f64,
    /// The most calls under way at once.
    pub(crate) in_flight: u32,
    /// A conversation that was not heard of for so long is read before it is given to anybody.
    pub(crate) look_after: Duration,
}

impl Default for ApiLimits {
    /// 10,000 calls a minute in windows of ten seconds are 1,666 a window (Intercom's docs on
    /// rate limiting, 2.17).
    fn default() -> Self {
        Self {
            calls_per_window: 1_666,
            share: 0.8,
            in_flight: 32,
            look_after: Duration::from_secs(300),
        }
    }
}

/// Rules that can be used.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What they say.
    pub policy: Policy,
    /// All their text.
    pub source: RulesSource,
    /// What is doubtful in them, in the order of the files.
    pub warnings: Vec<Problem>,
}

/// Rules that cannot be used.
#[derive(Clone, Debug)]
pub struct Invalid {
    /// All their text, as far as it could be read.
    pub source: RulesSource,
    /// Errors and warnings, in the order of the files.
    pub problems: Vec<Problem>,
}

impl Policy {
    /// Reads and checks a rules file and all that it includes (the format is described in the
    /// README of the scenarios).
    ///
    /// `name` is what the file is called, `main` its text; `read` takes a path from its folder
    /// and gives the text of another file, or says why there is none.
    ///
    /// # Errors
    ///
    /// All problems found.
    pub fn load(
        name: &str,
        main: &str,
        read: &mut dyn FnMut(&str) -> Result<String, String>,
    ) -> Result<Loaded, Box<Invalid>> {
        let sources = source::Sources::read(name, main, read);
        check::policy(sources)
    }

    /// Reads and checks rules of which all files are at hand.
    ///
    /// # Errors
    ///
    /// All problems found.
    pub fn from_source(source: &RulesSource) -> Result<Loaded, Box<Invalid>> {
        let main = source.text(None).unwrap_or_default();
        Self::load("", main, &mut |name| {
            let text = source.text(Some(name)).map(str::to_owned);
            text.ok_or_else(|| "it is not part of these rules".to_owned())
        })
    }

    /// Reads and checks rules that are all in one text.
    ///
    /// Returns the policy and any warnings.
    ///
    /// # Errors
    ///
    /// All problems found, errors and warnings, in the order in which they stand in the file.
    pub fn from_toml(source: &str) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        match Self::from_source(&RulesSource::single(source)) {
            Ok(loaded) => Ok((loaded.policy, loaded.warnings)),
            Err(invalid) => Err(invalid.problems),
        }
    }

    /// Names this set of rules: the first 12 hexadecimal digits of the SHA-256 of its source.
    #[must_use]
    pub fn version(&self) -> &Arc<str> {
        &self.version
    }

    /// The teams: name in the rules and id in Intercom, in the order of their names.
    pub fn teams(&self) -> impl Iterator<Item = (&Arc<str>, TeamId)> {
        self.teams.iter().map(|team| (&team.name, team.id))
    }

    /// The teammates whom rules name: name in the rules and id in Intercom.
    pub fn teammates(&self) -> impl Iterator<Item = (&Arc<str>, crate::TeammateId)> {
        self.teammates.iter().map(|teammate| (&teammate.named.name, teammate.named.id))
    }

    /// The attributes of conversations that rules set, those of a canary too, each once. Intercom
    /// must have them: it refuses to set one that was not made in its settings.
    pub fn attributes_set(&self) -> impl Iterator<Item = &str> {
        let canary = self.canary.iter().flat_map(|it| &it.policy.rules);
        let rules = self.rules.iter().chain(canary);
        let set = rules.flat_map(|rule| rule.remarks.attributes.keys());
        set.map(|name| &**name).collect::<BTreeSet<_>>().into_iter()
    }

    /// The most open conversations that one teammate may have: of the team, and over all teams.
    #[must_use]
    pub fn assignment_limits(
        &self,
        team: TeamId,
        teammate: crate::TeammateId,
    ) -> (Option<u32>, Option<u32>) {
        let own = self.teammates.iter().position(|it| it.named.id == teammate);
        let of_team = self.team_with_id(team).and_then(|team| match own {
            Some(own) => self.limit_in_team(own, team),
            None => self.teams[team].assignment_limit,
        });
        (of_team, self.limit_over_teams(own))
    }

    /// The most open conversations of a team for one of the file's teammates; both by index.
    pub(crate) fn limit_in_team(&self, teammate: usize, team: usize) -> Option<u32> {
        let own = self.teammates[teammate].team_limits.get(&team).copied();
        own.or(self.teams[team].assignment_limit)
    }

    /// The most open conversations over all teams for a teammate, by index in the file if they
    /// are there.
    pub(crate) fn limit_over_teams(&self, teammate: Option<usize>) -> Option<u32> {
        let own = teammate.and_then(|index| self.teammates[index].assignment_limit);
        own.or(self.teammate_defaults.assignment_limit)
    }

    /// The team that holds conversations after hours, if the rules name one.
    #[must_use]
    pub fn hold_team(&self) -> Option<TeamId> {
        self.after_hours.hold_in.map(|index| self.teams[index].id)
    }

    /// The name of the team that gets what no rule matches.
    #[must_use]
    pub fn fallback_team(&self) -> &Arc<str> {
        &self.teams[self.fallback[0]].name
    }

    /// The names of the rules, in the order in which they are tried.
    pub fn rule_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.rules.iter().map(|rule| &rule.name)
    }

    pub(crate) fn team_with_id(&self, id: TeamId) -> Option<usize> {
        self.teams.iter().position(|team| team.id == id)
    }

    /// Whether the rules need the contact's profile to decide about this message: for what only
    /// the profile tells, or for the language if the message does not tell it.
    pub(crate) fn needs_profile(&self, text: &str) -> bool {
        let untold = || {
            let source = self.languages.identify(text, None, None).source;
            source == LanguageSource::Undetermined
        };
        self.needs.profile || (self.needs.language && untold())
    }
}
