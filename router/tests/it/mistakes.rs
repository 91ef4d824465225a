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
    // The command stands first because a snapshot loses the white space that all its lines share.
    expected.assert_eq(&format!("$ router check rules.toml\n{}", told.replace(&folder, "")));
}

const WHEN: &str = "when.text = [\"price\", \"how much\"]";

#[test]
fn the_rules_without_a_mistake_are_good() {
    let (_, warnings) = engine::Policy::from_toml(RULES).unwrap();
    assert_eq!(warnings, []);
}

#[test]
fn wrong_key() {
    check(
        WHEN,
        "wehn.text = [\"price\"]",
        &expect![[r#"
            $ router check rules.toml
              × unknown key `wehn`
                ╭─[rules.toml:34:1]
             33 │ assign = "sales"
             34 │ wehn.text = ["price"]
                · ────
             35 │ 
                ╰────
              help: did you mean `when`?
        "#]],
    );
}

#[test]
fn wrong_type() {
    check(
        "= 814865",
        "= \"814865\"",
        &expect![[r#"
            $ router check rules.toml
              × the text "814865" cannot stand here
                ╭─[rules.toml:20:17]
             19 │ [team.sales]
             20 │ intercom_team = "814865"
                ·                 ────────
             21 │ hours = "office"
                ╰────
              help: write a whole number, without quotes
        "#]],
    );
    check(
        WHEN,
        "when.text = \"price\"",
        &expect![[r#"
            $ router check rules.toml
              × the text "price" cannot stand here
                ╭─[rules.toml:34:13]
             33 │ assign = "sales"
             34 │ when.text = "price"
                ·             ───────
             35 │ 
                ╰────
              help: write a list of keywords, or a table with `any`, `all`, `none`, ...
        "#]],
    );
}

#[test]
fn unknown_team() {
    check(
        "assign = \"sales\"",
        "assign = \"slaes\"",
        &expect![[r#"
            $ router check rules.toml
              × unknown team `slaes`
                ╭─[rules.toml:33:10]
             32 │ name = "buying"
             33 │ assign = "slaes"
                ·          ───────
             34 │ when.text = ["price", "how much"]
                ╰────
              help: did you mean `sales`?
        "#]],
    );
}

#[test]
fn bad_regex() {
    check(
        WHEN,
        r#"when.text.regex = ["price", "cu[aá]n(to|tas? vale"]"#,
        &expect![[r#"
            $ router check rules.toml
              × this regular expression is wrong: unclosed group
                ╭─[rules.toml:34:38]
             33 │ assign = "sales"
             34 │ when.text.regex = ["price", "cu[aá]n(to|tas? vale"]
                ·                                     ─
             35 │ 
                ╰────
              help: close it with `)`; a parenthesis of the message is `\(`
        "#]],
    );
    check(
        WHEN,
        r#"when.text.regex = "\\bprice(?=s)""#,
        &expect![[r#"
            $ router check rules.toml
              × this regular expression is wrong: look-around, including look-ahead and look-behind, is not
              │ supported
                ╭─[rules.toml:34:28]
             33 │ assign = "sales"
             34 │ when.text.regex = "\\bprice(?=s)"
                ·                            ─
             35 │ 
                ╰────
              help: ask for what must not be there with `none = [...]` in the same `text`
        "#]],
    );
}

#[test]
fn backslash_in_double_quotes() {
    check(
        WHEN,
        r#"when.text.regex = "\d+ euro""#,
        &expect![[r#"
            $ router check rules.toml
              × `\d` stands for nothing in double quotes
                ╭─[rules.toml:34:20]
             33 │ assign = "sales"
             34 │ when.text.regex = "\d+ euro"
                ·                    ──
             35 │ 
                ╰────
              help: write `\\d`, or put the whole text in single quotes, where a backslash is a backslash
        "#]],
    );
}

#[test]
fn bad_time() {
    check(
        "\"09:00-18:00\"",
        "\"9am-6pm\"",
        &expect![[r#"
            $ router check rules.toml
              × `9am-6pm` are no opening times
                ╭─[rules.toml:17:13]
             16 │ [hours.office]
             17 │ weekdays = ["9am-6pm"]
                ·             ─────────
             18 │ 
                ╰────
              help: write opening times as `"09:00-18:00"`
        "#]],
    );
    check(
        "\"09:00-18:00\"",
        "\"22:00-06:00\"",
        &expect![[r#"
            $ router check rules.toml
              × `22:00-06:00` are no opening times
                ╭─[rules.toml:17:13]
             16 │ [hours.office]
             17 │ weekdays = ["22:00-06:00"]
                ·             ─────────────
             18 │ 
                ╰────
              help: opening times end on the day on which they begin: for a night, write `"22:00-24:00"` on
                    one day and `"00:00-06:00"` on the next
        "#]],
    );
}

#[test]
fn duplicate_rule_name() {
    check(
        "name = \"buying\"",
        "name = \"trouble\"",
        &expect![[r#"
            $ router check rules.toml
              × another rule is called `trouble` already
                ╭─[rules.toml:32:8]
             31 │ [[rule]]
             32 │ name = "trouble"
                ·        ─────────
             33 │ assign = "sales"
                ╰────
              help: the first stands in line 27; reports tell rules apart by their names: give this one
                    another
        "#]],
    );
}

#[test]
fn unclosed_quote() {
    check(
        "\"how much\"]",
        "\"how much]",
        &expect![[r#"
            $ router check rules.toml
              × this text has no closing quote
                ╭─[rules.toml:34:23]
             33 │ assign = "sales"
             34 │ when.text = ["price", "how much]
                ·                       ──────────
             35 │ 
                ╰────
              help: end it with `"`
        "#]],
    );
    check(
        "name = \"buying\"",
        "name = \"buying",
        &expect![[r#"
            $ router check rules.toml
              × this text has no closing quote
                ╭─[rules.toml:32:8]
             31 │ [[rule]]
             32 │ name = "buying
                ·        ───────
             33 │ assign = "sales"
                ╰────
              help: end it with `"`
        "#]],
    );
}

#[test]
fn empty_keyword() {
    check(
        "\"how much\"]",
        "\"\"]",
        &expect![[r#"
            $ router check rules.toml
              × this keyword is empty
                ╭─[rules.toml:34:23]
             33 │ assign = "sales"
             34 │ when.text = ["price", ""]
                ·                       ──
             35 │ 
                ╰────
              help: write a word, such as `refund`
        "#]],
    );
}

#[test]
fn unknown_language() {
    check(
        "[\"en\", \"es\"]",
        "[\"en\", \"spanish\"]",
        &expect![[r#"
            $ router check rules.toml
              × language `spanish` cannot be told from a text
               ╭─[rules.toml:8:16]
             7 │ [language]
             8 │ among = ["en", "spanish"]
               ·                ─────────
             9 │ 
               ╰────
              help: did you mean `es`?
        "#]],
    );
    check(
        WHEN,
        "when.language = \"pt\"",
        &expect![[r#"
            $ router check rules.toml
              × no message is ever told to be in language `pt`
                ╭─[rules.toml:34:17]
             33 │ assign = "sales"
             34 │ when.language = "pt"
                ·                 ────
             35 │ 
                ╰────
              help: add it to `[language] among`, which has `en`, `es`
        "#]],
    );
}

#[test]
fn number_compared_with_a_text() {
    check(
        WHEN,
        "when.contact.orders = \"three\"",
        &expect![[r#"
            $ router check rules.toml
              × `orders` is a number, and this is a text
                ╭─[rules.toml:34:23]
             33 │ assign = "sales"
             34 │ when.contact.orders = "three"
                ·                       ───────
             35 │ 
                ╰────
              help: write `orders = { at_least = 3 }`
        "#]],
    );
    check(
        WHEN,
        "when.contact.orders = { at_least = \"3\" }",
        &expect![[r#"
            $ router check rules.toml
              × `orders` is a number: `at_least` cannot compare it with a text
                ╭─[rules.toml:34:36]
             33 │ assign = "sales"
             34 │ when.contact.orders = { at_least = "3" }
                ·                                    ───
             35 │ 
                ╰────
              help: write `orders = { at_least = 3 }`
        "#]],
    );
}

#[test]
fn misspelt_attribute() {
    check(
        WHEN,
        "when.contact.ordres = 3",
        &expect![[r#"
            $ router check rules.toml
              × unknown contact attribute `ordres`
                ╭─[rules.toml:34:14]
             33 │ assign = "sales"
             34 │ when.contact.ordres = 3
                ·              ──────
             35 │ 
                ╰────
              help: did you mean `orders`?
        "#]],
    );
}

#[test]
fn topic_without_examples() {
    check(
        "examples = [\"it is broken\", \"i want my money back\", \"empty box\", \"it fell apart\", \"never again\"]",
        "",
        &expect![[r#"
            $ router check rules.toml
              × topic `complaint` has fewer than two examples
                ╭─[rules.toml:13:8]
             12 │ 
             13 │ [topic.complaint]
                ·        ─────────
             14 │ 
                ╰────
              help: add `examples = ["...", "..."]`, ten or more, as customers write them
        "#]],
    );
}

#[test]
fn bad_duration() {
    check(
        "[channel]",
        "[channel]\nsettle_for = \"10 apples\"",
        &expect![[r#"
            $ router check rules.toml
              × `10 apples` is no length of time
               ╭─[rules.toml:5:14]
             4 │ [channel]
             5 │ settle_for = "10 apples"
               ·              ───────────
             6 │ any = [{ tag = "tiktok" }]
               ╰────
              help: write it as `"10s"`; at most ten minutes
        "#]],
    );
    check(
        "[channel]",
        "[channel]\nsettle_for = \"1h\"",
        &expect![[r#"
            $ router check rules.toml
              × `1h` is too long
               ╭─[rules.toml:5:14]
             4 │ [channel]
             5 │ settle_for = "1h"
               ·              ────
             6 │ any = [{ tag = "tiktok" }]
               ╰────
              help: write it as `"10s"`; at most ten minutes
        "#]],
    );
}

#[test]
fn unknown_topic() {
    check(
        "when.topic = \"complaint\"",
        "when.topic = \"complaints\"",
        &expect![[r#"
            $ router check rules.toml
              × unknown topic `complaints`
                ╭─[rules.toml:29:14]
             28 │ assign = "support"
             29 │ when.topic = "complaints"
                ·              ────────────
             30 │ 
                ╰────
              help: did you mean `complaint`?
        "#]],
    );
}

#[test]
fn unclosed_list_and_heading() {
    check(
        "\"how much\"]",
        "\"how much\"",
        &expect![[r#"
            $ router check rules.toml
              × this list is not closed
                ╭─[rules.toml:34:13]
             33 │ assign = "sales"
             34 │ when.text = ["price", "how much"
                ·             ─
             35 │ 
                ╰────
              help: end it with `]`
        "#]],
    );
    check(
        "[fallback]",
        "[fallback",
        &expect![[r#"
            $ router check rules.toml
              × this heading is not closed
                ╭─[rules.toml:36:1]
             35 │ 
             36 │ [fallback
                · ─────────
             37 │ assign = "support"
                ╰────
              help: end it with `]`
        "#]],
    );
}

#[test]
fn values_without_quotes_and_keys_without_a_sign() {
    check(
        "name = \"buying\"",
        "name = buying",
        &expect![[r#"
            $ router check rules.toml
              × this text has no quotes
                ╭─[rules.toml:32:8]
             31 │ [[rule]]
             32 │ name = buying
                ·        ──────
             33 │ assign = "sales"
                ╰────
              help: write `"buying"`
        "#]],
    );
    check(
        "name = \"buying\"",
        "name: \"buying\"",
        &expect![[r#"
            $ router check rules.toml
              × `name` is not followed by `=`
                ╭─[rules.toml:32:1]
             31 │ [[rule]]
             32 │ name: "buying"
                · ────
             33 │ assign = "sales"
                ╰────
              help: write `name = "buying"`
        "#]],
    );
}

#[test]
fn key_given_twice() {
    check(
        "hours = \"office\"",
        "hours = \"office\"\nintercom_team = 7",
        &expect![[r#"
            $ router check rules.toml
              × `intercom_team` is said twice
                ╭─[rules.toml:22:1]
             21 │ hours = "office"
             22 │ intercom_team = 7
                · ─────────────
             23 │ 
                ╰────
              help: take one of the two lines out
        "#]],
    );
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
        &expect![[r#"
            $ router check rules.toml
              × the files include each other: `sales.toml` -> `more.toml` -> `sales.toml`
               ╭─[more.toml:2:12]
             1 │ # more
             2 │ include = ["sales.toml"]
               ·            ────────────
               ╰────
              help: take one of these `include`s out
        "#]],
    );
}

#[test]
fn missing_include() {
    check(
        "version = 1",
        "version = 1\ninclude = [\"sale.toml\"]",
        &expect![[r#"
            $ router check rules.toml
              × cannot read `sale.toml`: there is no such file
               ╭─[rules.toml:2:12]
             1 │ version = 1
             2 │ include = ["sale.toml"]
               ·            ───────────
             3 │ time_zone = "Europe/Dublin"
               ╰────
              help: the path starts from this file's folder
        "#]],
    );
}
