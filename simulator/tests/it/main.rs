//! Contracts of the simulator, in one binary.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod calibration;
mod command_line;
mod plan;
mod runs;
mod scenario_file;
