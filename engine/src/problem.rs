//! What is wrong in a file that people write, where, and what would be right.
//!
//! Shared by all such files of the workspace, so that a mistake in a scenario reads like one in the
//! rules.

use std::ops::Range;
use std::sync::Arc;

mod syntax;

/// Something wrong, or doubtful, in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Errors stop the file from being used; warnings do not.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// Where: bytes of the file. Empty if the whole file is meant.
    pub span: Range<usize>,
    /// In which file; `None` in the one that was to be read, a name in one that it includes.
    pub file: Option<Arc<str>>,
    /// What kind of problem it is, such as `shadowed-rule`: stable, for tools and for silencing.
    pub code: Option<&'static str>,
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file can be used, but probably does not say what was meant.
    Warning,
    /// The file cannot be used.
    Error,
}

impl Problem {
    /// Something that stops the file from being used.
    #[must_use]
    pub fn error(span: Range<usize>, message: impl Into<String>) -> Self {
        let (severity, message) = (Severity::Error, message.into());
        Self { severity, message, help: None, span, file: None, code: None }
    }

    /// Something that probably is not meant.
    #[must_use]
    pub fn warning(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// Adds what would be right.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Says what kind of problem it is.
    #[must_use]
    pub fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    /// A name that stands for nothing: `what` is what it should stand for, `known` are the names
    /// that `place` ("this file") defines.
    #[must_use]
    pub fn unknown<'a>(
        what: &str,
        name: &str,
        span: Range<usize>,
        place: &str,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let help = match nearest(name, known.clone()) {
            Some(near) => did_you_mean(near),
            None if known.clone().next().is_none() => format!("no {what} is defined in {place}"),
            None => format!("defined in {place}: {}", list(known)),
        };
        Self::error(span, format!("unknown {what} `{name}`")).help(help)
    }

    /// What TOML's reader stumbled over. Turns serde's "unknown field `wehn`, expected one of `a`,
    /// `b`" into what is wrong and what would be right.
    #[must_use]
    pub fn from_toml(error: &toml::de::Error) -> Self {
        let message = error.message().trim();
        let problem = |message: &str| Self::error(error.span().unwrap_or_default(), message);
        if let Some(key) = message.strip_prefix("missing field ") {
            let help = format!("add `{} = ...`", key.trim_matches('`'));
            return problem(&format!("the key {key} is missing")).help(help);
        }
        let Some((wrong, expected)) = message.split_once(", expected ") else {
            return problem(message);
        };
        let kind = match wrong {
            _ if wrong.starts_with("unknown field") => "key",
            _ if wrong.starts_with("unknown variant") => "name",
            _ => return wrong_type(problem(wrong), wrong, expected),
        };
        let unknown = quoted(wrong).next().unwrap_or_default();
        let help = match nearest(unknown, quoted(expected)) {
            Some(near) => did_you_mean(near),
            None => format!("known here: {}", list(quoted(expected))),
        };
        problem(&format!("unknown {kind} `{unknown}`")).help(help)
    }

    /// Line and column of the problem in its file, both from 1; columns count characters.
    #[must_use]
    pub fn position(&self, source: &str) -> (usize, usize) {
        let before = source.get(..self.span.start).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// The known word that is most probably meant, if any is near enough.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = 1 + word.chars().count() / 4;
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The question that goes with [`nearest`].
#[must_use]
pub fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}

/// serde's "invalid type: string "100", expected i64" in words of people.
fn wrong_type(problem: Problem, wrong: &str, expected: &str) -> Problem {
    let Some(found) = wrong.strip_prefix("invalid type: ") else {
        return problem.help(format!("expected {expected}"));
    };
    let found = match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer", number)) | Some(("floating", number)) => {
            format!("the number {}", number.trim_start_matches("point ").trim_matches('`'))
        }
        Some(("boolean", value)) => value.trim_matches('`').to_owned(),
        _ if found == "sequence" => "a list".to_owned(),
        _ if found == "map" => "a table".to_owned(),
        _ => found.to_owned(),
    };
    let expected = match expected {
        "i64" => "a whole number, without quotes",
        "f64" => "a number, without quotes",
        "a boolean" => "`true` or `false`, without quotes",
        "a string" => "a text in quotes",
        "a sequence" => "a list, such as `[\"one\", \"two\"]`",
        "a map" => "a table, such as `{ key = \"value\" }`",
        _ if expected.starts_with("struct ") => "a table, such as `{ key = \"value\" }`",
        other => other,
    };
    let message = format!("{found} cannot stand here");
    Problem { message, ..problem }.help(format!("write {expected}"))
}

fn quoted(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split('`').skip(1).step_by(2)
}

/// Names for a sentence: `` `a`, `b`, `c` ``.
#[must_use]
pub fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_begin_at_one() {
        let source = "a = \"é\"\nb = \"é\" x";
        let at = |start| Problem::error(start..start, "").position(source);
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(source.len() - 1), (2, 9));
        assert_eq!(at(source.len() + 5), (2, 10));
    }

    #[test]
    fn only_a_slip_is_guessed() {
        let known = || ["sales", "support", "latam"].into_iter();
        assert_eq!(nearest("slaes", known()), Some("sales"));
        assert_eq!(nearest("latin", known()), Some("latam"));
        assert_eq!(nearest("x", known()), None);
        assert_eq!(nearest("marketing", known()), None);
    }
}
