//! `router status`.

mod text;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use router::admin::status::Status as Standing;

use super::FOUND_WANTING;
use super::connection::{Connection, TOKEN_HELP, Target};
use super::format::Format;
pub(super) use text::length;

/// Clears the terminal and goes to its top: ECMA-48, ED and CUP.
const CLEAR: &str = "\x1b[2J\x1b[H";

/// Show how a running router stands: lines by team, load by teammate, API budget, journal.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Examples:\n  router status\n  router status --watch 5\n  router status --format json | jq '.teams[] | select(.waiting > 100)'\n\n{TOKEN_HELP}\n\nExit codes: 0 it is ready, 1 it is not, 2 it cannot be reached or refuses.")
)]
pub(super) struct Status {
    #[command(flatten)]
    target: Target,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show it again every so many seconds, until ctrl-c.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2",
        value_parser = clap::value_parser!(u64).range(1..=3_600))]
    watch: Option<u64>,
    /// Show every teammate, however many there are.
    #[arg(long)]
    all: bool,
}

impl Status {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        self.target.run(async |connection| self.show(&connection).await)
    }

    async fn show(&self, connection: &Connection) -> anyhow::Result<ExitCode> {
        loop {
            let standing: Standing = connection.get("/v1/status").await?;
            self.print(&standing)?;
            let Some(every) = self.watch else {
                let code = if standing.ready { 0 } else { FOUND_WANTING };
                return Ok(ExitCode::from(code));
            };
            tokio::time::sleep(Duration::from_secs(every)).await;
        }
    }

    fn print(&self, standing: &Standing) -> anyhow::Result<()> {
        match self.format {
            Format::Json if self.watch.is_some() => {
                println!("{}", serde_json::to_string(standing)?);
            }
            Format::Json => println!("{}", serde_json::to_string_pretty(standing)?),
            Format::Text => {
                let clear = self.watch.is_some() && std::io::stdout().is_terminal();
                print!("{}{}", if clear { CLEAR } else { "" }, text::render(standing, self.all));
            }
        }
        Ok(())
    }
}
