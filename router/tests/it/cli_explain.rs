//! `router explain`, as people and scripts use it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use expect_test::{Expect, expect};

/// Something of everything that rules can do.
pub(crate) const RULES: &str = r#"
version = 1
time_zone = "Europe/Dublin"
channel.any = [{ tag = "tiktok" }]

[language]
among = ["en", "es", "th"]

[attributes.contact]
orders = "number"

[hours.office]
weekdays = ["09:00-17:00"]

[topic.complaint]
examples = [
    "this is the worst shop ever", "i am very unhappy with your service",
    "nobody answers my messages, terrible", "i want to complain about the quality",
]

[topic.price]
examples = [
    "how much is the lamp", "what does it cost", "price please", "can you tell me the price",
]

[team.sales]
intercom_team = 1
hours = "office"

[team.support]
intercom_team = 2

[team.night]
intercom_team = 3

[teammate.ana]
intercom_admin = 9

[[rule]]
name = "switched off"
enabled = false
assign = "support"
when.text = ["lamp"]

[[rule]]
name = "regulars"
assign = ["support", "sales"]
teammate = "ana"
priority = "high"
tags = ["regular"]
note = true
when.contact.orders = { at_least = 3 }

[[rule]]
name = "trouble"
assign = "support"
when.any = [
    { text = ["broken", "refund"] },
    { topic = "complaint" },
]

[[rule]]
name = "prices"
assign = "sales"
when.text = { any = ["how much", "price", "cuánto"], none = ["wholesale"] }

[[rule]]
name = "crowds"
assign = "night"
when.queue = { team = "sales", waiting = { at_least = 20 } }

[fallback]
assign = "support"

[after_hours]
hold_in = "night"
"#;

fn explain(arguments: &[&str], input: &str) -> Output {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rules.toml"), RULES).unwrap();
    run(directory.path(), &[&["explain", "rules.toml"], arguments].concat(), input)
}

/// Runs the router in a folder.
pub(crate) fn run(directory: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_router"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[track_caller]
fn check(arguments: &[&str], expected: &Expect) {
    let output = explain(arguments, "");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    expected.assert_eq(&String::from_utf8_lossy(&output.stdout));
}

#[track_caller]
pub(crate) fn check_error(output: &Output, expected: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains(expected), "`{expected}` is missing in:\n{error}");
}

#[test]
fn a_match_after_hours() {
    check(
        &["--message", "Hola, CUANTO cuesta?", "--at", "2026-11-20T18:00"],
        &expect![[r#"
        sales gets it by the rule `prices`; sales is closed, so it is held in night until Mon 2026-11-23 09:00.

        Message   "Hola, [CUANTO] cuesta?"
        Language  es, 0.99 sure, told by the text
        Topic     complaint, 0.03 sure, told by "…ANTO" (100 %)
        Decided   Fri 2026-11-20 18:00 (Europe/Dublin)

        Rules, from the top:
        ✗ regulars → support
            ✗ contact orders: at least 3: it is not known
        ✗ trouble → support
            ✗ any of these:
                ✗ keyword: one of "broken", "refund": not in the message
                ✗ topic: "complaint", at least 0.7 sure: it is complaint, 0.03 sure, told by "…ANTO" (100 %)
        ✓ prices → sales
            ✓ keyword: one of "how much", "price", "cuánto": found [CUANTO] for "cuánto"
            ✓ no keyword: "wholesale": not in the message
        Not reached: crowds
        Switched off: switched off
    "#]],
    );
}

#[test]
fn a_rule_with_everything() {
    check(
        &[
            "--message",
            "and the refund?",
            "--earlier",
            "hi",
            "--attribute",
            "contact.orders=4",
            "--at",
            "2026-11-20T12:00:00Z",
        ],
        &expect![[r#"
            support gets it by the rule `regulars`, for ana if they can take it, with high priority, tagged `regular`, with a note, or sales if Intercom refuses; support is always open.

            Earlier   "hi"
            Message   "and the refund?"
            Language  en, 1.00 sure, told by the text
            Topic     price, 0.05 sure, told by "the" (100 %)
            Decided   Fri 2026-11-20 12:00 (Europe/Dublin)

            Rules, from the top:
            ✓ regulars → support
                ✓ contact orders: at least 3: it is 4
            Not reached: trouble, prices, crowds
            Switched off: switched off
        "#]],
    );
}

#[test]
fn a_fallback_with_every_part() {
    check(
        &["--message", "wholesale price\u{1b}[31m", "--at", "2026-11-20T12:00", "--all"],
        &expect![[r#"
            support gets it: no rule matches, so the fallback decides; support is always open.

            Message   "wholesale price␛[31m"
            Language  not known: nothing tells it
            Topic     price, 0.59 sure, told by "price" (99 %)
            Decided   Fri 2026-11-20 12:00 (Europe/Dublin)

            Rules, from the top:
            ✗ regulars → support
                ✗ contact orders: at least 3: it is not known
            ✗ trouble → support
                ✗ any of these:
                    ✗ keyword: one of "broken", "refund": not in the message
                    ✗ topic: "complaint", at least 0.7 sure: it is price, 0.59 sure, told by "price" (99 %)
            ✗ prices → sales
                ✓ keyword: one of "how much", "price", "cuánto": found [price]
                ✗ no keyword: "wholesale": found [wholesale]
            ✗ crowds → night
                ✗ queue of sales: waiting at least 20: it is 0 waiting, the oldest 0 s
            → support, the fallback
            Switched off: switched off
        "#]],
    );
}

#[test]
fn queues_and_profiles_are_seen() {
    check(
        &[
            "--message",
            "y?",
            "--language",
            "ES-MX",
            "--queue",
            "sales=21:45m",
            "--at",
            "2026-11-20T12:00",
        ],
        &expect![[r#"
            night gets it by the rule `crowds`; night is always open.

            Message   "y?"
            Language  es-mx, told by the profile
            Topic     none: no word of it is in any example
            Decided   Fri 2026-11-20 12:00 (Europe/Dublin)

            Rules, from the top:
            ✗ regulars → support
                ✗ contact orders: at least 3: it is not known
            ✗ trouble → support
                ✗ any of these:
                    ✗ keyword: one of "broken", "refund": not in the message
                    ✗ topic: "complaint", at least 0.7 sure: it is none: no word of it is in any example
            ✗ prices → sales
                ✗ keyword: one of "how much", "price", "cuánto": not in the message
            ✓ crowds → night
                ✓ queue of sales: waiting at least 20: it is 21 waiting, the oldest 2700 s
            Switched off: switched off
        "#]],
    );
}

#[test]
fn json_holds_the_outcome_and_the_explanation() {
    let output = explain(
        &["--message", "-", "--at", "2026-11-20T18:00", "--format", "json"],
        "what is the price?\r\n",
    );
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["message"], "what is the price?");
    assert_eq!(json["outcome"]["team"], "sales");
    assert_eq!(json["outcome"]["held_in"], "night");
    assert_eq!(json["outcome"]["until"], "2026-11-23T09:00:00Z");
    assert_eq!(json["explanation"]["rule"], "prices");
    assert_eq!(json["matched"][0]["written"], "price");
    assert_eq!(json["not_reached"], serde_json::json!(["crowds"]));
    assert_eq!(json["switched_off"], serde_json::json!(["switched off"]));
    assert_eq!(json["topic"]["topic"], "price");
}

#[test]
fn bad_input_is_2_and_says_what_would_be_right() {
    let check = |arguments: &[&str], expected: &str| {
        let arguments = [&["--message", "hi"], arguments].concat();
        check_error(&explain(&arguments, ""), expected);
    };
    check(&["--at", "tomorrow"], "`tomorrow` is not a moment: write `2026-11-20T18:00`");
    check(&["--queue", "sale=3"], "did you mean `sales`?");
    check(&["--queue", "sales"], "write `TEAM=12`");
    check(&["--attribute", "orders=3"], "write `contact.NAME=VALUE`");
    check(&["--attachment", "pigeon"], "known are image, video");
    check_error(&explain(&[], ""), "--message");
}

#[test]
fn an_attribute_that_no_rule_can_ask_for_is_a_warning() {
    let output = explain(&["--message", "hi", "--attribute", "contact.order=3"], "");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{error}");
    assert!(error.contains("did you mean `orders`?"), "{error}");
}

#[test]
fn rules_with_errors_are_1_and_missing_ones_2() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["explain", "rules.toml", "--message", "hi"];
    check_error(&run(directory.path(), &arguments, ""), "cannot read the rules file");
    std::fs::write(directory.path().join("rules.toml"), "version = 1\n").unwrap();
    assert_eq!(run(directory.path(), &arguments, "").status.code(), Some(1));
}

#[test]
fn help_has_examples() {
    let output = run(Path::new("."), &["explain", "--help"], "");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(help.contains("router explain rules.toml --message -"), "{help}");
}
