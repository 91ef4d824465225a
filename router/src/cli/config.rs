//! `router config`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use router::config::overview::Overview;
use router::config::{Needs, finding};

use super::format::Format;
use super::settings::Setup;
use super::{BAD_INPUT, FOUND_WANTING};

/// Look at the configuration.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router config check --config /etc/router/router.toml\n\nExit codes: 0 the router would start, 1 it would not, 2 the file cannot be read or the usage is wrong."
)]
pub(super) struct Config {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(Check),
}

/// Check the configuration and what it names: every problem with its place and what would be right,
/// then what is in force and where each value comes from. Secrets are only said to be set or not.
///
/// Flags win over variables of the environment, variables over the file, the file over the defaults.
/// Give it the flags and the environment that `router serve` gets. It changes nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router config check --config /etc/router/router.toml\n\nExit codes: 0 the router would start, 1 it would not, 2 the file cannot be read or the usage is wrong."
)]
struct Check {
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    // Last: what follows would stand under the heading of the settings.
    #[command(flatten)]
    setup: Setup,
}

impl Config {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Command::Check(check) = self.command;
        check.run()
    }
}

impl Check {
    fn run(self) -> anyhow::Result<ExitCode> {
        let mut reading = self.setup.read(Needs::Everything);
        reading.look_around();
        let overview = Overview::new(&reading);
        match self.format {
            Format::Text => {
                if !overview.findings.is_empty() {
                    eprintln!("{}", finding::lines(&overview.findings));
                }
                print!("{}", overview.text());
            }
            Format::Json => println!("{}", serde_json::to_string_pretty(&overview)?),
        }
        Ok(match (reading.unreadable, reading.has_errors()) {
            (true, _) => ExitCode::from(BAD_INPUT),
            (false, true) => ExitCode::from(FOUND_WANTING),
            (false, false) => ExitCode::SUCCESS,
        })
    }
}
