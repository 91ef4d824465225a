//! Where a place within a text stands in the file that spells it, between quotes and with escapes.

use std::ops::Range;

/// The bytes of `literal`, a string of TOML with its quotes, that spell the character at byte
/// `offset` of the text that it stands for. The closing quote stands for the end of the text.
/// `None` if it is no such string.
pub(super) fn place_in_literal(literal: &str, offset: usize) -> Option<Range<usize>> {
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let quote = quotes.into_iter().find(|quote| literal.starts_with(quote))?;
    let end = literal.len().checked_sub(quote.len())?;
    let mut at = quote.len();
    if quote.len() == 3 {
        // A line feed right after the opening quotes is not part of the text.
        let rest = literal.get(at..)?;
        at += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    let mut told = 0;
    while at < end {
        let (spelled, bytes) = character(literal.get(at..end)?, quote.starts_with('"'))?;
        if offset < told + bytes {
            return Some(at..at + spelled);
        }
        told += bytes;
        at += spelled;
    }
    Some(end..literal.len())
}

/// How many bytes spell the first character, and how many it has.
fn character(rest: &str, escapes: bool) -> Option<(usize, usize)> {
    let mut letters = rest.chars();
    let first = letters.next()?;
    if first != '\\' || !escapes {
        return Some((first.len_utf8(), first.len_utf8()));
    }
    let digits = match letters.next()? {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        next if next.is_whitespace() => {
            // A backslash at the end of a line swallows all white space that follows.
            let skipped = rest[1..].len() - rest[1..].trim_start().len();
            return Some((1 + skipped, 0));
        }
        next => return Some((1 + next.len_utf8(), 1)),
    };
    let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
    Some((2 + digits, char::from_u32(code)?.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_behind_quotes_and_escapes() {
        let check = |literal: &str, offset, expected: &str| {
            let place = place_in_literal(literal, offset).and_then(|it| literal.get(it));
            assert_eq!(place, Some(expected), "{literal} at {offset}");
        };
        check("'a(b'", 1, "(");
        check("\"a(b\"", 1, "(");
        check("\"é(b\"", 2, "(");
        check("\"é(b\"", 0, "é");
        check(r#""\\d(x""#, 2, "(");
        check(r#""\\d(x""#, 0, r"\\");
        check(r#""\u00e9(x""#, 2, "(");
        check(r#""\"(x""#, 1, "(");
        check("'''\na(b'''", 1, "(");
        check("\"\"\"a\\\n   (b\"\"\"", 1, "(");
        check("'a'", 1, "'");
        check("'a'", 9, "'");
        assert_eq!(place_in_literal("a", 0), None);
    }
}
