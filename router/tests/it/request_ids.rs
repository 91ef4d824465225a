//! Every request has an id, in its answer and in the log lines that it causes.

use std::path::Path;
use std::time::Duration;

use mock_intercom::{FaultFile, InboundDm, MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use router::config::AdminConfig;
use router::signature::sign;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::process::{Service, free_address};
use crate::stage::{self, CLIENT_SECRET, Stage};

const CREATED: &[u8] = include_bytes!("../fixtures/created_2_16.json");
const NOT_FOUND: &str = r#"{"topic":"conversation.user.created","data":{"item":{}}}"#;

/// Nobody listens there: no call succeeds, and none is needed.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What could break out of a log line, or fill a disk.
const HOSTILE: [&str; 4] = [
    r"x\nERROR forged",
    "x%0aERROR forged",
    "x\tforged",
    "forged-forged-forged-forged-forged-forged-forged-forged-forged-forged",
];

/// The id that an answer carries.
fn id_of(answer: &reqwest::Response) -> String {
    let mut ids = answer.headers().get_all("x-request-id").iter();
    let id = ids.next().unwrap().to_str().unwrap().to_owned();
    assert_eq!(ids.next(), None, "one id is enough");
    id
}

fn is_new(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[tokio::test]
async fn every_answer_to_a_webhook_carries_the_id_of_its_request() {
    let (journal, _watch) = stage::watched();
    let stage = Stage::start(stage::config(NOWHERE), journal).await;
    let check = async |brought: Option<&str>, body: &[u8], signed: bool, status: u16| {
        let mut request = stage.http.post(stage.webhook_url()).body(body.to_vec());
        if signed {
            request = request.header("X-Hub-Signature", sign(CLIENT_SECRET.as_bytes(), body));
        }
        if let Some(brought) = brought {
            request = request.header("X-Request-Id", brought);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status);
        id_of(&answer)
    };
    assert_eq!(check(Some("proxy_7-a"), CREATED, true, 200).await, "proxy_7-a");
    assert_eq!(check(Some("proxy_7-b"), b"{", true, 200).await, "proxy_7-b");
    assert_eq!(check(Some("proxy_7-c"), CREATED, false, 401).await, "proxy_7-c");
    let first = check(None, CREATED, true, 200).await;
    let second = check(None, CREATED, true, 200).await;
    assert!(is_new(&first) && is_new(&second) && first != second, "{first} {second}");
    for hostile in HOSTILE {
        let id = check(Some(hostile), CREATED, true, 200).await;
        assert!(is_new(&id), "{hostile:?} became {id}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn every_answer_of_the_admin_api_carries_the_id_of_its_request() {
    let (journal, _watch) = stage::watched();
    let mut config = stage::config(NOWHERE);
    let token = SecretString::from("token-of-the-tests");
    config.admin = Some(AdminConfig { listen: "127.0.0.1:0".parse().unwrap(), token });
    let stage = Stage::start(config, journal).await;
    let check = async |path: &str, token: &str, status: u16| {
        let url = format!("{}{path}", stage.admin_url.as_ref().unwrap());
        let request = stage.http.get(url).bearer_auth(token);
        let answer = request.header("X-Request-Id", "cli-1").send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(id_of(&answer), "cli-1", "{path}");
    };
    check("/v1/status", "token-of-the-tests", 200).await;
    check("/v1/conversations/none", "token-of-the-tests", 404).await;
    check("/no/such/path", "token-of-the-tests", 404).await;
    check("/v1/status", "another-token-than-that", 401).await;
    stage.stop().await;
}

/// A router as a process of its own that writes its log to a file.
fn service(directory: &Path, address: std::net::SocketAddr, url: &str) -> Service {
    let output = Some(directory.join("output"));
    Service { output, ..Service::new(directory, address, url) }
}

/// What a router logs of webhooks that it cannot read, each with one of these ids.
async fn logged(config: &'static str, ids: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let service = service(directory.path(), free_address().await, NOWHERE);
    let service = Service { config, ..service };
    let router = service.start().await;
    for id in ids {
        let url = format!("{}/webhooks/intercom", service.url());
        let signature = sign(CLIENT_SECRET.as_bytes(), NOT_FOUND.as_bytes());
        let request = stage::client().post(url).body(NOT_FOUND).header("X-Request-Id", *id);
        let answer = request.header("X-Hub-Signature", signature).send().await;
        assert_eq!(answer.unwrap().status(), 200);
    }
    assert_eq!(router.terminate(), Some(0));
    std::fs::read_to_string(directory.path().join("output")).unwrap()
}

/// The JSON lines with this message.
fn lines(output: &str, message: &str) -> Vec<Value> {
    let lines = output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["fields"]["message"] == message).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_carry_the_id_even_if_only_warnings_are_logged() {
    let json = logged("[log]\nfilter = \"warn\"\nformat = \"json\"\n", &["proxy-7"]).await;
    let unread = lines(&json, "a webhook cannot be read");
    assert_eq!(unread.len(), 1, "{json}");
    assert_eq!(unread[0]["span"], json!({"name": "webhook", "request_id": "proxy-7"}));
    let text = logged("[log]\nfilter = \"warn\"\n", &["proxy-8"]).await;
    let unread = text.lines().find(|line| line.contains("a webhook cannot be read")).unwrap();
    assert!(unread.contains("webhook{request_id=\"proxy-8\"}"), "{unread}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_could_forge_a_log_line_is_replaced() {
    for config in ["[log]\nfilter = \"trace\"\n", "[log]\nfilter = \"trace\"\nformat = \"json\"\n"]
    {
        let output = logged(config, &HOSTILE).await;
        let about = |line: &&str| line.contains("a webhook cannot be read");
        assert_eq!(output.lines().filter(about).count(), HOSTILE.len(), "{output}");
        assert_eq!(output.lines().find(|line| line.contains("forged")), None);
    }
}

/// Intercom refuses every assignment, and the next is made all the same.
const REFUSING: &str = r#"
[[fault]]
name = "refused"
api = { operation = "manageConversation" }
then = { status = 400 }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_calls_and_intercoms_own_ids_are_in_the_log_by_ids_only() {
    let mut file = WorkspaceFile::example();
    FaultFile::from_toml(REFUSING).unwrap().add_to(&mut file);
    let workspace = Workspace::new(file).unwrap();
    let mock = MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let service = service(directory.path(), free_address().await, mock.url());
    let service =
        Service { config: "[log]\nfilter = \"router=debug,warn\"\nformat = \"json\"\n", ..service };
    let router = service.start().await;
    mock.subscribe(format!("{}/webhooks/intercom", service.url()), CLIENT_SECRET);
    let dm = InboundDm { user: "ana".into(), text: "how much?".into(), ..InboundDm::default() };
    let now = mock.now();
    let received = mock.with(|workspace| workspace.receive_dm(now, dm)).unwrap();
    let conversation = received.conversation_id.to_string();
    let refused = r#"endpoint="/conversations/{id}/parts",status="400""#;
    let mut looks = tokio::time::interval(Duration::from_millis(20));
    while !service.get("/metrics").await.1.contains(refused) {
        looks.tick().await;
    }
    assert_eq!(router.terminate(), Some(0));
    let output = std::fs::read_to_string(directory.path().join("output")).unwrap();

    let answered = lines(&output, "answered");
    let created = |it: &&Value| it["span"]["topic"] == "conversation.user.created";
    let span = &answered.iter().find(created).unwrap()["span"];
    assert!(is_new(span["request_id"].as_str().unwrap()), "{span}");
    assert_eq!((&span["name"], &span["conversation"]), (&json!("webhook"), &json!(conversation)));
    assert!(span["notification_id"].as_str().unwrap().starts_with("notif_"), "{span}");

    let errors = lines(&output, "Intercom answers with an error");
    let error = errors.iter().find(|it| it["fields"]["status"] == 400).unwrap();
    assert!(error["fields"]["intercom_request_id"].is_string(), "{error}");
    let span = &error["span"];
    assert_eq!((&span["name"], &span["conversation"]), (&json!("call"), &json!(conversation)));
    assert_eq!(span["endpoint"], "/conversations/{id}/parts");
    assert!(span["command"].as_u64().unwrap() > 0, "{span}");
}
