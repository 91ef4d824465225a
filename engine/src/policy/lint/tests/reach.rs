//! Rules that never match, and keywords that others take.

use super::*;

/// Expects that of two rules the second never matches, or that it does.
#[track_caller]
fn check_shadow(first: &str, second: &str, shadowed: bool) {
    let message = "shadowed-rule: rule `b` can never match: rule `a` comes first and matches all \
                   that it would";
    let lines = [format!("sales: {first}"), format!("sales: {second}")];
    let expected: &[&str] = if shadowed { &[message] } else { &[] };
    check_rules(&[&lines[0], &lines[1]], expected);
}

/// Expects that a rule contradicts itself in this way.
#[track_caller]
fn check_impossible(when: &str, why: &str) {
    let expected = format!("impossible-rule: rule `a` can never match: it asks for {why}");
    check_rules(&[&format!("sales: {when}")], &[&expected]);
}

#[test]
fn a_rule_is_shadowed_by_words() {
    check_shadow(r#"text = ["order"]"#, r#"text = ["Order"]"#, true);
    check_shadow(r#"text = ["order", "price"]"#, r#"text = ["my order", "price list"]"#, true);
    check_shadow(r#"text = ["order"]"#, r#"text = ["my order", "price"]"#, false);
    check_shadow(r#"text = ["my order"]"#, r#"text = ["order"]"#, false);
    check_shadow(r#"text = ["order"]"#, r#"text = ["orders"]"#, false);
    check_shadow(r#"text = { prefix = "ord" }"#, r#"text = ["orders"]"#, true);
    check_shadow(r#"text = ["order"]"#, r#"text = { all = ["my", "order"] }"#, true);
    check_shadow(r#"text = { all = ["my", "order"] }"#, r#"text = ["my order"]"#, true);
    check_shadow(r#"text = { all = ["my", "order"] }"#, r#"text = ["my"]"#, false);
    check_shadow(
        r#"text = { any = ["order"], none = ["refund"] }"#,
        r#"text = { any = ["order"], none = ["refund", "price"] }"#,
        true,
    );
    check_shadow(
        r#"text = { any = ["order"], none = ["refund"] }"#,
        r#"text = { any = ["order"] }"#,
        false,
    );
    check_shadow(r#"text = { none = ["my order"] }"#, r#"text = { none = ["order"] }"#, true);
    check_shadow(r#"text = { regex = "a+b" }"#, r#"text = { regex = "a+b" }"#, true);
    check_shadow(r#"hashtag = ["a", "b"]"#, r##"hashtag = "#A""##, true);
    check_shadow(r#"link = "tiktok.com""#, r#"link = "vm.tiktok.com""#, true);
    check_shadow(r#"link = "any""#, r#"link = "vm.tiktok.com""#, true);
    check_shadow(r#"link = "tiktok.com""#, r#"link = "any""#, false);
    check_shadow(r#"mention = "a""#, r#"hashtag = "a""#, false);
}

#[test]
fn a_rule_is_shadowed_by_other_things() {
    let (wide, narrow) =
        (r#"text = ["a"], language = ["pt", "es"]"#, r#"text = ["a"], language = "pt-br""#);
    check_shadow(wide, narrow, true);
    check_shadow(narrow, wide, false);
    let (sure, surer) = (
        r#"text = ["a"], language = { any = "pt", at_least = 0.5 }"#,
        r#"text = ["a"], language = { any = "pt", at_least = 0.9 }"#,
    );
    check_shadow(sure, surer, true);
    check_shadow(surer, sure, false);
    check_shadow(r#"country = ["US", "BR"]"#, r#"country = "br""#, true);
    check_shadow(r#"tag = "vip""#, r#"tag = "VIP", contact_is = "new""#, true);
    check_shadow(r#"messages = { at_least = 3 }"#, r#"messages = { more_than = 2 }"#, true);
    check_shadow(r#"messages = { at_least = 3 }"#, r#"messages = { at_least = 2 }"#, false);
    check_shadow(r#"contact.plan = ["gold", "silver"]"#, r#"contact.plan = "Gold""#, true);
    check_shadow(r#"contact.plan.is_set = true"#, r#"contact.plan.contains = "gold""#, true);
    check_shadow(r#"contact.orders.at_least = 3"#, r#"contact.orders = 7"#, true);
    check_shadow(r#"contact.vip = true"#, r#"contact.vip = false"#, false);
    check_shadow(r#"attachment = "any""#, r#"attachment = ["image", "video"]"#, true);
    check_shadow(r#"weekday = "weekdays""#, r#"weekday = "monday""#, true);
    check_shadow(r#"time = "18:00-06:00""#, r#"time = ["22:00-23:00", "00:00-01:00"]"#, true);
    check_shadow(r#"time = "18:00-23:00""#, r#"time = "22:00-24:00""#, false);
    check_shadow(r#"team_open = ["sales"]"#, r#"text = ["a"]"#, true); // it has no hours
    check_shadow(r#"share = 1.0"#, r#"text = ["a"]"#, true);
    check_shadow(r#"share = { of = 0.5, key = "k" }"#, r#"share = { of = 0.2, key = "k" }"#, true);
    check_shadow(r#"share = { of = 0.5, key = "k" }"#, r#"share = { of = 0.2, key = "l" }"#, false);
    check_shadow(
        r#"queue = { team = "sales", waiting = { at_least = 5 } }"#,
        r#"queue = { team = "sales", waiting = { at_least = 9 }, oldest_at_least = "5m" }"#,
        true,
    );
    check_shadow(
        r#"queue = { team = "sales", waiting = { at_least = 5 }, oldest_at_least = "5m" }"#,
        r#"queue = { team = "sales", waiting = { at_least = 9 } }"#,
        false,
    );
}

#[test]
fn a_rule_is_shadowed_through_groups() {
    check_shadow(
        r#"any = [{ text = ["order"] }, { language = "es" }]"#,
        r#"text = ["my order"], country = "US""#,
        true,
    );
    check_shadow(
        r#"any = [{ text = ["order"] }, { language = "es" }]"#,
        r#"any = [{ language = "es", text = ["a"] }, { all = [{ text = ["order"] }] }]"#,
        true,
    );
    check_shadow(
        r#"any = [{ text = ["order"] }, { language = "es" }]"#,
        r#"any = [{ language = "fr" }, { text = ["order"] }]"#,
        false,
    );
    check_shadow(
        r#"none = [{ language = "es" }, { text = ["order"] }]"#,
        r#"none = [{ language = "es" }, { text = ["order", "price"] }]"#,
        true,
    );
    check_shadow(
        r#"language = "es", text = ["order"]"#,
        r#"language = "es", text = ["my order"], country = "US""#,
        true,
    );
    check_shadow(r#"language = "es", text = ["order"]"#, r#"text = ["order"]"#, false);
}

#[test]
fn rules_shadow_together() {
    check_rules(
        &[
            r#"sales: text = ["never mind"]"#,
            r#"sales: text = ["order"]"#,
            r#"sales: text = ["price"]"#,
            r#"sales: text = ["price list", "my order"]"#,
        ],
        &["shadowed-rule: rule `d` can never match: rules `b`, `c` come first and together match \
           all that it would"],
    );
}

#[test]
fn a_rule_that_is_off_shadows_nothing() {
    let source = rules(&[r#"sales: text = ["a"]"#, r#"sales: text = ["a"]"#]);
    let source = source.replacen("when =", "enabled = false\nwhen =", 1);
    check(&source, &["disabled-rule: rule `a` is switched off"]);
}

#[test]
fn a_rule_contradicts_itself() {
    check_impossible(r#"share = 0"#, "a share of the contacts that nobody is in");
    check_impossible(
        r#"all = [{ language = "es" }, { language = "fr" }]"#,
        "languages that exclude each other",
    );
    let words = "words that it also rules out";
    check_impossible(r#"text = { any = ["my order"], none = ["order"] }"#, words);
    check_impossible(r#"text = { all = ["a", "b"], none = ["b"] }"#, words);
    check_impossible(
        r#"all = [{ country = "US" }], none = [{ country = "US" }]"#,
        "countries, regions or tags that exclude each other",
    );
    check_impossible(r#"any = [{ share = 0 }, { text = { any = ["a"], none = ["a"] } }]"#, words);
    check_impossible(
        r#"all = [{ contact.plan = "a" }, { contact.plan.not = "A" }]"#,
        "values of an attribute that exclude each other",
    );
    check_impossible(
        r#"all = [{ attachment = "none" }, { attachment = "image" }]"#,
        "attachments that exclude each other",
    );
    check_impossible(
        r#"all = [{ messages = 1 }, { messages = { more_than = 1 } }]"#,
        "numbers of messages that exclude each other",
    );
    check_impossible(r#"team_closed = "sales""#, "teams that are open and closed at once");
    check_impossible(
        r#"all = [{ weekday = "monday" }, { weekday = "weekend" }]"#,
        "days that exclude each other",
    );
    check_impossible(
        r#"all = [{ time = "08:00-09:00" }, { time = "09:00-10:00" }]"#,
        "times that exclude each other",
    );
    check_impossible(
        r#"all = [{ contact_is = "new" }, { contact_is = "returning" }]"#,
        "a contact who is new and known",
    );
    check_rules(&[r#"sales: all = [{ tag = "a" }, { tag = "b" }]"#], &[]);
    check_rules(&[r#"sales: any = [{ language = "es" }, { share = 0 }]"#], &[]);
}

#[test]
fn a_phrase_is_stolen_only_by_what_comes_first() {
    let (short, long) = (r#"sales: text = ["order"]"#, r#"support: text = ["my order", "refund"]"#);
    check_rules(&[long, short], &[]);
    check_rules(
        &[short, long],
        &[
            r#"stolen-phrase: messages with "my order" go to `sales`, not to `support`: rule `a` comes before rule `b` and has "order""#,
        ],
    );
    check_rules(&[&short.replace("sales", "support"), long], &[]);
    check_rules(&[&format!("{short}, language = \"es\""), long], &[]);
}

#[test]
fn a_stolen_phrase_is_lost_or_may_come_through() {
    let help = |lines: &[&str]| lint(&rules(lines))[0].help.clone().unwrap();
    let long = r#"support: text = ["my order", "refund"]"#;
    assert_eq!(
        help(&[r#"sales: text = ["order"]"#, long]),
        "they never get past it: put rule `b` before rule `a`, or take them out"
    );
    assert_eq!(
        help(&[r#"sales: text = { any = ["order"], none = ["broken"] }"#, long]),
        "they get past it only with words that it rules out: put rule `b` before rule `a`, or \
         take them out"
    );
}
