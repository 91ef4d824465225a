//! `router test`, as people and scripts use it.

use std::path::Path;
use std::process::Output;

use expect_test::{Expect, expect};

use crate::cli_explain::{RULES, check_error, run};

const AT: [&str; 2] = ["--at", "2026-11-20T12:00"];

const CASES: &str = "\
text,team,topic,expected_language,contact.orders
how much is it,sales,price,,
\"cuánto, broken?\",sales,,,
hi,support,,,
what does a refund cost,support,price,en,4
what a price for the worst shop,night,complaint,,
สวัสดี,,,th,
just a line,,,,
";

fn try_rules(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rules.toml"), RULES).unwrap();
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    run(directory.path(), &[&["test", "rules.toml"], arguments, &AT].concat(), "")
}

#[track_caller]
fn check(output: &Output, code: i32, expected: &Expect) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    expected.assert_eq(&String::from_utf8_lossy(&output.stdout));
}

#[test]
fn failing_cases_have_reasons_and_the_rest_is_counted() {
    let output = try_rules(&[("cases.csv", CASES)], &["cases.csv"]);
    check(
        &output,
        1,
        &expect![[r#"
        cases.csv:3  "cuánto, [broken]?"
            team: expected sales, got support by the rule `trouble`
                ✓ trouble → support
                    ✓ any of these:
                        ✓ keyword: one of "broken", "refund": found [broken]
                        ✗ topic: "complaint", at least 0.7 sure: it is complaint, 0.03 sure, told by "…to" (100 %)
                ✓ prices → sales, but it stands too far below
                    ✓ keyword: one of "how much", "price", "cuánto": found [cuánto]
                    ✓ no keyword: "wholesale": not in the message

        cases.csv:6  "what a [price] for the worst shop"
            team: expected night, got sales by the rule `prices`
                ✓ prices → sales
                    ✓ keyword: one of "how much", "price", "cuánto": found [price]
                    ✓ no keyword: "wholesale": not in the message
                ✗ crowds → night
                    ✗ queue of sales: waiting at least 20: it is 0 waiting, the oldest 0 s
            topic: expected complaint, got price, 0.91 sure
                for price: "price" (67 %), "what" (24 %), "the" (9 %)
                for complaint: "worst" (45 %), "shop" (40 %), "the worst" (6 %), "worst shop" (6 %)

        Teams: 60.0 % right (3 of 5), 20.0 % by the fallback

          expected  night  sales  support
          night         ·      1        ·
          sales         ·      1        1
          support       ·      ·        2

          team     expected  got  precision   recall      F1  mostly taken for
          night           1    0          –    0.0 %   0.0 %         sales (1)
          sales           2    2     50.0 %   50.0 %  50.0 %       support (1)
          support         2    3     66.7 %  100.0 %  80.0 %                 –

        Topics: 66.7 % right (2 of 3)

          expected   complaint  price
          complaint          ·      1
          price              ·      2

          topic      expected  got  precision   recall      F1  mostly taken for
          complaint         1    0          –    0.0 %   0.0 %         price (1)
          price             2    3     66.7 %  100.0 %  80.0 %                 –

          at least so sure  precision  coverage
          0.5                  66.7 %   100.0 %
          0.7                  66.7 %   100.0 %
          0.8                  66.7 %   100.0 %
          0.9                  66.7 %   100.0 %

        Languages: 100.0 % right (2 of 2)

          expected  en  th
          en         1   ·
          th         ·   1

          language  expected  got  precision   recall       F1  mostly taken for
          en               1    1    100.0 %  100.0 %  100.0 %                 –
          th               1    1    100.0 %  100.0 %  100.0 %                 –

          at least so sure  precision  coverage
          0.5                 100.0 %   100.0 %
          0.7                 100.0 %   100.0 %
          0.8                 100.0 %   100.0 %
          0.9                 100.0 %   100.0 %

        ✗ 2 of 6 cases fail; 1 more expect nothing
    "#]],
    );
}

#[test]
fn junit_has_a_test_for_every_case() {
    let output = try_rules(&[("cases.csv", CASES)], &["cases.csv", "--format", "junit"]);
    check(
        &output,
        1,
        &expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="router test" tests="6" skipped="0" failures="2" errors="0">
            <testsuite name="cases.csv" tests="6" skipped="0" errors="0" failures="2">
                <testcase name="cases.csv:2: how much is it" classname="cases.csv"/>
                <testcase name="cases.csv:3: cuánto, broken?" classname="cases.csv">
                    <failure message="team: expected sales, got support by the rule `trouble`" type="unexpected">team: expected sales, got support by the rule `trouble`
            ✓ trouble → support
                ✓ any of these:
                    ✓ keyword: one of &quot;broken&quot;, &quot;refund&quot;: found [broken]
                    ✗ topic: &quot;complaint&quot;, at least 0.7 sure: it is complaint, 0.03 sure, told by &quot;…to&quot; (100 %)
            ✓ prices → sales, but it stands too far below
                ✓ keyword: one of &quot;how much&quot;, &quot;price&quot;, &quot;cuánto&quot;: found [cuánto]
                ✓ no keyword: &quot;wholesale&quot;: not in the message
        </failure>
                </testcase>
                <testcase name="cases.csv:4: hi" classname="cases.csv"/>
                <testcase name="cases.csv:5: what does a refund cost" classname="cases.csv"/>
                <testcase name="cases.csv:6: what a price for the worst shop" classname="cases.csv">
                    <failure message="team: expected night, got sales by the rule `prices`; topic: expected complaint, got price, 0.91 sure" type="unexpected">team: expected night, got sales by the rule `prices`
            ✓ prices → sales
                ✓ keyword: one of &quot;how much&quot;, &quot;price&quot;, &quot;cuánto&quot;: found [price]
                ✓ no keyword: &quot;wholesale&quot;: not in the message
            ✗ crowds → night
                ✗ queue of sales: waiting at least 20: it is 0 waiting, the oldest 0 s
        topic: expected complaint, got price, 0.91 sure
            for price: &quot;price&quot; (67 %), &quot;what&quot; (24 %), &quot;the&quot; (9 %)
            for complaint: &quot;worst&quot; (45 %), &quot;shop&quot; (40 %), &quot;the worst&quot; (6 %), &quot;worst shop&quot; (6 %)
        </failure>
                </testcase>
                <testcase name="cases.csv:7: สวัสดี" classname="cases.csv"/>
            </testsuite>
        </testsuites>
    "#]],
    );
}

#[test]
fn all_as_expected_is_0() {
    let cases = "[[case]]\ntext = \"price\"\nteam = \"sales\"\n";
    let output = try_rules(&[("cases.toml", cases)], &["cases.toml"]);
    check(
        &output,
        0,
        &expect![[r#"
        Teams: 100.0 % right (1 of 1), 0.0 % by the fallback

          expected  sales
          sales         1

          team   expected  got  precision   recall       F1  mostly taken for
          sales         1    1    100.0 %  100.0 %  100.0 %                 –

        ✓ the one case comes out as expected
    "#]],
    );
}

#[test]
fn a_least_accuracy_forgives_some() {
    let files = [("cases.csv", CASES)];
    let code = |least: &str| {
        let output = try_rules(&files, &["cases.csv", "--explain", "0", "--fail-under", least]);
        output.status.code()
    };
    assert_eq!(code("100%"), Some(1));
    assert_eq!(code("50%"), Some(0));
}

#[test]
fn json_has_the_same_figures() {
    let output = try_rules(&[("cases.csv", CASES)], &["cases.csv", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["cases"], 6);
    assert_eq!(json["without_expectation"], 1);
    assert_eq!(json["figures"][0]["aspect"], "team");
    assert_eq!(json["figures"][0]["right"], 3);
    assert_eq!(json["figures"][0]["fallback"], 1);
    assert_eq!(json["failures"][0]["line"], 3);
    assert_eq!(json["failures"][0]["failed"][0]["by"], "trouble");
    assert_eq!(json["failures"][0]["explanation"]["rule"], "trouble");
}

#[test]
fn a_report_goes_into_a_file() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("rules.toml"), RULES).unwrap();
    std::fs::write(directory.path().join("cases.csv"), CASES).unwrap();
    let arguments =
        ["test", "rules.toml", "cases.csv", "--format", "junit", "--output", "report.xml"];
    let output = run(directory.path(), &[&arguments[..], &AT].concat(), "");
    check(
        &output,
        1,
        &expect![[r#"
        ✗ 2 of 6 cases fail; 1 more expect nothing
    "#]],
    );
    let report = std::fs::read_to_string(directory.path().join("report.xml")).unwrap();
    assert!(report.starts_with("<?xml"), "{report}");
}

#[test]
fn languages_come_from_names_of_files() {
    let files = [("es.txt", "¿Cuánto cuesta la lámpara roja?\n"), ("th.x.txt", "สวัสดีครับ\n")];
    let arguments = ["es.txt", "th.x.txt", "--expect-language-from-name"];
    check(
        &try_rules(&files, &arguments),
        0,
        &expect![[r#"
        Languages: 100.0 % right (2 of 2)

          expected  es  th
          es         1   ·
          th         ·   1

          language  expected  got  precision   recall       F1  mostly taken for
          es               1    1    100.0 %  100.0 %  100.0 %                 –
          th               1    1    100.0 %  100.0 %  100.0 %                 –

          at least so sure  precision  coverage
          0.5                 100.0 %   100.0 %
          0.7                 100.0 %   100.0 %
          0.8                 100.0 %   100.0 %
          0.9                 100.0 %   100.0 %

        ✓ all 2 cases come out as expected
    "#]],
    );
}

#[test]
fn bad_input_is_2_and_says_what_would_be_right() {
    let check = |files: &[(&str, &str)], arguments: &[&str], expected: &str| {
        check_error(&try_rules(files, arguments), expected);
    };
    check(&[], &["cases.csv"], "cannot read cases.csv");
    check(&[("c.pdf", "")], &["c.pdf"], "ends in .toml, .csv");
    check(&[("c.csv", "txt\nhi\n")], &["c.csv"], "no column `text`");
    check(
        &[("c.csv", "text,team\nhi,sale\n")],
        &["c.csv"],
        "c.csv:2: the rules do not know the team `sale`: did you mean `sales`?",
    );
    check(&[("c.txt", "hi\nho\n")], &["c.txt"], "none of the 2 cases expects anything");
    check(
        &[("xx.txt", "hi\n")],
        &["xx.txt", "--expect-language-from-name"],
        "the rules do not know the language `xx`",
    );
    check(&[], &["c.csv", "--fail-under", "0.95"], "such as `95%`");
    check(&[], &["c.csv", "--column", "category"], "write `FROM=TO`");
    check(&[], &[], "<CASES>");
}

#[test]
fn help_has_examples() {
    let output = run(Path::new("."), &["test", "--help"], "");
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(help.contains("router test rules.toml cases.csv --format junit"), "{help}");
}
