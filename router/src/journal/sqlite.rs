//! The journal in an SQLite file.
//!
//! WAL with `synchronous=FULL`: a committed transaction survives a crash of the process and of the
//! machine (in WAL mode `NORMAL` would not sync at commit). One connection writes; a lock file
//! beside the journal keeps a second router off it.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::{Event, Timestamp};
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};

use super::{
    Appended, Body, Checkpoint, Entry, FORMAT_VERSION, Journal, JournalError, Piece, Record,
    Tidying,
};

pub(super) mod dead_letters;
mod forgetting;
mod tidying;

/// Marks the file as a router's journal: "rtrj".
const APPLICATION_ID: i64 = 0x7274_726a;

/// How long to wait for a reader, such as a backup, that holds the file.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
    CREATE TABLE meta (
        key   TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
    CREATE TABLE records (
        seq             INTEGER PRIMARY KEY,
        at_us           INTEGER NOT NULL,
        kind            TEXT NOT NULL CHECK (kind IN ('seed', 'rules', 'event')),
        notification_id TEXT UNIQUE,
        body            BLOB NOT NULL
    ) STRICT;
    INSERT INTO meta (key, value) VALUES ('written_by', 'router ' || ?1), ('probe', '0');
";

/// What format 2 has besides. `key` is for the hashes of texts; `forgotten` has the contacts whose
/// traces are still to be taken out, from which record on and up to which.
const CHECKPOINTS: &str = "
    CREATE TABLE checkpoints (
        seq     INTEGER NOT NULL,
        number  INTEGER NOT NULL,
        is_last INTEGER NOT NULL,
        piece   BLOB NOT NULL,
        PRIMARY KEY (seq, number)
    ) STRICT;
    CREATE TABLE forgotten (
        contact TEXT PRIMARY KEY,
        next    INTEGER NOT NULL,
        until   INTEGER NOT NULL
    ) STRICT;
    INSERT INTO meta (key, value) VALUES ('tidied', '0'), ('key', hex(randomblob(32)));
";

/// A journal in an SQLite file.
#[derive(Debug)]
pub struct SqliteJournal {
    connection: Connection,
    /// Held as long as the journal is open; the system releases it even after a crash.
    _lock: File,
}

impl SqliteJournal {
    /// Opens the journal in this file, or creates it.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, is in use, is not a journal, or is of a later format.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let lock = lock(path)?;
        make_private(path)?;
        let mut connection = Connection::open(path).map_err(JournalError::Store)?;
        match identify(&connection, path) {
            Err(JournalError::Store(error))
                if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) =>
            {
                return Err(JournalError::Foreign(path.to_owned()));
            }
            identified => identified?,
        }
        configure(&mut connection).map_err(JournalError::Store)?;
        Ok(Self { connection, _lock: lock })
    }
}

fn lock(path: &Path) -> Result<File, JournalError> {
    let open_error = |source| JournalError::Open { path: path.to_owned(), source };
    let mut options = File::options();
    let file = options.create(true).truncate(false).write(true).open(lock_path(path));
    let file = file.map_err(open_error)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(open_error(error)),
    }
}

/// The file that keeps a second router off a journal.
pub(super) fn lock_path(path: &Path) -> PathBuf {
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    PathBuf::from(lock_path)
}

/// Makes the file if there is none. It holds what contacts wrote, so it is for its owner only; what
/// SQLite puts beside it gets the same mode.
fn make_private(path: &Path) -> Result<(), JournalError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => {
            Err(JournalError::Open { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Looks at what the file says it is, before anything is written to it.
pub(super) fn identify(connection: &Connection, path: &Path) -> Result<(), JournalError> {
    let number = |query: &str| -> Result<i64, JournalError> {
        connection.query_row(query, [], |row| row.get(0)).map_err(JournalError::Store)
    };
    let application_id = number("PRAGMA application_id")?;
    let found = number("PRAGMA user_version")?;
    match (application_id, number("SELECT count(*) FROM sqlite_schema")?) {
        (0, 0) => Ok(()),
        (APPLICATION_ID, _) if found <= i64::from(FORMAT_VERSION) => Ok(()),
        (APPLICATION_ID, _) => Err(JournalError::TooNew { path: path.to_owned(), found }),
        _ => Err(JournalError::Foreign(path.to_owned())),
    }
}

fn configure(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What is taken out must not be left in pages that nobody uses.
    connection.pragma_update(None, "secure_delete", true)?;
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version < FORMAT_VERSION {
        upgrade(connection, version)?;
    }
    Ok(())
}

/// From an older format, 0 for a new file, to today's: all or nothing.
fn upgrade(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if from < 1 {
        let version = format!("'{}'", env!("CARGO_PKG_VERSION"));
        transaction.execute_batch(&SCHEMA.replace("?1", &version))?;
    }
    if from < 2 {
        transaction.execute_batch(CHECKPOINTS)?;
    }
    if from < 3 {
        transaction.execute_batch(dead_letters::SCHEMA)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", FORMAT_VERSION)?;
    transaction.commit()
}

impl Journal for SqliteJournal {
    fn append(&mut self, entries: &[Entry]) -> Result<Vec<Appended>, JournalError> {
        append(&mut self.connection, entries).map_err(JournalError::Store)
    }

    fn read(&mut self, after: u64, limit: usize) -> Result<Vec<Record>, JournalError> {
        let rows = rows(&self.connection, after, limit).map_err(JournalError::Store)?;
        rows.into_iter().map(Row::decode).collect()
    }

    fn last_sequence(&mut self) -> Result<u64, JournalError> {
        let last = self.connection.query_row("SELECT max(seq) FROM records", [], |row| row.get(0));
        Ok(last.optional().map_err(JournalError::Store)?.flatten().unwrap_or(0))
    }

    fn probe(&mut self) -> Result<(), JournalError> {
        let update = "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'probe'";
        self.connection.execute(update, []).map(drop).map_err(JournalError::Store)
    }

    fn keep_piece(&mut self, piece: Piece<'_>) -> Result<(), JournalError> {
        let Piece { sequence, number, bytes, is_last } = piece;
        if number == 0 {
            // Of one that was begun at the same record and not finished.
            let delete = "DELETE FROM checkpoints WHERE seq = ?1";
            self.connection.execute(delete, [sequence]).map_err(JournalError::Store)?;
        }
        let insert = "INSERT INTO checkpoints (seq, number, is_last, piece)
            VALUES (?1, ?2, ?3, ?4)";
        let inserted = self.connection.execute(insert, params![sequence, number, is_last, bytes]);
        inserted.map(drop).map_err(JournalError::Store)
    }

    fn checkpoint(&mut self) -> Result<Option<Checkpoint>, JournalError> {
        tidying::newest(&self.connection).map_err(JournalError::Store)
    }

    fn tidy(&mut self, tidying: &Tidying, limit: usize) -> Result<bool, JournalError> {
        tidying::tidy(&mut self.connection, tidying, limit)
    }

    fn finish(&mut self) -> Result<(), JournalError> {
        let busy =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        busy.map(|_: i64| ()).map_err(JournalError::Store)
    }
}

fn append(connection: &mut Connection, entries: &[Entry]) -> rusqlite::Result<Vec<Appended>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut appended = Vec::with_capacity(entries.len());
    {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO records (at_us, kind, notification_id, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (notification_id) DO NOTHING",
        )?;
        for entry in entries {
            let (kind, body) = encode(&entry.body);
            let at_us = entry.at.as_micros();
            let rows = insert.execute(params![at_us, kind, entry.notification_id, body])?;
            if let (1, Body::Event(Event::ContactForgotten { contact })) = (rows, &entry.body) {
                forgetting::ask(&transaction, contact)?;
            }
            appended.push(if rows == 0 { Appended::Duplicate } else { Appended::Recorded });
        }
    }
    transaction.commit()?;
    Ok(appended)
}

pub(super) struct Row {
    pub(super) sequence: u64,
    pub(super) at_us: u64,
    pub(super) kind: String,
    pub(super) body: Vec<u8>,
}

fn rows(connection: &Connection, after: u64, limit: usize) -> rusqlite::Result<Vec<Row>> {
    let mut select = connection.prepare_cached(
        "SELECT seq, at_us, kind, body FROM records WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let rows = select.query_map(params![after, limit], |row| {
        Ok(Row { sequence: row.get(0)?, at_us: row.get(1)?, kind: row.get(2)?, body: row.get(3)? })
    })?;
    rows.collect()
}

fn encode(body: &Body) -> (&'static str, Vec<u8>) {
    match body {
        Body::Seed(seed) => ("seed", seed.to_string().into_bytes()),
        Body::Rules(source) => ("rules", serde_json::to_vec(source).expect("text is always JSON")),
        Body::Event(event) => ("event", serde_json::to_vec(event).expect("events are always JSON")),
    }
}

impl Row {
    pub(super) fn decode(self) -> Result<Record, JournalError> {
        let sequence = self.sequence;
        let body = match self.kind.as_str() {
            "seed" => serde_json::from_slice(&self.body).map(Body::Seed),
            "rules" => serde_json::from_slice(&self.body).map(Body::Rules),
            _ => serde_json::from_slice(&self.body).map(Body::Event),
        };
        let body =
            body.map_err(|error| JournalError::Corrupt { sequence, reason: error.to_string() })?;
        Ok(Record { sequence, at: Timestamp::from_micros(self.at_us), body })
    }
}
