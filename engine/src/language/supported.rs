//! The languages that can be identified, and how they are written.

use unicode_script::Script;

use super::cleaned::Cleaned;

/// How many Latin letters weigh as much as one of any other script: brands and product names are
/// written in Latin letters everywhere.
const LATIN_PER_OTHER: usize = 3;

/// How many Chinese characters one kana turns into Japanese: more is a Chinese text with a
/// decorative kana.
const CHINESE_PER_KANA: usize = 10;

/// A language that can be identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Supported {
    /// Primary subtag of BCP 47, in lower case.
    pub(super) tag: &'static str,
    pub(super) writing: Writing,
}

/// A way of writing: what can be told from the characters alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Writing {
    Arabic,
    Armenian,
    Bengali,
    /// Chinese characters; Japanese is told by the kana between them.
    Chinese,
    Cyrillic,
    Devanagari,
    Ethiopic,
    Georgian,
    Greek,
    Gujarati,
    Gurmukhi,
    Hangul,
    Hebrew,
    Japanese,
    Kannada,
    Khmer,
    Lao,
    Latin,
    Malayalam,
    Myanmar,
    Sinhala,
    Tamil,
    Telugu,
    Thai,
}

impl Writing {
    /// How a script is written; `None` for scripts of no supported language. Chinese characters
    /// are [`Writing::Chinese`], kana [`Writing::Japanese`].
    pub(super) fn of(script: Script) -> Option<Self> {
        Some(match script {
            Script::Arabic => Self::Arabic,
            Script::Armenian => Self::Armenian,
            Script::Bengali => Self::Bengali,
            Script::Han | Script::Bopomofo => Self::Chinese,
            Script::Cyrillic => Self::Cyrillic,
            Script::Devanagari => Self::Devanagari,
            Script::Ethiopic => Self::Ethiopic,
            Script::Georgian => Self::Georgian,
            Script::Greek => Self::Greek,
            Script::Gujarati => Self::Gujarati,
            Script::Gurmukhi => Self::Gurmukhi,
            Script::Hangul => Self::Hangul,
            Script::Hebrew => Self::Hebrew,
            Script::Hiragana | Script::Katakana => Self::Japanese,
            Script::Kannada => Self::Kannada,
            Script::Khmer => Self::Khmer,
            Script::Lao => Self::Lao,
            Script::Latin => Self::Latin,
            Script::Malayalam => Self::Malayalam,
            Script::Myanmar => Self::Myanmar,
            Script::Sinhala => Self::Sinhala,
            Script::Tamil => Self::Tamil,
            Script::Telugu => Self::Telugu,
            Script::Thai => Self::Thai,
            _ => return None,
        })
    }
}

/// Languages by how they are written. Those that share a writing are the ones that
/// `langidentify-models-lite` 0.1.0 has n-grams of; the others need none.
const BY_WRITING: [(Writing, &[&str]); 24] = [
    (Writing::Arabic, &["ar", "fa", "ps", "ur"]),
    (Writing::Armenian, &["hy"]),
    (Writing::Bengali, &["bn"]),
    (Writing::Chinese, &["zh"]),
    (Writing::Cyrillic, &["be", "bg", "mk", "mn", "ru", "sr", "uk"]),
    (Writing::Devanagari, &["hi"]),
    (Writing::Ethiopic, &["am", "ti"]),
    (Writing::Georgian, &["ka"]),
    (Writing::Greek, &["el"]),
    (Writing::Gujarati, &["gu"]),
    (Writing::Gurmukhi, &["pa"]),
    (Writing::Hangul, &["ko"]),
    (Writing::Hebrew, &["he"]),
    (Writing::Japanese, &["ja"]),
    (Writing::Kannada, &["kn"]),
    (Writing::Khmer, &["km"]),
    (Writing::Lao, &["lo"]),
    (
        Writing::Latin,
        &[
            "af", "az", "ca", "cs", "cy", "da", "de", "en", "eo", "es", "et", "eu", "fi", "fr",
            "ga", "hr", "hu", "id", "is", "it", "la", "lb", "lg", "lt", "lv", "mi", "ms", "nl",
            "nn", "no", "om", "pl", "pt", "ro", "sk", "sl", "sn", "so", "sq", "st", "sv", "sw",
            "tl", "tn", "tr", "ts", "vi", "xh", "yo", "zu",
        ],
    ),
    (Writing::Malayalam, &["ml"]),
    (Writing::Myanmar, &["my"]),
    (Writing::Sinhala, &["si"]),
    (Writing::Tamil, &["ta"]),
    (Writing::Telugu, &["te"]),
    (Writing::Thai, &["th"]),
];

/// All supported languages, in the order of [`BY_WRITING`].
pub(super) fn all() -> impl Iterator<Item = Supported> {
    BY_WRITING
        .iter()
        .flat_map(|(writing, tags)| tags.iter().map(|tag| Supported { tag, writing: *writing }))
}

/// The supported language with this primary subtag, if there is one.
pub(super) fn find(tag: &str) -> Option<Supported> {
    all().find(|it| it.tag == tag)
}

/// The part of a tag in front of the first hyphen or underscore: `pt` of `pt-br`.
pub(super) fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or(tag)
}

/// The way of writing that decides what a text is written in, if any of its letters is known.
pub(super) fn dominant(text: &Cleaned) -> Option<Writing> {
    let mut counts: Vec<(Writing, usize)> = Vec::new();
    for (script, count) in text.scripts() {
        let Some(writing) = Writing::of(*script) else { continue };
        match counts.iter_mut().find(|it| it.0 == writing) {
            Some(it) => it.1 += count,
            None => counts.push((writing, *count)),
        }
    }
    let count_of = |wanted| counts.iter().find(|it| it.0 == wanted).map_or(0, |it| it.1);
    let (kana, chinese) = (count_of(Writing::Japanese), count_of(Writing::Chinese));
    let is_japanese = kana * CHINESE_PER_KANA >= chinese;
    let weight = |(writing, count): (Writing, usize)| match writing {
        Writing::Latin => count,
        Writing::Japanese if is_japanese => (kana + chinese) * LATIN_PER_OTHER,
        Writing::Chinese if !is_japanese => (kana + chinese) * LATIN_PER_OTHER,
        Writing::Japanese | Writing::Chinese => 0,
        _ => count * LATIN_PER_OTHER,
    };
    let heavier =
        |a: (Writing, usize), b: (Writing, usize)| if weight(b) > weight(a) { b } else { a };
    counts.iter().copied().reduce(heavier).map(|it| it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_by_their_primary_subtag() {
        assert_eq!(find("pt").map(|it| it.writing), Some(Writing::Latin));
        assert_eq!(find("ja").map(|it| it.writing), Some(Writing::Japanese));
        assert_eq!(find("tlh"), None);
        assert_eq!(primary("pt-br"), "pt");
        assert_eq!(primary("zh_hant_tw"), "zh");
        assert_eq!(primary("en"), "en");
    }

    #[test]
    fn the_weightiest_writing_decides() {
        let check = |text: &str, expected| assert_eq!(dominant(&Cleaned::new(text)), expected);
        check("price", Some(Writing::Latin));
        check("iphone ราคา", Some(Writing::Thai));
        check("where can i buy the ราคา", Some(Writing::Latin));
        check("送料は無料", Some(Writing::Japanese));
        check("送料無料送料無料送料無料の", Some(Writing::Chinese));
        check("15 😍", None);
        check("ᚠᚢᚦ", None);
    }

    #[test]
    fn no_language_is_there_twice() {
        let mut tags: Vec<_> = all().map(|it| it.tag).collect();
        let count = tags.len();
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), count);
    }
}
