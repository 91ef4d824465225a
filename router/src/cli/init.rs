//! `router init`.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use engine::RulesSource;
use router::config::{Flags, Needs, Reading};
use router::rules_file;
use router::starter;
use router::survey::Workspace;

/// Ask Intercom what there is, and write a configuration and rules with the real ids to begin with.
///
/// The token comes from INTERCOM_TOKEN or the file named by INTERCOM_TOKEN_FILE. For workspaces in
/// Europe or Australia, set ROUTER_INTERCOM_BASE_URL to https://api.eu.intercom.io or
/// https://api.au.intercom.io. Never overwrites a file. Names of teammates are not written.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: INTERCOM_TOKEN_FILE=token router init && router check rules.toml --live\n\nExit codes: 0 written, 2 a file exists, or Intercom does not answer or refuses."
)]
pub(super) struct Init {
    /// The configuration file to write.
    #[arg(long, value_name = "FILE", default_value = "router.toml")]
    config: PathBuf,
    /// The rules file to write.
    #[arg(long, value_name = "FILE", default_value = "rules.toml")]
    rules: PathBuf,
    /// The team that gets what no rule matches: its id, its name, or its name in the rules. The one
    /// with the most inbox seats if absent.
    #[arg(long, value_name = "TEAM")]
    fallback: Option<String>,
}

impl Init {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        for path in [&self.config, &self.rules] {
            if path.symlink_metadata().is_ok() {
                bail!("{} exists: nothing is ever overwritten", path.display());
            }
        }
        let reading = Reading::new(None, &Flags::default(), Needs::Token);
        let config = reading.into_config()?.0;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let survey = Workspace::survey(&config.intercom, &config.token);
        let workspace = runtime.block_on(survey)?;
        let rules = starter::rules(&workspace, self.fallback.as_deref())?;
        rules_file::parse(&self.rules, &RulesSource::single(&*rules))
            .context("the rules to begin with are wrong: please report it")?;
        let named = self.named_rules();
        let text = starter::configuration(&workspace, &config.intercom.base_url, &named);
        write(&self.rules, &rules)?;
        if let Err(error) = write(&self.config, &text) {
            // Half of it would keep the next try from writing anything.
            let _ = std::fs::remove_file(&self.rules);
            return Err(error);
        }
        self.say_what_comes_next(&workspace);
        Ok(ExitCode::SUCCESS)
    }

    /// The rules file as the configuration names it: relative to itself if they stand together.
    fn named_rules(&self) -> PathBuf {
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or(path.to_owned());
        let (config, rules) = (absolute(&self.config), absolute(&self.rules));
        match rules.strip_prefix(config.parent().unwrap_or(Path::new("/"))) {
            Ok(relative) => relative.to_owned(),
            Err(_) => rules,
        }
    }

    fn say_what_comes_next(&self, workspace: &Workspace) {
        let (config, rules) = (self.config.display(), self.rules.display());
        let teams = workspace.teams.len();
        println!("{config} and {rules} are written, with {teams} teams.");
        println!("Next: write rules in {rules}, then");
        println!("  router check {rules} --live --config {config}");
        println!("  router doctor --config {config}");
        println!("  router serve --config {config} --dry-run");
    }
}

/// Writes a new file. It holds no secret, and a service that runs as somebody else must read it.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .open(path)
        .with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("cannot write {}", path.display()))
}
