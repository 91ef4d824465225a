//! How long something takes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::length::Length;

/// A distribution of lengths of time. What it gives is never longer than an hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Latency {
    /// Always this.
    Fixed(Length),
    /// Between the two, each as likely.
    Uniform(Length, Length),
    /// Lognormal, as latencies are: half of them below the median, one in a hundred above `p99`.
    Lognormal {
        /// The median.
        median: Length,
        /// The 99th percentile; or give `sigma`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        p99: Option<Length>,
        /// The standard deviation of the logarithm; or give `p99`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sigma: Option<f64>,
    },
}

/// The longest that anything takes: an hour.
pub(super) const LONGEST: Duration = Duration::from_secs(3_600);

/// The 99th percentile of the standard normal distribution.
const Z99: f64 = 2.326_347_874_040_841;

impl Latency {
    pub(super) fn draw(&self, dice: &mut Dice) -> Duration {
        let drawn = match *self {
            Self::Fixed(Length(length)) => length,
            Self::Uniform(Length(from), Length(to)) => {
                from + to.saturating_sub(from).mul_f64(dice.share())
            }
            Self::Lognormal { median, .. } => {
                let factor = libm::exp(self.sigma() * dice.normal());
                Duration::try_from_secs_f64(median.0.as_secs_f64() * factor).unwrap_or(LONGEST)
            }
        };
        drawn.min(LONGEST)
    }

    fn sigma(&self) -> f64 {
        match *self {
            Self::Lognormal { sigma: Some(sigma), .. } => sigma,
            Self::Lognormal { median, p99: Some(p99), .. } => {
                libm::log(p99.0.as_secs_f64() / median.0.as_secs_f64()) / Z99
            }
            _ => 0.0,
        }
    }

    /// What is wrong with it, and what would be right.
    pub(super) fn problem(&self) -> Option<String> {
        let too_long = format!("must not be longer than {}", Length(LONGEST));
        match *self {
            Self::Fixed(length) => (length.0 > LONGEST).then_some(too_long),
            Self::Uniform(from, to) if from > to => Some("the shorter length comes first".into()),
            Self::Uniform(_, to) => (to.0 > LONGEST).then_some(too_long),
            Self::Lognormal { median, p99, sigma } => match (p99, sigma) {
                _ if median.0.is_zero() => Some("`median` must be above 0".into()),
                _ if median.0 > LONGEST => Some(too_long),
                (Some(p99), None) if p99 < median => Some("`p99` is at least the median".into()),
                (None, Some(sigma)) if !(0.0..=10.0).contains(&sigma) => {
                    Some("`sigma` must be between 0 and 10".into())
                }
                (Some(_), None) | (None, Some(_)) => None,
                _ => Some("give either `p99` or `sigma`".into()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn millis(millis: u64) -> Length {
        Length(Duration::from_millis(millis))
    }

    /// The k-th permille of ten thousand draws, in milliseconds.
    fn quantile(latency: Latency, permille: usize) -> f64 {
        let mut drawn: Vec<Duration> =
            (0..10_000).map(|nth| latency.draw(&mut Dice::new(1, 2, 3, nth))).collect();
        drawn.sort();
        drawn[permille * 10].as_secs_f64() * 1e3
    }

    #[test]
    fn draws_have_the_distribution_that_was_asked_for() {
        let check = |latency, permille, expected: f64| {
            let found = quantile(latency, permille);
            let close = (found - expected).abs() <= expected * 0.12;
            assert!(close, "{latency:?} at {permille}: {found}, not {expected}");
        };
        check(Latency::Fixed(millis(80)), 1, 80.0);
        check(Latency::Fixed(millis(80)), 999, 80.0);
        check(Latency::Uniform(millis(100), millis(200)), 500, 150.0);
        check(Latency::Uniform(millis(100), millis(200)), 990, 199.0);
        let by_p99 =
            Latency::Lognormal { median: millis(80), p99: Some(millis(2_000)), sigma: None };
        check(by_p99, 500, 80.0);
        check(by_p99, 990, 2_000.0);
        let by_sigma = Latency::Lognormal { median: millis(80), p99: None, sigma: Some(0.5) };
        check(by_sigma, 500, 80.0);
        check(by_sigma, 841, 80.0 * 0.5_f64.exp());
    }
}
