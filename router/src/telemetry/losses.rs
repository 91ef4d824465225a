//! What of the traces never reached the collector: counted, and told once a minute at the most.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;

use crate::clock::Stopwatch;

/// Between two log lines.
const QUIET: Duration = Duration::from_secs(60);

/// Counts spans that are dropped.
#[derive(Debug)]
pub(super) struct Losses {
    dropped: Counter,
    /// Spans that no log line has told of yet.
    untold: AtomicU64,
    /// Since the last log line.
    told: Mutex<Option<Stopwatch>>,
}

impl Losses {
    pub(super) fn new(dropped: Counter) -> Self {
        Self { dropped, untold: AtomicU64::new(0), told: Mutex::default() }
    }

    /// So many spans are dropped.
    pub(super) fn count(&self, spans: usize) {
        self.dropped.inc_by(spans as u64);
        self.untold.fetch_add(spans as u64, Ordering::Relaxed);
    }

    /// Says how many were dropped since the last time, if there were any and it is time. Returns
    /// how many it told of.
    pub(super) fn tell(&self, reason: &str) -> u64 {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_some_and(|told| told.elapsed() < QUIET) {
            return 0;
        }
        let spans = self.untold.swap(0, Ordering::Relaxed);
        if spans > 0 {
            *told = Some(Stopwatch::start());
            tracing::warn!(spans, reason, "traces are dropped");
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn losses_are_counted_at_once_and_told_once_a_minute() {
        let dropped = Counter::default();
        let losses = Losses::new(dropped.clone());
        assert_eq!(losses.tell("nothing was lost"), 0);
        losses.count(3);
        assert_eq!(losses.tell("of a test"), 3);
        losses.count(4);
        assert_eq!(losses.tell("of a test"), 0);
        tokio::time::advance(QUIET).await;
        losses.count(5);
        assert_eq!(losses.tell("of a test"), 9);
        assert_eq!(dropped.get(), 12);
    }
}
