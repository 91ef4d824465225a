//! Snapshots: the workspace and its subscriptions as they were, to go back to.

use serde::Serialize;

use super::shared::{Shared, SharedState};
use crate::delivery::Outbox;
use crate::{Moment, Workspace};

/// The most snapshots kept.
pub const SNAPSHOT_LIMIT: usize = 16;
const LONGEST_NAME: usize = 64;

/// A workspace and its subscriptions, as they were.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    workspace: Workspace,
    outbox: Outbox,
    at: Moment,
}

/// Why there is no such snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// There is none of this name.
    #[error("there is no snapshot `{0}`")]
    Unknown(String),
    /// The name will not do.
    #[error("a snapshot's name has 1 to 64 characters: letters, digits, `-`, `_` and `.`")]
    Name,
    /// There are enough.
    #[error("there are {SNAPSHOT_LIMIT} snapshots, which is the most; delete one")]
    TooMany,
}

/// What is told of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotRow {
    /// Its name.
    pub name: String,
    /// What the clock showed.
    #[serde(rename = "at_us")]
    pub at: Moment,
    /// How many conversations there were.
    pub conversations: usize,
}

impl SharedState {
    pub(super) fn snapshot(&mut self, now: Moment, name: &str) -> Result<(), SnapshotError> {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(fine) {
            return Err(SnapshotError::Name);
        }
        if self.snapshots.len() >= SNAPSHOT_LIMIT && !self.snapshots.contains_key(name) {
            return Err(SnapshotError::TooMany);
        }
        let (workspace, outbox) = (self.workspace.clone(), self.outbox.clone());
        self.snapshots.insert(name.to_owned(), Snapshot { workspace, outbox, at: now });
        Ok(())
    }

    /// Whether there was one of this name.
    pub(super) fn forget(&mut self, name: &str) -> bool {
        self.snapshots.remove(name).is_some()
    }

    pub(super) fn rows(&self) -> Vec<SnapshotRow> {
        let rows = self.snapshots.iter().map(|(name, kept)| SnapshotRow {
            name: name.clone(),
            at: kept.at,
            conversations: kept.workspace.conversation_count(),
        });
        rows.collect()
    }

    /// A new life with this content: what is under way belongs to the old one.
    fn begin(&mut self, workspace: Workspace, outbox: Outbox) {
        self.generation += 1;
        self.workspace = workspace;
        self.outbox = outbox;
        self.outbox.begin_generation(self.generation);
    }
}

impl Shared {
    /// Goes back to a snapshot, which stays. A stepped or scaled clock goes back as well; a real one
    /// cannot, so what has fallen due since happens at once.
    pub(super) fn restore(&self, name: &str) -> Result<(), SnapshotError> {
        let mut state = self.lock();
        let kept = state.snapshots.get(name).cloned();
        let kept = kept.ok_or_else(|| SnapshotError::Unknown(name.to_owned()))?;
        state.begin(kept.workspace, kept.outbox);
        let clock = self.clock.borrow().showing(kept.at);
        self.clock.send_replace(clock);
        self.catch_up(&mut state);
        Ok(())
    }

    /// Goes back to the workspace as it was served. Subscriptions stay, live and with nothing waiting;
    /// snapshots and the clock stay as they are.
    pub(super) fn reset(&self) {
        let mut state = self.lock();
        let mut outbox = state.outbox.clone();
        outbox.begin_anew();
        let fresh = (*state.fresh).clone();
        state.begin(fresh, outbox);
        self.catch_up(&mut state);
    }
}
