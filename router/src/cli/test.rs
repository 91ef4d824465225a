//! `router test`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// Try rules on a table of messages with expected teams, and show where they fail.
#[derive(Debug, Args)]
#[command(after_help = "Example: router test rules.toml cases.csv")]
pub(super) struct Test {
    /// The rules file.
    rules: PathBuf,
}

impl Test {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not yet: {}", self.rules.display())
    }
}
