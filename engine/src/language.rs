//! Which language a message is written in.
//!
//! A DM is a few words long, so the question is as much when to say nothing. In this order:
//!
//! 1. Addresses, @handles, #hashtags, emoji, numbers and punctuation are stripped (`cleaned`).
//! 2. Words that people of any language use say nothing (`international`).
//! 3. A script that one of the configured languages is written in decides alone; kana tell
//!    Japanese from Chinese (`supported`).
//! 4. Otherwise the words decide: first classes that the rules file describes by examples
//!    (`own_class`), such as romanised Hindi, then a detector (`detector`) that must be sure
//!    enough. Latin letters never decide alone: the text is also compared with the common
//!    languages that are not configured.
//! 5. Otherwise the conversation's earlier messages, then the contact's profile, then `und`.
//!
//! # The detector, and why this one
//!
//! Accuracy in % on the word pairs and sentences of lingua's test data, 16 to 18 languages, time
//! for a text, and what it takes in memory, all measured for this project:
//!
//! | detector | pairs | sentences | time | memory |
//! | --- | --- | --- | --- | --- |
//! | this one, on the data of langidentify-models-lite 0.1.0 | 96.3 | 99.9 | 6 us | 17 MB |
//! | langidentify 0.1.0, feature `lite` | 94.9 | 99.9 | 5 us | 100 MB |
//! | lingua 1.8.0, high accuracy | 95.5 | 99.6 | 221 us | 61 MB |
//! | whichlang 0.1.1 | 84.3 | 99.3 | 1 us | 7 MB |
//!
//! (The first row counts 18 languages, seven of which a script tells; the others 16.) The crate
//! langidentify would be the choice, but reading its models it starts threads and takes
//! logarithms from the system's library, and it needs a Chinese classifier of 7.6 MB that we do
//! not. So its published data is used, with its method and deterministic arithmetic. whichlang
//! misses the 90 % on pairs and knows 16 languages, lingua is slow.
//!
//! With all 18 languages and the default confidence of 0.8, 92.4 % of the pairs and 99.8 % of the
//! sentences are identified rightly, 98.7 % and 99.99 % of what is not left open is right. With
//! 0.9 instead it is 89.8 % of the pairs, and 99.3 % of what is not left open
//! (`engine/tests/it/language.rs` prints the table). Languages that a script tells are nearly
//! always right; on pairs the eleven of Latin letters come to 87.6 %, Spanish and Portuguese to
//! 63 and 68 %, partly because the data drops accents. Two classes of 48 examples each were found
//! in 43 of 48 unseen messages, and wrongly in 9 of 4,400 pairs (7 of them English, of 400) and
//! in none of 4,400 sentences. The default confidence and the weights of classes were chosen with
//! these same figures in sight, and the messages of the classes come from one hand: expect less
//! of real ones.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use cleaned::Cleaned;
use detector::{Detected, Detector, Ngrams};
use own_class::OwnClasses;
use supported::{Writing, dominant};

mod background;
mod cleaned;
mod detector;
mod international;
mod model;
mod options;
mod own_class;
mod supported;
mod table;

pub use options::{LanguageClass, LanguageError, LanguageOptions};

/// The confidence from which a language counts as identified, unless the rules file says
/// otherwise.
pub const MIN_CONFIDENCE: f32 = 0.8;

/// Languages that every text in Latin letters is compared with, configured or not: whoever
/// configures Spanish alone does not want English to be the nearest thing to it. They are the
/// languages of [`background`].
const CONTRAST: [&str; 11] = ["de", "en", "es", "fr", "id", "it", "nl", "pl", "pt", "tr", "vi"];

/// A class may be this many times as likely to be wrong as the detected language: it was learnt
/// from a few lines, but from lines of such messages. Chosen on the messages and texts of
/// `engine/tests/it/language.rs`: it takes 16 of 25 false alarms away and no message found.
const CLASS_DOUBT: f32 = 5.0;

/// Tags of the languages that can be identified: primary subtags of BCP 47, sorted.
pub fn supported_languages() -> impl Iterator<Item = &'static str> {
    let mut tags: Vec<_> = supported::all().map(|it| it.tag).collect();
    tags.sort_unstable();
    tags.into_iter()
}

/// The tag of a language that is not known.
pub(crate) const UNDETERMINED: &str = "und";

/// What told a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageSource {
    /// The script of the message, which only one of the configured languages is written in.
    Script,
    /// The words of the message.
    Text,
    /// The words of the message, by the examples of a class of the rules file.
    OwnClass,
    /// Earlier messages of the conversation: this one says too little.
    EarlierMessages,
    /// The contact's profile: the messages say too little.
    Profile,
    /// Nothing: the language is `und`.
    Undetermined,
}

/// The language of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// A configured language, the name of a class, the profile's tag in lower case, or `und`.
    pub language: Arc<str>,
    /// Estimated probability that it is right, from 0 to 1; 0 if it does not come from a message.
    pub confidence: f32,
    /// What told it.
    pub source: LanguageSource,
}

/// Identifies languages as one rules file wants it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Languages(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    configured: Vec<Configured>,
    detectors: Vec<(Writing, Box<dyn Detector>)>,
    classes: OwnClasses,
    /// Cleaned and sorted.
    international: Vec<String>,
    min_confidence: f32,
}

#[derive(Clone, Debug)]
struct Configured {
    tag: Arc<str>,
    language: supported::Supported,
}

/// What a text alone says about its language.
#[derive(Clone, Debug)]
enum Reading {
    /// It is this one.
    Sure(Identified),
    /// It is most likely this one, unless something says that it is the other.
    Unless(Identified, &'static str),
    /// It is none of the configured ones.
    Foreign(Foreign),
    /// It does not say.
    Unsure,
}

/// What a text in none of the configured languages is written in.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Foreign {
    Writing(Writing),
    Language(&'static str),
}

impl Languages {
    /// Prepares what the options ask for. The first time that languages of one script are asked
    /// for together in a process, their frequencies are read, which takes some 15 ms for
    /// each language; without languages and classes nothing is read.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the options.
    pub fn new(options: LanguageOptions<'_>) -> Result<Self, Vec<LanguageError>> {
        let mut errors = Vec::new();
        let min_confidence = options.min_confidence.unwrap_or(MIN_CONFIDENCE);
        if !(0.0..=1.0).contains(&min_confidence) {
            errors.push(LanguageError::MinConfidence(min_confidence));
        }
        let configured = configured(options.among, &mut errors);
        let international = words_of(options.international);
        let classes = OwnClasses::new(options.classes, &mut errors, |text| {
            specific(text, &international).filter(|it| dominant(it) == Some(Writing::Latin))
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        let detectors = detectors(&configured);
        let inner = Inner { configured, detectors, classes, international, min_confidence };
        Ok(Self(Arc::new(inner)))
    }

    /// Identifies the language of a message.
    ///
    /// `earlier` is the text of the conversation's earlier messages, and `profile` the tag of the
    /// contact's language. They are asked, in this order, if the message itself says too little,
    /// and believed unless it says that it is in no configured language and in none of theirs.
    #[must_use]
    pub fn identify(&self, text: &str, earlier: Option<&str>, profile: Option<&str>) -> Identified {
        let reading = self.0.read(text);
        if let Reading::Sure(identified) = reading {
            return identified;
        }
        let earlier = earlier.map(|text| self.0.read(text)).and_then(Reading::identified);
        let earlier = earlier
            .map(|it| Identified { source: LanguageSource::EarlierMessages, ..it })
            .filter(|it| reading.allows(&it.language));
        let profile = profile_language(profile)
            .map(|language| undoubted(language, LanguageSource::Profile))
            .filter(|it| reading.allows(&it.language));
        earlier
            .or(profile)
            .or(reading.identified())
            .unwrap_or_else(|| undoubted(UNDETERMINED.into(), LanguageSource::Undetermined))
    }
}

/// All words of these texts, cleaned and sorted.
fn words_of(texts: &[Arc<str>]) -> Vec<String> {
    let cleaned: Vec<Cleaned> = texts.iter().map(|text| Cleaned::new(text)).collect();
    let mut words: Vec<String> =
        cleaned.iter().flat_map(Cleaned::words).map(str::to_owned).collect();
    words.sort_unstable();
    words
}

/// What is left of a text without the words of any language, if anything.
fn specific(text: &str, international: &[String]) -> Option<Cleaned> {
    Cleaned::new(text).without(|word| international::is_international(word, international))
}

/// The configured languages, sorted, each once.
fn configured(tags: &[Arc<str>], errors: &mut Vec<LanguageError>) -> Vec<Configured> {
    let mut configured: Vec<Configured> = Vec::new();
    for tag in tags {
        match supported::find(tag) {
            Some(language) => configured.push(Configured { tag: tag.clone(), language }),
            None => errors.push(LanguageError::Unsupported(tag.clone())),
        }
    }
    configured.sort_by(|a, b| a.tag.cmp(&b.tag));
    configured.dedup_by(|a, b| a.tag == b.tag);
    configured
}

/// One detector for each script that does not tell its configured language by itself.
fn detectors(configured: &[Configured]) -> Vec<(Writing, Box<dyn Detector>)> {
    let mut writings: Vec<Writing> = configured.iter().map(|it| it.language.writing).collect();
    writings.sort_unstable();
    writings.dedup();
    let mut detectors: Vec<(Writing, Box<dyn Detector>)> = Vec::new();
    for writing in writings {
        let tags: Vec<&'static str> = configured
            .iter()
            .filter(|it| it.language.writing == writing)
            .map(|it| it.language.tag)
            .collect();
        let contrast: &[&str] = if writing == Writing::Latin { &CONTRAST } else { &[] };
        if tags.len() + contrast.len() > 1 {
            detectors.push((writing, Box::new(Ngrams::new(&tags, contrast))));
        }
    }
    detectors
}

/// What comes with no probability of its own.
fn undoubted(language: Arc<str>, source: LanguageSource) -> Identified {
    Identified { language, confidence: 0.0, source }
}

/// The language of a profile, in lower case, if it names one.
fn profile_language(profile: Option<&str>) -> Option<Arc<str>> {
    let tag = profile?.trim().to_lowercase();
    (!tag.is_empty() && tag != UNDETERMINED).then(|| tag.into())
}

impl Inner {
    fn read(&self, text: &str) -> Reading {
        if self.configured.is_empty() && self.classes.is_empty() {
            return Reading::Unsure;
        }
        let Some(cleaned) = specific(text, &self.international) else {
            return Reading::Unsure;
        };
        match dominant(&cleaned) {
            None => Reading::Unsure,
            Some(Writing::Latin) => self.read_latin(&cleaned),
            Some(writing) => self.read_writing(writing, &cleaned),
        }
    }

    fn read_latin(&self, text: &Cleaned) -> Reading {
        let Some(detector) = self.detector(Writing::Latin) else {
            // Any language is romanised at times: no script rules another out here.
            return self.class(text, None).unwrap_or(Reading::Unsure);
        };
        let detected = detector.detect(text);
        self.class(text, detected).unwrap_or_else(|| self.detected(detected))
    }

    /// The class of a text, if it is one, and does not have to yield to a detected language.
    fn class(&self, text: &Cleaned, detected: Option<Detected>) -> Option<Reading> {
        let (class, confidence) = self.classes.best(text, self.min_confidence)?;
        let doubt = detected.map_or(1.0, |it| 1.0 - it.confidence);
        let (language, source) = (class.clone(), LanguageSource::OwnClass);
        (1.0 - confidence <= CLASS_DOUBT * doubt).then_some(Reading::Sure(Identified {
            language,
            confidence,
            source,
        }))
    }

    fn read_writing(&self, writing: Writing, text: &Cleaned) -> Reading {
        if let Some(detector) = self.detector(writing) {
            return self.detected(detector.detect(text));
        }
        let japanese = self.written(Writing::Japanese).map(|it| it.language.tag);
        let identified = |configured: &Configured| Identified {
            language: configured.tag.clone(),
            confidence: 1.0,
            source: LanguageSource::Script,
        };
        match (self.written(writing), japanese) {
            // A few words of Japanese can do without kana.
            (Some(chinese), Some(japanese)) if writing == Writing::Chinese => {
                Reading::Unless(identified(chinese), japanese)
            }
            (Some(configured), _) => Reading::Sure(identified(configured)),
            (None, Some(_)) if writing == Writing::Chinese => Reading::Unsure,
            (None, _) => Reading::Foreign(Foreign::Writing(writing)),
        }
    }

    fn detector(&self, writing: Writing) -> Option<&dyn Detector> {
        self.detectors.iter().find(|it| it.0 == writing).map(|it| &*it.1)
    }

    fn detected(&self, detected: Option<Detected>) -> Reading {
        match detected {
            Some(it) if it.foreign => Reading::Foreign(Foreign::Language(it.language)),
            Some(it) if it.confidence >= self.min_confidence => Reading::Sure(Identified {
                language: self.tag(it.language),
                confidence: it.confidence,
                source: LanguageSource::Text,
            }),
            _ => Reading::Unsure,
        }
    }

    /// The configured language of a script that no other of them is written in.
    fn written(&self, writing: Writing) -> Option<&Configured> {
        self.configured.iter().find(|it| it.language.writing == writing)
    }

    fn tag(&self, tag: &'static str) -> Arc<str> {
        let found = self.configured.iter().find(|it| it.language.tag == tag);
        found.expect("a detector answers with a configured language").tag.clone()
    }
}

impl Reading {
    fn identified(self) -> Option<Identified> {
        match self {
            Self::Sure(identified) | Self::Unless(identified, _) => Some(identified),
            Self::Foreign(_) | Self::Unsure => None,
        }
    }

    /// Whether the text may be in this language after all.
    fn allows(&self, tag: &str) -> bool {
        let primary = supported::primary(tag);
        match self {
            Self::Sure(_) => false,
            Self::Unless(_, other) => primary == *other,
            Self::Unsure => true,
            Self::Foreign(Foreign::Language(language)) => primary == *language,
            Self::Foreign(Foreign::Writing(writing)) => {
                supported::find(primary).is_none_or(|it| it.writing == *writing)
            }
        }
    }
}

#[cfg(test)]
mod tests;
