//! `router serve`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use router::config::{Config, LogConfig, LogFormat};
use router::reload::{RulesWatch, log_warnings};
use router::rules_file;
use router::{Application, Clock, Options};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tracing_subscriber::EnvFilter;

/// Take webhooks and assign conversations, until SIGTERM or ctrl-c.
///
/// Secrets come from INTERCOM_TOKEN and INTERCOM_CLIENT_SECRET, or from the files named by
/// INTERCOM_TOKEN_FILE and INTERCOM_CLIENT_SECRET_FILE. With `[admin] listen` there is an admin API,
/// whose token comes from ROUTER_ADMIN_TOKEN or the file named by ROUTER_ADMIN_TOKEN_FILE. SIGHUP reads the rules file again; so does
/// the router by itself when it changes. Rules with errors are refused, the old ones stay in force.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router serve --config /etc/router/router.toml\n\nExit codes: 0 stopped as asked, 1 the rules are wrong, 2 anything else that keeps it from running."
)]
pub(super) struct Serve {
    /// The configuration file.
    #[arg(long, default_value = "router.toml")]
    config: PathBuf,

    /// Decide and log, but change nothing in Intercom. Keeps a journal of its own beside the
    /// configured one, with `.dry-run` added to its name.
    #[arg(long)]
    dry_run: bool,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = Config::load(&self.config)?;
        if self.dry_run {
            config = config.for_dry_run();
        }
        let rules = rules_file::load(&config.rules)?;
        log_to_stderr(&config.log)?;
        log_warnings(&rules);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(config.listen)
                .await
                .with_context(|| format!("cannot listen on {}", config.listen))?;
            let version = rules.policy.version().clone();
            let asked = Arc::new(Notify::new());
            let watch = RulesWatch {
                path: config.rules.clone(),
                every: config.watch_rules,
                asked: Arc::clone(&asked),
            };
            let options = Options { rules: Some(watch), ..Options::default() };
            let (dry_run, clock) = (config.dry_run, Clock::system());
            let application =
                Application::build_with(config, rules, listener, clock, options).await?;
            let address = application.local_addr();
            tracing::info!(%address, rules = &*version, dry_run, "listening");
            let mut hang_up = signal(SignalKind::hangup())?;
            tokio::spawn(async move {
                while hang_up.recv().await.is_some() {
                    asked.notify_one();
                }
            });
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
