//! `router config check`, and what `router serve` refuses to start with.

use std::path::Path;

use crate::cli::{SECRETS, check, router};
use crate::stage::RULES;

/// A directory with a configuration and rules that are fine.
fn house(config: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("router.toml"), config).unwrap();
    std::fs::write(directory.path().join("rules.toml"), RULES).unwrap();
    directory
}

fn said(directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let output = router(directory, arguments, environment);
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_good_configuration_is_shown_with_where_it_comes_from() {
    let directory = house("listen = \"127.0.0.1:9000\"\n");
    let arguments = ["config", "check", "--journal", "here.db"];
    let output = router(directory.path(), &arguments, &SECRETS);
    let here = directory.path().canonicalize().unwrap().join("here.db");
    let rules = directory.path().join("rules.toml");
    check(&output, 0, &["127.0.0.1:9000", here.to_str().unwrap(), rules.to_str().unwrap(), "ok\n"]);
    let shown = said(directory.path(), &arguments, &SECRETS);
    let line = |key: &str| shown.lines().find(|line| line.contains(key)).unwrap();
    assert!(line("listen").ends_with("router.toml:1"), "{shown}");
    assert!(line("journal").ends_with("--journal"), "{shown}");
    assert!(line("intercom.version").ends_with("default"), "{shown}");
    assert!(line("INTERCOM_TOKEN").contains(" set "), "{shown}");
    assert!(!shown.contains(SECRETS[1].1), "a secret is shown:\n{shown}");
    assert!(!directory.path().join("here.db").exists(), "it changes nothing");
}

#[test]
fn json_says_the_same() {
    let directory = house("");
    let shown = router(directory.path(), &["config", "check", "--format", "json"], &SECRETS[..1]);
    assert_eq!(shown.status.code(), Some(1));
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["findings"][0]["level"], "error");
    assert_eq!(shown["findings"][0]["place"], "INTERCOM_CLIENT_SECRET");
    let in_force = shown["in_force"].as_array().unwrap();
    let secret = in_force.iter().find(|it| it["key"] == "INTERCOM_CLIENT_SECRET").unwrap();
    assert_eq!(secret["value"], "not set");
}

#[test]
fn a_missing_file_is_bad_input() {
    let directory = tempfile::tempdir().unwrap();
    let output = router(directory.path(), &["config", "check"], &SECRETS);
    check(&output, 2, &["router.toml: cannot read the configuration file", "--config"]);
}

/// What `config check` says to a configuration, and that `serve` refuses it for the same reason.
#[test]
fn what_is_not_safe_is_refused_with_a_reason() {
    #[track_caller]
    fn refused(config: &str, reason: &str) {
        let directory = house(config);
        std::fs::write(directory.path().join("file"), "").unwrap();
        let checked = router(directory.path(), &["config", "check"], &SECRETS);
        check(&checked, 1, &[reason, "help: ", "the router does not start"]);
        check(&router(directory.path(), &["serve"], &SECRETS), 2, &[reason, "help: "]);
    }
    refused("journal = \"no/such/router.db\"", "router.toml:1: journal: the journal's directory ");
    refused("journal = \"file/router.db\"", "is not a directory");
    // Nobody can make files there, not even root.
    refused("journal = \"/proc/self/router.db\"", "cannot write in the journal's directory");
    refused("intercom.base_url = \"http://api.intercom.io\"", "must begin with https://");
    refused("lissen = \"127.0.0.1:80\"", "router.toml:1:1: unknown key `lissen`");
}

#[test]
fn a_journal_of_something_else_is_refused() {
    let directory = house("");
    std::fs::write(directory.path().join("router.db"), "notes ".repeat(200)).unwrap();
    for command in [&["config", "check"][..], &["serve"]] {
        let shown = said(directory.path(), command, &SECRETS);
        assert!(shown.contains("but not a router's journal"), "{shown}");
    }
}

#[test]
fn rules_that_do_not_load_are_named() {
    let directory = house("");
    let check_config = || router(directory.path(), &["config", "check"], &SECRETS);
    std::fs::write(directory.path().join("rules.toml"), "version = 1\nfallbak = 3\n").unwrap();
    check(&check_config(), 1, &["rules.toml has ", "mistakes", "router check"]);
    std::fs::remove_file(directory.path().join("rules.toml")).unwrap();
    check(&check_config(), 1, &["cannot read the rules file", "No such file", "router init"]);
}

#[test]
fn an_address_that_others_can_reach_is_noted() {
    let directory = house("");
    let arguments = ["config", "check", "--listen", "0.0.0.0:8080"];
    let output = router(directory.path(), &arguments, &SECRETS);
    check(&output, 0, &["note: --listen: listen: 0.0.0.0:8080", "put TLS in front"]);
}

#[cfg(unix)]
#[test]
fn it_is_said_where_a_link_leads() {
    let directory = house("");
    let elsewhere = directory.path().join("elsewhere.toml");
    std::fs::rename(directory.path().join("rules.toml"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, directory.path().join("rules.toml")).unwrap();
    let shown = said(directory.path(), &["config", "check"], &SECRETS);
    assert!(shown.contains("rules.toml -> ") && shown.contains("elsewhere.toml"), "{shown}");
}
