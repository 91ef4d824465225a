//! Tables: what is found where.

use super::field::Field;
use super::*;

fn found(options: TextOptions, pattern: Pattern, text: &str) -> Option<&str> {
    let mut builder = PatternsBuilder::new(options);
    let id = builder.add(pattern).unwrap();
    let hits = builder.build().unwrap().find(text);
    assert_eq!(hits.is_hit(id), hits.of(id).is_some());
    hits.of(id).map(|span| &text[span])
}

#[track_caller]
fn check(pattern: Pattern, text: &str, expected: Option<&str>) {
    let shown = format!("{pattern:?} in {text:?}");
    assert_eq!(found(TextOptions::default(), pattern, text), expected, "{shown}");
}

#[track_caller]
fn word(keyword: &str, text: &str, expected: impl Into<Option<&'static str>>) {
    check(Pattern::Word(keyword.into()), text, expected.into());
}

fn stem(language: StemLanguage, text: &str) -> Pattern {
    Pattern::Stem { language, text: text.into() }
}

fn near(first: &str, second: &str, within: u32) -> Pattern {
    Pattern::Near { first: first.into(), second: second.into(), within }
}

#[test]
fn words_are_whole_words() {
    word("cat", "my cat!", "cat");
    word("cat", "category", None);
    word("cat", "scat", None);
    word("ad", "add an ad", "ad");
    word("ad", "add, read, made", None);
    word("cod", "code_cod", None);
    word("cod", "code COD.", "COD");
    word("order", "", None);
    word("buy", "buybuy, buy or buy", "buy");
    word("my order", "where is my order?", "my order");
    word("my order", "my orders", None);
}

#[test]
fn case_space_and_quotes_do_not_matter() {
    word("How  Much", "so HOW\n much?", "HOW\n much");
    word("how much", "how\u{a0}\u{3000}much", "how\u{a0}\u{3000}much");
    word("wo ist mein paket", "Wo ist mein PAKET", "Wo ist mein PAKET");
    for apostrophe in ["\u{2019}", "\u{2018}", "`", "\u{b4}", "\u{2bc}", "\u{ff07}"] {
        let text = format!("I don{apostrophe}t");
        let expected = format!("don{apostrophe}t");
        assert_eq!(
            found(TextOptions::default(), Pattern::Word("don't".into()), &text),
            Some(&*expected)
        );
    }
    word("\"new\"", "the \u{201c}new\u{201d} one", "\u{201c}new\u{201d}");
}

#[test]
fn the_turkish_i_has_one_form() {
    for keyword in ["İADE", "IADE", "iade", "ıade"] {
        for text in ["İADE", "IADE", "iade", "ıade", "i\u{307}ade", "I\u{307}ADE"] {
            assert!(found(TextOptions::default(), Pattern::Word(keyword.into()), text).is_some());
        }
    }
    word("fiyat", "\u{130}\u{130} FİYAT fiyat", "FİYAT");
}

#[test]
fn compatible_forms_are_one() {
    word("refund", "ｒｅｆｕｎｄ now", "ｒｅｆｕｎｄ");
    word("refund", "𝓻𝓮𝓯𝓾𝓷𝓭", "𝓻𝓮𝓯𝓾𝓷𝓭");
    word("office", "oﬃce", "oﬃce");
    word("パン", "ﾊﾟﾝください", "ﾊﾟﾝ");
    word("환불", "환불", "환불");
}

#[test]
fn invisible_characters_are_dropped() {
    word("refund", "re\u{ad}fu\u{200b}n\u{200d}d\u{fe0f}", "re\u{ad}fu\u{200b}n\u{200d}d");
    word("refund", "\u{202e}\u{feff}refund\u{202c}", "refund");
    word("میخواهم", "می\u{200c}خواهم", "می\u{200c}خواهم");
}

#[test]
fn accents_are_optional_unless_strict() {
    let strict = TextOptions { accents: Accents::Strict, ..TextOptions::default() };
    for (keyword, text) in [
        ("cuanto", "¿CUÁNTO?"),
        ("cuánto", "cuanto"),
        ("cuánto", "cua\u{301}nto"),
        ("zwrot płatności", "zwrot platnosci"),
        ("größe", "GROSSE"),
        ("smørrebrød", "smorrebrod"),
        ("hoàn tiền", "hoan tien"),
        ("παραγγελία", "ΠΑΡΑΓΓΕΛΙΑ"),
        ("мой", "мои"),
        ("ещё", "еще"),
        ("за\u{301}мок", "замок"),
        ("السعر", "السِّعْر"),
        ("أريد", "اريد"),
        ("כמה", "כַּמָּה"),
    ] {
        let found = |options| found(options, Pattern::Word(keyword.into()), text).is_some();
        assert!(found(TextOptions::default()), "{keyword} in {text}");
        assert_eq!(
            found(strict),
            keyword == "cuánto" && text.contains('\u{301}'),
            "{keyword} in {text}"
        );
    }
    word("größe", "welche groesse", None);
    assert!(found(strict, Pattern::Word("straße".into()), "STRASSE").is_some());
}

#[test]
fn marks_that_are_letters_stay() {
    word("か", "が", None);
    word("ハン", "パン", None);
    word("कम", "काम", None);
    word("กา", "ก่า", None);
    word("гуї", "гуі", None);
}

#[test]
fn stretched_words_are_the_words() {
    word("how much", "how muchhhh?", "how muchhhh");
    word("cool", "coool", "coool");
    word("col", "coool", "coool");
    word("cool", "col", None);
    word("col", "cool", None);
    word("cool", "cooolll", "cooolll");
    word("refund", "REFUUUuuund!", "REFUUUuuund");
    word("soooo", "sooo", None);
    word("soooo", "sooooo", "sooooo");
    word("100", "1000", None);
    word("1000", "10000", None);
    word("good", "goood morniiing", "goood");
    word("good morning", "gooood morniiing", "gooood morniiing");
    word("été", "étéééé", "étéééé");
    word("すごい", "すごーーい", None);
    word("すごーい", "すごーーーい", "すごーーーい");
    check(Pattern::Contains("go".into()), "good", Some("goo"));
    check(Pattern::Prefix("al".into()), "allergy", Some("all"));
    check(Pattern::Prefix("all".into()), "alergy", None);
    check(Pattern::Contains("oo".into()), "god", None);
}

#[test]
fn punctuation_in_a_keyword_needs_no_boundary() {
    word("$5", "for $5 only", "$5");
    word("$5", "for $50", None);
    word("c++", "c++x", "c++");
    word("?", "what?now", "?");
}

#[test]
fn emoji_are_words() {
    word("😍", "love😍😍", "😍");
    word("love", "love😍", "love");
    word("👍", "ok👍🏽", "👍");
    word("👍🏽", "ok 👍", "👍");
    word("❤️", "I ❤ it", "❤");
    word("👩\u{200d}💻", "a 👩🏽\u{200d}💻!", "👩🏽\u{200d}💻");
    word("👩", "👩\u{200d}💻", None);
    word("💻", "👩\u{200d}💻", None);
    word("👩", "👩\u{200d}x", "👩");
    word("🇩🇪", "🇫🇷🇩🇪", "🇩🇪");
    word("🇩🇪", "🇦🇩🇪🇸", None);
    word("1", "1\u{fe0f}\u{20e3}", None);
}

#[test]
fn lookalikes_count_in_mixed_words_only() {
    word("refund", "rеfund please", "rеfund");
    word("refund", "my RЕFUΝD", "RЕFUΝD");
    word("order", "my όrder", "όrder");
    word("order", "my ὀrder", "ὀrder");
    word("сор", "cop", None);
    word("cop", "сор", None);
    word("привет", "Привет", "Привет");
    word("тел", "тел", "тел");
    word("оплата", "iPhone оплата", "оплата");
}

#[test]
fn links_handles_and_hashtags_are_fields() {
    let mut builder = PatternsBuilder::new(TextOptions::default());
    let sale = builder.add(Pattern::Word("sale".into())).unwrap();
    let shop = builder.add(Pattern::Contains("shop".into())).unwrap();
    let patterns = builder.build().unwrap();
    let text = "@The.Shop #Sale#ÉTÉ https://Shop.com/sale?x, www.shop.de ok";
    let hits = patterns.find(text);
    assert!(!hits.is_hit(sale) && !hits.is_hit(shop));
    let said = |fields: &[Field]| -> Vec<(String, String)> {
        fields.iter().map(|it| (it.text.clone(), text[it.span.clone()].to_owned())).collect()
    };
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect()
    };
    assert_eq!(said(&hits.hashtags), pairs(&[("sale", "#Sale"), ("été", "#ÉTÉ")]));
    assert_eq!(said(&hits.mentions), pairs(&[("the.shop", "@The.Shop")]));
    let links = [("shop.com", "https://Shop.com/sale?x"), ("shop.de", "www.shop.de")];
    assert_eq!(said(&hits.links), pairs(&links));
    let hits = patterns.find("a@shop.com a#sale sale#1");
    assert!(hits.is_hit(sale) && hits.is_hit(shop));
    assert!(hits.hashtags.is_empty() && hits.mentions.is_empty());
}

#[test]
fn what_is_no_field_can_be_looked_for() {
    word("#1", "you are #1!", "#1");
    word("#1", "you are #1st", None);
    word("order #12", "my order #12", "order #12");
    check(Pattern::Exact("refund".into()), "@shop refund #sale", Some("refund"));
    check(Pattern::StartsWith("refund".into()), "@shop refund it", Some("refund"));
    word("my order", "my #cool order", "my #cool order");
}

#[test]
fn prefixes_begin_words() {
    let prefix = |text: &str| Pattern::Prefix(text.into());
    check(prefix("refund"), "refunding", Some("refund"));
    check(prefix("refund"), "prerefund", None);
    check(prefix("refund"), "refund", Some("refund"));
    check(prefix("want ref"), "i want refunds", Some("want ref"));
    check(prefix("want ref"), "i wanted refunds", None);
    check(prefix("возвра"), "про возвраты", Some("возвра"));
    check(prefix("환불"), "전액환불은", None);
    check(prefix("환불"), "환불해주세요", Some("환불"));
    check(prefix("ราคา"), "ขอราคาถูก", Some("ราคา"));
}

#[test]
fn places_in_the_message() {
    let contains = |text: &str| Pattern::Contains(text.into());
    check(contains("fund"), "refunding", Some("fund"));
    check(contains("x y"), "ax yb", Some("x y"));
    let starts = |text: &str| Pattern::StartsWith(text.into());
    check(starts("hola"), "  ¡Hola! que tal", Some("Hola"));
    check(starts("hola"), "😍 hola", Some("hola"));
    check(starts("hola"), "holas", None);
    check(starts("hola"), "eh hola", None);
    check(starts("?"), "? what", Some("?"));
    check(starts("?"), "what ?", None);
    let exact = |text: &str| Pattern::Exact(text.into());
    check(exact("yes"), " Yesss!! 😍", Some("Yesss"));
    check(exact("yes"), "yes yes", None);
    check(exact("yes"), "yesterday", None);
    check(exact("yes please"), "«yes  please».", Some("yes  please"));
    check(exact("👍"), "👍🏽👍 👍", Some("👍"));
    check(exact("👍"), "👎👍", None);
    check(exact("?"), "???", Some("?"));
    check(exact("$5"), "$5!", Some("$5"));
}

#[test]
fn chinese_words_are_segments() {
    for (keyword, texts) in [
        ("退款", &["我想退款", "退款到账了吗", "可以退货退款吗", "退款单"][..]),
        ("多少钱", &["请问这个多少钱", "多少钱一件"]),
        ("多少", &["这个多少钱"]),
        ("订单", &["我的订单什么时候到", "订单号是123", "iPhone订单"]),
        ("想退款", &["我想退款"]),
        ("退款", &["退款款款"]),
    ] {
        for text in texts {
            let found = found(TextOptions::default(), Pattern::Word(keyword.into()), text);
            assert!(found.is_some(), "{keyword} in {text}");
        }
    }
    word("国家", "发展中国家", None);
    word("钱", "这个多少钱", None);
    word("想", "我想退款", None);
}

#[test]
fn thai_words_are_segments() {
    for (keyword, texts) in [
        ("ราคา", &["ราคาเท่าไหร่คะ", "สอบถามราคาหน่อยค่ะ", "ราคาถูกมาก"][..]),
        ("เท่าไหร่", &["ราคาเท่าไหร่คะ", "เท่าไหร่อ่ะ", "เท่าไหร่คะะะะ"]),
        ("คืนเงิน", &["ขอคืนเงินได้ไหมครับ", "ต้องการคืนเงินด่วน"]),
        ("สั่งซื้อ", &["อยากสั่งซื้อสินค้าตัวนี้ค่ะ"]),
        ("ປ", &["ປ"]),
    ] {
        for text in texts {
            let found = found(TextOptions::default(), Pattern::Word(keyword.into()), text);
            assert_eq!(found, Some(keyword), "{keyword} in {text}");
        }
    }
    word("ยา", "ยาวไหม", None);
    word("តម្លៃ", "តម្លៃប៉ុន្មាន", "តម្លៃ");
    word("ລາຄາ", "ສະບາຍດີລາຄາເທົ່າໃດ", "ລາຄາ");
    word("ဘယ်လောက်", "ဘယ်လောက်လဲ", "ဘယ်လောက်");
}

#[test]
fn japanese_words_stand_anywhere_but_within_katakana() {
    word("返金", "返金してください", "返金");
    word("値段", "お値段はいくらですか", "値段");
    word("いくら", "おいくらですか", "いくら");
    word("注文", "注文した商品がまだ", "注文");
    word("パン", "ジャパンへ", None);
    word("パン", "パンを", "パン");
    word("サイズ", "Mサイズありますか", "サイズ");
    word("ラーメ", "ラーメン", None);
    word("は", "ば", None);
}

#[test]
fn korean_words_carry_particles() {
    word("환불", "환불은 언제 되나요", "환불");
    word("환불", "환불해주세요", "환불");
    word("환불", "전액환불", None);
    word("배송 언제", "배송 언제와요", "배송 언제");
    word("refund", "refund를 원해요", "refund");
    word("언제", "언제제제", "언제제제");
}

#[test]
fn arabic_and_hebrew_words_are_whole() {
    word("سعر", "كم سعر هذا", "سعر");
    word("سعر", "الأسعار", None);
    word("מחיר", "מה המחיר", None);
    word("מחיר", "מה מחיר זה", "מחיר");
}

#[test]
fn stems_meet_in_any_inflection() {
    use StemLanguage::{English, French, German, Russian, Spanish};
    for pattern in ["pay", "paying", "payment", "payments", "pays", "paid"] {
        for text in ["pay", "paying", "payment", "payments", "pays", "paid", "PAYMENTS"] {
            assert!(
                found(TextOptions::default(), stem(English, pattern), text).is_some(),
                "{pattern} in {text}"
            );
        }
    }
    check(stem(English, "refund"), "i was Refunded!", Some("Refunded"));
    check(stem(English, "refund"), "refundedddd", Some("refundedddd"));
    check(stem(English, "cancel order"), "cancelling orders now", Some("cancelling orders"));
    check(stem(English, "cancel order"), "cancelling, orders", None);
    check(stem(English, "cancel order"), "cancel the order", None);
    check(stem(English, "pay"), "payroll", None);
    check(stem(English, "com"), "comment", None);
    check(stem(Spanish, "devolución"), "quiero devoluciones", Some("devoluciones"));
    check(stem(Spanish, "devolución"), "una devolucion", Some("devolucion"));
    check(stem(German, "Haus"), "die Häuser", Some("Häuser"));
    check(stem(French, "remboursement"), "des remboursements", Some("remboursements"));
    check(stem(Russian, "возврат"), "два возврата", Some("возврата"));
    check(stem(Russian, "pay"), "payments", None);
}

#[test]
fn every_stemmed_language_has_a_code() {
    for (code, language) in StemLanguage::ALL {
        assert_eq!(language.tag(), code);
        let id = PatternsBuilder::new(TextOptions::default()).add(stem(language, "a1"));
        assert_eq!(id, Ok(PatternId(0)));
    }
    assert!(StemLanguage::ALL.is_sorted_by_key(|it| it.0));
}

#[test]
fn pairs_are_near_in_any_order() {
    check(near("want", "refund", 2), "I want a full refund", Some("want a full refund"));
    check(near("want", "refund", 1), "I want a full refund", None);
    check(near("want", "refund", 0), "refund, want!", Some("refund, want"));
    check(near("want", "refund", 0), "want refunds", None);
    check(near("a b", "b c", 3), "a b c", None);
    check(near("a b", "b c", 0), "a b b c", Some("a b b c"));
    check(near("no", "no", 1), "no", None);
    check(near("no", "no", 1), "no oh no", Some("no oh no"));
    check(near("want", "refund", 1), "want x y z want don't refund", Some("want don't refund"));
    check(near("返金", "注文", 2), "注文した商品を返金", None);
    check(near("返金", "注文", 3), "注文した商品を返金", Some("注文した商品を返金"));
}

#[test]
fn regexes_see_the_message_as_written() {
    let regex = |text: &str| Pattern::Regex(text.into());
    check(regex(r"order #?\d{3,}"), "My ORDER #1234", Some("ORDER #1234"));
    check(regex("(?-i)order"), "My ORDER", None);
    check(regex("co{2}l"), "coool", None);
    check(regex("@shop"), "hi @shop", Some("@shop"));
    check(regex("^$"), "", Some(""));
    check(regex(r"\bé"), "été", Some("é"));
}

#[test]
fn bad_patterns_say_what_is_wrong() {
    let check = |pattern: Pattern, expected: PatternError| {
        let error = PatternsBuilder::new(TextOptions::default()).add(pattern).unwrap_err();
        assert!(!error.to_string().is_empty());
        assert_eq!(error, expected);
    };
    let word = |text: &str| Pattern::Word(text.into());
    check(word(" \u{200b}\u{301} "), PatternError::Empty);
    check(word(&"a".repeat(201)), PatternError::TooLong { max: 200 });
    check(word("#sale"), PatternError::Field { kind: FieldKind::Hashtag });
    check(word("ask @shop"), PatternError::Field { kind: FieldKind::Mention });
    check(word("https://a.b"), PatternError::Field { kind: FieldKind::Link });
    check(stem(StemLanguage::English, "!?"), PatternError::Empty);
    check(stem(StemLanguage::English, &"a1".repeat(40)), PatternError::TooLong { max: 64 });
    check(near("a", " ", 1), PatternError::Empty);
    let regex = |text: &str| Pattern::Regex(text.into());
    check(regex("a*"), PatternError::RegexMatchesAnything);
    check(regex(r"\w{900}"), PatternError::RegexTooLarge);
    let wrong = |message: &str, offset| PatternError::Regex { message: message.into(), offset };
    check(regex("ab(c"), wrong("unclosed group", Some(2)));
    check(regex(r"é\p{Nope}"), wrong("Unicode property not found", Some(2)));
}

#[test]
fn equal_patterns_are_one() {
    let mut builder = PatternsBuilder::new(TextOptions::default());
    let mut id = |pattern| builder.add(pattern).unwrap().0;
    let word = |text: &str| Pattern::Word(text.into());
    assert_eq!(id(word("Straße")), 0);
    assert_eq!(id(word(" STRASSE ")), 0);
    assert_eq!(id(word("strase")), 1);
    assert_eq!(id(Pattern::Contains("straße".into())), 2);
    assert_eq!(id(stem(StemLanguage::English, "paying")), 3);
    assert_eq!(id(stem(StemLanguage::English, "payments")), 3);
    assert_eq!(id(stem(StemLanguage::German, "payments")), 4);
    assert_eq!(id(near("a", "b", 1)), 5);
    assert_eq!(id(near("B", "a", 1)), 5);
    assert_eq!(id(near("a", "b", 2)), 6);
    let options = TextOptions::default();
    assert_eq!(normalised("  Cuánto\n\u{200b} COOOL #x ", &options), "cuanto coool #x");
}

#[test]
fn long_messages_are_cut() {
    let options = TextOptions { chars_max: 5, ..TextOptions::default() };
    let mut builder = PatternsBuilder::new(options);
    let id = builder.add(Pattern::Word("x".into())).unwrap();
    let regex = builder.add(Pattern::Regex("x".into())).unwrap();
    let patterns = builder.build().unwrap();
    let hits = patterns.find("éééé x");
    assert_eq!((hits.read.clone(), hits.truncated), (0..9, true));
    assert!(!hits.is_hit(id) && !hits.is_hit(regex));
    let hits = patterns.find("ééé x");
    assert_eq!((hits.read.clone(), hits.truncated), (0..8, false));
    assert_eq!(hits.of(id), Some(7..8));
}

#[test]
fn all_patterns_are_found_in_one_pass() {
    let mut builder = PatternsBuilder::new(TextOptions::default());
    let ids = ["where is my order", "order", "my order", "absent"]
        .map(|it| builder.add(Pattern::Word(it.into())).unwrap());
    let hits = builder.build().unwrap().find("WHERE is my order");
    assert_eq!(
        ids.map(|id| hits.of(id).map(|span| span.start)),
        [Some(0), Some(12), Some(9), None]
    );
    assert!(!Hits::default().is_hit(ids[0]));
}
