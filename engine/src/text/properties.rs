//! What holds for any message.

use proptest::prelude::*;

use super::*;

fn build(options: TextOptions, patterns: &[Pattern]) -> (Patterns, Vec<PatternId>) {
    let mut builder = PatternsBuilder::new(options);
    let ids = patterns.iter().map(|it| builder.add(it.clone()).unwrap()).collect();
    (builder.build().unwrap(), ids)
}

/// One pattern of each kind that finds something in many of the messages below.
fn some_of_each_kind() -> Vec<Pattern> {
    let mut patterns = vec![
        Pattern::Stem { language: StemLanguage::English, text: "pay".into() },
        Pattern::Stem { language: StemLanguage::Spanish, text: "devolución".into() },
        Pattern::Regex(r"\w+".into()),
        Pattern::Near { first: "a".into(), second: "é".into(), within: 2 },
    ];
    for text in ["a", "é", "pay", "aa b", "😍", "款", "退款", "ราคา", "환불", "パ", "!", "1", "ss"]
    {
        let kinds = [
            Pattern::Word,
            Pattern::Prefix,
            Pattern::Contains,
            Pattern::StartsWith,
            Pattern::Exact,
        ];
        patterns.extend(kinds.map(|kind| kind(text.to_owned())));
    }
    patterns
}

/// Without letters whose form depends on the word that they stand in.
fn of_one_script(text: &str) -> String {
    text.replace(letter::is_greek_or_cyrillic, "")
}

/// Messages with much in them that the reader treats in its own way.
fn message() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        8 => prop::sample::select(vec![
            "a", "aaa", "A", "é", "e\u{301}", "pay", "payment", " ", "  ", "\n", "'", "\u{2019}",
            "😍", "👍🏽", "👩\u{200d}💻", "🇩🇪", "\u{200d}", "\u{fe0f}", "\u{301}", "\u{327}", "İ",
            "ß", "ｶﾞ", "パ", "ー", "の", "退款", "款", "ราคา", "น้ำ", "환불", "ᄒ", "ᅡ", "ᆫ", "е", "ν", "#a",
            "#", "@a", "@", "http://a", "www.a.b", "https://", "ﷺ", "ﬃ", "!", "1", "\u{20e3}", "b",
        ]).prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn options() -> impl Strategy<Value = TextOptions> {
    (any::<bool>(), prop::sample::select(vec![3, 10, 4_000])).prop_map(|(strict, chars_max)| {
        let accents = if strict { Accents::Strict } else { Accents::Optional };
        TextOptions { accents, chars_max }
    })
}

proptest! {
    #[test]
    fn spans_slice_the_original(text in message(), options in options()) {
        let (patterns, ids) = build(options, &some_of_each_kind());
        let hits = patterns.find(&text);
        prop_assert!(text.get(hits.read.clone()).is_some());
        prop_assert_eq!(hits.truncated, text.chars().count() > options.chars_max);
        let fields = hits.hashtags.iter().chain(&hits.mentions).chain(&hits.links);
        let spans = fields.map(|it| it.span.clone()).chain(ids.iter().filter_map(|id| hits.of(*id)));
        for span in spans {
            prop_assert!(span.end <= hits.read.end && !span.is_empty());
            prop_assert!(text.get(span).is_some());
        }
    }

    /// What was found is the pattern: it is found again in the span alone.
    #[test]
    fn spans_hold_what_was_found(text in message(), strict in any::<bool>()) {
        let text = of_one_script(&text);
        let accents = if strict { Accents::Strict } else { Accents::Optional };
        let options = TextOptions { accents, ..TextOptions::default() };
        for text_of_pattern in ["a", "é", "pay", "aa b", "😍", "退款", "환불", "!", "ss"] {
            let (patterns, ids) = build(options, &[Pattern::Contains(text_of_pattern.into())]);
            if let Some(span) = patterns.find(&text).of(ids[0]) {
                let cut = normalised(&text[span], &options);
                let wanted = normalised(text_of_pattern, &options);
                let squeezed = |text: &str| { let mut it: Vec<_> = text.chars().collect(); it.dedup(); it };
                let (cut, wanted) = (squeezed(&cut), squeezed(&wanted));
                prop_assert!(cut.windows(wanted.len()).any(|it| it == wanted), "{:?} in {:?}", wanted, cut);
            }
        }
    }

    #[test]
    fn another_pattern_changes_no_hit(text in message(), kept in prop::collection::vec(any::<bool>(), 69)) {
        let all = some_of_each_kind();
        let some: Vec<Pattern> =
            all.iter().zip(kept).filter(|it| it.1).map(|it| it.0.clone()).collect();
        let ((many, ids), (few, few_ids)) =
            (build(TextOptions::default(), &all), build(TextOptions::default(), &some));
        let (many, few) = (many.find(&text), few.find(&text));
        for (pattern, few_id) in some.iter().zip(few_ids) {
            let id = ids[all.iter().position(|it| it == pattern).unwrap()];
            prop_assert_eq!(many.of(id), few.of(few_id), "{:?}", pattern);
        }
    }

    #[test]
    fn a_word_is_found_however_it_is_dressed(
        keyword in "[a-z]{1,8}( [a-z]{1,8})?",
        before in "([a-z]{1,5} )?",
        after in "( [a-z]{1,5})?",
        stretched in 0usize..17,
        by in 2usize..6,
    ) {
        let (patterns, ids) = build(TextOptions::default(), &[Pattern::Word(keyword.clone())]);
        let hit = |text: &str| patterns.find(text).is_hit(ids[0]);
        let text = format!("{before}{keyword}{after}");
        prop_assert!(hit(&text));
        prop_assert!(hit(&text.to_uppercase()));
        let wide = |it: char| match it {
            'a'..='z' => char::from_u32(u32::from(it) - u32::from('a') + u32::from('ａ')).unwrap(),
            _ => '\u{3000}',
        };
        prop_assert!(hit(&text.chars().map(wide).collect::<String>()));
        let at = stretched % keyword.len();
        let letter = &keyword[at..=at];
        if letter != " " {
            let long = format!("{}{}{}", &keyword[..at], letter.repeat(1 + by), &keyword[at + 1..]);
            prop_assert!(hit(&format!("{before}{long}{after}")), "{}", long);
        }
    }

    /// Of letters without marks, and not with accents that count: those may melt into what
    /// another letter became.
    #[test]
    fn comparing_twice_changes_nothing(text in message()) {
        let options = TextOptions::default();
        // Without what is dropped: it may have kept parts apart that would have become one letter.
        let fleeting = |it: char| letter::is_ignored(it) || letter::melts(it);
        let text = of_one_script(&text).replace(fleeting, "");
        let once = normalised(&text, &options);
        prop_assume!(!once.contains(letter::is_greek_or_cyrillic)); // the micro sign
        prop_assert_eq!(normalised(&once, &options), once);
    }
}
