//! `router serve`.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use router::config::reading::NamedConfig;
use router::config::{Config, Finding, Level, LogConfig, LogFormat, Needs};
use router::reload::{RulesWatch, log_warnings};
use router::rules_file;
use router::{Application, Clock, Options, Plan};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::settings::Setup;
use super::supervisor;

/// Take webhooks and assign conversations, until SIGTERM or ctrl-c.
///
/// Secrets come from INTERCOM_TOKEN and INTERCOM_CLIENT_SECRET, or from the files named by
/// INTERCOM_TOKEN_FILE and INTERCOM_CLIENT_SECRET_FILE. With `[admin] listen` there is an admin API,
/// whose token comes from ROUTER_ADMIN_TOKEN or the file named by ROUTER_ADMIN_TOKEN_FILE. SIGHUP reads the rules file again; so does
/// the router by itself when it changes. Rules with errors are refused, the old ones stay in force.
/// With `[telemetry] otlp_endpoint` or --otlp-endpoint it sends traces to a collector of OpenTelemetry, with
/// the headers of OTEL_EXPORTER_OTLP_HEADERS.
///
/// Flags win over variables of the environment, variables over the file, the file over the defaults;
/// `router config check` shows what comes of it. A configuration that is not safe is refused. To systemd
/// it says when it is ready, that it works (WatchdogSec=), and when it stops: router/ops/router.service.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router serve --config /etc/router/router.toml\n\nExit codes: 0 stopped as asked, 1 the rules are wrong, 2 anything else that keeps it from running."
)]
pub(super) struct Serve {
    /// Decide and log, but change nothing in Intercom. Keeps a journal of its own beside the
    /// configured one, with `.dry-run` added to its name.
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    setup: Setup,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let (configs, findings) = self.configure()?;
        // What is the endpoint's is the same in all.
        let endpoint = configs[0].1.clone();
        let plans = configs.into_iter().map(|(name, config)| plan(name, config));
        let plans = plans.collect::<Result<Vec<_>, _>>()?;
        log_to_stderr(&endpoint.log)?;
        for finding in &findings {
            let Finding { level, place, message, .. } = finding;
            match level {
                Level::Note => tracing::info!(place, message, "configuration"),
                _ => tracing::warn!(place, message, "configuration is doubtful"),
            }
        }
        for plan in &plans {
            let (workspace, rules) = (&plan.name, &**plan.rules.policy.version());
            tracing::info!(workspace, rules, dry_run = plan.config.dry_run, "starting");
            log_warnings(&plan.rules);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve(endpoint.listen, plans))?;
        Ok(ExitCode::SUCCESS)
    }

    /// The configurations, and what is doubtful in them. What is not safe is refused.
    fn configure(self) -> anyhow::Result<(Vec<NamedConfig>, Vec<Finding>)> {
        let mut reading = self.setup.read(Needs::Everything);
        if self.dry_run {
            reading.for_dry_run();
        }
        reading.look_before_start();
        Ok(reading.into_configs()?)
    }
}

fn plan(name: Option<String>, config: Config) -> anyhow::Result<Plan> {
    let rules = rules_file::load(&config.rules)?;
    let watch = |path: &PathBuf| RulesWatch {
        path: path.clone(),
        every: config.watch_rules,
        asked: Arc::default(),
    };
    let options = Options {
        rules: Some(watch(&config.rules)),
        shadow: config.shadow_rules.as_ref().map(watch),
        ..Options::default()
    };
    Ok(Plan { name, config, rules, options })
}

async fn serve(listen: SocketAddr, plans: Vec<Plan>) -> anyhow::Result<()> {
    let watches = plans.iter().flat_map(|plan| [&plan.options.rules, &plan.options.shadow]);
    let asked: Vec<_> = watches.flatten().map(|watch| Arc::clone(&watch.asked)).collect();
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    let application = Application::build_several(plans, listener, Clock::system()).await?;
    let address = application.local_addr();
    tracing::info!(%address, "listening");
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hang_up.recv().await.is_some() {
            asked.iter().for_each(|asked| asked.notify_one());
        }
    });
    let stop = stop_signal()?;
    supervisor::ready(address);
    supervisor::watch(application.pulses());
    let stop = async {
        stop.await;
        supervisor::stopping();
    };
    Ok(application.run(stop).await?)
}

fn log_to_stderr(config: &LogConfig) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.filter).context("log.filter")?;
    // Whatever lines are wanted, they carry the ids of the request that caused them.
    let ids = filter_fn(|it| it.is_span() && it.target().starts_with("router"));
    let filter = filter.or(ids.with_max_level_hint(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match config.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
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
