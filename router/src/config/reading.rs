//! Reads a configuration from all its sources, and notes what is wrong and where each value comes
//! from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::problem::Problem;
use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::finding::{ConfigError, Finding, Level, absolute};
use super::secret::{self, CLIENT_SECRET, Found, Sources, TOKEN};
use super::setting::{Origin, Setting};
use super::workspaces::Endpoint;
use super::{Config, ConfigFile, Environment, Flags, checks, surroundings, telemetry, workspaces};

/// The longest configuration file that is read.
const BYTES_MAX: u64 = 1 << 20;

/// Sections of a configuration file; every other key stands by itself.
const SECTIONS: [&str; 9] = [
    "intercom",
    "limits",
    "log",
    "retention",
    "admin",
    "webhooks",
    "telemetry",
    "secrets",
    "workspaces",
];

/// Which secrets are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// All that a router needs.
    Everything,
    /// Only the token: for who asks Intercom and takes no webhooks.
    Token,
    /// None: for who works on the journal.
    NoSecrets,
}

/// A configuration as far as it can be read, with everything that was found on the way.
#[derive(Clone, Debug)]
pub struct Reading {
    pub(super) config: Config,
    /// What is wrong, doubtful or worth knowing.
    pub findings: Vec<Finding>,
    /// The configuration file cannot be read at all.
    pub unreadable: bool,
    /// Where keys stand in the file, as `line`.
    lines: BTreeMap<String, usize>,
    path: Option<PathBuf>,
    /// Keys that a flag or variable decides.
    overridden: BTreeMap<&'static str, Origin>,
    /// Whether Intercom's address may be sent the token.
    pub(super) address_is_safe: bool,
    pub(super) token_from: Option<String>,
    pub(super) client_secret_from: Option<String>,
    pub(super) admin_token_from: Option<String>,
    pub(super) otlp_headers_from: Option<String>,
    /// One for each of several workspaces; none if it is the configuration of one.
    pub(super) workspaces: Vec<(String, Reading)>,
    /// Whether it is of one of several workspaces.
    is_member: bool,
}

/// The configuration of a workspace, with its name if there are several.
pub type NamedConfig = (Option<String>, Config);

/// What a configuration file says.
pub(super) struct FileText {
    path: Option<PathBuf>,
    pub(super) file: ConfigFile,
    lines: BTreeMap<String, usize>,
    findings: Vec<Finding>,
    unreadable: bool,
    overridden: BTreeMap<&'static str, Origin>,
}

impl Reading {
    /// Reads the file at `path` (if there is to be one), the environment and the flags.
    #[must_use]
    pub fn new(path: Option<&Path>, flags: &Flags, needs: Needs) -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the configuration")]
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::with(path, flags, needs, &environment)
    }

    pub(super) fn with(
        path: Option<&Path>,
        flags: &Flags,
        needs: Needs,
        environment: Environment<'_>,
    ) -> Self {
        let mut text = FileText::read(path);
        let FileText { file, overridden, findings, .. } = &mut text;
        file.override_by_environment(environment, overridden, findings);
        file.override_by_flags(flags, overridden);
        if text.file.workspaces.is_empty() {
            Self::of_one(text, needs, Some(environment), None)
        } else {
            workspaces::read(text, needs, environment)
        }
    }

    /// The configuration of one workspace; `endpoint` if it is one of several.
    pub(super) fn of_one(
        text: FileText,
        needs: Needs,
        environment: Option<Environment<'_>>,
        endpoint: Option<&Endpoint>,
    ) -> Self {
        let FileText { path, file, lines, mut findings, unreadable, overridden } = text;
        let sources = |file| Sources { environment, config: path.as_deref(), file };
        let files = file.secrets.clone();
        let token = match needs {
            Needs::Everything | Needs::Token => {
                TOKEN.read(sources(files.token_file.as_deref()), &mut findings)
            }
            Needs::NoSecrets => None,
        };
        let client_secret = match needs {
            Needs::Everything => {
                let sources = sources(files.client_secret_file.as_deref());
                let shared = endpoint.and_then(|endpoint| endpoint.client_secret.clone());
                let shared = shared.filter(|_| !CLIENT_SECRET.is_given(sources));
                shared.or_else(|| CLIENT_SECRET.read(sources, &mut findings))
            }
            Needs::Token | Needs::NoSecrets => None,
        };
        let admin = match needs {
            Needs::Everything => {
                file.admin.resolve(sources(files.admin_token_file.as_deref()), &mut findings)
            }
            Needs::Token | Needs::NoSecrets => None,
        };
        let split = |it: Option<Found>| it.map_or_else(Default::default, |(a, b)| (a, Some(b)));
        let (token, token_from) = split(token);
        let (client_secret, client_secret_from) = split(client_secret);
        let (admin, admin_token_from) = admin.unzip();
        let otlp_headers_from = environment
            .and_then(|environment| telemetry::look_at_headers(environment, &mut findings));
        let directory = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let mut config = Config { admin, ..file.resolve(directory, token, client_secret) };
        if let Some(endpoint) = endpoint {
            config.take_endpoint(&endpoint.config);
        }
        let mut reading = Self {
            config,
            findings,
            unreadable,
            lines,
            path,
            overridden,
            address_is_safe: false,
            token_from,
            client_secret_from,
            admin_token_from,
            otlp_headers_from,
            workspaces: Vec::new(),
            is_member: endpoint.is_some(),
        };
        checks::run(&mut reading);
        if let Some(origin) = reading.client_secret_from.clone() {
            let here = checks::is_here(&reading.config.intercom.base_url);
            let judged = secret::judge_client_secret(&reading.config.client_secret, &origin, here);
            reading.findings.extend(judged);
        }
        reading
    }

    /// Makes it one of a router that changes nothing: see [`Config::for_dry_run`].
    pub fn for_dry_run(&mut self) {
        self.config = self.config.clone().for_dry_run();
        self.workspaces.iter_mut().for_each(|(_, workspace)| workspace.for_dry_run());
    }

    /// Looks at what the configuration names: the rules, the journal's directory, the address.
    /// Changes nothing.
    pub fn look_around(&mut self) {
        self.look(surroundings::look_at_rules);
        self.look_before_start();
    }

    /// Looks only at what keeps a router from starting or makes it unsafe, without the rules file.
    pub fn look_before_start(&mut self) {
        self.look(surroundings::look_at_journal);
        surroundings::look_at_address(self);
    }

    /// Looks at something of the workspace, or of each of them.
    fn look(&mut self, look: fn(&mut Self)) {
        if self.workspaces.is_empty() {
            return look(self);
        }
        self.workspaces.iter_mut().for_each(|(_, workspace)| look(workspace));
    }

    /// Everything that was found, also in the configurations of several workspaces.
    #[must_use]
    pub fn all_findings(&self) -> Vec<Finding> {
        let mut all = self.findings.clone();
        for finding in self.workspaces.iter().flat_map(|(_, workspace)| &workspace.findings) {
            if !all.contains(finding) {
                all.push(finding.clone());
            }
        }
        all
    }

    /// The configuration, as far as it can be used: values that cannot be understood are at their
    /// defaults, and missing secrets are empty.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether anything keeps a router from starting.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.all_findings().iter().any(|finding| finding.level == Level::Error)
    }

    /// Whether Intercom can be asked anything: there is a token, and an address that may be sent it.
    #[must_use]
    pub fn can_ask_intercom(&self) -> bool {
        self.token_from.is_some() && self.address_is_safe
    }

    /// The configuration of one workspace, and what is doubtful in it.
    ///
    /// # Errors
    ///
    /// If it cannot be used, or is of several; says everything that is wrong.
    pub fn into_config(mut self) -> Result<(Config, Vec<Finding>), ConfigError> {
        self.findings.extend(workspaces::several(&self));
        if self.has_errors() {
            return Err(ConfigError { findings: self.all_findings() });
        }
        Ok((self.config, self.findings))
    }

    /// The configurations of all workspaces, and what is doubtful in them. If there are several,
    /// each has a name, and what is the endpoint's is the same in all.
    ///
    /// # Errors
    ///
    /// If they cannot be used; says everything that is wrong.
    pub fn into_configs(self) -> Result<(Vec<NamedConfig>, Vec<Finding>), ConfigError> {
        let findings = self.all_findings();
        if self.has_errors() {
            return Err(ConfigError { findings });
        }
        if self.workspaces.is_empty() {
            return Ok((vec![(None, self.config)], findings));
        }
        let configs = self.workspaces.into_iter().map(|(name, it)| (Some(name), it.config));
        Ok((configs.collect(), findings))
    }

    /// Where the value of a setting comes from.
    #[must_use]
    pub fn origin(&self, setting: &Setting) -> Origin {
        if let Some(origin) = self.overridden.get(setting.key) {
            return origin.clone();
        }
        match (self.lines.get(setting.key), &self.path) {
            (Some(&line), Some(path)) => Origin::File { path: path.clone(), line },
            _ => Origin::Default,
        }
    }

    /// The configuration file, as it is shown.
    pub(super) fn shown_path(&self) -> String {
        self.path.as_deref().unwrap_or(Path::new("")).display().to_string()
    }

    /// Whether the file has this key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.lines.contains_key(key)
    }

    /// Where a key stands in the file.
    pub(super) fn line_of(&self, key: &str) -> String {
        let line = self.lines.get(key).copied().unwrap_or(1);
        format!("{}:{line}: {key}", self.shown_path())
    }

    /// Where to put a setting right, by its key: where it comes from, or where it could be set.
    pub(super) fn place(&self, key: &str) -> String {
        match Setting::named(key).map(|setting| self.origin(setting)) {
            Some(Origin::Default) | None => match &self.path {
                Some(path) if self.is_member => format!("{}: {key}", path.display()),
                _ => key.to_owned(),
            },
            Some(origin) => format!("{origin}: {key}"),
        }
    }
}

impl FileText {
    /// Reads the file at `path`, if there is to be one.
    pub(super) fn read(path: Option<&Path>) -> Self {
        let path = path.map(absolute);
        let mut findings = Vec::new();
        let text = path.as_deref().map_or(Ok(String::new()), read);
        let unreadable = text.is_err();
        let text = text.unwrap_or_else(|error| {
            let path = path.as_deref().unwrap_or(Path::new("")).display().to_string();
            let message = format!("cannot read the configuration file: {error}");
            let help = "name another with --config; router.example.toml is one to begin with";
            findings.push(Finding::error(path, message).help(help));
            String::new()
        });
        let shown = path.clone().unwrap_or_default();
        let (file, lines) = parse(&text, &shown, &mut findings);
        Self { path, file, lines, findings, unreadable, overridden: BTreeMap::new() }
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Where secrets that it names a file for may come from.
    pub(super) fn sources<'a>(
        &'a self,
        environment: Environment<'a>,
        file: Option<&'a Path>,
    ) -> Sources<'a> {
        Sources { environment: Some(environment), config: self.path.as_deref(), file }
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    if std::fs::metadata(path)?.len() > BYTES_MAX {
        return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge));
    }
    std::fs::read_to_string(path)
}

/// What a file says, as far as it can be understood, and the line of every key. Each key is looked
/// at by itself, so that all mistakes are told at once.
fn parse(
    text: &str,
    path: &Path,
    findings: &mut Vec<Finding>,
) -> (ConfigFile, BTreeMap<String, usize>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let whole = table.span();
    let mut problems: Vec<Problem> = errors.iter().map(Problem::from_toml).collect();
    let mut good = DeTable::new();
    let mut lines = BTreeMap::new();
    for leaf in table.into_inner().into_iter().flat_map(|(key, value)| leaves(key, value)) {
        let alone = DeTable::from_iter([(leaf.key.clone(), leaf.value.clone())]);
        let alone = Spanned::new(whole.clone(), alone);
        match ConfigFile::deserialize(toml::Deserializer::from(alone)) {
            Ok(_) => {
                lines.insert(leaf.path, text[..leaf.start].matches('\n').count() + 1);
                add(&mut good, leaf.key, leaf.value);
            }
            Err(error) => problems.push(Problem::from_toml(&error)),
        }
    }
    problems.sort_by_key(|problem| problem.span.start);
    let told = problems.into_iter().map(|problem| Finding::in_file(problem, path, text));
    findings.extend(told);
    let good = toml::Deserializer::from(Spanned::new(whole, good));
    (ConfigFile::deserialize(good).unwrap_or_default(), lines)
}

/// A key that can be looked at by itself.
struct Leaf<'t> {
    /// Its name, such as `intercom.base_url`.
    path: String,
    /// Where it stands, in bytes.
    start: usize,
    /// The key of the whole file that it is, or that it is in.
    key: Spanned<DeString<'t>>,
    /// Its value, or its section with nothing else in it.
    value: Spanned<DeValue<'t>>,
}

/// The keys of a section one by one; any other key as it is.
fn leaves<'t>(key: Spanned<DeString<'t>>, value: Spanned<DeValue<'t>>) -> Vec<Leaf<'t>> {
    let name = key.get_ref().to_string();
    let section = match value.get_ref() {
        DeValue::Table(section) if SECTIONS.contains(&&*name) => section,
        _ => return vec![Leaf { path: name, start: key.span().start, key, value }],
    };
    let leaf = |(inner, leaf): (&Spanned<DeString<'t>>, &Spanned<DeValue<'t>>)| {
        let alone = DeTable::from_iter([(inner.clone(), leaf.clone())]);
        Leaf {
            path: format!("{name}.{}", inner.get_ref()),
            start: inner.span().start,
            key: key.clone(),
            value: Spanned::new(value.span(), DeValue::Table(alone)),
        }
    };
    section.iter().map(leaf).collect()
}

/// Adds a key, or a key of a section, to a table.
fn add<'t>(table: &mut DeTable<'t>, key: Spanned<DeString<'t>>, value: Spanned<DeValue<'t>>) {
    match (table.get_mut(&key).map(Spanned::get_mut), value.get_ref()) {
        (Some(DeValue::Table(section)), DeValue::Table(more)) => {
            section.extend(more.iter().map(|(name, leaf)| (name.clone(), leaf.clone())));
        }
        _ => {
            table.insert(key, value);
        }
    }
}
