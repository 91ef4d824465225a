//! Notes as Intercom takes them.
//!
//! The body of a reply is read as HTML, of which notes accept some (OpenAPI,
//! `admin_reply_conversation_request`); which elements is not said. Its own texts stand in `p` with
//! `br` between lines, so ours do too, and nothing in a note can be taken for markup.

/// A plain text, lines separated by `\n`, as HTML that shows the same.
pub(super) fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 7);
    html.push_str("<p>");
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            html.push_str("<br>");
        }
        line.chars().for_each(|character| push_escaped(&mut html, character));
    }
    html.push_str("</p>");
    html
}

fn push_escaped(html: &mut String, character: char) {
    match character {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        other => html.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::plain_text::plain_text;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let html = html(text);
        assert_eq!(html, expected);
        assert_eq!(plain_text(&html), text.trim_end(), "what is read back is what was written");
    }

    #[test]
    fn a_note_shows_what_was_written() {
        check("Team sales", "<p>Team sales</p>");
        check("one\ntwo\nthree", "<p>one<br>two<br>three</p>");
        check("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>");
        check("&lt;b&gt; &amp; <b>", "<p>&amp;lt;b&amp;gt; &amp;amp; &lt;b&gt;</p>");
        check("\"quoted\" it's", "<p>\"quoted\" it's</p>");
        check("línea ✓\n", "<p>línea ✓</p>");
        check("", "<p></p>");
    }

    #[test]
    fn lines_may_end_in_any_way_and_be_empty() {
        assert_eq!(html("one\r\ntwo"), "<p>one<br>two</p>");
        assert_eq!(html("one\n\ntwo"), "<p>one<br><br>two</p>");
    }
}
