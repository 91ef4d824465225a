//! An example conversation for which a rule holds.

use std::time::Duration;

use crate::condition::{
    Acquaintance, AttachmentTest, AttributeTest, Bounds, Condition, Group, Listed, ListedField,
    MarkKind, MarkTest, Owner, Quantifier, Test, ValueTest, WordKind, WordTest,
};
use crate::language::UNDETERMINED;
use crate::policy::Policy;
use crate::subject::Subject;
use crate::{AttachmentKind, ContactProfile, Timestamp};

/// When example conversations begin: 2026-01-05, a Monday, at noon in London.
const BEGIN: Timestamp = Timestamp::from_seconds(1_767_614_400);

/// Nothing said yet, by nobody in particular.
pub(super) fn blank() -> Subject {
    Subject { messages: 1, opened_at: BEGIN, at: BEGIN, ..Subject::default() }
}

/// Adds to a conversation what a condition asks for, as far as that is simple: whether the
/// condition then holds has to be looked at.
pub(super) fn add(condition: &Condition, policy: &Policy, subject: &mut Subject) {
    match condition {
        Condition::Group(Group::All, parts) => {
            parts.iter().for_each(|part| add(part, policy, subject));
        }
        Condition::Group(Group::Any, parts) => {
            if let Some(first) = parts.first() {
                add(first, policy, subject);
            }
        }
        Condition::Group(Group::None, _) => {}
        Condition::Test(test, _) => add_test(test, policy, subject),
    }
}

fn add_test(test: &Test, policy: &Policy, subject: &mut Subject) {
    match test {
        Test::Words(test) => add_words(test, subject),
        Test::Mark(test) => say(subject, &mark(test)),
        Test::Language(test) => {
            let language = test.any.first().filter(|it| ***it != *UNDETERMINED);
            profile(subject).language = language.map(|it| it.to_string());
        }
        Test::Topic(test) => {
            let examples = policy.topics.iter().flat_map(|it| &it.examples);
            let wanted = |topic: usize| test.any.iter().any(|(it, _)| *it == topic);
            if let Some((_, example)) = examples.into_iter().find(|(topic, _)| wanted(*topic)) {
                say(subject, example);
            }
        }
        Test::Attribute(test) => add_attribute(test, subject),
        Test::Listed(test) => add_listed(test, subject),
        Test::ContactIs(test) => {
            let since = match test.0 {
                Acquaintance::New => Duration::ZERO,
                Acquaintance::Returning => Duration::from_secs(24 * 3600),
            };
            profile(subject).created_at = Some(BEGIN - since);
        }
        Test::Attachment(test) => match test {
            AttachmentTest::Nothing => {}
            AttachmentTest::Anything => subject.attachments.push(AttachmentKind::Image),
            AttachmentTest::OneOf(kinds) => subject.attachments.extend(kinds.first()),
        },
        Test::Messages(test) => subject.messages = number(&test.0) as u32,
        // These are as they are at the moment of the example.
        Test::TeamOpen(_) | Test::Queue(_) | Test::Weekday(_) | Test::Time(_) | Test::Share(_) => {}
    }
}

fn add_words(test: &WordTest, subject: &mut Subject) {
    let is_enough = test.quantifier == Quantifier::Any;
    if is_enough && test.patterns.iter().any(|it| is_said(subject, &it.spelled)) {
        return;
    }
    let wanted = match test.quantifier {
        Quantifier::Any => &test.patterns[..1],
        Quantifier::All => &test.patterns[..],
        Quantifier::None => &[],
    };
    match (&test.kind, wanted) {
        (_, []) | (WordKind::Regex, _) => {}
        (WordKind::Near { words: [first, second], .. }, _) => {
            say(subject, &format!("{first} {second}"));
        }
        (WordKind::StartsWith, [first, ..]) => {
            subject.text = format!("{} {}", first.spelled, subject.text).trim_end().to_owned();
        }
        (_, wanted) => wanted.iter().for_each(|it| say(subject, &it.spelled)),
    }
}

/// Adds words to the message unless they are there already.
pub(super) fn say(subject: &mut Subject, words: &str) {
    if !is_said(subject, words) {
        subject.text = format!("{} {words}", subject.text).trim_start().to_owned();
    }
}

fn is_said(subject: &Subject, words: &str) -> bool {
    let is_there = subject.text.contains(words); // cheap, and mostly enough
    is_there && format!(" {} ", subject.text).contains(&format!(" {words} "))
}

fn profile(subject: &mut Subject) -> &mut ContactProfile {
    subject.contact.get_or_insert_with(ContactProfile::default)
}

fn mark(test: &MarkTest) -> String {
    let name = test.any.first().map_or("", |it| &**it);
    match test.kind {
        MarkKind::Hashtag => format!("#{name}"),
        MarkKind::Mention => format!("@{name}"),
        MarkKind::Link if name == "any" => "https://example.com".to_owned(),
        MarkKind::Link => format!("https://{name}"),
    }
}

fn add_attribute(test: &AttributeTest, subject: &mut Subject) {
    let value = match &test.test {
        ValueTest::Boolean(wanted) => wanted.to_string(),
        ValueTest::Number(bounds) => number(bounds).to_string(),
        ValueTest::OneOf(any) => any.first().map_or(String::new(), |it| it.to_string()),
        ValueTest::Contains(part) => part.to_string(),
        ValueTest::IsSet(true) => "something".to_owned(),
        ValueTest::Not(_) | ValueTest::IsSet(false) => return,
    };
    let attributes = match test.owner {
        Owner::Contact => &mut profile(subject).attributes,
        Owner::Conversation => &mut subject.attributes,
    };
    attributes.insert(test.name.to_string(), value);
}

fn add_listed(test: &Listed, subject: &mut Subject) {
    let value = test.any.first().map(|it| it.to_string());
    match test.field {
        ListedField::Country => profile(subject).country = value,
        ListedField::Region => profile(subject).region = value,
        ListedField::Tag => subject.tags.extend(value),
    }
}

/// A number within the bounds, if there is a whole one at their edge.
fn number(bounds: &Bounds) -> f64 {
    let low = bounds.at_least.or(bounds.more_than.map(|it| it.floor() + 1.0));
    let high = bounds.at_most.or(bounds.less_than.map(|it| it.ceil() - 1.0));
    low.or(high).unwrap_or(1.0)
}
