//! Rules tried on a table of cases: which fail, and how good the rules are over all.

use engine::{Explanation, Policy, Timestamp};
use serde::Serialize;

use super::case::LocatedCase;
use super::confusion::{ClassFigures, Confusion};
use super::expectation::{Aspect, Check, judge, mistakes, reasons};
use super::grid::{percent, share};
use super::marked::{Style, marked};
use super::sureness::Sureness;

/// The longest stretch of a message without a mark that is shown whole, in characters.
const STRETCH_MAX: usize = 160;

/// Rules tried on cases.
#[derive(Debug)]
pub struct TrialRun<'a> {
    policy: &'a Policy,
    at: Timestamp,
    /// Every case that expects something.
    pub judged: Vec<Judged<'a>>,
    /// How many cases expect nothing.
    silent: usize,
    teams: Tally,
    topics: Tally,
    languages: Tally,
}

/// A case, and what came of what it expects.
#[derive(Debug)]
pub struct Judged<'a> {
    /// The case.
    pub located: &'a LocatedCase,
    /// What came; never empty.
    pub checks: Vec<Check>,
}

impl Judged<'_> {
    /// Whether all came out as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }

    /// `cases.csv:4`.
    #[must_use]
    pub fn place(&self) -> String {
        format!("{}:{}", self.located.path.display(), self.located.line)
    }

    /// What came out otherwise.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed())
    }
}

/// What came of one kind of expectation.
#[derive(Debug, Default)]
struct Tally {
    confusion: Confusion,
    sureness: Sureness,
    /// What the fallback decided.
    fallback: u64,
}

impl Tally {
    fn record(&mut self, check: &Check) {
        self.confusion.record(&check.expected, &check.actual);
        self.sureness.record(check.confidence, check.passed());
        self.fallback += u64::from(check.aspect == Aspect::Team && check.by.is_none());
    }
}

/// Why rules cannot be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    /// No case says what should come.
    #[error(
        "none of the {0} cases expects anything: give each a `team`, a `topic` or an \
         `expected_language`; `--column FROM=TO` renames a column"
    )]
    NothingExpected(usize),
    /// Cases expect what the rules do not know.
    #[error("{}", .0.join("\n"))]
    Mistakes(Vec<String>),
}

impl<'a> TrialRun<'a> {
    /// Tries rules on cases, decided at `at` unless a case says when.
    ///
    /// # Errors
    ///
    /// If no case expects anything, or one expects what the rules do not know.
    pub fn new(
        policy: &'a Policy,
        cases: &'a [LocatedCase],
        at: Timestamp,
    ) -> Result<Self, TrialError> {
        let mistakes = mistakes(policy, cases);
        if !mistakes.is_empty() {
            return Err(TrialError::Mistakes(mistakes));
        }
        let mut judged: Vec<Judged<'a>> = cases
            .iter()
            .map(|located| Judged { located, checks: judge(policy, &located.case, at) })
            .collect();
        judged.retain(|it| !it.checks.is_empty());
        if judged.is_empty() {
            return Err(TrialError::NothingExpected(cases.len()));
        }
        let silent = cases.len() - judged.len();
        let (mut teams, mut topics, mut languages) =
            (Tally::default(), Tally::default(), Tally::default());
        for check in judged.iter().flat_map(|it| &it.checks) {
            match check.aspect {
                Aspect::Team => teams.record(check),
                Aspect::Topic => topics.record(check),
                Aspect::Language => languages.record(check),
            }
        }
        Ok(Self { policy, at, judged, silent, teams, topics, languages })
    }

    /// The cases that did not come out as expected, in their order.
    pub fn failing(&self) -> impl Iterator<Item = &Judged<'a>> {
        self.judged.iter().filter(|it| !it.passed())
    }

    /// Whether the rules pass: every case comes out as expected, or, given a least accuracy from 0
    /// to 1, each kind of expectation is met so often.
    #[must_use]
    pub fn passes(&self, fail_under: Option<f64>) -> bool {
        match fail_under {
            None => self.failing().next().is_none(),
            Some(bound) => self
                .tallies()
                .all(|(_, tally)| tally.confusion.accuracy().is_none_or(|it| it >= bound)),
        }
    }

    fn tallies(&self) -> impl Iterator<Item = (Aspect, &Tally)> {
        let all = [
            (Aspect::Team, &self.teams),
            (Aspect::Topic, &self.topics),
            (Aspect::Language, &self.languages),
        ];
        all.into_iter().filter(|(_, tally)| tally.confusion.cases() > 0)
    }

    /// Why a case failed, in lines: every failed expectation with its reasons.
    #[must_use]
    pub fn why(&self, judged: &Judged<'_>, style: Style) -> String {
        let mut lines = String::new();
        for check in judged.failures() {
            lines += &format!("{check}\n");
            let reasons = reasons(self.policy, &judged.located.case, self.at, check, style);
            for line in reasons.lines() {
                lines += &format!("    {line}\n");
            }
        }
        lines
    }

    /// The report as text: the failing cases, the first `explained` of them with reasons, and the
    /// figures.
    #[must_use]
    pub fn render(&self, explained: usize, fail_under: Option<f64>, style: Style) -> String {
        let mut text = String::new();
        for judged in self.failing().take(explained) {
            let message = self.message(judged, style);
            text += &format!("{}  \"{message}\"\n", judged.place());
            for line in self.why(judged, style).lines() {
                text += &format!("    {line}\n");
            }
            text.push('\n');
        }
        let more = self.failing().count().saturating_sub(explained);
        if more > 0 {
            text += &format!("{more} more fail: `--explain {}` shows all\n\n", explained + more);
        }
        for (aspect, tally) in self.tallies() {
            text += &figures(aspect, tally);
            text.push('\n');
        }
        text + &self.summary(fail_under)
    }

    /// The message with the words marked that the rule goes by that took it.
    fn message(&self, judged: &Judged<'_>, style: Style) -> String {
        let case = &judged.located.case;
        if case.team.is_none() {
            return marked(&case.text, &[], STRETCH_MAX, style);
        }
        let subject = case.subject(self.at);
        let spans = super::explanation::matched_spans(&self.policy.explain(&subject));
        marked(&subject.whole_text(), &spans, STRETCH_MAX, style)
    }

    /// The last word: how many fail, and whether that is too many.
    #[must_use]
    pub fn summary(&self, fail_under: Option<f64>) -> String {
        let (all, failing) = (self.judged.len(), self.failing().count());
        let sign = if self.passes(fail_under) { '✓' } else { '✗' };
        let mut text = match failing {
            0 if all == 1 => format!("{sign} the one case comes out as expected"),
            0 => format!("{sign} all {all} cases come out as expected"),
            _ => format!("{sign} {failing} of {all} cases fail"),
        };
        if let Some(bound) = fail_under {
            let accuracies = self
                .tallies()
                .map(|(aspect, tally)| format!("{aspect} {}", percent(tally.confusion.accuracy())));
            let accuracies: Vec<String> = accuracies.collect();
            text += &format!(
                "; right: {}; asked for: at least {}",
                accuracies.join(", "),
                percent(Some(bound))
            );
        }
        if self.silent > 0 {
            text += &format!("; {} more expect nothing", self.silent);
        }
        text + "\n"
    }

    /// The report as JSON, with the explanations of the first `explained` failing cases.
    ///
    /// # Panics
    ///
    /// Never: a report can always be written as JSON.
    #[must_use]
    pub fn json(&self, explained: usize, fail_under: Option<f64>) -> String {
        let failures: Vec<FailureRecord<'_>> = self
            .failing()
            .enumerate()
            .map(|(index, judged)| {
                let about_team = judged.failures().any(|check| check.aspect == Aspect::Team);
                let subject = judged.located.case.subject(self.at);
                FailureRecord {
                    file: judged.located.path.display().to_string(),
                    line: judged.located.line,
                    message: &judged.located.case.text,
                    failed: judged.failures().collect(),
                    explanation: (index < explained && about_team)
                        .then(|| self.policy.explain(&subject)),
                }
            })
            .collect();
        let report = ReportRecord {
            rules: self.policy.version(),
            passed: self.passes(fail_under),
            cases: self.judged.len(),
            without_expectation: self.silent,
            failing: failures.len(),
            figures: self
                .tallies()
                .map(|(aspect, tally)| FiguresRecord::new(aspect, tally))
                .collect(),
            failures,
        };
        serde_json::to_string_pretty(&report).expect("a report can always be JSON") + "\n"
    }
}

fn figures(aspect: Aspect, tally: &Tally) -> String {
    let confusion = &tally.confusion;
    let accuracy = percent(confusion.accuracy());
    let (right, cases) = (confusion.right(), confusion.cases());
    let title = match aspect {
        Aspect::Team => "Teams",
        Aspect::Topic => "Topics",
        Aspect::Language => "Languages",
    };
    let mut text = format!("{title}: {accuracy} right ({right} of {cases})");
    if aspect == Aspect::Team {
        text += &format!(", {} by the fallback", percent(share(tally.fallback, cases)));
    }
    text.push('\n');
    if let Some(table) = confusion.table() {
        text += &format!("\n{table}");
    }
    text += &format!("\n{}", confusion.figures(&aspect.to_string()));
    if aspect != Aspect::Team {
        text += &format!("\n{}", tally.sureness.table());
    }
    text
}

#[derive(Serialize)]
struct ReportRecord<'a> {
    rules: &'a str,
    passed: bool,
    cases: usize,
    without_expectation: usize,
    failing: usize,
    figures: Vec<FiguresRecord<'a>>,
    failures: Vec<FailureRecord<'a>>,
}

#[derive(Serialize)]
struct FiguresRecord<'a> {
    aspect: Aspect,
    cases: u64,
    right: u64,
    accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<u64>,
    classes: Vec<ClassFigures<'a>>,
    confusion: &'a Confusion,
    #[serde(skip_serializing_if = "Option::is_none")]
    by_confidence: Option<&'a Sureness>,
}

impl<'a> FiguresRecord<'a> {
    fn new(aspect: Aspect, tally: &'a Tally) -> Self {
        let is_team = aspect == Aspect::Team;
        Self {
            aspect,
            cases: tally.confusion.cases(),
            right: tally.confusion.right(),
            accuracy: tally.confusion.accuracy(),
            fallback: is_team.then_some(tally.fallback),
            classes: tally.confusion.classes(),
            confusion: &tally.confusion,
            by_confidence: (!is_team).then_some(&tally.sureness),
        }
    }
}

#[derive(Serialize)]
struct FailureRecord<'a> {
    file: String,
    line: usize,
    message: &'a str,
    failed: Vec<&'a Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
}
