//! The command line.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use mock_intercom::{ServeOptions, WebhookTarget, Workspace, WorkspaceFile};
use secrecy::SecretString;
use tokio::net::TcpListener;

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
    Serve(Serve),
    /// Print the built-in workspace file, to start one's own from.
    Example,
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
    /// Where webhooks go; more by POST /_mock/subscriptions.
    #[arg(long, value_name = "URL", requires = "client_secret")]
    webhook_url: Option<String>,
    /// The app's client secret, which signs webhooks.
    #[arg(long, value_name = "SECRET", env = "INTERCOM_CLIENT_SECRET", hide_env_values = true)]
    client_secret: Option<SecretString>,
    /// The access token that the API accepts, instead of the workspace file's.
    #[arg(long)]
    token: Option<SecretString>,
}

impl Serve {
    /// Reads the workspace file. What is wrong with it is for the person who wrote it.
    pub(crate) fn workspace(&self) -> anyhow::Result<Workspace> {
        let mut file = match &self.workspace {
            Some(path) => read(path)?,
            None => WorkspaceFile::example(),
        };
        if let Some(token) = &self.token {
            file.token = token.clone();
        }
        Ok(Workspace::new(file)?)
    }

    /// Where webhooks go.
    pub(crate) fn options(&self) -> anyhow::Result<ServeOptions> {
        let mut options = ServeOptions::default();
        if let (Some(url), Some(client_secret)) = (&self.webhook_url, &self.client_secret) {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                bail!("--webhook-url must start with http:// or https://, not `{url}`");
            }
            let (url, client_secret) = (url.clone(), client_secret.clone());
            options.webhooks.push(WebhookTarget { url, client_secret });
        }
        Ok(options)
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

fn read(path: &Path) -> anyhow::Result<WorkspaceFile> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the workspace file {}", path.display()))?;
    WorkspaceFile::from_toml(&text).with_context(|| format!("in {}", path.display()))
}
