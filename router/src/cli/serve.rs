//! `router serve`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use router::config::{Config, LogConfig, LogFormat};
use router::rules_file;
use router::{Application, Clock};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Take webhooks and assign conversations, until SIGTERM or ctrl-c.
///
/// Secrets come from INTERCOM_TOKEN and INTERCOM_CLIENT_SECRET, or from the files named by
/// INTERCOM_TOKEN_FILE and INTERCOM_CLIENT_SECRET_FILE.
#[derive(Debug, Args)]
#[command(after_help = "Example: router serve --config /etc/router/router.toml")]
pub(super) struct Serve {
    /// The configuration file.
    #[arg(long, default_value = "router.toml")]
    config: PathBuf,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::load(&self.config)?;
        let rules = rules_file::load(&config.rules)?;
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
