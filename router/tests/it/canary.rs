//! Rules that decide for a share of the contacts: what the commands say of them, and how a running
//! router takes them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use engine::Verdict;
use expect_test::{Expect, expect};
use router::reload::RulesWatch;
use router::rules_file;
use tokio::sync::Notify;

use crate::cli_explain::run;
use crate::stage::{self, Stage};

const LIVE: &str = r#"version = 1
time_zone = "UTC"
channel.any = [{ tag = "tiktok" }, { source_type = "tiktok" }]
channel.settle_for = "1s"
team.sales.intercom_team = 201
team.support.intercom_team = 202
teammate.ana.intercom_admin = 7

[[rule]]
name = "price"
assign = "sales"
when.text = ["how much", "price"]

[fallback]
assign = "support"

[canary]
rules = "next/rules.toml"
share = "SHARE"
"#;

const NEXT: &str = r#"version = 1
time_zone = "UTC"
channel.any = [{ tag = "tiktok" }, { source_type = "tiktok" }]
channel.settle_for = "1s"
team.support.intercom_team = 202
team.sales.intercom_team = 201

[[rule]]
name = "price for support"
assign = "support"
when = { text = ["how much", "price"], queue = { team = "sales", waiting = { at_most = 3 } } }

[fallback]
assign = "sales"
"#;

/// Both files in a folder.
fn folder(share: &str, next: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), share, next);
    directory
}

fn write(directory: &Path, share: &str, next: &str) {
    std::fs::write(directory.join("rules.toml"), LIVE.replace("SHARE", share)).unwrap();
    std::fs::create_dir_all(directory.join("next")).unwrap();
    std::fs::write(directory.join("next/rules.toml"), next).unwrap();
}

/// Changes the canary's rules and expects this to be said about it.
#[track_caller]
fn check_mistake(right: &str, wrong: &str, expected: &Expect) {
    assert!(NEXT.contains(right), "{right}");
    let directory = folder("5%", &NEXT.replacen(right, wrong, 1));
    let told = rules_file::load(&directory.path().join("rules.toml")).expect_err(wrong).to_string();
    let told = told.replace(&format!("{}/", directory.path().display()), "");
    expected.assert_eq(&format!("$ router check rules.toml\n{told}"));
}

#[test]
fn mistakes_in_a_canary_are_told_in_their_places() {
    check_mistake(
        "assign = \"sales\"",
        "assign = \"slaes\"",
        &expect![[r#"
        $ router check rules.toml
          × unknown team `slaes`
            ╭─[next/rules.toml:14:10]
         13 │ [fallback]
         14 │ assign = "slaes"
            ·          ───────
            ╰────
          help: did you mean `sales`?
    "#]],
    );
    check_mistake(
        "team.sales.intercom_team = 201",
        "team.sales.intercom_team = 201\nteam.helpers.intercom_team = 203\n[[rule]]\nname = \"x\"\nassign = [\"sales\", \"helpers\"]\nwhen.text = [\"x\"]\n",
        &expect![[r#"
            $ router check rules.toml
              × the rules that name this canary have no team `helpers`
                ╭─[next/rules.toml:10:20]
              9 │ name = "x"
             10 │ assign = ["sales", "helpers"]
                ·                    ─────────
             11 │ when.text = ["x"]
                ╰────
              help: define it there, or take one of `sales`, `support`
        "#]],
    );
    check_mistake(
        "\n[[rule]]\nname = \"price for support\"",
        "teammate.bob.intercom_admin = 8\n[[rule]]\nname = \"price for support\"\nteammate = \"bob\"",
        &expect![[r#"
            $ router check rules.toml
              × the rules that name this canary have no teammate `bob`
                ╭─[next/rules.toml:10:12]
              9 │ name = "price for support"
             10 │ teammate = "bob"
                ·            ─────
             11 │ assign = "support"
                ╰────
              help: define it there, or take one of `ana`
        "#]],
    );
    check_mistake(
        "[fallback]",
        "[canary]\nrules = \"more.toml\"\nshare = \"5%\"\n\n[fallback]",
        &expect![[r#"
            $ router check rules.toml
              × a canary cannot have a canary of its own
                ╭─[next/rules.toml:13:1]
             12 │ 
             13 │ [canary]
                · ────────
             14 │ rules = "more.toml"
                ╰────
              help: take `[canary]` out of this file while it is a canary itself
        "#]],
    );
}

/// Replaces part of `[canary]` and expects this to be said about it.
#[track_caller]
fn check_table(right: &str, wrong: &str, expected: &Expect) {
    let directory = folder("5%", NEXT);
    let live = LIVE.replace("SHARE", "5%");
    assert!(live.contains(right), "{right}");
    std::fs::write(directory.path().join("rules.toml"), live.replacen(right, wrong, 1)).unwrap();
    let told = rules_file::load(&directory.path().join("rules.toml")).expect_err(wrong).to_string();
    let told = told.replace(&format!("{}/", directory.path().display()), "");
    expected.assert_eq(&format!("$ router check rules.toml\n{told}"));
}

#[test]
fn mistakes_in_the_table_of_a_canary() {
    check_table(
        "\"5%\"",
        "\"5\"",
        &expect![[r#"
        $ router check rules.toml
          × `5` is no share of the contacts
            ╭─[rules.toml:19:9]
         18 │ rules = "next/rules.toml"
         19 │ share = "5"
            ·         ───
            ╰────
          help: write it as `"5%"` or `"0.5%"`, from `"0%"` to `"100%"`
    "#]],
    );
    check_table(
        "\"5%\"",
        "0.05",
        &expect![[r#"
        $ router check rules.toml
          × the number 0.05 cannot stand here
            ╭─[rules.toml:19:9]
         18 │ rules = "next/rules.toml"
         19 │ share = 0.05
            ·         ────
            ╰────
          help: write a text in quotes
    "#]],
    );
}

#[test]
fn a_canary_that_is_not_there_or_is_the_file_itself() {
    check_table(
        "next/rules.toml",
        "next/rule.toml",
        &expect![[r#"
        $ router check rules.toml
          × cannot read `next/rule.toml`: there is no such file
            ╭─[rules.toml:18:9]
         17 │ [canary]
         18 │ rules = "next/rule.toml"
            ·         ────────────────
         19 │ share = "5%"
            ╰────
          help: the path starts from this file's folder
    "#]],
    );
    check_table(
        "next/rules.toml",
        "./rules.toml",
        &expect![[r#"
        $ router check rules.toml
          × `./rules.toml` is this file itself
            ╭─[rules.toml:18:9]
         17 │ [canary]
         18 │ rules = "./rules.toml"
            ·         ──────────────
         19 │ share = "5%"
            ╰────
          help: name another rules file, such as `next.toml`
    "#]],
    );
    check_table(
        "share =",
        "part =",
        &expect![[r#"
        $ router check rules.toml
          × unknown key `part`
            ╭─[rules.toml:19:1]
         18 │ rules = "next/rules.toml"
         19 │ part = "5%"
            · ────
            ╰────
          help: did you mean `salt`?
    "#]],
    );
}

#[test]
fn check_says_what_both_files_say() {
    let next = NEXT.to_owned()
        + "\n[[rule]]\nname = \"late\"\nassign = \"sales\"\nwhen.text = [\"prices\", \"pricess\"]\n"
        + "[[rule]]\nname = \"off\"\nenabled = false\nassign = \"sales\"\nwhen.text = [\"x\"]\n";
    let directory = folder("5%", &next);
    let check = |arguments: &[&str]| {
        let arguments = [&["check", "rules.toml", "--week", "2026-11-25"], arguments].concat();
        run(directory.path(), &arguments, "")
    };
    let output = check(&[]);
    let told = String::from_utf8_lossy(&output.stderr);
    let expected = expect![[r#"
        $ router check rules.toml
          ⚠ rule `off` is switched off [disabled-rule]
            ╭─[next/rules.toml:21:8]
         20 │ [[rule]]
         21 │ name = "off"
            ·        ─────
         22 │ enabled = false
            ╰────
          help: switch it on, or take it out
    "#]];
    expected.assert_eq(&format!("$ router check rules.toml\n{told}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let alone = run(directory.path(), &["check", "next/rules.toml"], "");
    let alone = String::from_utf8_lossy(&alone.stdout).into_owned();
    let version = alone.lines().next().unwrap().rsplit(' ').next().unwrap();
    let line = format!("Canary: next/rules.toml, version {version}, for 5% of the contacts");
    assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    let json: serde_json::Value =
        serde_json::from_slice(&check(&["--format", "json"]).stdout).unwrap();
    assert_eq!(json["canary"]["version"], version);
    assert_eq!(json["canary"]["share"], "5%");
}

#[test]
fn the_example_has_nothing_doubtful() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for rules in ["scenarios/rules/canary.toml", "scenarios/rules/canary/next.toml"] {
        let output = run(&root, &["check", rules, "--deny-warnings"], "");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Ids on both sides of the share; the engine's tests hold the numbers.
fn contacts(directory: &Path) -> (String, String) {
    let rules = rules_file::load(&directory.join("rules.toml")).unwrap();
    let canary = rules.policy.canary().unwrap();
    let find = |wanted| (0..100).map(|n| format!("c{n}")).find(|id| canary.covers(id) == wanted);
    (find(true).unwrap(), find(false).unwrap())
}

#[test]
fn explain_says_who_decides() {
    let directory = folder("50%", NEXT);
    let (inside, outside) = contacts(directory.path());
    let explain = |arguments: &[&str]| {
        let message = ["explain", "rules.toml", "--message", "price?", "--at", "2026-11-20T18:00"];
        let output = run(directory.path(), &[&message, arguments].concat(), "");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    #[track_caller]
    fn check(text: &str, sentence: &str, canary: &str) {
        assert!(text.starts_with(sentence), "{text}");
        assert!(text.contains(&format!("\nCanary    {canary}\n")), "{text}");
    }
    check(
        &explain(&[]),
        "sales gets it by the rule `price`",
        "the rules in force decide; with --contact, next/rules.toml does for 50% of the contacts",
    );
    check(
        &explain(&["--contact", &outside]),
        "sales gets it by the rule `price`",
        "the rules in force decide: the contact is not among the 50% of next/rules.toml",
    );
    let decides = "next/rules.toml decides: the contact is among its 50%";
    check(
        &explain(&["--contact", &inside]),
        "support gets it by the rule `price for support`",
        decides,
    );
    // Queues are named once and seen by whoever decides.
    check(
        &explain(&["--contact", &inside, "--queue", "sales=9"]),
        "sales gets it: no rule matches",
        decides,
    );
    let json = explain(&["--contact", &inside, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["canary"]["decides"], true);
    assert_eq!(json["rules"], json["canary"]["version"]);
    assert_eq!(json["outcome"]["team"], "support");
}

/// A router whose rules are in a folder and looked at when asked.
struct Running {
    stage: Stage,
    asked: Arc<Notify>,
    directory: tempfile::TempDir,
    written: u32,
    _watched: stage::Watch,
}

impl Running {
    async fn new(share: &str) -> Self {
        let directory = folder(share, NEXT);
        let path = directory.path().join("rules.toml");
        let asked = Arc::new(Notify::new());
        let watch = RulesWatch { path, every: Duration::ZERO, asked: Arc::clone(&asked) };
        let (journal, watched) = stage::watched();
        // Nobody listens there: no call succeeds, and none is needed.
        let config = stage::config("http://127.0.0.1:9");
        let stage = Stage::start_with(config, journal, Some(watch)).await;
        let mut this = Self { stage, asked, directory, written: 0, _watched: watched };
        this.reload(1).await;
        this
    }

    /// Has the files read again, which is the `count`th time that they are others.
    async fn reload(&mut self, count: u32) {
        self.asked.notify_one();
        let line = format!("router_rules_reload_total{{outcome=\"in_force\"}} {count}");
        self.stage.until_metrics_say(&line).await;
    }

    /// Which team a question for the price goes to, and whether the canary says so.
    async fn team(&mut self) -> (String, bool) {
        self.written += 1;
        let id = format!("90{}", self.written);
        let body = include_str!("../fixtures/created_2_16.json")
            .replace("215400000002", &id)
            .replace("\"notif_", &format!("\"notif_{id}"))
            .replace("is a < b & c > d?", "how much is it?");
        assert_eq!(self.stage.deliver(body.as_bytes()).await, 200);
        loop {
            let decision = self.stage.decisions.recv().await.unwrap();
            if let Verdict::Routed(routing) = decision.verdict {
                return (routing.team.to_string(), routing.canary.is_some());
            }
        }
    }
}

#[tokio::test]
async fn a_running_router_takes_a_canary_changes_it_and_drops_it() {
    let mut running = Running::new("100%").await;
    assert_eq!(running.team().await, ("support".to_owned(), true));
    running.stage.until_metrics_say("router_canary_total{rules=\"canary\"} 1").await;
    // Only the canary's own file changes.
    let to_sales = NEXT.replacen("assign = \"support\"", "assign = \"sales\"", 1);
    std::fs::write(running.directory.path().join("next/rules.toml"), to_sales).unwrap();
    running.reload(2).await;
    assert_eq!(running.team().await, ("sales".to_owned(), true));
    write(running.directory.path(), "0%", NEXT);
    running.reload(3).await;
    assert_eq!(running.team().await, ("sales".to_owned(), false));
    running.stage.until_metrics_say("router_canary_total{rules=\"live\"} 1").await;
    running.stage.stop().await;
}
