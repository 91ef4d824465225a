//! The journal: what happened, in the order in which the engine heard of it.
//!
//! It is the only durable state. The engine's state is a fold over the records, so a record is
//! durable before the engine hears of it, and never changes its meaning afterwards.
//!
//! Now and then the journal keeps a checkpoint: what the engine knew after a record. A replay begins
//! there, so the records up to it are history, to be shortened and deleted.
//!
//! What could not be taken in is kept beside the records, as dead letters.

pub mod archive;
pub mod dead_letters;
mod file;
mod memory;
mod sqlite;
pub mod stat;
mod texts;
mod writer;

use std::path::PathBuf;

use engine::{Event, Timestamp};

pub use dead_letters::{DeadCounts, DeadKind, DeadLetter, DeadLetters, Poison, Unreadable};
pub use file::{JournalFile, Stored, is_in_use};
pub use memory::MemoryJournal;
pub use sqlite::SqliteJournal;
pub use texts::Texts;
pub(crate) use texts::is_gone;
pub(crate) use writer::Writer;

/// The version of the records' format that this build writes, and the newest that it reads.
///
/// 1: records. 2: checkpoints besides. 3: dead letters besides.
pub const FORMAT_VERSION: u32 = 3;

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

/// What the engine knew after a record, as bytes that the journal does not look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The number of the record; 0 if there was none yet.
    pub sequence: u64,
    /// What the engine knew.
    pub state: Vec<u8>,
}

/// A part of a checkpoint: it is kept piece by piece, so that records need not wait for all of it.
#[derive(Clone, Debug)]
pub struct Piece<'a> {
    /// [`Checkpoint::sequence`].
    pub sequence: u64,
    /// From 0 upwards, without a gap.
    pub number: u32,
    /// Appended to those before it.
    pub bytes: &'a [u8],
    /// Whether the checkpoint is complete now.
    pub is_last: bool,
}

/// What is to become of the records that no replay needs any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tidying {
    /// The number of the last of them.
    pub up_to: u64,
    /// Events and dead letters from before are deleted.
    pub delete_before: Timestamp,
    /// What becomes of the messages' texts in the others.
    pub texts: Texts,
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
pub trait Journal: DeadLetters + Send {
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

    /// Keeps a piece of a checkpoint durably.
    ///
    /// # Errors
    ///
    /// If the store fails; then the checkpoint must be begun anew.
    fn keep_piece(&mut self, piece: Piece<'_>) -> Result<(), JournalError>;

    /// The newest checkpoint that is complete.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, JournalError>;

    /// Does a part of what is to be done, to `limit` records at the most, and deletes checkpoints
    /// that are not the newest. Dead letters are deleted as old as events are, and those that name a
    /// contact who is forgotten. Returns whether there is more to do.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn tidy(&mut self, tidying: &Tidying, limit: usize) -> Result<bool, JournalError>;

    /// Puts things away before the end: the next start has less to read. Nothing depends on it.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn finish(&mut self) -> Result<(), JournalError>;
}
