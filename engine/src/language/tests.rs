use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::language::background::PHRASES;

fn tags(tags: &[&str]) -> Vec<Arc<str>> {
    tags.iter().map(|tag| (*tag).into()).collect()
}

fn languages(among: &[&str]) -> Languages {
    let (among, international) = (tags(among), tags(&["Acme Glow"]));
    let options = LanguageOptions {
        among: &among,
        international: &international,
        ..LanguageOptions::default()
    };
    Languages::new(options).unwrap()
}

/// Many languages, with several of one script for three scripts.
static MANY: LazyLock<Languages> = LazyLock::new(|| {
    languages(&["ar", "de", "en", "es", "fa", "fr", "ja", "ko", "pt", "ru", "th", "uk", "zh"])
});

#[track_caller]
fn check(identified: &Identified, language: &str, source: LanguageSource) {
    assert_eq!((&*identified.language, identified.source), (language, source), "{identified:?}");
}

#[track_caller]
fn check_text(text: &str, language: &str, source: LanguageSource) {
    check(&MANY.identify(text, None, None), language, source);
}

#[test]
fn a_script_of_one_configured_language_decides_alone() {
    check_text("ราคา", "th", LanguageSource::Script);
    check_text("얼마예요?", "ko", LanguageSource::Script);
    check_text("多少钱", "zh", LanguageSource::Script);
    check_text("これは何円ですか", "ja", LanguageSource::Script);
    check_text("iPhone 15 มีไหม", "th", LanguageSource::Script);
    let cyrillic = languages(&["en", "ru"]).identify("сколько", None, None);
    check(&cyrillic, "ru", LanguageSource::Script);
}

#[test]
fn words_decide_where_scripts_are_shared() {
    check_text("hola, cuánto cuesta el envío?", "es", LanguageSource::Text);
    check_text("hi, wo ist meine bestellung? 😍", "de", LanguageSource::Text);
    check_text("де моє замовлення?", "uk", LanguageSource::Text);
    check_text("سلام، قیمتش چنده؟ ممنون می‌شم پاسخ بدید", "fa", LanguageSource::Text);
}

#[test]
fn what_says_nothing_is_left_open() {
    for text in ["", "😍😍", "https://example.com", "@shop #fyp", "12.50", "hi", "ok lol", "haha"]
    {
        check_text(text, "und", LanguageSource::Undetermined);
    }
    check_text("Price? ACME glow", "und", LanguageSource::Undetermined);
    check_text("ሰላም", "und", LanguageSource::Undetermined);
}

#[test]
fn earlier_messages_and_then_the_profile_speak_for_what_says_nothing() {
    let german = Some("hallo, wo ist meine bestellung?");
    check(&MANY.identify("ok", german, Some("fr")), "de", LanguageSource::EarlierMessages);
    check(&MANY.identify("ok", Some("hi"), Some("fr")), "fr", LanguageSource::Profile);
    check(&MANY.identify("ok", None, Some("pt-BR")), "pt-br", LanguageSource::Profile);
    check(&MANY.identify("ok", None, Some("tlh")), "tlh", LanguageSource::Profile);
    for nothing in [None, Some(""), Some(" "), Some("und")] {
        check(&MANY.identify("ok", None, nothing), "und", LanguageSource::Undetermined);
    }
}

#[test]
fn a_sure_text_wins_over_everything_else() {
    let german = Some("hallo, wo ist meine bestellung?");
    let identified = MANY.identify("where is my order", german, Some("fr"));
    check(&identified, "en", LanguageSource::Text);
    assert!(identified.confidence >= MIN_CONFIDENCE);
}

#[test]
fn a_text_in_no_configured_language_is_not_given_one() {
    let spanish = languages(&["es", "th"]);
    check(&spanish.identify("where is my order", None, None), "und", LanguageSource::Undetermined);
    let identified = spanish.identify("where is my order", Some("dónde está"), Some("es"));
    check(&identified, "und", LanguageSource::Undetermined);
    let identified = spanish.identify("where is my order", None, Some("en-GB"));
    check(&identified, "en-gb", LanguageSource::Profile);
    check(&spanish.identify("сколько", None, Some("es")), "und", LanguageSource::Undetermined);
    check(&spanish.identify("сколько", None, Some("bg")), "bg", LanguageSource::Profile);
    check(&spanish.identify("сколько", None, Some("tt")), "tt", LanguageSource::Profile);
}

#[test]
fn chinese_characters_alone_may_be_japanese_to_a_japanese() {
    check(&MANY.identify("送料無料", None, Some("ja")), "ja", LanguageSource::Profile);
    let kana = Some("これはいくらですか");
    check(&MANY.identify("送料無料", kana, None), "ja", LanguageSource::EarlierMessages);
    check(&MANY.identify("送料無料", None, Some("de")), "zh", LanguageSource::Script);
    let japanese = languages(&["en", "ja"]);
    check(&japanese.identify("多少钱", None, None), "und", LanguageSource::Undetermined);
}

#[test]
fn without_languages_the_profile_is_all_there_is() {
    let none = languages(&[]);
    check(&none.identify("wo ist mein paket", None, Some("fr")), "fr", LanguageSource::Profile);
    check(&none.identify("wo ist mein paket", None, None), "und", LanguageSource::Undetermined);
}

#[test]
fn without_languages_of_latin_script_a_latin_text_says_nothing() {
    let thai = languages(&["ja", "th"]);
    check(&thai.identify("sawasdee ka", None, Some("th")), "th", LanguageSource::Profile);
}

#[test]
fn more_confidence_leaves_more_open() {
    let among = tags(&["es", "pt"]);
    let identify = |least| {
        let options = LanguageOptions {
            among: &among,
            min_confidence: Some(least),
            ..LanguageOptions::default()
        };
        Languages::new(options).unwrap().identify("de la casa", None, None)
    };
    let identified = identify(0.5);
    check(&identified, "es", LanguageSource::Text);
    assert!(identified.confidence < 1.0);
    check(&identify(1.0), "und", LanguageSource::Undetermined);
}

#[test]
fn every_mistake_is_told() {
    let among = tags(&["en", "tlh", "EN"]);
    let class = LanguageClass { name: "x".into(), examples: tags(&["мир", "ok", "salam bhai"]) };
    let options = LanguageOptions {
        among: &among,
        classes: &[class],
        min_confidence: Some(1.5),
        ..LanguageOptions::default()
    };
    let errors = Languages::new(options).unwrap_err();
    let expected = [
        LanguageError::MinConfidence(1.5),
        LanguageError::Unsupported("tlh".into()),
        LanguageError::Unsupported("EN".into()),
        LanguageError::TooFewExamples { class: "x".into(), usable: 1 },
    ];
    assert_eq!(errors, expected);
    assert!(errors[1].to_string().contains("supported: af, am, ar, az"), "{}", errors[1]);
}

#[test]
fn the_background_speaks_the_languages_of_the_contrast() {
    assert_eq!(PHRASES.map(|(tag, _)| tag), CONTRAST);
    let all = languages(&CONTRAST);
    for (tag, phrases) in PHRASES {
        let right = phrases.iter().filter(|text| &*all.identify(text, None, None).language == tag);
        assert!(right.count() >= 22, "{tag}");
    }
}

#[test]
fn sources_are_written_as_they_are_published() {
    let json = serde_json::to_string(&LanguageSource::EarlierMessages).unwrap();
    assert_eq!(json, "\"earlier_messages\"");
}

proptest! {
    #[test]
    fn any_text_is_identified_in_a_known_way(
        text in "(\\PC|[a-z ]|[а-я ]|[ぁ-ん一-十]){0,40}",
        earlier in prop::option::of("[a-zé ]{0,20}"),
        profile in prop::option::of("[a-z]{2}"),
    ) {
        let identified = MANY.identify(&text, earlier.as_deref(), profile.as_deref());
        prop_assert!((0.0..=1.0).contains(&identified.confidence));
        let undetermined = &*identified.language == UNDETERMINED;
        prop_assert_eq!(undetermined, identified.source == LanguageSource::Undetermined);
        if identified.source == LanguageSource::Text {
            prop_assert!(identified.confidence >= MIN_CONFIDENCE);
            let shouted = MANY.identify(&format!("!! {text} 123 😍"), None, None);
            prop_assert_eq!(shouted, identified);
        }
    }
}
