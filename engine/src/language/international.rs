//! Words that say nothing about the language of who writes them.

/// Used as they are in messages of any language: greetings, laughter, chat shorthand, the words
/// of the platform and of the shop. A word that people of other languages would translate, such
/// as "thanks" or "please", is none of them. Sorted.
const INTERNATIONAL: [&str; 82] = [
    "app",
    "asap",
    "bio",
    "bot",
    "bro",
    "btw",
    "bye",
    "chat",
    "code",
    "cool",
    "dm",
    "dms",
    "email",
    "euro",
    "facebook",
    "fb",
    "fyi",
    "gif",
    "gm",
    "gn",
    "google",
    "hello",
    "hey",
    "hi",
    "hm",
    "hmm",
    "hy",
    "ig",
    "img",
    "info",
    "insta",
    "instagram",
    "internet",
    "iphone",
    "kg",
    "kk",
    "klarna",
    "link",
    "links",
    "live",
    "lmao",
    "logo",
    "lol",
    "mail",
    "mms",
    "no",
    "ok",
    "okay",
    "oke",
    "okey",
    "oki",
    "omg",
    "online",
    "oops",
    "paypal",
    "pls",
    "plz",
    "pm",
    "price",
    "pro",
    "ps",
    "rofl",
    "selfie",
    "shop",
    "shopify",
    "sis",
    "sms",
    "sorry",
    "stop",
    "super",
    "tel",
    "thx",
    "tik",
    "tiktok",
    "tnx",
    "tok",
    "usa",
    "usd",
    "video",
    "web",
    "whatsapp",
    "wow",
];

/// Whether a cleaned word is used in any language. `more` holds the words of the rules file,
/// cleaned and sorted.
pub(super) fn is_international(word: &str, more: &[String]) -> bool {
    word.chars().nth(1).is_none() && word.is_ascii()
        || INTERNATIONAL.binary_search(&word).is_ok()
        || more.binary_search_by(|it| it.as_str().cmp(word)).is_ok()
        || is_laughter(word)
}

/// "haha", "hahhaha", "hehehe", "xddd": at least four letters, of h and one vowel, or x and d.
fn is_laughter(word: &str) -> bool {
    let made_of = |letters: &str| word.chars().all(|letter| letters.contains(letter));
    let laughs = ["ha", "he", "hi", "xd"].iter().any(|letters| made_of(letters));
    laughs && (word.len() >= 4 || word.starts_with('x'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, expected: bool) {
        let more = ["acme".to_owned(), "zorro".to_owned()];
        assert_eq!(is_international(word, &more), expected, "{word:?}");
    }

    #[test]
    fn words_of_any_language_are_told_from_words_of_one() {
        for word in ["hi", "ok", "lol", "pls", "tiktok", "price", "acme", "zorro", "x"] {
            check(word, true);
        }
        for word in ["hola", "danke", "preis", "hai", "merci", "thanks", "é", "я", "acm"] {
            check(word, false);
        }
    }

    #[test]
    fn laughter_is_known_in_any_length() {
        for word in ["haha", "hahahaha", "ahahah", "hehehe", "hihi", "xd", "xdd"] {
            check(word, true);
        }
        for word in ["ha", "hat", "hehexy", "dx"] {
            check(word, false);
        }
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(INTERNATIONAL.is_sorted());
    }
}
