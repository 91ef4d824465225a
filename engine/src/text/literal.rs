//! Words and other literal patterns, all in one automaton.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use super::hits::Hits;
use super::letter::Family;
use super::pattern::PatternId;
use super::reading::{Reading, Unit};
use super::seam::Seams;

/// Up to this many bytes of literals the automaton is a DFA: about 1 MB for 4 KB of keywords,
/// and 2.4 times as fast as an NFA on short messages. Beyond, memory grows faster than speed.
const DFA_BYTES_MAX: usize = 8 * 1024;

/// How a literal has to stand in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Word,
    Prefix,
    Contains,
    StartsWith,
    Exact,
    /// A word of which every place matters; the id is that of the half of a pair.
    Everywhere,
}

/// A literal that is looked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Literal {
    /// How long the runs of its letters are, for each byte.
    runs: Box<[u8]>,
    place: Place,
    target: PatternId,
}

/// Literals that are the same but for the lengths of runs share one needle.
#[derive(Clone, Debug, Default)]
pub(super) struct LiteralsBuilder {
    needles: BTreeMap<Vec<u8>, Vec<Literal>>,
}

/// All literals, ready to be looked for together.
#[derive(Clone, Debug)]
pub(super) struct Literals {
    automaton: AhoCorasick,
    /// For each needle of the automaton.
    needles: Vec<Needle>,
}

#[derive(Clone, Debug)]
struct Needle {
    /// Bytes of its first and its last character.
    head: usize,
    tail: usize,
    literals: Vec<Literal>,
}

/// One place of a half of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub(super) half: PatternId,
    /// Units of the reading.
    pub(super) stretch: Range<usize>,
}

impl LiteralsBuilder {
    /// Adds a stretch of a reading, which is not empty and has no space at its ends.
    pub(super) fn add(
        &mut self,
        reading: &Reading,
        stretch: Range<usize>,
        place: Place,
        target: PatternId,
    ) {
        let runs = reading.units[stretch.clone()].iter().map(|unit| unit.run).collect();
        let literals = self.needles.entry(reading.text[stretch].to_vec()).or_default();
        literals.push(Literal { runs, place, target });
    }

    /// Makes the automaton. Fails if there is more than it can hold.
    pub(super) fn build(self) -> Result<Literals, BuildError> {
        let bytes: usize = self.needles.keys().map(Vec::len).sum();
        let kind = if bytes <= DFA_BYTES_MAX {
            AhoCorasickKind::DFA
        } else {
            AhoCorasickKind::ContiguousNFA
        };
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(kind))
            .build(self.needles.keys())?;
        let needle = |(text, literals): (Vec<u8>, Vec<Literal>)| {
            let text = std::str::from_utf8(&text).expect("cut between letters");
            let mut widths = text.chars().map(char::len_utf8);
            let head = widths.next().expect("a literal is not empty");
            Needle { head, tail: widths.next_back().unwrap_or(head), literals }
        };
        Ok(Literals { automaton, needles: self.needles.into_iter().map(needle).collect() })
    }
}

impl Literals {
    /// Looks for everything at once. Returns all places of halves of pairs, by where they end.
    pub(super) fn find(&self, message: &Message<'_>, hits: &mut Hits) -> Vec<Sighting> {
        let mut sightings = Vec::new();
        for hit in self.automaton.find_overlapping_iter(&message.reading.text) {
            let needle = &self.needles[hit.pattern().as_usize()];
            let stretch = hit.range();
            for literal in &needle.literals {
                let everywhere = literal.place == Place::Everywhere;
                if !everywhere && hits.is_hit(literal.target) {
                    continue;
                }
                if !message.holds(needle, literal, &stretch) {
                    continue;
                }
                if everywhere {
                    let half = literal.target;
                    sightings.push(Sighting { half, stretch: stretch.clone() });
                } else {
                    hits.add(literal.target, message.reading.span(&stretch));
                }
            }
        }
        sightings
    }
}

/// What is asked of one message.
pub(super) struct Message<'m> {
    pub(super) reading: &'m Reading,
    pub(super) seams: &'m Seams<'m>,
    /// From the first to the last unit that is of a word; empty at the end if there is none.
    words: Range<usize>,
    /// The first unit that is not white space.
    said: usize,
}

impl<'m> Message<'m> {
    /// For what was read.
    pub(super) fn new(reading: &'m Reading, seams: &'m Seams<'m>) -> Self {
        let is_wordy = |unit: &Unit| unit.family.is_wordy();
        let end = reading.units.len();
        let start = reading.units.iter().position(is_wordy).unwrap_or(end);
        let end = reading.units.iter().rposition(is_wordy).map_or(end, |last| last + 1);
        let said = reading.units.iter().position(|unit| unit.family != Family::Gap).unwrap_or(end);
        Self { reading, seams, words: start..end, said }
    }

    fn holds(&self, needle: &Needle, literal: &Literal, stretch: &Range<usize>) -> bool {
        match literal.place {
            Place::Word | Place::Everywhere => {
                self.seams.is_word(stretch) && self.agrees(needle, literal, stretch, false, false)
            }
            Place::Prefix => {
                self.seams.begins(stretch.start)
                    && self.agrees(needle, literal, stretch, false, true)
            }
            Place::Contains => self.agrees(needle, literal, stretch, true, true),
            Place::StartsWith => {
                self.is_first(stretch)
                    && self.seams.is_word(stretch)
                    && self.agrees(needle, literal, stretch, false, false)
            }
            Place::Exact => {
                self.is_alone(stretch) && self.agrees(needle, literal, stretch, false, false)
            }
        }
    }

    /// Whether runs are as long as they have to be: letter by letter, or a stretched one of three
    /// or more for anything shorter. At a loose end the word may go on with the same letter.
    fn agrees(
        &self,
        needle: &Needle,
        literal: &Literal,
        stretch: &Range<usize>,
        loose_start: bool,
        loose_end: bool,
    ) -> bool {
        let units = &self.reading.units[stretch.clone()];
        let last = units.len() - 1;
        // Words without spaces between them may meet in the same letter.
        let loose_head = if loose_start || units[0].family.is_unspaced() { needle.head } else { 0 };
        let loose_tail =
            if loose_end || units[last].family.is_unspaced() { needle.tail } else { 0 };
        units.iter().zip(&literal.runs).enumerate().all(|(at, (unit, wanted))| {
            let is_loose = at < loose_head || at + loose_tail > last;
            unit.run == *wanted || (unit.run > *wanted && (unit.run >= 3 || is_loose))
        })
    }

    /// Whether nothing but punctuation, white space and emoji stands before.
    fn is_first(&self, stretch: &Range<usize>) -> bool {
        let before = if self.has_words(stretch) { self.words.start } else { self.said };
        stretch.start <= before
    }

    /// Whether nothing but punctuation, white space and emoji stands around; around something
    /// that has no words itself, nothing but more of it.
    fn is_alone(&self, stretch: &Range<usize>) -> bool {
        if self.has_words(stretch) {
            return stretch.start <= self.words.start && self.words.end <= stretch.end;
        }
        if stretch.start > self.said {
            return false;
        }
        let sign = &self.reading.text[stretch.clone()];
        let mut rest = self.reading.text.as_slice();
        while let Some(after) = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(sign)) {
            rest = after;
        }
        rest.is_empty()
    }

    fn has_words(&self, stretch: &Range<usize>) -> bool {
        self.words.start < stretch.end && stretch.start < self.words.end
    }
}
