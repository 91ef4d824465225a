//! The way to the collector.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use tokio::runtime::Handle;

use super::losses::Losses;
use super::queue::Waiting;

/// Sends spans from the router's own runtime, as the SDK's thread has none, and counts what the
/// collector did not take.
#[derive(Debug)]
pub(super) struct Export {
    exporter: Arc<opentelemetry_otlp::SpanExporter>,
    runtime: Handle,
    waiting: Waiting,
    losses: Arc<Losses>,
}

impl Export {
    /// From the runtime that it is called in; `waiting` goes down as spans are exported.
    pub(super) fn new(
        exporter: opentelemetry_otlp::SpanExporter,
        waiting: Waiting,
        losses: Arc<Losses>,
    ) -> Self {
        Self { exporter: Arc::new(exporter), runtime: Handle::current(), waiting, losses }
    }
}

impl SpanExporter for Export {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let (spans, exporter) = (batch.len(), Arc::clone(&self.exporter));
        let sent = self.runtime.spawn(async move { exporter.export(batch).await });
        let sent = sent.await.unwrap_or_else(|_| {
            Err(OTelSdkError::InternalFailure("the router has stopped".to_owned()))
        });
        self.waiting.fetch_sub(spans, Ordering::AcqRel);
        match &sent {
            Ok(()) => self.losses.tell("the collector is too slow"),
            Err(error) => {
                self.losses.count(spans);
                self.losses.tell(&error.to_string())
            }
        };
        sent
    }

    fn set_resource(&mut self, resource: &Resource) {
        // Said before anything is exported, so there is no second owner.
        if let Some(exporter) = Arc::get_mut(&mut self.exporter) {
            exporter.set_resource(resource);
        }
    }
}
