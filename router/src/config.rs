//! Configuration: flags, the environment and a file. The one place that reads any of them.
//!
//! | what | on the command line | in the environment | in the file |
//! | --- | --- | --- | --- |
//! | address | `--listen` | `ROUTER_LISTEN` | `listen` |
//! | rules file | `--rules` | `ROUTER_RULES` | `rules` |
//! | journal | `--journal` | `ROUTER_JOURNAL` | `journal` |
//! | log format | `--log-format` | `ROUTER_LOG_FORMAT` | `log.format` |
//! | log filter | `--log-filter` | `ROUTER_LOG_FILTER` | `log.filter` |
//! | Intercom's host | | `ROUTER_INTERCOM_BASE_URL` | `intercom.base_url` |
//! | workspace | | `ROUTER_INTERCOM_APP_ID` | `intercom.app_id` |
//! | admin API's address | | `ROUTER_ADMIN_LISTEN` | `admin.listen`; without it there is none |
//! | collector of traces | `--otlp-endpoint` | `OTEL_EXPORTER_OTLP_ENDPOINT` | `telemetry.otlp_endpoint`; without it there are none |
//! | share of traces | | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | `telemetry.sample` |
//! | name in traces | | `OTEL_SERVICE_NAME` | `telemetry.service_name` |
//! | collector's headers | never | `OTEL_EXPORTER_OTLP_HEADERS` | never |
//! | access token | never | `INTERCOM_TOKEN`, or the file that `INTERCOM_TOKEN_FILE` names | the file that `secrets.token_file` names |
//! | client secret | never | `INTERCOM_CLIENT_SECRET`, or `INTERCOM_CLIENT_SECRET_FILE` likewise | `secrets.client_secret_file` likewise |
//! | admin API's token | never | `ROUTER_ADMIN_TOKEN`, or `ROUTER_ADMIN_TOKEN_FILE` likewise | `secrets.admin_token_file` likewise |
//!
//! Flags win over the environment, the environment over the file, the file over the defaults; every
//! other key stands in the file only. Paths in the file are relative to the file, those of flags and
//! the environment to the working directory.
//!
//! A file with `[workspaces]` names one such file for each of several workspaces: see [`workspaces`].

mod admin;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::TeammateId;
use secrecy::SecretString;
use serde::Deserialize;

use crate::journal::Texts;

mod checks;
pub mod finding;
pub mod overview;
pub mod reading;
mod secret;
pub mod senders;
pub mod setting;
mod surroundings;
pub mod telemetry;
pub mod workspaces;

use admin::AdminSection;
pub use admin::{AdminAccess, AdminConfig};
pub use finding::{ConfigError, Finding, Level};
pub use reading::{Needs, Reading};
use secret::SecretFiles;
pub use senders::Senders;
pub use setting::Flags;
pub use telemetry::TelemetryConfig;

/// Reads a variable of the environment, or of what stands for it in tests.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How often to look whether the rules file has changed, if nothing else is said.
const WATCH_RULES: Duration = Duration::from_secs(10);

/// How the router is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where webhooks come in.
    pub listen: SocketAddr,
    /// The rules file.
    pub rules: PathBuf,
    /// A rules file that decisions are compared with, if there is one.
    pub shadow_rules: Option<PathBuf>,
    /// How often to look whether a rules file has changed; nothing: only at SIGHUP.
    pub watch_rules: Duration,
    /// The journal's file.
    pub journal: PathBuf,
    /// What it keeps.
    pub retention: Retention,
    /// Decide, but change nothing in Intercom: see [`Self::for_dry_run`].
    pub dry_run: bool,
    /// How to reach Intercom.
    pub intercom: IntercomConfig,
    /// What the router takes at the most.
    pub limits: Limits,
    /// From whom it takes webhooks.
    pub webhooks: Senders,
    /// How it logs.
    pub log: LogConfig,
    /// What it exports for OpenTelemetry.
    pub telemetry: TelemetryConfig,
    /// The admin API, if there is to be one.
    pub admin: Option<AdminConfig>,
    /// Intercom's access token.
    pub token: SecretString,
    /// The app's client secret, which signs webhooks.
    pub client_secret: SecretString,
}

/// How to reach Intercom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntercomConfig {
    /// `https://api.intercom.io`, or the host of another region, without a slash at the end.
    pub base_url: String,
    /// The `Intercom-Version` that requests ask for.
    pub version: String,
    /// The workspace whose webhooks are taken; those of any other are ignored. All, if not set.
    pub app_id: Option<String>,
    /// Who assigns; the teammate whom the token belongs to, if not set.
    #[serde(deserialize_with = "teammate")]
    pub acting_admin: Option<TeammateId>,
    /// How long to wait for an answer, such as `10s`.
    #[serde(deserialize_with = "duration")]
    pub timeout: Duration,
}

/// What the journal keeps. Its file is [`Config::journal`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// How often a checkpoint is taken, if anything has happened.
    #[serde(deserialize_with = "duration")]
    pub checkpoint_every: Duration,
    /// How long events are kept, for a backtest and to recognise what Intercom sends again.
    #[serde(deserialize_with = "duration")]
    pub keep_for: Duration,
    /// What is kept of messages' texts behind a checkpoint.
    pub texts: Texts,
}

impl Default for Retention {
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_secs(hours * 3_600);
        Self { checkpoint_every: hours(1), keep_for: hours(7 * 24), texts: Texts::Drop }
    }
}

/// What the router takes at the most.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Bytes of a webhook's body; more is answered 413.
    pub body_bytes: usize,
    /// Notifications that wait for the journal; more are answered 503 at once.
    pub intake: usize,
    /// Requests under way at the same time; more are answered 503 at once.
    pub requests: usize,
}

/// How the router logs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Lines for people, or JSON.
    pub format: LogFormat,
    /// What is logged, in the notation of `tracing`, such as `info` or `router=debug,warn`.
    pub filter: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What a configuration file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    listen: Option<SocketAddr>,
    rules: Option<PathBuf>,
    shadow_rules: Option<PathBuf>,
    #[serde(deserialize_with = "some_duration")]
    watch_rules: Option<Duration>,
    journal: Option<PathBuf>,
    retention: Retention,
    intercom: IntercomConfig,
    limits: Limits,
    webhooks: Senders,
    log: LogConfig,
    telemetry: TelemetryConfig,
    admin: AdminSection,
    secrets: SecretFiles,
    /// The configuration file of each, by name.
    workspaces: BTreeMap<String, PathBuf>,
}

impl Default for IntercomConfig {
    fn default() -> Self {
        Self {
            base_url: "https://api.intercom.io".to_owned(),
            version: "2.14".to_owned(),
            app_id: None,
            acting_admin: None,
            timeout: Duration::from_secs(10),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 1 << 20, intake: 4_096, requests: 2_048 }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".to_owned() }
    }
}

impl Config {
    /// The defaults with these secrets; paths are relative to the working directory.
    #[must_use]
    pub fn new(token: SecretString, client_secret: SecretString) -> Self {
        ConfigFile::default().resolve(Path::new(""), token, client_secret)
    }

    /// Reads from the file at `path` and the environment how to reach Intercom, and the token: for
    /// who asks Intercom and takes no webhooks, and so needs no client secret.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or understood, or the token is missing.
    pub fn load_intercom(path: &Path) -> Result<(IntercomConfig, SecretString), ConfigError> {
        let reading = Reading::new(Some(path), &Flags::default(), Needs::Token);
        reading.into_config().map(|(config, _)| (config.intercom, config.token))
    }

    /// The same for a router that decides and changes nothing in Intercom. It keeps a journal of its
    /// own, with `.dry-run` added to the name: one that believes in assignments that were never
    /// made must not be gone on with in earnest.
    #[must_use]
    pub fn for_dry_run(mut self) -> Self {
        self.dry_run = true;
        self.journal.as_mut_os_string().push(".dry-run");
        self
    }

    /// Takes over what is the endpoint's.
    fn take_endpoint(&mut self, endpoint: &Self) {
        let Self { listen, webhooks, log, limits, telemetry, .. } = endpoint.clone();
        let limits = Limits { intake: self.limits.intake, ..limits };
        (self.listen, self.webhooks, self.log, self.limits) = (listen, webhooks, log, limits);
        self.telemetry = telemetry;
    }
}

impl ConfigFile {
    fn resolve(
        mut self,
        directory: &Path,
        token: SecretString,
        client_secret: SecretString,
    ) -> Config {
        let url = self.intercom.base_url.trim_end_matches('/').len();
        self.intercom.base_url.truncate(url);
        Config {
            listen: self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            rules: directory.join(self.rules.unwrap_or("rules.toml".into())),
            shadow_rules: self.shadow_rules.map(|path| directory.join(path)),
            watch_rules: self.watch_rules.unwrap_or(WATCH_RULES),
            journal: directory.join(self.journal.unwrap_or("router.db".into())),
            retention: self.retention,
            dry_run: false,
            intercom: self.intercom,
            limits: self.limits,
            webhooks: self.webhooks,
            log: self.log,
            telemetry: self.telemetry,
            admin: None,
            token,
            client_secret,
        }
    }
}

fn duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let parsed: jiff::SignedDuration = text.parse().map_err(|_| {
        serde::de::Error::custom(format!("`{text}` is not a duration such as `10s` or `1m 30s`"))
    })?;
    Duration::try_from(parsed)
        .map_err(|_| serde::de::Error::custom("a duration cannot be negative"))
}

fn some_duration<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    duration(deserializer).map(Some)
}

fn teammate<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<TeammateId>, D::Error> {
    u64::deserialize(deserializer).map(TeammateId::new).map(Some)
}

#[cfg(test)]
mod tests;
