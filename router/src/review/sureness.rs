//! How much can be believed of guesses that say how sure they are.

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::grid::{grid, percent, share};

/// The confidences at which guesses are looked at.
const AT_LEAST: [f32; 4] = [0.5, 0.7, 0.8, 0.9];

/// Guesses by their confidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sureness {
    cases: u64,
    /// For each confidence: how many were at least so sure, and how many of them right.
    at_least: [(u64, u64); AT_LEAST.len()],
}

/// What guesses are worth that are at least so sure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Worth {
    /// The least confidence, from 0 to 1.
    pub at_least: f32,
    /// The share of them that is right.
    pub precision: Option<f64>,
    /// Their share in all cases.
    pub coverage: Option<f64>,
}

impl Sureness {
    /// Counts a guess: how sure it was, `None` if nothing was guessed, and whether it was right.
    pub fn record(&mut self, confidence: Option<f32>, right: bool) {
        self.cases += 1;
        for (bound, (sure, sure_and_right)) in AT_LEAST.into_iter().zip(&mut self.at_least) {
            let counts = confidence.is_some_and(|confidence| confidence >= bound);
            *sure += u64::from(counts);
            *sure_and_right += u64::from(counts && right);
        }
    }

    /// What guesses are worth, by the least confidence.
    pub fn worth(&self) -> impl Iterator<Item = Worth> {
        AT_LEAST.into_iter().zip(self.at_least).map(|(at_least, (sure, right))| Worth {
            at_least,
            precision: share(right, sure),
            coverage: share(sure, self.cases),
        })
    }

    /// A table of it.
    #[must_use]
    pub fn table(&self) -> String {
        let headings = ["at least so sure", "precision", "coverage"].map(str::to_owned);
        let rows = self.worth().map(|it| {
            vec![format!("{:.1}", it.at_least), percent(it.precision), percent(it.coverage)]
        });
        grid(&headings, rows.collect())
    }
}

impl Serialize for Sureness {
    /// As a list of what guesses are worth.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(AT_LEAST.len()))?;
        for worth in self.worth() {
            list.serialize_element(&worth)?;
        }
        list.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_and_coverage_are_counted() {
        let mut it = Sureness::default();
        for (confidence, right) in
            [(Some(0.95), true), (Some(0.8), false), (Some(0.6), true), (None, false)]
        {
            it.record(confidence, right);
        }
        let worth: Vec<_> = it.worth().map(|it| (it.precision, it.coverage)).collect();
        assert_eq!(
            worth,
            [
                (Some(2.0 / 3.0), Some(0.75)),
                (Some(0.5), Some(0.5)),
                (Some(0.5), Some(0.5)),
                (Some(1.0), Some(0.25)),
            ]
        );
        assert!(
            it.table().ends_with("  0.9                 100.0 %    25.0 %\n"),
            "{}",
            it.table()
        );
    }
}
