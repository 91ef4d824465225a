//! `router explain`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

/// Show the whole decision about a message: each rule tried, and why it failed or matched.
#[derive(Debug, Args)]
#[command(after_help = "Example: router explain rules.toml --message \"how much is it?\"")]
pub(super) struct Explain {
    /// The rules file.
    rules: PathBuf,
}

impl Explain {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        anyhow::bail!("not yet: {}", self.rules.display())
    }
}
