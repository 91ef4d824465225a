//! The catalogue of attributes, and the values that they are compared with.

use std::sync::Arc;

use super::super::AttributeType;
use super::super::spec::{Located, OneOrMany, ValueSpec};
use super::Checker;
use crate::AttributeValue;
use crate::condition::{AttributeTest, Bounds, Condition, Group, Owner, Test, ValueTest};
use crate::problem::list;

/// What a comparison can say.
const COMPARISONS: [&str; 8] =
    ["equals", "not", "at_least", "at_most", "more_than", "less_than", "is_set", "contains"];

impl Checker<'_> {
    /// Reads the catalogue.
    pub(super) fn attributes(&mut self) {
        self.each_file(|this, file| {
            let declared = &file.spec.attributes;
            for (owner, declared) in
                [(Owner::Contact, &declared.contact), (Owner::Conversation, &declared.conversation)]
            {
                for (name, kind) in declared {
                    this.declare(owner, name, kind);
                }
            }
        });
    }

    fn declare(&mut self, owner: Owner, name: &Located<String>, kind: &Located<OneOrMany>) {
        let is_list = kind.value.0.first().is_none_or(|first| !first.span.is_empty());
        let kind = if is_list {
            if kind.value.0.is_empty() {
                let help = "list the values that it can have, or write `\"text\"`";
                self.error_with_help(kind.span.clone(), "this attribute has no value", help);
            }
            AttributeType::OneOf(kind.all().map(|value| value.value.into()).collect())
        } else {
            let known = [
                ("text", AttributeKind::Text),
                ("number", AttributeKind::Number),
                ("boolean", AttributeKind::Boolean),
            ];
            let word = kind.all().next().expect("one value that is no list");
            match self.choice("type", &word, &known) {
                Some(AttributeKind::Number) => AttributeType::Number,
                Some(AttributeKind::Boolean) => AttributeType::Boolean,
                Some(AttributeKind::Text) | None => AttributeType::Text,
            }
        };
        let catalogue = match owner {
            Owner::Contact => &mut self.attributes.contact,
            Owner::Conversation => &mut self.attributes.conversation,
        };
        if catalogue.insert(name.value.as_str().into(), kind).is_some() {
            let message = format!("attribute `{}` is declared twice", name.value);
            self.error(name.span.clone(), message);
        }
    }

    /// One comparison of an attribute, or several that must all hold.
    pub(super) fn attribute(
        &mut self,
        owner: Owner,
        name: &Located<String>,
        value: &Located<ValueSpec>,
    ) -> Option<Condition> {
        let kind = self.attribute_type(owner, name)?;
        let tests = self.value_tests(&kind, &name.value, value)?;
        let name: Arc<str> = name.value.as_str().into();
        let mut tests: Vec<Condition> = tests
            .into_iter()
            .map(|test| {
                Test::Attribute(AttributeTest { owner, name: name.clone(), test }).described()
            })
            .collect();
        if tests.len() == 1 { tests.pop() } else { Some(Condition::Group(Group::All, tests)) }
    }

    fn attribute_type(&mut self, owner: Owner, name: &Located<String>) -> Option<AttributeType> {
        let catalogue = match owner {
            Owner::Contact => &self.attributes.contact,
            Owner::Conversation => &self.attributes.conversation,
        };
        let found = catalogue.get(name.value.as_str()).cloned();
        if found.is_none() {
            let known: Vec<Arc<str>> = catalogue.keys().cloned().collect();
            let what = format!("{} attribute", owner.key());
            if known.is_empty() {
                let message = format!("unknown {what} `{}`", name.value);
                let help = format!(
                    "declare it: `[attributes.{}]` with `{} = \"text\"`",
                    owner.key(),
                    name.value
                );
                self.error_with_help(name.span.clone(), message, help);
            } else {
                self.unknown(&what, name, known.iter().map(|name| &**name));
            }
        }
        found
    }

    fn value_tests(
        &mut self,
        kind: &AttributeType,
        name: &str,
        value: &Located<ValueSpec>,
    ) -> Option<Vec<ValueTest>> {
        if let ValueSpec::Table(table) = &value.value {
            return self.comparisons(kind, name, value, table);
        }
        let test = match (kind, &value.value) {
            (AttributeType::Boolean, ValueSpec::Boolean(wanted)) => ValueTest::Boolean(*wanted),
            (AttributeType::Number, ValueSpec::Number(wanted)) => {
                ValueTest::Number(Bounds::exactly(*wanted))
            }
            (AttributeType::Text | AttributeType::OneOf(_), ValueSpec::Text(text)) => {
                let known = self.known_value(kind, name, text, value);
                ValueTest::OneOf(vec![known?])
            }
            (AttributeType::Text | AttributeType::OneOf(_), ValueSpec::List(values)) => {
                let values: Vec<_> =
                    values.iter().map(|value| self.text_value(kind, name, value)).collect();
                if values.is_empty() {
                    self.error(value.span.clone(), "a list of values is empty");
                    return None;
                }
                ValueTest::OneOf(values.into_iter().collect::<Option<_>>()?)
            }
            _ => {
                self.wrong_type(kind, name, value);
                return None;
            }
        };
        Some(vec![test])
    }

    fn comparisons(
        &mut self,
        kind: &AttributeType,
        name: &str,
        whole: &Located<ValueSpec>,
        table: &std::collections::BTreeMap<Located<String>, Located<ValueSpec>>,
    ) -> Option<Vec<ValueTest>> {
        let mut tests = Vec::new();
        let mut bounds = Bounds::default();
        for (key, value) in table {
            match (key.value.as_str(), &value.value) {
                ("is_set", ValueSpec::Boolean(wanted)) => tests.push(ValueTest::IsSet(*wanted)),
                ("equals", _) => tests.extend(self.value_tests(kind, name, value)?),
                ("not", _) => tests.push(ValueTest::Not(self.text_value(kind, name, value)?)),
                ("contains", ValueSpec::Text(part)) if *kind == AttributeType::Text => {
                    tests.push(ValueTest::Contains(part.as_str().into()));
                }
                ("at_least" | "at_most" | "more_than" | "less_than", ValueSpec::Number(number))
                    if *kind == AttributeType::Number =>
                {
                    let bound = match key.value.as_str() {
                        "at_least" => &mut bounds.at_least,
                        "at_most" => &mut bounds.at_most,
                        "more_than" => &mut bounds.more_than,
                        _ => &mut bounds.less_than,
                    };
                    *bound = Some(*number);
                }
                (known, _) if COMPARISONS.contains(&known) => {
                    self.wrong_comparison(kind, name, key, value);
                    return None;
                }
                _ => {
                    self.unknown("comparison", key, COMPARISONS.into_iter());
                    return None;
                }
            }
        }
        if bounds != Bounds::default() {
            self.possible(&bounds, whole.span.clone());
            tests.push(ValueTest::Number(bounds));
        }
        if tests.is_empty() {
            self.error(whole.span.clone(), "this compares nothing");
            return None;
        }
        Some(tests)
    }

    /// Bounds that no number can keep.
    pub(super) fn possible(&mut self, bounds: &Bounds, span: std::ops::Range<usize>) {
        if bounds.is_empty() {
            self.error(span, format!("no number is {bounds}"));
        }
    }

    fn text_value(
        &mut self,
        kind: &AttributeType,
        name: &str,
        value: &Located<ValueSpec>,
    ) -> Option<Arc<str>> {
        match (kind, &value.value) {
            (AttributeType::Text | AttributeType::OneOf(_), ValueSpec::Text(text)) => {
                self.known_value(kind, name, text, value)
            }
            _ => {
                self.wrong_type(kind, name, value);
                None
            }
        }
    }

    fn known_value(
        &mut self,
        kind: &AttributeType,
        name: &str,
        text: &str,
        at: &Located<ValueSpec>,
    ) -> Option<Arc<str>> {
        if let AttributeType::OneOf(values) = kind
            && !values.iter().any(|known| known.to_lowercase() == text.to_lowercase())
        {
            let wanted = Located { value: text.to_owned(), span: at.span.clone() };
            let what = format!("value of `{name}`:");
            self.unknown(&what, &wanted, values.iter().map(|value| &**value));
            return None;
        }
        Some(text.into())
    }

    fn wrong_type(&mut self, kind: &AttributeType, name: &str, value: &Located<ValueSpec>) {
        let (kind, example) = kind.described();
        let message = format!("`{name}` is {kind}, and this is {}", value.value.kind());
        self.error_with_help(value.span.clone(), message, format!("write `{name} = {example}`"));
    }

    fn wrong_comparison(
        &mut self,
        kind: &AttributeType,
        name: &str,
        key: &Located<String>,
        value: &Located<ValueSpec>,
    ) {
        let (described, example) = kind.described();
        let key = &key.value;
        let message = format!(
            "`{name}` is {described}: `{key}` cannot compare it with {}",
            value.value.kind()
        );
        self.error_with_help(value.span.clone(), message, format!("write `{name} = {example}`"));
    }

    /// An attribute that a rule sets.
    pub(super) fn assigned_value(
        &mut self,
        name: &Located<String>,
        value: &Located<ValueSpec>,
    ) -> Option<AttributeValue> {
        if let Some(kind) = self.attributes.conversation.get(name.value.as_str()).cloned() {
            self.value_tests(&kind, &name.value, value)?;
        }
        match &value.value {
            ValueSpec::Boolean(value) => Some(AttributeValue::Boolean(*value)),
            ValueSpec::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(AttributeValue::Integer(*number as i64))
            }
            ValueSpec::Text(text) => Some(AttributeValue::Text(text.as_str().into())),
            other => {
                let message = format!("`{}` cannot be set to {}", name.value, other.kind());
                let help = "set a text, a whole number, or true or false";
                self.error_with_help(value.span.clone(), message, help);
                None
            }
        }
    }
}

#[derive(Clone, Copy)]
enum AttributeKind {
    Text,
    Number,
    Boolean,
}

impl AttributeType {
    /// What it is, and a condition that would be right.
    fn described(&self) -> (String, String) {
        let (kind, example) = match self {
            Self::Text => ("a text", "\"...\"".to_owned()),
            Self::Number => ("a number", "{ at_least = 3 }".to_owned()),
            Self::Boolean => ("true or false", "true".to_owned()),
            Self::OneOf(values) => {
                let first = values.first().map_or("", |value| &**value);
                let kind = format!("one of {}", list(values.iter().map(|value| &**value)));
                return (kind, format!("\"{first}\""));
            }
        };
        (kind.to_owned(), example)
    }
}
