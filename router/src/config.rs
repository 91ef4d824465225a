//! Configuration: a file, overridden by the environment. The one place that reads either.
//!
//! | what | in the file | in the environment |
//! | --- | --- | --- |
//! | address | `listen` | `ROUTER_LISTEN` |
//! | rules file | `rules` | `ROUTER_RULES` |
//! | journal | `journal` | `ROUTER_JOURNAL` |
//! | Intercom's host | `intercom.base_url` | `ROUTER_INTERCOM_BASE_URL` |
//! | workspace | `intercom.app_id` | `ROUTER_INTERCOM_APP_ID` |
//! | admin API's address | `admin.listen`; without it there is no admin API | `ROUTER_ADMIN_LISTEN` |
//! | log filter | `log.filter` | `ROUTER_LOG_FILTER` |
//! | log format | `log.format` | `ROUTER_LOG_FORMAT` |
//! | access token | never | `INTERCOM_TOKEN`, or the file that `INTERCOM_TOKEN_FILE` names |
//! | client secret | never | `INTERCOM_CLIENT_SECRET`, or `INTERCOM_CLIENT_SECRET_FILE` likewise |
//! | admin API's token | never | `ROUTER_ADMIN_TOKEN`, or `ROUTER_ADMIN_TOKEN_FILE` likewise |
//!
//! The environment wins over the file, the file over the defaults. Paths in the file are relative
//! to the file, paths in the environment to the working directory.

mod admin;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::TeammateId;
use secrecy::SecretString;
use serde::Deserialize;

use admin::AdminSection;
pub use admin::{AdminAccess, AdminConfig};

/// Reads a variable of the environment, or of what stands for it in tests.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The longest that one of Intercom's answers may be waited for.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(120);

/// How often to look whether the rules file has changed, if nothing else is said.
const WATCH_RULES: Duration = Duration::from_secs(10);

/// How the router is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where webhooks come in.
    pub listen: SocketAddr,
    /// The rules file.
    pub rules: PathBuf,
    /// How often to look whether the rules file has changed; nothing: only at SIGHUP.
    pub watch_rules: Duration,
    /// The journal's file.
    pub journal: PathBuf,
    /// Decide, but change nothing in Intercom: see [`Self::for_dry_run`].
    pub dry_run: bool,
    /// How to reach Intercom.
    pub intercom: IntercomConfig,
    /// What the router takes at the most.
    pub limits: Limits,
    /// How it logs.
    pub log: LogConfig,
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

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such file, or it cannot be read.
    #[error("cannot read {what} {}", path.display())]
    Read {
        /// What the file is for.
        what: &'static str,
        /// Where it was looked for: an absolute path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or has an unknown key or a wrong value.
    #[error("{}: {reason}", path.display())]
    Invalid {
        /// The configuration file.
        path: PathBuf,
        /// What is wrong, with line and column.
        reason: toml::de::Error,
    },
    /// A value in the environment, or one that only makes sense together with others, is wrong.
    #[error("{name}: {reason}")]
    Value {
        /// The field or variable.
        name: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A secret is not set.
    #[error("{0} is not set: set it, or {0}_FILE to the name of a file that holds it")]
    MissingSecret(&'static str),
}

/// What a configuration file says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    listen: Option<SocketAddr>,
    rules: Option<PathBuf>,
    #[serde(deserialize_with = "some_duration")]
    watch_rules: Option<Duration>,
    journal: Option<PathBuf>,
    intercom: IntercomConfig,
    limits: Limits,
    log: LogConfig,
    admin: AdminSection,
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

    /// Reads the file at `path` and the environment.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or understood, or a secret is missing.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "this is the configuration")]
        Self::load_with(path, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Reads from the file at `path` and the environment how to reach Intercom, and the token: for
    /// who asks Intercom and takes no webhooks, and so needs no client secret.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or understood, or the token is missing.
    pub fn load_intercom(path: &Path) -> Result<(IntercomConfig, SecretString), ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "this is the configuration")]
        Self::load_intercom_with(path, &|name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })
    }

    fn load_with(path: &Path, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let (file, path) = ConfigFile::read(path, environment)?;
        let token = secret("INTERCOM_TOKEN", "INTERCOM_TOKEN_FILE", environment)?;
        let client_secret =
            secret("INTERCOM_CLIENT_SECRET", "INTERCOM_CLIENT_SECRET_FILE", environment)?;
        let admin = file.admin.resolve(environment)?;
        let directory = path.parent().unwrap_or(Path::new(""));
        Self { admin, ..file.resolve(directory, token, client_secret) }.checked()
    }

    fn load_intercom_with(
        path: &Path,
        environment: Environment<'_>,
    ) -> Result<(IntercomConfig, SecretString), ConfigError> {
        let (file, _) = ConfigFile::read(path, environment)?;
        let token = secret("INTERCOM_TOKEN", "INTERCOM_TOKEN_FILE", environment)?;
        let none = SecretString::from(String::new());
        let config = file.resolve(Path::new(""), token, none).checked()?;
        Ok((config.intercom, config.token))
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

    fn checked(self) -> Result<Self, ConfigError> {
        let wrong =
            |name, reason: &str| Err(ConfigError::Value { name, reason: reason.to_owned() });
        let url = &self.intercom.base_url;
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        if !url.starts_with("https://") && !local.iter().any(|host| url.starts_with(host)) {
            return wrong(
                "intercom.base_url",
                "must begin with https:// (http:// only for this machine)",
            );
        }
        if self.intercom.timeout.is_zero() || self.intercom.timeout > LONGEST_TIMEOUT {
            return wrong("intercom.timeout", "must be more than nothing and at most 120s");
        }
        if self.limits.body_bytes == 0 || self.limits.intake == 0 || self.limits.requests == 0 {
            return wrong("limits", "must be at least 1: a limit of 0 would refuse everything");
        }
        if let Some(admin) = &self.admin {
            admin.check(self.listen)?;
        }
        Ok(self)
    }
}

impl ConfigFile {
    /// What the file and the environment say, and the file's absolute path.
    fn read(path: &Path, environment: Environment<'_>) -> Result<(Self, PathBuf), ConfigError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let text = read_file("the configuration file", &path)?;
        let mut file: Self = toml::from_str(&text)
            .map_err(|reason| ConfigError::Invalid { path: path.clone(), reason })?;
        file.override_by(environment)?;
        Ok((file, path))
    }

    fn override_by(&mut self, environment: Environment<'_>) -> Result<(), ConfigError> {
        let absolute = |path: String| std::path::absolute(&path).unwrap_or_else(|_| path.into());
        self.listen = address("ROUTER_LISTEN", environment)?.or(self.listen);
        self.admin.listen = address("ROUTER_ADMIN_LISTEN", environment)?.or(self.admin.listen);
        if let Some(format) = environment("ROUTER_LOG_FORMAT") {
            self.log.format = match format.as_str() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                _ => {
                    let reason = format!("`{format}` is neither `text` nor `json`");
                    return Err(ConfigError::Value { name: "ROUTER_LOG_FORMAT", reason });
                }
            };
        }
        self.rules = environment("ROUTER_RULES").map(absolute).or(self.rules.take());
        self.journal = environment("ROUTER_JOURNAL").map(absolute).or(self.journal.take());
        self.intercom.app_id =
            environment("ROUTER_INTERCOM_APP_ID").or(self.intercom.app_id.take());
        if let Some(url) = environment("ROUTER_INTERCOM_BASE_URL") {
            self.intercom.base_url = url;
        }
        if let Some(filter) = environment("ROUTER_LOG_FILTER") {
            self.log.filter = filter;
        }
        Ok(())
    }

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
            watch_rules: self.watch_rules.unwrap_or(WATCH_RULES),
            journal: directory.join(self.journal.unwrap_or("router.db".into())),
            dry_run: false,
            intercom: self.intercom,
            limits: self.limits,
            log: self.log,
            admin: None,
            token,
            client_secret,
        }
    }
}

fn address(
    name: &'static str,
    environment: Environment<'_>,
) -> Result<Option<SocketAddr>, ConfigError> {
    let parse = |address: String| {
        address.parse().map_err(|error: std::net::AddrParseError| {
            let reason = format!("`{address}` is no address such as `127.0.0.1:8080`: {error}");
            ConfigError::Value { name, reason }
        })
    };
    environment(name).map(parse).transpose()
}

fn secret(
    name: &'static str,
    file_name: &'static str,
    environment: Environment<'_>,
) -> Result<SecretString, ConfigError> {
    let text = match (environment(name), environment(file_name)) {
        (Some(value), _) => value,
        (None, Some(path)) => read_file(file_name, Path::new(&path))?,
        (None, None) => return Err(ConfigError::MissingSecret(name)),
    };
    match text.trim() {
        "" => Err(ConfigError::MissingSecret(name)),
        value => Ok(SecretString::from(value)),
    }
}

fn read_file(what: &'static str, path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        ConfigError::Read { what, path, source }
    })
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
