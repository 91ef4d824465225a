//! Several workspaces on one endpoint: the real process, and a mock for each.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use mock_intercom::{MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use router::signature;
use serde_json::json;

use crate::cli::{self, check};
use crate::end_to_end::{owners, write};
use crate::process::{Process, free_address, until_up};
use crate::stage::{self, CLIENT_SECRET, RULES, TOKEN};

/// Of the app that only `us` has.
const OTHER_SECRET: &str = "another-client-secret";

const LOOK_EVERY: Duration = Duration::from_millis(20);

async fn mock(app_id: &str) -> MockIntercom {
    let file = WorkspaceFile { app_id: app_id.to_owned(), ..WorkspaceFile::example() };
    MockIntercom::serve(Workspace::new(file).unwrap(), ServeOptions::default()).await.unwrap()
}

fn save(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// The configuration of a workspace, in a directory of its own.
fn house(directory: &Path, app_id: &str, base_url: &str, more: &str) {
    let config = format!(
        "[intercom]\napp_id = \"{app_id}\"\nbase_url = \"{base_url}\"\n\
         [secrets]\ntoken_file = \"token\"\n{more}"
    );
    save(&directory.join("router.toml"), &config);
    save(&directory.join("rules.toml"), RULES);
    save(&directory.join("token"), TOKEN);
}

/// A directory with an endpoint and two workspaces, which have different apps.
fn street(address: SocketAddr, urls: [&str; 2]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let endpoint = format!(
        "listen = \"{address}\"\nlog.format = \"json\"\n\
         [workspaces]\neu = \"eu/router.toml\"\nus = \"us/router.toml\"\n"
    );
    save(&directory.path().join("router.toml"), &endpoint);
    house(&directory.path().join("eu"), "app_eu", urls[0], "");
    let own = "client_secret_file = \"client-secret\"";
    house(&directory.path().join("us"), "app_us", urls[1], own);
    save(&directory.path().join("us/client-secret"), OTHER_SECRET);
    directory
}

async fn start(directory: &Path, address: SocketAddr, log: &Path) -> Process {
    let program = env!("CARGO_BIN_EXE_router");
    let file = directory.join("router.toml");
    let script = format!("exec {program} serve --config {} 2>{}", file.display(), log.display());
    let environment = [("INTERCOM_CLIENT_SECRET", CLIENT_SECRET)];
    let process = Process::start(Path::new("sh"), &["-c", &script], &environment);
    until_up(&format!("http://{address}/healthz"), LOOK_EVERY).await;
    process
}

#[tokio::test]
async fn each_workspace_gets_its_own_and_nothing_of_the_others() {
    let (eu, us) = (mock("app_eu").await, mock("app_us").await);
    let address = free_address().await;
    let directory = street(address, [eu.url(), us.url()]);
    let log = directory.path().join("log");
    let process = start(directory.path(), address, &log).await;
    let url = format!("http://{address}/webhooks/intercom");
    eu.subscribe(&url, CLIENT_SECRET);
    us.subscribe(&url, OTHER_SECRET);

    let inquiries = [write(&eu, "ana", "what is the price?"), write(&us, "ben", "it broke")];
    assert_eq!(owners(&eu, inquiries[0]).await.0, "201");
    assert_eq!(owners(&us, inquiries[1]).await.0, "202");
    eu.drained().await;
    us.drained().await;

    let get = async |path: &str| {
        let answer = stage::client().get(format!("http://{address}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("/readyz").await, (200, r#"{"ready":true,"reasons":[]}"#.to_owned()));
    // Whoever knows the secret of one app writes nothing for the other's workspace.
    assert_eq!(deliver(&url, "app_us", CLIENT_SECRET).await, 401);
    assert_eq!(deliver(&url, "app_eu", OTHER_SECRET).await, 401);
    assert_eq!(deliver(&url, "app_eu", "nobodys-secret").await, 401);
    assert_eq!(deliver(&url, "app_of_somebody", CLIENT_SECRET).await, 200);

    let metrics = get("/metrics").await.1;
    for expected in [
        r#"router_webhook_received_total{workspace="eu",topic="conversation.user.created",outcome="accepted"} 1"#,
        r#"router_webhook_received_total{workspace="us",topic="conversation.user.created",outcome="accepted"} 1"#,
        r#"router_webhook_received_total{topic="unknown",outcome="bad_signature"} 1"#,
        r#"router_webhook_received_total{topic="conversation.user.created",outcome="bad_signature"} 2"#,
        r#"router_webhook_received_total{topic="conversation.user.created",outcome="other_app"} 1"#,
        r#"router_time_to_assignment_seconds_count{workspace="us"} 1"#,
    ] {
        assert!(
            metrics.lines().any(|line| line == expected),
            "{expected} is missing in\n{metrics}"
        );
    }
    let described = metrics.lines().filter(|line| line.starts_with("# TYPE router_assign "));
    assert_eq!(described.count(), 1, "a family is described once");

    assert_eq!(process.terminate(), Some(0));
    let log = std::fs::read_to_string(&log).unwrap();
    for name in ["eu", "us"] {
        let of_workspace = format!(r#""span":{{"workspace":"{name}","name":"workspace"}}"#);
        let told = log.lines().filter(|line| line.contains(r#""message":"assigned""#));
        let told = told.filter(|line| line.contains(&of_workspace));
        assert_eq!(told.count(), 1, "{name}: {log}");
        assert!(directory.path().join(name).join("router.db").exists());
    }
}

async fn deliver(url: &str, app_id: &str, secret: &str) -> u16 {
    let item = json!({"type": "conversation", "id": "999", "state": "open"});
    let body = json!({
        "type": "notification_event", "app_id": app_id, "id": "notif_1",
        "topic": "conversation.user.created", "created_at": 1_795_176_000, "data": {"item": item},
    })
    .to_string();
    let signature = signature::sign(secret.as_bytes(), body.as_bytes());
    let request = stage::client().post(url).header("X-Hub-Signature", signature).body(body);
    request.send().await.unwrap().status().as_u16()
}

/// What `config check` says to a change of an endpoint with two workspaces that is fine.
#[test]
fn what_would_mix_workspaces_up_is_refused() {
    let url = "http://127.0.0.1:1";
    let secrets = [("INTERCOM_CLIENT_SECRET", CLIENT_SECRET)];
    let checked = |change: &dyn Fn(&Path), arguments: &[&str]| {
        let directory = street("127.0.0.1:9000".parse().unwrap(), [url, url]);
        change(directory.path());
        cli::router(directory.path(), &[&["config", "check"][..], arguments].concat(), &secrets)
    };
    let add = |file: &'static str, text: &'static str| {
        move |directory: &Path| {
            let path = directory.join(file);
            let before = std::fs::read_to_string(&path).unwrap();
            std::fs::write(path, format!("{text}\n{before}")).unwrap();
        }
    };
    let good = checked(&|_| {}, &[]);
    check(&good, 0, &["Workspace eu:", "Workspace us:", "app_us", "secrets.token_file", "ok\n"]);

    let refused = |file, text, expected: &str| {
        check(&checked(&add(file, text), &[]), 1, &[expected, "help: "]);
    };
    refused("router.toml", "rules = \"r.toml\"", "router.toml:1: rules: is each workspace's own");
    refused("router.toml", "secrets.token_file = \"t\"", "router.toml:1: secrets.token_file");
    refused("router.toml", "workspaces.\"a b\" = \"c\"", "`a b` is no name for a workspace");
    refused("router.toml", "workspaces.no = \"no.toml\"", "no.toml: cannot read the configuration");
    refused("us/router.toml", "journal = \"../eu/router.db\"", "is that of workspace `eu` as well");
    refused("us/router.toml", "workspaces.x = \"x.toml\"", "names others");
    refused("us/router.toml", "lissen = 1", "us/router.toml:1:1: unknown key `lissen`");
    check(
        &checked(&add("us/router.toml", "log.filter = \"warn\""), &[]),
        0,
        &["has no effect here"],
    );

    let swap = |from: &'static str, to: &'static str| {
        move |directory: &Path| {
            let path = directory.join("us/router.toml");
            let before = std::fs::read_to_string(&path).unwrap();
            assert!(before.contains(from));
            std::fs::write(path, before.replace(from, to)).unwrap();
        }
    };
    let same = checked(&swap("app_us", "app_eu"), &[]);
    check(&same, 1, &["us/router.toml:2: intercom.app_id: `app_eu` is that of workspace `eu`"]);
    let none = checked(&swap("app_id = \"app_us\"", ""), &[]);
    check(&none, 1, &["us/router.toml: intercom.app_id: is not set"]);
    let none = checked(&swap("token_file = \"token\"", ""), &[]);
    check(&none, 1, &["us/router.toml: secrets.token_file: is not set"]);
    check(
        &checked(&|_| {}, &["--journal", "x.db"]),
        1,
        &["--journal: journal: is each workspace's"],
    );
}

#[test]
fn a_command_for_one_workspace_wants_to_know_which() {
    let url = "http://127.0.0.1:1";
    let directory = street("127.0.0.1:9000".parse().unwrap(), [url, url]);
    let forget =
        |config: &str| cli::router(directory.path(), &["forget", "c1", "--config", config], &[]);
    check(&forget("router.toml"), 2, &["names 2 workspaces", "--config", "eu/router.toml"]);
    check(&forget("eu/router.toml"), 2, &["router.db"]);
}
