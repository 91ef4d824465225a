//! A policy as one rules file: everything that was included stands in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use toml::{Table, Value};

use super::{AttributeType, HeadStart, Policy, ReplyWindow};
use crate::channel::Signal;
use crate::rule::Rule;
use crate::text::{Accents, TextOptions};
use crate::{AttributeValue, Priority};

mod canary;
mod people;

impl Policy {
    /// The rules as one file without includes and comments. Reading it gives rules that decide the
    /// same.
    ///
    /// # Panics
    ///
    /// Never: rules can always be written as TOML.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut file = Table::new();
        insert(&mut file, "version", 1);
        if let Some(zone) = self.time_zone.iana_name() {
            insert(&mut file, "time_zone", zone);
        }
        insert(&mut file, "channel", self.channel_table());
        insert(&mut file, "text", text_options(&self.text));
        insert(&mut file, "language", self.language_table());
        insert(&mut file, "topic", self.topic_table());
        insert(&mut file, "attributes", self.attribute_table());
        insert(&mut file, "hours", self.hours_table());
        insert(&mut file, "team", self.team_table());
        insert(&mut file, "teammate", self.teammate_table());
        insert(&mut file, "teammates", self.teammate_defaults.print());
        insert(&mut file, "priority", head_start(self.head_start));
        let rules = self.rules.iter().map(|rule| Value::Table(self.rule_table(rule)));
        insert(&mut file, "rule", Value::Array(rules.collect()));
        insert(&mut file, "fallback", self.fallback_table());
        insert(&mut file, "after_hours", self.after_hours_table());
        insert(&mut file, "api", self.api_table());
        if let Some(canary) = &self.canary {
            insert(&mut file, "canary", canary.print());
        }
        file.retain(|_, value| value.as_table().is_none_or(|table| !table.is_empty()));
        toml::to_string(&file).expect("rules can always be written as TOML")
    }

    fn channel_table(&self) -> Table {
        let mut table = Table::new();
        if let Some(name) = &self.channel.name {
            insert(&mut table, "name", &**name);
        }
        let signals = self.channel.signals.iter().map(|signal| Value::Table(signal_table(signal)));
        insert(&mut table, "any", Value::Array(signals.collect()));
        insert(&mut table, "settle_for", duration(self.channel.settle_for));
        insert(&mut table, "reply_window", self.reply_window.print());
        table
    }

    fn language_table(&self) -> Table {
        let it = &self.language_options;
        let mut table = Table::new();
        if !it.among.is_empty() {
            insert(&mut table, "among", texts(&it.among));
        }
        if let Some(bound) = it.at_least {
            insert(&mut table, "at_least", bound);
        }
        if !it.international.is_empty() {
            insert(&mut table, "international", texts(&it.international));
        }
        let classes = it.classes.iter().map(|(name, examples)| {
            (name.to_string(), Value::Table(entries([("examples", texts(examples))])))
        });
        let classes = Table::from_iter(classes);
        if !classes.is_empty() {
            insert(&mut table, "class", classes);
        }
        table
    }

    fn topic_table(&self) -> Table {
        let Some(topics) = &self.topics else { return Table::new() };
        let mut examples: BTreeMap<usize, Vec<Arc<str>>> = BTreeMap::new();
        for (topic, text) in &topics.examples {
            examples.entry(*topic).or_default().push(text.clone());
        }
        let tables = examples.into_iter().map(|(topic, examples)| {
            let table = entries([("examples", texts(&examples))]);
            (topics.names[topic].to_string(), Value::Table(table))
        });
        tables.collect()
    }

    fn attribute_table(&self) -> Table {
        let print = |types: &BTreeMap<Arc<str>, AttributeType>| {
            let types = types.iter().map(|(name, kind)| (name.to_string(), kind.print()));
            Value::Table(types.collect())
        };
        let both = [
            ("contact", print(&self.attributes.contact)),
            ("conversation", print(&self.attributes.conversation)),
        ];
        entries(both.into_iter().filter(|(_, it)| it.as_table().is_some_and(|it| !it.is_empty())))
    }

    /// Of teams and of shifts, by their names.
    fn hours_table(&self) -> Table {
        let of_teams = self.teams.iter().filter_map(|team| team.hours.as_ref());
        let of_teams = of_teams.map(|(name, hours)| (name, hours));
        let shifts =
            self.teammates.iter().filter_map(|it| it.shift.as_ref().zip(it.at_work.as_ref()));
        let all = of_teams.chain(shifts);
        all.map(|(name, hours)| (name.to_string(), Value::Table(hours.print()))).collect()
    }

    fn team_table(&self) -> Table {
        let teams = self.teams.iter();
        teams.map(|it| (it.name.to_string(), Value::Table(self.print_team(it)))).collect()
    }

    fn teammate_table(&self) -> Table {
        let teammates = self.teammates.iter();
        let print = |it| Value::Table(self.print_teammate(it));
        teammates.map(|it| (it.named.name.to_string(), print(it))).collect()
    }

    fn rule_table(&self, rule: &Rule) -> Table {
        let mut table = Table::new();
        insert(&mut table, "name", &*rule.name);
        insert(&mut table, "assign", self.team_names(&rule.ladder));
        if !rule.enabled {
            insert(&mut table, "enabled", false);
        }
        if let Some(teammate) = &rule.teammate {
            insert(&mut table, "teammate", &*teammate.name);
        }
        if rule.priority != Priority::Normal {
            insert(&mut table, "priority", rule.priority.name());
        }
        if let Some(require) = &rule.require {
            insert(&mut table, "require", people::requirements(require));
        }
        if !rule.remarks.tags.is_empty() {
            insert(&mut table, "tags", texts(&rule.remarks.tags));
        }
        if rule.remarks.note {
            insert(&mut table, "note", true);
        }
        if !rule.remarks.attributes.is_empty() {
            let values = rule.remarks.attributes.iter();
            let values = values.map(|(name, value)| (name.to_string(), attribute_value(value)));
            insert(&mut table, "set", Table::from_iter(values));
        }
        insert(&mut table, "when", rule.when.print());
        table
    }

    fn team_names(&self, ladder: &[usize]) -> Value {
        let names: Vec<Arc<str>> = ladder.iter().map(|it| self.teams[*it].name.clone()).collect();
        match names.as_slice() {
            [one] => one.to_string().into(),
            several => texts(several),
        }
    }

    fn fallback_table(&self) -> Table {
        let mut table = entries([("assign", self.team_names(&self.fallback))]);
        if let Some(after) = self.fallback_after {
            insert(&mut table, "after", duration(after));
        }
        table
    }

    fn after_hours_table(&self) -> Table {
        let it = &self.after_hours;
        let mut table = Table::new();
        if let Some(team) = it.hold_in {
            insert(&mut table, "hold_in", &*self.teams[team].name);
        }
        if let Some(per_minute) = it.release_per_minute {
            insert(&mut table, "release", entries([("per_minute", integer(per_minute.into()))]));
        }
        if !it.acknowledge.is_empty() {
            let texts = it.acknowledge.iter();
            let texts = texts.map(|(tag, text)| (tag.to_string(), text.to_string().into()));
            insert(&mut table, "acknowledge", Table::from_iter(texts));
        }
        table
    }

    fn api_table(&self) -> Table {
        entries([
            ("calls_per_window", integer(self.api.calls_per_window.into())),
            ("share", self.api.share.into()),
            ("in_flight", integer(self.api.in_flight.into())),
            ("look_after", duration(self.api.look_after)),
        ])
    }
}

impl ReplyWindow {
    fn print(self) -> Table {
        entries([
            ("lasts", duration(self.lasts)),
            ("messages", integer(self.messages.into())),
            ("rise", duration(self.rise)),
        ])
    }
}

impl AttributeType {
    fn print(&self) -> Value {
        match self {
            Self::Text => "text".into(),
            Self::Number => "number".into(),
            Self::Boolean => "boolean".into(),
            Self::OneOf(values) => texts(values),
        }
    }
}

fn signal_table(signal: &Signal) -> Table {
    let text = |text: &String| Value::String(text.clone());
    match signal {
        Signal::Tag(tag) => entries([("tag", text(tag))]),
        Signal::SourceType(kind) => entries([("source_type", text(kind))]),
        Signal::Channel(channel) => entries([("channel", text(channel))]),
        Signal::ContactAttribute { name, equals } => {
            entries([("contact_attribute", text(name)), ("equals", text(equals))])
        }
        Signal::ConversationAttribute { name, equals } => {
            entries([("conversation_attribute", text(name)), ("equals", text(equals))])
        }
    }
}

fn text_options(options: &TextOptions) -> Table {
    let accents = match options.accents {
        Accents::Optional => "optional",
        Accents::Strict => "strict",
    };
    let chars_max = i64::try_from(options.chars_max).unwrap_or(i64::MAX);
    entries([("accents", accents.into()), ("chars_max", chars_max.into())])
}

fn head_start(it: HeadStart) -> Table {
    entries([("high", duration(it.high)), ("low", duration(it.low))])
}

fn attribute_value(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Boolean(value) => (*value).into(),
        AttributeValue::Integer(value) => (*value).into(),
        AttributeValue::Text(value) => value.to_string().into(),
    }
}

/// `1h 30m`, `14d`. Two days are still told in hours, as everybody tells the reply window.
fn duration(duration: Duration) -> Value {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    if duration > 2 * DAY && duration.as_nanos().is_multiple_of(DAY.as_nanos()) {
        return format!("{}d", duration.as_nanos() / DAY.as_nanos()).into();
    }
    let signed = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    format!("{signed:#}").into()
}

fn integer(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

fn texts(texts: &[Arc<str>]) -> Value {
    Value::Array(texts.iter().map(|text| Value::String(text.to_string())).collect())
}

fn entries(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Table {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn insert(table: &mut Table, key: &str, value: impl Into<Value>) {
    table.insert(key.to_owned(), value.into());
}
