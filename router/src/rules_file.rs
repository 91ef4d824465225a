//! The rules file: reading it, and showing what is wrong with it.

use std::fmt;
use std::path::{Path, PathBuf};

use engine::{Policy, Problem, Severity};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};

/// Columns of a rendered problem.
const WIDTH: usize = 100;

/// A rules file that can be used.
#[derive(Clone, Debug)]
pub struct LoadedRules {
    /// What it says.
    pub policy: Policy,
    /// Its full text: the journal keeps it, so that a replay decides by the same rules.
    pub source: String,
    /// What is doubtful in it.
    pub warnings: Vec<Problem>,
}

/// Why a rules file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// There is none, or it cannot be read.
    #[error("cannot read the rules file {}", path.display())]
    Read {
        /// Where it was looked for: an absolute path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It has errors. Displays all of them with their places.
    #[error("{}", render(problems, path, text))]
    Invalid {
        /// The file, or what stands for it.
        path: PathBuf,
        /// Its full text.
        text: String,
        /// Errors and warnings, in their order in the file.
        problems: Vec<Problem>,
    },
}

/// Reads and checks the rules file at `path`.
///
/// # Errors
///
/// If it cannot be read, or has errors.
pub fn load(path: &Path) -> Result<LoadedRules, RulesError> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&path, text),
        Err(source) => Err(RulesError::Read { path, source }),
    }
}

/// Checks rules that were read already; `path` names them in messages.
///
/// # Errors
///
/// If the rules have errors.
pub fn parse(path: &Path, text: String) -> Result<LoadedRules, RulesError> {
    match Policy::from_toml(&text) {
        Ok((policy, warnings)) => Ok(LoadedRules { policy, source: text, warnings }),
        Err(problems) => Err(RulesError::Invalid { path: path.to_owned(), text, problems }),
    }
}

/// Problems as text for people: each with file, line, column, the lines themselves, and what
/// would be right.
#[must_use]
pub fn render(problems: &[Problem], path: &Path, source: &str) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(WIDTH)
        .with_links(false);
    let file = NamedSource::new(path.display().to_string(), source.to_owned());
    let mut text = String::new();
    for problem in problems {
        let report = Report { problem, file: &file };
        handler.render_report(&mut text, &report).expect("a String takes everything");
    }
    text
}

/// A problem as miette wants it.
#[derive(Debug)]
struct Report<'a> {
    problem: &'a Problem,
    file: &'a NamedSource<String>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Report<'_> {}

impl Diagnostic for Report<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.problem.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.file)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.problem.span.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(None, span))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(severity: Severity, span: std::ops::Range<usize>) -> Problem {
        Problem {
            severity,
            message: "unknown team `sale`".to_owned(),
            help: Some("did you mean `sales`?".to_owned()),
            span,
        }
    }

    #[test]
    fn a_problem_shows_file_line_column_and_help() {
        let source = "version = 1\n\n[[rule]]\nname = \"a\"\nassign = \"sale\"\n";
        let at = source.find("\"sale\"").unwrap();
        let text = render(&[problem(Severity::Error, at..at + 6)], Path::new("rules.toml"), source);
        for expected in
            ["rules.toml:5:10", "unknown team `sale`", "did you mean `sales`?", "assign ="]
        {
            assert!(text.contains(expected), "{expected} is missing in\n{text}");
        }
    }

    #[test]
    fn an_empty_span_means_the_whole_file() {
        let text = render(&[problem(Severity::Warning, 0..0)], Path::new("r.toml"), "");
        assert!(text.contains("unknown team `sale`"), "{text}");
    }

    #[test]
    fn a_missing_file_says_where_it_was_looked_for() {
        let error = load(Path::new("no/such/rules.toml")).unwrap_err().to_string();
        let absolute = std::path::absolute("no/such/rules.toml").unwrap();
        assert!(error.contains(&absolute.display().to_string()), "{error}");
    }
}
