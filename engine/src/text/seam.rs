//! Where words begin and end.

use std::cell::OnceCell;
use std::ops::Range;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use super::letter::Family;
use super::reading::Reading;

/// How many letters make a word that may be found inside of a segment, see [`Seams::is_word`].
const LETTERS_MIN_HAN: usize = 2;
const LETTERS_MIN_SOUTHEAST: usize = 4;

/// What is between two neighbouring characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seam {
    Open,
    /// They are of one word.
    Closed,
    /// The script puts no spaces between words: a dictionary knows.
    Unspaced,
}

/// Tells words apart in one message. The dictionary is asked once, and only if it has to be.
pub(super) struct Seams<'m> {
    reading: &'m Reading,
    original: &'m str,
    /// The boundaries of segments in the original, ascending.
    segments: OnceCell<Vec<usize>>,
}

impl<'m> Seams<'m> {
    /// For a message and what was read of it.
    pub(super) fn new(reading: &'m Reading, original: &'m str) -> Self {
        Self { reading, original, segments: OnceCell::new() }
    }

    /// What is in front of the unit `at`. A word in Hangul carries its particles behind it
    /// (환불은 is 환불 with a topic marker), so that Hangul never closes the end of a word.
    fn seam(&self, at: usize, ends: bool) -> Seam {
        use Family::{EmojiJoiner, FlagFirst, FlagSecond, Han, Hangul, Hiragana};
        let units = &self.reading.units;
        let (Some(left), Some(right)) = (at.checked_sub(1).map(|it| units[it]), units.get(at))
        else {
            return Seam::Open;
        };
        if right.is_mark {
            return Seam::Closed;
        }
        match (left.family, right.family) {
            (_, Hangul) if ends => Seam::Open,
            (Family::Word, Family::Word)
            | (Family::Katakana, Family::Katakana)
            | (Hangul, Hangul)
            | (EmojiJoiner, _)
            | (_, EmojiJoiner)
            | (FlagFirst, FlagSecond) => Seam::Closed,
            // The dictionary is poor for Japanese, where particles and endings follow kanji:
            // there any stretch is as good as a word.
            (Han | Hiragana, Han | Hiragana) if self.reading.has_kana => Seam::Open,
            (Han, Han) | (Family::Southeast, Family::Southeast) => Seam::Unspaced,
            _ => Seam::Open,
        }
    }

    /// Whether a word begins with the unit `at`.
    pub(super) fn begins(&self, at: usize) -> bool {
        match self.seam(at, false) {
            Seam::Open => true,
            Seam::Closed => false,
            Seam::Unspaced => self.is_boundary(self.reading.units[at].start as usize),
        }
    }

    /// Whether the unit `at` is the first of a word, for counting words: `don't` is one.
    pub(super) fn starts_word(&self, at: usize) -> bool {
        let units = &self.reading.units;
        if !units[at].family.is_wordy() || !self.is_start_of_character(at) {
            return false;
        }
        let Some(before) = at.checked_sub(1) else { return true };
        if self.reading.text[before] == b'\'' {
            return !before.checked_sub(1).is_some_and(|it| units[it].family == Family::Word);
        }
        if units[before].family.is_unspaced() && units[at].family.is_unspaced() {
            return !units[at].is_mark && self.is_boundary(units[at].start as usize);
        }
        self.seam(at, false) == Seam::Open
    }

    fn is_start_of_character(&self, at: usize) -> bool {
        self.reading.text[at] & 0b1100_0000 != 0b1000_0000
    }

    /// Whether a hit is a word, or several.
    ///
    /// In Chinese, Thai and their like the segments of the dictionary decide. It joins what can
    /// be asked for by itself (多少钱 "how much money" has 多少 "how much"; 我想 "I want" takes the
    /// 想 of 想退款 "want a refund"), and missing a refund costs more than finding one too many:
    /// a hit also counts if it is a beginning or an end of one segment, or holds a whole segment,
    /// given that this much is not a mere syllable: two letters of Han, four of the others.
    pub(super) fn is_word(&self, hit: &Range<usize>) -> bool {
        let (start, end) = (self.seam(hit.start, false), self.seam(hit.end, true));
        match (start, end) {
            (Seam::Open, Seam::Open) => true,
            (Seam::Closed, _) | (_, Seam::Closed) => false,
            _ => self.is_segmented(hit, start == Seam::Open, end == Seam::Open),
        }
    }

    fn is_segmented(&self, hit: &Range<usize>, opens: bool, closes: bool) -> bool {
        let span = self.reading.span(hit);
        let opens = opens || self.is_boundary(span.start);
        let closes = closes || self.is_boundary(span.end);
        if opens && closes {
            return true;
        }
        let boundaries = self.boundaries_within(&span);
        let has_whole = boundaries.windows(2).any(|it| self.is_long(it[0]..it[1]));
        let is_one = boundaries.iter().all(|it| *it == span.start || *it == span.end);
        has_whole || (is_one && (opens || closes) && self.is_long(span))
    }

    /// Whether a stretch of the original is more than a syllable.
    fn is_long(&self, span: Range<usize>) -> bool {
        let mut letters = self.original[span].chars().filter(|it| it.is_alphanumeric());
        let Some(first) = letters.next() else { return false };
        let is_han = super::letter::family(first, Family::Sign).0 == Family::Han;
        let least = if is_han { LETTERS_MIN_HAN } else { LETTERS_MIN_SOUTHEAST };
        letters.count() + 1 >= least
    }

    fn is_boundary(&self, at: usize) -> bool {
        self.segments().binary_search(&at).is_ok()
    }

    /// The boundaries from the start to the end of a span, both included.
    fn boundaries_within(&self, span: &Range<usize>) -> &[usize] {
        let segments = self.segments();
        let first = segments.partition_point(|it| *it < span.start);
        let behind = segments.partition_point(|it| *it <= span.end);
        &segments[first..behind]
    }

    fn segments(&self) -> &[usize] {
        self.segments.get_or_init(|| {
            let segmenter: WordSegmenterBorrowed<'static> =
                WordSegmenter::new_dictionary(Default::default());
            segmenter.segment_str(self.original).collect()
        })
    }
}
