//! What must never be in the output of a router: secrets, and what customers write and are called.

use std::time::Duration;

use mock_intercom::{FaultFile, InboundDm, MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use router::signature::sign;

use crate::process::{Service, free_address};
use crate::stage::{self, CLIENT_SECRET, TOKEN};

const ADMIN_TOKEN: &str = "an-admin-token-of-this-test";
const TEXT: &str = "unmistakable words about the price";
const NAME: &str = "Zebulon Quackenbush";

/// Everything that is logged when much goes wrong.
const FAULTS: &str = r#"
[[fault]]
name = "errors"
api = { operation = "manageConversation" }
then = { status = 500 }
every = 3

[[fault]]
name = "no JSON"
api = { operation = "manageConversation" }
then = "invalid_json"
every = 5

[[fault]]
name = "refused"
api = { operation = "searchConversations" }
then = { status = 401 }
"#;

async fn post(service: &Service, body: String, signature: Option<String>) -> u16 {
    let url = format!("{}/webhooks/intercom", service.url());
    let mut request = stage::client().post(url).body(body);
    if let Some(signature) = signature {
        request = request.header("X-Hub-Signature", signature);
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_nothing_of_a_customer_is_in_the_output_of_a_full_run() {
    let mut file = WorkspaceFile::example();
    FaultFile::from_toml(FAULTS).unwrap().add_to(&mut file);
    let workspace = Workspace::new(file).unwrap();
    let mock = MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("output");
    let admin = free_address().await;
    let service = Service {
        config: "[log]\nfilter = \"trace\"\nformat = \"json\"\n",
        environment: vec![
            ("ROUTER_ADMIN_TOKEN", ADMIN_TOKEN.to_owned()),
            ("ROUTER_ADMIN_LISTEN", admin.to_string()),
        ],
        output: Some(output.clone()),
        ..Service::new(directory.path(), free_address().await, mock.url())
    };
    let router = service.start().await;
    mock.subscribe(format!("{}/webhooks/intercom", service.url()), CLIENT_SECRET);
    for number in 0..10 {
        let (user, name) = (format!("user{number}"), Some(NAME.to_owned()));
        let dm = InboundDm { user, name, text: TEXT.into(), ..InboundDm::default() };
        let now = mock.now();
        mock.with(|workspace| workspace.receive_dm(now, dm)).unwrap();
    }
    let secret = CLIENT_SECRET.as_bytes();
    let odd = format!(r#"{{"topic":"conversation.user.created","data":{{"item":"{TEXT}"}}}}"#);
    assert_eq!(post(&service, odd.clone(), Some(sign(secret, odd.as_bytes()))).await, 200);
    assert_eq!(post(&service, odd.clone(), Some("sha1=00".to_owned())).await, 401);
    assert_eq!(post(&service, odd, None).await, 401);
    for token in [ADMIN_TOKEN, "a-wrong-token-of-this-test"] {
        for path in ["status", "dead-letters"] {
            let url = format!("http://{admin}/v1/{path}");
            let request = stage::client().get(url).bearer_auth(token);
            let answer = request.send().await.unwrap().text().await.unwrap();
            assert!(!answer.contains("unmistakable"), "{answer}");
        }
        let url = format!("http://{admin}/v1/dead-letters/1/retry");
        let request = stage::client().post(url).bearer_auth(token);
        let answer = request.send().await.unwrap().text().await.unwrap();
        assert!(!answer.contains("unmistakable"), "{answer}");
    }
    let nobody = "router_time_to_assignment_seconds_count 0\n";
    let mut looks = tokio::time::interval(Duration::from_millis(20));
    while service.get("/metrics").await.1.contains(nobody) {
        looks.tick().await;
    }
    assert_eq!(router.terminate(), Some(0));

    let output = std::fs::read_to_string(output).unwrap();
    for expected in
        ["a webhook cannot be read", "refuses the token", "routed", "assigned", "stopping"]
    {
        assert!(output.contains(expected), "`{expected}` is missing: the run was too short");
    }
    let forbidden = [
        TOKEN,
        CLIENT_SECRET,
        ADMIN_TOKEN,
        "a-wrong-token",
        "unmistakable",
        "Zebulon",
        "Quackenbush",
    ];
    for word in forbidden {
        let line = output.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "`{word}` is in the output");
    }
}
