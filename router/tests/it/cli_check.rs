//! `router check`, as people and scripts use it.

use std::path::Path;
use std::process::Output;

use expect_test::{Expect, expect};
use mock_intercom::{MockIntercom, ServeOptions, Workspace, WorkspaceFile};
use serde_json::Value;

use crate::cli::router;

/// Rules that can be used and are doubtful in several ways.
const DOUBTFUL: &str = r#"version = 1
time_zone = "Europe/Dublin"
channel.any = [{ tag = "tiktok" }]
fallback.assign = "support"

[hours.office]
weekdays = ["09:00-12:30", "13:00-18:00"]

[team.sales]
intercom_team = 201
hours = "office"

[team.support]
intercom_team = 202

[[rule]]
name = "buy"
assign = "sales"
when.text = ["order", "price"]

[[rule]]
name = "lost"
assign = "support"
when.text = ["where is my order", "tracking"]

[[rule]]
name = "price lists"
assign = "sales"
when.text = ["price list"]
"#;

const WEEK: [&str; 2] = ["--week", "2026-11-25"];

fn check(rules: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rules.toml"), rules).unwrap();
    std::fs::write(directory.path().join("router.toml"), "").unwrap();
    run(directory.path(), arguments, environment)
}

fn run(directory: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let arguments: Vec<&str> =
        ["check", "rules.toml"].into_iter().chain(WEEK).chain(arguments.iter().copied()).collect();
    router(directory, &arguments, environment)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn shows(output: &Output, code: i32, stderr: Expect, stdout: Expect) {
    stderr.assert_eq(&text(&output.stderr));
    stdout.assert_eq(&text(&output.stdout));
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn people_read_problems_shifts_and_costs() {
    shows(&check(DOUBTFUL, &[], &[]), 0, expect![[""]], expect![[""]]);
}

#[test]
fn errors_are_shown_and_fail() {
    let wrong = DOUBTFUL.replace("assign = \"sales\"", "assign = \"sale\"");
    shows(&check(&wrong, &[], &[]), 1, expect![[""]], expect![[""]]);
}

#[test]
fn github_annotates_lines() {
    let wrong = DOUBTFUL.replace("assign = \"sales\"", "assign = \"sale\"");
    shows(&check(&wrong, &["--format", "github"], &[]), 1, expect![[""]], expect![[""]]);
    shows(&check(DOUBTFUL, &["--format", "github"], &[]), 0, expect![[""]], expect![[""]]);
}

#[test]
fn programs_read_json() {
    let output = check(DOUBTFUL, &["--format", "json", "--allow", "no-hold-team"], &[]);
    shows(&output, 0, expect![[""]], expect![[""]]);
}

/// What the schema of SARIF 2.1.0 requires of the objects that are used.
#[test]
fn code_scanning_reads_sarif() {
    let output = check(DOUBTFUL, &["--format", "sarif"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert!(driver["name"].is_string());
    let rules = driver["rules"].as_array().unwrap();
    assert!(
        rules.iter().all(|it| it["id"].is_string() && it["shortDescription"]["text"].is_string())
    );
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().unwrap();
    let mut told = String::new();
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        let region = &place["region"];
        let at = |key: &str| region[key].as_u64().unwrap();
        assert!(at("startLine") >= 1 && at("startColumn") >= 1);
        assert!((at("endLine"), at("endColumn")) >= (at("startLine"), at("startColumn")));
        told += &format!(
            "{} {} {}:{}:{}\n",
            result["level"],
            result["ruleId"],
            place["artifactLocation"]["uri"],
            at("startLine"),
            at("startColumn"),
        );
    }
    expect![[""]].assert_eq(&told);
}

#[test]
fn exit_codes_tell_what_came_of_it() {
    let code = |rules: &str, arguments: &[&str]| check(rules, arguments, &[]).status.code();
    assert_eq!(code(DOUBTFUL, &[]), Some(0));
    assert_eq!(code(DOUBTFUL, &["--deny-warnings"]), Some(1));
    let allowed = ["stolen-phrase", "shadowed-rule", "no-hold-team"];
    let allow = allowed.iter().flat_map(|code| ["--allow", code]);
    let quiet: Vec<&str> = ["--deny-warnings"].into_iter().chain(allow).collect();
    assert_eq!(code(DOUBTFUL, &quiet), Some(0));
    assert_eq!(code("version = 1", &quiet), Some(1));
    assert_eq!(code(DOUBTFUL, &["--allow", "everything"]), Some(2));
    assert_eq!(code(DOUBTFUL, &["--format", "xml"]), Some(2));
    assert_eq!(code(DOUBTFUL, &["--live"]), Some(2), "there is no token");
}

#[tokio::test(flavor = "multi_thread")]
async fn intercom_is_asked_for_its_teams() {
    let workspace = Workspace::new(WorkspaceFile::example()).unwrap();
    let mock = MockIntercom::start(workspace, ServeOptions::default()).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let rules = DOUBTFUL.replace("intercom_team = 201", "intercom_team = 9");
    std::fs::write(directory.path().join("rules.toml"), rules).unwrap();
    let config = format!("intercom.base_url = \"{}\"\n", mock.url());
    std::fs::write(directory.path().join("router.toml"), config).unwrap();
    let run = |token: &'static str| {
        let directory = directory.path().to_owned();
        tokio::task::spawn_blocking(move || {
            run(&directory, &["--live", "--format", "github"], &[("INTERCOM_TOKEN", token)])
        })
    };
    let output = run(crate::stage::TOKEN).await.unwrap();
    let told = text(&output.stdout);
    assert!(told.contains("title=missing-team::Intercom has no team 9"), "{told}");
    assert_eq!(output.status.code(), Some(1));
    let refused = run("wrong").await.unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("does not accept the token"));
}
