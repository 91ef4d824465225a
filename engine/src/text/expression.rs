//! Regular expressions, all in one set.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use regex_syntax::hir::Hir;

use super::hits::Hits;
use super::pattern::{PatternError, PatternId};

/// Bytes that one compiled expression may take, and all of them together. A plain alternative of
/// words takes some kilobytes; `\w{100}` takes a megabyte.
const ONE_BYTES_MAX: usize = 1024 * 1024;
const ALL_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Expressions that are looked for together, in time linear in the message.
#[derive(Clone, Debug)]
pub(super) struct Expressions {
    /// Tells which of them match.
    set: RegexSet,
    /// Each by itself tells where.
    each: Vec<(PatternId, Regex)>,
}

/// Checks and compiles one expression.
pub(super) fn compiled(pattern: &str) -> Result<Regex, PatternError> {
    let meaning = parsed(pattern)?;
    let properties = meaning.properties();
    if properties.minimum_len() == Some(0) && properties.look_set().is_empty() {
        return Err(PatternError::RegexMatchesAnything);
    }
    let builder =
        RegexBuilder::new(pattern).case_insensitive(true).size_limit(ONE_BYTES_MAX).build();
    builder.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => PatternError::RegexTooLarge,
        other => PatternError::Regex { message: other.to_string(), offset: None },
    })
}

/// As the `regex` crate parses it; that crate tells the place of a mistake only in a drawing.
fn parsed(pattern: &str) -> Result<Hir, PatternError> {
    let mut parser = regex_syntax::ParserBuilder::new().case_insensitive(true).build();
    parser.parse(pattern).map_err(|error| {
        let (message, offset) = match error {
            regex_syntax::Error::Parse(it) => (it.kind().to_string(), Some(it.span().start.offset)),
            regex_syntax::Error::Translate(it) => {
                (it.kind().to_string(), Some(it.span().start.offset))
            }
            other => (other.to_string(), None),
        };
        PatternError::Regex { message, offset }
    })
}

impl Expressions {
    /// Puts compiled expressions together.
    pub(super) fn new(each: Vec<(PatternId, Regex)>) -> Result<Self, PatternError> {
        let set = RegexSetBuilder::new(each.iter().map(|(_, regex)| regex.as_str()))
            .case_insensitive(true)
            .size_limit(ALL_BYTES_MAX)
            .build()
            .map_err(|_| PatternError::RegexTooLarge)?;
        Ok(Self { set, each })
    }

    /// Looks for all of them in a message as it is written.
    pub(super) fn find(&self, original: &str, hits: &mut Hits) {
        if self.each.is_empty() {
            return;
        }
        for index in &self.set.matches(original) {
            let (id, regex) = &self.each[index];
            if let Some(hit) = regex.find(original) {
                hits.add(*id, hit.range());
            }
        }
    }
}
