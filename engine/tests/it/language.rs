//! How well languages are identified, on the test data of lingua (github.com/pemistahl/lingua-rs,
//! Apache-2.0) where it is at hand, and on messages of classes.

use std::path::Path;
use std::sync::Arc;

use engine::language::{
    Identified, LanguageClass, LanguageOptions, LanguageSource, Languages, MIN_CONFIDENCE,
};

mod examples;

const ALL: [&str; 18] = [
    "ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr",
    "vi", "zh",
];
const LATIN: [&str; 11] = ["de", "en", "es", "fr", "id", "it", "nl", "pl", "pt", "tr", "vi"];
const PAIRS: &str = "word-pairs";
const SENTENCES: &str = "sentences";

/// A text and the tag of its language.
type Labelled = (&'static str, String);

/// The texts of a kind in these languages, or `None` and a word about it if they are not here.
fn texts(kind: &str, languages: &[&'static str]) -> Option<Vec<Labelled>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/language");
    let mut texts = Vec::new();
    for language in languages {
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{language}.{kind}.txt")))
        else {
            println!("skipped: there is no ../shared/data/language/{language}.{kind}.txt");
            return None;
        };
        texts.extend(text.lines().map(|line| (*language, line.to_owned())));
    }
    Some(texts)
}

fn languages(among: &[&str], classes: &[LanguageClass], min_confidence: f32) -> Languages {
    let among: Vec<Arc<str>> = among.iter().map(|tag| (*tag).into()).collect();
    let options = LanguageOptions {
        among: &among,
        classes,
        min_confidence: Some(min_confidence),
        ..LanguageOptions::default()
    };
    Languages::new(options).unwrap()
}

/// Of all texts: how many were given a language, and how many the right one.
#[derive(Clone, Copy, Default)]
struct Counts {
    all: f64,
    given: f64,
    right: f64,
}

impl Counts {
    fn of<'a>(found: impl Iterator<Item = &'a (&'static str, Identified)>, least: f32) -> Self {
        let mut counts = Self::default();
        for (expected, found) in found {
            let given = &*found.language != "und" && found.confidence >= least;
            counts.all += 1.0;
            counts.given += f64::from(u8::from(given));
            counts.right += f64::from(u8::from(given && *found.language == **expected));
        }
        counts
    }

    fn right(self) -> f64 {
        100.0 * self.right / self.all
    }

    fn coverage(self) -> f64 {
        100.0 * self.given / self.all
    }

    fn precision(self) -> f64 {
        100.0 * self.right / self.given.max(1.0)
    }

    fn row(self) -> String {
        format!("{:8.2} {:9.2} {:9.2}", self.right(), self.coverage(), self.precision())
    }
}

fn identified(languages: &Languages, texts: &[Labelled]) -> Vec<(&'static str, Identified)> {
    texts.iter().map(|(tag, text)| (*tag, languages.identify(text, None, None))).collect()
}

#[test]
fn short_texts_are_identified_or_left_open() {
    let (Some(pairs), Some(sentences)) = (texts(PAIRS, &ALL), texts(SENTENCES, &ALL)) else {
        return;
    };
    let lax = languages(&ALL, &[], 0.0);
    let found = [identified(&lax, &pairs), identified(&lax, &sentences)];
    let both = |keep: &dyn Fn(&str) -> bool, least| {
        found.each_ref().map(|it| Counts::of(it.iter().filter(|it| keep(it.0)), least))
    };
    let heading = "   right  coverage precision";
    println!("%             {PAIRS}                     {SENTENCES}");
    println!("        {heading}  {heading}");
    for language in ALL {
        let [pairs, sentences] = both(&|tag| tag == language, MIN_CONFIDENCE);
        println!("{language:6} {} {}", pairs.row(), sentences.row());
    }
    println!("all, by the least confidence");
    for least in [0.5, 0.6, 0.7, MIN_CONFIDENCE, 0.9, 0.95, 0.99] {
        let [pairs, sentences] = both(&|_| true, least);
        println!("{least:6} {} {}", pairs.row(), sentences.row());
    }
    let [pairs, sentences] = both(&|_| true, MIN_CONFIDENCE);
    assert!(pairs.right() >= 90.0 && sentences.right() >= 98.0);
    assert!(pairs.precision() >= 98.0 && sentences.precision() >= 99.8);
}

#[test]
fn a_confidence_is_how_often_it_is_right() {
    let Some(pairs) = texts(PAIRS, &LATIN) else { return };
    let found = identified(&languages(&LATIN, &[], 0.0), &pairs);
    println!("confidence     texts   right %");
    for (from, to) in [(0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)] {
        let range = from..to;
        let counts = Counts::of(found.iter().filter(|it| range.contains(&it.1.confidence)), 0.0);
        println!("{from:.2}-{to:.2} {:9} {:9.2}", counts.all, counts.right());
        let (least, most) = (100.0 * f64::from(from) - 10.0, 100.0 * f64::from(to) + 10.0);
        assert!((least..=most).contains(&counts.right()), "{from}-{to}");
    }
}

/// Whoever configures two languages does not want everything else to be one of them.
#[test]
fn other_languages_are_not_mistaken_for_the_few_configured_ones() {
    for kind in [PAIRS, SENTENCES] {
        let Some(texts) = texts(kind, &LATIN) else { return };
        let found = identified(&languages(&["en", "es"], &[], MIN_CONFIDENCE), &texts);
        let (ours, others): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|it| ["en", "es"].contains(&it.0));
        let (ours, others) = (Counts::of(ours.iter(), 0.0), Counts::of(others.iter(), 0.0));
        println!("en, es configured, {kind}: {:.2} % of them right,", ours.right());
        println!("{:.2} % of nine other languages taken for one of them", others.coverage());
        assert!(ours.right() >= 90.0);
        assert!(others.coverage() <= if kind == PAIRS { 10.0 } else { 0.5 });
    }
}

/// Two thirds of a class's messages to learn from, and the rest to try it with.
fn split(messages: &[&str]) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
    let (learnt, tried): (Vec<_>, Vec<_>) =
        messages.iter().enumerate().partition(|(index, _)| index % 3 != 2);
    let texts = |of: Vec<(usize, &&str)>| of.into_iter().map(|it| (*it.1).into()).collect();
    (texts(learnt), texts(tried))
}

#[test]
fn classes_are_recognised_and_raise_few_false_alarms() {
    let messages = [("hi-latn", examples::ROMANISED_HINDI), ("tl-en", examples::TAGLISH)];
    let classes = messages
        .map(|(name, messages)| LanguageClass { name: name.into(), examples: split(&messages).0 });
    let languages = languages(&ALL, &classes, MIN_CONFIDENCE);
    for (name, messages) in &messages {
        let tried = split(messages).1;
        let found: Vec<_> =
            tried.iter().map(|text| (*name, languages.identify(text, None, None))).collect();
        let counts = Counts::of(found.iter(), 0.0);
        println!("{name}: {} unseen messages: {}", counts.all, counts.row());
        assert!(counts.right() >= 80.0 && counts.precision() >= 90.0, "{found:?}");
    }
    for kind in [PAIRS, SENTENCES] {
        let Some(texts) = texts(kind, &LATIN) else { return };
        let found = identified(&languages, &texts);
        for language in LATIN {
            let of = |it: &&(&str, Identified)| it.0 == language;
            let alarms =
                found.iter().filter(of).filter(|it| it.1.source == LanguageSource::OwnClass);
            println!("false alarms on {kind} in {language}: {} of 400", alarms.count());
        }
        let alarms = found.iter().filter(|it| it.1.source == LanguageSource::OwnClass).count();
        println!("false alarms on {kind}: {alarms} of {}", found.len());
        assert!(alarms * 100 <= found.len());
    }
}
