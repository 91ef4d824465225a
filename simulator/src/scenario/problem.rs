//! What is wrong with a scenario file, and where.

use std::fmt;
use std::path::PathBuf;

use engine::{Problem, RulesSource};
use router::rules_file;

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

impl fmt::Display for Invalid {
    /// Every problem as in the rules: its place, the line itself, and what would be right.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = RulesSource::single(self.source_text.as_str());
        let problems = rules_file::render(&self.problems, &self.path, &source);
        write!(f, "the scenario has problems\n{}", problems.trim_end())
    }
}

impl std::error::Error for Invalid {}
