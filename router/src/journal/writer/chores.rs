//! What is done between appends, a little at a time: checkpoints, and tidying up behind them.

use crate::journal::{Checkpoint, Journal, JournalError, Piece, Tidying};
use crate::metrics::Metrics;

/// Bytes of a checkpoint that are written at once: what comes meanwhile waits so long.
const PIECE: usize = 256 << 10;

/// Records that are tidied at once.
const TIDY: usize = 500;

/// What there is to do.
#[derive(Default)]
pub(super) struct Chores {
    keeping: Option<Keeping>,
    tidying: Option<Tidying>,
    /// The record behind which the last checkpoint was kept.
    kept: Option<u64>,
}

/// A checkpoint that is being kept.
struct Keeping {
    checkpoint: Checkpoint,
    /// Pieces that are in the journal.
    pieces: u32,
    then: Tidying,
}

impl Chores {
    pub(super) fn is_done(&self) -> bool {
        self.keeping.is_none() && self.tidying.is_none()
    }

    pub(super) fn is_keeping(&self) -> bool {
        self.keeping.is_some()
    }

    /// Begins a checkpoint behind the last record. One that is being kept is given up for it.
    pub(super) fn begin(&mut self, journal: &mut dyn Journal, state: Vec<u8>, tidying: Tidying) {
        match journal.last_sequence() {
            // Nothing has happened since: the one that there is must not be taken apart.
            Ok(sequence) if self.kept == Some(sequence) => {}
            Ok(sequence) => {
                let then = Tidying { up_to: sequence, ..tidying };
                let checkpoint = Checkpoint { sequence, state };
                self.keeping = Some(Keeping { checkpoint, pieces: 0, then });
            }
            Err(error) => give_up(&error),
        }
    }

    pub(super) fn step(&mut self, journal: &mut dyn Journal, metrics: &Metrics) {
        if let Some(mut keeping) = self.keeping.take() {
            match keeping.step(journal) {
                Ok(false) => self.keeping = Some(keeping),
                Ok(true) => {
                    let Checkpoint { sequence, state } = keeping.checkpoint;
                    tracing::info!(sequence, bytes = state.len(), "checkpoint kept");
                    metrics.checkpoint_kept(state.len());
                    self.kept = Some(sequence);
                    self.tidying = Some(keeping.then);
                }
                Err(error) => give_up(&error),
            }
        } else if let Some(tidying) = self.tidying.take() {
            match journal.tidy(&tidying, TIDY) {
                Ok(true) => self.tidying = Some(tidying),
                // Some letters may be gone.
                Ok(false) => super::count_letters(journal, metrics),
                Err(error) => give_up(&error),
            }
        }
    }
}

impl Keeping {
    /// Keeps the next piece. Returns whether it was the last.
    fn step(&mut self, journal: &mut dyn Journal) -> Result<bool, JournalError> {
        let Checkpoint { sequence, state } = &self.checkpoint;
        let from = (self.pieces as usize * PIECE).min(state.len());
        let to = (from + PIECE).min(state.len());
        let is_last = to == state.len();
        let (number, bytes) = (self.pieces, &state[from..to]);
        journal.keep_piece(Piece { sequence: *sequence, number, bytes, is_last })?;
        self.pieces += 1;
        Ok(is_last)
    }
}

/// Nothing depends on it: the records are there, and the next checkpoint is due before long.
fn give_up(error: &JournalError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "no checkpoint is kept, or nothing tidied behind it");
}
