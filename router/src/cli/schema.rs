//! `router schema` and `router print`: rules for editors and for readers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use router::rules_file::{self, RulesError};

use super::FOUND_WANTING;

/// Print the JSON Schema of rules files, for the completion and the hints of editors.
#[derive(Debug, Args)]
#[command(after_help = "Example: router schema > rules.schema.json")]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        print!("{}", engine::json_schema());
        Ok(ExitCode::SUCCESS)
    }
}

/// Print a rules file with all that it includes as one file, without comments.
#[derive(Debug, Args)]
#[command(after_help = "Example: router print rules.toml")]
pub(super) struct Print {
    /// The rules file.
    rules: PathBuf,
}

impl Print {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match rules_file::load(&self.rules) {
            Ok(rules) => {
                print!("{}", rules.policy.to_toml());
                Ok(ExitCode::SUCCESS)
            }
            Err(error @ RulesError::Invalid { .. }) => {
                eprint!("{error}");
                Ok(ExitCode::from(FOUND_WANTING))
            }
            Err(error @ RulesError::Read { .. }) => Err(error.into()),
        }
    }
}
