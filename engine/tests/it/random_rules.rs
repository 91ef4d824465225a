//! Random rules on random messages: nothing panics, and what must not matter does not.

use std::collections::BTreeMap;

use engine::{AttachmentKind, ContactProfile, Policy, QueueState, Subject, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

/// Every team, attribute and the like that a random condition can name.
const FRAME: &str = r#"
version = 1
time_zone = "America/New_York"
channel.any = [{ tag = "tiktok" }]
[language]
among = ["en", "es"]
[attributes.contact]
orders = "number"
vip = "boolean"
plan = ["free", "pro"]
[hours.day]
weekdays = ["09:00-17:00"]
[team.a]
intercom_team = 1
[team.b]
intercom_team = 2
hours = "day"
[team.c]
intercom_team = 3
[fallback]
assign = ["c", "a"]
"#;

const WORDS: [&str; 12] = [
    "refund",
    "order",
    "my order",
    "price",
    "how much",
    "cuánto",
    "quiero",
    "😍",
    "返金",
    "ราคา",
    "c++",
    "don't",
];

/// A condition as TOML's inline table.
fn condition() -> impl Strategy<Value = String> {
    let words =
        || prop::collection::vec(select(&WORDS[..]), 1..4).prop_map(|words| format!("{words:?}"));
    let leaf = prop_oneof![
        4 => words().prop_map(|it| format!("{{ text = {it} }}")),
        1 => (words(), words()).prop_map(|(a, b)| format!("{{ text = {{ any = {a}, none = {b} }} }}")),
        1 => words().prop_map(|it| format!("{{ text = {{ all = {it} }} }}")),
        1 => select(&["prefix", "contains", "starts_with", "exact"][..])
            .prop_flat_map(move |kind| words().prop_map(move |it| format!("{{ text = {{ {kind} = {it} }} }}"))),
        1 => Just(r"{ text = { regex = '\bts-\d+' } }".to_owned()),
        1 => (select(&WORDS[..]), select(&WORDS[..]), 0..5_u32)
            .prop_map(|(a, b, n)| format!("{{ text = {{ near = {{ words = [{a:?}, {b:?}], within = {n} }} }} }}")),
        1 => Just("{ text = { any = [\"pay\", \"ship\"], stem = \"en\" } }".to_owned()),
        1 => select(&["en", "es", "es-mx", "und"][..]).prop_map(|it| format!("{{ language = {it:?} }}")),
        1 => Just("{ language = { any = [\"es\"], at_least = 0.9 } }".to_owned()),
        1 => (0..5_u32).prop_map(|n| format!("{{ contact = {{ orders = {{ at_least = {n} }} }} }}")),
        1 => any::<bool>().prop_map(|it| format!("{{ contact = {{ vip = {it} }} }}")),
        1 => Just("{ contact = { plan = { not = \"pro\" } } }".to_owned()),
        1 => select(&["US", "MX"][..]).prop_map(|it| format!("{{ country = {it:?} }}")),
        1 => select(&["new", "returning"][..]).prop_map(|it| format!("{{ contact_is = {it:?} }}")),
        1 => select(&["any", "none", "image"][..]).prop_map(|it| format!("{{ attachment = {it:?} }}")),
        1 => (1..4_u32).prop_map(|n| format!("{{ messages = {{ at_most = {n} }} }}")),
        1 => select(&["team_open", "team_closed"][..]).prop_map(|it| format!("{{ {it} = \"b\" }}")),
        1 => (0..4_u32).prop_map(|n| format!("{{ queue = {{ team = \"a\", waiting = {{ more_than = {n} }} }} }}")),
        1 => select(&["weekdays", "weekend", "friday"][..]).prop_map(|it| format!("{{ weekday = {it:?} }}")),
        1 => select(&["09:00-17:00", "20:00-04:00"][..]).prop_map(|it| format!("{{ time = {it:?} }}")),
        1 => (0..=10_u32).prop_map(|n| format!("{{ share = {} }}", f64::from(n) / 10.0)),
        1 => Just("{ hashtag = \"sale\" }".to_owned()),
        1 => Just("{ link = \"any\" }".to_owned()),
        1 => Just("{ tag = \"vip\" }".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        (select(&["all", "any", "none"][..]), prop::collection::vec(inner, 1..4))
            .prop_map(|(group, parts)| format!("{{ {group} = [{}] }}", parts.join(", ")))
    })
}

/// A rule without its name: team and condition.
fn rule() -> impl Strategy<Value = (&'static str, String)> {
    (select(&["a", "b", "c"][..]), condition())
}

fn message() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => select(&WORDS[..]).prop_map(str::to_owned),
        2 => select(&["hello", "pls", "payments", "shipping", "ts-12", "#sale", "www.x.org", "orders", "REFUND", "refuuund"][..])
            .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(" "))
}

fn subject() -> impl Strategy<Value = Subject> {
    let profile = (
        prop::option::of(select(&["en", "es-mx", "de"][..])),
        prop::option::of(select(&["US", "MX"][..])),
        prop::option::of(0..6_u32),
        prop::option::of(any::<bool>()),
        0..3_u64,
    )
        .prop_map(|(language, country, orders, vip, days)| {
            let orders = orders.map(|it| ("orders".to_owned(), it.to_string()));
            let vip = vip.map(|it| ("vip".to_owned(), it.to_string()));
            ContactProfile {
                language: language.map(str::to_owned),
                country: country.map(str::to_owned),
                region: None,
                attributes: BTreeMap::from_iter(orders.into_iter().chain(vip)),
                created_at: Some(Timestamp::from_seconds(1_795_000_000 - days * 86_400)),
            }
        });
    let rest = (
        any::<bool>(),
        any::<bool>(),
        1..5_u32,
        0..7_u64 * 24,
        0..4_u32,
        select(&["ann", "bob", "cleo"][..]),
    );
    (message(), message(), prop::option::of(profile), rest).prop_map(
        |(text, earlier, contact, (tagged, image, messages, hours, waiting, identity))| Subject {
            text,
            earlier,
            contact,
            tags: if tagged { vec!["vip".to_owned()] } else { vec![] },
            attributes: BTreeMap::new(),
            attachments: if image { vec![AttachmentKind::Image] } else { vec![] },
            messages,
            opened_at: Timestamp::from_seconds(1_795_000_000),
            at: Timestamp::from_seconds(1_795_000_000 + hours * 3600),
            identity: identity.to_owned(),
            queues: vec![QueueState { waiting, oldest: None }],
        },
    )
}

fn policy(rules: &[(&str, String)]) -> Policy {
    let mut source = FRAME.to_owned();
    for (index, (team, condition)) in rules.iter().enumerate() {
        source +=
            &format!("[[rule]]\nname = \"{index}\"\nassign = \"{team}\"\nwhen = {condition}\n");
    }
    Policy::from_toml(&source).unwrap_or_else(|problems| panic!("{source}\n{problems:?}")).0
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn rules_explain_what_they_choose_and_print_what_they_mean(
        rules in prop::collection::vec(rule(), 0..6),
        subjects in prop::collection::vec(subject(), 1..6),
    ) {
        let written = policy(&rules);
        let printed = Policy::from_toml(&written.to_toml()).unwrap().0;
        for subject in &subjects {
            let choice = written.choose(subject);
            prop_assert_eq!(choice, printed.choose(subject), "\n{}", written.to_toml());
            let explanation = written.explain(subject);
            prop_assert_eq!(explanation.rule.as_deref(), choice.rule);
            prop_assert_eq!(&*explanation.ladder[0], choice.team);
            prop_assert_eq!(explanation, printed.explain(subject));
        }
    }

    #[test]
    fn a_rule_below_one_that_matches_changes_nothing(
        rules in prop::collection::vec(rule(), 1..5),
        below in rule(),
        subject in subject(),
    ) {
        let before = policy(&rules);
        let mut more = rules.clone();
        more.push(below);
        let after = policy(&more);
        if before.choose(&subject).rule.is_some() {
            prop_assert_eq!(before.choose(&subject), after.choose(&subject));
            prop_assert_eq!(before.explain(&subject), after.explain(&subject));
        }
    }

    #[test]
    fn no_message_panics(
        rules in prop::collection::vec(rule(), 1..4),
        text in any::<String>(),
        earlier in any::<String>(),
    ) {
        let subject = Subject { text, earlier, ..Subject::default() };
        let explanation = policy(&rules).explain(&subject);
        prop_assert!(!explanation.ladder.is_empty());
    }

    /// Cut, doubled or with something else in between: it is read or refused.
    #[test]
    fn no_rules_file_panics(
        rules in prop::collection::vec(rule(), 1..4),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        instead in "[\\PC\n]{0,8}",
    ) {
        let source = policy(&rules).to_toml();
        let ends: Vec<usize> = source.char_indices().map(|(at, _)| at).collect();
        let (from, to) = (ends[from.index(ends.len())], ends[to.index(ends.len())]);
        let changed = source[..from].to_owned() + &instead + &source[to..];
        let _ = Policy::from_toml(&changed);
    }
}
