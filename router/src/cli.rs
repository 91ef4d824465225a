//! The command line.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use router::config::{Config, LogConfig, LogFormat};
use router::rules_file::{self, RulesError};
use router::{Application, Clock};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// The rules have errors.
const BAD_RULES: u8 = 1;

/// The command line, the configuration or a file is wrong. clap exits with 2 as well.
const BAD_INPUT: u8 = 2;

/// Gives every TikTok DM in an Intercom inbox an owner.
#[derive(Debug, Parser)]
#[command(version, after_help = "Exit codes: 0 ok, 1 errors in the rules, 2 wrong usage or input.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take webhooks and assign conversations, until SIGTERM or ctrl-c.
    ///
    /// Secrets come from INTERCOM_TOKEN and INTERCOM_CLIENT_SECRET, or from the files named by
    /// INTERCOM_TOKEN_FILE and INTERCOM_CLIENT_SECRET_FILE.
    #[command(after_help = "Example: router serve --config /etc/router/router.toml")]
    Serve {
        /// The configuration file.
        #[arg(long, default_value = "router.toml")]
        config: PathBuf,
    },
    /// Check a rules file: every problem with its place and what would be right.
    #[command(after_help = "Example: router check rules.toml")]
    Check {
        /// The rules file.
        rules: PathBuf,
    },
}

impl Cli {
    pub(crate) fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Serve { config } => serve(config),
            Command::Check { rules } => check(rules),
        };
        done.unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            ExitCode::from(BAD_INPUT)
        })
    }
}

fn check(path: PathBuf) -> anyhow::Result<ExitCode> {
    match rules_file::load(&path) {
        Ok(rules) => {
            eprint!("{}", rules_file::render(&rules.warnings, &path, &rules.source));
            println!("{}: ok, version {}", path.display(), rules.policy.version());
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ RulesError::Invalid { .. }) => {
            eprint!("{error}");
            Ok(ExitCode::from(BAD_RULES))
        }
        Err(error @ RulesError::Read { .. }) => Err(error.into()),
    }
}

fn serve(config: PathBuf) -> anyhow::Result<ExitCode> {
    let config = Config::load(&config)?;
    let rules = match rules_file::load(&config.rules) {
        Err(error @ RulesError::Invalid { .. }) => {
            eprint!("{error}");
            return Ok(ExitCode::from(BAD_RULES));
        }
        loaded => loaded?,
    };
    log_to_stderr(&config.log)?;
    for warning in &rules.warnings {
        tracing::warn!(problem = warning.message, "the rules file is doubtful");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("cannot listen on {}", config.listen))?;
        let version = rules.policy.version().clone();
        let application = Application::build(config, rules, listener, Clock::system()).await?;
        tracing::info!(address = %application.local_addr(), rules = &*version, "listening");
        application.run(stop_signal()?).await?;
        Ok(ExitCode::SUCCESS)
    })
}

fn log_to_stderr(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter).context("log.filter")?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(())
}

/// Done at the first SIGTERM or ctrl-c.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
