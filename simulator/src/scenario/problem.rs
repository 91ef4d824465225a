//! What is wrong with a scenario file, and where.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// Something wrong in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
    /// Where: bytes of the file. Empty if the whole file is meant.
    pub span: Range<usize>,
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read the scenario {path}", path = path.display())]
    Unreadable {
        /// Where it was looked for.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file does not say what a scenario must say.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// A scenario file with problems: everything that a report of them needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The file.
    pub path: PathBuf,
    /// Its text.
    pub source_text: String,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

impl Problem {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            span,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Line and column, counted from 1; the column in characters.
    #[must_use]
    pub fn position(&self, source: &str) -> (usize, usize) {
        let before = source.get(..self.span.start).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (
            before.matches('\n').count() + 1,
            before[line_start..].chars().count() + 1,
        )
    }

    /// What TOML's reader found, with a guess at what was meant.
    pub(super) fn from_toml(error: &toml::de::Error) -> Self {
        let message = error.message().to_owned();
        let mut quoted = message.split('`').skip(1).step_by(2);
        let got = quoted.next().unwrap_or_default().to_owned();
        let known: Vec<String> = quoted.map(str::to_owned).collect();
        let guess = nearest(&got, known.iter().map(String::as_str)).map(did_you_mean);
        Self {
            help: guess,
            span: error.span().unwrap_or(0..0),
            message,
        }
    }
}

impl fmt::Display for Invalid {
    /// One problem a paragraph: `path:line:column: message`, the line, and what would be right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let (line, column) = problem.position(&self.source_text);
            let text = self.source_text.lines().nth(line - 1).unwrap_or_default();
            let separator = if index == 0 { "" } else { "\n" };
            let path = self.path.display();
            writeln!(f, "{separator}{path}:{line}:{column}: {}", problem.message)?;
            write!(f, "  {line} | {}", text.trim_end())?;
            if let Some(help) = &problem.help {
                write!(f, "\n  help: {help}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

/// The known name that `name` is most probably a slip for.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = 1 + name.chars().count() / 4;
    known
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

pub(super) fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}
