//! The rules file: reading it and what it includes, and showing what is wrong with it.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use engine::{Invalid, Policy, Problem, RulesSource, Severity};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode,
};

pub use engine::Loaded as LoadedRules;

/// Columns of a rendered problem.
const WIDTH: usize = 100;
/// The longest file that is read.
const BYTES_MAX: u64 = 8 << 20;

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
    #[error("{}", render(&invalid.problems, path, &invalid.source))]
    Invalid {
        /// The file, or what stands for it.
        path: PathBuf,
        /// Its text, and what is wrong with it.
        invalid: Box<Invalid>,
    },
}

/// Reads and checks the rules file at `path`, and all files that it includes.
///
/// # Errors
///
/// If it cannot be read, or has errors.
pub fn load(path: &Path) -> Result<LoadedRules, RulesError> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let main = match read(&path) {
        Ok(main) => main,
        Err(source) => return Err(RulesError::Read { path, source }),
    };
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut read_other = |name: &str| {
        read(&folder.join(name)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            _ => error.to_string(),
        })
    };
    Policy::load(&name, &main, &mut read_other)
        .map_err(|invalid| RulesError::Invalid { path, invalid })
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() as u64 > BYTES_MAX {
        let message = format!("it is longer than {BYTES_MAX} bytes");
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, message));
    }
    Ok(text)
}

/// Checks rules that were read already; `path` names them in messages.
///
/// # Errors
///
/// If the rules have errors.
pub fn parse(path: &Path, source: &RulesSource) -> Result<LoadedRules, RulesError> {
    let path = path.to_owned();
    Policy::from_source(source).map_err(|invalid| RulesError::Invalid { path, invalid })
}

/// Problems as text for people: each with file, line, column, the lines themselves, and what
/// would be right. `path` is the main file's.
#[must_use]
pub fn render(problems: &[Problem], path: &Path, source: &RulesSource) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(WIDTH)
        .with_links(false);
    let mut text = String::new();
    for problem in problems {
        let name = file_of(problem, path).display().to_string();
        let source = source.text(problem.file.as_deref()).unwrap_or_default();
        let file = NamedSource::new(name, source.to_owned());
        if !text.is_empty() {
            text.push('\n');
        }
        let report = Report { problem, file: &file };
        handler.render_report(&mut text, &report).expect("a String takes everything");
    }
    text
}

/// The path of the file that a problem is in, if `path` is the main file's.
#[must_use]
pub fn file_of(problem: &Problem, path: &Path) -> PathBuf {
    match &problem.file {
        None => path.to_owned(),
        Some(name) => path.parent().unwrap_or(Path::new("")).join(&**name),
    }
}

/// A problem as miette wants it.
#[derive(Debug)]
struct Report<'a> {
    problem: &'a Problem,
    file: &'a NamedSource<String>,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)?;
        match self.problem.code {
            Some(code) => write!(f, " [{code}]"),
            None => Ok(()),
        }
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
        let problem = Problem::error(span, "unknown team `sale`").help("did you mean `sales`?");
        Problem { severity, ..problem }
    }

    #[test]
    fn a_problem_shows_file_line_column_and_help() {
        let source = "version = 1\n\n[[rule]]\nname = \"a\"\nassign = \"sale\"\n";
        let at = source.find("\"sale\"").unwrap();
        let problem = problem(Severity::Error, at..at + 6);
        let text = render(&[problem], Path::new("rules.toml"), &RulesSource::single(source));
        for expected in
            ["rules.toml:5:10", "unknown team `sale`", "did you mean `sales`?", "assign ="]
        {
            assert!(text.contains(expected), "{expected} is missing in\n{text}");
        }
    }

    #[test]
    fn an_empty_span_means_the_whole_file() {
        let text = render(
            &[problem(Severity::Warning, 0..0)],
            Path::new("r.toml"),
            &RulesSource::single(""),
        );
        assert!(text.contains("unknown team `sale`"), "{text}");
    }

    #[test]
    fn a_missing_file_says_where_it_was_looked_for() {
        let error = load(Path::new("no/such/rules.toml")).unwrap_err().to_string();
        let absolute = std::path::absolute("no/such/rules.toml").unwrap();
        assert!(error.contains(&absolute.display().to_string()), "{error}");
    }
}
