//! Message bodies as plain text.
//!
//! Webhooks of API versions up to 2.14 carry HTML, later ones plain text, and nothing in the
//! payload says which. Intercom wraps every HTML body in an element, so a body that begins with a
//! tag and ends with one is HTML, and everything else is what the contact typed: `a < b` stays.

use std::borrow::Cow;

/// Elements after which a new line begins.
const BLOCKS: [&str; 12] =
    ["p", "br", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "blockquote", "pre"];

/// The longest entity that is looked for: `&#x10FFFF;`.
const LONGEST_ENTITY: usize = 10;

/// The body without markup.
pub(crate) fn plain_text(body: &str) -> Cow<'_, str> {
    let trimmed = body.trim();
    if is_html(trimmed) { Cow::Owned(strip(trimmed)) } else { Cow::Borrowed(trimmed) }
}

fn is_html(text: &str) -> bool {
    let mut start = text.chars();
    start.next() == Some('<')
        && start.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '!')
        && text.ends_with('>')
}

fn strip(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest =
            if rest.starts_with('<') { skip_tag(rest, &mut text) } else { decode(rest, &mut text) };
    }
    text.push_str(rest);
    text.truncate(text.trim_end().len());
    text
}

/// Skips the tag that `html` begins with; a `<` that begins no tag is text.
fn skip_tag<'a>(html: &'a str, text: &mut String) -> &'a str {
    if let Some(comment) = html.strip_prefix("<!--") {
        return comment.find("-->").map_or("", |end| &comment[end + 3..]);
    }
    let name = html[1..].trim_start_matches('/');
    let is_tag = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!');
    let Some(end) = end_of_tag(html).filter(|_| is_tag) else {
        text.push('<');
        return &html[1..];
    };
    let name_end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    let is_block = BLOCKS.iter().any(|block| name[..name_end].eq_ignore_ascii_case(block));
    if is_block && !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    &html[end..]
}

/// Where the tag ends: just after the first `>` that does not stand in quotes.
fn end_of_tag(html: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// Decodes the entity that `html` begins with; an ampersand that begins none is text.
fn decode<'a>(html: &'a str, text: &mut String) -> &'a str {
    let end = html.bytes().take(LONGEST_ENTITY).position(|byte| byte == b';');
    let known = end.and_then(|end| Some((character(&html[1..end])?, &html[end + 1..])));
    let (character, rest) = known.unwrap_or(('&', &html[1..]));
    text.push(character);
    rest
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|&c| c != '\0')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        assert_eq!(plain_text(body), expected, "{body}");
    }

    #[test]
    fn html_loses_its_markup() {
        check("<p>Hello everyone!</p>", "Hello everyone!");
        check("<p>one</p>\n<p>two<br>three</p>", "one\n\ntwo\nthree");
        check("<div class=\"a > b\">how <b>much</b>?</div>", "how much?");
        check("<p>a&nbsp;&lt;3 &amp;amp; &#39;b&#x27; &quot;c&quot;</p>", "a <3 &amp; 'b' \"c\"");
        check(
            "<p>fish & chips &unknown; &#0; &#xD800;</p>",
            "fish & chips &unknown; &#0; &#xD800;",
        );
        check("<p>1 < 2</p>", "1 < 2");
        check("<!-- x --><p>seen</p><!-- y -->", "seen");
        check("<img src='https://cdn.example/a.png'>", "");
        check("<p>größer&#8364;</p>", "größer€");
        check("<p></p>", "");
    }

    #[test]
    fn plain_text_stays() {
        check("how much?", "how much?");
        check("a < b && c > d", "a < b && c > d");
        check("I <3 you &amp; me", "I <3 you &amp; me");
        check("<3", "<3");
        check("<3 this >", "<3 this >");
        check("  trimmed \n", "trimmed");
        check("", "");
        check("<", "<");
    }

    #[test]
    fn unfinished_markup_does_not_swallow_the_rest() {
        check("<p>open <b tail</p>", "open");
        check("<p>quote \" here <a href=\"x>y</a>", "quote \" here <a href=\"x>y");
    }
}
