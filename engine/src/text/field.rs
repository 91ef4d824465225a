//! Addresses, handles and hashtags: not part of what somebody says, but of interest by themselves.

use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::letter::{Family, family};

/// A field of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// In lower case: a hashtag without `#`, a handle without `@`, the host of a link without
    /// `www.`.
    pub(crate) text: String,
    /// Bytes of the original text, with the `#`, the `@` or the whole link.
    pub(crate) span: Range<usize>,
}

/// What kind of field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldKind {
    /// `#sale`
    Hashtag,
    /// `@shop`
    Mention,
    /// `https://example.com/x` or `www.example.com`
    Link,
}

/// The field that begins at byte `at` of `text`, if one does; no letter and no digit may stand
/// right in front of it.
pub(super) fn field_at(text: &str, at: usize) -> Option<(FieldKind, Field)> {
    let rest = &text[at..];
    let first = rest.chars().next()?;
    let (kind, length, said) = match first {
        '#' | '＃' => {
            hashtag(rest, first.len_utf8()).map(|it| (FieldKind::Hashtag, it.0, it.1))?
        }
        '@' | '＠' => handle(text, at, first).map(|it| (FieldKind::Mention, it.0, it.1))?,
        'h' | 'H' | 'w' | 'W' => link(rest).map(|it| (FieldKind::Link, it.0, it.1))?,
        _ => return None,
    };
    Some((kind, Field { text: said, span: at..at + length }))
}

/// Letters, marks, digits and `_`, at least one of them a letter. (UAX 31, section 7, with `#`.)
fn hashtag(rest: &str, sign: usize) -> Option<(usize, String)> {
    let said = said(&rest[sign..], |it, before| family(it, before).0.is_wordy());
    said.contains(char::is_alphabetic).then(|| (sign + said.len(), comparable(said)))
}

/// Letters, digits, `_` and `.` of ASCII, at least one of them a letter, as TikTok allows them. An
/// e-mail address has its `@` between two words and is none.
fn handle(text: &str, at: usize, sign: char) -> Option<(usize, String)> {
    if text[..at].ends_with(['.', '-', '+', '@', '＠']) {
        return None;
    }
    let rest = &text[at + sign.len_utf8()..];
    let length = rest.bytes().take_while(|it| it.is_ascii_alphanumeric() || b"_.".contains(it));
    let said = rest[..length.count()].trim_end_matches('.');
    let next = rest[said.len()..].chars().next();
    let goes_on =
        next.is_some_and(|it| !it.is_ascii() && family(it, Family::Word).0 == Family::Word);
    let is_handle = said.contains(|it: char| it.is_ascii_alphabetic()) && !goes_on;
    is_handle.then(|| (sign.len_utf8() + said.len(), said.to_ascii_lowercase()))
}

/// Up to white space or to what no address is made of; closing punctuation is of the sentence.
fn link(rest: &str) -> Option<(usize, String)> {
    let starts =
        |prefix: &str| rest.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix));
    let scheme = ["https://", "http://", "www."].into_iter().find(|it| starts(it))?;
    let in_link = |it: char, before| match it {
        '<' | '>' | '"' | '`' | '\\' | '{' | '}' | '|' => false,
        _ if it.is_ascii() => it.is_ascii_graphic(),
        _ => family(it, before).0 == Family::Word,
    };
    // Whatever begins like this is taken whole, so that nothing of it is looked at twice.
    rest[scheme.len()..].starts_with(char::is_alphanumeric).then_some(())?;
    let length = scheme.len() + said(&rest[scheme.len()..], in_link).len();
    let closing = ['.', ',', ';', ':', '!', '?', ')', ']', '\'', '*', '_', '~'];
    let link = rest[..length].trim_end_matches(closing);
    let authority = link[scheme.len()..].split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_lowercase();
    Some((link.len(), host.strip_prefix("www.").unwrap_or(&host).to_owned()))
}

/// The longest beginning whose characters all belong, each looked at with the family before it.
fn said(rest: &str, mut belongs: impl FnMut(char, Family) -> bool) -> &str {
    let mut before = Family::Sign;
    let end = rest.char_indices().find(|(_, it)| {
        let goes_on = belongs(*it, before);
        before = family(*it, before).0;
        !goes_on
    });
    &rest[..end.map_or(rest.len(), |(end, _)| end)]
}

fn comparable(text: &str) -> String {
    const NFKC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfkc();
    NFKC.normalize(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(FieldKind, &str, &str)>) {
        let found = field_at(text, 0);
        let found = found.as_ref().map(|(kind, it)| (*kind, &*it.text, &text[it.span.clone()]));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn hashtags_hold_a_letter() {
        use FieldKind::Hashtag;
        check("#Sale2026!", Some((Hashtag, "sale2026", "#Sale2026")));
        check("#ราคา ok", Some((Hashtag, "ราคา", "#ราคา")));
        check("＃退款", Some((Hashtag, "退款", "＃退款")));
        check("#été_été#x", Some((Hashtag, "été_été", "#été_été")));
        check("#1", None);
        check("####", None);
        check("# sale", None);
        check("#", None);
    }

    #[test]
    fn handles_are_ascii() {
        use FieldKind::Mention;
        check("@The.Shop_1.", Some((Mention, "the.shop_1", "@The.Shop_1")));
        check("@shop를", Some((Mention, "shop", "@shop")));
        check("@josé", None);
        check("@5", None);
        check("@ home", None);
        check("@@@@a", None);
    }

    #[test]
    fn links_tell_their_host() {
        use FieldKind::Link;
        let check_link = |text, host, link| check(text, Some((Link, host, link)));
        check_link(
            "https://VM.TikTok.com/abc?x=1#y, ok",
            "vm.tiktok.com",
            "https://VM.TikTok.com/abc?x=1#y",
        );
        check_link("HTTP://a:b@x.io:80/)", "x.io", "HTTP://a:b@x.io:80/");
        check_link("www.shop.de.", "shop.de", "www.shop.de");
        check_link("https://www.müller.de谢谢", "müller.de", "https://www.müller.de");
        check_link("http://http://http://", "http", "http://http://http://");
        check("http://", None);
        check("https:// x", None);
        check("www.", None);
        check("www..", None);
        check("hello", None);
    }
}
