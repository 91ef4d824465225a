//! What a checkpoint is made of: `MessagePack` with the names of all fields, so that a later version
//! reads what an earlier one wrote.

use engine::{Engine, Timestamp};
use serde::{Deserialize, Serialize};

use super::RecoveryError;
use crate::journal::Checkpoint;

#[derive(Serialize)]
struct View<'a, E> {
    /// The version of the router, for whoever looks into it.
    written_by: &'static str,
    at: Timestamp,
    rules: &'a str,
    engine: E,
}

/// What was read back.
#[derive(Deserialize)]
pub(super) struct Kept {
    /// When it was taken.
    pub(super) at: Timestamp,
    /// The rules in force, as [`engine::RulesSource::to_text`] writes them.
    pub(super) rules: String,
    pub(super) engine: engine::Checkpoint,
}

/// What an engine with these rules knows at `at`: the state of a [`Checkpoint`].
///
/// # Panics
///
/// If the engine has commands left.
#[must_use]
pub fn keep(engine: &Engine, rules: &str, at: Timestamp) -> Vec<u8> {
    let written_by = concat!("router ", env!("CARGO_PKG_VERSION"));
    let view = View { written_by, at, rules, engine: engine.checkpoint() };
    rmp_serde::to_vec_named(&view).expect("what the engine knows can be written down")
}

pub(super) fn read(checkpoint: &Checkpoint) -> Result<Kept, RecoveryError> {
    let sequence = checkpoint.sequence;
    rmp_serde::from_slice(&checkpoint.state)
        .map_err(|error| RecoveryError::Checkpoint { sequence, reason: error.to_string() })
}
