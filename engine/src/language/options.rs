//! What a rules file can say about languages, and what can be wrong with it.

use std::fmt;
use std::sync::Arc;

use super::{own_class, supported_languages};

/// What a rules file says about languages.
#[derive(Clone, Copy, Debug, Default)]
pub struct LanguageOptions<'a> {
    /// Primary subtags of the languages to choose from, in lower case, such as `pt`; see
    /// [`super::supported_languages`].
    pub among: &'a [Arc<str>],
    /// Languages and mixtures that the rules file describes by examples.
    pub classes: &'a [LanguageClass],
    /// Words that say nothing about the language, such as names of brands.
    pub international: &'a [Arc<str>],
    /// The least confidence, from 0 to 1, to call a language identified; [`super::MIN_CONFIDENCE`] if
    /// `None`.
    pub min_confidence: Option<f32>,
}

/// A language or a mixture of languages that is described by examples.
#[derive(Clone, Debug)]
pub struct LanguageClass {
    /// What it is called in the rules, such as `hi-latn`.
    pub name: Arc<str>,
    /// Messages as people write them.
    pub examples: Vec<Arc<str>>,
}

/// What is wrong with [`LanguageOptions`].
#[derive(Clone, Debug, PartialEq)]
pub enum LanguageError {
    /// The language is not among [`super::supported_languages`].
    Unsupported(Arc<str>),
    /// This many examples of the class have words in Latin letters, too few to learn from.
    TooFewExamples {
        /// The class.
        class: Arc<str>,
        /// How many are usable.
        usable: usize,
    },
    /// This many classes are more than can be told apart.
    TooManyClasses(usize),
    /// A least confidence is a number from 0 to 1.
    MinConfidence(f32),
}

impl fmt::Display for LanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(tag) => {
                write!(f, "language `{tag}` cannot be identified; supported: ")?;
                let supported: Vec<_> = supported_languages().collect();
                write!(f, "{}", supported.join(", "))
            }
            Self::TooFewExamples { class, usable } => write!(
                f,
                "class `{class}` has {usable} examples with words in Latin letters; it needs {}",
                own_class::EXAMPLES_MIN
            ),
            Self::TooManyClasses(count) => {
                write!(f, "there are {count} classes; there can be {}", own_class::CLASSES_MAX)
            }
            Self::MinConfidence(given) => {
                write!(f, "{given} is no confidence: it is a number from 0 to 1")
            }
        }
    }
}

impl std::error::Error for LanguageError {}
