//! Broken TOML, in words of people.
//!
//! TOML's reader says where it stumbled. That is often a line or more below the mistake: a list
//! without its `]` ends where the next section begins. So the quotes and brackets before the place
//! are looked at again.

use std::ops::Range;

use super::Problem;

/// Quotes of typesetters and word processors, which TOML does not know.
const CURLY: [char; 8] = ['“', '”', '„', '‟', '‘', '’', '«', '»'];
/// What people write for `true` and `false`.
const YES: [&str; 4] = ["yes", "on", "True", "TRUE"];
const NO: [&str; 4] = ["no", "off", "False", "FALSE"];

impl Problem {
    /// The first place where `source` is no TOML, if `errors` are what TOML's reader says about it.
    /// `None` without errors.
    pub(crate) fn from_syntax(source: &str, errors: &[toml::de::Error]) -> Option<Self> {
        let start = |error: &&toml::de::Error| error.span().unwrap_or_default().start;
        let error = errors.iter().min_by_key(start)?;
        let place = error.span().unwrap_or_default();
        let (line, _) = line_at(source, place.start);
        if let Some((text, quote)) =
            unclosed_text(source).filter(|(text, _)| line.end >= text.start)
        {
            if place.start < text.start {
                let help = "a text stands between two quotes: `\"one\"`, or `[\"one\", \"two\"]`";
                return Some(Self::error(place, "a quote is missing in this line").help(help));
            }
            let problem = Self::error(text, "this text has no closing quote");
            return Some(problem.help(format!("end it with `{quote}`")));
        }
        let message = error.message().split(", expected ").next().unwrap_or_default().trim();
        Some(by_message(source, message, place).unwrap_or_else(|| Self::from_toml(error)))
    }
}

/// The mistake behind a message of TOML's reader; `None` for one that says enough.
fn by_message(source: &str, message: &str, place: Range<usize>) -> Option<Problem> {
    let at = place.start;
    let found = match message {
        "duplicate key" => twice(source, place),
        "string values must be quoted" => no_value(source, place),
        "missing value for key" | "missing value" => nothing(place),
        "missing comma between array elements" | "unclosed array" | "unexpected `=` in array" => {
            match unclosed_list(source, at) {
                Some(list) => list,
                None => Problem::error(place, "a comma is missing here")
                    .help("put one between two values of a list"),
            }
        }
        "unclosed inline table" | "invalid inline table element" => {
            let open = innermost_open(source, at)?;
            Problem::error(open..open + 1, "this table is not closed").help("end it with `}`")
        }
        "missing comma between key-value pairs" => Problem::error(place, "a comma is missing here")
            .help("put one between two entries: `{ any = [\"a\"], none = [\"b\"] }`"),
        "extra comma in array" | "extra comma in inline table" => {
            Problem::error(place, "here is a comma too many").help("take it out")
        }
        "unclosed table" => heading(source, at, "[", "]"),
        "unclosed array table" => heading(source, at, "[[", "]]"),
        "key with no value" | "missing assignment between key-value pairs" => no_sign(source, at),
        "invalid unquoted key" if source.get(at..)?.starts_with(':') => no_sign(source, at),
        "invalid unquoted key" => Problem::error(place, "this key needs quotes")
            .help("without quotes a key has letters from a to z, digits, `-` and `_`"),
        "unexpected key or value" | "unexpected content" => {
            let help = "a line has one key and one value; several values stand in a list: \
                        `[\"one\", \"two\"]`";
            Problem::error(place, "this is too much for one line").help(help)
        }
        "missing escaped value" => escape(source, at),
        _ => return None,
    };
    Some(found)
}

/// The line around a place, without its line feed, and its text.
fn line_at(source: &str, at: usize) -> (Range<usize>, &str) {
    let before = source.get(..at).unwrap_or(source);
    let start = before.rfind('\n').map_or(0, |feed| feed + 1);
    let end = source[start..].find('\n').map_or(source.len(), |feed| start + feed);
    (start..end, &source[start..end])
}

fn twice(source: &str, place: Range<usize>) -> Problem {
    let name = source.get(place.clone()).unwrap_or_default().to_owned();
    let (_, line) = line_at(source, place.start);
    let help = if line.trim_start().starts_with('[') {
        "put everything about it into one section"
    } else {
        "take one of the two lines out"
    };
    Problem::error(place, format!("`{name}` is said twice")).help(help)
}

fn nothing(place: Range<usize>) -> Problem {
    let help = "write one after `=`: a text in quotes, a number, `true`, `false`, or a list";
    Problem::error(place, "the value is missing").help(help)
}

/// Something that is no value of TOML.
fn no_value(source: &str, place: Range<usize>) -> Problem {
    let found = source.get(place.clone()).unwrap_or_default().trim();
    if found.is_empty() {
        return nothing(place);
    }
    let bare: String = found.trim_matches(CURLY).to_owned();
    let problem = |message: &str| Problem::error(place.clone(), message);
    if bare != found {
        return problem("these are not the quotes of TOML")
            .help(format!("write straight ones: `\"{bare}\"`"));
    }
    if let Some(word) = [("true", YES), ("false", NO)].into_iter().find(|it| it.1.contains(&found))
    {
        let help = format!("write `{}`, or `\"{found}\"` if it is a text", word.0);
        return problem(&format!("`{found}` cannot stand here without quotes")).help(help);
    }
    if found.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') {
        let help = format!("write digits, or `\"{found}\"` if it is a text");
        return problem(&format!("`{found}` is no number")).help(help);
    }
    problem("this text has no quotes").help(format!("write `\"{found}\"`"))
}

/// A list that still goes on where the next line of the file begins.
fn unclosed_list(source: &str, at: usize) -> Option<Problem> {
    let (place, line) = line_at(source, at);
    if !source.get(place.start..at)?.trim().is_empty() {
        return None;
    }
    let line = line.trim();
    let is_key = |line: &str| {
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "._- ".contains(c))
    };
    if !(line.is_empty() || line.starts_with('[') || is_key(line)) {
        return None;
    }
    let open = innermost_open(source, at)?;
    Some(Problem::error(open..open + 1, "this list is not closed").help("end it with `]`"))
}

/// The heading of a section that does not end as it begins.
fn heading(source: &str, at: usize, opens: &str, closes: &str) -> Problem {
    let (place, line) = line_at(source, at);
    let start = place.start + (line.len() - line.trim_start().len());
    let name = line.trim().trim_start_matches('[');
    if let Some(name) = name.strip_suffix(closes) {
        let (sections, last) = name.rsplit_once('.').map_or(("", name), |(a, b)| (a, b));
        let dot = if sections.is_empty() { "" } else { "." };
        let right = format!("{opens}{sections}{dot}\"{}\"{closes}", last.trim());
        return Problem::error(start..start + line.trim().len(), "this name needs quotes")
            .help(format!("write `{right}`"));
    }
    let problem = Problem::error(start..start + line.trim().len(), "this heading is not closed");
    problem.help(format!("end it with `{closes}`"))
}

/// A key without `=`.
fn no_sign(source: &str, at: usize) -> Problem {
    let (place, line) = line_at(source, at);
    let start = place.start + (line.len() - line.trim_start().len());
    let words = line.trim();
    let key = words.split([' ', '\t', ':', '"', '\'']).next().unwrap_or_default();
    let rest = words[key.len()..].trim_start().trim_start_matches(':').trim();
    let value = if rest.is_empty() { "..." } else { rest };
    Problem::error(start..start + key.len(), format!("`{key}` is not followed by `=`"))
        .help(format!("write `{key} = {value}`"))
}

/// A backslash in double quotes that begins nothing.
fn escape(source: &str, at: usize) -> Problem {
    let start = source.get(..at).and_then(|it| it.rfind('\\')).unwrap_or(at);
    let letter = source.get(start + 1..).and_then(|rest| rest.chars().next());
    let end = start + 1 + letter.map_or(0, char::len_utf8);
    let letter = letter.map(String::from).unwrap_or_default();
    let help = format!(
        "write `\\\\{letter}`, or put the whole text in single quotes, where a backslash is a \
         backslash"
    );
    let message = format!("`\\{letter}` stands for nothing in double quotes");
    Problem::error(start..end, message).help(help)
}

/// A piece of TOML that holds other pieces.
enum Piece {
    /// A text in quotes, and whether it has both.
    Text(Range<usize>, &'static str, bool),
    Open(usize),
    Close,
}

/// The first text that does not end where it should: up to the end of its line, and its quote.
fn unclosed_text(source: &str) -> Option<(Range<usize>, &'static str)> {
    pieces(source).find_map(|piece| match piece {
        Piece::Text(place, quote, false) => {
            let (line, _) = line_at(source, place.start);
            let end = place.end.min(line.end);
            let end = place.start + source[place.start..end].trim_end().len();
            Some((place.start..end, quote))
        }
        _ => None,
    })
}

/// The innermost bracket that is open at a place.
fn innermost_open(source: &str, before: usize) -> Option<usize> {
    let mut open = Vec::new();
    for piece in pieces(source.get(..before)?) {
        match piece {
            Piece::Open(place) => open.push(place),
            Piece::Close => {
                open.pop();
            }
            Piece::Text(..) => {}
        }
    }
    open.pop()
}

/// Texts and brackets, without those in comments and in texts.
fn pieces(source: &str) -> impl Iterator<Item = Piece> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = source.get(at..)?;
            let sign = rest.chars().next()?;
            let start = at;
            match sign {
                '#' => at += rest.find('\n').unwrap_or(rest.len()),
                '"' | '\'' => {
                    let (length, quote, closed) = text_at(rest);
                    at += length;
                    return Some(Piece::Text(start..at, quote, closed));
                }
                '[' | '{' => {
                    at += 1;
                    return Some(Piece::Open(start));
                }
                ']' | '}' => {
                    at += 1;
                    return Some(Piece::Close);
                }
                other => at += other.len_utf8(),
            }
        }
    })
}

/// The length of the text that `rest` begins with, its quote, and whether it ends.
fn text_at(rest: &str) -> (usize, &'static str, bool) {
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let quote = quotes.into_iter().find(|quote| rest.starts_with(quote)).unwrap_or("\"");
    let escapes = quote.starts_with('"');
    let mut at = quote.len();
    while let Some(sign) = rest[at..].chars().next() {
        if rest[at..].starts_with(quote) {
            return (at + quote.len(), quote, true);
        }
        if sign == '\n' && quote.len() == 1 {
            return (at, quote, false);
        }
        at += sign.len_utf8();
        if sign == '\\' && escapes {
            // Whatever follows is no quote; a line feed still ends the line.
            let next = rest[at..].chars().next().filter(|next| *next != '\n');
            at += next.map_or(0, char::len_utf8);
        }
    }
    (at, quote, false)
}

#[cfg(test)]
mod tests;
