//! Every condition that a rule can have, as tables: what it says, what comes in, whether it holds.
//!
//! Each check asks four ways, which must agree: choosing, explaining, and both with the rules as
//! they print themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use engine::{
    AttachmentKind, ContactProfile, Policy, Problem, QueueState, Severity, Subject, Timestamp,
};

/// 2026-11-20, a Friday, 18:00 in UTC and in Dublin.
const FRIDAY_EVENING: Timestamp = Timestamp::from_seconds(1_795_197_600);

const RULES: &str = r#"
version = 1
time_zone = "Europe/Dublin"
channel.any = [{ tag = "tiktok" }]
[language]
among = ["en", "es", "de", "th", "ja"]
[attributes.contact]
orders = "number"
vip = "boolean"
plan = ["free", "pro"]
city = "text"
[attributes.conversation]
source = "text"
[hours.day]
weekdays = ["09:00-17:00"]
[topic.complaint]
examples = [
    "this is the worst shop ever", "i am very unhappy with your service",
    "nobody answers my messages, terrible", "i want to complain about the quality",
    "very disappointed, never again", "your staff was rude to me",
]
[topic.price]
examples = [
    "how much is the lamp", "what does it cost", "price please", "can you tell me the price",
    "is there a discount on two", "how expensive is the big one",
]
[team.wanted]
intercom_team = 1
[team.other]
intercom_team = 2
hours = "day"
[fallback]
assign = "other"
"#;

fn policy(condition: &str) -> Policy {
    let rule = format!("[[rule]]\nname = \"rule\"\nassign = \"wanted\"\n{condition}\n");
    let source = RULES.replace("[fallback]", &(rule + "[fallback]"));
    match Policy::from_toml(&source) {
        Ok((policy, warnings)) => {
            let wrong = |it: &Problem| it.severity == Severity::Error;
            assert!(!warnings.iter().any(wrong), "{condition}: {warnings:?}");
            policy
        }
        Err(problems) => panic!("{condition}: {problems:?}"),
    }
}

#[track_caller]
fn check_subject(condition: &str, subject: &Subject, expected: bool) {
    let policy = policy(condition);
    let printed = policy.to_toml();
    let again = Policy::from_toml(&printed).unwrap_or_else(|it| panic!("{printed}\n{it:?}")).0;
    for policy in [&policy, &again] {
        let choice = policy.choose(subject);
        assert_eq!(choice.rule.is_some(), expected, "{condition}\n{subject:?}");
        let explanation = policy.explain(subject);
        assert_eq!(explanation.rule.as_deref(), choice.rule, "{condition}\n{explanation:#?}");
        assert_eq!(explanation.trials[0].finding.holds, expected, "{explanation:#?}");
    }
    assert_eq!(again.to_toml(), printed, "printing twice prints the same");
}

#[track_caller]
fn check(condition: &str, message: &str, expected: bool) {
    check_subject(condition, &subject(message), expected);
}

fn subject(message: &str) -> Subject {
    Subject {
        text: message.to_owned(),
        messages: 1,
        at: FRIDAY_EVENING,
        opened_at: FRIDAY_EVENING,
        identity: "contact".to_owned(),
        ..Subject::default()
    }
}

fn profile(shape: impl Fn(&mut ContactProfile)) -> Subject {
    let mut profile = ContactProfile::default();
    shape(&mut profile);
    Subject { contact: Some(profile), ..subject("hi") }
}

fn attribute(name: &str, value: &str) -> Subject {
    profile(|it| it.attributes = BTreeMap::from([(name.to_owned(), value.to_owned())]))
}

#[test]
fn words_and_phrases() {
    check(r#"when.text = ["refund"]"#, "a REFUND, please", true);
    check(r#"when.text = ["refund"]"#, "refunding", false);
    check(r#"when.text = ["where is my order"]"#, "hi, where  is my\norder?", true);
    check(r#"when.text = { all = ["red", "lamp"] }"#, "the lamp in red", true);
    check(r#"when.text = { all = ["red", "lamp"] }"#, "the lamp", false);
    check(r#"when.text = { any = ["order"], none = ["my order"] }"#, "i want to order", true);
    check(r#"when.text = { any = ["order"], none = ["my order"] }"#, "where is my order", false);
    check(r#"when.text = { none = ["order"] }"#, "hello", true);
    check(r#"when.text = ["cuánto"]"#, "Cuanto cuesta?", true);
    check(r#"when.text = ["much"]"#, "how muchhhh", true);
    check(r#"when.text = ["😍"]"#, "love it😍😍", true);
    check(r#"when.text = ["refund"]"#, "ｒｅｆｕｎｄ", true);
    check(r#"when.text = ["ราคา"]"#, "สินค้านี้ราคาเท่าไหร่คะ", true);
    check(r#"when.text = ["返金"]"#, "返金してください", true);
}

#[test]
fn other_ways_to_compare_words() {
    check(r#"when.text = { prefix = "refund" }"#, "refunding me", true);
    check(r#"when.text = { prefix = "refund" }"#, "a prerefund", false);
    check(r#"when.text = { contains = "TS-" }"#, "it is aTS-123", true);
    check(r#"when.text = { contains = ["TS-"] }"#, "it is 123", false);
    check(r#"when.text = { starts_with = "order" }"#, "Order 12 is late", true);
    check(r#"when.text = { starts_with = "order" }"#, "my order 12 is late", false);
    check(r#"when.text = { exact = "stop" }"#, " STOP! ", true);
    check(r#"when.text = { exact = "stop" }"#, "please stop", false);
    check(r"when.text = { regex = '\bTS-\d{4}\b' }", "where is ts-1234?", true);
    check(r"when.text = { regex = '(?-i)\bTS-\d{4}\b' }", "where is ts-1234?", false);
    check(r#"when.text = { any = ["pay"], stem = "en" }"#, "about my payments", true);
    check(r#"when.text = ["pay"]"#, "about my payments", false);
    let near = r#"when.text.near = { words = ["refund", "order"], within = 2 }"#;
    check(near, "refund for my order", true);
    check(near, "the order, a refund", true);
    check(near, "refund please, i am done waiting for this order", false);
}

#[test]
fn marks_that_are_no_words() {
    check(r##"when.hashtag = "#Giveaway""##, "me #giveaway", true);
    check(r#"when.hashtag = ["giveaway"]"#, "a giveaway", false);
    check(r#"when.text = ["giveaway"]"#, "me #giveaway", false);
    check(r#"when.mention = "@shop""#, "hey @Shop!", true);
    check(r#"when.link = "tiktok.com""#, "this https://vm.tiktok.com/x", true);
    check(r#"when.link = "tiktok.com""#, "this https://nottiktok.com/x", false);
    check(r#"when.link = "any""#, "www.example.org", true);
    check(r#"when.link = "any""#, "no link", false);
}

#[test]
fn groups_nest() {
    let either = r#"when.any = [{ text = ["refund"] }, { text = ["broken"] }]"#;
    check(either, "it is broken", true);
    check(either, "it is fine", false);
    let both = r#"when.all = [{ text = ["refund"] }, { none = [{ text = ["no"] }] }]"#;
    check(both, "refund", true);
    check(both, "no refund", false);
    let deep = r#"when.any = [{ all = [{ text = ["a"] }, { none = [{ any = [{ text = ["b"] }, { text = ["c"] }] }] }] }]"#;
    check(deep, "a d", true);
    check(deep, "a c", false);
    check("when = { text = [\"red\"], any = [{ text = [\"lamp\"] }] }", "red", false);
    check("when = { text = [\"red\"], any = [{ text = [\"lamp\"] }] }", "red lamp", true);
}

#[test]
fn languages_by_text_profile_and_neither() {
    check(r#"when.language = "es""#, "hola, quiero saber cuánto cuesta la lámpara", true);
    check(r#"when.language = "es""#, "hello, i would like to know the price", false);
    check(r#"when.language = ["th", "ja"]"#, "ราคาเท่าไหร่", true);
    check(r#"when.language = "und""#, "ok", true);
    let speaks = |tag: &str| profile(|it| it.language = Some(tag.to_owned()));
    check_subject(r#"when.language = "es""#, &speaks("es-mx"), true);
    check_subject(r#"when.language = "es-mx""#, &speaks("es"), false);
    let contradicted = Subject {
        text: "hello, i would like to know the price of this".to_owned(),
        ..speaks("es")
    };
    check_subject(r#"when.language = "es""#, &contradicted, false);
    let sure = r#"when.language = { any = "es", at_least = 0.9 }"#;
    check(sure, "hola, quiero saber cuánto cuesta la lámpara", true);
    check_subject(sure, &speaks("es"), false);
    let earlier = Subject {
        earlier: "hola, quiero saber cuánto cuesta la lámpara".to_owned(),
        ..subject("ok?")
    };
    check_subject(r#"when.language = "es""#, &earlier, true);
}

#[test]
fn topics() {
    check(r#"when.topic = "complaint""#, "i am very disappointed with your rude staff", true);
    check(r#"when.topic = "complaint""#, "how much does the lamp cost", false);
    check(r#"when.topic = ["complaint", "price"]"#, "how much does the lamp cost", true);
    check(r#"when.topic = "complaint""#, "zxcv qwer", false);
    let sure = r#"when.topic = { any = ["price"], at_least = 1.0 }"#;
    check(sure, "is it cheap", false);
}

#[test]
fn what_is_known_of_the_contact() {
    let us = profile(|it| it.country = Some("US".to_owned()));
    check_subject(r#"when.country = ["us", "CA"]"#, &us, true);
    check_subject(r#"when.country = "DE""#, &us, false);
    check(r#"when.country = "DE""#, "hi", false);
    let texas = profile(|it| it.region = Some("Texas".to_owned()));
    check_subject(r#"when.region = "texas""#, &texas, true);
    let known_since = |seconds: u64| {
        profile(|it| it.created_at = Some(FRIDAY_EVENING - Duration::from_secs(seconds)))
    };
    check_subject(r#"when.contact_is = "new""#, &known_since(2), true);
    check_subject(r#"when.contact_is = "new""#, &known_since(86_400), false);
    check_subject(r#"when.contact_is = "returning""#, &known_since(86_400), true);
    check(r#"when.contact_is = "new""#, "hi", false);
    check(r#"when.contact_is = "returning""#, "hi", false);
}

#[test]
fn attributes_by_their_types() {
    check_subject("when.contact.orders = { at_least = 3 }", &attribute("orders", "3"), true);
    check_subject("when.contact.orders = { more_than = 3 }", &attribute("orders", "3"), false);
    check_subject("when.contact.orders = 3", &attribute("orders", "3.0"), true);
    check_subject(
        "when.contact.orders = { at_least = 1, less_than = 3 }",
        &attribute("orders", "3"),
        false,
    );
    check_subject("when.contact.orders = { at_least = 3 }", &attribute("orders", "many"), false);
    check("when.contact.orders = { at_least = 0 }", "hi", false);
    check_subject("when.contact.vip = true", &attribute("vip", "true"), true);
    check_subject("when.contact.vip = false", &attribute("vip", "true"), false);
    check_subject(r#"when.contact.plan = "pro""#, &attribute("plan", "PRO"), true);
    check_subject(r#"when.contact.plan = { not = "pro" }"#, &attribute("plan", "free"), true);
    check(r#"when.contact.plan = { not = "pro" }"#, "hi", true);
    check_subject(r#"when.contact.city = ["Cork", "Dublin"]"#, &attribute("city", "dublin"), true);
    check_subject(
        r#"when.contact.city = { contains = "lin" }"#,
        &attribute("city", "Dublin"),
        true,
    );
    check_subject("when.contact.city = { is_set = true }", &attribute("city", "x"), true);
    check("when.contact.city = { is_set = false }", "hi", true);
    let from_ad = Subject {
        attributes: BTreeMap::from([("source".to_owned(), "ad".to_owned())]),
        ..subject("hi")
    };
    check_subject(r#"when.conversation.source = "ad""#, &from_ad, true);
    check_subject(r#"when.conversation.source = "post""#, &from_ad, false);
}

#[test]
fn tags_attachments_and_how_many_messages() {
    let tagged = Subject { tags: vec!["VIP".to_owned()], ..subject("hi") };
    check_subject(r#"when.tag = "vip""#, &tagged, true);
    check(r#"when.tag = "vip""#, "hi", false);
    let with = |kinds: &[AttachmentKind]| Subject { attachments: kinds.to_vec(), ..subject("") };
    check_subject(r#"when.attachment = "image""#, &with(&[AttachmentKind::Image]), true);
    check_subject(r#"when.attachment = ["video", "image"]"#, &with(&[AttachmentKind::File]), false);
    check_subject(r#"when.attachment = "any""#, &with(&[AttachmentKind::Sticker]), true);
    check(r#"when.attachment = "any""#, "hi", false);
    check(r#"when.attachment = "none""#, "hi", true);
    check(r#"when.attachment = "shared_post""#, "look https://www.tiktok.com/@a/video/1", true);
    let third = Subject { messages: 3, ..subject("hello??") };
    check_subject("when.messages = { at_least = 3 }", &third, true);
    check("when.messages = { at_least = 3 }", "hi", false);
    check("when.messages = 1", "hi", true);
}

#[test]
fn the_moment() {
    check(r#"when.weekday = "friday""#, "hi", true);
    check(r#"when.weekday = ["weekend", "monday"]"#, "hi", false);
    check(r#"when.time = "17:30-19:00""#, "hi", true);
    check(r#"when.time = "22:00-18:00""#, "hi", false);
    check(r#"when.time = "17:00-06:00""#, "hi", true);
    check(r#"when.team_open = "wanted""#, "hi", true);
    check(r#"when.team_open = "other""#, "hi", false);
    check(r#"when.team_closed = "other""#, "hi", true);
    let at_noon = Subject { at: FRIDAY_EVENING - Duration::from_secs(6 * 3600), ..subject("hi") };
    check_subject(r#"when.team_closed = "other""#, &at_noon, false);
}

#[test]
fn the_queue_of_a_team() {
    // Teams are in the order of their names: other, wanted.
    let oldest = Some(FRIDAY_EVENING - Duration::from_secs(600));
    let busy = Subject {
        queues: vec![QueueState::default(), QueueState { waiting: 50, oldest }],
        ..subject("hi")
    };
    check_subject(r#"when.queue = { team = "wanted", waiting = { at_least = 50 } }"#, &busy, true);
    check_subject(r#"when.queue = { team = "other", waiting = { at_least = 1 } }"#, &busy, false);
    check_subject(r#"when.queue = { team = "wanted", oldest_at_least = "10m" }"#, &busy, true);
    check_subject(r#"when.queue = { team = "wanted", oldest_at_least = "11m" }"#, &busy, false);
}

#[test]
fn shares_of_traffic() {
    check("when.share = 1.0", "hi", true);
    check("when.share = 0.0", "hi", false);
    let rule = policy(r#"when.share = { of = 0.3, key = "pilot" }"#);
    let is_in = |n: &u32| {
        let subject = Subject { identity: format!("contact {n}"), ..subject("hi") };
        rule.choose(&subject).rule.is_some()
    };
    let inside = (0..2_000).filter(is_in).count();
    assert!((530..670).contains(&inside), "{inside}");
}

#[test]
fn a_rule_that_is_switched_off_is_not_tried() {
    let policy = policy("enabled = false\nwhen.text = [\"refund\"]");
    let explanation = policy.explain(&subject("refund"));
    assert_eq!((explanation.rule, explanation.trials.len()), (None, 0));
    let again = Policy::from_toml(&policy.to_toml()).unwrap().0;
    assert_eq!(again.choose(&subject("refund")).rule, None);
}

#[test]
fn a_long_message_is_cut_and_the_explanation_says_so() {
    let source = RULES.replace("[language]", "[text]\nchars_max = 20\n[language]");
    let rule = "[[rule]]\nname = \"r\"\nassign = \"wanted\"\nwhen.text = [\"refund\"]\n[fallback]";
    let policy = Policy::from_toml(&source.replace("[fallback]", rule)).unwrap().0;
    let early = policy.explain(&subject("refund please, and quickly"));
    assert_eq!((early.rule.is_some(), early.cut_after_bytes), (true, Some(20)));
    let late = policy.explain(&subject("quickly, and please refund"));
    assert_eq!((late.rule.is_some(), late.cut_after_bytes), (false, Some(20)));
    assert_eq!(policy.explain(&subject("refund")).cut_after_bytes, None);
}

#[test]
fn the_first_rule_wins_and_says_who_and_how_urgent() {
    let rules = r#"
[teammate.anna]
intercom_admin = 7
[[rule]]
name = "first"
assign = ["wanted", "other"]
teammate = "anna"
priority = "high"
when.text = ["red"]
[[rule]]
name = "second"
assign = "other"
when.text = ["lamp"]
[fallback]"#;
    let policy = Policy::from_toml(&RULES.replace("[fallback]", rules)).unwrap().0;
    let explanation = policy.explain(&subject("the red lamp"));
    assert_eq!(explanation.rule.as_deref(), Some("first"));
    let ladder: Vec<&str> = explanation.ladder.iter().map(|team| &**team).collect();
    assert_eq!(ladder, ["wanted", "other"]);
    assert_eq!(explanation.teammate.as_deref(), Some("anna"));
    assert_eq!(explanation.priority, engine::Priority::High);
    assert_eq!(explanation.trials.len(), 1);
    assert_eq!(policy.choose(&subject("a lamp")).rule, Some("second"));
    assert_eq!(policy.choose(&subject("hello")).team, "other");
}

#[test]
fn a_long_story_never_pushes_the_newest_message_out_of_sight() {
    let source = RULES.replace("[language]", "[text]\nchars_max = 20\n[language]");
    let rule = "[[rule]]\nname = \"r\"\nassign = \"wanted\"\nwhen.text = [\"refund\"]\n[fallback]";
    let policy = Policy::from_toml(&source.replace("[fallback]", rule)).unwrap().0;
    let told =
        Subject { earlier: "a very long story that goes on".to_owned(), ..subject("refund") };
    assert_eq!(policy.choose(&told).rule, Some("r"));
}
