//! `router doctor`.

use std::process::ExitCode;

use clap::Args;
use router::Clock;
use router::config::Needs;
use router::doctor::Checkup;

use super::format::Format;
use super::settings::Setup;
use super::{BAD_INPUT, FOUND_WANTING};

/// Look whether a router will work: configuration, token, permissions, seats, teams, webhooks that came,
/// clock, limits and journal; and say what to do about each.
///
/// It reads Intercom and the journal, and changes nothing. A router may be running. Give it the flags
/// and the environment that `router serve` gets.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router doctor --config /etc/router/router.toml\n\nExit codes: 0 all well or only warnings, 1 something fails, 2 the file cannot be read or the usage is wrong."
)]
pub(super) struct Doctor {
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    // Last: what follows would stand under the heading of the settings.
    #[command(flatten)]
    setup: Setup,
}

impl Doctor {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let reading = self.setup.read(Needs::Everything);
        let unreadable = reading.unreadable;
        let clock = Clock::system();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let checkup = runtime.block_on(Checkup::run(reading, &|| clock.now()));
        match self.format {
            Format::Text => print!("{}", checkup.text()),
            Format::Json => println!("{}", serde_json::to_string_pretty(&checkup)?),
        }
        Ok(match (unreadable, checkup.fails()) {
            (true, _) => ExitCode::from(BAD_INPUT),
            (false, true) => ExitCode::from(FOUND_WANTING),
            (false, false) => ExitCode::SUCCESS,
        })
    }
}
