//! Classes that a rules file describes by examples, such as romanised Hindi or Taglish.
//!
//! Detectors know languages as encyclopedias write them; how people mix and romanise them is only
//! in messages. A class is a multinomial naive Bayes model over words and over the 3- to 5-grams
//! of letters, word ends included, beside one such model for each language of [`background`]. It
//! wins over the language detector only if it explains a message clearly better than any of them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::background::PHRASES;
use super::cleaned::Cleaned;
use super::detector::logistic;
use super::table::{Entry, Key, Table};
use super::{LanguageClass, LanguageError};

/// The fewest usable examples of a class.
pub(super) const EXAMPLES_MIN: usize = 10;

/// The most classes of one rules file.
pub(super) const CLASSES_MAX: usize = 100;

/// Lengths of n-grams, in letters.
const NGRAMS: std::ops::RangeInclusive<usize> = 3..=5;

/// How many times as likely a feature is that makes up the whole of a class, compared with one
/// that is unknown there: the smoothing, the same for small and large classes.
const KNOWN: f64 = 20_000.0;

/// The mean logarithm by which a class must be better than the background to be as likely as not,
/// and how fast being better makes sure. Chosen by eye so that the default confidence of 0.8 is
/// reached at 0.5, where the test beside the data found under 1 % of false alarms.
const EVEN: f64 = 0.27;
const SURENESS: f64 = 6.0;

/// The classes of a rules file.
#[derive(Debug)]
pub(super) struct OwnClasses {
    names: Vec<Arc<str>>,
    /// A column for each class.
    table: Table,
}

impl OwnClasses {
    /// Learns classes from their examples. `usable` cleans an example, or says that it is of no
    /// use; what is wrong with a class is appended to `errors`.
    pub(super) fn new(
        classes: &[LanguageClass],
        errors: &mut Vec<LanguageError>,
        usable: impl Fn(&str) -> Option<Cleaned>,
    ) -> Self {
        if classes.len() > CLASSES_MAX {
            errors.push(LanguageError::TooManyClasses(classes.len()));
            return Self { names: vec![], table: Table::new(vec![]) };
        }
        let mut columns = Vec::new();
        for class in classes {
            let examples: Vec<_> = class.examples.iter().filter_map(|it| usable(it)).collect();
            if examples.len() < EXAMPLES_MIN {
                let (class, usable) = (class.name.clone(), examples.len());
                errors.push(LanguageError::TooFewExamples { class, usable });
            }
            columns.push(examples);
        }
        let names = classes.iter().map(|class| class.name.clone()).collect();
        Self { names, table: learned(&columns) }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The likeliest class, the first of equal ones, with the estimated probability that it is
    /// right; `None` if that is below `least`.
    pub(super) fn best(&self, text: &Cleaned, least: f32) -> Option<(&Arc<str>, f32)> {
        if self.is_empty() {
            return None;
        }
        let scores = scores(&self.table, self.names.len(), text);
        let best = (0..scores.len()).reduce(|a, b| if scores[b] > scores[a] { b } else { a })?;
        // The background can only take from this: most messages need not be compared with it.
        if confidence(scores[best]) < least {
            return None;
        }
        let background = self::scores(background(), PHRASES.len(), text);
        let confidence = confidence(scores[best] - background.into_iter().fold(0.0, f64::max));
        (confidence >= least).then_some((&self.names[best], confidence))
    }
}

/// The features of the background; a column for each language.
fn background() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        let phrases = PHRASES.iter().map(|(_, phrases)| phrases.map(Cleaned::new).into());
        learned(&phrases.collect::<Vec<_>>())
    });
    &TABLE
}

/// How sure a class is that is better than the background by this mean logarithm.
fn confidence(margin: f64) -> f32 {
    logistic(SURENESS * (margin - EVEN))
}

/// For each column by how much it makes the features of a text likelier than an unknown one: the
/// mean of the logarithms.
fn scores(table: &Table, columns: usize, text: &Cleaned) -> Vec<f64> {
    let mut scores = vec![0.0; columns];
    let mut features = 0.0;
    each_feature(text, |key| {
        features += 1.0;
        for entry in table.look_up(key) {
            scores[usize::from(entry.column)] += f64::from(entry.excess);
        }
    });
    scores.iter_mut().for_each(|score| *score /= f64::max(features, 1.0));
    scores
}

/// A table of features, with a column for each group of examples.
fn learned(columns: &[Vec<Cleaned>]) -> Table {
    let mut entries = Vec::new();
    for (column, examples) in columns.iter().enumerate() {
        let column = u8::try_from(column).expect("there are fewer than 256 classes");
        for (key, share) in shares(examples) {
            #[expect(clippy::cast_possible_truncation, reason = "24 bits are plenty")]
            let excess = libm::log(1.0 + share * KNOWN) as f32;
            entries.push((key, Entry { column, excess }));
        }
    }
    Table::new(entries)
}

/// How large a part of its examples each feature makes up.
fn shares(examples: &[Cleaned]) -> impl Iterator<Item = (Key, f64)> {
    let mut counts: BTreeMap<Key, u32> = BTreeMap::new();
    let mut total = 0.0;
    for example in examples {
        each_feature(example, |key| {
            *counts.entry(key).or_default() += 1;
            total += 1.0;
        });
    }
    counts.into_iter().map(move |(key, count)| (key, f64::from(count) / total))
}

/// Calls `feature` with every word of a text and with every n-gram of its words.
fn each_feature(text: &Cleaned, mut feature: impl FnMut(Key)) {
    let mut letters = Vec::new();
    for word in text.words() {
        letters.clear();
        letters.push(' ');
        letters.extend(word.chars());
        letters.push(' ');
        feature(Key::word(&letters));
        Key::each_ngram(&letters, NGRAMS, &mut feature);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLES: [&str; 10] = [
        "ano po ito",
        "magkano po",
        "pwede po ba",
        "wala pa po",
        "kailan po dadating",
        "may stock pa po ba",
        "saan po kayo",
        "pabili po ng isa",
        "gusto ko po nito",
        "salamat po",
    ];

    fn class(name: &str, examples: &[&str]) -> LanguageClass {
        let examples = examples.iter().map(|it| (*it).into()).collect();
        LanguageClass { name: name.into(), examples }
    }

    fn learn(classes: &[LanguageClass]) -> (OwnClasses, Vec<LanguageError>) {
        let mut errors = Vec::new();
        let usable = |text: &str| Some(Cleaned::new(text)).filter(|it| it.words().count() > 0);
        (OwnClasses::new(classes, &mut errors, usable), errors)
    }

    #[test]
    fn a_class_knows_its_own() {
        let (classes, errors) = learn(&[class("tl", &EXAMPLES)]);
        assert_eq!(errors, []);
        let confidence = |text| classes.best(&Cleaned::new(text), 0.0).unwrap().1;
        for text in ["magkano po ito", "may isa pa po ba kayo"] {
            assert!(confidence(text) > 0.9, "{text} {}", confidence(text));
        }
        for text in ["where is my order", "¿cuánto cuesta?", "ada stok kak", "xyz"] {
            assert!(confidence(text) < 0.5, "{text} {}", confidence(text));
        }
    }

    #[test]
    fn the_nearer_of_two_classes_wins() {
        let shifted = EXAMPLES.map(|it| it.replace("po", "ba").replace('a', "u"));
        let shifted: Vec<&str> = shifted.iter().map(String::as_str).collect();
        let (classes, _) = learn(&[class("a", &shifted), class("b", &EXAMPLES)]);
        let best = |text| classes.best(&Cleaned::new(text), 0.0).unwrap().0.clone();
        assert_eq!(&*best("magkano po"), "b");
        assert_eq!(&*best("mugkuno bu"), "a");
    }

    #[test]
    fn too_few_examples_are_an_error() {
        let mut few = EXAMPLES;
        few[3] = "123";
        let (_, errors) = learn(&[class("tl", &few)]);
        assert_eq!(errors, [LanguageError::TooFewExamples { class: "tl".into(), usable: 9 }]);
    }

    #[test]
    fn without_classes_there_is_no_best() {
        assert_eq!(learn(&[]).0.best(&Cleaned::new("magkano po"), 0.0), None);
    }

    #[test]
    fn there_can_be_too_many_classes() {
        let classes = vec![class("tl", &EXAMPLES); CLASSES_MAX + 1];
        assert_eq!(learn(&classes).1, [LanguageError::TooManyClasses(CLASSES_MAX + 1)]);
    }
}
