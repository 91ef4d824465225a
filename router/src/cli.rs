//! The command line: one file below for each command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use router::config::ConfigError;
use router::rules_file::RulesError;

mod backtest;
mod check;
mod config;
mod connection;
mod control;
mod diff;
mod doctor;
mod explain;
mod forget;
mod format;
mod init;
mod journal;
mod retry;
mod schema;
mod serve;
mod settings;
mod status;
mod supervisor;
mod tail;
mod test;

/// The rules have errors, or do not do what is expected of them; or the router is not fit.
const FOUND_WANTING: u8 = 1;

/// The command line, the configuration or a file is wrong. clap exits with 2 as well.
const BAD_INPUT: u8 = 2;

/// Gives every TikTok DM in an Intercom inbox an owner.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 ok, 1 something is found wanting, such as rules that fail a test or a router that is not ready, 2 wrong usage or input."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Doctor(doctor::Doctor),
    Serve(serve::Serve),
    Status(status::Status),
    Tail(tail::Tail),
    Pause(control::Pause),
    Resume(control::Resume),
    Drain(control::Drain),
    Retry(retry::Retry),
    Check(check::Check),
    Explain(explain::Explain),
    Test(test::Test),
    Diff(diff::Diff),
    Forget(forget::Forget),
    Backtest(backtest::Backtest),
    Print(schema::Print),
    Schema(schema::Schema),
    Config(config::Config),
    Journal(journal::Journal),
}

impl Cli {
    pub(crate) fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Init(it) => it.run(),
            Command::Doctor(it) => it.run(),
            Command::Serve(it) => it.run(),
            Command::Status(it) => it.run(),
            Command::Tail(it) => it.run(),
            Command::Pause(it) => it.run(),
            Command::Resume(it) => it.run(),
            Command::Drain(it) => it.run(),
            Command::Retry(it) => it.run(),
            Command::Check(it) => it.run(),
            Command::Explain(it) => it.run(),
            Command::Test(it) => it.run(),
            Command::Diff(it) => it.run(),
            Command::Forget(it) => it.run(),
            Command::Backtest(it) => it.run(),
            Command::Print(it) => it.run(),
            Command::Schema(it) => it.run(),
            Command::Config(it) => it.run(),
            Command::Journal(it) => it.run(),
        };
        done.unwrap_or_else(|error| match error.downcast_ref() {
            Some(invalid @ RulesError::Invalid { .. }) => {
                eprint!("{invalid}");
                ExitCode::from(FOUND_WANTING)
            }
            _ => {
                match error.downcast_ref::<ConfigError>() {
                    Some(wrong) => eprintln!("{wrong}"),
                    None => eprintln!("error: {error:#}"),
                }
                ExitCode::from(BAD_INPUT)
            }
        })
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

    #[test]
    fn every_command_shows_an_example_and_its_exit_codes() {
        fn check(command: &clap::Command, path: &str) {
            for command in command.get_subcommands() {
                let path = format!("{path} {}", command.get_name());
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                for expected in ["Example", path.as_str(), "Exit codes: 0 "] {
                    assert!(
                        help.contains(expected),
                        "`{path} --help` has no `{expected}`:\n{help}"
                    );
                }
                check(command, &path);
            }
        }
        check(&Cli::command(), "router");
    }
}
