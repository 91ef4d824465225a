//! The binary, as people and scripts use it.

use std::path::Path;
use std::process::{Command, Output};

pub(crate) fn router(directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_router"))
        .args(arguments)
        .current_dir(directory)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[track_caller]
pub(crate) fn check(output: &Output, code: i32, expected: &[&str]) {
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{text}");
    for expected in expected {
        assert!(text.contains(expected), "`{expected}` is missing in:\n{text}");
    }
}

pub(crate) const SECRETS: [(&str, &str); 2] =
    [("INTERCOM_TOKEN", "t"), ("INTERCOM_CLIENT_SECRET", "0123456789abcdef")];

#[test]
fn check_says_that_good_rules_are_good() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rules.toml"), crate::stage::RULES).unwrap();
    check(
        &router(directory.path(), &["check", "rules.toml"], &[]),
        0,
        &["rules.toml: ok, version "],
    );
}

#[test]
fn check_shows_line_and_column_of_every_mistake() {
    let directory = tempfile::tempdir().unwrap();
    let rules = crate::stage::RULES
        .replace("assign = \"sales\"", "assign = \"sale\"")
        .replace("time_zone = \"UTC\"", "time_zone = \"Mars/Olympus\"");
    std::fs::write(directory.path().join("rules.toml"), rules).unwrap();
    let output = router(directory.path(), &["check", "rules.toml"], &[]);
    check(
        &output,
        1,
        &["rules.toml:3:13", "Mars/Olympus", "rules.toml:12:10", "did you mean `sales`?"],
    );
}

#[test]
fn check_of_an_unknown_key_shows_its_line() {
    let directory = tempfile::tempdir().unwrap();
    let rules = crate::stage::RULES.replace("when.text", "wehn.text");
    std::fs::write(directory.path().join("rules.toml"), rules).unwrap();
    check(
        &router(directory.path(), &["check", "rules.toml"], &[]),
        1,
        &["rules.toml:13:1", "wehn"],
    );
}

#[test]
fn a_missing_rules_file_says_where_it_was_looked_for() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rules.toml");
    let path = path.to_str().unwrap();
    check(&router(directory.path(), &["check", "rules.toml"], &[]), 2, &[path]);
    std::fs::write(directory.path().join("router.toml"), "").unwrap();
    check(&router(directory.path(), &["serve"], &SECRETS), 2, &[path]);
}

#[test]
fn serve_names_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("router.toml");
    let output = router(directory.path(), &["serve"], &SECRETS);
    check(&output, 2, &[path.to_str().unwrap()]);
    std::fs::write(&path, "").unwrap();
    check(&router(directory.path(), &["serve"], &SECRETS[..1]), 2, &["INTERCOM_CLIENT_SECRET"]);
    check(&router(directory.path(), &["serve"], &SECRETS[1..]), 2, &["INTERCOM_TOKEN"]);
    std::fs::write(&path, "\nlisten = 7").unwrap();
    check(&router(directory.path(), &["serve"], &SECRETS), 2, &["router.toml:2:10: the number 7"]);
}

#[test]
fn serve_refuses_bad_rules_and_shows_them() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("router.toml"), "").unwrap();
    std::fs::write(directory.path().join("rules.toml"), "version = 1\nfallbak = 3\n").unwrap();
    check(&router(directory.path(), &["serve"], &SECRETS), 1, &["rules.toml:2:1", "fallbak"]);
}

#[test]
fn wrong_usage_is_2_and_help_has_examples() {
    let directory = tempfile::tempdir().unwrap();
    check(&router(directory.path(), &["route"], &[]), 2, &["Usage"]);
    check(&router(directory.path(), &["serve", "--help"], &[]), 0, &["Example: router serve"]);
    check(&router(directory.path(), &["check", "--help"], &[]), 0, &["Example: router check"]);
}
