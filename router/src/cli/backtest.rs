//! `router backtest`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};
use router::journal::JournalFile;
use router::review::backtest::{Span, backtest};
use router::review::moment;
use router::rules_file::{self, RulesError};

use super::FOUND_WANTING;

const EXAMPLES: &str = "\
What it tells: what the candidate would have said to the same messages, labels, contacts, office hours
and teams. What it does not: what people would have done then, so how long anything would have waited.
Contacts whom nobody asked Intercom for then are unknown to the candidate, and counted. So are messages
whose text is gone: the router keeps it for backtests only with `[retention] texts = \"keep\"`.

Examples:
  router backtest --journal router.db --rules new.toml
  router backtest --journal router.db --rules new.toml --since 2026-11-20T00:00 --until 2026-11-21T00:00
  router backtest --journal router.db --rules new.toml --format markdown --fail-on-change > comment.md

Exit codes: 0 done, 1 something would have moved and --fail-on-change is given, 2 wrong usage, rules or
journal.";

/// Show what other rules would have made of recorded traffic: which conversations would have got
/// another team.
///
/// Replays the journal with the rules of then and with the candidate, and compares. A router may be
/// running on the journal. Conversations are named by their ids; messages are never shown.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Backtest {
    /// The journal's file.
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// The candidate's rules file.
    #[arg(long, value_name = "FILE")]
    rules: PathBuf,
    /// Compare decisions from then on, such as `2026-11-20T18:00:00Z`, or `2026-11-20T18:00` in the
    /// time zone of the candidate.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Compare decisions before then.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// How to print it; `json` has everything.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How many of the conversations that are decided otherwise are shown.
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
    /// Exit with 1 if anything would have moved.
    #[arg(long)]
    fail_on_change: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For a comment on a change.
    Markdown,
    /// For programs.
    Json,
}

impl Backtest {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let candidate = match rules_file::load(&self.rules) {
            Ok(rules) => rules.policy,
            Err(error @ RulesError::Invalid { .. }) => {
                eprint!("{error}");
                bail!("{} has errors and cannot be tried", self.rules.display());
            }
            Err(error @ RulesError::Read { .. }) => return Err(error.into()),
        };
        let zone = candidate.time_zone();
        let read = |text: &Option<String>| {
            text.as_deref().map(|text| moment::read(text, zone)).transpose()
        };
        let since = read(&self.since).map_err(anyhow::Error::msg)?;
        let until = read(&self.until).map_err(anyhow::Error::msg)?;
        let journal = JournalFile::open(&self.journal)?;
        let report = backtest(&journal, &candidate, Span { since, until })?;
        match self.format {
            Format::Text => print!("{}", report.text(self.show)),
            Format::Markdown => print!("{}", report.markdown(self.show)),
            Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        }
        let fails = self.fail_on_change && report.changes_anything();
        Ok(if fails { ExitCode::from(FOUND_WANTING) } else { ExitCode::SUCCESS })
    }
}
