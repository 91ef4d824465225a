//! A conversation's place in line.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A conversation's place in every line it ever stands in: before or among the calm, then when it
/// counts as opened, then when its contact opened it, then the order in which the engine first
/// saw it. Only its priority and the end of its reply window change it, so giving a conversation
/// back never costs its contact the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    /// `false` while its reply window is about to close.
    pub(crate) is_calm: bool,
    /// `opened_at`, earlier or later by what its priority is worth; for one that is not calm the
    /// end of its reply window.
    pub(crate) ranked_at: Timestamp,
    pub(crate) opened_at: Timestamp,
    pub(crate) number: u64,
}

impl Place {
    /// Before everything.
    pub(crate) const FIRST: Self = Self {
        is_calm: false,
        ranked_at: Timestamp::EPOCH,
        opened_at: Timestamp::EPOCH,
        number: 0,
    };

    /// Behind everything.
    pub(crate) const LAST: Self = Self {
        is_calm: true,
        ranked_at: Timestamp::MAX,
        opened_at: Timestamp::MAX,
        number: u64::MAX,
    };

    /// The place of what is not urgent and not idle.
    pub(crate) fn new(opened_at: Timestamp, number: u64) -> Self {
        Self { is_calm: true, ranked_at: opened_at, opened_at, number }
    }

    /// The place of one whose reply window closes at `closes_at`.
    pub(crate) fn risen(self, closes_at: Timestamp) -> Self {
        Self { is_calm: false, ranked_at: closes_at, ..self }
    }
}
