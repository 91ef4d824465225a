//! House rules that no other tool checks.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The longest that a file of code may be; tables of messages are data.
const LINES_MAX: usize = 800;
const MAIN_LINES_MAX: usize = 60;
const TABLES: &str = "simulator/src/messages/";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every Rust file of the workspace with its text, or nothing where git does not know.
fn sources() -> Vec<(String, String)> {
    let list = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"])
        .current_dir(root())
        .output();
    let Ok(list) = list else {
        println!("skipped: git is not here to list the files");
        return vec![];
    };
    let list = String::from_utf8(list.stdout).unwrap();
    let read =
        |name: &str| Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?));
    list.lines().filter_map(read).collect()
}

#[test]
fn files_have_one_purpose() {
    for (name, text) in sources().iter().filter(|(name, _)| !name.starts_with(TABLES)) {
        let lines = text.lines().count();
        assert!(lines <= LINES_MAX, "{name} has {lines} lines: what is its second purpose?");
        if name.ends_with("/main.rs") && !name.contains("/tests/") {
            assert!(lines <= MAIN_LINES_MAX, "{name} has {lines} lines: it should be a sentence");
        }
    }
}

#[test]
fn names_say_something() {
    for (name, _) in sources() {
        let vague = ["util", "utils", "helper", "helpers", "common", "misc", "types", "mod"];
        let said = name.trim_end_matches(".rs").split('/').all(|part| !vague.contains(&part));
        assert!(said, "{name}: name the concern instead");
    }
}

#[test]
fn nothing_is_left_for_later_and_no_test_sleeps() {
    let marks =
        ["TO", "FIX"].map(|mark| format!("{mark}{}", if mark == "TO" { "DO" } else { "ME" }));
    let naps = ["thread::", "time::"].map(|it| format!("{it}sleep("));
    for (name, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let place = format!("{name}:{}", number + 1);
            assert!(!marks.iter().any(|mark| line.contains(mark)), "{place}: do it now");
            let naps = naps.iter().any(|nap| line.contains(nap)) && name.contains("/tests");
            assert!(!naps, "{place}: drain, or move time");
        }
    }
}
