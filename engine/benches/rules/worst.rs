//! What messages are made of that are meant to take long, repeated.

/// Name and piece: long runs, words that are like themselves, emoji, marks, links and handles that
/// are none, scripts without spaces, characters that become many, and words of mixed scripts.
pub(crate) const PIECES: [(&str, &str); 24] = [
    ("one letter", "a"),
    ("one letter, spaced", "a "),
    ("abab", "ab"),
    ("ab ab", "ab "),
    ("a keyword", "refund "),
    ("a keyword without spaces", "refund"),
    ("every half of a rule", "marked as delivered where "),
    ("emoji", "😍"),
    ("emoji, joined", "👩\u{200D}💻"),
    ("flags", "🇩🇪"),
    ("joiners", "\u{200D}"),
    ("marks alone", "\u{301}\u{316}"),
    ("zalgo", "e\u{301}\u{316}\u{327}\u{334}\u{301}\u{316}"),
    ("accents", "é"),
    ("@@@@", "@"),
    ("@a@a", "@a"),
    ("####", "#"),
    ("#1a#1a", "#1a"),
    ("http://http://", "http://"),
    ("http://a@-/", "http://a@-/"),
    ("Thai", "ราคา"),
    ("Chinese", "退款"),
    ("one letter that becomes 18", "\u{FDFA}"),
    ("Latin and Cyrillic", "rе"),
];
