//! What was found in one message.

use std::ops::Range;

use super::field::Field;
use super::pattern::PatternId;

/// Where patterns stand in one message: at most one hit, the first, for each pattern. All spans
/// are bytes of the original text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hits {
    /// In the order of their ids, once everything is found.
    found: Vec<(PatternId, Range<usize>)>,
    /// One bit for each pattern.
    bits: Vec<u64>,
    /// How much of the message was looked at.
    pub(crate) read: Range<usize>,
    /// Whether that is not all of it.
    pub(crate) truncated: bool,
    /// Hashtags, without `#`.
    pub(crate) hashtags: Vec<Field>,
    /// Handles of other accounts, without `@`.
    pub(crate) mentions: Vec<Field>,
    /// Hosts of links.
    pub(crate) links: Vec<Field>,
}

impl Hits {
    /// For so many patterns, nothing found yet.
    pub(super) fn new(patterns: usize) -> Self {
        Self { bits: vec![0; patterns.div_ceil(64)], ..Self::default() }
    }

    /// Where a pattern first stands, if anywhere.
    pub(crate) fn of(&self, pattern: PatternId) -> Option<Range<usize>> {
        let index = self.found.binary_search_by_key(&pattern, |hit| hit.0).ok()?;
        Some(self.found[index].1.clone())
    }

    /// Whether a pattern stands anywhere.
    pub(crate) fn is_hit(&self, pattern: PatternId) -> bool {
        let index = pattern.0 as usize;
        self.bits.get(index / 64).is_some_and(|bits| bits >> (index % 64) & 1 == 1)
    }

    /// All patterns that stand anywhere, in the order of their ids, each with where it first does.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (PatternId, &Range<usize>)> {
        self.found.iter().map(|(id, span)| (*id, span))
    }

    /// Notes the first hit of a pattern that has none yet.
    pub(super) fn add(&mut self, pattern: PatternId, span: Range<usize>) {
        debug_assert!(!self.is_hit(pattern));
        let index = pattern.0 as usize;
        self.bits[index / 64] |= 1 << (index % 64);
        self.found.push((pattern, span));
    }

    /// To be called when everything is found.
    pub(super) fn finish(&mut self) {
        self.found.sort_unstable_by_key(|hit| hit.0);
    }
}
