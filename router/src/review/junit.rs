//! A run over cases as JUnit XML, which every CI shows.

use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::marked::{Style, shortened};
use super::trial_run::{Judged, TrialRun};

/// The longest piece of a message in the name of a test, in characters.
const MESSAGE_CHARS_MAX: usize = 60;

/// The run as JUnit XML: a suite for each file, a test for each case that expects something.
/// Without times, so that the same run gives the same bytes.
///
/// # Panics
///
/// Never: a report can always be written as XML.
#[must_use]
pub fn junit(run: &TrialRun<'_>) -> String {
    let mut report = Report::new("router test");
    let mut suite: Option<(&Path, TestSuite)> = None;
    for judged in &run.judged {
        let path = judged.located.path.as_path();
        if suite.as_ref().is_some_and(|(of, _)| *of != path) {
            report.add_test_suites(suite.take().map(|(_, suite)| suite));
        }
        let (_, suite) =
            suite.get_or_insert_with(|| (path, TestSuite::new(path.display().to_string())));
        suite.add_test_case(test_case(run, judged));
    }
    report.add_test_suites(suite.map(|(_, suite)| suite));
    report.to_string().expect("a report can always be XML")
}

fn test_case(run: &TrialRun<'_>, judged: &Judged<'_>) -> TestCase {
    let message = shortened(&judged.located.case.text, MESSAGE_CHARS_MAX);
    let status = if judged.passed() {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let failures: Vec<String> = judged.failures().map(ToString::to_string).collect();
        status.set_message(failures.join("; "));
        status.set_type("unexpected");
        status.set_description(run.why(judged, Style::Plain));
        status
    };
    let mut case = TestCase::new(format!("{}: {message}", judged.place()), status);
    case.set_classname(judged.located.path.display().to_string());
    case
}
