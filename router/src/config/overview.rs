//! What is in force, and where each value comes from. Secrets are only said to be there.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::finding::{Finding, Level};
use super::reading::Reading;
use super::setting::{Origin, Scope, Setting};
use super::telemetry;
use crate::review::grid::grid_of;

/// One value in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// Its key in the file, or the name of a secret's variable.
    pub key: &'static str,
    /// The value; of a secret `set` or `not set`.
    pub value: String,
    /// A flag, a variable, a file with its line, or `default`.
    pub from: String,
}

/// What `router config check` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// What was found, in the order of finding.
    pub findings: Vec<Finding>,
    /// Every value in force; of several workspaces only what is the endpoint's.
    pub in_force: Vec<InForce>,
    /// Each of several workspaces with its own values, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub workspaces: BTreeMap<String, Vec<InForce>>,
}

impl Overview {
    /// Of what was read.
    #[must_use]
    pub fn new(reading: &Reading) -> Self {
        let all = [Scope::Endpoint, Scope::Workspace];
        let several = !reading.workspaces.is_empty();
        let in_force = in_force(reading, if several { &all[..1] } else { &all });
        let workspaces = reading.workspaces.iter();
        let workspaces = workspaces.map(|(name, it)| (name.clone(), self::in_force(it, &all[1..])));
        Self { findings: reading.all_findings(), in_force, workspaces: workspaces.collect() }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let grid = |in_force: &[InForce]| {
            let rows = in_force.iter();
            let rows = rows.map(|it| vec![it.key.to_owned(), it.value.clone(), it.from.clone()]);
            grid_of(3, &["setting", "value", "from"], rows.collect())
        };
        let mut text =
            String::from("In force; flags win over variables, variables over the file:\n");
        text.push_str(&grid(&self.in_force));
        for (name, in_force) in &self.workspaces {
            let _ = write!(text, "\nWorkspace {name}:\n{}", grid(in_force));
        }
        text.push_str(&self.counts());
        text
    }

    fn counts(&self) -> String {
        let count = |level| self.findings.iter().filter(|it| it.level == level).count();
        match (count(Level::Error), count(Level::Warning)) {
            (0, 0) => "ok\n".to_owned(),
            (0, warnings) => format!("ok, {warnings} to look at\n"),
            (errors, _) => format!("{errors} to put right: the router does not start with it\n"),
        }
    }
}

/// The values of these scopes, and the secrets of a workspace.
fn in_force(reading: &Reading, scopes: &[Scope]) -> Vec<InForce> {
    let settings = Setting::ALL.iter().filter(|setting| scopes.contains(&setting.scope));
    let settings = settings.map(|setting| {
        let value = (setting.show)(reading.config());
        InForce { key: setting.key, value, from: reading.origin(setting).to_string() }
    });
    let secret = |key, from: &Option<String>| {
        let value = if from.is_some() { "set" } else { "not set" };
        InForce { key, value: value.to_owned(), from: from.clone().unwrap_or_default() }
    };
    let mut secrets = Vec::new();
    if scopes.contains(&Scope::Workspace) {
        secrets.push(secret("INTERCOM_TOKEN", &reading.token_from));
        secrets.push(secret("INTERCOM_CLIENT_SECRET", &reading.client_secret_from));
        let admin = reading.admin_token_from.is_some();
        secrets.extend(admin.then(|| secret("ROUTER_ADMIN_TOKEN", &reading.admin_token_from)));
    }
    if scopes.contains(&Scope::Endpoint) {
        let headers = reading.otlp_headers_from.is_some();
        secrets.extend(headers.then(|| secret(telemetry::HEADERS, &reading.otlp_headers_from)));
    }
    settings.chain(secrets).map(InForce::with_target).collect()
}

impl InForce {
    /// Shows where a path leads that is a link.
    fn with_target(mut self) -> Self {
        let path = std::path::Path::new(&self.value);
        if path.is_absolute()
            && let Ok(target) = path.canonicalize()
            && target != path
        {
            self.value = format!("{} -> {}", self.value, target.display());
        }
        self
    }
}

impl Origin {
    /// Whether nobody set it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::Default
    }
}
