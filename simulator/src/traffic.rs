//! When people write: arrival processes.
//!
//! The load is open: an arrival is due when the process says so, whether or not the router kept
//! up with the one before.
//!
//! # Where the viral shape comes from
//!
//! No public data has the DMs of a viral video, but DMs follow attention, and how attention to a
//! post comes and goes is public. The model in [`Viral`] is
//!
//! ```text
//! rate(t) ∝ 0                                    before `onset`
//!           (t - onset) / (peak - onset)         until `peak`
//!           (1 + (t - peak) / relaxation)^-p     after it
//! ```
//!
//! Its defaults are fitted to 40 retweet cascades of [NII-Kobayashi/TiDeH] (MIT, commit 23bc22f),
//! each cut to its first two hours and counting as one however many events it has: a grid search
//! for the least sum of squared log ratios between the model's figures and the medians of the
//! data's. `tests/it/calibration.rs` measures the data again, prints both columns and fails if they drift
//! apart.
//!
//! | first two hours                   | median of the cascades | model |
//! | --------------------------------- | ---------------------: | ----: |
//! | share of the busiest 10 minutes   |                 42.3 % | 41.9 % |
//! | time to 10 % of the events        |                  106 s |  102 s |
//! | time to 25 %                      |                  264 s |  252 s |
//! | time to 50 %                      |                  884 s |  901 s |
//! | time to 75 %                      |                2 863 s | 2 704 s |
//! | time to 90 %                      |                5 045 s | 4 923 s |
//! | slope of the rate, 1 to 10 min    |                  -0.73 | -0.74 |
//! | slope of the rate, 10 to 60 min   |                  -0.76 | -0.89 |
//!
//! Fitted: onset 5 s, peak 80 s, relaxation 100 s, p = 0.9. The pooled data is busiest between 60
//! and 80 s. (Slopes are of log rate over log time, of all cascades pooled with equal weight. One
//! burst of the data is often several: a large account retells the post an hour later. The model
//! is the first burst alone, so its tail is a little steeper.)
//!
//! [NII-Kobayashi/TiDeH]: https://github.com/NII-Kobayashi/TiDeH

mod steady;
mod viral;

use rand::Rng;
use rand::RngExt;

pub use viral::Viral;

/// How arrivals are spread over time.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A video goes viral: quiet, a steep rise, a long power-law tail.
    Viral(Viral),
    /// As many in one minute as in the next, but for chance.
    Constant,
    /// At exactly these times, in microseconds.
    At(Vec<u64>),
}

/// How many arrivals there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Volume {
    /// Exactly so many.
    Count(u64),
    /// A Poisson process with so many per minute on average.
    PerMinute(f64),
}

/// An arrival process on a window of time that begins at 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// How arrivals are spread over the window.
    pub shape: Shape,
    /// How many there are. [`Shape::At`] says so itself.
    pub volume: Volume,
    /// How long people write, in microseconds.
    pub window_us: u64,
}

impl Arrivals {
    /// Draws the times, sorted, in microseconds since the start.
    #[must_use]
    pub fn due_times(&self, rng: &mut impl Rng) -> Vec<u64> {
        let mut times: Vec<u64> = match (&self.shape, self.volume) {
            (Shape::At(times), _) => times.clone(),
            (shape, Volume::Count(count)) => {
                (0..count).map(|_| self.at_share(shape, rng.random())).collect()
            }
            (shape, Volume::PerMinute(rate)) => {
                let shares = steady::poisson_shares(self.expected(rate), rng);
                shares.into_iter().map(|share| self.at_share(shape, share)).collect()
            }
        };
        times.sort_unstable();
        times
    }

    /// The expected number of arrivals per second at a moment, for a chart.
    ///
    /// A list of times has no rate; it is 0 everywhere.
    #[must_use]
    pub fn intensity(&self, at_us: u64) -> f64 {
        if at_us >= self.window_us {
            return 0.0;
        }
        let total = match self.volume {
            Volume::Count(count) => count as f64,
            Volume::PerMinute(rate) => self.expected(rate),
        };
        match &self.shape {
            Shape::Viral(viral) => total * viral.density(seconds(at_us), seconds(self.window_us)),
            Shape::Constant => total / seconds(self.window_us),
            Shape::At(_) => 0.0,
        }
    }

    fn expected(&self, per_minute: f64) -> f64 {
        per_minute * seconds(self.window_us) / 60.0
    }

    /// The moment by which this share of the arrivals is expected.
    fn at_share(&self, shape: &Shape, share: f64) -> u64 {
        let window = seconds(self.window_us);
        let at = match shape {
            Shape::Viral(viral) => viral.quantile(share, window),
            Shape::Constant | Shape::At(_) => share * window,
        };
        // `as` saturates; the cap keeps rounding from leaving the window.
        ((at * 1e6) as u64).min(self.window_us.saturating_sub(1))
    }
}

fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::randomness::Streams;
    use proptest::prelude::*;

    const HOUR: u64 = 3_600_000_000;

    fn arrivals(shape: Shape, volume: Volume) -> Arrivals {
        Arrivals { shape, volume, window_us: 2 * HOUR }
    }

    fn viral() -> Shape {
        Shape::Viral(Viral::default())
    }

    #[test]
    fn a_list_is_kept_and_sorted() {
        let mut rng = Streams::new(1).stream("arrivals");
        let list = arrivals(Shape::At(vec![5, 3, 5]), Volume::Count(3));
        assert_eq!(list.due_times(&mut rng), [3, 5, 5]);
    }

    #[test]
    fn a_rate_gives_about_that_many_evenly() {
        let mut rng = Streams::new(1).stream("arrivals");
        let times = arrivals(Shape::Constant, Volume::PerMinute(60.0)).due_times(&mut rng);
        assert!((6_900..7_500).contains(&times.len()), "{}", times.len());
        let first_half = times.iter().filter(|&&at| at < HOUR).count() as f64;
        assert!((first_half / times.len() as f64 - 0.5).abs() < 0.02);
    }

    #[test]
    fn the_intensity_adds_up_to_the_count() {
        for shape in [viral(), Shape::Constant] {
            let process = arrivals(shape, Volume::Count(5_000));
            let sum: f64 = (0..7_200).map(|s| process.intensity(s * 1_000_000 + 500_000)).sum();
            assert!((sum / 5_000.0 - 1.0).abs() < 0.001, "{sum}");
        }
    }

    #[test]
    fn arrivals_follow_the_intensity() {
        let process = arrivals(viral(), Volume::Count(20_000));
        let times = process.due_times(&mut Streams::new(3).stream("arrivals"));
        for minute in [2, 10, 60] {
            let from = minute * 60_000_000;
            let got = times.iter().filter(|at| (from..from + 60_000_000).contains(*at)).count();
            let expected: f64 =
                (0..60).map(|s| process.intensity(from + s * 1_000_000 + 500_000)).sum();
            let slack = 4.0 * expected.sqrt();
            assert!((got as f64 - expected).abs() < slack, "{minute}: {got} {expected}");
        }
    }

    proptest! {
        #[test]
        fn a_count_is_exact_and_within_the_window(
            count in 0_u64..500,
            seed: u64,
            is_viral: bool,
        ) {
            let shape = if is_viral { viral() } else { Shape::Constant };
            let process = arrivals(shape, Volume::Count(count));
            let times = process.due_times(&mut Streams::new(seed).stream("arrivals"));
            prop_assert_eq!(times.len() as u64, count);
            prop_assert!(times.is_sorted());
            prop_assert!(times.iter().all(|&at| at < process.window_us));
        }
    }
}
