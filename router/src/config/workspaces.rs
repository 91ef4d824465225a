//! Several workspaces on one endpoint: an app that is installed in many has one URL for webhooks, and
//! each of them names its workspace by `app_id`.
//!
//! ```toml
//! listen = "127.0.0.1:8080"
//!
//! [workspaces]
//! shop-eu = "eu/router.toml"
//! shop-us = "us/router.toml"
//! ```
//!
//! Each has a configuration file of its own, as if it were alone, so that every command works with it.
//! What is the endpoint's - address, senders, sizes, log - stands in the file that names them, and so
//! may the client secret, if they share the app.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::reading::FileText;
use super::secret::{CLIENT_SECRET, Found};
use super::setting::{Origin, Scope, Setting};
use super::{Config, Environment, Finding, Needs, Reading};

/// The most workspaces of one router: each has a thread for its journal.
const WORKSPACES_MAX: usize = 32;

/// The longest name: it stands in every line of the log and every metric.
const NAME_CHARS_MAX: usize = 32;

/// What all workspaces have in common.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) config: Config,
    pub(super) client_secret: Option<Found>,
}

/// Reads the configurations that the endpoint's names.
pub(super) fn read(mut text: FileText, needs: Needs, environment: Environment<'_>) -> Reading {
    let files = std::mem::take(&mut text.file.workspaces);
    let secret_file = text.file.secrets.client_secret_file.clone();
    let sources = text.sources(environment, secret_file.as_deref());
    let mut findings = Vec::new();
    let client_secret = (needs == Needs::Everything && CLIENT_SECRET.is_given(sources))
        .then(|| CLIENT_SECRET.read(sources, &mut findings))
        .flatten();
    let directory = text.directory();
    let mut reading = Reading::of_one(text, Needs::NoSecrets, Some(environment), None);
    reading.findings.append(&mut findings);
    let endpoint = Endpoint { config: reading.config.clone(), client_secret };
    for (name, file) in files {
        let mut text = FileText::read(Some(&directory.join(file)));
        let nested = std::mem::take(&mut text.file.workspaces);
        let mut workspace = Reading::of_one(text, needs, None, Some(&endpoint));
        if !nested.is_empty() {
            let place = workspace.place("workspaces");
            let message = "is a workspace's own configuration, and names others";
            workspace.findings.push(Finding::error(place, message).help("take `[workspaces]` out"));
        }
        reading.workspaces.push((name, workspace));
    }
    check_names(&mut reading);
    check_whose(&mut reading);
    check_alike(&mut reading);
    reading
}

/// Said to a command that works on one workspace.
pub(super) fn several(reading: &Reading) -> Option<Finding> {
    let (name, first) = reading.workspaces.first()?;
    let place = reading.place("workspaces");
    let message = format!("names {} workspaces: this works on one", reading.workspaces.len());
    let help = format!("for `{name}` give --config {}", first.shown_path());
    Some(Finding::error(place, message).help(help))
}

fn check_names(reading: &mut Reading) {
    if reading.workspaces.len() > WORKSPACES_MAX {
        let message = format!("names {} workspaces", reading.workspaces.len());
        let help = format!("at most {WORKSPACES_MAX}: start another router");
        reading.findings.push(Finding::error("workspaces", message).help(help));
    }
    let is_good = |name: &str| {
        let fits = (1..=NAME_CHARS_MAX).contains(&name.len());
        fits && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let bad = reading.workspaces.iter().filter(|(name, _)| !is_good(name));
    let told = bad.map(|(name, _)| {
        let place = reading.line_of(&format!("workspaces.{name}"));
        let help = format!("1 to {NAME_CHARS_MAX} of a-z, A-Z, 0-9, `-`, `_` and `.`");
        Finding::error(place, format!("`{name}` is no name for a workspace")).help(help)
    });
    let told: Vec<Finding> = told.collect();
    reading.findings.extend(told);
}

/// What stands in the wrong file.
fn check_whose(reading: &mut Reading) {
    let mut found = Vec::new();
    for setting in Setting::ALL.iter().filter(|it| it.scope == Scope::Workspace) {
        if reading.origin(setting) != Origin::Default {
            let message = "is each workspace's own, and there are several";
            let help = "move it into the workspaces' files";
            found.push(Finding::error(reading.place(setting.key), message).help(help));
        }
    }
    for (secret, why) in [("token_file", "token"), ("admin_token_file", "admin API")] {
        let key = format!("secrets.{secret}");
        if reading.has_key(&key) {
            let message = format!("each workspace has its own {why}");
            let help = "move it into the workspaces' files";
            found.push(Finding::error(reading.line_of(&key), message).help(help));
        }
    }
    reading.findings.append(&mut found);
    let endpoint = reading.shown_path();
    for (_, workspace) in &mut reading.workspaces {
        for setting in Setting::ALL.iter().filter(|it| it.scope == Scope::Endpoint) {
            if matches!(workspace.origin(setting), Origin::File { .. }) {
                let message = format!("has no effect here: {endpoint} says it for all");
                found.push(Finding::warning(workspace.place(setting.key), message));
            }
        }
        workspace.findings.append(&mut found);
    }
}

/// What must not be the same in two, or be missing in one.
fn check_alike(reading: &mut Reading) {
    let mut seen: BTreeMap<(&str, String), String> = BTreeMap::new();
    for (name, workspace) in &mut reading.workspaces {
        if workspace.unreadable {
            continue;
        }
        let config = workspace.config();
        let app_id = config.intercom.app_id.clone();
        let journal = resolved(&config.journal);
        let admin = config.admin.as_ref().map(|it| it.listen).filter(|it| it.port() != 0);
        if app_id.is_none() {
            let place = workspace.place("intercom.app_id");
            let help = "Intercom shows it in the address of its web app: /a/inbox/<app_id>/";
            let message = "is not set: nothing tells this workspace's webhooks from the others'";
            workspace.findings.push(Finding::error(place, message).help(help));
        }
        let values = [
            ("intercom.app_id", app_id),
            ("journal", Some(journal.display().to_string())),
            ("admin.listen", admin.map(|address| address.to_string())),
        ];
        for (key, value) in values {
            let Some(value) = value else { continue };
            let place = workspace.place(key);
            let message = format!("`{value}` is that of workspace");
            if let Some(other) = seen.insert((key, value), name.clone()) {
                let message = format!("{message} `{other}` as well");
                workspace.findings.push(Finding::error(place, message).help("each has its own"));
            }
        }
    }
}

/// One name for each file, also for one that is not there yet.
fn resolved(path: &Path) -> PathBuf {
    let there = || path.parent()?.canonicalize().ok()?.join(path.file_name()?).into();
    path.canonicalize().ok().or_else(there).unwrap_or_else(|| path.to_owned())
}

impl FileText {
    /// What paths in the file are relative to.
    fn directory(&self) -> PathBuf {
        self.path().and_then(Path::parent).map(PathBuf::from).unwrap_or_default()
    }
}
