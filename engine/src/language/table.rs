//! Figures by words and n-grams, for several languages at once.

use std::ops::{Range, RangeInclusive};

/// Figures of some columns, each a language or a class, by key.
#[derive(Debug)]
pub(super) struct Table {
    /// Open addressing, a power of two of them; those of length 0 are free.
    slots: Vec<Slot>,
    entries: Vec<Entry>,
}

/// Where the entries of a key are.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: Key,
    first: u32,
    length: u32,
}

/// An n-gram or a word, as 64 bits of a hash. Among a million keys two are the same by chance
/// once in 37 million models (2^64 / (10^12 / 2)), and then on every machine alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u64);

/// What a key says about one column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) column: u8,
    /// By how much the logarithm of its share there is above that of what is too rare to know.
    pub(super) excess: f32,
}

/// Where hashes begin: n-grams and words of the same letters are different keys.
const OF_NGRAMS: u64 = 0x9e37_79b9_7f4a_7c15;
const OF_WORDS: u64 = 0xd1b5_4a32_d192_ed03;

impl Key {
    /// The key of letters within a word.
    pub(super) fn ngram(letters: &[char]) -> Self {
        Self::hashed(letters, OF_NGRAMS)
    }

    /// The key of a whole word.
    pub(super) fn word(letters: &[char]) -> Self {
        Self::hashed(letters, OF_WORDS)
    }

    /// Calls `found` with the keys of all n-grams of these lengths.
    pub(super) fn each_ngram(
        letters: &[char],
        lengths: RangeInclusive<usize>,
        mut found: impl FnMut(Self),
    ) {
        for start in 0..letters.len() {
            let mut hash = OF_NGRAMS;
            for (length, letter) in (1..=*lengths.end()).zip(&letters[start..]) {
                hash = mixed(hash, *letter);
                if lengths.contains(&length) {
                    found(Self::finished(hash));
                }
            }
        }
    }

    fn hashed(letters: &[char], seed: u64) -> Self {
        Self::finished(letters.iter().fold(seed, |hash, letter| mixed(hash, *letter)))
    }

    fn finished(hash: u64) -> Self {
        Self(hash.wrapping_mul(0x94d0_49bb_1331_11eb) ^ (hash >> 32))
    }

    #[expect(clippy::cast_possible_truncation, reason = "any bits will do to begin the search")]
    fn place(self) -> usize {
        (self.0 ^ (self.0 >> 32)) as usize
    }
}

/// Multiplies and folds, with the constants of `SplitMix64` (Steele, Lea and Flood 2014).
fn mixed(hash: u64, letter: char) -> u64 {
    let product = (hash ^ u64::from(u32::from(letter))).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    product ^ (product >> 29)
}

impl Table {
    /// A table of entries, each pair of key and column once.
    pub(super) fn new(mut entries: Vec<(Key, Entry)>) -> Self {
        entries.sort_unstable_by_key(|(key, entry)| (*key, entry.column));
        Self { slots: slots(&entries), entries: entries.iter().map(|it| it.1).collect() }
    }

    /// What is known of a key, in the order of the columns.
    pub(super) fn look_up(&self, key: Key) -> &[Entry] {
        &self.entries[self.entries_of(key)]
    }

    fn entries_of(&self, key: Key) -> Range<usize> {
        let mask = self.slots.len() - 1;
        let mut place = key.place() & mask;
        loop {
            let slot = self.slots[place];
            if slot.length == 0 || slot.key == key {
                let first = slot.first as usize;
                return first..first + slot.length as usize;
            }
            place = (place + 1) & mask;
        }
    }
}

/// Slots for entries in the order of their keys; at most three quarters are taken.
fn slots(entries: &[(Key, Entry)]) -> Vec<Slot> {
    let runs = || entries.chunk_by(|a, b| a.0 == b.0);
    let count = (runs().count() * 4 / 3 + 1).next_power_of_two();
    let mut slots = vec![Slot::default(); count];
    let mut first = 0;
    for run in runs() {
        let length =
            u32::try_from(run.len()).expect("a run has an entry for each of 256 columns at most");
        let mut place = run[0].0.place() & (count - 1);
        while slots[place].length > 0 {
            place = (place + 1) & (count - 1);
        }
        slots[place] = Slot { key: run[0].0, first, length };
        first += length;
    }
    slots
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_and_ngrams_of_the_same_letters_differ() {
        assert_ne!(Key::word(&['d', 'e']), Key::ngram(&['d', 'e']));
        assert_ne!(Key::ngram(&['d', 'e']), Key::ngram(&['e', 'd']));
    }

    #[test]
    fn all_ngrams_of_some_lengths_are_found() {
        let letters: Vec<char> = "preis".chars().collect();
        let mut found = Vec::new();
        Key::each_ngram(&letters, 3..=4, |key| found.push(key));
        let mut expected: Vec<Key> =
            [3, 4].iter().flat_map(|length| letters.windows(*length)).map(Key::ngram).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_empty_table_knows_nothing() {
        assert_eq!(Table::new(vec![]).look_up(Key::word(&['a'])), []);
    }

    proptest! {
        #[test]
        fn a_table_knows_what_a_map_knows(
            map in prop::collection::btree_map((0_u64..50, 0_u8..4), 0.0_f32..10.0, 0..100),
        ) {
            // Keys that begin their search at the same place, to have collisions.
            let key = |number: u64| Key(number << 40);
            let entry = |(&(number, column), &excess): (&(u64, u8), &f32)| {
                (key(number), Entry { column, excess })
            };
            let table = Table::new(map.iter().map(entry).collect());
            for number in 0..60 {
                let expected: BTreeMap<u8, f32> =
                    map.range((number, 0)..=(number, 3)).map(|(k, v)| (k.1, *v)).collect();
                let found: BTreeMap<u8, f32> =
                    table.look_up(key(number)).iter().map(|it| (it.column, it.excess)).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
