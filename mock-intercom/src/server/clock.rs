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
    /// One that stands still until it is told to go on.
    Stepped {
        /// What it shows.
        at: Moment,
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

    /// A clock that stands still at `start`.
    pub const fn stepped(start: Moment) -> Self {
        Self::Stepped { at: start }
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
            Self::Stepped { at } => at,
        }
    }

    /// How long to wait, in real time, until it shows `moment`; a day at most. A clock that stands
    /// still never gets there by itself.
    pub fn real_time_until(&self, moment: Moment) -> Duration {
        let left = moment.since(self.now());
        match *self {
            Self::System => left.min(LONGEST),
            Self::Scaled { factor, .. } => Duration::try_from_secs_f64(left.as_secs_f64() / factor)
                .unwrap_or(LONGEST)
                .min(LONGEST),
            Self::Stepped { .. } if left.is_zero() => left,
            Self::Stepped { .. } => LONGEST,
        }
    }

    /// `real`, `scaled` or `stepped`.
    pub const fn mode(&self) -> &'static str {
        match self {
            Self::System => "real",
            Self::Scaled { .. } => "scaled",
            Self::Stepped { .. } => "stepped",
        }
    }

    /// Its seconds per real second.
    pub const fn rate(&self) -> f64 {
        match *self {
            Self::System => 1.0,
            Self::Scaled { factor, .. } => factor,
            Self::Stepped { .. } => 0.0,
        }
    }

    /// The same clock, showing another time; the system's cannot.
    pub(super) fn showing(&self, at: Moment) -> Self {
        match *self {
            Self::System => Self::System,
            Self::Scaled { factor, .. } => Self::scaled(at, factor),
            Self::Stepped { .. } => Self::stepped(at),
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

    #[test]
    fn a_stepped_clock_stands_still() {
        let clock = Clock::stepped(Moment::from_seconds(5));
        assert_eq!(clock.now(), Moment::from_seconds(5));
        assert_eq!(clock.real_time_until(Moment::from_seconds(5)), Duration::ZERO);
        assert_eq!(clock.real_time_until(Moment::from_seconds(6)), LONGEST);
    }
}
