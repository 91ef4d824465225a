//! Pairs of words that stand near each other.

use std::cell::OnceCell;
use std::ops::Range;

use super::hits::Hits;
use super::literal::{Message, Sighting};
use super::pattern::PatternId;

/// A pair that is looked for; its halves are looked for as words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) id: PatternId,
    pub(super) first: PatternId,
    pub(super) second: PatternId,
    pub(super) within: u32,
}

/// Finds pairs among the places of their halves, which are ordered by where they end.
pub(super) fn find(pairs: &[Pair], sightings: &[Sighting], message: &Message<'_>, hits: &mut Hits) {
    if sightings.is_empty() {
        return;
    }
    let halves = pairs.iter().map(|it| it.first.max(it.second).0 as usize + 1).max().unwrap_or(0);
    let mut places = vec![Vec::new(); halves];
    for sighting in sightings {
        places[sighting.half.0 as usize].push(sighting.stretch.clone());
    }
    let words = Words { message, before: OnceCell::new() };
    for pair in pairs {
        let (first, second) = (&places[pair.first.0 as usize], &places[pair.second.0 as usize]);
        let near = |one: &Range<usize>| {
            let partners = neighbours(one, second);
            let pair_up = |other: &Range<usize>| words.pair(one, other, pair.within);
            partners.into_iter().flatten().find_map(pair_up)
        };
        if let Some(stretch) = first.iter().find_map(near) {
            hits.add(pair.id, message.reading.span(&stretch));
        }
    }
}

/// The nearest place before and the nearest behind, given that all places are equally long and in
/// order.
fn neighbours<'p>(one: &Range<usize>, places: &'p [Range<usize>]) -> [Option<&'p Range<usize>>; 2] {
    let before = places.partition_point(|it| it.end <= one.start);
    let behind = places.partition_point(|it| it.start < one.end);
    [before.checked_sub(1).map(|it| &places[it]), places.get(behind)]
}

struct Words<'m> {
    message: &'m Message<'m>,
    /// For each unit, how many words start before it.
    before: OnceCell<Vec<u32>>,
}

impl Words<'_> {
    /// From the start of one to the end of the other, if so few words are between them.
    fn pair(&self, one: &Range<usize>, other: &Range<usize>, within: u32) -> Option<Range<usize>> {
        let (left, right) = if one.start < other.start { (one, other) } else { (other, one) };
        let before = self.before.get_or_init(|| self.count());
        let between = before[right.start] - before[left.end];
        (between <= within).then_some(left.start..right.end)
    }

    fn count(&self) -> Vec<u32> {
        let units = self.message.reading.units.len();
        let mut before = Vec::with_capacity(units + 1);
        let mut words = 0;
        for at in 0..units {
            before.push(words);
            words += u32::from(self.message.seams.starts_word(at));
        }
        before.push(words);
        before
    }
}
