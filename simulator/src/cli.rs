//! The command line.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use router::rules_file::{self, LoadedRules, RulesError};
use simulator::cast::Cast;
use simulator::report::terminal::{self, Style};
use simulator::report::{Mode, Report};
use simulator::scenario::{Invalid, LoadError, Scenario};
use simulator::{live_run, verdict, virtual_run};

/// An expectation did not come true, or something happened that never must.
const FAILED: u8 = 1;
/// The command line or a file is wrong. clap exits with 2 as well.
const BAD_INPUT: u8 = 2;
/// How many real seconds the first hours of a live run take, unless the speed is given.
const LIVE_SECONDS: f64 = 45.0;

/// Replays viral bursts of TikTok DMs through the router and judges what came of them.
#[derive(Debug, Parser)]
#[command(version, after_help = "Exit codes: 0 pass, 1 an expectation failed, 2 bad input.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Play a scenario and report what came of it.
    #[command(after_help = "Example: simulator run scenarios/viral-burst.toml --live")]
    Run(Run),
}

#[derive(Debug, Args)]
struct Run {
    /// The scenario file.
    scenario: PathBuf,
    /// Over real HTTP, with router and mock in this process and a journal on disk, instead of in
    /// virtual time.
    #[arg(long)]
    live: bool,
    /// Where randomness comes from; the scenario's own seed if not given.
    #[arg(long)]
    seed: Option<u64>,
    /// How many times faster than the story a live run is; by default so fast that the traffic
    /// takes 45 seconds.
    #[arg(long, requires = "live", value_parser = speed)]
    speed: Option<f64>,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A scenario with everything that it names.
struct Play {
    scenario: Scenario,
    rules: LoadedRules,
    cast: Cast,
    seed: u64,
}

impl Cli {
    pub(crate) fn run(self) -> ExitCode {
        let Command::Run(run) = self.command;
        match play(&run) {
            Ok(report) if report.passed() => ExitCode::SUCCESS,
            Ok(_) => ExitCode::from(FAILED),
            Err(error) => {
                eprintln!("error: {error:#}");
                ExitCode::from(BAD_INPUT)
            }
        }
    }
}

fn play(run: &Run) -> anyhow::Result<Report> {
    let play = load(&run.scenario, run.seed)?;
    let began = Instant::now();
    let report = if run.live { live(&play, run.speed)? } else { in_virtual_time(&play) };
    let text = match run.format {
        Format::Text => terminal::render(&report, style()),
        Format::Json => serde_json::to_string_pretty(&report)? + "\n",
    };
    std::io::stdout().write_all(text.as_bytes()).context("cannot print the report")?;
    let dms = report.volume.dms;
    eprintln!("{dms} DMs in {:.2} s", began.elapsed().as_secs_f64());
    Ok(report)
}

fn load(path: &Path, seed: Option<u64>) -> anyhow::Result<Play> {
    let scenario = Scenario::load(path)?;
    let rules = load_rules(&scenario.rules_path(path))?;
    let cast = Cast::new(&scenario, &rules.policy).map_err(|problems| {
        let source_text = std::fs::read_to_string(path).unwrap_or_default();
        LoadError::from(Invalid { path: path.to_owned(), source_text, problems })
    })?;
    let seed = seed.unwrap_or(scenario.seed);
    Ok(Play { scenario, rules, cast, seed })
}

fn load_rules(path: &Path) -> anyhow::Result<LoadedRules> {
    let rules = rules_file::load(path).map_err(|error| match error {
        RulesError::Invalid { .. } => anyhow::anyhow!("the rules have problems\n{error}"),
        RulesError::Read { .. } => anyhow::Error::from(error),
    })?;
    eprint!("{}", rules_file::render(&rules.warnings, path, &rules.source));
    Ok(rules)
}

fn in_virtual_time(play: &Play) -> Report {
    let bar = progress_bar();
    let show = |owned, all| show(&bar, owned, all);
    let policy = &play.rules.policy;
    let finished = virtual_run::play(&play.scenario, policy, &play.cast, play.seed, show);
    bar.finish_and_clear();
    let run = verdict::run_of(&play.scenario, policy, Mode::Virtual, play.seed, finished.lasted_us);
    verdict::judge(run, &play.scenario, &play.cast, finished.chronicle, None)
}

fn live(play: &Play, speed: Option<f64>) -> anyhow::Result<Report> {
    let bar = progress_bar();
    let window = play.scenario.traffic.arrivals.window_us as f64 / 1e6;
    let speed = speed.unwrap_or((window / LIVE_SECONDS).max(1.0));
    let rules = rules_file::parse(Path::new("rules"), &play.rules.source)?;
    let show = |owned, all| show(&bar, owned, all);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let finished = runtime.block_on(live_run::play(
        &play.scenario,
        rules,
        &play.cast,
        play.seed,
        speed,
        show,
    ))?;
    bar.finish_and_clear();
    let policy = &play.rules.policy;
    let run = verdict::run_of(&play.scenario, policy, Mode::Live, play.seed, finished.lasted_us);
    let live = Some(finished.live);
    Ok(verdict::judge(run, &play.scenario, &play.cast, finished.chronicle, live))
}

/// Drawn on standard error, and only if that is a terminal.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = "{bar:40} {pos}/{len} conversations have an owner  {elapsed}";
    bar.set_style(ProgressStyle::with_template(template).expect("the template is valid"));
    bar
}

fn show(bar: &ProgressBar, owned: u64, all: u64) {
    bar.set_length(all);
    bar.set_position(owned);
}

fn style() -> Style {
    if std::io::stdout().is_terminal() { Style::Colour } else { Style::Plain }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "a speed is a number, such as 120".to_owned())?;
    if (0.1..=10_000.0).contains(&speed) {
        Ok(speed)
    } else {
        Err("a speed is a number from 0.1 to 10000".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
