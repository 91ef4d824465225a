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
        Self { message: message.into(), help: None, span }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A team that the rules do not have.
    pub(crate) fn unknown_team<'a>(
        name: &toml::Spanned<String>,
        known: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let help = match nearest(name.get_ref(), known.clone()) {
            Some(near) => did_you_mean(near),
            None => format!("teams of the rules: {}", known.collect::<Vec<_>>().join(", ")),
        };
        Self::new(name.span(), format!("unknown team `{}`", name.get_ref())).help(help)
    }

    /// Line and column, counted from 1; the column in characters.
    #[must_use]
    pub fn position(&self, source: &str) -> (usize, usize) {
        let before = source.get(..self.span.start).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// What TOML's reader found, with a guess at what was meant.
    pub(super) fn from_toml(error: &toml::de::Error) -> Self {
        let problem = Self::new(error.span().unwrap_or(0..0), error.message());
        if let Some(key) = error.message().strip_prefix("missing field ") {
            return Self { message: format!("the key {key} is missing"), ..problem };
        }
        let Some((_, known)) = error.message().split_once(", expected ") else {
            return problem;
        };
        let Some(name) = error.message().split('`').nth(1) else {
            return problem;
        };
        let kind = match error.message() {
            message if message.starts_with("unknown field") => "key",
            message if message.starts_with("unknown variant") => "name",
            _ => return problem,
        };
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => did_you_mean(near),
            None => format!("known here: {}", known.join(", ")),
        };
        Self { message: format!("unknown {kind} `{name}`"), ..problem }.help(help)
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
