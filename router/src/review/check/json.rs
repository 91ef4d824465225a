//! The report as one JSON object.

use engine::{Overlap, Severity};
use serde::Serialize;

use super::{CanaryFacts, Facts, Located, Report};

#[derive(Serialize)]
struct Json<'r> {
    rules: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'r str>,
    errors: usize,
    warnings: usize,
    problems: Vec<Problem<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Cost>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<&'r CanaryFacts>,
    overlaps: Vec<Pair<'r>>,
}

#[derive(Serialize)]
struct Problem<'r> {
    code: &'r str,
    severity: &'static str,
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'r str>,
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Coverage<'r> {
    monday: String,
    time_zone: &'r str,
    rows: Vec<Row<'r>>,
}

#[derive(Serialize)]
struct Row<'r> {
    teams: Vec<&'r str>,
    /// A string for each day, Monday first, with a sign for each hour.
    week: Vec<String>,
}

#[derive(Serialize)]
struct Cost {
    calls_at_least: u32,
    calls_at_most: u32,
}

#[derive(Serialize)]
struct Pair<'r> {
    first: &'r str,
    first_team: &'r str,
    second: &'r str,
    second_team: &'r str,
    shared_keywords: usize,
    example: &'r str,
    is_by_words: bool,
}

impl Report {
    /// One JSON object, with a line feed at its end.
    ///
    /// # Panics
    ///
    /// Never: the report is always JSON.
    #[must_use]
    pub fn as_json(&self) -> String {
        let facts = self.facts.as_ref();
        let json = Json {
            rules: self.path.display().to_string(),
            version: facts.map(|it| &*it.version),
            errors: self.count(Severity::Error),
            warnings: self.count(Severity::Warning),
            problems: self.located().map(Problem::from).collect(),
            coverage: facts.map(Coverage::from),
            cost: facts.map(|it| Cost {
                calls_at_least: *it.calls.start(),
                calls_at_most: *it.calls.end(),
            }),
            canary: facts.and_then(|it| it.canary.as_ref()),
            overlaps: facts.map_or(&[][..], |it| &it.overlaps).iter().map(Pair::from).collect(),
        };
        serde_json::to_string_pretty(&json).expect("the report is always JSON") + "\n"
    }
}

impl<'r> From<Located<'r>> for Problem<'r> {
    fn from(it: Located<'r>) -> Self {
        Self {
            code: it.code,
            severity: match it.problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &it.problem.message,
            help: it.problem.help.as_deref(),
            file: it.file,
            line: it.start.0,
            column: it.start.1,
            end_line: it.end.0,
            end_column: it.end.1,
        }
    }
}

impl<'r> From<&'r Facts> for Coverage<'r> {
    fn from(facts: &'r Facts) -> Self {
        let it = &facts.coverage;
        let rows = it.rows.iter().map(|row| Row {
            teams: row.teams.iter().map(|name| &**name).collect(),
            week: row.week.map(|day| day.iter().map(|hour| hour.sign()).collect()).to_vec(),
        });
        Self { monday: it.monday.to_string(), time_zone: &it.time_zone, rows: rows.collect() }
    }
}

impl<'r> From<&'r Overlap> for Pair<'r> {
    fn from(it: &'r Overlap) -> Self {
        Self {
            first: &it.first,
            first_team: &it.first_team,
            second: &it.second,
            second_team: &it.second_team,
            shared_keywords: it.shared,
            example: &it.example,
            is_by_words: it.is_by_words,
        }
    }
}
