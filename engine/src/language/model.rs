//! The n-gram and word frequencies of a set of languages, read once for each set in a process.
//!
//! The figures come from the crate `langidentify-models-lite` 0.1.0 (Apache-2.0; counted over
//! Wikipedia by the project langidentify, github.com/jlpka/langidentify). It holds two gzipped
//! lists for each language, which are read here:
//!
//! - `ngrams-es.txt.gz`: `# 1:24/4880081116 2:737/3890373764 ... MinLogProb: -12.0`, where
//!   `2:737/3890373764` says that 737 of the 2-grams are listed and 3890373764 were counted;
//!   then lines of an n-gram (1 to 5 letters within a word) and its count.
//! - `topwords-es.txt.gz`: `# Count: 989707440 MinLogProb: -12.0`, then lines of a word and the
//!   natural logarithm of its share, from the most common down.

use std::io::Read as _;
use std::sync::{Arc, OnceLock};

use flate2::read::GzDecoder;

use super::table::{Entry, Key, Table};

/// The natural logarithm of the smallest share that is listed, of n-grams and of words.
pub(super) const FLOOR: f64 = -12.0;

/// The longest n-gram listed, in letters.
pub(super) const NGRAM_MAX: usize = 5;

/// Frequencies for some languages, to be looked up for all of them at once.
#[derive(Debug)]
pub(super) struct Model {
    /// In the order in which the columns count.
    languages: Vec<&'static str>,
    table: Table,
}

impl Model {
    /// The model of these languages; reads it if nobody in this process has asked for them
    /// before, and keeps it as long as the process lives. A rules file names few languages and
    /// seldom others than before, so this list stays short.
    ///
    /// The tags must be among those that [`super::supported`] says have n-grams.
    pub(super) fn of(languages: &[&'static str]) -> Arc<Self> {
        static FIRST: Link = Link(OnceLock::new());
        let mut link = &FIRST;
        loop {
            let (model, next) =
                &**link.0.get_or_init(|| Box::new((Arc::new(Self::read(languages)), Link::new())));
            if model.languages == languages {
                return model.clone();
            }
            link = next;
        }
    }

    fn read(languages: &[&'static str]) -> Self {
        let mut entries = Vec::new();
        for (column, language) in languages.iter().enumerate() {
            let column = u8::try_from(column).expect("fewer than 256 languages are supported");
            let mut add = |key, share: f64| {
                if share > FLOOR {
                    #[expect(clippy::cast_possible_truncation, reason = "24 bits are plenty")]
                    entries.push((key, Entry { column, excess: (share - FLOOR) as f32 }));
                }
            };
            read_ngrams(&text_of(&format!("ngrams-{language}.txt.gz")), &mut add);
            read_words(&text_of(&format!("topwords-{language}.txt.gz")), &mut add);
        }
        Self { languages: languages.to_vec(), table: Table::new(entries) }
    }

    /// The languages; an [`Entry`] names them by their place.
    pub(super) fn languages(&self) -> &[&'static str] {
        &self.languages
    }

    /// What is known of a key, in the order of the languages; nothing if it is rare in all. The
    /// excess of an entry is the distance of its logarithm from [`FLOOR`].
    pub(super) fn look_up(&self, key: Key) -> &[Entry] {
        self.table.look_up(key)
    }
}

/// One more model, and a place for the next: a list that grows at its end without a lock.
struct Link(OnceLock<Box<(Arc<Model>, Link)>>);

impl Link {
    const fn new() -> Self {
        Self(OnceLock::new())
    }
}

/// The unpacked text of one file of the models crate.
fn text_of(name: &str) -> String {
    let packed = langidentify_models_lite::resolve(name)
        .unwrap_or_else(|| panic!("the models crate holds {name}"));
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).expect("the models are packed text");
    text
}

fn read_ngrams(text: &str, add: &mut impl FnMut(Key, f64)) {
    let (header, lines) = text.split_once('\n').expect("n-grams begin with their totals");
    let mut totals = [0.0; NGRAM_MAX + 1];
    for part in header.split(' ').filter(|part| part.contains('/')) {
        let (length, counts) = part.split_once(':').expect("a total stands behind its length");
        let total = counts.split('/').nth(1).expect("the total is the second count");
        let length: usize = length.parse().expect("a length is a number");
        totals[length] = total.parse().expect("a total is a number");
    }
    let mut letters = Vec::new();
    for (ngram, count) in lines.lines().filter_map(|line| line.rsplit_once(' ')) {
        letters.clear();
        letters.extend(ngram.chars());
        let count: f64 = count.parse().expect("a count is a number");
        add(Key::ngram(&letters), libm::log(count / totals[letters.len()]));
    }
}

fn read_words(text: &str, add: &mut impl FnMut(Key, f64)) {
    let mut letters = Vec::new();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for (word, share) in lines.filter_map(|line| line.rsplit_once(' ')) {
        letters.clear();
        letters.extend(word.chars());
        if !matches!(letters[..], [letter] if letter.is_ascii()) {
            add(Key::word(&letters), share.parse().expect("a share is a number"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(model: &Model, key: Key, language: &str) -> Option<f32> {
        let column = model.languages().iter().position(|it| *it == language).unwrap();
        model
            .look_up(key)
            .iter()
            .find(|entry| usize::from(entry.column) == column)
            .map(|entry| entry.excess)
    }

    fn letters(word: &str) -> Vec<char> {
        word.chars().collect()
    }

    #[test]
    fn what_the_lists_say_is_found() {
        let model = Model::of(&["en", "es"]);
        // `de -2.524141` is the first line of topwords-es.
        let found = excess(&model, Key::word(&letters("de")), "es").unwrap();
        assert!((f64::from(found) - (12.0 - 2.524_141)).abs() < 1e-5, "{found}");
        // `à 108274` of `1:24/4880081116` stands in ngrams-es.
        let found = excess(&model, Key::ngram(&letters("à")), "es").unwrap();
        let expected = 12.0 + (108_274.0_f64 / 4_880_081_116.0).ln();
        assert!((f64::from(found) - expected).abs() < 1e-5, "{found}");
        assert_eq!(excess(&model, Key::ngram(&letters("zzzzz")), "es"), None);
    }

    #[test]
    fn a_set_of_languages_is_read_once() {
        assert!(Arc::ptr_eq(&Model::of(&["de", "nl"]), &Model::of(&["de", "nl"])));
        assert!(!Arc::ptr_eq(&Model::of(&["de", "nl"]), &Model::of(&["de"])));
    }

    #[test]
    fn every_language_that_shares_its_writing_can_be_read() {
        use crate::language::supported;
        let shares = |one: &supported::Supported| {
            supported::all().filter(|other| other.writing == one.writing).count() > 1
        };
        for language in supported::all().filter(shares) {
            for kind in ["ngrams", "topwords"] {
                let name = format!("{kind}-{}.txt.gz", language.tag);
                assert!(langidentify_models_lite::exists(&name), "{name}");
            }
        }
    }
}
