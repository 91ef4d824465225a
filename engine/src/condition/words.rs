//! Tests of what the message says.

use std::ops::Range;
use std::sync::Arc;

use toml::{Table, Value};

use super::{Ask, one_of, texts};
use crate::subject::Facts;
use crate::text::{PatternId, StemLanguage};
use crate::{Found, Hit};

/// Words, phrases and patterns of a rule.
#[derive(Clone, Debug)]
pub(crate) struct WordTest {
    pub(crate) quantifier: Quantifier,
    pub(crate) kind: WordKind,
    pub(crate) patterns: Vec<PatternRef>,
}

/// How many of the patterns must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
    None,
}

/// How the patterns are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WordKind {
    Word,
    Stem(StemLanguage),
    Prefix,
    Contains,
    StartsWith,
    Exact,
    Regex,
    Near { words: [Arc<str>; 2], within: u32 },
}

/// A pattern as a rule knows it.
#[derive(Clone, Debug)]
pub(crate) struct PatternRef {
    pub(crate) id: PatternId,
    /// As the rules file spells it.
    pub(crate) spelled: Arc<str>,
    /// Where it stands in its rules file, in bytes.
    pub(crate) place: Range<usize>,
}

impl Ask for WordTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let is_hit = |pattern: &PatternRef| facts.hits.is_hit(pattern.id);
        match self.quantifier {
            Quantifier::Any => self.patterns.iter().any(is_hit),
            Quantifier::All => self.patterns.iter().all(is_hit),
            Quantifier::None => !self.patterns.iter().any(is_hit),
        }
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        let hits = self.patterns.iter().filter_map(|pattern| {
            let span = facts.hits.of(pattern.id)?;
            Some(Hit { pattern: pattern.spelled.clone(), span })
        });
        Found::Words(hits.collect())
    }

    fn asked(&self) -> String {
        let what = match &self.kind {
            WordKind::Word => "keyword".to_owned(),
            WordKind::Stem(language) => format!("{} word form", language.tag()),
            WordKind::Prefix => "word beginning".to_owned(),
            WordKind::Contains => "piece of text".to_owned(),
            WordKind::StartsWith => "first words".to_owned(),
            WordKind::Exact => "whole message".to_owned(),
            WordKind::Regex => "regular expression".to_owned(),
            WordKind::Near { words: [first, second], within } => {
                return format!("\"{first}\" within {within} words of \"{second}\"");
            }
        };
        let patterns = one_of(self.patterns.iter().map(|pattern| &*pattern.spelled));
        match self.quantifier {
            Quantifier::Any => format!("{what}: {patterns}"),
            Quantifier::All => format!("{what}: all of {}", patterns.replace("one of ", "")),
            Quantifier::None => format!("no {what}: {}", patterns.replace("one of", "none of")),
        }
    }

    fn print(&self) -> (&'static str, Value) {
        let patterns = texts(self.patterns.iter().map(|pattern| &*pattern.spelled));
        let quantifier = match self.quantifier {
            Quantifier::Any => "any",
            Quantifier::All => "all",
            Quantifier::None => "none",
        };
        let entries = match &self.kind {
            WordKind::Word => vec![(quantifier, patterns)],
            WordKind::Stem(language) => {
                vec![(quantifier, patterns), ("stem", language.tag().into())]
            }
            WordKind::Prefix => vec![("prefix", patterns)],
            WordKind::Contains => vec![("contains", patterns)],
            WordKind::StartsWith => vec![("starts_with", patterns)],
            WordKind::Exact => vec![("exact", patterns)],
            WordKind::Regex => vec![("regex", patterns)],
            WordKind::Near { words, within } => {
                let near = [
                    ("words".to_owned(), texts(words.iter().map(|word| &**word))),
                    ("within".to_owned(), i64::from(*within).into()),
                ];
                vec![("near", Value::Table(Table::from_iter(near)))]
            }
        };
        let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value));
        ("text", Value::Table(entries.collect()))
    }
}

/// Hashtags, handles and links, which do not count as words.
#[derive(Clone, Debug)]
pub(crate) struct MarkTest {
    pub(crate) kind: MarkKind,
    /// In lower case; for links `any` stands for every domain.
    pub(crate) any: Vec<Arc<str>>,
}

/// What is not a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkKind {
    Hashtag,
    Mention,
    Link,
}

impl MarkTest {
    fn hits(&self, facts: &Facts<'_>) -> Vec<Hit> {
        let marks = match self.kind {
            MarkKind::Hashtag => &facts.hits.hashtags,
            MarkKind::Mention => &facts.hits.mentions,
            MarkKind::Link => &facts.hits.links,
        };
        let hits = marks.iter().filter_map(|mark| {
            let wanted = self.any.iter().find(|wanted| self.fits(&mark.text, wanted))?;
            Some(Hit { pattern: wanted.clone(), span: mark.span.clone() })
        });
        hits.collect()
    }

    /// Whether a mark of a message is one of those that are wanted, given its name.
    pub(crate) fn fits(&self, actual: &str, wanted: &str) -> bool {
        let below = |actual: &str| actual.strip_suffix(wanted).is_some_and(|it| it.ends_with('.'));
        match self.kind {
            MarkKind::Link => wanted == "any" || actual == wanted || below(actual),
            MarkKind::Hashtag | MarkKind::Mention => actual == wanted,
        }
    }
}

impl Ask for MarkTest {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        !self.hits(facts).is_empty()
    }

    fn found(&self, facts: &Facts<'_>) -> Found {
        Found::Words(self.hits(facts))
    }

    fn asked(&self) -> String {
        format!("{}: {}", self.key(), one_of(self.any.iter().map(|it| &**it)))
    }

    fn print(&self) -> (&'static str, Value) {
        (self.key(), texts(self.any.iter().map(|it| &**it)))
    }
}

impl MarkTest {
    fn key(&self) -> &'static str {
        match self.kind {
            MarkKind::Hashtag => "hashtag",
            MarkKind::Mention => "mention",
            MarkKind::Link => "link",
        }
    }
}
