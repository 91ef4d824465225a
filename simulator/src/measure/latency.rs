//! How long something took.

use hdrhistogram::Histogram;
use serde::Serialize;

/// Times in microseconds, to three significant digits: microseconds to days in a few kilobytes.
///
/// Count from the moment something was *due*, not from when it was sent: then a generator that
/// falls behind cannot hide it.
#[derive(Clone, Debug)]
pub struct Latency {
    histogram: Histogram<u64>,
    max_us: u64,
}

/// The times that reports show, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LatencySummary {
    /// How many.
    pub count: u64,
    /// Half took at most this.
    pub p50_us: u64,
    /// Nine of ten.
    pub p90_us: u64,
    /// Ninety-nine of a hundred.
    pub p99_us: u64,
    /// The longest, exactly.
    pub max_us: u64,
}

impl LatencySummary {
    /// The same when everything runs `factor` times as fast.
    #[must_use]
    pub fn faster(&self, factor: f64) -> Self {
        let faster = |us: u64| (us as f64 / factor) as u64;
        Self {
            count: self.count,
            p50_us: faster(self.p50_us),
            p90_us: faster(self.p90_us),
            p99_us: faster(self.p99_us),
            max_us: faster(self.max_us),
        }
    }
}

impl Latency {
    /// With nothing recorded.
    #[must_use]
    pub fn new() -> Self {
        let histogram = Histogram::new(3).expect("three significant digits are allowed");
        Self { histogram, max_us: 0 }
    }

    /// Records one time.
    pub fn record(&mut self, us: u64) {
        self.max_us = self.max_us.max(us);
        self.histogram.record(us).expect("a histogram that grows takes any number");
    }

    /// Adds all that another recorded.
    pub fn merge(&mut self, other: &Self) {
        self.max_us = self.max_us.max(other.max_us);
        self.histogram.add(&other.histogram).expect("a histogram that grows takes any other");
    }

    /// How many were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The time within which this share of them happened; 0 if nothing was recorded.
    #[must_use]
    pub fn at_share(&self, share: f64) -> u64 {
        self.histogram.value_at_quantile(share).min(self.max_us)
    }

    /// The times that reports show; nothing if nothing was recorded.
    #[must_use]
    pub fn summary(&self) -> Option<LatencySummary> {
        (self.count() > 0).then(|| LatencySummary {
            count: self.count(),
            p50_us: self.at_share(0.5),
            p90_us: self.at_share(0.9),
            p99_us: self.at_share(0.99),
            max_us: self.max_us,
        })
    }

    /// The underlying histogram, to draw or to store.
    #[must_use]
    pub const fn histogram(&self) -> &Histogram<u64> {
        &self.histogram
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_a_thousandth() {
        let mut latency = Latency::new();
        (1..=100_000).for_each(|n| latency.record(n * 1_000));
        let summary = latency.summary().unwrap();
        assert_eq!((summary.count, summary.max_us), (100_000, 100_000_000));
        for (got, expected) in [
            (summary.p50_us, 50_000_000.0),
            (summary.p90_us, 90_000_000.0),
            (summary.p99_us, 99_000_000.0),
        ] {
            assert!((got as f64 / expected - 1.0).abs() < 0.001, "{got} {expected}");
        }
    }

    #[test]
    fn hours_and_nothing_fit() {
        let mut latency = Latency::new();
        assert_eq!(latency.summary(), None);
        latency.record(0);
        latency.record(86_400_000_000);
        assert_eq!(latency.summary().unwrap().max_us, 86_400_000_000);
        assert_eq!(latency.at_share(1.0), 86_400_000_000);
    }

    #[test]
    fn merging_is_recording_both() {
        let (mut one, mut other, mut both) = (Latency::new(), Latency::new(), Latency::new());
        for n in 0..500 {
            one.record(n * 10);
            other.record(n * n * 100);
            both.record(n * 10);
            both.record(n * n * 100);
        }
        one.merge(&other);
        assert_eq!(one.summary(), both.summary());
    }
}
