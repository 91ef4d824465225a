//! The settings, and where each can be set. Flags win over the environment, the environment over
//! the file, the file over the defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::finding::{Finding, absolute};
use super::{Config, ConfigFile, Environment, LogFormat, checks, telemetry};

/// Something that can be set.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in the file, such as `intercom.base_url`.
    pub key: &'static str,
    /// Its flag of `router serve`.
    pub flag: Option<&'static str>,
    /// Its variable of the environment.
    pub variable: Option<&'static str>,
    /// Whose it is, if there are several workspaces.
    pub scope: Scope,
    /// Its value, as text.
    pub show: fn(&Config) -> String,
}

/// Whose a setting is, if there are several workspaces on one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The endpoint's: the same for all.
    Endpoint,
    /// Each workspace's own.
    Workspace,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This flag of the command line.
    Flag(&'static str),
    /// This variable of the environment.
    Environment(&'static str),
    /// The configuration file.
    File {
        /// Its absolute path.
        path: PathBuf,
        /// The line of the key, from 1.
        line: usize,
    },
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Environment(name) => f.write_str(name),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What the command line says. It wins over everything else.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--listen`
    pub listen: Option<std::net::SocketAddr>,
    /// `--rules`, relative to the working directory.
    pub rules: Option<PathBuf>,
    /// `--journal`, relative to the working directory.
    pub journal: Option<PathBuf>,
    /// `--log-format`
    pub log_format: Option<LogFormat>,
    /// `--log-filter`
    pub log_filter: Option<String>,
    /// `--otlp-endpoint`
    pub otlp_endpoint: Option<String>,
}

const fn setting(key: &'static str, show: fn(&Config) -> String) -> Setting {
    Setting { key, flag: None, variable: None, scope: Scope::Workspace, show }
}

impl Setting {
    /// All settings, in the order of `router.example.toml`.
    pub const ALL: [Self; 24] = [
        setting("listen", |it| it.listen.to_string()).by("--listen", "ROUTER_LISTEN").of_endpoint(),
        setting("rules", |it| it.rules.display().to_string()).by("--rules", "ROUTER_RULES"),
        setting("shadow_rules", |it| match &it.shadow_rules {
            Some(path) => path.display().to_string(),
            None => "none".to_owned(),
        }),
        setting("watch_rules", |it| format!("{:?}", it.watch_rules)),
        setting("journal", |it| it.journal.display().to_string()).by("--journal", "ROUTER_JOURNAL"),
        setting("retention.checkpoint_every", |it| format!("{:?}", it.retention.checkpoint_every)),
        setting("retention.keep_for", |it| format!("{:?}", it.retention.keep_for)),
        setting("retention.texts", |it| it.retention.texts.name().to_owned()),
        setting("intercom.base_url", |it| checks::shown(&it.intercom.base_url))
            .by_variable("ROUTER_INTERCOM_BASE_URL"),
        setting("intercom.version", |it| it.intercom.version.clone()),
        setting("intercom.timeout", |it| format!("{:?}", it.intercom.timeout)),
        setting("intercom.app_id", |it| {
            it.intercom.app_id.clone().unwrap_or("any workspace".into())
        })
        .by_variable("ROUTER_INTERCOM_APP_ID"),
        setting("intercom.acting_admin", |it| match it.intercom.acting_admin {
            Some(admin) => admin.get().to_string(),
            None => "whom the token belongs to".to_owned(),
        }),
        setting("limits.body_bytes", |it| it.limits.body_bytes.to_string()).of_endpoint(),
        setting("limits.intake", |it| it.limits.intake.to_string()),
        setting("limits.requests", |it| it.limits.requests.to_string()).of_endpoint(),
        setting("webhooks.allow_from", |it| list(&it.webhooks.allow_from, "everywhere"))
            .of_endpoint(),
        setting("webhooks.trusted_proxies", |it| list(&it.webhooks.trusted_proxies, "none"))
            .of_endpoint(),
        setting("log.format", |it| it.log.format.name().to_owned())
            .by("--log-format", "ROUTER_LOG_FORMAT")
            .of_endpoint(),
        setting("log.filter", |it| it.log.filter.clone())
            .by("--log-filter", "ROUTER_LOG_FILTER")
            .of_endpoint(),
        setting("telemetry.otlp_endpoint", |it| match &it.telemetry.otlp_endpoint {
            Some(endpoint) => checks::shown(endpoint),
            None => "off".to_owned(),
        })
        .by("--otlp-endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT")
        .of_endpoint(),
        setting("telemetry.sample", |it| telemetry::shown(it.telemetry.sample))
            .by_variable("OTEL_TRACES_SAMPLER")
            .of_endpoint(),
        setting("telemetry.service_name", |it| {
            it.telemetry.service_name.clone().unwrap_or("router".into())
        })
        .by_variable("OTEL_SERVICE_NAME")
        .of_endpoint(),
        setting("admin.listen", |it| match &it.admin {
            Some(admin) => admin.listen.to_string(),
            None => "off".to_owned(),
        })
        .by_variable("ROUTER_ADMIN_LISTEN"),
    ];

    /// The setting with this key.
    #[must_use]
    pub fn named(key: &str) -> Option<&'static Self> {
        const ALL: &[Setting] = &Setting::ALL;
        ALL.iter().find(|setting| setting.key == key)
    }

    const fn by(self, flag: &'static str, variable: &'static str) -> Self {
        Self { flag: Some(flag), variable: Some(variable), ..self }
    }

    const fn of_endpoint(self) -> Self {
        Self { scope: Scope::Endpoint, ..self }
    }

    const fn by_variable(self, variable: &'static str) -> Self {
        Self { variable: Some(variable), ..self }
    }
}

/// Which settings were overridden, and by what.
type Overridden = BTreeMap<&'static str, Origin>;

impl ConfigFile {
    pub(super) fn override_by_environment(
        &mut self,
        environment: Environment<'_>,
        overridden: &mut Overridden,
        findings: &mut Vec<Finding>,
    ) {
        for setting in &Setting::ALL {
            let Some(variable) = setting.variable else { continue };
            let Some(value) = environment(variable) else { continue };
            match self.set(setting.key, value, environment) {
                Ok(()) => {
                    overridden.insert(setting.key, Origin::Environment(variable));
                }
                Err(message) => findings.push(Finding::error(variable, message)),
            }
        }
    }

    pub(super) fn override_by_flags(&mut self, flags: &Flags, overridden: &mut Overridden) {
        let Flags { listen, rules, journal, log_format, log_filter, otlp_endpoint } = flags.clone();
        let mut by_flag = |key: &'static str| {
            let flag = Setting::named(key).and_then(|setting| setting.flag);
            overridden.insert(key, Origin::Flag(flag.expect("has a flag")));
        };
        if let Some(listen) = listen {
            by_flag("listen");
            self.listen = Some(listen);
        }
        if let Some(rules) = rules {
            by_flag("rules");
            self.rules = Some(absolute(rules));
        }
        if let Some(journal) = journal {
            by_flag("journal");
            self.journal = Some(absolute(journal));
        }
        if let Some(format) = log_format {
            by_flag("log.format");
            self.log.format = format;
        }
        if let Some(filter) = log_filter {
            by_flag("log.filter");
            self.log.filter = filter;
        }
        if let Some(endpoint) = otlp_endpoint {
            by_flag("telemetry.otlp_endpoint");
            self.telemetry.otlp_endpoint = Some(endpoint);
        }
    }

    /// Sets what a variable can set; says what is wrong with the value.
    fn set(
        &mut self,
        key: &str,
        value: String,
        environment: Environment<'_>,
    ) -> Result<(), String> {
        match key {
            "listen" => self.listen = Some(address(&value)?),
            "admin.listen" => self.admin.listen = Some(address(&value)?),
            "rules" => self.rules = Some(absolute(value)),
            "journal" => self.journal = Some(absolute(value)),
            "intercom.base_url" => self.intercom.base_url = value,
            "intercom.app_id" => self.intercom.app_id = Some(value),
            "log.format" => self.log.format = value.parse()?,
            "log.filter" => self.log.filter = value,
            "telemetry.otlp_endpoint" => self.telemetry.otlp_endpoint = Some(value),
            "telemetry.sample" => self.telemetry.sample = telemetry::sampler(&value, environment)?,
            "telemetry.service_name" => self.telemetry.service_name = Some(value),
            _ => unreachable!("no variable sets `{key}`"),
        }
        Ok(())
    }
}

fn list(networks: &[ipnet::IpNet], none: &str) -> String {
    let shown: Vec<String> = networks.iter().map(ToString::to_string).collect();
    if shown.is_empty() { none.to_owned() } else { shown.join(", ") }
}

fn address(value: &str) -> Result<std::net::SocketAddr, String> {
    value
        .parse()
        .map_err(|error| format!("`{value}` is no address such as `127.0.0.1:8080`: {error}"))
}

impl LogFormat {
    /// `text` or `json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl std::str::FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Text, Self::Json];
        let known = all.into_iter().find(|format| format.name() == text);
        known.ok_or_else(|| format!("`{text}` is neither `text` nor `json`"))
    }
}
