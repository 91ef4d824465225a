//! Traces for OpenTelemetry, if there is a collector to send them to.
//!
//! ```text
//!  webhook, call ──▶ Trace ──ends──▶ Queue (bounded) ──▶ a thread of the SDK ──▶ Export ──▶ collector
//! ```
//!
//! Spans are written by hand in `trace`, attribute by attribute, and hold ids, numbers and words of
//! closed sets: no log line and no field of one is exported, so nothing that a log may say by
//! mistake leaves the machine. Nobody waits for a collector: what it does not take in time is dropped
//! and counted.

mod export;
mod losses;
mod queue;
mod trace;

use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider,
};
use prometheus_client::metrics::counter::Counter;

use crate::config::TelemetryConfig;
use export::Export;
use losses::Losses;
use queue::{Queue, Waiting};
pub(crate) use trace::{CLIENT_FAILS, SERVER_FAILS, Server, Trace, Tracer};

/// What the router is called if nobody says anything.
const SERVICE_NAME: &str = "router";

/// What `OpenTelemetry`'s SDK calls a service that has no name.
const NO_NAME: &str = "unknown_service";

/// Spans in one request to the collector at the most: the default of the specification.
const BATCH: usize = 512;

/// How long the collector may take for one request, repetitions included.
const EXPORT_DEADLINE: Duration = Duration::from_secs(10);

/// How long the last spans may take when the router stops.
const LAST_SPANS: Duration = Duration::from_secs(2);

/// What traces are exported with, from start to end.
#[derive(Debug, Default)]
pub(crate) struct Telemetry(Option<SdkTracerProvider>);

/// Why traces cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A variable of OpenTelemetry's cannot be used.
    #[error("traces cannot be exported: look at the OTEL_ variables of the environment")]
    Exporter(#[from] ExporterBuildError),
    /// The HTTP client cannot be made.
    #[error("the HTTP client for traces cannot be set up")]
    Client(#[source] reqwest::Error),
}

impl Telemetry {
    /// Begins to export what its [tracer](Self::tracer) traces; does nothing without a collector.
    /// Sends from the runtime that it is called in.
    pub(crate) fn start(
        config: &TelemetryConfig,
        dropped: &Counter,
    ) -> Result<Self, TelemetryError> {
        let Some(url) = config.traces_url() else { return Ok(Self::default()) };
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(url)
            .with_timeout(EXPORT_DEADLINE)
            .with_http_client(http_client()?)
            .build()?;
        let losses = Arc::new(Losses::new(dropped.clone()));
        let waiting = Waiting::default();
        let export = Export::new(exporter, Arc::clone(&waiting), Arc::clone(&losses));
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(queue::PLACES)
            .with_max_export_batch_size(BATCH)
            .build();
        let batches = BatchSpanProcessor::builder(export).with_batch_config(batches).build();
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.sample)));
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Queue::new(batches, waiting, losses))
            .with_sampler(sampler)
            .with_resource(resource(config))
            .build();
        Ok(Self(Some(provider)))
    }

    /// Traces what happens; costs nothing if nothing is exported.
    pub(crate) fn tracer(&self) -> Tracer {
        let scope = InstrumentationScope::builder("router");
        let scope = scope.with_version(env!("CARGO_PKG_VERSION")).build();
        Tracer::new(self.0.as_ref().map(|provider| provider.tracer_with_scope(scope)))
    }

    /// Sends what is left, as long as that takes no more than two seconds.
    pub(crate) async fn stop(self) {
        let Some(provider) = self.0 else { return };
        // It waits in a way that would hold up a thread of the runtime, which has to send.
        let stop = move || provider.shutdown_with_timeout(LAST_SPANS);
        if !matches!(tokio::task::spawn_blocking(stop).await, Ok(Ok(()))) {
            tracing::warn!("the last traces were not exported in time");
        }
    }
}

/// A client that sends traces, and headers that may be secret, to the collector and nowhere else.
fn http_client() -> Result<reqwest::Client, TelemetryError> {
    // The first one to install a provider wins; it is the same one everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .timeout(EXPORT_DEADLINE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(TelemetryError::Client)
}

/// Who is traced: the SDK adds what `OTEL_RESOURCE_ATTRIBUTES` says.
fn resource(config: &TelemetryConfig) -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder().with_attribute(version);
    let told = Resource::builder().build().get(&"service.name".into());
    let told = told.map(|name| name.to_string()).filter(|name| !name.starts_with(NO_NAME));
    let name = config.service_name.clone().or(told);
    resource.with_service_name(name.unwrap_or(SERVICE_NAME.to_owned())).build()
}
