//! What a language brings along: the shape of the files of sentences.
//!
//! A sentence has slots in braces. `{wear}` is something that has sizes and `{thing}` something
//! that has a switch, `{item}` is either; each also comes as `{the_…}` and `{this_…}` with its
//! article. `{size}`, `{colour}`, `{city}`, `{order}`, `{days}` and `{price}` speak for
//! themselves. One message has one of each: two slots of the same name say the same.

use super::{Intent, Language, english, french, german, portuguese, spanish};

/// Sentences, and what to fill into them.
pub(super) struct Tables {
    /// ISO 3166-1 codes and how common they are among those who write in this language.
    pub(super) countries: &'static [(&'static str, u32)],
    pub(super) cities: &'static [&'static str],
    pub(super) colours: &'static [&'static str],
    pub(super) sizes: &'static [&'static str],
    pub(super) wear: &'static [Product],
    pub(super) things: &'static [Product],
    pub(super) greetings: &'static [&'static str],
    /// Second messages of those who are tired of waiting.
    pub(super) nudges: &'static [&'static str],
    /// Second messages of those who forgot to say which order they mean.
    pub(super) number_follows: &'static [&'static str],
    /// The plain sentences.
    pub(super) templates: &'static [(Intent, &'static [&'static str])],
    /// Sentences that a list of keywords gets wrong: words of one intent in a message of another,
    /// words inside words, negations, two intents of which one is meant.
    pub(super) hard: &'static [(Intent, &'static str)],
}

/// Something to sell, with its articles.
#[derive(Clone, Copy)]
pub(super) struct Product {
    pub(super) bare: &'static str,
    pub(super) the: &'static str,
    pub(super) this: &'static str,
}

impl Tables {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::TABLES,
            Language::Spanish => &spanish::TABLES,
            Language::Portuguese => &portuguese::TABLES,
            Language::German => &german::TABLES,
            Language::French => &french::TABLES,
        }
    }

    /// The plain sentences of an intent.
    pub(super) fn plain(&self, intent: Intent) -> &'static [&'static str] {
        let found = self.templates.iter().find(|(of, _)| *of == intent);
        found.expect("every language has every intent: a test counts them").1
    }

    /// The hard sentences of an intent.
    pub(super) fn hard(&self, intent: Intent) -> Vec<&'static str> {
        self.hard.iter().filter(|(of, _)| *of == intent).map(|(_, text)| *text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything_in_eight_ways_at_least() {
        for language in Language::ALL {
            let tables = Tables::of(language);
            for intent in Intent::ALL {
                let count = tables.plain(intent).len();
                assert!(count >= 8, "{language} {intent}: {count}");
                assert!(tables.hard(intent).len() >= 2, "{language} {intent}: too easy");
            }
        }
    }

    #[test]
    fn no_sentence_means_two_things() {
        for language in Language::ALL {
            let tables = Tables::of(language);
            let plain = tables.templates.iter().flat_map(|(_, texts)| texts.iter().copied());
            let mut seen = std::collections::BTreeSet::new();
            for text in plain.chain(tables.hard.iter().map(|(_, text)| *text)) {
                assert!(seen.insert(text), "twice: {text}");
            }
        }
    }
}
