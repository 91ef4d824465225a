//! `router test` on public data, where it is at hand: BANKING77 (PolyAI, CC-BY-4.0) for topics,
//! the test data of lingua (github.com/pemistahl/lingua-rs, Apache-2.0) for languages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli_explain::run;

const LANGUAGES: [&str; 18] = [
    "ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr",
    "vi", "zh",
];

/// What every rules file needs.
const FRAME: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
team.all.intercom_team = 1
fallback.assign = "all"
"#;

/// A file or folder of public data, or `None` and a word about it if it is not here.
fn data(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    if !path.exists() {
        println!("skipped: there is no ../shared/data/{name}");
        return None;
    }
    Some(path.canonicalize().unwrap())
}

/// Tries rules on files and prints the tables. The figures, as JSON.
fn figures(rules: &str, files: &[PathBuf], options: &[&str]) -> Value {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rules.toml"), rules).unwrap();
    let files: Vec<&str> = files.iter().map(|path| path.to_str().unwrap()).collect();
    let arguments = [&["test", "rules.toml", "--explain", "0"], &files[..], options].concat();
    let text = run(directory.path(), &arguments, "");
    println!("{}", String::from_utf8_lossy(&text.stdout));
    let json = run(directory.path(), &[&arguments[..], &["--format", "json"]].concat(), "");
    let error = String::from_utf8_lossy(&json.stderr).into_owned();
    let report: Value = serde_json::from_slice(&json.stdout).expect(&error);
    report["figures"][0].clone()
}

/// One table `[topic.NAME]` for each category of a file of text and category.
fn topics(train: &Path) -> String {
    let mut topics: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for row in csv::Reader::from_path(train).unwrap().records() {
        let row = row.unwrap();
        topics.entry(row[1].trim().to_owned()).or_default().push(Value::from(&row[0]));
    }
    let mut tables = String::new();
    for (topic, examples) in topics {
        // A JSON text is a TOML text as well.
        let (topic, examples) = (Value::from(topic), Value::from(examples));
        let _ = writeln!(tables, "[topic.{topic}]\nexamples = {examples}");
    }
    tables
}

#[test]
fn topics_of_a_banks_customers() {
    let Some((train, test)) =
        data("intents/banking77-train.csv").zip(data("intents/banking77-test.csv"))
    else {
        return;
    };
    let rules = FRAME.to_owned() + &topics(&train);
    let figures = figures(&rules, &[test], &["--column", "category=topic"]);
    assert_eq!((&figures["aspect"], &figures["cases"]), (&"topic".into(), &3_080.into()));
    assert!(figures["accuracy"].as_f64().unwrap() >= 0.88);
    let sure = figures["by_confidence"].as_array().unwrap();
    let sure = sure.iter().find(|it| it["at_least"] == 0.7).unwrap();
    assert!(sure["precision"].as_f64().unwrap() >= 0.95);
    assert!(sure["coverage"].as_f64().unwrap() >= 0.85);
}

#[test]
fn languages_of_short_texts() {
    let Some(folder) = data("language") else { return };
    let among = Value::from(LANGUAGES.to_vec());
    let rules = format!("{FRAME}[language]\namong = {among}\n");
    for (kind, least) in [("word-pairs", 0.9), ("sentences", 0.98)] {
        let files = LANGUAGES.map(|language| folder.join(format!("{language}.{kind}.txt")));
        let figures = figures(&rules, &files, &["--expect-language-from-name"]);
        assert_eq!(figures["aspect"], "language");
        let accuracy = figures["accuracy"].as_f64().unwrap();
        assert!(accuracy >= least, "{kind}: {accuracy}");
    }
}
