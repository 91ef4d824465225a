//! The mock's clock: the one place where time is read.

use std::time::{Duration, Instant, SystemTime};

use crate::Moment;

/// What time it is for the mock.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    /// The system's.
    #[default]
    System,
    /// One that runs faster or slower: `start` at `origin`, then `factor` seconds per real one.
    Scaled {
        /// The real instant at which it showed `start`.
        origin: Instant,
        /// What it showed then.
        start: Moment,
        /// Its seconds per real second; above 0.
        factor: f64,
    },
}

/// The longest real wait: a factor near zero would overflow.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

impl Clock {
    /// A clock that shows `start` now and runs `factor` times as fast as the real one.
    pub fn scaled(start: Moment, factor: f64) -> Self {
        assert!(factor > 0.0 && factor.is_finite(), "a clock runs forward");
        Self::Scaled { origin: Instant::now(), start, factor }
    }

    /// The time it shows.
    pub fn now(&self) -> Moment {
        match *self {
            Self::System => {
                let since_epoch = SystemTime::now()
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap_or(Duration::ZERO);
                Moment::EPOCH + since_epoch
            }
            Self::Scaled { origin, start, factor } => start + origin.elapsed().mul_f64(factor),
        }
    }

    /// How long to wait, in real time, until it shows `moment`.
    pub fn real_time_until(&self, moment: Moment) -> Duration {
        let left = moment.since(self.now());
        match *self {
            Self::System => left.min(LONGEST),
            Self::Scaled { factor, .. } => Duration::try_from_secs_f64(left.as_secs_f64() / factor)
                .unwrap_or(LONGEST)
                .min(LONGEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scaled_clock_makes_a_minute_fit_in_milliseconds() {
        let clock = Clock::scaled(Moment::from_seconds(1_000), 6_000.0);
        let wait = clock.real_time_until(Moment::from_seconds(1_060));
        assert!(wait <= Duration::from_millis(10), "{wait:?}");
        assert!(clock.now() >= Moment::from_seconds(1_000));
        assert_eq!(clock.real_time_until(Moment::EPOCH), Duration::ZERO);
        let never = clock.real_time_until(Moment::from_micros(u64::MAX));
        assert_eq!(never, LONGEST);
    }
}
