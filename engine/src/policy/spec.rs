//! What a rules file says, word for word; nothing is looked up yet.
//!
//! The JSON Schema for editors is made from these structures, and their doc comments are what an
//! editor shows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

mod closed;
mod people;
mod read;
mod shape;
mod when;

pub(super) use people::{
    NoAnswerSpec, OverflowSpec, RampSpec, RequirementSpec, SharingSpec, TeamSpec, TeammateSpec,
    TeammatesSpec,
};
pub(super) use read::read;
pub(super) use shape::{Located, OneOrMany, Short, ValueSpec};
pub(super) use when::{
    ConfidenceSpec, NearSpec, QueueSpec, RangeSpec, ShareSpec, TextSpec, TextTable, WhenSpec,
};

/// Who gets which conversation.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Rules")]
#[serde(deny_unknown_fields, default)]
pub(super) struct RulesSpec {
    /// The version of this format: 1.
    #[schemars(extend("const" = 1))]
    pub(super) version: Option<Located<i64>>,
    /// IANA name of the time zone in which times are meant; UTC if absent.
    #[schemars(extend("examples" = ["Europe/Dublin", "America/Mexico_City"]))]
    pub(super) time_zone: Option<Located<String>>,
    /// Files whose rules and topics stand before those of this file, relative to it.
    pub(super) include: Vec<Located<String>>,
    /// What makes a conversation one of the channel's.
    pub(super) channel: Option<Located<ChannelSpec>>,
    /// How messages are read.
    pub(super) text: TextOptionsSpec,
    /// How the language of a message is told.
    pub(super) language: LanguageSpec,
    /// What messages can be about, told by examples.
    pub(super) topic: BTreeMap<Located<String>, TopicSpec>,
    /// Which attributes conditions may ask for, and of which type they are.
    pub(super) attributes: AttributesSpec,
    /// Opening times.
    pub(super) hours: BTreeMap<Located<String>, HoursSpec>,
    /// Teams, by the names that rules use.
    pub(super) team: BTreeMap<Located<String>, TeamSpec>,
    /// Teammates of whom there is something to say, by the names that rules use.
    pub(super) teammate: BTreeMap<Located<String>, TeammateSpec>,
    /// What holds for every teammate.
    pub(super) teammates: TeammatesSpec,
    /// What a priority is worth in a waiting line.
    pub(super) priority: PrioritySpec,
    /// Rules; the first that matches wins.
    pub(super) rule: Vec<RuleSpec>,
    /// Who gets what no rule matches.
    pub(super) fallback: Option<FallbackSpec>,
    /// What happens while a team is closed.
    pub(super) after_hours: AfterHoursSpec,
    /// How much of Intercom's API may be used.
    pub(super) api: ApiSpec,
    /// Other rules that decide for a share of the contacts.
    pub(super) canary: Option<Located<CanarySpec>>,
    /// Names of sections such as `[team.sales]` of which something could not be read: what names
    /// them is right nevertheless.
    #[serde(skip)]
    #[schemars(skip)]
    pub(super) unread: BTreeSet<String>,
}

/// What makes a conversation one of the channel's.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Channel")]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelSpec {
    /// For people: logs and reports.
    pub(super) name: Option<String>,
    /// Signals, of which one is enough.
    #[schemars(length(min = 1))]
    pub(super) any: Vec<Located<SignalSpec>>,
    /// How long a signal may come after its conversation, such as `"10s"`.
    #[schemars(schema_with = "closed::duration", default)]
    pub(super) settle_for: Option<Located<String>>,
    /// For how long, and how often, a contact can be answered. TikTok's if absent.
    pub(super) reply_window: Option<ReplyWindowSpec>,
}

/// For how long, and how often, a contact can be answered.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "ReplyWindow")]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReplyWindowSpec {
    /// After a contact's last message; `"48h"` if absent, at most 30 days.
    #[schemars(schema_with = "closed::duration", default)]
    pub(super) lasts: Option<Located<String>>,
    /// How many messages may be written in that time, 1 to 1000; 10 if absent.
    #[schemars(extend("minimum" = 1, "maximum" = 1_000))]
    pub(super) messages: Option<Located<i64>>,
    /// How long before its end a conversation that waits goes to the head of its line, shorter than
    /// `lasts`; `"4h"` if absent, or half of a window under eight hours.
    #[schemars(schema_with = "closed::duration", default)]
    pub(super) rise: Option<Located<String>>,
}

/// One thing that tells the channel.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Signal")]
#[serde(deny_unknown_fields)]
pub(super) struct SignalSpec {
    /// A tag of the conversation.
    pub(super) tag: Option<String>,
    /// `source.type` of the conversation.
    pub(super) source_type: Option<String>,
    /// `channel` of the conversation.
    pub(super) channel: Option<String>,
    /// An attribute of the contact; goes with `equals`.
    pub(super) contact_attribute: Option<String>,
    /// An attribute of the conversation; goes with `equals`.
    pub(super) conversation_attribute: Option<String>,
    /// The value of the attribute.
    pub(super) equals: Option<String>,
}

/// How messages are read.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "TextOptions")]
#[serde(deny_unknown_fields, default)]
pub(super) struct TextOptionsSpec {
    /// `"optional"`: `cuanto` and `cuánto` are the same word. `"strict"`: they are not.
    #[schemars(schema_with = "closed::accents", default)]
    pub(super) accents: Option<Located<String>>,
    /// How many characters of a message are looked at.
    #[schemars(extend("minimum" = 1, "maximum" = 200_000))]
    pub(super) chars_max: Option<Located<i64>>,
}

/// How the language of a message is told.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "LanguageOptions")]
#[serde(deny_unknown_fields, default)]
pub(super) struct LanguageSpec {
    /// The languages that customers write. Without it only the contact's profile is asked.
    #[schemars(schema_with = "closed::languages", default)]
    pub(super) among: Option<Located<Vec<Located<String>>>>,
    /// How sure the detector must be, from 0 to 1; else the profile decides.
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub(super) at_least: Option<Located<f64>>,
    /// Words that say nothing about the language, such as brand names.
    pub(super) international: Vec<Located<String>>,
    /// Languages of your own, told by examples.
    pub(super) class: BTreeMap<Located<String>, TopicSpec>,
}

/// Examples, in the file or in another one.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Examples")]
#[serde(deny_unknown_fields, default)]
pub(super) struct TopicSpec {
    /// Messages such as customers write them.
    pub(super) examples: Vec<Located<String>>,
    /// A file with one example a line, relative to this one.
    pub(super) file: Option<Located<String>>,
}

/// Which attributes conditions may ask for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Attributes")]
#[serde(deny_unknown_fields, default)]
pub(super) struct AttributesSpec {
    /// Custom attributes of contacts: `"text"`, `"number"`, `"boolean"`, or a list of all values.
    #[schemars(schema_with = "closed::attribute_types", default)]
    pub(super) contact: BTreeMap<Located<String>, Located<OneOrMany>>,
    /// Custom attributes of conversations, likewise.
    #[schemars(schema_with = "closed::attribute_types", default)]
    pub(super) conversation: BTreeMap<Located<String>, Located<OneOrMany>>,
}

/// Opening times; each ends on its own day, at 24:00 at the latest.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Hours")]
#[serde(deny_unknown_fields)]
pub(super) struct HoursSpec {
    /// The time zone of these hours; the file's if absent.
    pub(super) time_zone: Option<Located<String>>,
    /// Monday to Friday, such as `["09:00-13:00", "14:00-18:00"]`.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) weekdays: Option<Vec<Located<String>>>,
    /// Instead of `weekdays`.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) monday: Option<Vec<Located<String>>>,
    /// Instead of `weekdays`.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) tuesday: Option<Vec<Located<String>>>,
    /// Instead of `weekdays`.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) wednesday: Option<Vec<Located<String>>>,
    /// Instead of `weekdays`.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) thursday: Option<Vec<Located<String>>>,
    /// Instead of `weekdays`.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) friday: Option<Vec<Located<String>>>,
    /// Closed if absent.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) saturday: Option<Vec<Located<String>>>,
    /// Closed if absent.
    #[schemars(schema_with = "closed::opening_times", default)]
    pub(super) sunday: Option<Vec<Located<String>>>,
    /// Dates on which it stays closed, such as `"2026-12-25"`.
    #[serde(default)]
    #[schemars(schema_with = "closed::dates", default)]
    pub(super) holidays: Vec<Located<String>>,
}

/// What a priority is worth: a conversation is treated as if it had come this much earlier or
/// later.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "PriorityOptions")]
#[serde(deny_unknown_fields, default)]
pub(super) struct PrioritySpec {
    /// How much earlier, such as `"1h"`.
    #[schemars(schema_with = "closed::duration", default)]
    pub(super) high: Option<Located<String>>,
    /// How much later.
    #[schemars(schema_with = "closed::duration", default)]
    pub(super) low: Option<Located<String>>,
}

/// A rule.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Rule")]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSpec {
    /// What it is called, once only.
    pub(super) name: Located<String>,
    /// The team that gets what it matches, or several: the first that Intercom accepts.
    pub(super) assign: Located<OneOrMany>,
    /// The teammate who gets it, if there and with room; else the team's next.
    pub(super) teammate: Option<Located<String>>,
    /// `"high"`, `"normal"` or `"low"`.
    #[schemars(schema_with = "closed::priority", default)]
    pub(super) priority: Option<Located<String>>,
    /// Tags to put on the conversation. Each costs two API calls.
    #[serde(default)]
    #[schemars(extend("maxItems" = 5))]
    pub(super) tags: Vec<Located<String>>,
    /// Whether to write a note that explains the decision. Costs an API call.
    #[serde(default)]
    pub(super) note: bool,
    /// Attributes of the conversation to set. Costs an API call.
    #[serde(default)]
    #[schemars(schema_with = "closed::assigned_values", default)]
    pub(super) set: BTreeMap<Located<String>, Located<ValueSpec>>,
    /// What a teammate must be able to do, instead of what the team requires; `[]`: nothing.
    #[schemars(length(max = 8))]
    pub(super) require: Option<Vec<Located<RequirementSpec>>>,
    /// `false` switches the rule off.
    pub(super) enabled: Option<bool>,
    /// When it applies.
    #[schemars(required)]
    pub(super) when: Option<Located<WhenSpec>>,
}

/// Who gets what no rule matches.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Fallback")]
#[serde(deny_unknown_fields)]
pub(super) struct FallbackSpec {
    /// A team, or several: the first that Intercom accepts.
    pub(super) assign: Located<OneOrMany>,
    /// What waits so long for another team comes here, such as `"30m"`; never if absent.
    #[schemars(schema_with = "closed::duration", default)]
    pub(super) after: Option<Located<String>>,
}

/// What happens while a team is closed.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "AfterHours")]
#[serde(deny_unknown_fields, default)]
pub(super) struct AfterHoursSpec {
    /// The team that holds what comes; it waits in its own team if absent.
    pub(super) hold_in: Option<Located<String>>,
    /// How it is handed out after opening; all at once if absent.
    pub(super) release: Option<ReleaseSpec>,
    /// What is written to contacts whose conversation is held, by language; `und` for all others.
    /// One of the messages that the reply window allows.
    #[schemars(schema_with = "closed::acknowledgements", default)]
    pub(super) acknowledge: BTreeMap<Located<String>, Located<String>>,
}

impl AfterHoursSpec {
    /// Where something is said, if anything is.
    pub(super) fn first_span(&self) -> Option<Range<usize>> {
        let hold_in = self.hold_in.as_ref().map(|it| &it.span);
        let release = self.release.as_ref().map(|it| &it.per_minute.span);
        let text = self.acknowledge.keys().next().map(|it| &it.span);
        hold_in.or(release).or(text).cloned()
    }
}

/// How held conversations are handed out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Release")]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseSpec {
    /// How many a minute, 1 to 6000.
    #[schemars(extend("minimum" = 1, "maximum" = 6_000))]
    pub(super) per_minute: Located<i64>,
}

/// How much of Intercom's API may be used.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Api")]
#[serde(deny_unknown_fields, default)]
pub(super) struct ApiSpec {
    /// Calls that Intercom allows in 10 seconds, at least 4; its headers correct it.
    #[schemars(extend("minimum" = 4))]
    pub(super) calls_per_window: Option<Located<i64>>,
    /// How much of that may be used, above 0 to 1.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1))]
    pub(super) share: Option<Located<f64>>,
    /// The most calls under way at once, from 1.
    #[schemars(extend("minimum" = 1))]
    pub(super) in_flight: Option<Located<i64>>,
    /// A conversation that was not heard of for so long is read before it is given to anybody;
    /// `"5m"` if absent, at most a day.
    #[schemars(schema_with = "closed::duration", default)]
    pub(super) look_after: Option<Located<String>>,
}

/// Other rules that decide for a share of the contacts, to try them out.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Canary")]
#[serde(deny_unknown_fields)]
pub(super) struct CanarySpec {
    /// Their file, relative to this one: a whole rules file that knows the same teams.
    pub(super) rules: Located<String>,
    /// How many of the contacts, from `"0%"` to `"100%"`. Who is in a share is in every larger one.
    #[schemars(schema_with = "closed::percentage")]
    pub(super) share: Located<String>,
    /// Another one chooses other contacts; always the same if absent.
    pub(super) salt: Option<Located<String>>,
}
