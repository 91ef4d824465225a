//! The router, from outside.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod admin;
mod annotations;
mod backtest;
mod canary;
mod cli;
mod cli_check;
mod cli_config;
mod cli_diff;
mod cli_explain;
mod cli_test;
mod crash;
mod decode;
mod disk;
mod dispatch;
mod end_to_end;
mod faults;
mod first_day;
mod journal;
mod journal_tools;
mod mistakes;
mod ops;
mod poison;
mod process;
mod public_data;
mod recovery;
mod reload;
mod request_ids;
mod restart;
mod schema;
mod secrets;
mod stage;
mod supervised;
mod telemetry;
mod webhook;
mod workspaces;
