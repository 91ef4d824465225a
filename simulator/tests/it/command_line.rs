//! The program as its users meet it: what it prints, and its exit code.

use std::path::Path;
use std::process::{Command, Output};

fn simulator(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Command::new(env!("CARGO_BIN_EXE_simulator"))
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap()
}

fn printed(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[test]
fn every_scenario_passes_and_prints_the_same_bytes_twice() {
    let fairness = ["fairness-round-robin", "fairness-balanced"];
    let others = ["viral-burst", "after-hours", "fallback", "drain"];
    for scenario in others.into_iter().chain(fairness) {
        let path = format!("scenarios/{scenario}.toml");
        let once = simulator(&["run", &path]);
        let report = printed(&once.stdout);
        assert_eq!(once.status.code(), Some(0), "{report}\n{}", printed(&once.stderr));
        assert!(report.contains("seed "), "the seed is printed:\n{report}");
        assert!(report.trim_end().lines().last().unwrap().starts_with("PASS"), "{report}");
        assert_eq!(report, printed(&simulator(&["run", &path]).stdout));
    }
}

#[test]
fn another_seed_is_another_run() {
    let run =
        |seed| printed(&simulator(&["run", "scenarios/fallback.toml", "--seed", seed]).stdout);
    assert_ne!(run("1"), run("2"));
}

#[test]
fn the_report_is_there_for_programs_too() {
    let output = simulator(&["run", "scenarios/fallback.toml", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["volume"]["lost"], 0);
    assert_eq!(report["run"]["mode"], "virtual");
}

/// Writes a scenario and its rules into a directory of their own, with one thing changed, and
/// expects this exit code and all of these words on standard error.
#[track_caller]
fn check(file: &str, right: &str, wrong: &str, code: i32, words: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for name in ["fallback.toml", "rules/fallback.toml"] {
        let text = std::fs::read_to_string(root.join("scenarios").join(name)).unwrap();
        let text = if name == file {
            assert!(text.contains(right), "{right}");
            text.replacen(right, wrong, 1)
        } else {
            text
        };
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output = simulator(&["run", directory.path().join("fallback.toml").to_str().unwrap()]);
    let told = printed(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{told}");
    for word in words {
        assert!(told.contains(word), "{word:?} is missing in:\n{told}");
    }
}

#[test]
fn an_expectation_that_fails_is_exit_code_1() {
    check(
        "fallback.toml",
        "routing_accuracy = { at_least = 0.9 }",
        "routing_accuracy = { at_least = 1.0 }",
        1,
        &[],
    );
}

#[test]
fn bad_input_is_exit_code_2_with_its_place() {
    let scenario = "fallback.toml";
    let rules = "rules/fallback.toml";
    check(
        scenario,
        "horizon",
        "horizont",
        2,
        &["fallback.toml:", "`horizont`", "did you mean `horizon`?"],
    );
    check(
        scenario,
        "team = \"triage\"",
        "team = \"triag\"",
        2,
        &["fallback.toml:", "unknown team `triag`", "did you mean `triage`?"],
    );
    check(
        scenario,
        "[[team]]\n",
        "[[team]]\nname = \"ghosts\"\nteammates = 1\n\n[[team]]\n",
        2,
        &["fallback.toml:", "unknown team `ghosts`", "defined in the rules"],
    );
    check(
        rules,
        "assign = \"triage\"",
        "assign = \"triag\"",
        2,
        &["fallback.toml:", "unknown team `triag`"],
    );
    check(rules, "when.text", "wehn.text", 2, &["unknown key `wehn`", "did you mean `when`?"]);
    check(
        rules,
        "version = 1",
        "version = 1\ntime_zone = \"Europe/Dublni\"",
        2,
        &[":4:13", "unknown time zone"],
    );
    check(scenario, "rules/fallback.toml", "rules/nowhere.toml", 2, &["rules/nowhere.toml"]);
    let missing = simulator(&["run", "nowhere.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(printed(&missing.stderr).contains("nowhere.toml"));
}
