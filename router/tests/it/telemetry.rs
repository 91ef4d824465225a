//! Traces for OpenTelemetry, as a collector sees them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use mock_intercom::{InboundDm, MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::end_to_end::{owners, write};
use crate::process::{Service, free_address};
use crate::stage::{self, CLIENT_SECRET, Stage, TOKEN};

const CREATED: &[u8] = include_bytes!("../fixtures/created_2_16.json");
const NOWHERE: &str = "http://127.0.0.1:9";
const TEXT: &str = "unmistakable words: how much?";
const NAME: &str = "Zebulon Quackenbush";

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// Headers and body of each request.
type Requests = Arc<Mutex<Vec<(HeaderMap, Vec<u8>)>>>;

/// A collector, and everything that it was sent.
struct Collector {
    url: String,
    bodies: Requests,
    asked: watch::Receiver<usize>,
}

#[derive(Clone)]
struct Desk {
    /// `None`: it never answers.
    answer: Option<StatusCode>,
    bodies: Requests,
    asked: watch::Sender<usize>,
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: axum::body::Bytes) -> StatusCode {
    desk.bodies.lock().unwrap().push((headers, body.to_vec()));
    desk.asked.send_modify(|asked| *asked += 1);
    match desk.answer {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}

impl Collector {
    async fn start(answer: Option<StatusCode>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Requests::default();
        let (sender, asked) = watch::channel(0);
        let desk = Desk { answer, bodies: Arc::clone(&bodies), asked: sender };
        let app = Router::new().route("/v1/traces", post(take)).with_state(desk);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, bodies, asked }
    }

    /// Every span that came, with the attributes of the service that sent it.
    fn spans(&self) -> Vec<(BTreeMap<String, String>, Span)> {
        let bodies = self.bodies.lock().unwrap();
        let requests = bodies.iter().map(|(headers, body)| {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            ExportTraceServiceRequest::decode(&body[..]).unwrap()
        });
        let resources = requests.flat_map(|request| request.resource_spans);
        let spans = resources.flat_map(|it| {
            let resource = attributes(&it.resource.unwrap().attributes);
            let spans = it.scope_spans.into_iter().flat_map(|scope| scope.spans);
            spans.map(move |span| (resource.clone(), span)).collect::<Vec<_>>()
        });
        spans.collect()
    }

    /// Whether a text stands anywhere in what came.
    fn has(&self, text: &str) -> bool {
        let bodies = self.bodies.lock().unwrap();
        let has = |body: &[u8]| body.windows(text.len()).any(|it| it == text.as_bytes());
        bodies.iter().any(|(_, body)| has(body))
    }
}

fn attributes(list: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |it: &KeyValue| match it.value.clone().unwrap().value.unwrap() {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    list.iter().map(|it| (it.key.clone(), text(it))).collect()
}

async fn mock() -> MockIntercom {
    let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
    MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap()
}

/// A router that sends traces to this address.
async fn traced(base_url: &str, collector: &str, share: f64) -> Stage {
    let mut config = stage::config(base_url);
    config.telemetry.otlp_endpoint = Some(collector.to_owned());
    config.telemetry.sample = share;
    let (journal, _watch) = stage::watched();
    Stage::start(config, journal).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_and_the_calls_that_follow_are_traced_without_anything_of_the_contact() {
    let (collector, mock) = (Collector::start(Some(StatusCode::OK)).await, mock().await);
    let stage = traced(mock.url(), &collector.url, 1.0).await;
    mock.subscribe(stage.webhook_url(), CLIENT_SECRET);
    let (user, name) = ("ana".to_owned(), Some(NAME.to_owned()));
    let dm = InboundDm { user, name, text: TEXT.into(), ..InboundDm::default() };
    let now = mock.now();
    let id = mock.with(|workspace| workspace.receive_dm(now, dm)).unwrap().conversation_id;
    owners(&mock, id).await;
    stage.stop().await;

    let spans = collector.spans();
    let id = id.to_string();
    let find = |name: &str, key: &str, value: &str| {
        let found = spans.iter().map(|(_, span)| (span, attributes(&span.attributes)));
        let mut found = found.filter(|(span, it)| {
            span.name == name && it.get(key).is_some_and(|found| found == value)
        });
        found.next().unwrap_or_else(|| panic!("no {name} with {key}={value} in {spans:#?}"))
    };
    let (webhook, told) =
        find("POST /webhooks/intercom", "router.topic", "conversation.user.created");
    assert_eq!((webhook.kind(), webhook.parent_span_id.len()), (SpanKind::Server, 0));
    for (key, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/webhooks/intercom"),
        ("http.response.status_code", "200"),
        ("url.scheme", "http"),
        ("router.outcome", "accepted"),
        ("router.conversation", &*id),
    ] {
        assert_eq!(told.get(key).map(String::as_str), Some(value), "{key} of {told:?}");
    }
    assert_eq!(told["router.request_id"].len(), 32);
    assert!(told["router.notification"].starts_with("notif_"));
    let journal = spans.iter().find(|(_, span)| span.parent_span_id == webhook.span_id).unwrap();
    assert_eq!((&*journal.1.name, &journal.1.trace_id), ("journal", &webhook.trace_id));
    assert!(journal.1.start_time_unix_nano >= webhook.start_time_unix_nano);
    assert!(journal.1.end_time_unix_nano <= webhook.end_time_unix_nano);

    let (call, told) = find("call", "router.outcome", "assigned");
    assert_eq!((&told["router.conversation"], &*told["router.attempt"]), (&id, "1"));
    let requests = spans.iter().filter(|(_, span)| span.parent_span_id == call.span_id);
    let requests: Vec<_> = requests.map(|(_, span)| span).collect();
    assert_eq!(requests.len(), 1, "an assignment is one request: {requests:#?}");
    assert_eq!(requests[0].kind(), SpanKind::Client);
    assert_eq!(requests[0].name, "POST /conversations/{id}/parts");
    let port = mock.url().rsplit(':').next().unwrap().to_owned();
    let expected = [
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("router.attempt", "1"),
        ("server.address", "127.0.0.1"),
        ("server.port", &*port),
        ("url.template", "/conversations/{id}/parts"),
    ];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(attributes(&requests[0].attributes), BTreeMap::from(expected));

    assert!(spans.iter().all(|(service, _)| service["service.name"] == "router"));
    assert!(spans.iter().all(|(_, span)| span.events.is_empty() && span.links.is_empty()));
    assert!(collector.has(&id), "what is forbidden is looked for in the right place");
    for forbidden in ["unmistakable", "Zebulon", "Quackenbush", TOKEN, CLIENT_SECRET] {
        assert!(!collector.has(forbidden), "`{forbidden}` was exported");
    }
}

#[tokio::test]
async fn what_goes_wrong_is_an_error_in_the_trace() {
    let collector = Collector::start(Some(StatusCode::OK)).await;
    let stage = traced(NOWHERE, &collector.url, 1.0).await;
    assert_eq!(stage.deliver(b"{").await, 200);
    let asked = r#"router_api_requests_total{endpoint="/me",status="connection"}"#;
    while !stage.get("/metrics").await.1.contains(asked) {
        tokio::task::yield_now().await;
    }
    stage.stop().await;
    let spans = collector.spans();
    let find = |name: &str| &spans.iter().find(|(_, span)| span.name == name).unwrap().1;
    let failed = |span: &Span| span.status.as_ref().is_some_and(|status| status.code == 2);
    let (refused, lost) = (find("POST /webhooks/intercom"), find("GET /me"));
    assert!(!failed(refused), "who asked has failed, not the router");
    assert_eq!(attributes(&refused.attributes)["router.outcome"], "dead_letter");
    assert!(failed(lost));
    assert_eq!(attributes(&lost.attributes)["error.type"], "connection");
}

#[tokio::test]
async fn nothing_is_exported_of_what_is_not_in_the_sample() {
    let collector = Collector::start(Some(StatusCode::OK)).await;
    let stage = traced(NOWHERE, &collector.url, 0.0).await;
    assert_eq!(stage.deliver(CREATED).await, 200);
    stage.stop().await;
    assert_eq!(collector.spans().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_refuses_or_is_not_there_is_counted_and_nothing_else() {
    let refusing = Collector::start(Some(StatusCode::BAD_REQUEST)).await;
    for url in [&*refusing.url, NOWHERE] {
        let directory = tempfile::tempdir().unwrap();
        let service = Service {
            environment: vec![
                ("OTEL_EXPORTER_OTLP_ENDPOINT", url.to_owned()),
                ("OTEL_BSP_SCHEDULE_DELAY", "20".to_owned()),
            ],
            output: Some(directory.path().join("output")),
            ..Service::new(directory.path(), free_address().await, NOWHERE)
        };
        let router = service.start().await;
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        while service.get("/metrics").await.1.contains("router_telemetry_dropped_total 0\n") {
            looks.tick().await;
        }
        assert_eq!(router.terminate(), Some(0));
        let output = std::fs::read_to_string(directory.path().join("output")).unwrap();
        let told = output.lines().filter(|line| line.contains("traces are dropped")).count();
        assert_eq!(told, 1, "once a minute: {output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_hangs_holds_up_neither_webhooks_nor_the_stop() {
    let mut collector = Collector::start(None).await;
    let directory = tempfile::tempdir().unwrap();
    let service = Service {
        environment: vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.clone()),
            ("OTEL_BSP_SCHEDULE_DELAY", "20".to_owned()),
        ],
        ..Service::new(directory.path(), free_address().await, NOWHERE)
    };
    let router = service.start().await;
    // From here on the first export hangs, longer than the router may take to stop.
    tokio::time::timeout(LONG, collector.asked.wait_for(|&asked| asked > 0))
        .await
        .unwrap()
        .unwrap();
    let signature = router::signature::sign(CLIENT_SECRET.as_bytes(), CREATED);
    for _ in 0..50 {
        let url = format!("{}/webhooks/intercom", service.url());
        let request = stage::client().post(url).header("X-Hub-Signature", &signature);
        let answer = tokio::time::timeout(LONG, request.body(CREATED).send()).await.unwrap();
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!(*collector.asked.borrow(), 1, "the first one still hangs");
    let stopped = tokio::task::spawn_blocking(|| router.terminate());
    // It gives up the export before the collector's own deadline of 10 s.
    let stopped = tokio::time::timeout(Duration::from_secs(8), stopped).await;
    assert_eq!(stopped.unwrap().unwrap(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_variables_of_the_specification_are_heard_and_headers_are_kept_secret() {
    let (mut collector, mock) = (Collector::start(Some(StatusCode::OK)).await, mock().await);
    let directory = tempfile::tempdir().unwrap();
    let service = Service {
        config: "[log]\nfilter = \"trace\"\nformat = \"json\"\n[telemetry]\n\
                 otlp_endpoint = \"http://127.0.0.1:9\"\nsample = \"0%\"\n",
        environment: vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.clone()),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=hunter2-of-this-test".to_owned()),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test".to_owned()),
            ("OTEL_SERVICE_NAME", "router-of-this-test".to_owned()),
            ("OTEL_TRACES_SAMPLER", "always_on".to_owned()),
            ("OTEL_BSP_SCHEDULE_DELAY", "20".to_owned()),
        ],
        output: Some(directory.path().join("output")),
        ..Service::new(directory.path(), free_address().await, mock.url())
    };
    let router = service.start().await;
    mock.subscribe(format!("{}/webhooks/intercom", service.url()), CLIENT_SECRET);
    let id = write(&mock, "ana", TEXT);
    owners(&mock, id).await;
    tokio::time::timeout(LONG, collector.asked.wait_for(|&asked| asked > 0))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(router.terminate(), Some(0));
    for (service, _) in collector.spans() {
        assert_eq!(service["service.name"], "router-of-this-test");
        assert_eq!(service["deployment.environment.name"], "test");
        assert_eq!(service["service.version"], env!("CARGO_PKG_VERSION"));
    }
    let sent = collector.bodies.lock().unwrap();
    assert!(sent.iter().all(|(headers, _)| headers["x-key"] == "hunter2-of-this-test"));
    let output = std::fs::read_to_string(directory.path().join("output")).unwrap();
    assert_eq!(output.lines().find(|line| line.contains("hunter2")), None);
}
