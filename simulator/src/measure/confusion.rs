//! Who should have got what, and who did.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use crate::messages::{Intent, Language};

/// Counts of conversations by what they were about, who should have got them and who did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    cells: BTreeMap<(Intent, Language, String, Option<String>), u64>,
}

/// One count of a [`Confusion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ConfusionCell<'a> {
    /// What they were about.
    pub intent: Intent,
    /// In which language.
    pub language: Language,
    /// Which team should have got them.
    pub expected: &'a str,
    /// Which team did; none if no team.
    pub got: Option<&'a str>,
    /// How many.
    pub count: u64,
}

impl ConfusionCell<'_> {
    /// Whether the right team got them.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.got == Some(self.expected)
    }
}

impl Confusion {
    /// Counts one conversation.
    pub fn record(
        &mut self,
        intent: Intent,
        language: Language,
        expected: &str,
        got: Option<&str>,
    ) {
        let cell = (intent, language, expected.to_owned(), got.map(str::to_owned));
        *self.cells.entry(cell).or_default() += 1;
    }

    /// All counts, in order.
    pub fn cells(&self) -> impl Iterator<Item = ConfusionCell<'_>> {
        self.cells.iter().map(|((intent, language, expected, got), count)| ConfusionCell {
            intent: *intent,
            language: *language,
            expected,
            got: got.as_deref(),
            count: *count,
        })
    }

    /// How many went where they should, and how many there were, among those that `which` picks.
    #[must_use]
    pub fn right_of(&self, which: impl Fn(&ConfusionCell<'_>) -> bool) -> (u64, u64) {
        self.cells().filter(|cell| which(cell)).fold((0, 0), |(right, all), cell| {
            (right + if cell.is_right() { cell.count } else { 0 }, all + cell.count)
        })
    }

    /// The share that went where it should; nothing if nothing was counted.
    #[must_use]
    pub fn accuracy(&self) -> Option<f64> {
        let (right, all) = self.right_of(|_| true);
        (all > 0).then(|| right as f64 / all as f64)
    }

    /// The intents that were counted.
    #[must_use]
    pub fn intents(&self) -> BTreeSet<Intent> {
        self.cells().map(|cell| cell.intent).collect()
    }

    /// The languages that were counted.
    #[must_use]
    pub fn languages(&self) -> BTreeSet<Language> {
        self.cells().map(|cell| cell.language).collect()
    }

    /// The teams that should have got or did get something.
    #[must_use]
    pub fn teams(&self) -> BTreeSet<&str> {
        self.cells().flat_map(|cell| [Some(cell.expected), cell.got]).flatten().collect()
    }
}

impl Serialize for Confusion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.cells.len()))?;
        for cell in self.cells() {
            list.serialize_element(&cell)?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_what_is_right() {
        let mut confusion = Confusion::default();
        assert_eq!(confusion.accuracy(), None);
        let (price, english, spanish) = (Intent::Price, Language::English, Language::Spanish);
        confusion.record(price, english, "sales", Some("sales"));
        confusion.record(price, english, "sales", Some("support"));
        confusion.record(price, spanish, "latam", Some("latam"));
        confusion.record(Intent::Refund, spanish, "support", None);
        assert_eq!(confusion.accuracy(), Some(0.5));
        assert_eq!(confusion.right_of(|cell| cell.intent == price), (2, 3));
        assert_eq!(confusion.right_of(|cell| cell.language == spanish), (1, 2));
        assert_eq!(
            confusion.teams().into_iter().collect::<Vec<_>>(),
            ["latam", "sales", "support"]
        );
    }
}
