//! What is wrong, doubtful or worth knowing in a configuration.

use std::fmt;
use std::path::PathBuf;

use engine::problem::{Problem, Severity};
use serde::Serialize;

/// Something found in a configuration or around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// Where to put it right: a file with line and column, a variable, a flag, a secret.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// How bad a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Works, but probably is not meant, or not safe.
    Warning,
    /// The router does not start with it.
    Error,
}

/// Why a configuration cannot be used: displays every finding, each in lines of its own.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", lines(findings))]
pub struct ConfigError {
    /// What was found; at least one of it is an error.
    pub findings: Vec<Finding>,
}

impl Finding {
    /// Something that keeps the router from starting.
    pub fn error(place: impl Into<String>, message: impl Into<String>) -> Self {
        let (place, message) = (place.into(), message.into());
        Self { level: Level::Error, place, message, help: None }
    }

    /// Something that probably is not meant, or not safe.
    pub fn warning(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(place, message) }
    }

    /// Something worth knowing.
    pub fn note(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::error(place, message) }
    }

    /// Adds what would be right.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// A problem of a configuration file with this text.
    pub(super) fn in_file(problem: Problem, path: &std::path::Path, text: &str) -> Self {
        let (line, column) = problem.position(text);
        let level = match problem.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        };
        let place = format!("{}:{line}:{column}", path.display());
        Self { level, place, message: problem.message, help: problem.help }
    }
}

impl Level {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.level.name(), self.place, self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// All findings, the worst first, each in lines of its own.
#[must_use]
pub fn lines(findings: &[Finding]) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    sorted.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A path as it is meant, whatever the working directory.
pub(super) fn absolute(path: impl Into<PathBuf>) -> PathBuf {
    let path = path.into();
    std::path::absolute(&path).unwrap_or(path)
}
