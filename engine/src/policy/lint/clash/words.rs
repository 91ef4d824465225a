//! Facts about what stands in the message.

use super::super::branch::Fact;
use super::super::wordbook::Wordbook;
use super::Tested;
use crate::condition::{MarkKind, MarkTest, Test};
use crate::text::PatternId;

/// Whether of the words of which one is there each has a word that is not there.
pub(super) fn clash(facts: &[Fact<'_>], book: &Wordbook<'_>) -> bool {
    let mut missing = Missing(Vec::new());
    for fact in facts {
        if let Fact::NoHit(patterns) = fact {
            patterns.iter().for_each(|it| missing.add(it.id, book.len));
        }
    }
    if missing.0.is_empty() {
        return false;
    }
    let is_out = |id: PatternId| book.implied(id).iter().any(|it| missing.has(*it));
    facts.iter().any(|fact| match fact {
        Fact::Hit(patterns) => patterns.iter().all(|it| is_out(it.id)),
        _ => false,
    })
}

/// Patterns that are not there: one bit for each.
struct Missing(Vec<u64>);

impl Missing {
    fn add(&mut self, id: PatternId, len: usize) {
        if self.0.is_empty() {
            self.0.resize(len.div_ceil(64), 0);
        }
        self.0[id.0 as usize / 64] |= 1 << (id.0 % 64);
    }

    fn has(&self, id: PatternId) -> bool {
        self.0[id.0 as usize / 64] >> (id.0 % 64) & 1 == 1
    }
}

/// Whether of the hashtags, handles or links of which one is there none may be.
pub(super) fn marks_clash(tested: &[Tested<'_>]) -> bool {
    let marks = |holds: bool| {
        tested.iter().filter(move |it| it.1 == holds).filter_map(|it| match it.0 {
            Test::Mark(test) => Some(test),
            _ => None,
        })
    };
    marks(true).any(|wanted| {
        let unwanted = || marks(false).filter(|it| it.kind == wanted.kind);
        wanted.any.iter().all(|it| unwanted().any(|other| covers(other, it)))
    })
}

/// Whether whatever fits `name` fits the test. Only any link at all is as much as any link.
fn covers(test: &MarkTest, name: &str) -> bool {
    let is_any = test.kind == MarkKind::Link && name == "any";
    test.any.iter().any(|it| if is_any { **it == *name } else { test.fits(name, it) })
}
