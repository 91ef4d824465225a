//! The report as commands of a GitHub workflow, which annotate the lines of a pull request.
//!
//! The syntax is that of "Workflow commands for GitHub Actions" in GitHub's documentation; what
//! is escaped is what `toCommandValue` and its neighbours in `actions/toolkit` escape
//! (`packages/core/src/command.ts`).

use std::fmt::Write as _;

use engine::Severity;

use super::Report;

impl Report {
    /// A line for each problem.
    ///
    /// # Panics
    ///
    /// Never: a `String` takes everything.
    #[must_use]
    pub fn as_github(&self) -> String {
        let mut lines = String::new();
        for it in self.located() {
            let command = match it.problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let message = match &it.problem.help {
                Some(help) => format!("{}\n{help}", it.problem.message),
                None => it.problem.message.clone(),
            };
            writeln!(
                lines,
                "::{command} file={},line={},endLine={},col={},endColumn={},title={}::{}",
                property(&it.file),
                it.start.0,
                it.end.0,
                it.start.1,
                it.end.1,
                property(it.code),
                data(&message),
            )
            .expect("a String takes everything");
        }
        lines
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("100 %\r\nof a:b,c"), "100 %25%0D%0Aof a:b,c");
        assert_eq!(property("c:\\a,b%.toml"), "c%3A\\a%2Cb%25.toml");
    }
}
