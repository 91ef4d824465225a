//! Faults in files: `[[fault]]` of a workspace file, or a file of their own.

use serde::Deserialize;

use super::check::{Problem, Step, syntax_error};
use super::{WorkspaceError, WorkspaceFile};
use crate::faults::{FAULT_LIMIT, FaultRule};

/// A file of faults. Reading is strict: an unknown key is an error that says where it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultFile {
    /// The seed of the dice. Default: the workspace file's.
    pub seed: Option<u64>,
    /// The rules, in their order.
    #[serde(rename = "fault")]
    pub faults: Vec<FaultRule>,
}

const EXAMPLE: &str = include_str!("faults/example.toml");

impl FaultFile {
    /// Reads a file of faults. The error says at which line and column, and what would be right.
    pub fn from_toml(text: &str) -> Result<Self, WorkspaceError> {
        let file: Self = toml::from_str(text).map_err(|error| syntax_error(text, &error))?;
        check(&file.faults).map_err(|problem| problem.located_in(text))?;
        Ok(file)
    }

    /// A file that uses every fault there is, with comments.
    pub const fn example_toml() -> &'static str {
        EXAMPLE
    }

    /// Adds these faults to those of a workspace.
    pub fn add_to(self, workspace: &mut WorkspaceFile) {
        workspace.fault_seed = self.seed.unwrap_or(workspace.fault_seed);
        workspace.faults.extend(self.faults);
    }
}

/// Whether the rules make sense, and are not too many.
pub(super) fn check(rules: &[FaultRule]) -> Result<(), Problem> {
    if rules.len() > FAULT_LIMIT {
        let message = format!("there are {}; {FAULT_LIMIT} at most", rules.len());
        return Err(Problem::at(&[Step::Key("fault")], message));
    }
    for (index, rule) in rules.iter().enumerate() {
        rule.check()
            .map_err(|problem| problem.within(&[Step::Key("fault"), Step::Index(index)]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace_file::tests::told;

    #[test]
    fn the_example_uses_every_fault() {
        let file = FaultFile::from_toml(EXAMPLE).unwrap();
        let mut used: Vec<&str> = file.faults.iter().map(|rule| rule.then.name()).collect();
        used.sort_unstable();
        used.dedup();
        let all = [
            "clock_skew",
            "delay",
            "duplicate",
            "index_lag",
            "invalid_json",
            "latency",
            "lost",
            "outage",
            "reorder",
            "reset",
            "response_lost",
            "slow_body",
            "status",
            "storm",
            "timeout",
            "truncate",
            "wrong_signature",
        ];
        assert_eq!(used, all);
        assert!(file.faults.iter().all(|rule| !rule.name.is_empty()));
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(told(FaultFile::from_toml(text)), expected, "{text}");
    }

    #[test]
    fn mistakes_are_located() {
        let fault = |lines: &str| format!("[[fault]]\n{lines}\n");
        check(&fault("then = \"outage\""), "ok");
        check(&fault("then = \"explode\""), "2:8");
        check(&fault("then = \"outage\"\ncolour = 1"), "3:1");
        check(
            &fault("api = {}\nthen = { status = 200 }"),
            "3:19 fault[0].then.status: 200 is no error; write a status from 400 to 599",
        );
        check(
            &fault("then = \"reset\""),
            "2:8 fault[0].then: `reset` is of calls: say which; all: `api = {}`",
        );
        check(
            &fault("api = {}\nthen = \"lost\""),
            "3:8 fault[0].then: `lost` is of webhooks: say which; all: `webhook = {}`",
        );
        check(
            &fault("api = {}\nthen = \"outage\""),
            "3:8 fault[0].then: `outage` is of the whole workspace: leave out `api` and `webhook`",
        );
        check(
            &fault("api = { path = \"conversations\" }\nthen = \"reset\""),
            "2:16 fault[0].api.path: `conversations` must begin with `/`, as in \
             `/conversations/*/parts`",
        );
        check(
            &fault("api = { method = \"get\" }\nthen = \"reset\""),
            "2:18 fault[0].api.method: `get` is none of GET, POST, PUT, PATCH, DELETE",
        );
        check(
            &fault("api = { operation = \"assign\" }\nthen = \"reset\""),
            "2:21 fault[0].api.operation: there is no operation `assign`; write one such as \
             `manageConversation`, spelled as in Intercom's OpenAPI description",
        );
        check(
            &fault("api = {}\nthen = \"reset\"\nprobability = 1.5"),
            "4:15 fault[0].probability: must be between 0 and 1",
        );
        check(
            &fault("api = {}\nthen = \"reset\"\nevery = 0"),
            "4:9 fault[0].every: must be at least 1",
        );
        check(
            &fault("then = \"outage\"\nat_most = 2"),
            "3:11 fault[0].at_most: `outage` has a time only: `from` and `until`",
        );
        check(
            &fault("then = \"outage\"\nfrom = \"2m\"\nuntil = \"1m\""),
            "4:9 fault[0].until: must be later than `from`",
        );
        check(&fault("then = \"outage\"\nfrom = \"soon\""), "3:8");
        check(
            &fault("webhook = {}\nthen = { duplicate = 0 }"),
            "3:22 fault[0].then.duplicate: must be between 1 and 100 more of the same",
        );
        check(
            &fault("api = {}\nthen = { latency = { uniform = [\"2s\", \"1s\"] } }"),
            "3:20 fault[0].then.latency: the shorter length comes first",
        );
        check(
            &fault("api = {}\nthen = { latency = { lognormal = { median = \"1s\" } } }"),
            "3:20 fault[0].then.latency: give either `p99` or `sigma`",
        );
        check(
            &fault("api = {}\nthen = { truncate = 1.0 }"),
            "3:21 fault[0].then.truncate: must be a share of the body: 0 or more, and below 1",
        );
    }
}
