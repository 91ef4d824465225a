//! Messages for the eyes of people: safe to print, with words marked, and shortened.

use std::ops::Range;

/// How marks look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// `[in brackets]`, for files and pipes.
    #[default]
    Plain,
    /// Bold and underlined, for terminals.
    Terminal,
}

impl Style {
    /// Marks a text that is safe to print.
    #[must_use]
    pub fn mark(self, text: &str) -> String {
        match self {
            Self::Plain => format!("[{text}]"),
            Self::Terminal => format!("\x1b[1;4m{text}\x1b[0m"),
        }
    }
}

/// A text that does nothing to a terminal and stays on one line. Messages come from anybody:
/// control characters and those that turn the direction of writing are replaced by visible ones.
#[must_use]
pub fn safe(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn visible(character: char) -> char {
    match character {
        '\n' => '⏎',
        '\t' => ' ',
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\x7f'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}

/// A text with the bytes in `spans` marked; of a stretch without a mark that is longer than
/// `stretch_max` characters, only its ends are shown. Spans may overlap and stand in any order.
#[must_use]
pub fn marked(text: &str, spans: &[Range<usize>], stretch_max: usize, style: Style) -> String {
    let mut shown = String::new();
    let mut done = 0;
    for span in merged(text, spans) {
        let stretch = Stretch { text: &text[done..span.start], first: done == 0, last: false };
        shown.push_str(&stretch.shortened(stretch_max));
        shown.push_str(&style.mark(&safe(&text[span.clone()])));
        done = span.end;
    }
    let stretch = Stretch { text: &text[done..], first: done == 0, last: true };
    shown + &stretch.shortened(stretch_max)
}

/// A text of at most so many characters.
#[must_use]
pub fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => safe(text),
        Some(_) => {
            safe(text.chars().take(chars_max.saturating_sub(1)).collect::<String>().trim_end())
                + "…"
        }
    }
}

/// The spans in order, without overlaps, and only as far as they are in the text.
fn merged(text: &str, spans: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = spans.iter().filter(|it| !it.is_empty()).cloned().collect();
    spans.retain(|span| text.get(span.clone()).is_some());
    spans.sort_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// A part of a message without marks.
struct Stretch<'a> {
    text: &'a str,
    /// Nothing stands before it.
    first: bool,
    /// Nothing stands behind it.
    last: bool,
}

impl Stretch<'_> {
    fn shortened(&self, chars_max: usize) -> String {
        let count = self.text.chars().count();
        if count <= chars_max {
            return safe(self.text);
        }
        let end = |chars: usize| self.text.char_indices().nth(chars).map_or(0, |(at, _)| at);
        // Alone it is shown from its beginning; beside a mark, what is next to the mark.
        if self.last {
            return safe(&self.text[..end(chars_max)]) + "…";
        }
        if self.first {
            return "…".to_owned() + &safe(&self.text[end(count - chars_max)..]);
        }
        let half = chars_max / 2;
        safe(&self.text[..end(half)]) + " … " + &safe(&self.text[end(count - half)..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "one span is meant")]
    fn words_are_marked() {
        let check = |text: &str, spans: &[Range<usize>], expected: &str| {
            assert_eq!(marked(text, spans, 10, Style::Plain), expected);
        };
        check("how much is it", &[4..8], "how [much] is it");
        check("how much is it", &[0..8, 4..11], "[how much is] it");
        check("how much", &[4..8, 0..3], "[how] [much]");
        check("über alles", &[1..2, 4..90, 0..5], "[über] alles");
        check("", &[], "");
        assert_eq!(marked("a b", &[2..3, 2..2], 9, Style::Terminal), "a \x1b[1;4mb\x1b[0m");
    }

    #[test]
    fn long_stretches_are_shortened_but_never_marks() {
        let text = "0123456789abc X 0123456789abc X 0123456789abc";
        let shown = marked(text, &[14..15, 30..31], 10, Style::Plain);
        assert_eq!(shown, "…456789abc [X] 0123 … 9abc [X] 012345678…");
        assert_eq!(marked("0123456789abc", &[], 10, Style::Plain), "0123456789…");
        assert_eq!(shortened("ab cdef", 7), "ab cdef");
        assert_eq!(shortened("ab cdefg", 4), "ab…");
    }

    #[test]
    fn messages_do_nothing_to_the_terminal() {
        assert_eq!(safe("a\x1b[31mb\r\nc\u{202e}d\u{9b}e"), "a␛[31mb␍⏎c\u{fffd}d\u{fffd}e");
        assert_eq!(safe("நன்றி 👩‍👩‍👧"), "நன்றி 👩‍👩‍👧", "joiners belong to the writing");
    }
}
