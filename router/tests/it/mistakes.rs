//! Typical mistakes in rules files, and what `router check` says to each: what is wrong, where, and
//! what would be right.

use expect_test::{Expect, expect};
use router::rules_file;

const RULES: &str = r#"version = 1
time_zone = "Europe/Dublin"

[channel]
any = [{ tag = "tiktok" }]

[language]
among = ["en", "es"]

[attributes.contact]
orders = "number"

[topic.complaint]
examples = ["it is broken", "i want my money back", "empty box", "it fell apart", "never again"]

[hours.office]
weekdays = ["09:00-18:00"]

[team.sales]
intercom_team = 814865
hours = "office"

[team.support]
intercom_team = 814866

[[rule]]
name = "trouble"
assign = "support"
when.topic = "complaint"

[[rule]]
name = "buying"
assign = "sales"
when.text = ["price", "how much"]

[fallback]
assign = "support"
"#;

/// Replaces `right` by `wrong` in good rules and expects this to be said about it.
#[track_caller]
fn check(right: &str, wrong: &str, expected: &Expect) {
    check_files(right, wrong, &[], expected);
}

/// The same, with other files beside the rules.
#[track_caller]
fn check_files(right: &str, wrong: &str, others: &[(&str, &str)], expected: &Expect) {
    assert!(RULES.contains(right), "{right}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rules.toml");
    std::fs::write(&path, RULES.replacen(right, wrong, 1)).unwrap();
    for (name, text) in others {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let told = rules_file::load(&path).expect_err(wrong).to_string();
    let folder = format!("{}/", directory.path().display());
    expected.assert_eq(&told.replace(&folder, ""));
}

const WHEN: &str = "when.text = [\"price\", \"how much\"]";

#[test]
fn the_rules_without_a_mistake_are_good() {
    let (_, warnings) = engine::Policy::from_toml(RULES).unwrap();
    assert_eq!(warnings, []);
}

#[test]
fn wrong_key() {
    check(WHEN, "wehn.text = [\"price\"]", &expect![[r#""#]]);
}

#[test]
fn wrong_type() {
    check("= 814865", "= \"814865\"", &expect![[r#""#]]);
    check(WHEN, "when.text = \"price\"", &expect![[r#""#]]);
}

#[test]
fn unknown_team() {
    check("assign = \"sales\"", "assign = \"slaes\"", &expect![[r#""#]]);
}

#[test]
fn bad_regex() {
    check(WHEN, r#"when.text.regex = ["price", "cu[aá]n(to|tas? vale"]"#, &expect![[r#""#]]);
    check(WHEN, r#"when.text.regex = "\\bprice(?=s)""#, &expect![[r#""#]]);
}

#[test]
fn backslash_in_double_quotes() {
    check(WHEN, r#"when.text.regex = "\d+ euro""#, &expect![[r#""#]]);
}

#[test]
fn bad_time() {
    check("\"09:00-18:00\"", "\"9am-6pm\"", &expect![[r#""#]]);
    check("\"09:00-18:00\"", "\"22:00-06:00\"", &expect![[r#""#]]);
}

#[test]
fn duplicate_rule_name() {
    check("name = \"buying\"", "name = \"trouble\"", &expect![[r#""#]]);
}

#[test]
fn unclosed_quote() {
    check("\"how much\"]", "\"how much]", &expect![[r#""#]]);
    check("name = \"buying\"", "name = \"buying", &expect![[r#""#]]);
}

#[test]
fn empty_keyword() {
    check("\"how much\"]", "\"\"]", &expect![[r#""#]]);
}

#[test]
fn unknown_language() {
    check("[\"en\", \"es\"]", "[\"en\", \"spanish\"]", &expect![[r#""#]]);
    check(WHEN, "when.language = \"pt\"", &expect![[r#""#]]);
}

#[test]
fn number_compared_with_a_text() {
    check(WHEN, "when.contact.orders = \"three\"", &expect![[r#""#]]);
    check(WHEN, "when.contact.orders = { at_least = \"3\" }", &expect![[r#""#]]);
}

#[test]
fn misspelt_attribute() {
    check(WHEN, "when.contact.ordres = 3", &expect![[r#""#]]);
}

#[test]
fn topic_without_examples() {
    check(
        "examples = [\"it is broken\", \"i want my money back\", \"empty box\", \"it fell apart\", \"never again\"]",
        "",
        &expect![[r#""#]],
    );
}

#[test]
fn bad_duration() {
    check("[channel]", "[channel]\nsettle_for = \"10 apples\"", &expect![[r#""#]]);
    check("[channel]", "[channel]\nsettle_for = \"1h\"", &expect![[r#""#]]);
}

#[test]
fn unknown_topic() {
    check("when.topic = \"complaint\"", "when.topic = \"complaints\"", &expect![[r#""#]]);
}

#[test]
fn unclosed_list_and_heading() {
    check("\"how much\"]", "\"how much\"", &expect![[r#""#]]);
    check("[fallback]", "[fallback", &expect![[r#""#]]);
}

#[test]
fn values_without_quotes_and_keys_without_a_sign() {
    check("name = \"buying\"", "name = buying", &expect![[r#""#]]);
    check("name = \"buying\"", "name: \"buying\"", &expect![[r#""#]]);
}

#[test]
fn key_given_twice() {
    check("hours = \"office\"", "hours = \"office\"\nintercom_team = 7", &expect![[r#""#]]);
}

#[test]
fn cyclic_include() {
    let others = [
        ("sales.toml", "include = [\"more.toml\"]\n"),
        ("more.toml", "# more\ninclude = [\"sales.toml\"]\n"),
    ];
    check_files(
        "version = 1",
        "version = 1\ninclude = [\"sales.toml\"]",
        &others,
        &expect![[r#""#]],
    );
}

#[test]
fn missing_include() {
    check("version = 1", "version = 1\ninclude = [\"sale.toml\"]", &expect![[r#""#]]);
}
