//! `router diff`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// Show what a change of rules would move.
#[derive(Debug, Args)]
#[command(after_help = "Example: router diff old.toml new.toml --corpus messages.csv")]
pub(super) struct Diff {
    /// The rules file.
    rules: PathBuf,
}

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not yet: {}", self.rules.display())
    }
}
