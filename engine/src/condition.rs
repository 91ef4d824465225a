//! What a rule asks for: a tree of groups and tests.
//!
//! A test is looked at in two ways. [`Condition::holds`] answers as fast as it can;
//! [`Condition::trace`] gives the same answer and says what it saw, for explanations.

use std::sync::Arc;

use toml::{Table, Value};

use crate::subject::Facts;
use crate::{Finding, Found};

mod bounds;
mod contact;
mod guess;
mod moment;
mod words;

pub(crate) use bounds::Bounds;
pub(crate) use contact::{
    Acquaintance, AttachmentTest, AttributeTest, ContactIs, Listed, ListedField, MessageCount,
    Owner, ValueTest,
};
pub(crate) use guess::{LanguageTest, TopicTest, speaks};
pub(crate) use moment::{QueueTest, ShareTest, TeamOpenTest, TimeTest, WeekdayTest};
pub(crate) use words::{MarkKind, MarkTest, PatternRef, Quantifier, WordKind, WordTest};

/// What a rule asks for.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// Several conditions together.
    Group(Group, Vec<Condition>),
    /// One thing; and how a person would say it.
    Test(Test, Arc<str>),
}

/// How many of a group's conditions must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    All,
    Any,
    None,
}

/// One thing that a rule asks for.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Words(WordTest),
    Mark(MarkTest),
    Language(LanguageTest),
    Topic(TopicTest),
    Attribute(AttributeTest),
    Listed(Listed),
    ContactIs(ContactIs),
    Attachment(AttachmentTest),
    Messages(MessageCount),
    TeamOpen(TeamOpenTest),
    Queue(QueueTest),
    Weekday(WeekdayTest),
    Time(TimeTest),
    Share(ShareTest),
}

/// What every kind of test can do.
pub(crate) trait Ask {
    /// Whether it holds.
    fn holds(&self, facts: &Facts<'_>) -> bool;

    /// What was seen of the thing that it asks for.
    fn found(&self, facts: &Facts<'_>) -> Found;

    /// What it asks for, in the words of a person: "the message has one of 12 keywords".
    fn asked(&self) -> String;

    /// Key and value in a rules file.
    fn print(&self) -> (&'static str, Value);

    /// Whether it needs what only the contact's profile tells.
    fn needs_profile(&self) -> bool {
        false
    }
}

impl Test {
    /// The test with its description.
    pub(crate) fn described(self) -> Condition {
        let asked = self.ask().asked().into();
        Condition::Test(self, asked)
    }

    pub(crate) fn ask(&self) -> &dyn Ask {
        match self {
            Self::Words(it) => it,
            Self::Mark(it) => it,
            Self::Language(it) => it,
            Self::Topic(it) => it,
            Self::Attribute(it) => it,
            Self::Listed(it) => it,
            Self::ContactIs(it) => it,
            Self::Attachment(it) => it,
            Self::Messages(it) => it,
            Self::TeamOpen(it) => it,
            Self::Queue(it) => it,
            Self::Weekday(it) => it,
            Self::Time(it) => it,
            Self::Share(it) => it,
        }
    }
}

impl Condition {
    /// Whether it holds.
    pub(crate) fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Group(Group::All, parts) => parts.iter().all(|part| part.holds(facts)),
            Self::Group(Group::Any, parts) => parts.iter().any(|part| part.holds(facts)),
            Self::Group(Group::None, parts) => !parts.iter().any(|part| part.holds(facts)),
            // The two kinds that nearly every rule consists of, without a detour.
            Self::Test(Test::Words(test), _) => test.holds(facts),
            Self::Test(test, _) => test.ask().holds(facts),
        }
    }

    /// Whether it holds, and what was seen: every part is looked at.
    pub(crate) fn trace(&self, facts: &Facts<'_>) -> Finding {
        match self {
            Self::Group(group, parts) => {
                let parts: Vec<Finding> = parts.iter().map(|part| part.trace(facts)).collect();
                let holds = match group {
                    Group::All => parts.iter().all(|part| part.holds),
                    Group::Any => parts.iter().any(|part| part.holds),
                    Group::None => !parts.iter().any(|part| part.holds),
                };
                let found = match group {
                    Group::All => Found::All(parts),
                    Group::Any => Found::Any(parts),
                    Group::None => Found::None(parts),
                };
                Finding { holds, asked: group.asked().into(), found }
            }
            Self::Test(test, asked) => {
                let test = test.ask();
                Finding { holds: test.holds(facts), asked: asked.clone(), found: test.found(facts) }
            }
        }
    }

    /// Every test in it, with whether it stands below a `none`.
    pub(crate) fn tests(&self) -> Vec<(&Test, bool)> {
        let mut tests = Vec::new();
        self.collect_tests(false, &mut tests);
        tests
    }

    fn collect_tests<'c>(&'c self, negated: bool, tests: &mut Vec<(&'c Test, bool)>) {
        match self {
            Self::Group(group, parts) => {
                let negated = negated != (*group == Group::None);
                parts.iter().for_each(|part| part.collect_tests(negated, tests));
            }
            Self::Test(test, _) => tests.push((test, negated)),
        }
    }

    /// The condition as a rules file says it. Reading that gives a condition that holds for the
    /// same conversations.
    pub(crate) fn print(&self) -> Table {
        let (key, value) = match self {
            Self::Group(group, parts) => {
                let parts = parts.iter().map(|part| Value::Table(part.print()));
                (group.key(), Value::Array(parts.collect()))
            }
            Self::Test(test, _) => test.ask().print(),
        };
        Table::from_iter([(key.to_owned(), value)])
    }
}

impl Group {
    fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::None => "none",
        }
    }

    fn asked(self) -> &'static str {
        match self {
            Self::All => "all of these",
            Self::Any => "any of these",
            Self::None => "none of these",
        }
    }
}

/// `one of "a", "b"` or `"a"`.
fn one_of<'a>(values: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 6;
    let count = values.len();
    if count > SHOWN {
        return format!("one of {count} values");
    }
    let values: Vec<String> = values.map(|value| format!("\"{value}\"")).collect();
    match values.as_slice() {
        [one] => one.clone(),
        many => format!("one of {}", many.join(", ")),
    }
}

/// A list of texts as TOML.
fn texts<'a>(values: impl Iterator<Item = &'a str>) -> Value {
    Value::Array(values.map(|value| Value::String(value.to_owned())).collect())
}
