//! What of a message speaks for a topic: its words, pairs of words, and pieces of words.

use std::ops::Range;

/// How much of a message is looked at, in characters: a topic shows early, and the time for a
/// message stays bounded.
pub(crate) const CHARACTERS_MAX: usize = 1_000;

/// What kind of feature one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A whole word.
    Word,
    /// A word and the next.
    Pair,
    /// Some characters in a row of one word, which may touch its ends.
    Piece,
}

/// A feature where it stands in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    /// A hash of what was found, never zero. The kind is part of it; see [`kind`].
    pub(crate) name: u64,
    /// Bytes of the message.
    pub(crate) span: Range<usize>,
}

/// The names of all features of a message, sorted and without repetition.
pub(crate) fn names(text: &str) -> Vec<u64> {
    let mut names = Vec::with_capacity(text.len().min(CHARACTERS_MAX) * 4);
    visit(text, |feature| names.push(feature.name));
    names.sort_unstable();
    names.dedup();
    names
}

/// Which kind of feature has this name.
pub(crate) fn kind(name: u64) -> Kind {
    match name & 3 {
        1 => Kind::Word,
        2 => Kind::Pair,
        _ => Kind::Piece,
    }
}

/// Calls `see` with every feature of a message: word by word, for each first the pieces, then the
/// word, then the pair that it ends.
pub(crate) fn visit(text: &str, mut see: impl FnMut(Feature)) {
    let mut word = Word::default();
    let mut previous: Option<(u64, usize)> = None;
    let end = text.char_indices().nth(CHARACTERS_MAX).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    for (at, character) in text.char_indices().chain([(end, ' ')]) {
        if is_part_of_word(character) || (is_apostrophe(character) && !word.is_empty()) {
            word.push(at, character);
        } else if !word.is_empty() {
            word.finish(at);
            word.pieces(&mut see);
            let hash = word.hash();
            see(Feature { name: named(hash, Kind::Word), span: word.span() });
            if let Some((before, start)) = previous {
                let pair = mixed(before, hash);
                see(Feature { name: named(pair, Kind::Pair), span: start..word.span().end });
            }
            previous = Some((hash, word.span().start));
            word.clear();
        }
    }
}

/// A word as it is compared, between two marks for its ends.
#[derive(Default)]
struct Word {
    /// Byte of the message and character; the first and the last are marks.
    characters: Vec<(usize, char)>,
}

/// Stands for both ends of a word.
const END: char = ' ';

impl Word {
    fn is_empty(&self) -> bool {
        self.characters.is_empty()
    }

    fn clear(&mut self) {
        self.characters.clear();
    }

    /// Adds a character as it is compared: in lower case, any digit as zero, and a character that
    /// is repeated over and over, as in "pleaaase", only twice.
    fn push(&mut self, at: usize, character: char) {
        if self.is_empty() {
            self.characters.push((at, END));
        }
        let as_compared = match character {
            '\u{2018}' | '\u{2019}' => '\'',
            'A'..='Z' => character.to_ascii_lowercase(),
            _ if character.is_ascii() && !character.is_ascii_digit() => character,
            _ if character.is_numeric() => '0',
            _ => character.to_lowercase().next().unwrap_or(character),
        };
        if !matches!(self.characters[..], [.., (_, a), (_, b)] if a == b && b == as_compared) {
            self.characters.push((at, as_compared));
        }
    }

    /// Ends the word at this byte; apostrophes at its end are quotes and no part of it.
    fn finish(&mut self, mut at: usize) {
        while let Some((quote, '\'')) = self.characters.last() {
            at = *quote;
            self.characters.pop();
        }
        self.characters.push((at, END));
    }

    fn span(&self) -> Range<usize> {
        self.characters[0].0..self.characters[self.characters.len() - 1].0
    }

    fn hash(&self) -> u64 {
        self.characters.iter().fold(0, |hash, (_, character)| mixed(hash, u64::from(*character)))
    }

    /// Sees all runs of three to five characters, or one to three where a character says as much
    /// as a word or a syllable.
    fn pieces(&self, see: &mut impl FnMut(Feature)) {
        for (start, &(_, first)) in self.characters.iter().enumerate() {
            let telling = self.characters.get(start + 1).map_or(first, |(_, second)| *second);
            let lengths = if is_dense(first) || is_dense(telling) { 1..=3 } else { 3..=5 };
            let mut hash = 0;
            for (offset, &(at, character)) in self.characters[start..].iter().enumerate() {
                hash = mixed(hash, u64::from(character));
                let length = offset + 1;
                if length > *lengths.end() {
                    break;
                }
                let is_bare_end = length == 1 && character == END;
                if lengths.contains(&length) && !is_bare_end {
                    let next = self.characters.get(start + length);
                    let end = next.map_or(at, |(next, _)| *next);
                    let span = self.characters[start].0..end;
                    see(Feature { name: named(hash, Kind::Piece), span });
                }
            }
        }
    }
}

/// Whether a character belongs to a word wherever it stands: letters, digits, and the signs that
/// write vowels and tones in scripts of India and South East Asia.
fn is_part_of_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    character.is_alphanumeric()
        || matches!(character,
            '\u{300}'..='\u{36f}' | '\u{900}'..='\u{963}' | '\u{966}'..='\u{dff}'
            | '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ece}' | '\u{1000}'..='\u{1049}'
            | '\u{1780}'..='\u{17d3}' | '\u{200c}')
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '\u{2018}' | '\u{2019}')
}

/// Whether one character says as much as several letters do: Thai, Lao, Myanmar and Khmer, which
/// put no space between words, and everything from the CJK radicals to the Hangul syllables.
fn is_dense(character: char) -> bool {
    matches!(character,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Mixes one more value into a hash; the constant is the multiplier of `SplitMix64`
/// (<https://prng.di.unimi.it/splitmix64.c>).
fn mixed(hash: u64, value: u64) -> u64 {
    let product = (hash.rotate_left(23) ^ value ^ 0x2545).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    product ^ (product >> 29)
}

fn named(hash: u64, kind: Kind) -> u64 {
    let kind = match kind {
        Kind::Word => 1,
        Kind::Pair => 2,
        Kind::Piece => 3,
    };
    // The vocabulary takes places from the upper half: mix once more.
    (mixed(hash, kind) & !3) | kind
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, wanted: Kind) -> Vec<&str> {
        let mut found = vec![];
        visit(text, |it| {
            if kind(it.name) == wanted {
                found.push(&text[it.span]);
            }
        });
        found
    }

    #[test]
    fn words_are_letters_digits_and_what_belongs_to_them() {
        #[track_caller]
        fn check(text: &str, expected: &[&str]) {
            assert_eq!(found(text, Kind::Word), expected);
        }
        check("Where's my order?", &["Where's", "my", "order"]);
        check("'quoted' and \u{2018}so\u{2019}", &["quoted", "and", "so"]);
        check("a_b c-d e.f", &["a", "b", "c", "d", "e", "f"]);
        check("मुझे रिफंड चाहिए।", &["मुझे", "रिफंड", "चाहिए"]);
        check("สวัสดีครับ", &["สวัสดีครับ"]);
        check("我要退款，谢谢", &["我要退款", "谢谢"]);
        check("😀 !!! …", &[]);
        check("", &[]);
    }

    #[test]
    fn pairs_reach_over_what_stands_between() {
        assert_eq!(found("no, not now", Kind::Pair), ["no, not", "not now"]);
        assert_eq!(found("no", Kind::Pair), [""; 0]);
    }

    #[test]
    fn pieces_are_longer_where_a_letter_says_less() {
        // Each may touch the ends of the word or not.
        assert_eq!(found("ab", Kind::Piece), ["ab", "ab", "ab"]);
        assert_eq!(found("abcd", Kind::Piece).iter().filter(|it| **it == "bcd").count(), 2);
        assert_eq!(found("退款", Kind::Piece).iter().filter(|it| **it == "款").count(), 2);
    }

    #[test]
    fn the_same_word_has_the_same_features_however_it_is_written() {
        #[track_caller]
        fn check(a: &str, b: &str, expected: bool) {
            assert_eq!(names(a) == names(b), expected, "{a:?} {b:?}");
        }
        check("REFUND", "refund!", true);
        check("pleaaaaase", "pleaase", true);
        check("please", "pleaase", false);
        check("don\u{2019}t", "don't", true);
        check("order 12345", "order 99", true);
        check("order 12345", "order 9", false);
        check("ÉTÉ", "été", true);
        check("not good", "good not", false);
        check("refund refund refund", "refund refund", true);
    }

    #[test]
    fn only_the_beginning_of_a_long_message_counts() {
        let long = "ab ".repeat(CHARACTERS_MAX);
        let mut last = 0;
        visit(&long, |it| last = it.span.end);
        assert_eq!(last, CHARACTERS_MAX);
    }

    proptest! {
        #[test]
        fn spans_are_of_the_message_and_names_carry_their_kind(text in any::<String>()) {
            visit(&text, |it| {
                assert!(text.get(it.span.clone()).is_some_and(|it| !it.is_empty()), "{it:?}");
                assert!(it.name & 3 != 0);
            });
            prop_assert!(names(&text).is_sorted());
        }
    }
}
