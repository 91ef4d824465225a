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
    // Its lines all begin with spaces, which a snapshot keeps only below one that does not.
    let problems = text(&output.stderr);
    let headed = if problems.is_empty() { problems } else { format!("problems:\n{problems}") };
    stderr.assert_eq(&headed);
    stdout.assert_eq(&text(&output.stdout));
    assert_eq!(output.status.code(), Some(code));
}

#[test]
fn people_read_problems_shifts_and_costs() {
    shows(
        &check(DOUBTFUL, &[], &[]),
        0,
        expect![[r#"
            problems:
              ⚠ nothing says where conversations of `sales` stay after hours [no-hold-team]
                ╭─[rules.toml:9:7]
              8 │ 
              9 │ [team.sales]
                ·       ─────
             10 │ intercom_team = 201
                ╰────
              help: they wait in the inbox of their team; to hold them elsewhere, add `[after_hours]` with
                    `hold_in = "..."`

              ⚠ messages with "where is my order" go to `sales`, not to `support`: rule `buy` comes before
              │ rule `lost` and has "order" [stolen-phrase]
                ╭─[rules.toml:24:14]
             23 │ assign = "support"
             24 │ when.text = ["where is my order", "tracking"]
                ·              ───────────────────
             25 │ 
                ╰────
              help: they never get past it: put rule `lost` before rule `buy`, or take them out

              ⚠ rule `price lists` can never match: rule `buy` comes first and matches all that it would
              │ [shadowed-rule]
                ╭─[rules.toml:27:8]
             26 │ [[rule]]
             27 │ name = "price lists"
                ·        ─────────────
             28 │ assign = "sales"
                ╰────
              help: put it before `buy`, or take it out
        "#]],
        expect![[r#"
            rules.toml: 3 warnings, version ae18d4491fcc

            Week of 2026-11-23, Europe/Dublin (█ open, ▒ partly, · closed)

            sales
                 0     6     12    18   24
            Mon  ·········███▒█████······
            Tue  ·········███▒█████······
            Wed  ·········███▒█████······
            Thu  ·········███▒█████······
            Fri  ·········███▒█████······
            Sat  ························
            Sun  ························

            support: always open

            A conversation takes 2 to 3 calls to Intercom.

            Messages that rules of two teams want; the first gets them:
              "where is my order": rule `buy` (sales), then rule `lost` (support), 1 keyword in common
        "#]],
    );
}

#[test]
fn the_example_of_assignment_is_beyond_doubt() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let arguments = ["check", "scenarios/rules/assignment.toml", "--deny-warnings"];
    let output = router(&root, &[&arguments[..], &WEEK].concat(), &[]);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn errors_are_shown_and_fail() {
    let wrong = DOUBTFUL.replace("assign = \"sales\"", "assign = \"sale\"");
    shows(
        &check(&wrong, &[], &[]),
        1,
        expect![[r#"
            problems:
              × unknown team `sale`
                ╭─[rules.toml:18:10]
             17 │ name = "buy"
             18 │ assign = "sale"
                ·          ──────
             19 │ when.text = ["order", "price"]
                ╰────
              help: did you mean `sales`?

              × unknown team `sale`
                ╭─[rules.toml:28:10]
             27 │ name = "price lists"
             28 │ assign = "sale"
                ·          ──────
             29 │ when.text = ["price list"]
                ╰────
              help: did you mean `sales`?
        "#]],
        expect![[r#"
        rules.toml: 2 errors
    "#]],
    );
}

#[test]
fn github_annotates_lines() {
    let wrong = DOUBTFUL.replace("assign = \"sales\"", "assign = \"sale\"");
    shows(
        &check(&wrong, &["--format", "github"], &[]),
        1,
        expect![[""]],
        expect![[r#"
        ::error file=rules.toml,line=18,endLine=18,col=10,endColumn=16,title=invalid-rules::unknown team `sale`%0Adid you mean `sales`?
        ::error file=rules.toml,line=28,endLine=28,col=10,endColumn=16,title=invalid-rules::unknown team `sale`%0Adid you mean `sales`?
    "#]],
    );
    shows(
        &check(DOUBTFUL, &["--format", "github"], &[]),
        0,
        expect![[""]],
        expect![[r#"
        ::warning file=rules.toml,line=9,endLine=9,col=7,endColumn=12,title=no-hold-team::nothing says where conversations of `sales` stay after hours%0Athey wait in the inbox of their team; to hold them elsewhere, add `[after_hours]` with `hold_in = "..."`
        ::warning file=rules.toml,line=24,endLine=24,col=14,endColumn=33,title=stolen-phrase::messages with "where is my order" go to `sales`, not to `support`: rule `buy` comes before rule `lost` and has "order"%0Athey never get past it: put rule `lost` before rule `buy`, or take them out
        ::warning file=rules.toml,line=27,endLine=27,col=8,endColumn=21,title=shadowed-rule::rule `price lists` can never match: rule `buy` comes first and matches all that it would%0Aput it before `buy`, or take it out
    "#]],
    );
}

#[test]
fn programs_read_json() {
    let output = check(DOUBTFUL, &["--format", "json", "--allow", "no-hold-team"], &[]);
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["coverage"]["rows"].take();
    assert_eq!(rows[0]["teams"], serde_json::json!(["sales"]));
    assert_eq!(rows[0]["week"][4], "·········███▒█████······");
    assert_eq!(rows[1]["week"].as_array().unwrap().len(), 7);
    let problems = report["problems"].as_array_mut().unwrap();
    assert_eq!(problems.len(), 2);
    problems.truncate(1);
    report["overlaps"].as_array_mut().unwrap().truncate(1);
    expect![[r#"
        {
          "cost": {
            "calls_at_least": 2,
            "calls_at_most": 3
          },
          "coverage": {
            "monday": "2026-11-23",
            "rows": null,
            "time_zone": "Europe/Dublin"
          },
          "errors": 0,
          "overlaps": [
            {
              "example": "where is my order",
              "first": "buy",
              "first_team": "sales",
              "is_by_words": true,
              "second": "lost",
              "second_team": "support",
              "shared_keywords": 1
            }
          ],
          "problems": [
            {
              "code": "stolen-phrase",
              "column": 14,
              "end_column": 33,
              "end_line": 24,
              "file": "rules.toml",
              "help": "they never get past it: put rule `lost` before rule `buy`, or take them out",
              "line": 24,
              "message": "messages with \"where is my order\" go to `sales`, not to `support`: rule `buy` comes before rule `lost` and has \"order\"",
              "severity": "warning"
            }
          ],
          "rules": "rules.toml",
          "version": "ae18d4491fcc",
          "warnings": 2
        }"#]].assert_eq(&serde_json::to_string_pretty(&report).unwrap());
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
    expect![[r#"
        "warning" "no-hold-team" "rules.toml":9:7
        "warning" "stolen-phrase" "rules.toml":24:14
        "warning" "shadowed-rule" "rules.toml":27:8
    "#]]
    .assert_eq(&told);
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
    let mock = MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap();
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
