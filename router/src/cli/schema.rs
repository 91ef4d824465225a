//! `router schema` and `router print`: rules for editors and for readers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use router::rules_file;

/// Print the JSON Schema of rules files, for the completion and the hints of editors.
#[derive(Debug, Args)]
#[command(after_help = "Example: router schema > rules.schema.json\n\nExit codes: 0 printed.")]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        print!("{}", engine::json_schema());
        Ok(ExitCode::SUCCESS)
    }
}

/// Print a rules file with all that it includes as one file, without comments.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router print rules.toml\n\nExit codes: 0 printed, 1 the rules are wrong, 2 the file cannot be read."
)]
pub(super) struct Print {
    /// The rules file.
    rules: PathBuf,
}

impl Print {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let rules = rules_file::load(&self.rules)?;
        print!("{}", rules.policy.to_toml());
        Ok(ExitCode::SUCCESS)
    }
}
