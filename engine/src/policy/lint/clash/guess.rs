//! Facts about the language and the topic, of which there is one each, with one confidence.

use super::{Clash, Tested};
use crate::condition::{Test, speaks};

/// What is guessed: one of these, and how sure.
struct Guessed<T> {
    any: Vec<T>,
    at_least: Option<f64>,
    holds: bool,
}

/// Whether there is no such language, or no such topic.
pub(super) fn clash(tested: &[Tested<'_>]) -> Option<Clash> {
    let languages: Vec<Guessed<&str>> = tested
        .iter()
        .filter_map(|(test, holds)| match test {
            Test::Language(it) => {
                let any = it.any.iter().map(|tag| &**tag).collect();
                Some(Guessed { any, at_least: it.at_least, holds: *holds })
            }
            _ => None,
        })
        .collect();
    if nothing_fits(&languages, speaks) {
        return Some(Clash::Language);
    }
    let topics: Vec<Guessed<usize>> = tested
        .iter()
        .filter_map(|(test, holds)| match test {
            Test::Topic(it) => {
                let any = it.any.iter().map(|(topic, _)| *topic).collect();
                Some(Guessed { any, at_least: Some(it.at_least), holds: *holds })
            }
            _ => None,
        })
        .collect();
    nothing_fits(&topics, |actual, wanted| actual == wanted).then_some(Clash::Topic)
}

/// `is_a` tells whether whatever is the first is the second as well.
fn nothing_fits<T: Copy>(all: &[Guessed<T>], is_a: impl Fn(T, T) -> bool) -> bool {
    let mut wanted = all.iter().filter(|it| it.holds);
    let Some(first) = wanted.next() else { return false };
    let mut candidates = first.any.clone();
    let mut sure = first.at_least.unwrap_or(0.0);
    for next in wanted {
        // What is both is the narrower of the two, if one is a part of the other.
        let both = |one: T| {
            let narrower = |other: &T| {
                if is_a(one, *other) { Some(one) } else { is_a(*other, one).then_some(*other) }
            };
            next.any.iter().filter_map(narrower).collect::<Vec<T>>()
        };
        candidates = candidates.into_iter().flat_map(both).collect();
        sure = sure.max(next.at_least.unwrap_or(0.0));
    }
    let unwanted = |candidate: &T| {
        let mut out = all.iter().filter(|it| !it.holds && it.at_least.unwrap_or(0.0) <= sure);
        out.any(|it| it.any.iter().any(|other| is_a(*candidate, *other)))
    };
    candidates.iter().all(unwanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(all: &[(&[&str], f64, bool)], expected: bool) {
        let all: Vec<Guessed<&str>> = all
            .iter()
            .map(|(any, bound, holds)| {
                let at_least = (*bound > 0.0).then_some(*bound);
                Guessed { any: any.to_vec(), at_least, holds: *holds }
            })
            .collect();
        assert_eq!(nothing_fits(&all, speaks), expected);
    }

    #[test]
    fn nobody_writes_two_languages_at_once() {
        check(&[(&["es"], 0.0, true), (&["fr"], 0.0, true)], true);
        check(&[(&["es", "fr"], 0.0, true), (&["fr"], 0.0, true)], false);
        check(&[(&["es", "pt"], 0.0, true), (&["pt-br"], 0.0, true)], false);
        check(&[(&["pt-br"], 0.0, true), (&["pt-pt"], 0.0, true)], true);
    }

    #[test]
    fn a_region_is_part_of_its_language() {
        check(&[(&["pt-br"], 0.0, true), (&["pt"], 0.0, false)], true);
        check(&[(&["pt"], 0.0, true), (&["pt-br"], 0.0, false)], false);
        check(&[(&["pt", "es"], 0.0, true), (&["pt"], 0.0, false)], false);
        check(&[(&["pt", "es"], 0.0, true), (&["pt"], 0.0, false), (&["es"], 0.0, false)], true);
    }

    #[test]
    fn less_sure_is_more() {
        check(&[(&["es"], 0.9, true), (&["es"], 0.5, false)], true);
        check(&[(&["es"], 0.5, true), (&["es"], 0.9, false)], false);
        check(&[(&["es"], 0.0, false)], false);
    }
}
