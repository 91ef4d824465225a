//! Words in any inflection: compared by their stems.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use icu_normalizer::ComposingNormalizerBorrowed;
use rust_stemmers::{Algorithm, Stemmer};

use super::hits::Hits;
use super::letter::Family;
use super::pattern::{PatternError, PatternId};
use super::reading::Reading;

/// Longer words are not stemmed: there are none.
pub(super) const WORD_BYTES_MAX: usize = 64;

/// Bytes of a word's number in the stemmed view; 0 is a word that no pattern has.
const NUMBER_BYTES: usize = 4;
const UNKNOWN: u32 = 0;

/// What the Snowball algorithm for English leaves apart although people asking for help mean the
/// same. It removes `-ment` only behind two syllables, and knows no irregular verbs.
const ENGLISH: [(&str, &str); 5] = [
    ("paid", "pay"),
    ("payment", "pay"),
    ("prepayment", "prepay"),
    ("repayment", "repay"),
    ("shipment", "ship"),
];

/// A language whose inflections are known: those of the Snowball project, snowballstem.org.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StemLanguage {
    Arabic,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Norwegian,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Tamil,
    Turkish,
}

impl StemLanguage {
    /// Every language with its ISO 639-1 code, in the order of the codes.
    pub(crate) const ALL: [(&'static str, Self); 18] = [
        ("ar", Self::Arabic),
        ("da", Self::Danish),
        ("de", Self::German),
        ("el", Self::Greek),
        ("en", Self::English),
        ("es", Self::Spanish),
        ("fi", Self::Finnish),
        ("fr", Self::French),
        ("hu", Self::Hungarian),
        ("it", Self::Italian),
        ("nl", Self::Dutch),
        ("no", Self::Norwegian),
        ("pt", Self::Portuguese),
        ("ro", Self::Romanian),
        ("ru", Self::Russian),
        ("sv", Self::Swedish),
        ("ta", Self::Tamil),
        ("tr", Self::Turkish),
    ];

    /// Its ISO 639-1 code.
    pub(crate) fn tag(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, language)| *language == self);
        found.expect("ALL names every language").0
    }

    fn stemmer(self) -> Stemmer {
        Stemmer::create(match self {
            Self::Arabic => Algorithm::Arabic,
            Self::Danish => Algorithm::Danish,
            Self::Dutch => Algorithm::Dutch,
            Self::English => Algorithm::English,
            Self::Finnish => Algorithm::Finnish,
            Self::French => Algorithm::French,
            Self::German => Algorithm::German,
            Self::Greek => Algorithm::Greek,
            Self::Hungarian => Algorithm::Hungarian,
            Self::Italian => Algorithm::Italian,
            Self::Norwegian => Algorithm::Norwegian,
            Self::Portuguese => Algorithm::Portuguese,
            Self::Romanian => Algorithm::Romanian,
            Self::Russian => Algorithm::Russian,
            Self::Spanish => Algorithm::Spanish,
            Self::Swedish => Algorithm::Swedish,
            Self::Tamil => Algorithm::Tamil,
            Self::Turkish => Algorithm::Turkish,
        })
    }
}

/// A phrase as a list of words, each as all the stems that it may have.
pub(super) type Phrase = Vec<Vec<String>>;

/// The stems of a pattern's words; empty if it has none.
pub(super) fn phrase(language: StemLanguage, text: &str, reading: &Reading) -> Phrase {
    let stemmer = language.stemmer();
    let words = words(reading).into_iter();
    words.map(|word| stems(language, &stemmer, text, reading, word)).collect()
}

/// The phrases of one language, ready to be looked for together.
#[derive(Clone, Debug)]
pub(super) struct Stems {
    language: StemLanguage,
    /// Numbers of stems. Stems that one word may have share a number.
    numbers: BTreeMap<String, u32>,
    /// Finds sequences of numbers, each of [`NUMBER_BYTES`].
    automaton: AhoCorasick,
    patterns: Vec<PatternId>,
    /// What words of patterns begin with, where that says which words can be the same.
    initials: Option<[bool; 128]>,
}

impl Stems {
    /// Prepares phrases that are not empty.
    pub(super) fn new(
        language: StemLanguage,
        phrases: &[(PatternId, Phrase)],
    ) -> Result<Self, PatternError> {
        let mut numbers = BTreeMap::new();
        for stems in phrases.iter().flat_map(|(_, phrase)| phrase) {
            number(&mut numbers, stems);
        }
        let coded = |(_, phrase): &(PatternId, Phrase)| {
            let number = |stems: &Vec<String>| stems.first().map_or(UNKNOWN, |it| numbers[it]);
            phrase.iter().flat_map(|stems| number(stems).to_be_bytes()).collect::<Vec<u8>>()
        };
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(phrases.iter().map(coded))
            .map_err(|_| PatternError::TooMany { max: phrases.len() })?;
        let patterns = phrases.iter().map(|(id, _)| *id).collect();
        let initials = initials(language, phrases);
        Ok(Self { language, numbers, automaton, patterns, initials })
    }

    /// Whether a word of a message may be one of a pattern: stemming is only worth it then.
    fn may_know(&self, initial: u8) -> bool {
        let Some(initials) = &self.initials else { return true };
        initials.get(usize::from(initial)).is_none_or(|known| *known)
    }

    /// Looks for all phrases.
    pub(super) fn find(&self, original: &str, reading: &Reading, hits: &mut Hits) {
        let stemmer = self.language.stemmer();
        let words = words(reading);
        let (mut view, mut places) = (Vec::new(), Vec::new());
        let mut end = 0;
        for word in words {
            if !reading.text[end..word.start].iter().all(|it| *it == b' ') {
                view.extend(UNKNOWN.to_be_bytes()); // punctuation ends a phrase
                places.push(word.clone());
            }
            end = word.end;
            let number = if self.may_know(reading.text[word.start]) {
                let stems = stems(self.language, &stemmer, original, reading, word.clone());
                stems.iter().find_map(|stem| self.numbers.get(stem).copied())
            } else {
                None
            };
            view.extend(number.unwrap_or(UNKNOWN).to_be_bytes());
            places.push(word);
        }
        for hit in self.automaton.find_overlapping_iter(&view) {
            let pattern = self.patterns[hit.pattern().as_usize()];
            if hit.start() % NUMBER_BYTES != 0 || hits.is_hit(pattern) {
                continue;
            }
            let (first, last) = (hit.start() / NUMBER_BYTES, hit.end() / NUMBER_BYTES - 1);
            hits.add(pattern, reading.span(&(places[first].start..places[last].end)));
        }
    }
}

/// The first letters of all stems, if all are ASCII and the language inflects at the end: then a
/// word that begins with another ASCII letter has another stem. Arabic has prefixes.
fn initials(language: StemLanguage, phrases: &[(PatternId, Phrase)]) -> Option<[bool; 128]> {
    let mut initials = [false; 128];
    for stem in phrases.iter().flat_map(|(_, phrase)| phrase).flatten() {
        *initials.get_mut(usize::from(*stem.as_bytes().first()?))? = true;
    }
    (language != StemLanguage::Arabic).then_some(initials)
}

/// Gives all stems of a word one number: if some had numbers already, these become one.
fn number(numbers: &mut BTreeMap<String, u32>, stems: &[String]) {
    let next = u32::try_from(numbers.len() + 1).expect("patterns are counted");
    let known: Vec<u32> = stems.iter().filter_map(|stem| numbers.get(stem).copied()).collect();
    let shared = known.iter().copied().min().unwrap_or(next);
    if known.iter().any(|number| *number != shared) {
        numbers.values_mut().filter(|it| known.contains(it)).for_each(|it| *it = shared);
    }
    for stem in stems {
        numbers.insert(stem.clone(), shared);
    }
}

/// The words of a reading; an apostrophe between letters is of the word.
fn words(reading: &Reading) -> Vec<Range<usize>> {
    let is_word = |at: usize| reading.units.get(at).is_some_and(|it| it.family == Family::Word);
    let mut words = Vec::new();
    let mut at = 0;
    while at < reading.units.len() {
        let start = at;
        while is_word(at)
            || (reading.text[at..].first() == Some(&b'\'') && at > start && is_word(at + 1))
        {
            at += 1;
        }
        if at > start {
            words.push(start..at);
        } else {
            at += 1;
        }
    }
    words
}

/// The stems that a word may have: with its accents, as the algorithms expect it, and without, as
/// people type it; a stretched letter stands for one or for two.
fn stems(
    language: StemLanguage,
    stemmer: &Stemmer,
    original: &str,
    reading: &Reading,
    word: Range<usize>,
) -> Vec<String> {
    if word.len() > WORD_BYTES_MAX {
        return vec![];
    }
    let is_stretched = reading.units[word.clone()].iter().any(|unit| unit.run >= 3);
    let mut spellings = Vec::with_capacity(3);
    let written = &original[reading.span(&word)];
    if !written.is_ascii() && !is_stretched && written.len() <= 4 * WORD_BYTES_MAX {
        spellings.push(ComposingNormalizerBorrowed::new_nfkc().normalize(written).to_lowercase());
    }
    let shortened = |to: u8| move |run: u8| if run >= 3 { to } else { run };
    spellings.push(reading.spelled(word.clone(), shortened(1)));
    if is_stretched {
        spellings.push(reading.spelled(word, shortened(2)));
    }
    let mut stems: Vec<String> =
        spellings.iter().map(|spelling| stem(language, stemmer, spelling)).collect();
    stems.dedup();
    stems
}

fn stem(language: StemLanguage, stemmer: &Stemmer, word: &str) -> String {
    let stem = stemmer.stem(word);
    let same = ENGLISH.iter().find(|(left, _)| language == StemLanguage::English && *left == stem);
    same.map_or_else(|| stem.clone().into_owned(), |(_, meant)| (*meant).to_owned())
}
