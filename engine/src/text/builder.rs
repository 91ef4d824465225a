//! From patterns to what finds them all at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use super::expression::{self, Expressions};
use super::field::FieldKind;
use super::literal::{LiteralsBuilder, Place};
use super::near::Pair;
use super::pattern::{Accents, Pattern, PatternError, PatternId, TextOptions};
use super::reading::{Manner, Reading};
use super::stem::{self, Phrase, StemLanguage, Stems};
use super::{Compiled, Patterns};

/// Limits of what one file may hold, so that a slip of the pen does not fill the memory.
const PATTERNS_MAX: usize = 20_000;
const REGEX_BYTES_MAX: usize = 2_000;

/// The most bytes that a word or phrase may have.
pub(crate) const PATTERN_BYTES_MAX: usize = 200;

/// Collects patterns.
#[derive(Debug, Default)]
pub(crate) struct PatternsBuilder {
    options: TextOptions,
    /// Patterns in their comparable form.
    ids: BTreeMap<Pattern, PatternId>,
    literals: LiteralsBuilder,
    /// Halves of pairs in their comparable form.
    halves: BTreeMap<String, PatternId>,
    pairs: Vec<Pair>,
    phrases: BTreeMap<StemLanguage, Vec<(PatternId, Phrase)>>,
    expressions: Vec<(PatternId, Regex)>,
}

impl PatternsBuilder {
    /// Begins with no patterns.
    pub(crate) fn new(options: TextOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Adds a pattern, or finds the one that is the same. A pattern that cannot be looked for is
    /// not added.
    pub(crate) fn add(&mut self, pattern: Pattern) -> Result<PatternId, PatternError> {
        match pattern {
            Pattern::Word(text) => self.literal(&text, Place::Word, Pattern::Word),
            Pattern::Prefix(text) => self.literal(&text, Place::Prefix, Pattern::Prefix),
            Pattern::Contains(text) => self.literal(&text, Place::Contains, Pattern::Contains),
            Pattern::StartsWith(text) => {
                self.literal(&text, Place::StartsWith, Pattern::StartsWith)
            }
            Pattern::Exact(text) => self.literal(&text, Place::Exact, Pattern::Exact),
            Pattern::Stem { language, text } => self.stem(language, &text),
            Pattern::Regex(text) => self.regex(text),
            Pattern::Near { first, second, within } => self.near(&first, &second, within),
        }
    }

    /// Makes all patterns ready. Fails if they are too large to be looked for together.
    pub(crate) fn build(self) -> Result<Patterns, PatternError> {
        let too_many = |_| PatternError::TooMany { max: self.ids.len() };
        let literals = self.literals.build().map_err(too_many)?;
        let stems = self.phrases.iter().map(|(language, phrases)| Stems::new(*language, phrases));
        let compiled = Compiled {
            options: self.options,
            patterns: self.ids.len(),
            literals,
            pairs: self.pairs,
            stems: stems.collect::<Result<_, _>>()?,
            expressions: Expressions::new(self.expressions)?,
        };
        Ok(Patterns(Arc::new(compiled)))
    }

    fn literal(
        &mut self,
        text: &str,
        place: Place,
        pattern: impl Fn(String) -> Pattern,
    ) -> Result<PatternId, PatternError> {
        let (reading, comparable) = self.read(text)?;
        let (id, is_new) = self.id(pattern(comparable))?;
        if is_new {
            self.literals.add(&reading, reading.trimmed(), place, id);
        }
        Ok(id)
    }

    fn stem(&mut self, language: StemLanguage, text: &str) -> Result<PatternId, PatternError> {
        let (reading, _) = self.read(text)?;
        let phrase = stem::phrase(language, text, &reading);
        if phrase.is_empty() {
            return Err(PatternError::Empty);
        }
        if phrase.iter().any(Vec::is_empty) {
            return Err(PatternError::TooLong { max: stem::WORD_BYTES_MAX });
        }
        let stems: Vec<String> = phrase.iter().map(|stems| stems.join("|")).collect();
        let (id, is_new) = self.id(Pattern::Stem { language, text: stems.join(" ") })?;
        if is_new {
            self.phrases.entry(language).or_default().push((id, phrase));
        }
        Ok(id)
    }

    fn regex(&mut self, text: String) -> Result<PatternId, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        if text.len() > REGEX_BYTES_MAX {
            return Err(PatternError::TooLong { max: REGEX_BYTES_MAX });
        }
        let regex = expression::compiled(&text)?;
        let (id, is_new) = self.id(Pattern::Regex(text))?;
        if is_new {
            self.expressions.push((id, regex));
        }
        Ok(id)
    }

    fn near(&mut self, first: &str, second: &str, within: u32) -> Result<PatternId, PatternError> {
        let (first, second) = (self.read(first)?, self.read(second)?);
        let (first, second) = if first.1 <= second.1 { (first, second) } else { (second, first) };
        let texts = (first.1.clone(), second.1.clone());
        let (id, is_new) = self.id(Pattern::Near { first: texts.0, second: texts.1, within })?;
        if is_new {
            let (first, second) = (self.half(first), self.half(second));
            self.pairs.push(Pair { id, first, second, within });
        }
        Ok(id)
    }

    fn half(&mut self, (reading, comparable): (Reading, String)) -> PatternId {
        let next = PatternId(u32::try_from(self.halves.len()).expect("patterns are counted"));
        let half = *self.halves.entry(comparable).or_insert(next);
        if half == next {
            self.literals.add(&reading, reading.trimmed(), Place::Everywhere, half);
        }
        half
    }

    /// Reads the text of a pattern; also gives its comparable form.
    fn read(&self, text: &str) -> Result<(Reading, String), PatternError> {
        if text.len() > PATTERN_BYTES_MAX {
            return Err(PatternError::TooLong { max: PATTERN_BYTES_MAX });
        }
        let accents_count = self.options.accents == Accents::Strict;
        let as_message = Reading::new(text, Manner { accents_count, takes_fields: true });
        let fields = [
            (FieldKind::Hashtag, &as_message.hashtags),
            (FieldKind::Mention, &as_message.mentions),
            (FieldKind::Link, &as_message.links),
        ];
        if let Some((kind, _)) = fields.into_iter().find(|(_, fields)| !fields.is_empty()) {
            return Err(PatternError::Field { kind });
        }
        let comparable = as_message.spelled(as_message.trimmed(), |run| run);
        if comparable.is_empty() {
            return Err(PatternError::Empty);
        }
        Ok((as_message, comparable))
    }

    fn id(&mut self, comparable: Pattern) -> Result<(PatternId, bool), PatternError> {
        if let Some(id) = self.ids.get(&comparable) {
            return Ok((*id, false));
        }
        if self.ids.len() == PATTERNS_MAX {
            return Err(PatternError::TooMany { max: PATTERNS_MAX });
        }
        let id = PatternId(u32::try_from(self.ids.len()).expect("at most PATTERNS_MAX"));
        self.ids.insert(comparable, id);
        Ok((id, true))
    }
}
