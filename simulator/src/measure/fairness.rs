//! How evenly conversations are spread over teammates.
//!
//! A high Jain's index proves little: whoever assigns at random with `m` conversations per
//! teammate scores about `1 / (1 + 1/m)`, which is 0.96 for 25. So the index stands beside that of
//! a random assigner who had the same conversations and the same choice each time.

use rand::{Rng, RngExt};
use serde::Serialize;

/// How the work of a team was shared between its people. Nothing where there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sharing {
    /// The conversations that each was given.
    pub conversations: Option<Fairness>,
    /// The time that each worked, in microseconds: of conversations side by side, each counts.
    pub busy_time: Option<Fairness>,
    /// How many came at once: see [`burst`].
    pub burst: Option<u64>,
}

/// How evenly something is spread over people: conversations, or time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Fairness {
    /// How many people.
    pub people: usize,
    /// How much they had together.
    pub total: u64,
    /// The fewest that somebody had.
    pub min: u64,
    /// The most that somebody had.
    pub max: u64,
    /// Jain's index, `(Σx)² / (n Σx²)`: 1 if all had the same, `1/n` if one had all.
    pub jain: f64,
    /// Gini's coefficient: 0 if all had the same, `1 - 1/n` if one had all.
    pub gini: f64,
    /// The most against the mean: 1 if all had the same, `n` if one had all.
    pub max_over_mean: f64,
}

impl Fairness {
    /// Of these counts, one for each person; nothing if there are no people or they had nothing.
    #[must_use]
    pub fn of(counts: &[u64]) -> Option<Self> {
        let total: u64 = counts.iter().sum();
        let (min, max) = (*counts.iter().min()?, *counts.iter().max()?);
        if total == 0 {
            return None;
        }
        let (n, sum) = (counts.len() as f64, total as f64);
        let squares: f64 = counts.iter().map(|&x| x as f64 * x as f64).sum();
        Some(Self {
            people: counts.len(),
            total,
            min,
            max,
            jain: sum * sum / (n * squares),
            gini: gini(counts, sum),
            max_over_mean: max as f64 * n / sum,
        })
    }
}

fn gini(counts: &[u64], sum: f64) -> f64 {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let n = counts.len() as f64;
    let ranked: f64 = sorted.iter().zip(1_u32..).map(|(&x, rank)| f64::from(rank) * x as f64).sum();
    2.0 * ranked / (n * sum) - (n + 1.0) / n
}

/// The most that one of `people` got among as many assignments in a row as there are people; nothing
/// if there were none. `order` names who got each, numbered from 0. In turn it is 1, or 2 where
/// somebody was full or away in between.
///
/// # Panics
///
/// If somebody is not among the people.
#[must_use]
pub fn burst(order: &[usize], people: usize) -> Option<u64> {
    let mut within = vec![0_u64; people];
    let mut most = None;
    for (at, &who) in order.iter().enumerate() {
        if let Some(gone) = at.checked_sub(people) {
            within[order[gone]] -= 1;
        }
        within[who] += 1;
        most = most.max(Some(within[who]));
    }
    most
}

/// What Jain's index of a random assigner is about, with this many conversations per person.
#[must_use]
pub fn expected_random_jain(mean: f64) -> f64 {
    1.0 / (1.0 + 1.0 / mean)
}

/// Shadows the router: given each time whom it could choose from, chooses at random.
#[derive(Clone, Debug)]
pub struct RandomAssigner<R> {
    counts: Vec<u64>,
    /// Who got each conversation.
    order: Vec<usize>,
    rng: R,
}

impl<R: Rng> RandomAssigner<R> {
    /// For people numbered from 0.
    #[must_use]
    pub fn new(people: usize, rng: R) -> Self {
        Self { counts: vec![0; people], order: Vec::new(), rng }
    }

    /// Gives one conversation to one of the eligible, if there are any.
    ///
    /// # Panics
    ///
    /// If somebody eligible is not among the people.
    pub fn assign(&mut self, eligible: &[usize]) -> Option<usize> {
        if eligible.is_empty() {
            return None;
        }
        let chosen = eligible[self.rng.random_range(0..eligible.len() as u64) as usize];
        self.counts[chosen] += 1;
        self.order.push(chosen);
        Some(chosen)
    }

    /// Gives `total` conversations to people who are all eligible every time.
    pub fn assign_to_anyone(&mut self, total: u64) {
        let everybody: Vec<usize> = (0..self.counts.len()).collect();
        for _ in 0..total {
            self.assign(&everybody);
        }
    }

    /// How fair chance was.
    #[must_use]
    pub fn fairness(&self) -> Option<Fairness> {
        Fairness::of(&self.counts)
    }

    /// How much chance gave to one at once: see [`burst`].
    #[must_use]
    pub fn burst(&self) -> Option<u64> {
        burst(&self.order, self.counts.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::Streams;
    use proptest::prelude::*;

    #[test]
    fn known_values() {
        // counts, Jain, Gini, max/mean: by hand.
        let table: [(&[u64], f64, f64, f64); 6] = [
            (&[5, 5, 5, 5], 1.0, 0.0, 1.0),
            (&[20, 0, 0, 0], 0.25, 0.75, 4.0),
            (&[1, 1, 0, 0], 0.5, 0.5, 2.0),
            (&[1, 2, 3, 4], 100.0 / 120.0, 0.25, 1.6),
            (&[1, 3], 0.8, 0.25, 1.5),
            (&[7], 1.0, 0.0, 1.0),
        ];
        for (counts, jain, gini, max_over_mean) in table {
            let got = Fairness::of(counts).unwrap();
            assert!((got.jain - jain).abs() < 1e-12, "{counts:?} {got:?}");
            assert!((got.gini - gini).abs() < 1e-12, "{counts:?} {got:?}");
            assert!((got.max_over_mean - max_over_mean).abs() < 1e-12, "{counts:?} {got:?}");
        }
        assert_eq!(Fairness::of(&[]), None);
        assert_eq!(Fairness::of(&[0, 0]), None);
    }

    #[test]
    fn a_burst_is_the_most_for_one_among_as_many_as_there_are_people() {
        #[track_caller]
        fn check(order: &[usize], people: usize, expected: Option<u64>) {
            assert_eq!(burst(order, people), expected, "{order:?}");
        }
        check(&[], 3, None);
        check(&[0], 3, Some(1));
        check(&[0, 1, 2, 0, 1, 2, 0, 1, 2], 3, Some(1));
        check(&[0, 1, 2, 1, 0, 2], 3, Some(2));
        check(&[0, 0, 1, 2, 0, 0, 1, 2], 3, Some(2));
        check(&[0, 1, 2, 0, 0, 0, 1, 2], 3, Some(3));
        check(&[0, 0, 0, 0], 1, Some(1));
        check(&[1, 1], 3, Some(2));
    }

    #[test]
    fn chance_scores_what_the_formula_says() {
        for (mean, expected) in [(10.0, 0.91), (25.0, 0.96), (100.0, 0.99)] {
            assert!((expected_random_jain(mean) - expected).abs() < 0.005);
            let runs = 40;
            let sum: f64 = (0..runs)
                .map(|run| {
                    let rng = Streams::new(1).keyed("random_assigner", run);
                    let mut chance = RandomAssigner::new(20, rng);
                    chance.assign_to_anyone(20 * mean as u64);
                    chance.fairness().unwrap().jain
                })
                .sum();
            let got = sum / runs as f64;
            assert!((got - expected_random_jain(mean)).abs() < 0.01, "{mean}: {got}");
        }
    }

    #[test]
    fn chance_chooses_among_the_eligible_only() {
        let mut chance = RandomAssigner::new(3, Streams::new(1).stream("test"));
        for _ in 0..50 {
            assert_ne!(chance.assign(&[0, 2]), Some(1));
        }
        assert_eq!(chance.assign(&[]), None);
        assert_eq!(chance.fairness().unwrap().total, 50);
        assert_eq!(chance.burst(), Some(3), "of two, one gets three in a row some time");
    }

    proptest! {
        #[test]
        fn indices_stay_within_their_bounds(counts in prop::collection::vec(0_u64..1_000, 1..30)) {
            if let Some(fairness) = Fairness::of(&counts) {
                let n = counts.len() as f64;
                prop_assert!((1.0 / n - 1e-9..=1.0 + 1e-9).contains(&fairness.jain));
                prop_assert!((-1e-9..=1.0 - 1.0 / n + 1e-9).contains(&fairness.gini));
                prop_assert!((1.0 - 1e-9..=n + 1e-9).contains(&fairness.max_over_mean));
            }
        }
    }
}
