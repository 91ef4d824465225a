//! Intercom's own SDKs, unchanged, against the mock: `intercom-client` from npm and
//! `python-intercom` from PyPI. The suites are in `tests/sdk`; each says which operations it proved,
//! and that must be every one that its SDK has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mock_intercom::{MockIntercom, RateLimit, ServeOptions, Workspace, WorkspaceFile};
use serde::Deserialize;
use tokio::process::Command;

use crate::tools::{self, Deadline, Finished};

/// How long a suite may take; it takes seconds.
const DEADLINE: Deadline = Deadline(Duration::from_secs(120));

/// An operation that the mock answers, and the method of each SDK that calls it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    node: Option<String>,
    python: Option<String>,
}

/// All of them, in the order of the README.
pub(crate) fn operations() -> Vec<Operation> {
    serde_json::from_str(include_str!("../sdk/operations.json")).unwrap()
}

#[tokio::test]
async fn the_node_sdk_runs_unchanged() {
    let Some(suite) = tools::or_skip(tools::npm_suite("sdk", "tests/sdk/node").await) else {
        return;
    };
    let mut command = Command::new("node");
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=1"]).arg(&suite);
    let covered = run("node", command).await;
    assert_covers(&covered, "the Node SDK", |operation| operation.node.as_ref());
}

#[tokio::test]
async fn the_python_sdk_runs_unchanged() {
    let Some(python) = tools::or_skip(tools::python().await) else { return };
    let mut command = Command::new(python);
    command
        .args(["-B", "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-v"])
        .arg(source("tests/sdk/python"));
    let covered = run("python", command).await;
    assert_covers(&covered, "the Python SDK", |operation| operation.python.as_ref());
}

/// Runs a suite against two mocks, one of them with a tight rate limit; the operations it proved.
async fn run(name: &str, mut command: Command) -> BTreeSet<String> {
    let mock = start(1_000_000, 10).await;
    let limited = start(3, 1).await;
    let covered = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("covered-{name}"));
    std::fs::write(&covered, "").unwrap();
    command
        .env("MOCK_URL", mock.url())
        .env("MOCK_LIMITED_URL", limited.url())
        .env("MOCK_TOKEN", "test-token")
        .env("MOCK_OPERATIONS", source("tests/sdk/operations.json"))
        .env("MOCK_COVERED", &covered);
    let Finished { success, output } = tools::finish(command, DEADLINE).await;
    println!("{output}");
    assert!(success, "the {name} suite failed; its output is above");
    std::fs::read_to_string(&covered).unwrap().lines().map(str::to_owned).collect()
}

async fn start(calls_per_window: u32, window_seconds: u32) -> MockIntercom {
    let mut file = WorkspaceFile::from_toml(include_str!("../sdk/workspace.toml")).unwrap();
    file.rate_limit = RateLimit { calls_per_window, window_seconds, ..RateLimit::default() };
    let workspace = Workspace::new(file).unwrap();
    MockIntercom::serve(workspace, ServeOptions::default()).await.unwrap()
}

fn assert_covers(
    covered: &BTreeSet<String>,
    sdk: &str,
    method: impl Fn(&Operation) -> Option<&String>,
) {
    let operations = operations();
    let has = |operation: &&Operation| method(operation).is_some();
    let expected: BTreeSet<String> =
        operations.iter().filter(has).map(|operation| operation.id.clone()).collect();
    let missing: Vec<&String> = expected.difference(covered).collect();
    assert!(missing.is_empty(), "{sdk} has {missing:?} and no test calls them");
    let unknown: Vec<&String> = covered.difference(&expected).collect();
    assert!(unknown.is_empty(), "{unknown:?} are called, and listed as not in {sdk}");
}

/// The table in docs/mock-intercom-proof.md is that of the list which the suites are held to.
#[test]
fn the_operations_of_the_sdks_are_documented() {
    let documented = std::fs::read_to_string(source("../docs/mock-intercom-proof.md")).unwrap();
    let mut rows = vec![
        "| operation | Node, `intercom-client` | Python, `python-intercom` |".to_owned(),
        "| --- | --- | --- |".to_owned(),
    ];
    for Operation { id, method, path, node, python } in operations() {
        let show = |sdk: Option<String>| {
            sdk.map_or_else(|| "not in the SDK".to_owned(), |name| format!("`{name}` ok"))
        };
        let (node, python) = (show(node), show(python));
        rows.push(format!("| `{id}` `{method} {path}` | {node} | {python} |"));
    }
    let table = rows.join("\n");
    assert!(documented.contains(&table), "docs/mock-intercom-proof.md lacks this table:\n{table}");
}

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
