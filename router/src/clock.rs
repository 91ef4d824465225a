//! The one place that reads a clock.
//!
//! Everything else is given a [`Timestamp`], or asks a [`Clock`] that it was given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use engine::Timestamp;
use tokio::time::Instant;

/// The longest that one sleep lasts before the clock is read again, so that a step of the
/// system's clock is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Tells the time, strictly increasing: no two readings of a clock and its clones are equal.
#[derive(Clone, Debug)]
pub struct Clock {
    pace: Pace,
    /// The latest time told, in microseconds since the Unix epoch.
    latest: Arc<AtomicU64>,
}

#[derive(Clone, Copy, Debug)]
enum Pace {
    System,
    Scaled { origin: Timestamp, started: Instant, factor: f64 },
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self { pace: Pace::System, latest: Arc::default() }
    }

    /// A clock that shows `origin` now and runs `factor` times as fast as real time.
    ///
    /// # Panics
    ///
    /// If `factor` is not a positive, finite number.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn scaled(origin: Timestamp, factor: f64) -> Self {
        assert!(factor.is_finite() && factor > 0.0, "a clock cannot run at factor {factor}");
        let pace = Pace::Scaled { origin, started: Instant::now(), factor };
        Self { pace, latest: Arc::default() }
    }

    /// The time: later than every time told before.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let reading = self.read().as_micros();
        let previous = self
            .latest
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |latest| {
                Some(next(latest, reading))
            })
            .expect("the closure always answers Some");
        Timestamp::from_micros(next(previous, reading))
    }

    /// From now on, tells only times after `floor`: whoever replays a journal goes on from its
    /// last record, even if the system's clock was set back meanwhile.
    pub fn not_before(&self, floor: Timestamp) {
        self.latest.fetch_max(floor.as_micros(), Ordering::Relaxed);
    }

    /// Waits until the clock shows `moment`.
    pub async fn sleep_until(&self, moment: Timestamp) {
        loop {
            let wait = moment.since(self.read());
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(self.real(wait).min(LONGEST_SLEEP)).await;
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn read(&self) -> Timestamp {
        match self.pace {
            Pace::System => {
                let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                Timestamp::EPOCH + since_epoch.unwrap_or_default()
            }
            Pace::Scaled { origin, started, factor } => origin + started.elapsed().mul_f64(factor),
        }
    }

    /// How long `wait` lasts outside.
    fn real(&self, wait: Duration) -> Duration {
        match self.pace {
            Pace::System => wait,
            Pace::Scaled { factor, .. } => {
                Duration::try_from_secs_f64(wait.as_secs_f64() / factor).unwrap_or(Duration::MAX)
            }
        }
    }
}

fn next(latest: u64, reading: u64) -> u64 {
    reading.max(latest.saturating_add(1))
}

/// Measures how long something takes, in real time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_readings_are_equal() {
        let clock = Clock::system();
        let other = clock.clone();
        let readings: Vec<_> = (0..1_000).flat_map(|_| [clock.now(), other.now()]).collect();
        assert!(readings.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn goes_on_after_the_floor() {
        let clock = Clock::scaled(Timestamp::from_seconds(10), 1.0);
        clock.not_before(Timestamp::from_seconds(1_000));
        assert_eq!(clock.now(), Timestamp::from_micros(1_000_000_001));
        clock.not_before(Timestamp::from_seconds(5));
        assert_eq!(clock.now(), Timestamp::from_micros(1_000_000_002));
    }

    #[tokio::test(start_paused = true)]
    async fn a_scaled_clock_runs_faster() {
        let origin = Timestamp::from_seconds(1_000_000);
        let clock = Clock::scaled(origin, 60.0);
        let real = Stopwatch::start();
        clock.sleep_until(origin + Duration::from_secs(3_600)).await;
        assert_eq!(real.elapsed().as_secs(), 60);
        assert!(clock.now() >= origin + Duration::from_secs(3_600));
    }

    #[tokio::test(start_paused = true)]
    async fn the_past_is_not_waited_for() {
        let clock = Clock::scaled(Timestamp::from_seconds(100), 1.0);
        let real = Stopwatch::start();
        clock.sleep_until(Timestamp::from_seconds(99)).await;
        assert_eq!(real.elapsed(), Duration::ZERO);
    }
}
