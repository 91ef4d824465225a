//! `router pause`, `resume` and `drain`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use reqwest::Method;
use router::admin::control::{DRAIN_SECONDS, Drained, Paused};
use router::review::grid::grouped;

use super::FOUND_WANTING;
use super::connection::{TOKEN_HELP, Target};

/// How long an answer may take beyond what was asked for.
const SPARE: Duration = Duration::from_secs(15);

/// Give nobody anything, until `router resume`: DMs are taken, routed, and wait in their inboxes.
///
/// Outlasts a restart. Nothing is lost: every conversation keeps its place. Calls that were made
/// are finished; what Intercom was not told of yet waits in line again.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Example: router pause && router status\n\n{TOKEN_HELP}\n\nExit codes: 0 paused, 2 the router cannot be reached or refuses.")
)]
pub(super) struct Pause {
    #[command(flatten)]
    target: Target,
}

/// Give out again what waits, after `router pause`.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Example: router resume\n\n{TOKEN_HELP}\n\nExit codes: 0 resumed, 2 the router cannot be reached or refuses.")
)]
pub(super) struct Resume {
    #[command(flatten)]
    target: Target,
}

/// Make no more calls to Intercom and wait for those under way, before the router is stopped.
///
/// `/readyz` says no meanwhile. Webhooks are taken and written down still. The next start goes on
/// with all of it: unlike a pause, a drain is of this process only.
#[derive(Debug, Args)]
#[command(
    after_help = format!("Example: router drain && systemctl restart router\n\n{TOKEN_HELP}\n\nExit codes: 0 drained, 1 calls are under way still, 2 the router cannot be reached or refuses.")
)]
pub(super) struct Drain {
    #[command(flatten)]
    target: Target,
    /// How many seconds to wait for calls under way, up to 300.
    #[arg(long, value_name = "SECONDS", default_value_t = DRAIN_SECONDS,
        value_parser = clap::value_parser!(u64).range(1..=300))]
    within: u64,
    /// Make calls again.
    #[arg(long, conflicts_with = "within")]
    cancel: bool,
}

impl Pause {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let paused = switch(&self.target, "/v1/pause")?;
        let waiting = grouped(paused.waiting as u64);
        println!("Assignment is paused; {waiting} wait. `router resume` gives them out again.");
        Ok(ExitCode::SUCCESS)
    }
}

impl Resume {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let paused = switch(&self.target, "/v1/resume")?;
        println!("Assignment goes on; {} wait for a teammate.", grouped(paused.waiting as u64));
        Ok(ExitCode::SUCCESS)
    }
}

fn switch(target: &Target, path: &str) -> anyhow::Result<Paused> {
    target.run(async |connection| connection.ask(Method::POST, path, SPARE).await)
}

impl Drain {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if self.cancel {
            let ask = async |connection: super::connection::Connection| {
                connection.ask::<Drained>(Method::DELETE, "/v1/drain", SPARE).await
            };
            self.target.run(ask)?;
            println!("Calls are made again.");
            return Ok(ExitCode::SUCCESS);
        }
        let path = format!("/v1/drain?within_seconds={}", self.within);
        let patience = Duration::from_secs(self.within) + SPARE;
        let drained: Drained = self
            .target
            .run(async |connection| connection.ask(Method::POST, &path, patience).await)?;
        let held = drained.calls_held;
        if drained.drained {
            println!("Drained: no call is under way, {held} wait for the next start. Stop it now.");
            return Ok(ExitCode::SUCCESS);
        }
        let left = drained.calls_in_flight;
        eprintln!("Not drained in time: {left} calls are under way still, {held} are held back.");
        Ok(ExitCode::from(FOUND_WANTING))
    }
}
