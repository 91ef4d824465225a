//! The way to a running router: its admin API.

use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, Response, StatusCode};
use router::config::AdminAccess;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// How long the connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an answer may take, unless it is a long one.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// What all commands say that talk to a running router.
pub(super) const TOKEN_HELP: &str =
    "The token comes from ROUTER_ADMIN_TOKEN, or from the file that ROUTER_ADMIN_TOKEN_FILE names.";

/// Where the router is.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Its admin API; else ROUTER_ADMIN_URL, else http://127.0.0.1:8081.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

/// An admin API and the token for it.
pub(super) struct Connection {
    http: reqwest::Client,
    access: AdminAccess,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

impl Target {
    /// Runs what asks the router, to its end.
    pub(super) fn run<T>(
        &self,
        asking: impl AsyncFnOnce(Connection) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let access = AdminAccess::load(self.url.as_deref())?;
        let connection = Connection::new(access)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(asking(connection))
    }
}

impl Connection {
    fn new(access: AdminAccess) -> anyhow::Result<Self> {
        if access.url.starts_with("http://") && !is_of_this_machine(&access.url) {
            eprintln!("warning: the token travels to {} unencrypted", access.url);
        }
        // The first one to install a provider wins; it is the same one everywhere.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("router/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            // The token is for nobody else.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { http, access })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.ask(Method::GET, path, TIMEOUT).await
    }

    /// Asks and reads the answer. `path` is of ours: nothing in it needs to be escaped any more.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        timeout: Duration,
    ) -> anyhow::Result<T> {
        let asked = async {
            let mut response = self.send(method, path).await?;
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                    bail!("{}{path} answers more than can be read", self.access.url);
                }
                body.extend_from_slice(&chunk);
            }
            serde_json::from_slice(&body).with_context(|| {
                format!("{}{path} answers something else: is it a router?", self.access.url)
            })
        };
        let late = || format!("{}{path} does not answer in time", self.access.url);
        tokio::time::timeout(timeout, asked).await.with_context(late)?
    }

    /// Asks; an answer that is a refusal is an error.
    pub(super) async fn send(&self, method: Method, path: &str) -> anyhow::Result<Response> {
        let url = format!("{}{path}", self.access.url);
        let bearer = format!("Bearer {}", self.access.token.expose_secret());
        let sent = self.http.request(method, &url).header(AUTHORIZATION, bearer).send().await;
        let response = sent.map_err(reqwest::Error::without_url).with_context(|| {
            format!(
                "cannot reach the admin API at {}: is the router running, with `[admin] listen`?",
                self.access.url
            )
        })?;
        match response.status() {
            StatusCode::OK => Ok(response),
            StatusCode::UNAUTHORIZED => bail!(
                "{} refuses the token: ROUTER_ADMIN_TOKEN is not what the router was started with",
                self.access.url
            ),
            status => {
                let refused = response.json::<Refused>().await;
                let reason = refused.map_or_else(|_| "no reason".to_owned(), |it| it.error);
                bail!("{url} says {}: {reason}", status.as_u16())
            }
        }
    }
}

/// Whether what is sent there leaves this machine.
fn is_of_this_machine(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| matches!(&*host, "localhost" | "127.0.0.1" | "[::1]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_this_machine() {
        let check =
            |url: &str, expected: bool| assert_eq!(is_of_this_machine(url), expected, "{url}");
        check("http://127.0.0.1:8081", true);
        check("http://localhost", true);
        check("http://[::1]:8081", true);
        check("http://127.0.0.1.example.com", false);
        check("http://localhost@example.com", false);
        check("http://10.0.0.1:8081", false);
        check("nonsense", false);
    }
}
