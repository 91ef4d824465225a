//! The command line.

mod arguments;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use mock_intercom::{
    FaultFile, MockIntercom, ServeOptions, WebhookTarget, Workspace, WorkspaceError, WorkspaceFile,
};
use secrecy::SecretString;
use tokio::net::TcpListener;

use arguments::{ClockArgument, StartAt, WebhookArgument};

/// A stateful stand-in for Intercom.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a workspace over HTTP until interrupted.
    Serve(Box<Serve>),
    /// Print the built-in workspace file, to start one's own from.
    Example {
        /// Print a file of faults instead, with every fault there is.
        #[arg(long)]
        faults: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The port; 0 for a free one.
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// A workspace file (TOML); without one, the built-in example.
    #[arg(long, value_name = "FILE")]
    workspace: Option<PathBuf>,
    /// A file of faults (TOML), added to those of the workspace file; more by POST /_mock/faults.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// The clock: `real`, `scaled=N` (N seconds per real one) or `stepped` (stands still until it is
    /// moved by POST /_mock/clock).
    #[arg(long, value_name = "CLOCK", default_value = "real")]
    clock: ClockArgument,
    /// What a scaled or stepped clock shows at the start, such as 2026-01-10T08:00:00Z; default now.
    #[arg(long, value_name = "DATE")]
    start_at: Option<StartAt>,
    /// Where webhooks go, and which: `URL` or `URL#TOPIC,TOPIC`, where `conversation.*` is a topic
    /// too. May be repeated; more by POST /_mock/subscriptions.
    #[arg(long, value_name = "URL[#TOPICS]", requires = "client_secret")]
    webhook_url: Vec<WebhookArgument>,
    /// Take any webhook address, and do not ask it for HEAD, as Intercom does.
    #[arg(long)]
    no_webhook_check: bool,
    /// The app's client secret, which signs webhooks.
    #[arg(long, value_name = "SECRET", env = "INTERCOM_CLIENT_SECRET", hide_env_values = true)]
    client_secret: Option<SecretString>,
    /// The access token that the API accepts, instead of the workspace file's.
    #[arg(long)]
    token: Option<SecretString>,
}

impl Serve {
    /// Reads the workspace file and that of faults. What is wrong with them is for the person who
    /// wrote them.
    pub(crate) fn workspace(&self) -> anyhow::Result<Workspace> {
        let mut file = match &self.workspace {
            Some(path) => read(path, "workspace file", WorkspaceFile::from_toml)?,
            None => WorkspaceFile::example(),
        };
        if let Some(path) = &self.faults {
            read(path, "file of faults", FaultFile::from_toml)?.add_to(&mut file);
        }
        if let Some(token) = &self.token {
            file.token = token.clone();
        }
        Ok(Workspace::new(file)?)
    }

    /// The clock, and where webhooks go.
    pub(crate) fn options(&self) -> anyhow::Result<ServeOptions> {
        let clock = self.clock.clock(self.start_at)?;
        let mut options = ServeOptions { clock, ..ServeOptions::default() };
        for WebhookArgument { url, topics } in &self.webhook_url {
            let client_secret = self.client_secret.clone().unwrap_or_default();
            let (url, topics) = (url.clone(), topics.clone());
            let target = WebhookTarget { url, client_secret, topics };
            match target.check_url() {
                Err(problem) if !self.no_webhook_check => {
                    bail!("--webhook-url: {problem}; to take it all the same: --no-webhook-check")
                }
                _ => options.webhooks.push(target),
            }
        }
        Ok(options)
    }

    /// Warns of webhook addresses that Intercom would not have saved.
    pub(crate) async fn check_webhooks(&self, mock: &MockIntercom) {
        if self.no_webhook_check {
            return;
        }
        for (url, problem) in mock.check_webhooks().await {
            eprintln!("warning: --webhook-url {url}: {problem} (to skip this: --no-webhook-check)");
        }
    }

    pub(crate) async fn listener(&self) -> anyhow::Result<TcpListener> {
        let address = SocketAddr::new(self.host, self.port);
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
    }

    /// What to do with the mock, by example.
    pub(crate) fn greeting(&self, url: &str) -> String {
        format!(
            "mock-intercom is listening on {url}\n\n  \
             new IntercomClient({{ token: \"…\", baseUrl: \"{url}\" }})      // npm intercom-client\n  \
             Intercom(token=\"…\", base_url=\"{url}\")                    # PyPI python-intercom\n\n  \
             curl {url}/_mock/dms -H 'content-type: application/json' \\\n    \
             -d '{{\"user\": \"ana\", \"text\": \"how much is it?\", \"language\": \"en\"}}'\n"
        )
    }
}

fn read<T>(
    path: &Path,
    what: &str,
    parse: impl FnOnce(&str) -> Result<T, WorkspaceError>,
) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the {what} {}", path.display()))?;
    parse(&text).with_context(|| format!("in {}", path.display()))
}
