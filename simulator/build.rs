//! Tells the program which commit it was built from, where git knows.

use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=../.git/logs/HEAD");
    let commit = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    if let Some(commit) = commit.ok().filter(|it| it.status.success()) {
        let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
        println!("cargo:rustc-env=SIMULATOR_COMMIT={commit}");
    }
}
