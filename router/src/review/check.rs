//! Everything that can be known of a rules file before it runs, for people and for programs.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::{
    Coverage, Invalid, LINTS, Loaded, Overlap, Problem, RosterSnapshot, RulesSource, Severity,
};
use jiff::civil::Date;

mod github;
mod json;
mod sarif;
mod text;

/// The code of a problem that has none of its own: the rules cannot be used as they are.
const ERROR_CODE: &str = "invalid-rules";

/// What was found out about a rules file.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file, as it was asked for.
    pub path: PathBuf,
    /// Its text and that of what it includes.
    pub source: RulesSource,
    /// Errors and warnings, in the order of the files; the main file comes first.
    pub problems: Vec<Problem>,
    /// What is only known of rules without errors.
    pub facts: Option<Facts>,
}

/// What is only known of rules without errors.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The version of the rules.
    pub version: Arc<str>,
    /// Who is on shift in a week.
    pub coverage: Coverage,
    /// How many calls to Intercom a conversation takes.
    pub calls: RangeInclusive<u32>,
    /// Messages that rules of two teams want.
    pub overlaps: Vec<Overlap>,
    /// The rules that decide for a share of the contacts, if there are any.
    pub canary: Option<CanaryFacts>,
}

/// What is known of the rules that decide for a share of the contacts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CanaryFacts {
    /// Their file, as the rules name it.
    pub rules: String,
    /// How many of the contacts, such as `5%`.
    pub share: String,
    /// Their version.
    pub version: Arc<str>,
}

impl Report {
    /// Of rules that can be used, in the week that `day` is in. With what Intercom lists, teams
    /// and teammates are compared with it.
    #[must_use]
    pub fn of_rules(
        path: &Path,
        rules: Loaded,
        day: Date,
        roster: Option<&RosterSnapshot>,
    ) -> Self {
        let Loaded { policy, source, warnings: mut problems } = rules;
        problems.extend(policy.lint(&source));
        let canary = policy.canary();
        let of_canary: Vec<Problem> = canary.map(engine::Canary::lint).unwrap_or_default();
        // What both sets of rules include is told once.
        problems
            .extend(of_canary.into_iter().filter(|it| !problems.contains(it)).collect::<Vec<_>>());
        problems.extend(policy.lint_week(&source, day, roster));
        problems.extend(roster.map(|it| policy.lint_roster(it)).unwrap_or_default());
        problems.sort_by(|a, b| {
            let place = |it: &Problem| (it.file.clone(), it.span.start, it.span.end, it.code);
            place(a).cmp(&place(b))
        });
        let facts = Facts {
            version: policy.version().clone(),
            coverage: policy.coverage(day, roster),
            calls: policy.calls_per_conversation(),
            overlaps: policy.overlaps(),
            canary: canary.map(|it| CanaryFacts {
                rules: it.rules().to_owned(),
                share: it.share().to_string(),
                version: it.policy().version().clone(),
            }),
        };
        Self { path: path.to_owned(), source, problems, facts: Some(facts) }
    }

    /// Of rules that cannot be used.
    #[must_use]
    pub fn of_invalid(path: &Path, invalid: Invalid) -> Self {
        let Invalid { source, problems } = invalid;
        Self { path: path.to_owned(), source, problems, facts: None }
    }

    /// Leaves out warnings with these codes.
    #[must_use]
    pub fn allowing(mut self, codes: &[String]) -> Self {
        self.problems.retain(|it| {
            let is_allowed = it.code.is_some_and(|code| codes.iter().any(|it| it == code));
            it.severity == Severity::Error || !is_allowed
        });
        self
    }

    /// How many problems are this bad.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|it| it.severity == severity).count()
    }

    fn located(&self) -> impl Iterator<Item = Located<'_>> {
        self.problems.iter().map(|problem| {
            let file = crate::rules_file::file_of(problem, &self.path);
            let source = self.source.text(problem.file.as_deref()).unwrap_or_default();
            let end = Problem { span: problem.span.end..problem.span.end, ..problem.clone() };
            Located {
                problem,
                code: problem.code.unwrap_or(ERROR_CODE),
                file: file.display().to_string(),
                start: problem.position(source),
                end: end.position(source),
            }
        })
    }
}

/// A problem with its place in lines and columns, both from 1; columns count characters.
struct Located<'r> {
    problem: &'r Problem,
    code: &'static str,
    file: String,
    start: (usize, usize),
    end: (usize, usize),
}

/// Every code that a problem can have, with what it means.
fn codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    [(ERROR_CODE, "the rules cannot be used")].into_iter().chain(LINTS)
}

/// `1 error`, `2 errors`.
fn counted(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}
