//! `router diff`, as people and scripts use it.

use std::path::Path;
use std::process::{Command, Output};

use expect_test::{Expect, expect};

const HEAD: &str = r#"version = 1
time_zone = "Europe/Dublin"
channel.any = [{ tag = "tiktok" }]
team.sales.intercom_team = 1
team.support.intercom_team = 2
fallback.assign = "support"
"#;

const OLD: &str = r#"
[[rule]]
name = "trouble"
assign = "support"
when.text = ["broken"]

[[rule]]
name = "buying"
assign = "sales"
when.text = ["price", "order", "refund"]
"#;

const NEW: &str = r#"
[[rule]]
name = "trouble"
assign = "support"
priority = "high"
tags = ["trouble"]
when.text = ["broken", "refund", "my order"]

[[rule]]
name = "shopping"
assign = "sales"
when.text = ["price", "order", "refund"]
"#;

const CORPUS: &str = r#"text,team
what is the price,sales
i want to order,sales
my order is broken,support
where is my order,support
I want a refund,support
I want a refund,support
"refund | `now` <b>@all</b>",sales
hello,
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.write("old.toml", &format!("{HEAD}{OLD}"));
        desk.write("new.toml", &format!("{HEAD}{NEW}"));
        desk.write("dms.csv", CORPUS);
        desk
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn diff(&self, arguments: &[&str]) -> Output {
        diff(self.0.path(), arguments)
    }
}

fn diff(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_router"));
    command.arg("diff").args(arguments).current_dir(directory).env_clear();
    command.output().unwrap()
}

const BOTH: [&str; 6] = ["old.toml", "new.toml", "--corpus", "dms.csv", "--at", "2026-11-24T12:00"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [BOTH.as_slice(), more].concat()
}

#[track_caller]
fn check(output: &Output, code: i32, expected: &Expect) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert_eq!(told, "");
    expected.assert_eq(&String::from_utf8_lossy(&output.stdout));
}

#[track_caller]
fn check_refused(output: &Output, expected: &[&str]) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    for part in expected {
        assert!(told.contains(part), "`{part}` is missing in:\n{told}");
    }
}

#[test]
fn text_shows_counts_flows_and_the_messages() {
    check(
        &Desk::new().diff(&with(&[])),
        0,
        &expect![[r#"
        Rules 2a4f8158c9b2 → 55ea17892073
          changed "trouble": priority +"high"; tags +"trouble"; when.text.any +"refund", "my order"
          renamed "buying" to "shopping"

        4 of 8 messages move to another team (50.0 %)
          5 (62.5 %) change their priority from normal to high
          5 (62.5 %) get the tag "trouble"

        Of 7 messages with an expected team, 4 (57.1 %) were right before and 6 (85.7 %) are now
          fixed 3, broken 1, still wrong 0

        Teams
                   before  after  gained  lost
          sales         6      2       0     4
          support       2      6       4     0

        From team to team
          from   to       messages  of all that it had
          sales  support         4              66.7 %

        What moves, the most surprising first

          sales → support  0.6 bits  dms.csv:5  fixed
            “where is my order”
            before  rule "buying" by "order"
            after   rule "trouble" by "my order"

          sales → support  0.6 bits  dms.csv:6  ×2  fixed
            “I want a refund”
            before  rule "buying" by "refund"
            after   rule "trouble" by "refund"

          sales → support  0.6 bits  dms.csv:8  broken
            “refund | `now` <b>@all</b>”
            before  rule "buying" by "refund"
            after   rule "trouble" by "refund"
    "#]],
    );
}

#[test]
fn too_many_moves_fail_and_few_are_shown() {
    check(
        &Desk::new().diff(&with(&["--max-moved", "20%", "--show", "1"])),
        1,
        &expect![[r#"
        Rules 2a4f8158c9b2 → 55ea17892073
          changed "trouble": priority +"high"; tags +"trouble"; when.text.any +"refund", "my order"
          renamed "buying" to "shopping"

        4 of 8 messages move to another team (50.0 %): more than the 20.0 % allowed
          5 (62.5 %) change their priority from normal to high
          5 (62.5 %) get the tag "trouble"

        Of 7 messages with an expected team, 4 (57.1 %) were right before and 6 (85.7 %) are now
          fixed 3, broken 1, still wrong 0

        Teams
                   before  after  gained  lost
          sales         6      2       0     4
          support       2      6       4     0

        From team to team
          from   to       messages  of all that it had
          sales  support         4              66.7 %

        What moves, the most surprising first

          sales → support  0.6 bits  dms.csv:5  fixed
            “where is my order”
            before  rule "buying" by "order"
            after   rule "trouble" by "my order"

          and 2 more: --show N shows N
    "#]],
    );
}

#[test]
fn markdown_is_safe_and_folds_the_messages_away() {
    let more = ["--format", "markdown", "--max-moved", "50%"];
    check(
        &Desk::new().diff(&with(&more)),
        0,
        &expect![[r####"
        ### ✅ 4 of 8 messages move to another team (50.0 %): at most 50.0 % may

        - 5 (62.5 %) change their priority from normal to high
        - 5 (62.5 %) get the tag "trouble"
        - Of 7 messages with an expected team, 4 (57.1 %) were right before and 6 (85.7 %) are now
        - fixed 3, broken 1, still wrong 0
        - rules 2a4f8158c9b2 → 55ea17892073, decided as of 2026-11-24T12:00:00Z

        **Rules**

        - changed "trouble": priority +"high"; tags +"trouble"; when.text.any +"refund", "my order"
        - renamed "buying" to "shopping"

        | from | to | messages | of all that it had |
        | --- | --- | ---: | ---: |
        | sales | support | 4 | 66.7 % |

        <details>
        <summary>Messages that move, the most surprising first</summary>

        | message | × | from → to | before | after | effect |
        | --- | ---: | --- | --- | --- | --- |
        | <code>where is my order</code> | 1 | sales → support | rule "buying" by "order" | rule "trouble" by "my order" | fixed |
        | <code>I want a refund</code> | 2 | sales → support | rule "buying" by "refund" | rule "trouble" by "refund" | fixed |
        | <code>refund &#124; &#96;now&#96; &#60;b&#62;&#64;all&#60;/b&#62;</code> | 1 | sales → support | rule "buying" by "refund" | rule "trouble" by "refund" | broken |

        </details>
    "####]],
    );
}

#[test]
fn the_same_rules_move_nothing() {
    let arguments = ["old.toml", "old.toml", "--corpus", "dms.csv", "--max-moved", "0%"];
    check(
        &Desk::new().diff(&arguments),
        0,
        &expect![[r#"
        Rules 2a4f8158c9b2 → 2a4f8158c9b2
          say the same

        0 of 8 messages move to another team (0.0 %): at most 0.0 % may

        Of 7 messages with an expected team, 4 (57.1 %) were right before and 4 (57.1 %) are now
          fixed 0, broken 0, still wrong 0

        Teams
                   before  after  gained  lost
          sales         6      6       0     0
          support       2      2       0     0
    "#]],
    );
}

#[test]
fn json_has_everything_whatever_is_shown() {
    let output = Desk::new().diff(&with(&["--format", "json", "--show", "0"]));
    assert_eq!(output.status.code(), Some(0));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["at"], "2026-11-24T12:00:00Z");
    assert_eq!((&found["messages"], &found["moved"]), (&8.into(), &4.into()));
    assert_eq!(found["expected"]["fixed"], 3);
    assert_eq!(found["expected"]["broken"], 1);
    let moves = found["moves"].as_array().unwrap();
    let messages: Vec<_> = moves.iter().map(|it| it["messages"].as_u64().unwrap()).collect();
    assert_eq!(messages, [1, 2, 1]);
    assert_eq!(moves[1]["old"]["words"], serde_json::json!(["refund"]));
    assert_eq!(moves[1]["effect"], "fixed");
    assert_eq!(moves[2]["text"], "refund | `now` <b>@all</b>");
}

#[test]
fn several_corpora_and_other_names_of_columns() {
    let desk = Desk::new();
    desk.write("more.jsonl", "{\"message\":\"refund\"}\n");
    desk.write("dms.txt", "price\n\norder\n");
    let arguments = ["old.toml", "new.toml", "--corpus", "more.jsonl", "dms.txt", "--column"];
    let arguments = [arguments.as_slice(), &["message=text", "--format", "json"]].concat();
    let output = desk.diff(&arguments);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["messages"], &found["moved"]), (&3.into(), &1.into()));
    assert_eq!(found.get("expected"), None);
}

#[test]
fn wrong_input_is_2_and_says_what_is_wrong() {
    let desk = Desk::new();
    desk.write("bad.toml", "version = 2\n");
    desk.write("empty.txt", "\n");
    desk.write("odd.csv", "message\nhello\n");
    let corpus = |old, new, file| desk.diff(&[old, new, "--corpus", file]);
    let bad = ["version 2 of the rules format", "bad.toml has errors"];
    check_refused(&corpus("bad.toml", "new.toml", "dms.csv"), &bad);
    check_refused(&corpus("old.toml", "bad.toml", "dms.csv"), &bad);
    check_refused(&corpus("old.toml", "none.toml", "dms.csv"), &["cannot read", "none.toml"]);
    check_refused(&corpus("old.toml", "new.toml", "none.csv"), &["cannot read none.csv"]);
    check_refused(&corpus("old.toml", "new.toml", "empty.txt"), &["no message"]);
    check_refused(&corpus("old.toml", "new.toml", "odd.csv"), &["odd.csv:1", "`text`"]);
    check_refused(&corpus("old.toml", "new.toml", "old.toml"), &["old.toml:3"]);
    check_refused(&desk.diff(&["old.toml", "new.toml"]), &["--corpus"]);
    check_refused(&desk.diff(&with(&["--max-moved", "2"])), &["such as `2%`"]);
    check_refused(&desk.diff(&with(&["--column", "text"])), &["FROM=TO"]);
    let noon = ["old.toml", "new.toml", "--corpus", "dms.csv", "--at", "noon"];
    check_refused(&desk.diff(&noon), &["`noon` is no moment"]);
}

#[test]
fn help_says_what_surprise_is_and_has_examples() {
    let output = Desk::new().diff(&["--help"]);
    let told = String::from_utf8_lossy(&output.stdout);
    for part in ["router diff old.toml new.toml", "-log2(", "Exit codes: 0", "--max-moved"] {
        assert!(told.contains(part), "`{part}` is missing in:\n{told}");
    }
}
