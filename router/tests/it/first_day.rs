//! `router init` and `router doctor`, with the mock and with an Intercom that has its troubles.

use std::path::Path;
use std::process::Output;

use engine::{Event, Timestamp};
use mock_intercom::{MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use router::journal::{Body, Entry, Journal, SqliteJournal};
use router::notification::decode;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::cli::{check, router};
use crate::stage::{CLIENT_SECRET, TOKEN};

const OFFICE_HOURS: &str = "
[[office_hours]]
id = 1
name = \"Weekdays\"
time_intervals = [{ start_minute = 540, end_minute = 1020 }, { start_minute = 1980, end_minute = 2460 }]
";

async fn mock(more: &str, change: impl Fn(String) -> String) -> MockIntercom {
    let file = change(WorkspaceFile::example_toml().to_owned() + more);
    let workspace = Workspace::new(WorkspaceFile::from_toml(&file).unwrap()).unwrap();
    MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap()
}

/// Runs the binary without holding up the mock, which lives in this process.
async fn run(directory: &Path, url: &str, token: &str, arguments: &[&str]) -> Output {
    let directory = directory.to_owned();
    let arguments: Vec<_> = arguments.iter().map(|&it| it.to_owned()).collect();
    let environment = [
        ("INTERCOM_TOKEN", token.to_owned()),
        ("INTERCOM_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("ROUTER_INTERCOM_BASE_URL", url.to_owned()),
    ];
    let ran = tokio::task::spawn_blocking(move || {
        let arguments: Vec<_> = arguments.iter().map(|it| &**it).collect();
        let environment = environment.each_ref().map(|(name, value)| (*name, &**value));
        router(&directory, &arguments, &environment)
    });
    ran.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_init_writes_is_accepted_by_everything_that_follows() {
    let mock = mock(OFFICE_HOURS, |file| file).await;
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let run = |arguments: &'static [&'static str]| run(folder, mock.url(), TOKEN, arguments);
    check(&run(&["init", "--fallback", "Support"]).await, 0, &["2 teams", "router doctor"]);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let (rules, config) = (read("rules.toml"), read("router.toml"));
    for expected in [
        "[team.sales]    # \"Sales\": 2 teammates, 2 with an inbox seat\nintercom_team = 201\n",
        "[team.support]",
        "time_zone = \"Europe/Dublin\"",
        "[hours.weekdays]    # \"Weekdays\" in Intercom\nmonday = [\"09:00-17:00\"]\ntuesday = [\"09:00-17:00\"]\n",
        "assign = \"support\"\n",
    ] {
        assert!(rules.contains(expected), "`{expected}` is missing in\n{rules}");
    }
    assert!(config.contains("app_id = \"mock_app\""), "{config}");
    for name in ["Ann", "Archer", "ann@", "Chloe"] {
        assert!(!rules.contains(name) && !config.contains(name), "{name} is nobody's business");
    }
    check(
        &run(&["check", "rules.toml", "--live"]).await,
        0,
        &["rules.toml: 1 warning", "nothing is ever assigned to team `sales`"],
    );
    check(&run(&["config", "check"]).await, 0, &["mock_app", "router.toml:"]);
    check(&run(&["doctor"]).await, 0, &["belongs to teammate 101 of workspace mock_app (US)"]);
    let again = run(&["init"]).await;
    check(&again, 2, &["router.toml exists"]);
    assert_eq!((read("rules.toml"), read("router.toml")), (rules, config));
}

#[tokio::test(flavor = "multi_thread")]
async fn init_writes_nothing_if_it_cannot_write_all() {
    let mock = mock("", |file| file).await;
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path();
    let left = || std::fs::read_dir(folder).unwrap().count();
    let run = |token: &'static str, arguments: &'static [&'static str]| {
        run(folder, mock.url(), token, arguments)
    };
    check(
        &run("wrong", &["init"]).await,
        2,
        &["Intercom answers 401 unauthorized to /me", "token"],
    );
    check(
        &run(TOKEN, &["init", "--fallback", "sale"]).await,
        2,
        &["no team `sale`", "sales (201)"],
    );
    check(
        &run(TOKEN, &["init", "--config", "no/such.toml"]).await,
        2,
        &["cannot make no/such.toml"],
    );
    assert_eq!(left(), 0);
    std::fs::write(folder.join("rules.toml"), "mine").unwrap();
    check(&run(TOKEN, &["init"]).await, 2, &["rules.toml exists: nothing is ever overwritten"]);
    assert_eq!(left(), 1);
}

/// What the doctor says: state and about, and the line with what to do.
struct Said(Vec<Value>);

impl Said {
    #[track_caller]
    fn check(&self, about: &str, state: &str, found: &str, to_do: &str) {
        let text = |line: &Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let holds = self.0.iter().any(|line| {
            text(line, "about") == about
                && text(line, "state") == state
                && text(line, "found").contains(found)
                && text(line, "to_do").contains(to_do)
        });
        assert!(holds, "{state} {about}: {found} ({to_do}) is missing in:\n{:#?}", self.0);
    }
}

async fn doctor(directory: &Path, url: &str, token: &str, code: i32) -> Said {
    let output = run(directory, url, token, &["doctor", "--format", "json"]).await;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    let said: Value = serde_json::from_str(&text).unwrap();
    assert!(!text.contains(TOKEN) && !text.contains(CLIENT_SECRET), "a secret is shown: {text}");
    Said(said["lines"].as_array().unwrap().clone())
}

/// A house as the router's example rules want it, with the app named.
fn house() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("router.toml"), "intercom.app_id = \"mock_app\"\n")
        .unwrap();
    std::fs::write(directory.path().join("rules.toml"), crate::stage::RULES).unwrap();
    directory
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_router_is_told_so() {
    let mock = mock("", |file| file).await;
    let directory = house();
    let said = doctor(directory.path(), mock.url(), TOKEN, 0).await;
    said.check("token", "ok", "teammate 101 of workspace mock_app", "");
    said.check("workspace", "ok", "only webhooks of mock_app", "");
    said.check("version", "ok", "2.14", "");
    said.check("clock", "ok", "agrees", "");
    said.check("rate_limit", "ok", "requests are left in ten seconds", "");
    said.check("seats", "ok", "4 of 4 teammates have an inbox seat", "");
    said.check("teams", "ok", "sales: 2 members, 2 with an inbox seat", "");
    for scope in ["Read admins", "Read conversations", "Read one user and one company", "Read tags"]
    {
        said.check("permissions", "ok", &format!("{scope}: given"), "");
    }
    said.check("webhooks", "warn", "no journal yet", "conversation.user.created");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_the_workspace_is_told() {
    let scopes = "scopes = [\"read_admins\", \"read_one_admin\", \"read_conversations\"]\n";
    let mock = mock("", |file| {
        let team = "distribution_method = \"round_robin\"\nadmins = [101, 102]";
        let file = file.replacen("admins = [101, 102]", team, 1);
        scopes.to_owned() + &file.replace("admins = [103, 104]", "admins = []")
    })
    .await;
    let directory = house();
    let folder = directory.path();
    std::fs::write(folder.join("router.toml"), "intercom.app_id = \"other\"\n").unwrap();
    let rules = crate::stage::RULES.replace("intercom_team = 201", "intercom_team = 9");
    std::fs::write(folder.join("rules.toml"), rules).unwrap();
    let said = doctor(folder, mock.url(), TOKEN, 1).await;
    said.check("workspace", "fail", "webhooks of other are taken", "app_id = \"mock_app\"");
    said.check("teams", "fail", "sales: Intercom has no team 9", "router init");
    said.check("teams", "warn", "support: 0 members", "add teammates");
    said.check("permissions", "ok", "Read conversations: given", "");
    said.check("permissions", "fail", "Read one user and one company: missing", "give the app");
    said.check("permissions", "warn", "Read tags: missing; only rules that tag", "if rules tag");
    std::fs::write(folder.join("rules.toml"), crate::stage::RULES).unwrap();
    let said = doctor(folder, mock.url(), TOKEN, 1).await;
    said.check(
        "teams",
        "warn",
        "Intercom itself gives its conversations out (round_robin)",
        "Manual",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_accepted_is_a_failure() {
    let mock = mock("", |file| file).await;
    let directory = house();
    let said = doctor(directory.path(), mock.url(), "wrong", 1).await;
    said.check(
        "token",
        "fail",
        "Intercom answers 401 unauthorized to GET /me",
        "copy the access token",
    );
    // Over http to another machine it is not even tried: anybody on the way could read the token.
    let elsewhere = doctor(directory.path(), "http://192.0.2.1", TOKEN, 1).await;
    elsewhere.check("configuration", "fail", "must begin with https://", "token");
    assert!(elsewhere.0.iter().all(|line| line["about"] != "intercom"));
    let nowhere = doctor(directory.path(), "http://127.0.0.1:9", TOKEN, 1).await;
    nowhere.check("intercom", "fail", "cannot be reached at http://127.0.0.1:9", "firewall");
}

fn answer(status: u16, body: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

fn refusal(status: u16, code: &str) -> ResponseTemplate {
    answer(status, json!({"type": "error.list", "errors": [{"code": code}]}))
}

fn me() -> Value {
    json!({"type": "admin", "id": "101", "app": {"id_code": "mock_app", "region": "EU"}})
}

/// An Intercom with these answers to `GET /me` and to everything else.
async fn troubled(me: ResponseTemplate, else_: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path("/me")).respond_with(me).mount(&server).await;
    Mock::given(path_regex("^/(admins|teams|tags|contacts|conversations)"))
        .respond_with(else_)
        .mount(&server)
        .await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn intercoms_troubles_are_told_apart() {
    let directory = house();
    let fine = || answer(200, json!({}));
    let doctor = |server: MockServer, code: i32| {
        let folder = directory.path().to_owned();
        async move { doctor(&folder, &server.uri(), TOKEN, code).await }
    };
    let version = refusal(400, "intercom_version_invalid");
    let said = doctor(troubled(version, fine()).await, 1).await;
    said.check("version", "fail", "400 intercom_version_invalid", "intercom.version");
    let said = doctor(troubled(refusal(503, "service_unavailable"), fine()).await, 1).await;
    said.check("intercom", "fail", "503 service_unavailable", "status.intercom.com");
    let said = doctor(troubled(refusal(429, "rate_limit_exceeded"), fine()).await, 0).await;
    said.check("rate_limit", "warn", "429", "ten seconds");
    let said = doctor(troubled(answer(200, me()), refusal(403, "forbidden")).await, 1).await;
    said.check(
        "permissions",
        "fail",
        "Read conversations: missing (403 forbidden)",
        "install it again",
    );
    let busy = troubled(answer(200, me()), refusal(429, "rate_limit_exceeded")).await;
    let said = doctor(busy, 0).await;
    said.check("permissions", "warn", "Read admins: not tried, the rate limit is used up", "");
    said.check("rate_limit", "warn", "does not tell its limit", "calls_per_window");
    let late = answer(200, me()).insert_header("date", "Fri, 20 Nov 2020 18:00:00 GMT");
    let late =
        late.insert_header("x-ratelimit-limit", "1000").insert_header("x-ratelimit-remaining", "3");
    let said = doctor(troubled(late, refusal(429, "rate_limit_exceeded")).await, 1).await;
    said.check("clock", "fail", "ahead of Intercom's", "time server");
    said.check("rate_limit", "warn", "3 of 1000 requests are left", "share");
    let nobody = answer(200, json!({"admins": [], "teams": []}));
    let said = doctor(troubled(answer(200, me()), nobody).await, 1).await;
    said.check("seats", "fail", "lists no teammates", "inbox seats");
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_never_came_are_named() {
    let mock = mock("", |file| file).await;
    let directory = house();
    let mut journal = SqliteJournal::open(&directory.path().join("router.db")).unwrap();
    let created = decode(include_bytes!("../fixtures/created_2_16.json")).unwrap().events.remove(0);
    let entry = |at, body| Entry { at, notification_id: None, body };
    let long_ago = Timestamp::from_seconds(1_700_000_000);
    journal
        .append(&[
            entry(long_ago, Body::Seed(1)),
            entry(long_ago, Body::Rules(crate::stage::RULES.into())),
            entry(long_ago, Body::Event(Event::RouterStarted)),
        ])
        .unwrap();
    let said = doctor(directory.path(), mock.url(), TOKEN, 0).await;
    said.check("webhooks", "warn", "none ever came", "conversation.user.created");
    journal.append(&[entry(long_ago, Body::Event(created.clone()))]).unwrap();
    let said = doctor(directory.path(), mock.url(), TOKEN, 0).await;
    said.check("webhooks", "warn", "hours, the last at 2023-11-14", "suspends");
    journal.append(&[entry(router::Clock::system().now(), Body::Event(created))]).unwrap();
    let said = doctor(directory.path(), mock.url(), TOKEN, 0).await;
    said.check("journal", "ok", "sound", "");
    said.check("webhooks", "ok", "the last came at", "");
    said.check("topics", "warn", "never came: conversation.user.replied,", "subscribe");
    let named = said.0.iter().find(|line| line["about"] == "topics").unwrap()["found"].clone();
    assert!(!named.as_str().unwrap().contains("user.created"), "{named}");
}

#[test]
fn both_say_how_they_are_used() {
    let directory = tempfile::tempdir().unwrap();
    for command in ["init", "doctor"] {
        let help = router(directory.path(), &[command, "--help"], &[]);
        check(&help, 0, &["Example", "Exit codes"]);
    }
    check(&router(directory.path(), &["doctor"], &[]), 2, &["router.toml: cannot read"]);
}
