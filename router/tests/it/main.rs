//! The router, from outside.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod admin;
mod annotations;
mod cli;
mod cli_check;
mod cli_diff;
mod cli_explain;
mod cli_test;
mod crash;
mod decode;
mod dispatch;
mod end_to_end;
mod journal;
mod mistakes;
mod public_data;
mod recovery;
mod reload;
mod schema;
mod stage;
mod webhook;
