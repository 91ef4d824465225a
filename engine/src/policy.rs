//! What a rules file says, checked.

use std::ops::Range;

/// A checked set of rules. (Interface agreed first; the reader lands with the engine.)
#[derive(Clone, Debug)]
pub struct Policy {
    version: std::sync::Arc<str>,
}

/// Something wrong, or doubtful, in a rules file.
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
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file can be used, but probably does not say what was meant.
    Warning,
    /// The file cannot be used.
    Error,
}

impl Policy {
    /// Reads and checks a rules file.
    ///
    /// Returns the policy and any warnings.
    ///
    /// # Errors
    ///
    /// All problems found, errors and warnings, in the order in which they stand in the file.
    pub fn from_toml(_source: &str) -> Result<(Self, Vec<Problem>), Vec<Problem>> {
        Err(vec![])
    }

    /// Names this set of rules: the first 12 hexadecimal digits of the SHA-256 of its source.
    #[must_use]
    pub fn version(&self) -> &std::sync::Arc<str> {
        &self.version
    }
}
