//! `router diff`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use engine::{Policy, Timestamp};
use router::Clock;
use router::review::case;
use router::review::diff::{self, markdown, text};
use router::rules_file::{self, RulesError};

use super::FOUND_WANTING;

const EXAMPLES: &str = "\
Surprise: a move from team A to team B has -log2(messages from A to B / all messages that A had)
bits. A class of messages that moves on purpose has few; the single message that leaves a team of a
thousand has ten, and stands first. Moves of equal surprise: by the rule that newly decides, then by
their place in the corpus. Messages that say the same are shown once, with their number.

The corpus: .txt (one message a line), .csv with a column `text`, .jsonl or .toml. A column `team`
says who should get a message; then each move is told to be fixed, broken or still wrong.

Examples:
  router diff old.toml new.toml --corpus messages.txt
  router diff old.toml new.toml --corpus dms.csv --column message=text --max-moved 2%
  git show main:rules.toml > old.toml &&
    router diff old.toml rules.toml --corpus dms.jsonl --format markdown > comment.md

Exit codes: 0 no more moves than allowed, 1 more moves, 2 wrong usage, rules or corpus.";

/// Show what a change of rules would move: which messages get another team, and why.
///
/// Decides every message of a corpus under the old and under the new rules, and compares. Nothing
/// is sent anywhere.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Diff {
    /// The rules as they are.
    old: PathBuf,
    /// The rules as they would be.
    new: PathBuf,
    /// Messages to decide; can be given several times.
    #[arg(long, required = true, value_name = "FILE", num_args = 1..)]
    corpus: Vec<PathBuf>,
    /// A column or key of the corpus that has another name, such as `message=text`.
    #[arg(long, value_name = "FROM=TO", value_parser = column)]
    column: Vec<(String, String)>,
    /// How many messages may get another team, such as `2%`.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    max_moved: Option<f64>,
    /// When messages are decided that do not say so, such as `2026-11-20T18:00:00Z`, or
    /// `2026-11-20T18:00` in the time zone of the new rules; now if absent.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// How to print it; `json` has everything.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// How many of the messages that move are shown.
    #[arg(long, value_name = "N", default_value_t = 20)]
    show: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// For a comment on a change.
    Markdown,
}

impl Diff {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let (old, new) = (policy(&self.old)?, policy(&self.new)?);
        let at = match &self.at {
            Some(text) => moment(text, &new)?,
            None => Clock::system().now(),
        };
        let columns: BTreeMap<String, String> = self.column.into_iter().collect();
        let mut cases = Vec::new();
        for path in &self.corpus {
            cases.extend(case::read(path, &columns)?);
        }
        if cases.is_empty() {
            bail!("the corpus has no message");
        }
        let comparison = diff::compare(&old, &new, &cases, at);
        match self.format {
            Format::Text => print!("{}", text::render(&comparison, self.max_moved, self.show)),
            Format::Markdown => {
                print!("{}", markdown::render(&comparison, self.max_moved, self.show));
            }
            Format::Json => println!("{}", serde_json::to_string_pretty(&comparison)?),
        }
        let too_much = self.max_moved.is_some_and(|most| comparison.exceeds(most));
        Ok(if too_much { ExitCode::from(FOUND_WANTING) } else { ExitCode::SUCCESS })
    }
}

fn policy(path: &Path) -> anyhow::Result<Policy> {
    match rules_file::load(path) {
        Ok(rules) => Ok(rules.policy),
        Err(error @ RulesError::Invalid { .. }) => {
            eprint!("{error}");
            bail!("{} has errors and cannot be compared", path.display());
        }
        Err(error @ RulesError::Read { .. }) => Err(error.into()),
    }
}

/// `2%` as a share from 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let number = text.trim().strip_suffix('%').map(|number| number.trim().parse::<f64>());
    match number {
        Some(Ok(percent)) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("write a percentage from 0% to 100%, such as `2%`".to_owned()),
    }
}

fn column(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok((from.into(), to.into())),
        _ => Err("write `FROM=TO`, such as `message=text`".to_owned()),
    }
}

/// A moment with its offset, or a time on the clocks where the rules are at home.
fn moment(text: &str, rules: &Policy) -> anyhow::Result<Timestamp> {
    let moment = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        let local = text.parse::<jiff::civil::DateTime>().ok()?;
        Some(local.to_zoned(zone(rules)).ok()?.timestamp())
    });
    let micros = moment.and_then(|it| u64::try_from(it.as_microsecond()).ok());
    let micros = micros.with_context(|| {
        format!("`{text}` is no moment: write `2026-11-20T18:00:00Z` or `2026-11-20T18:00`")
    })?;
    Ok(Timestamp::from_micros(micros))
}

fn zone(rules: &Policy) -> jiff::tz::TimeZone {
    let printed: toml::Table = rules.to_toml().parse().unwrap_or_default();
    let name = printed.get("time_zone").and_then(toml::Value::as_str);
    name.and_then(|name| jiff::tz::TimeZone::get(name).ok()).unwrap_or(jiff::tz::TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage() {
        let check = |text, expected: Option<f64>| assert_eq!(share(text).ok(), expected, "{text}");
        check("2%", Some(0.02));
        check(" 2.5 % ", Some(0.025));
        check("0%", Some(0.0));
        for wrong in ["2", "0.02", "-1%", "101%", "NaN%", "%", ""] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_time_without_offset_is_meant_where_the_rules_are() {
        let rules = "version = 1\ntime_zone = \"America/New_York\"\n\
                     channel.any = [{ tag = \"tiktok\" }]\nteam.a.intercom_team = 1\n\
                     fallback.assign = \"a\"\n";
        let (rules, _) = Policy::from_toml(rules).unwrap();
        let check = |text, expected: &str| {
            assert_eq!(moment(text, &rules).unwrap().to_string(), expected, "{text}");
        };
        check("2026-11-20T18:00", "2026-11-20T23:00:00Z");
        check("2026-07-20T18:00", "2026-07-20T22:00:00Z");
        check("2026-11-20T18:00:00+01:00", "2026-11-20T17:00:00Z");
        assert!(moment("noon", &rules).is_err());
    }
}
