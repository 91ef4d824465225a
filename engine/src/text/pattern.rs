//! What rules can look for in a message.

use std::fmt;

use super::field::FieldKind;
use super::stem::StemLanguage;

/// How messages and patterns are read, for a whole rules file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TextOptions {
    pub(crate) accents: Accents,
    /// The most characters of a message that are looked at.
    pub(crate) chars_max: usize,
}

/// Whether accents tell words apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Accents {
    /// `cuánto` is `cuanto`: many people type without them.
    #[default]
    Optional,
    /// `cuánto` is not `cuanto`.
    Strict,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { accents: Accents::default(), chars_max: 4_000 }
    }
}

/// Names one pattern among all patterns of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PatternId(pub(crate) u32);

/// One thing to look for. Letter case, white space and the rest of what [`super::normalised`]
/// evens out do not matter, but for [`Self::Regex`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pattern {
    /// A whole word or phrase.
    Word(String),
    /// A whole word or phrase in any inflection.
    Stem { language: StemLanguage, text: String },
    /// A word that begins with this, or a phrase whose last word does.
    Prefix(String),
    /// Anywhere, also inside of words.
    Contains(String),
    /// A whole word or phrase at the beginning of the message.
    StartsWith(String),
    /// The whole message; punctuation, white space and emoji around it do not count.
    Exact(String),
    /// A regular expression of the `regex` crate on the message as it is written, without regard
    /// to letter case unless it says `(?-i)`.
    Regex(String),
    /// Two words or phrases, in any order, with at most so many words between them.
    Near { first: String, second: String, within: u32 },
}

/// Why a pattern cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PatternError {
    /// Nothing is left of it to compare.
    Empty,
    /// It has more than `max` bytes.
    TooLong { max: usize },
    /// There are more than `max` patterns.
    TooMany { max: usize },
    /// It holds a hashtag, a handle or a link: those are not looked for among words.
    Field { kind: FieldKind },
    /// The regular expression is wrong.
    Regex {
        /// What is wrong, as the `regex` crate says it.
        message: String,
        /// Where, in bytes of the pattern, if that is known.
        offset: Option<usize>,
    },
    /// The regular expression matches every message.
    RegexMatchesAnything,
    /// The regular expression, or all of them together, would take too much memory.
    RegexTooLarge,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("this keyword is empty"),
            Self::TooLong { max } => write!(f, "this is longer than {max} bytes"),
            Self::TooMany { max } => write!(f, "there are more than {max} patterns"),
            Self::Field { kind } => {
                let kind = match kind {
                    FieldKind::Hashtag => "a hashtag",
                    FieldKind::Mention => "a handle",
                    FieldKind::Link => "a link",
                };
                write!(f, "{kind} is never found among the words of a message")
            }
            Self::Regex { message, .. } => f.write_str(message),
            Self::RegexMatchesAnything => f.write_str("this matches every message"),
            Self::RegexTooLarge => f.write_str("this takes too much memory"),
        }
    }
}
