//! The journal: what happened, in the order in which the engine heard of it.
//!
//! It is the only durable state. The engine's state is a fold over the records, so a record is
//! durable before the engine hears of it, and never changes its meaning afterwards.

pub mod archive;
mod file;
mod memory;
mod sqlite;
pub mod stat;
mod writer;

use std::path::PathBuf;

use engine::{Event, Timestamp};

pub use file::{JournalFile, Stored, is_in_use};
pub use memory::MemoryJournal;
pub use sqlite::SqliteJournal;
pub(crate) use writer::Writer;

/// The version of the records' format that this build writes, and the newest that it reads.
pub const FORMAT_VERSION: u32 = 1;

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are events")]
pub enum Body {
    /// The seed of the engine's randomness. The first record.
    Seed(u64),
    /// The full text of the rules that are in force from here on, all files of them, as
    /// [`engine::RulesSource::to_text`] writes it. The second record, and again whenever it has
    /// changed.
    Rules(String),
    /// Something the engine reacts to.
    Event(Event),
}

/// A record that is to be appended.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When it happened, by the router's clock. Never before the entry above it.
    pub at: Timestamp,
    /// Recognises repetitions: an id is recorded once.
    pub notification_id: Option<String>,
    /// What happened.
    pub body: Body,
}

/// A record of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number, from 1 upwards; later records have larger ones.
    pub sequence: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub body: Body,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is in the journal, for good.
    Recorded,
    /// A record with its notification id was there already; nothing was written.
    Duplicate,
}

/// Why the journal cannot do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The journal's directory or lock file cannot be used.
    #[error("cannot open the journal {}", path.display())]
    Open {
        /// The journal's file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process has it.
    #[error("the journal {} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// The file belongs to something else.
    #[error("{} is a database, but not a router's journal", .0.display())]
    Foreign(PathBuf),
    /// A later version of the router wrote it.
    #[error(
        "the journal {} has format {found}, this router reads up to {FORMAT_VERSION}: \
         use the version of the router that wrote it, or a later one",
        path.display()
    )]
    TooNew {
        /// The journal's file.
        path: PathBuf,
        /// The version of its format.
        found: i64,
    },
    /// A record cannot be read.
    #[error("record {sequence} of the journal cannot be read: {reason}")]
    Corrupt {
        /// Which record.
        sequence: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The store failed: the disk may be full, read-only or broken.
    #[error("the journal's store failed")]
    Store(#[source] rusqlite::Error),
    /// The journal's thread is gone, and the journal with it.
    #[error("the journal is closed")]
    Closed,
}

/// A durable, ordered list of records with one writer.
///
/// The router's tests hold a suite that every implementation must pass.
pub trait Journal: Send {
    /// Appends the entries in their order, all or none, and returns when they are durable.
    ///
    /// # Errors
    ///
    /// If they could not be made durable; then none of them is in the journal.
    fn append(&mut self, entries: &[Entry]) -> Result<Vec<Appended>, JournalError>;

    /// The records after the one numbered `after` (0: from the first), in order, up to `limit`.
    ///
    /// # Errors
    ///
    /// If the store fails, or a record cannot be read.
    fn read(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, JournalError>;

    /// The number of the last record, 0 if there is none.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn last_sequence(&mut self) -> Result<u64, JournalError>;

    /// Writes something durable that is no record: whether appending would work.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn probe(&mut self) -> Result<(), JournalError>;

    /// Tidies up before the end: the next start has less to read. Nothing depends on it.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn checkpoint(&mut self) -> Result<(), JournalError>;
}
