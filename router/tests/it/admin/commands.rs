//! `router status`, `tail`, `pause`, `resume` and `drain`, run against a router.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

use super::scene::{ADMIN_TOKEN, Scene, load};
use crate::cli::router;
use crate::end_to_end::{owners, write};

/// Runs the program against this router.
pub(super) async fn run(scene: &Scene, arguments: &[&str]) -> Output {
    run_with(scene.url("/"), ADMIN_TOKEN.to_owned(), arguments).await
}

async fn run_with(url: String, token: String, arguments: &[&str]) -> Output {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let environment = [("ROUTER_ADMIN_URL", &*url), ("ROUTER_ADMIN_TOKEN", &*token)];
        router(&std::env::temp_dir(), &arguments, &environment)
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[track_caller]
pub(super) fn check(output: &Output, code: i32, expected: &[&str]) -> String {
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = format!("{out}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{text}");
    for expected in expected {
        assert!(text.contains(expected), "`{expected}` is missing in:\n{text}");
    }
    assert!(!text.contains(ADMIN_TOKEN), "{text}");
    out
}

#[tokio::test]
async fn status_is_for_people_and_for_programs() {
    let scene = Scene::new().await;
    for n in 0..200 {
        write(&scene.mock, &format!("user{n}"), "what is the price?");
    }
    let burst = run(&scene, &["status"]).await;
    check(&burst, 0, &["ready", "Teams\n", "sales", "Teammates\n", "101", "API", "Journal"]);
    scene.until(|status| load(status) == 200 && status["api"]["open_calls"] == 0).await;
    let text = check(&run(&scene, &["status"]).await, 0, &["sales 100", "none waits"]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let json = check(&run(&scene, &["status", "--format", "json"]).await, 0, &[]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(load(&json), 200);
    scene.stage.stop().await;
}

#[tokio::test]
async fn pause_resume_and_drain_from_the_command_line() {
    let scene = Scene::new().await;
    check(&run(&scene, &["pause"]).await, 0, &["Assignment is paused; 0 wait."]);
    let ana = write(&scene.mock, "ana", "how much is it?");
    scene.until_waiting(1).await;
    check(&run(&scene, &["status"]).await, 0, &["! assignment has been paused for"]);
    check(&run(&scene, &["resume"]).await, 0, &["Assignment goes on; 0 wait"]);
    owners(&scene.mock, ana).await;
    scene.until(|status| status["api"]["open_calls"] == 0).await;
    check(&run(&scene, &["drain", "--within", "5"]).await, 0, &["Drained: no call is under way"]);
    check(&run(&scene, &["status"]).await, 1, &["NOT READY", "! the router is draining"]);
    check(&run(&scene, &["drain", "--cancel"]).await, 0, &["Calls are made again."]);
    check(&run(&scene, &["status"]).await, 0, &[]);
    scene.stage.stop().await;
}

#[tokio::test]
async fn what_cannot_be_asked_says_why() {
    let scene = Scene::new().await;
    let url = || scene.url("");
    let wrong = run_with(url(), "another-token-of-16".to_owned(), &["status"]).await;
    check(&wrong, 2, &["refuses the token"]);
    for command in ["status", "tail", "pause", "resume", "drain", "retry"] {
        let short = run_with(url(), "short".to_owned(), &[command]).await;
        check(&short, 2, &["ROUTER_ADMIN_TOKEN", "16 to 512 characters"]);
        let nowhere =
            run_with("http://127.0.0.1:9".to_owned(), ADMIN_TOKEN.to_owned(), &[command]).await;
        check(&nowhere, 2, &["cannot reach the admin API at http://127.0.0.1:9"]);
        let help = run(&scene, &[command, "--help"]).await;
        check(&help, 0, &["Example", "Exit codes: 0 ", "ROUTER_ADMIN_TOKEN"]);
        let in_arguments = run(&scene, &[command, "--token", "x"]).await;
        check(&in_arguments, 2, &["unexpected argument '--token'"]);
    }
    let other = run_with(scene.stage.url.clone(), ADMIN_TOKEN.to_owned(), &["status"]).await;
    check(&other, 2, &["/v1/status says 404"]);
    check(&run(&scene, &["status", "--url", "localhost"]).await, 2, &["is no address such as"]);
    check(&run(&scene, &["drain", "--within", "0"]).await, 2, &["0 is not in 1..=300"]);
    assert_eq!(scene.status().await["paused_since"], Value::Null);
    scene.stage.stop().await;
}

/// A `router tail` that runs, and what it prints.
struct Tail {
    child: Child,
    out: Option<BufReader<ChildStdout>>,
}

impl Tail {
    fn start(scene: &Scene, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_router"))
            .arg("tail")
            .args(arguments)
            .env_clear()
            .env("ROUTER_ADMIN_URL", scene.url(""))
            .env("ROUTER_ADMIN_TOKEN", ADMIN_TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = child.stdout.take().map(BufReader::new);
        Self { child, out }
    }

    /// The next line; empty at the end.
    async fn line(&mut self) -> String {
        let mut out = self.out.take().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            (out, line)
        });
        let (out, line) = read.await.unwrap();
        self.out = Some(out);
        line
    }

    async fn exit_code(mut self) -> Option<i32> {
        tokio::task::spawn_blocking(move || self.child.wait().unwrap().code()).await.unwrap()
    }
}

#[tokio::test]
async fn tail_follows_decisions_until_the_router_stops() {
    let scene = Scene::new().await;
    let ana = write(&scene.mock, "ana", "how much is it?");
    owners(&scene.mock, ana).await;
    let mut text = Tail::start(&scene, &[]);
    let routed = text.line().await;
    let expected = format!("Z  {ana:<12}  goes to sales by the rule `sales inquiry`\n");
    assert!(routed.ends_with(&expected), "{routed}");
    let assigned = text.line().await;
    assert!(assigned.contains(" is given to teammate 10"), "{assigned}");

    let id = ana.to_string();
    let mut json = Tail::start(&scene, &["--format", "json", "--conversation", &id]);
    let first: Value = serde_json::from_str(&json.line().await).unwrap();
    assert_eq!((&first["number"], &first["decision"]["conversation"]), (&1.into(), &id.into()));
    json.line().await;

    let ben = write(&scene.mock, "ben", "it broke");
    let routed = text.line().await;
    let expected = format!("{ben:<12}  goes to support by the fallback: no rule matches\n");
    assert!(routed.ends_with(&expected), "{routed}");
    assert!(text.line().await.contains(" is given to teammate 103 of support"));

    scene.stage.stop().await;
    assert_eq!(text.line().await, "");
    assert_eq!(json.line().await, "", "nothing about ben");
    assert_eq!(text.exit_code().await, Some(0));
    assert_eq!(json.exit_code().await, Some(0));
}
