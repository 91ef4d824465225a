//! Messages of strangers and counts, fit to be shown.

use std::fmt::Write as _;

use crate::review::grid::grouped;
use crate::review::marked::shortened;

/// A message on one line: runs of white space become one space, control characters and those that
/// turn the direction of writing are left out (they could forge what a terminal shows), and what
/// is longer than `most` characters is cut.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    for word in words.filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().filter(|c| !turns_direction(*c)));
    }
    shortened(&line, most)
}

/// Explicit embeddings, overrides and isolates of Unicode's bidirectional algorithm (UAX 9).
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text that Markdown shows as it is: whatever could be markup, a link or the end of a table's cell
/// becomes a numeric reference, which `CommonMark` takes for text (section 2.5 of version 0.31.2:
/// references cannot be used in place of symbols that indicate structure).
pub(in crate::review) fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for (index, c) in text.char_indices() {
        let rest = &text[index..];
        let links = match c {
            ':' => rest.starts_with("://"),
            '.' => text[..index].to_lowercase().ends_with("www"),
            _ => false,
        };
        if links || "\\`*_{}[]<>|#@!~$&".contains(c) {
            let _ = write!(escaped, "&#{};", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A stranger's text for Markdown: as code, in which GitHub sees neither `@mentions` nor `#1`, and
/// escaped all the same, so that it cannot leave the code.
pub(super) fn quoted(text: &str) -> String {
    format!("<code>{}</code>", markdown(text))
}

/// A share as a percentage: the first decimal, two more of what is below one.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 1.0 {
        format!("{percent:.3} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// `1 message`, `7 messages`.
pub(super) fn messages(number: u64) -> String {
    let word = if number == 1 { "message" } else { "messages" };
    format!("{} {word}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_takes_one_line_and_cannot_forge_another() {
        let check = |text, most, expected| assert_eq!(one_line(text, most), expected, "{text:?}");
        check("hello", 10, "hello");
        check(" a\n\tb \r\n c ", 10, "a b c");
        check("a\u{1b}[2Jb\u{202e}c", 20, "a [2Jbc");
        check("one two three", 8, "one two…");
        check("ééééé", 5, "ééééé");
        check("éééééé", 5, "éééé…");
        check("", 5, "");
    }

    #[test]
    fn markdown_shows_text_as_it_is() {
        let check = |text, expected| assert_eq!(markdown(text), expected, "{text:?}");
        check("how much? it's 5 %, right", "how much? it's 5 %, right");
        check("a|b", "a&#124;b");
        check("`x`", "&#96;x&#96;");
        check("<b>&amp;", "&#60;b&#62;&#38;amp;");
        check("@team #1", "&#64;team &#35;1");
        check("www.x.y http://z", "www&#46;x.y http&#58;//z");
        check("at 10:30.", "at 10:30.");
    }

    #[test]
    fn a_message_cannot_leave_its_code() {
        assert_eq!(quoted("</code>|@a"), "<code>&#60;/code&#62;&#124;&#64;a</code>");
    }

    #[test]
    fn small_shares_keep_their_digits() {
        let check = |share, expected| assert_eq!(percent(share), expected);
        check(0.0, "0.0 %");
        check(0.00012, "0.012 %");
        check(0.0125, "1.2 %");
        check(1.0, "100.0 %");
    }
}
