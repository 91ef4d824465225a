//! What a rules file says of teams and teammates, word for word.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::closed;
use super::shape::{Located, OneOrMany, Short};

/// A team.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Team")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct TeamSpec {
    /// The team's id in Intercom.
    #[schemars(extend("minimum" = 1))]
    pub(in crate::policy) intercom_team: Located<i64>,
    /// Who gets the next: `"balanced"` (fewest open first), `"round_robin"` (in turn), `"weighted"`
    /// (in turn, by the weights of teammates), `"longest_idle"` (longest without work first),
    /// `"manual"` (nobody: the team picks from its inbox).
    #[schemars(schema_with = "closed::distribution", default)]
    pub(in crate::policy) distribution: Option<Located<String>>,
    /// The most open conversations of this team for one teammate.
    #[schemars(extend("minimum" = 1))]
    pub(in crate::policy) assignment_limit: Option<Located<i64>>,
    /// The name of its `[hours]`; always open if absent.
    pub(in crate::policy) hours: Option<Located<String>>,
    /// Languages that the team answers in. For checks only; rules decide.
    pub(in crate::policy) languages: Option<Located<OneOrMany>>,
    /// For how long whoever answered a contact last comes first when they write again, such as
    /// `"14d"`; at most 90 days.
    #[schemars(schema_with = "closed::duration", default)]
    pub(in crate::policy) sticky: Option<Located<String>>,
    /// When a conversation is put into the team's inbox in Intercom: `"always"`, or only
    /// `"when_waiting"` because nobody is free, which saves a call.
    #[schemars(schema_with = "closed::inbox_use", default)]
    pub(in crate::policy) inbox: Option<Located<String>>,
    /// What a teammate must be able to do to get a conversation, unless its rule says otherwise.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub(in crate::policy) require: Vec<Located<RequirementSpec>>,
    /// Where a conversation goes that waits too long, step by step.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub(in crate::policy) overflow: Vec<Located<OverflowSpec>>,
    /// What happens if a teammate does not answer.
    pub(in crate::policy) no_answer: Option<NoAnswerSpec>,
    /// How the people of the team are shared between what waits for it.
    pub(in crate::policy) sharing: Option<SharingSpec>,
}

/// Something that a teammate must be able to do: `language` or `skill`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Requirement")]
#[schemars(extend("oneOf" = [{ "required": ["language"] }, { "required": ["skill"] }]))]
#[serde(deny_unknown_fields, default)]
pub(in crate::policy) struct RequirementSpec {
    /// `true`: to speak the language of the message.
    #[schemars(extend("const" = true))]
    pub(in crate::policy) language: Option<Located<bool>>,
    /// One of the `skills` of teammates.
    pub(in crate::policy) skill: Option<Located<String>>,
    /// The age of the conversation at which it is dropped, such as `"10m"`; never if absent.
    #[schemars(schema_with = "closed::duration", default)]
    pub(in crate::policy) until: Option<Located<String>>,
}

/// Where a conversation goes that waits too long: `to`, and one of `after`, `waiting`,
/// `expected_wait`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Overflow")]
#[schemars(extend("oneOf" = [
    { "required": ["after"] },
    { "required": ["waiting"] },
    { "required": ["expected_wait"] },
]))]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct OverflowSpec {
    /// The team that gets it.
    pub(in crate::policy) to: Located<String>,
    /// It is so old, such as `"10m"`. The time for which its team was closed does not count.
    #[schemars(schema_with = "closed::duration", default)]
    pub(in crate::policy) after: Option<Located<String>>,
    /// So many wait before it.
    #[schemars(extend("minimum" = 1, "maximum" = 1_000_000))]
    pub(in crate::policy) waiting: Option<Located<i64>>,
    /// It would have to wait about so long, such as `"20m"`.
    #[schemars(schema_with = "closed::duration", default)]
    pub(in crate::policy) expected_wait: Option<Located<String>>,
}

/// What happens if a teammate does not answer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "NoAnswer")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct NoAnswerSpec {
    /// How much of the team's office time a teammate has for the first answer, such as `"15m"`.
    #[schemars(schema_with = "closed::duration")]
    pub(in crate::policy) within: Located<String>,
    /// How often a conversation is given to somebody else for that, 0 to 20; 2 if absent. Then it
    /// stays where it is, with an alert.
    #[schemars(extend("minimum" = 0, "maximum" = 20))]
    pub(in crate::policy) bounces: Option<Located<i64>>,
}

/// How the people of a team are shared between what waits for it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Sharing")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct SharingSpec {
    /// What divides the waiting line: the `"language"` of the message, or the `"rule"`.
    #[schemars(schema_with = "closed::share_by")]
    pub(in crate::policy) by: Located<String>,
    /// How many of one are taken for each of another, by language or name of rule; 1 if absent.
    #[serde(default)]
    #[schemars(schema_with = "closed::weights", default)]
    pub(in crate::policy) weights: BTreeMap<Located<String>, Located<i64>>,
}

/// A teammate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Teammate")]
#[serde(deny_unknown_fields)]
pub(in crate::policy) struct TeammateSpec {
    /// The teammate's id in Intercom.
    #[schemars(extend("minimum" = 1))]
    pub(in crate::policy) intercom_admin: Located<i64>,
    /// The name of the `[hours]` in which they work; always if absent.
    pub(in crate::policy) shift: Option<Located<String>>,
    /// Days on which they do not work: `"2026-12-24"`, or first and last, as in
    /// `"2026-12-27..2026-12-31"`.
    #[serde(default)]
    #[schemars(schema_with = "closed::days_off", default)]
    pub(in crate::policy) time_off: Vec<Located<String>>,
    /// The most open conversations over all teams, instead of that of `[teammates]`.
    #[schemars(extend("minimum" = 1))]
    pub(in crate::policy) assignment_limit: Option<Located<i64>>,
    /// The most open conversations of one team, by its name, instead of the team's limit.
    #[serde(default)]
    #[schemars(schema_with = "closed::limits", default)]
    pub(in crate::policy) limit_in: BTreeMap<Located<String>, Located<i64>>,
    /// Teams in which they only help out: they get something if nobody else of the team can.
    pub(in crate::policy) helps_in: Option<Located<OneOrMany>>,
    /// How much they get of what is distributed `"weighted"`, 0.01 to 100; 1 if absent. Half as
    /// much as the others: 0.5.
    #[schemars(extend("minimum" = 0.01, "maximum" = 100))]
    pub(in crate::policy) weight: Option<Located<f64>>,
    /// Languages that they answer in.
    pub(in crate::policy) languages: Option<Located<OneOrMany>>,
    /// What else they can do, by names of your own.
    pub(in crate::policy) skills: Option<Located<OneOrMany>>,
}

/// What holds for every teammate.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Teammates")]
#[serde(deny_unknown_fields, default)]
pub(in crate::policy) struct TeammatesSpec {
    /// The most open conversations for one teammate over all teams.
    #[schemars(extend("minimum" = 1))]
    pub(in crate::policy) assignment_limit: Option<Located<i64>>,
    /// An absence that is shorter does not take anybody's conversations away, such as `"1m"`; at
    /// most an hour.
    #[schemars(schema_with = "closed::duration", default)]
    pub(in crate::policy) away_grace: Option<Located<String>>,
    /// How slowly those who come back are given conversations; `false`: everything at once.
    #[schemars(schema_with = "closed::ramp", default)]
    pub(in crate::policy) ramp: Option<Located<Short<bool, RampSpec>>>,
}

impl TeammatesSpec {
    /// Where something is said, if anything is.
    pub(in crate::policy) fn first_span(&self) -> Option<Range<usize>> {
        let limit = self.assignment_limit.as_ref().map(|it| &it.span);
        let grace = self.away_grace.as_ref().map(|it| &it.span);
        limit.or(grace).or(self.ramp.as_ref().map(|it| &it.span)).cloned()
    }
}

/// How slowly those who come back are given conversations.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Ramp")]
#[serde(deny_unknown_fields, default)]
pub(in crate::policy) struct RampSpec {
    /// How many a minute, 1 to 6000; 6 if absent.
    #[schemars(extend("minimum" = 1, "maximum" = 6_000))]
    pub(in crate::policy) per_minute: Option<Located<i64>>,
    /// For how long, such as `"5m"`; at most a day.
    #[schemars(schema_with = "closed::duration", default)]
    pub(in crate::policy) lasts: Option<Located<String>>,
}
