//! Random calls by schemathesis: whatever is asked, there is an answer, it is no 5xx but 501, and it is
//! as described.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mock_intercom::{MockIntercom, ServeOptions};
use serde_json::{Value, json};
use tokio::process::Command;

use super::description::Description;
use super::deviations::DEVIATIONS;
use super::tour::Tour;
use super::{VERSIONS, descriptions};
use crate::tools::{self, Deadline, Finished};

/// How long schemathesis goes on with one version.
const SECONDS: u64 = 25;

/// When it is killed.
const DEADLINE: Deadline = Deadline(Duration::from_secs(4 * SECONDS));

#[tokio::test]
async fn random_calls_are_answered_as_described() {
    let Some(descriptions) = descriptions() else { return };
    let Some(python) = tools::or_skip(tools::python().await) else { return };
    for (version, description) in descriptions {
        assert!(VERSIONS.contains(&version));
        let described = written(version, &description.amended(DEVIATIONS));
        let mock = MockIntercom::serve(Tour::of(version).into_workspace(), ServeOptions::default());
        let mock = mock.await.unwrap();
        let Finished { success, output } =
            tools::finish(schemathesis(&python, &described, version, mock.url()), DEADLINE).await;
        println!("{version}:\n{output}");
        assert!(success, "schemathesis found something in {version}; its output is above");
    }
}

fn schemathesis(python: &Path, described: &Path, version: &str, url: &str) -> Command {
    let configuration =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi/schemathesis.toml");
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
                  response_schema_conformance";
    let mut command = Command::new(python.with_file_name("schemathesis"));
    command
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .arg("--config-file")
        .arg(configuration)
        .arg("run")
        .arg(described)
        .args(["--url", url, "--seed", "20", "--checks", checks])
        .args(["--max-time", &SECONDS.to_string(), "--phases", "examples,coverage,fuzzing"])
        .args(["--header", "Authorization: Bearer test-token"])
        .args(["--header", &format!("Intercom-Version: {version}")]);
    command
}

/// The description of what the mock answers in a version, as a file.
fn written(version: &str, description: &Description) -> PathBuf {
    let parsed = version.parse().unwrap();
    let ids: BTreeSet<&str> = mock_intercom::operations()
        .filter(|operation| operation.is_in(parsed))
        .map(mock_intercom::Operation::id)
        .collect();
    let mut document = description.only(&ids);
    let known = Tour::of(version).known_ids();
    let paths = document["paths"].as_object_mut().unwrap();
    for operation in
        paths.values_mut().filter_map(Value::as_object_mut).flat_map(|it| it.values_mut())
    {
        if let Some(parameters) = operation["parameters"].as_array_mut() {
            // The version is told by us: another one has other answers.
            parameters.retain(|parameter| parameter["name"] != "Intercom-Version");
            parameters.iter_mut().filter(|it| it["in"] == "path").for_each(|it| offer(it, &known));
        }
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("described-{version}.json"));
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

/// Half of the calls are to be about something that is there.
fn offer(parameter: &mut Value, known: &[(&str, String)]) {
    let name = parameter["name"].as_str().unwrap_or_default();
    let ids: Vec<&String> =
        known.iter().filter(|(what, _)| name == *what || name == "id").map(|(_, id)| id).collect();
    if !ids.is_empty() {
        parameter["schema"] = json!({"anyOf": [{"enum": ids}, parameter["schema"].take()]});
    }
}
