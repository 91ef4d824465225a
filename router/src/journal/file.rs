//! A journal's file, opened to look at it: also while a router writes to it.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, params};

use super::sqlite::{BUSY_TIMEOUT, Row, dead_letters, identify, lock_path};
use super::{DeadCounts, JournalError, Record};

/// What ends a path in a URI, or means something else in it: <https://sqlite.org/uri.html>.
const NOT_IN_PATHS: &AsciiSet = &CONTROLS.add(b'?').add(b'#').add(b'%');

/// The first format with dead letters. A file that is only read stays in its own.
const WITH_LETTERS: u32 = 3;

/// A journal that can only be read. Whoever writes to it meanwhile is not disturbed.
#[derive(Debug)]
pub struct JournalFile {
    connection: Connection,
    path: PathBuf,
}

/// A record with the notification id that it was recorded under.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The record.
    pub record: Record,
    /// Recognises repetitions.
    pub notification_id: Option<String>,
}

impl JournalFile {
    /// Opens the journal in this file.
    ///
    /// # Errors
    ///
    /// If there is none, or it is not a journal, or is of a later format.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let absent = |source| JournalError::Open { path: path.to_owned(), source };
        let bytes = std::fs::metadata(path).map_err(absent)?.len();
        if bytes == 0 {
            return Err(JournalError::Foreign(path.to_owned()));
        }
        let connection = connect(path).map_err(JournalError::Store)?;
        match identify(&connection, path) {
            Err(JournalError::Store(error))
                if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) =>
            {
                Err(JournalError::Foreign(path.to_owned()))
            }
            identified => identified.map(|()| Self { connection, path: path.to_owned() }),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The version of its format.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn format(&self) -> Result<u32, JournalError> {
        let version = self.connection.query_row("PRAGMA user_version", [], |row| row.get(0));
        version.map_err(JournalError::Store)
    }

    /// Which router made it, such as `router 0.1.0`.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn written_by(&self) -> Result<Option<String>, JournalError> {
        let select = "SELECT value FROM meta WHERE key = 'written_by'";
        let found = self.connection.query_row(select, [], |row| row.get(0));
        found.optional().map_err(JournalError::Store)
    }

    /// What SQLite finds wrong with the file; empty if all is well.
    ///
    /// # Errors
    ///
    /// If the check cannot be made.
    pub fn faults(&self) -> Result<Vec<String>, JournalError> {
        let check = || {
            let mut check = self.connection.prepare("PRAGMA quick_check(20)")?;
            let lines = check.query_map([], |row| row.get::<_, String>(0))?;
            lines.collect::<rusqlite::Result<Vec<_>>>()
        };
        let lines = check().map_err(JournalError::Store)?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    /// The numbers of the records that every replay leaves out.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn left_out(&self) -> Result<BTreeSet<u64>, JournalError> {
        if self.format()? < WITH_LETTERS {
            return Ok(BTreeSet::new());
        }
        dead_letters::left_out(&self.connection, 0).map_err(JournalError::Store)
    }

    /// How many dead letters there are.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn dead_counts(&self) -> Result<DeadCounts, JournalError> {
        if self.format()? < WITH_LETTERS {
            return Ok(DeadCounts::default());
        }
        dead_letters::counts(&self.connection).map_err(JournalError::Store)
    }

    /// The records after the one numbered `after` (0: from the first), in order, up to `limit`.
    ///
    /// # Errors
    ///
    /// If the store fails, or a record cannot be read.
    pub fn read(&self, after: u64, limit: usize) -> Result<Vec<Stored>, JournalError> {
        let rows = rows(&self.connection, after, limit).map_err(JournalError::Store)?;
        let stored = rows.into_iter().map(|(row, notification_id)| {
            row.decode().map(|record| Stored { record, notification_id })
        });
        stored.collect()
    }
}

/// Whether a process has this journal open to write to it.
#[must_use]
pub fn is_in_use(path: &Path) -> bool {
    let Ok(file) = File::open(lock_path(path)) else { return false };
    // Let go of at once; a router that starts at this very moment says that the journal is in use.
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if has_log(path) || is_in_use(path) {
        Connection::open_with_flags(path, flags)?
    } else {
        // Nobody writes. So there is no need to share anything, and nothing is left behind beside
        // the journal that belongs to whoever looked, perhaps root, and keeps the router out.
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let text = absolute.to_string_lossy();
        let name = utf8_percent_encode(&text, NOT_IN_PATHS);
        let uri = format!("file:{name}?immutable=1");
        Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?
    };
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).exists()
}

fn rows(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> rusqlite::Result<Vec<(Row, Option<String>)>> {
    let mut select = connection.prepare_cached(
        "SELECT seq, at_us, kind, body, notification_id FROM records
         WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let rows = select.query_map(params![after, limit], |row| {
        let (sequence, at_us, kind) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((Row { sequence, at_us, kind, body: row.get(3)? }, row.get(4)?))
    })?;
    rows.collect()
}
