//! `router check`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use engine::{LINTS, RosterSnapshot, Severity};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use router::review::check::Report;
use router::rules_file::{self, RulesError};
use router::{Clock, Config};

use super::FOUND_WANTING;

/// Check a rules file: every problem with its place and what would be right, rules that never
/// match, keywords that others take, and who is on shift.
///
/// Exits with 1 if there are errors, or warnings with --deny-warnings.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: router check rules.toml\n\nExit codes: 0 no mistakes, 1 mistakes, or warnings that are not allowed; 2 a file cannot be read, or Intercom does not answer."
)]
pub(super) struct Check {
    /// The rules file.
    rules: PathBuf,

    /// How problems are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Fail if there are warnings.
    #[arg(long)]
    deny_warnings: bool,

    /// Leave out warnings of this kind, such as `disabled-rule`; may be given several times.
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,

    /// A day of the week to show the shifts of, such as `2026-11-23`; this week if absent.
    #[arg(long, value_name = "DATE")]
    week: Option<Date>,

    /// Ask Intercom for its teams and teammates, too, which also tells who of a team is at work
    /// when. The token comes from INTERCOM_TOKEN or the
    /// file named by INTERCOM_TOKEN_FILE.
    #[arg(long)]
    live: bool,

    /// The configuration file, for --live.
    #[arg(long, default_value = "router.toml")]
    config: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One object, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        for code in &self.allow {
            let is_known = LINTS.iter().any(|(known, _)| known == code);
            ensure!(is_known, "unknown code `{code}`; known: {}", codes());
        }
        let report = self.report()?.allowing(&self.allow);
        match self.format {
            Format::Text => {
                eprint!("{}", report.problems_as_text());
                print!("{}", report.as_text());
            }
            Format::Json => print!("{}", report.as_json()),
            Format::Sarif => print!("{}", report.as_sarif()),
            Format::Github => print!("{}", report.as_github()),
        }
        let denied = self.deny_warnings && report.count(Severity::Warning) > 0;
        let fails = denied || report.count(Severity::Error) > 0;
        Ok(if fails { ExitCode::from(FOUND_WANTING) } else { ExitCode::SUCCESS })
    }

    fn report(&self) -> anyhow::Result<Report> {
        match rules_file::load(&self.rules) {
            Ok(rules) => {
                let roster = if self.live { Some(self.roster()?) } else { None };
                let day = self.week.map_or_else(today, Ok)?;
                Ok(Report::of_rules(&self.rules, rules, day, roster.as_ref()))
            }
            Err(RulesError::Invalid { invalid, .. }) => {
                Ok(Report::of_invalid(&self.rules, *invalid))
            }
            Err(error @ RulesError::Read { .. }) => Err(error.into()),
        }
    }

    /// Teams and teammates as Intercom lists them now.
    fn roster(&self) -> anyhow::Result<RosterSnapshot> {
        let (intercom, token) = Config::load_intercom(&self.config)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        match runtime.block_on(router::fetch_roster(&intercom, &token))? {
            engine::Outcome::Roster(roster) => Ok(roster),
            engine::Outcome::Unauthorized => bail!("Intercom does not accept the token"),
            engine::Outcome::RateLimited => bail!("Intercom's rate limit is used up: try again"),
            other => bail!("Intercom does not list its teams and teammates: {other:?}"),
        }
    }
}

/// The day that it is in UTC.
fn today() -> anyhow::Result<Date> {
    let micros = i64::try_from(Clock::system().now().as_micros())?;
    let now = jiff::Timestamp::from_microsecond(micros).context("the system's clock")?;
    Ok(now.to_zoned(TimeZone::UTC).date())
}

fn codes() -> String {
    LINTS.map(|(code, _)| code).join(", ")
}
