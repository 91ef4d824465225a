//! `router check`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use router::rules_file::{self, RulesError};

use super::FOUND_WANTING;

/// Check a rules file: every problem with its place and what would be right.
#[derive(Debug, Args)]
#[command(after_help = "Example: router check rules.toml")]
pub(super) struct Check {
    /// The rules file.
    rules: PathBuf,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let path = self.rules;
        match rules_file::load(&path) {
            Ok(rules) => {
                eprint!("{}", rules_file::render(&rules.warnings, &path, &rules.source));
                println!("{}: ok, version {}", path.display(), rules.policy.version());
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
