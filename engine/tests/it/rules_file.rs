//! Mistakes in rules files: what is wrong, where, and what would be right.

use engine::{Policy, Problem, Severity};

const RULES: &str = r#"version = 1
time_zone = "Europe/Dublin"
[channel]
any = [{ tag = "tiktok" }]
[hours.business]
weekdays = ["09:00-18:00"]
[team.sales]
intercom_team = 100
hours = "business"
[team.support]
intercom_team = 200
[[rule]]
name = "price"
assign = "sales"
when.text = ["price"]
[fallback]
assign = "support"
"#;

/// Replaces `right` by `wrong` in good rules and expects one problem with this line, column,
/// message and help.
#[track_caller]
fn check(right: &str, wrong: &str, expected: (usize, usize, &str, &str)) {
    assert!(RULES.contains(right), "{right}");
    let source = RULES.replacen(right, wrong, 1);
    let problems = Policy::from_toml(&source).map(|_| ()).expect_err(wrong);
    let told: Vec<_> = problems.iter().map(|problem| told(problem, &source)).collect();
    let expected = (expected.0, expected.1, expected.2.to_owned(), expected.3.to_owned());
    assert_eq!(told, [expected]);
}

fn told(problem: &Problem, source: &str) -> (usize, usize, String, String) {
    assert_eq!(problem.severity, Severity::Error);
    let (line, column) = problem.position(source);
    (line, column, problem.message.clone(), problem.help.clone().unwrap_or_default())
}

#[test]
fn good_rules_have_no_problem() {
    let (policy, problems) = Policy::from_toml(RULES).unwrap();
    assert_eq!(problems, []);
    assert_eq!(policy.version().len(), 12);
    let teams: Vec<_> = policy.teams().map(|(name, id)| (&**name, id.get())).collect();
    assert_eq!(teams, [("sales", 100), ("support", 200)]);
}

#[test]
fn unknown_names() {
    let known = "did you mean `sales`?";
    check("assign = \"sales\"", "assign = \"slaes\"", (14, 10, "unknown team `slaes`", known));
    let known = "defined in this file: `sales`, `support`";
    check("assign = \"sales\"", "assign = \"x\"", (14, 10, "unknown team `x`", known));
    let known = "did you mean `Europe/Dublin`?";
    check("Europe/Dublin", "Europe/Dublni", (2, 13, "unknown time zone `Europe/Dublni`", known));
    let known = "did you mean `business`?";
    check("hours = \"business\"", "hours = \"busines\"", (9, 9, "unknown hours `busines`", known));
    check(
        "assign = \"support\"",
        "assign = \"suport\"",
        (17, 10, "unknown team `suport`", "did you mean `support`?"),
    );
}

#[test]
fn unknown_keys() {
    check("when.text", "wehn.text", (15, 1, "unknown key `wehn`", "did you mean `when`?"));
    check("when.text", "when.txet", (15, 6, "unknown key `txet`", "did you mean `text`?"));
    check("[fallback]", "[falback]", (16, 2, "unknown key `falback`", "did you mean `fallback`?"));
    check("{ tag", "{ tga", (4, 10, "unknown key `tga`", "did you mean `tag`?"));
}

#[test]
fn wrong_values() {
    let shape = "write opening times as `\"09:00-18:00\"`";
    check("09:00-18:00", "9 to 5", (6, 13, "`9 to 5` are no opening times", shape));
    check("= 100", "= 200", (11, 17, "team `sales` has the same `intercom_team`", ""));
    check(
        "[\"price\"]",
        "[\" \"]",
        (15, 14, "this keyword is empty", "write a word, such as `refund`"),
    );
    let help = "write `es`, `pt-br`, or `und` for a language that is not known";
    check(
        "when.text = [\"price\"]",
        "when.language = [\"Español\"]",
        (15, 18, "`Español` is no language tag", help),
    );
    check(
        "version = 1",
        "version = 2",
        (1, 11, "version 2 of the rules format is not known", "this program reads `version = 1`"),
    );
    let help = "write a whole number, without quotes";
    check("= 100", "= \"100\"", (8, 17, "the text \"100\" cannot stand here", help));
}

#[test]
fn missing_parts() {
    let help = "add `[fallback]` with `assign = \"...\"`: a conversation that no rule matches needs an owner, too";
    check("[fallback]\nassign = \"support\"\n", "", (1, 1, "there is no `[fallback]`", help));
    let help = "say when it applies; what no rule matches goes to `[fallback]`";
    check("when.text = [\"price\"]\n", "", (13, 8, "rule `price` has no `when`", help));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let source = RULES.replace("\"sales\"", "\"x\"").replace("Europe/Dublin", "Nowhere");
    let problems = Policy::from_toml(&source).unwrap_err();
    let lines: Vec<_> = problems.iter().map(|problem| problem.position(&source).0).collect();
    assert_eq!(lines, [2, 14]);
}

#[test]
fn a_team_that_gets_nothing_is_worth_a_warning() {
    let source = RULES.replace("assign = \"sales\"", "assign = \"support\"");
    let (_, warnings) = Policy::from_toml(&source).unwrap();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].severity, Severity::Warning);
    assert_eq!(warnings[0].position(&source), (7, 7));
}

#[test]
fn no_input_panics() {
    for end in 0..RULES.len() {
        let _ = Policy::from_toml(&RULES[..end]);
    }
    for wrong in ["", "\u{0}", "[", "rule = 1", "team = []", "[team.\"\"]\nintercom_team = -1"] {
        assert!(Policy::from_toml(wrong).is_err(), "{wrong:?}");
    }
}
