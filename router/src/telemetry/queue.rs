//! Where finished spans wait for the collector: bounded, and never waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchSpanProcessor, Span, SpanData, SpanProcessor};

use super::losses::Losses;

/// Spans that may wait or be under way; more are dropped.
pub(super) const PLACES: usize = 4_096;

/// How many spans wait or are under way.
pub(super) type Waiting = Arc<AtomicUsize>;

/// The SDK's queue, which does not tell what it drops, behind one of the same size that does.
#[derive(Debug)]
pub(super) struct Queue<P = BatchSpanProcessor> {
    batches: P,
    waiting: Waiting,
    losses: Arc<Losses>,
}

impl<P: SpanProcessor> Queue<P> {
    /// `waiting` goes down as spans are exported.
    pub(super) fn new(batches: P, waiting: Waiting, losses: Arc<Losses>) -> Self {
        Self { batches, waiting, losses }
    }
}

impl<P: SpanProcessor> SpanProcessor for Queue<P> {
    fn on_start(&self, _span: &mut Span, _parent: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.waiting.fetch_add(1, Ordering::AcqRel) < PLACES {
            self.batches.on_end(span);
        } else {
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            self.losses.count(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{Tracer as _, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use prometheus_client::metrics::counter::Counter;

    use super::*;

    /// Takes spans in and never exports one.
    #[derive(Clone, Debug, Default)]
    struct Hanging(Arc<AtomicUsize>);

    impl SpanProcessor for Hanging {
        fn on_start(&self, _span: &mut Span, _parent: &Context) {}

        fn on_end(&self, _span: SpanData) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn force_flush(&self) -> OTelSdkResult {
            Ok(())
        }

        fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
            Ok(())
        }
    }

    #[test]
    fn what_finds_no_place_is_dropped_and_counted() {
        let counter = Counter::default();
        let (taken, waiting) = (Hanging::default(), Waiting::default());
        let losses = Arc::new(Losses::new(counter.clone()));
        let queue = Queue::new(taken.clone(), Arc::clone(&waiting), losses);
        let provider = SdkTracerProvider::builder().with_span_processor(queue).build();
        let tracer = provider.tracer("test");
        let end = |spans: usize| (0..spans).for_each(|_| drop(tracer.start("span")));
        let dropped = |spans: u64| assert_eq!(counter.get(), spans);
        end(PLACES);
        dropped(0);
        end(7);
        dropped(7);
        assert_eq!(taken.0.load(Ordering::Relaxed), PLACES);
        waiting.fetch_sub(2, Ordering::Relaxed);
        end(3);
        dropped(8);
        assert_eq!(waiting.load(Ordering::Relaxed), PLACES);
    }
}
