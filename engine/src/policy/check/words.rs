//! How messages are read, and the patterns that are looked for in them.

use std::ops::Range;
use std::sync::Arc;

use super::super::spec::{Located, NearSpec, TextOptionsSpec, TextSpec, TextTable};
use super::Checker;
use super::literal::place_in_literal;
use crate::condition::{
    Condition, MarkKind, MarkTest, PatternRef, Quantifier, Test, WordKind, WordTest,
};
use crate::policy::spec::OneOrMany;
use crate::text::{Accents, FieldKind, Pattern, PatternError, StemLanguage, TextOptions};

/// The most characters of a message that a rules file can have looked at.
const CHARS_MAX: i64 = 200_000;
/// The most words that can lie between two that are near each other.
const WITHIN_MAX: i64 = 50;

impl Checker<'_> {
    pub(super) fn text_options(&mut self, spec: &TextOptionsSpec) -> TextOptions {
        let mut options = TextOptions::default();
        if let Some(word) = &spec.accents {
            let known = [("optional", Accents::Optional), ("strict", Accents::Strict)];
            let accents = self.choice("way to compare accents", word, &known);
            options.accents = accents.unwrap_or(options.accents);
        }
        if let Some(chars) = &spec.chars_max {
            match usize::try_from(chars.value) {
                Ok(most) if (1..=CHARS_MAX).contains(&chars.value) => options.chars_max = most,
                _ => self.error_with_help(
                    chars.span.clone(),
                    format!("`chars_max` is a number from 1 to {CHARS_MAX}"),
                    format!("leave it out for {}", options.chars_max),
                ),
            }
        }
        options
    }

    /// Everything that a `text` asks for.
    pub(super) fn text(&mut self, spec: &Located<TextSpec>) -> Option<Vec<Condition>> {
        match &spec.value {
            TextSpec::Words(words) => {
                let words = Listing { words, span: spec.span.clone() };
                Some(vec![self.words(Quantifier::Any, WordKind::Word, &words)?])
            }
            TextSpec::Table(table) => self.text_table(table, spec.span.clone()),
        }
    }

    fn text_table(&mut self, table: &TextTable, span: Range<usize>) -> Option<Vec<Condition>> {
        let kind = match &table.stem {
            None => WordKind::Word,
            Some(language) => WordKind::Stem(self.stem_language(language)?),
        };
        let mut conditions = Vec::new();
        let lists = [
            (&table.any, Quantifier::Any),
            (&table.all, Quantifier::All),
            (&table.none, Quantifier::None),
        ];
        for (words, quantifier) in lists {
            if let Some(words) = words {
                let words = Listing { words, span: span.clone() };
                conditions.push(self.words(quantifier, kind.clone(), &words));
            }
        }
        if let Some(language) = table.stem.as_ref().filter(|_| conditions.is_empty()) {
            let help = "`stem` goes with `any`, `all` or `none`";
            self.error_with_help(language.span.clone(), "there are no words to stem", help);
            return None;
        }
        let others = [
            (&table.prefix, WordKind::Prefix),
            (&table.contains, WordKind::Contains),
            (&table.starts_with, WordKind::StartsWith),
            (&table.exact, WordKind::Exact),
            (&table.regex, WordKind::Regex),
        ];
        for (words, kind) in others {
            if let Some(words) = words {
                let all: Vec<_> = words.all().collect();
                let words = Listing { words: &all, span: words.span.clone() };
                conditions.push(self.words(Quantifier::Any, kind, &words));
            }
        }
        conditions.extend(table.near.as_ref().map(|near| self.near(near)));
        if conditions.is_empty() {
            let help = "write `text = [\"refund\"]` or `text = { any = [\"refund\"] }`";
            self.error_with_help(span, "this asks for no word", help);
            return None;
        }
        conditions.into_iter().collect()
    }

    fn stem_language(&mut self, tag: &Located<String>) -> Option<StemLanguage> {
        self.choice("language of word stems", tag, &StemLanguage::ALL)
    }

    fn words(
        &mut self,
        quantifier: Quantifier,
        kind: WordKind,
        listing: &Listing<'_>,
    ) -> Option<Condition> {
        if listing.words.is_empty() {
            let help = "name a word, or take the list out";
            self.error_with_help(listing.span.clone(), "a list of keywords is empty", help);
            return None;
        }
        let patterns: Vec<_> = listing
            .words
            .iter()
            .map(|word| self.pattern(word, kind.pattern(&word.value)))
            .collect();
        let patterns = patterns.into_iter().collect::<Option<_>>()?;
        Some(Test::Words(WordTest { quantifier, kind, patterns }).described())
    }

    fn near(&mut self, near: &Located<NearSpec>) -> Option<Condition> {
        let spec = &near.value;
        let [first, second] = spec.words.value.as_slice() else {
            let help = "write `near = { words = [\"refund\", \"order\"], within = 3 }`";
            let span = spec.words.span.clone();
            self.error_with_help(span, "exactly two words are near each other", help);
            return None;
        };
        let within = u32::try_from(spec.within.value).ok();
        let Some(within) = within.filter(|it| i64::from(*it) <= WITHIN_MAX) else {
            let message = format!("`within` is a number of words from 0 to {WITHIN_MAX}");
            self.error(spec.within.span.clone(), message);
            return None;
        };
        for word in [first, second] {
            // Each on its own, so that a mistake shows the word that is wrong.
            self.pattern(word, Pattern::Word(word.value.clone()))?;
        }
        let (one, other) = (first.value.clone(), second.value.clone());
        let pattern = Pattern::Near { first: one.clone(), second: other.clone(), within };
        let spelled =
            Located { value: format!("{one} … {other}"), span: spec.words.span.clone() };
        let patterns = vec![self.pattern(&spelled, pattern)?];
        let kind = WordKind::Near { words: [one.into(), other.into()], within };
        Some(Test::Words(WordTest { quantifier: Quantifier::Any, kind, patterns }).described())
    }

    fn pattern(&mut self, word: &Located<String>, pattern: Pattern) -> Option<PatternRef> {
        match self.patterns.add(pattern) {
            Ok(id) => {
                let spelled = word.value.as_str().into();
                Some(PatternRef { id, spelled, place: word.span.clone() })
            }
            Err(error) => {
                let span = self.place_in_text(word, &error);
                let message = match &error {
                    PatternError::Regex { message, .. } => {
                        format!("this regular expression is wrong: {message}")
                    }
                    other => other.to_string(),
                };
                self.error_with_help(span, message, error.help());
                None
            }
        }
    }

    /// Where in the file a pattern goes wrong: at the letter, if that is known.
    fn place_in_text(&self, word: &Located<String>, error: &PatternError) -> Range<usize> {
        let text = self.sources.source.text(self.file.as_deref()).unwrap_or_default();
        let literal = text.get(word.span.clone()).unwrap_or_default();
        let PatternError::Regex { offset: Some(offset), .. } = error else {
            return word.span.clone();
        };
        match place_in_literal(literal, *offset) {
            Some(place) => word.span.start + place.start..word.span.start + place.end,
            None => word.span.clone(),
        }
    }

    /// Hashtags, handles or links.
    pub(super) fn marks(
        &mut self,
        kind: MarkKind,
        names: &Located<OneOrMany>,
    ) -> Option<Condition> {
        let sign = match kind {
            MarkKind::Hashtag => "#",
            MarkKind::Mention => "@",
            MarkKind::Link => "",
        };
        let any: Vec<Arc<str>> = names
            .all()
            .map(|it| it.value.trim().trim_start_matches(sign).to_lowercase().into())
            .collect();
        let wrong = |name: &Arc<str>| name.is_empty() || name.contains(char::is_whitespace);
        if any.is_empty() || any.iter().any(wrong) {
            let message = "this names no hashtag, handle or domain";
            let help = "write one without spaces, such as `giveaway` or `tiktok.com`";
            self.error_with_help(names.span.clone(), message, help);
            return None;
        }
        Some(Test::Mark(MarkTest { kind, any }).described())
    }
}

impl PatternError {
    /// What would be right.
    fn help(&self) -> String {
        match self {
            Self::Empty => "write a word, such as `refund`".to_owned(),
            Self::TooLong { max } => format!("a pattern has 1 to {max} bytes"),
            Self::TooMany { .. } => "leave out what hardly anybody writes".to_owned(),
            Self::Field { kind } => {
                let key = match kind {
                    FieldKind::Hashtag => "hashtag",
                    FieldKind::Mention => "mention",
                    FieldKind::Link => "link",
                };
                format!("ask for it with `{key} = [...]`")
            }
            Self::Regex { message, .. } => regex_help(message).to_owned(),
            Self::RegexMatchesAnything => "write something that must be there".to_owned(),
            Self::RegexTooLarge => "write smaller repetitions than `{1000}`".to_owned(),
        }
    }
}

/// What would be right, by what the parser of regular expressions says is wrong (`ErrorKind` of
/// `regex-syntax` 0.8).
fn regex_help(message: &str) -> &'static str {
    let known = [
        ("unclosed group", "close it with `)`; a parenthesis of the message is `\\(`"),
        ("unopened group", "open it with `(`; a parenthesis of the message is `\\)`"),
        ("unclosed character class", "close it with `]`; a bracket of the message is `\\[`"),
        ("invalid character class range", "write the smaller letter first: `[a-z]`"),
        (
            "repetition operator missing",
            "write what is repeated before it; the sign itself is `\\*`, `\\+` or `\\?`",
        ),
        ("unclosed counted repetition", "close it with `}`; a brace of the message is `\\{`"),
        ("invalid repetition count range", "write the smaller number first: `{2,5}`"),
        ("look-around", "ask for what must not be there with `none = [...]` in the same `text`"),
        ("backreferences", "name the words: `regex = [\"...\", \"...\"]` has one that is enough"),
        ("unrecognized escape sequence", "only signs are escaped; a backslash itself is `\\\\`"),
        ("incomplete escape sequence", "a backslash itself is `\\\\`"),
        ("Unicode property not found", "write one that Unicode has, such as `\\p{Greek}`"),
    ];
    let found = known.iter().find(|(start, _)| message.starts_with(start));
    found.map_or("take it out, or write the words with `any = [...]` instead", |(_, help)| *help)
}

/// Words in a list, and where the list stands.
struct Listing<'a> {
    words: &'a [Located<String>],
    span: Range<usize>,
}

impl WordKind {
    fn pattern(&self, word: &str) -> Pattern {
        let word = word.to_owned();
        match self {
            Self::Word => Pattern::Word(word),
            Self::Stem(language) => Pattern::Stem { language: *language, text: word },
            Self::Prefix => Pattern::Prefix(word),
            Self::Contains => Pattern::Contains(word),
            Self::StartsWith => Pattern::StartsWith(word),
            Self::Exact => Pattern::Exact(word),
            Self::Regex => Pattern::Regex(word),
            Self::Near { words: [first, second], within } => Pattern::Near {
                first: first.to_string(),
                second: second.to_string(),
                within: *within,
            },
        }
    }
}
