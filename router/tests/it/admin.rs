//! The admin API, with the mock as Intercom.

mod commands;
mod control;
mod dead_letters;
mod decisions;
mod door;
mod scene;
mod status;
