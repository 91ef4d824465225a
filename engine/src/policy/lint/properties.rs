//! What is said of rules is true of them.

use proptest::prelude::*;

use crate::{AttachmentKind, ContactProfile, Policy, RulesSource, Subject};

const WORDS: [&str; 6] = ["order", "my", "refund", "re", "pay", "ordér"];

fn words() -> impl Strategy<Value = String> {
    let phrase = prop::collection::vec(prop::sample::select(&WORDS[..]), 1..3);
    let phrases = prop::collection::vec(phrase.prop_map(|it| it.join(" ")), 1..3);
    phrases.prop_map(|it| format!("{it:?}"))
}

fn text() -> impl Strategy<Value = String> {
    let kinds = ["any", "all", "none", "prefix", "contains", "starts_with", "exact"];
    let near = (0..WORDS.len(), 0..WORDS.len(), 0..2).prop_map(|(a, b, n)| {
        format!("near = {{ words = [{:?}, {:?}], within = {n} }}", WORDS[a], WORDS[b])
    });
    let listed = (prop::sample::select(kinds.to_vec()), words())
        .prop_map(|(kind, words)| format!("{kind} = {words}"));
    prop_oneof![6 => listed, 1 => near].prop_map(|it| format!("text = {{ {it} }}"))
}

fn test() -> impl Strategy<Value = String> {
    let others = [
        "language = \"es\"",
        "language = [\"pt\", \"fr\"]",
        "language = \"pt-br\"",
        "country = \"US\"",
        "country = [\"us\", \"BR\"]",
        "tag = \"a\"",
        "tag = [\"a\", \"b\"]",
        "contact.plan = \"gold\"",
        "contact.plan.not = \"gold\"",
        "contact.plan.contains = \"old\"",
        "contact.plan.is_set = true",
        "contact.plan.is_set = false",
        "contact.orders.at_least = 2",
        "contact.orders.less_than = 5",
        "contact.orders = 3",
        "messages = 1",
        "messages = { more_than = 1 }",
        "attachment = \"none\"",
        "attachment = \"any\"",
        "attachment = [\"image\", \"file\"]",
        "hashtag = \"order\"",
        "link = \"any\"",
        "link = \"a.com\"",
        "share = 0",
        "share = 1",
        "share = { of = 0.4, key = \"k\" }",
        "share = { of = 0.7, key = \"k\" }",
        "contact_is = \"new\"",
        "team_open = \"a\"",
    ];
    prop_oneof![3 => text(), 2 => prop::sample::select(others.to_vec()).prop_map(str::to_owned)]
}

fn condition() -> impl Strategy<Value = String> {
    test().prop_recursive(3, 8, 3, |inner| {
        let group = prop::sample::select(vec!["all", "any", "none"]);
        (group, prop::collection::vec(inner, 1..3)).prop_map(|(group, parts)| {
            let parts: Vec<String> = parts.iter().map(|it| format!("{{ {it} }}")).collect();
            format!("{group} = [{}]", parts.join(", "))
        })
    })
}

fn subject() -> impl Strategy<Value = Subject> {
    let said = [
        "order",
        "my",
        "refund",
        "re",
        "pay",
        "ordér",
        "orders",
        "ORDERRRR",
        "rePAY",
        "my  order,",
        "#order",
        "https://x.a.com",
        "https://b.com",
        "refund-order",
        "l'order",
        "payy",
        "ordeer",
        "@my",
        "🎉",
        "-",
        "reorder",
    ];
    let text = prop::collection::vec(prop::sample::select(said.to_vec()), 0..5);
    let language = prop::sample::select(vec![None, Some("es"), Some("pt"), Some("pt-br")]);
    let country = prop::sample::select(vec![None, Some("US"), Some("BR")]);
    let plan = prop::sample::select(vec![None, Some(""), Some("gold"), Some("Old"), Some("x")]);
    let orders = prop::sample::select(vec![None, Some("3"), Some("7"), Some("many")]);
    let tags = prop::sample::subsequence(vec!["a".to_owned(), "B".to_owned()], 0..=2);
    let attachments =
        prop::sample::subsequence(vec![AttachmentKind::Image, AttachmentKind::Audio], 0..=2);
    let rest = (plan, orders, tags, attachments, 1..4_u32, 0..50_u32);
    (text, language, country, rest).prop_map(|(text, language, country, rest)| {
        let (plan, orders, tags, attachments, messages, identity) = rest;
        let set = [("plan", plan), ("orders", orders)];
        let set = set.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?.to_owned())));
        let contact = ContactProfile {
            language: language.map(str::to_owned),
            country: country.map(str::to_owned),
            attributes: set.collect(),
            ..ContactProfile::default()
        };
        Subject {
            text: text.join(" "),
            contact: Some(contact),
            tags,
            attachments,
            messages,
            identity: identity.to_string(),
            ..Subject::default()
        }
    })
}

fn source(conditions: &[String]) -> String {
    let head = "version = 1\nchannel.any = [{ tag = \"t\" }]\nteam.a.intercom_team = 1\n\
                team.b.intercom_team = 2\nfallback.assign = \"b\"\n\
                attributes.contact = { plan = \"text\", orders = \"number\" }\n";
    let rules = conditions.iter().enumerate().map(|(at, condition)| {
        let team = ["a", "b"][at % 2];
        format!("[[rule]]\nname = \"{at}\"\nassign = \"{team}\"\nwhen = {{ {condition} }}\n")
    });
    format!("{head}{}", rules.collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// A rule that is said never to match is never chosen; a stolen phrase goes to the thief.
    #[test]
    fn no_alarm_is_false(
        conditions in prop::collection::vec(condition(), 1..5),
        subjects in prop::collection::vec(subject(), 30),
    ) {
        let source = source(&conditions);
        let policy = Policy::from_toml(&source).unwrap().0;
        let problems = policy.lint(&RulesSource::single(source.as_str()));
        let never: Vec<&str> = problems
            .iter()
            .filter(|it| matches!(it.code, Some("shadowed-rule" | "impossible-rule")))
            .map(|it| source[it.span.clone()].trim_matches('"'))
            .collect();
        for subject in &subjects {
            let chosen = policy.choose(subject).rule;
            prop_assert!(
                chosen.is_none_or(|rule| !never.contains(&rule)),
                "{chosen:?} for {subject:?} in\n{source}\n{problems:#?}"
            );
        }
    }

    /// The example of an overlap is wanted by the second rule, too, once the first is gone.
    #[test]
    fn an_example_is_one(conditions in prop::collection::vec(condition(), 2..4)) {
        let policy = Policy::from_toml(&source(&conditions)).unwrap().0;
        for overlap in policy.overlaps().iter().filter(|it| it.is_by_words) {
            let at = |name: &str| name.parse::<usize>().unwrap();
            for rule in [&overlap.first, &overlap.second] {
                let alone = source(std::slice::from_ref(&conditions[at(rule)]));
                let alone = Policy::from_toml(&alone).unwrap().0;
                let text = overlap.example.clone();
                let subject = Subject { messages: 1, text, ..Subject::default() };
                prop_assert_eq!(alone.choose(&subject).rule, Some("0"), "{:?}", overlap);
            }
        }
    }
}
