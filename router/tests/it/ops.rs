//! The files in `router/ops`: other people's tools accept them. That the metrics exist which they
//! name is tested beside the metrics.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// How exposed the service may be by systemd's count, in tenths: from 0 to 100.
const EXPOSURE_MAX: &str = "20";

fn ops(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ops").join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(ops(name)).unwrap()
}

#[test]
fn the_dashboard_is_one() {
    let dashboard: Value = serde_json::from_str(&read("dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len(), "each panel has an id of its own");
    for panel in panels {
        let title = panel["title"].as_str().unwrap();
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{title} shows nothing");
        assert!(targets.iter().all(|it| it["expr"].as_str().is_some_and(|it| !it.is_empty())));
        let place = &panel["gridPos"];
        let side = |key: &str| place[key].as_u64().unwrap();
        assert!(side("x") + side("w") <= 24, "{title} is beyond the right edge");
    }
}

/// A program of others; `None` (and a word about it) if it is not here. Under CI it must be.
fn tool(name: &str) -> Option<Command> {
    let found = Command::new(name).arg("--version").output().is_ok();
    #[expect(clippy::disallowed_methods, reason = "CI says that nothing may be skipped")]
    let must = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(found || !must, "{name} is not here, and under CI=true no test may skip");
    if !found {
        println!("skipped: {name} is not here");
    }
    found.then(|| Command::new(name))
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&text));
}

#[test]
fn prometheus_accepts_the_alerts_and_their_tests() {
    let Some(mut promtool) = tool("promtool") else { return };
    succeeds(promtool.args(["check", "rules"]).arg(ops("alerts.yml")));
    succeeds(Command::new("promtool").args(["test", "rules"]).arg(ops("alerts.test.yml")));
}

/// Every alert fires in some test: its name stands there.
#[test]
fn every_alert_is_tested() {
    let tests = read("alerts.test.yml");
    let alerts = read("alerts.yml");
    let alerts = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let alerts: Vec<_> = alerts.collect();
    assert!(alerts.len() >= 10);
    for alert in alerts {
        assert!(tests.contains(alert), "{alert} is not tested");
    }
}

#[test]
fn systemd_accepts_the_unit_and_finds_it_closed() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        // It comes with the machine, not by installing: so it may be missing anywhere.
        return println!("skipped: systemd-analyze is not here");
    }
    let directory = tempfile::tempdir().unwrap();
    let unit = directory.path().join("router.service");
    let here = env!("CARGO_BIN_EXE_router");
    let text = read("router.service");
    assert!(text.contains("/usr/local/bin/router serve"));
    std::fs::write(&unit, text.replace("/usr/local/bin/router", here)).unwrap();
    succeeds(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit));
    let mut security = Command::new("systemd-analyze");
    security.args(["security", "--offline=true", "--threshold", EXPOSURE_MAX, "--no-pager"]);
    succeeds(security.arg(&unit));
}

#[test]
fn the_image_is_built_by_our_compiler_and_runs_as_nobody() {
    let text = read("Dockerfile");
    let manifest = include_str!("../../../Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")).unwrap();
    let version = version.trim_end_matches('"');
    assert!(text.contains(&format!("FROM rust:{version}-")), "the workspace needs {version}");
    let last = text.rsplit("\nFROM ").next().unwrap();
    assert!(last.contains(":nonroot\n") && last.contains("\nUSER 65532:65532\n"));
    for line in text.lines().filter(|line| line.starts_with("ENV") || line.starts_with("ARG")) {
        let secret = line.contains("TOKEN") || line.contains("SECRET");
        assert!(!secret, "a secret would be in the image's history: {line}");
    }
    assert!(last.contains("ROUTER_JOURNAL=/data/") && last.contains("VOLUME /data"));
}
