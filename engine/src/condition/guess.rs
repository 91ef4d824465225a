//! Tests of what is guessed from the message, with a confidence: language and topic.

use std::sync::Arc;

use toml::{Table, Value};

use super::{Ask, one_of, texts};
use crate::Found;
use crate::language::LanguageSource;
use crate::subject::Facts;

/// The language is one of these.
#[derive(Clone, Debug)]
pub(crate) struct LanguageTest {
    /// In lower case.
    pub(crate) any: Vec<Arc<str>>,
    /// How sure, from 0 to 1, if the rule says.
    pub(crate) at_least: Option<f64>,
    /// Whether the text can tell; else the profile is all there is.
    pub(crate) from_text: bool,
}

impl Ask for LanguageTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let language = facts.language();
        let sure = self.at_least.is_none_or(|bound| f64::from(language.confidence) >= bound);
        sure && self.any.iter().any(|wanted| speaks(&language.language, wanted))
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let it = facts.language();
        let (language, confidence) = (it.language.clone(), it.confidence);
        Found::Language { language, confidence, source: it.source }
    }

    fn asked(&self) -> String {
        let languages = one_of(self.any.iter().map(|it| &**it));
        match self.at_least {
            Some(bound) => format!("language: {languages}, at least {bound} sure"),
            None => format!("language: {languages}"),
        }
    }

    fn print(&self) -> (&'static str, Value) {
        ("language", print(self.any.iter().map(|it| &**it), self.at_least))
    }

    fn needs_profile(&self) -> bool {
        !self.from_text
    }
}

/// The topic is one of these.
#[derive(Clone, Debug)]
pub(crate) struct TopicTest {
    /// Index and name.
    pub(crate) any: Vec<(usize, Arc<str>)>,
    /// How sure, from 0 to 1.
    pub(crate) at_least: f64,
}

impl Ask for TopicTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        facts.topic().is_some_and(|guess| {
            let sure = f64::from(guess.confidence) >= self.at_least;
            sure && self.any.iter().any(|(topic, _)| *topic == guess.topic)
        })
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let topics = facts.policy.topics.as_ref();
        let Some((guess, topics)) = facts.topic().zip(topics) else {
            return Found::Topic { topic: None, confidence: 0.0, weights: Vec::new() };
        };
        let weights = facts.topic_weights().iter();
        Found::Topic {
            topic: Some(topics.names[guess.topic].clone()),
            confidence: guess.confidence,
            weights: weights.map(|it| (it.text.as_str().into(), it.share)).collect(),
        }
    }

    fn asked(&self) -> String {
        let topics = one_of(self.any.iter().map(|(_, name)| &**name));
        format!("topic: {topics}, at least {} sure", self.at_least)
    }

    fn print(&self) -> (&'static str, Value) {
        ("topic", print(self.any.iter().map(|(_, name)| &**name), Some(self.at_least)))
    }
}

fn print<'a>(any: impl Iterator<Item = &'a str>, at_least: Option<f64>) -> Value {
    let Some(bound) = at_least else { return texts(any) };
    let entries = [("any".to_owned(), texts(any)), ("at_least".to_owned(), bound.into())];
    Value::Table(Table::from_iter(entries))
}

/// Whether somebody with language `actual` counts as a speaker of `wanted`: `pt-br` speaks `pt`,
/// but `pt` does not speak `pt-br` (basic filtering, RFC 4647 section 3.3.1).
pub(crate) fn speaks(actual: &str, wanted: &str) -> bool {
    actual
        .strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || rest.starts_with('_'))
}

impl LanguageSource {
    /// What told the language, for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Script => "told by the script",
            Self::Text => "told by the text",
            Self::OwnClass => "told by your examples",
            Self::EarlierMessages => "told by earlier messages",
            Self::Profile => "told by the profile",
            Self::Undetermined => "nothing tells it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_speaks_its_language_but_not_the_other_way_round() {
        let check = |actual, wanted, expected| assert_eq!(speaks(actual, wanted), expected);
        check("pt-br", "pt", true);
        check("pt", "pt", true);
        check("pt", "pt-br", false);
        check("en", "e", false);
        check("und", "und", true);
    }
}
