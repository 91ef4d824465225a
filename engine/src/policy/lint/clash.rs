//! Facts that cannot be true together.
//!
//! Facts about different things never clash. Of those about one thing it is asked whether any value
//! passes all of them; where values are too many, those at and between the bounds stand for all.

mod contact;
mod guess;
mod moment;
mod words;

use super::branch::Fact;
use super::wordbook::Wordbook;
use crate::condition::{Bounds, Test};
use crate::policy::Policy;

/// What the facts that clash are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clash {
    Words,
    Marks,
    Language,
    Topic,
    Attribute,
    Listed,
    Contact,
    Attachment,
    Messages,
    Teams,
    Queue,
    Weekday,
    Time,
    Share,
}

impl Clash {
    /// What a rule asks for that clashes in itself.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words that it also rules out",
            Self::Marks => "hashtags, handles or links that it also rules out",
            Self::Language => "languages that exclude each other",
            Self::Topic => "topics that exclude each other",
            Self::Attribute => "values of an attribute that exclude each other",
            Self::Listed => "countries, regions or tags that exclude each other",
            Self::Contact => "a contact who is new and known",
            Self::Attachment => "attachments that exclude each other",
            Self::Messages => "numbers of messages that exclude each other",
            Self::Teams => "teams that are open and closed at once",
            Self::Queue => "queues that exclude each other",
            Self::Weekday => "days that exclude each other",
            Self::Time => "times that exclude each other",
            Self::Share => "a share of the contacts that nobody is in",
        }
    }
}

/// A test other than of words and queues, and whether it passes.
type Tested<'c> = (&'c Test, bool);

/// What the facts disagree about, if they do.
pub(super) fn find(facts: &[Fact<'_>], policy: &Policy, book: &Wordbook<'_>) -> Option<Clash> {
    if words::clash(facts, book) {
        return Some(Clash::Words);
    }
    let tested: Vec<Tested<'_>> = facts.iter().filter_map(|fact| fact.tested()).collect();
    if !tested.is_empty() {
        let clash = guess::clash(&tested)
            .or_else(|| contact::clash(&tested))
            .or_else(|| moment::clash(&tested, policy))
            .or_else(|| words::marks_clash(&tested).then_some(Clash::Marks));
        if clash.is_some() {
            return clash;
        }
    }
    moment::queues_clash(facts).then_some(Clash::Queue)
}

impl<'c> Fact<'c> {
    fn tested(&self) -> Option<Tested<'c>> {
        match self {
            Self::Test(test, holds) => Some((test, *holds)),
            _ => None,
        }
    }
}

/// Whether no whole number from 0 to `u32::MAX` lies within the bounds that hold and beyond those
/// that do not.
fn no_whole_number(bounds: &[(Bounds, bool)]) -> bool {
    let most = f64::from(u32::MAX);
    let mut tried = vec![0.0, most];
    for bound in bounds.iter().flat_map(|(it, _)| limits(it)).filter(|it| it.abs() < 1e12) {
        let whole = bound.floor();
        tried.extend([whole - 1.0, whole, whole + 1.0, whole + 2.0]);
    }
    tried.retain(|it| (0.0..=most).contains(it));
    none_passes(&tried, bounds)
}

/// Whether no number lies within the bounds that hold and beyond those that do not.
fn no_number(bounds: &[(Bounds, bool)]) -> bool {
    let mut tried: Vec<f64> = bounds.iter().flat_map(|(it, _)| limits(it)).collect();
    if !tried.iter().all(|it| it.is_finite()) {
        return false;
    }
    tried.sort_unstable_by(f64::total_cmp);
    let between: Vec<f64> = tried.windows(2).map(|it| it[0] / 2.0 + it[1] / 2.0).collect();
    tried.extend(between);
    tried.extend([f64::NEG_INFINITY, f64::INFINITY]);
    none_passes(&tried, bounds)
}

fn none_passes(tried: &[f64], bounds: &[(Bounds, bool)]) -> bool {
    !tried.iter().any(|number| bounds.iter().all(|(it, holds)| it.hold(*number) == *holds))
}

fn limits(it: &Bounds) -> impl Iterator<Item = f64> + use<> {
    [it.at_least, it.at_most, it.more_than, it.less_than].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_least(number: f64) -> Bounds {
        Bounds { at_least: Some(number), ..Bounds::default() }
    }

    #[test]
    fn numbers_at_and_between_the_bounds_stand_for_all() {
        let check = |bounds: &[(Bounds, bool)], whole: bool, any: bool| {
            assert_eq!((no_whole_number(bounds), no_number(bounds)), (whole, any), "{bounds:?}");
        };
        let between =
            |low, high| Bounds { more_than: Some(low), less_than: Some(high), ..Bounds::default() };
        check(&[(at_least(3.0), true)], false, false);
        check(&[(at_least(3.0), true), (at_least(5.0), false)], false, false);
        check(&[(at_least(5.0), true), (at_least(3.0), false)], true, true);
        check(&[(at_least(3.0), true), (at_least(3.0), false)], true, true);
        check(&[(between(3.0, 4.0), true)], true, false);
        check(&[(between(3.0, 5.0), true), (Bounds::exactly(4.0), false)], true, false);
        check(&[(between(-2.0, -1.0), true)], true, false);
        check(&[(at_least(0.0), false)], true, false);
    }
}
