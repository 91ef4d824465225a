//! The router, from outside.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod annotations;
mod cli;
mod cli_diff;
mod crash;
mod decode;
mod dispatch;
mod end_to_end;
mod journal;
mod mistakes;
mod recovery;
mod schema;
mod stage;
mod webhook;
