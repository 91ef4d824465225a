//! Dead letters in the SQLite file.

use std::collections::BTreeSet;

use engine::{ContactId, Timestamp};
use rusqlite::{
    Connection, OptionalExtension as _, Row, ToSql, Transaction, TransactionBehavior, params,
};

use super::SqliteJournal;
use crate::journal::dead_letters::{BODY_BYTES_MAX, LETTERS_MAX};
use crate::journal::{
    Appended, Body, DeadCounts, DeadKind, DeadLetter, DeadLetters, JournalError, Poison,
    Unreadable, stat,
};

/// What format 3 has besides. Bodies stand apart, so that looking through the letters reads none.
pub(super) const SCHEMA: &str = "
    CREATE TABLE dead_letters (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us  INTEGER NOT NULL,
        kind   TEXT NOT NULL CHECK (kind IN ('unreadable', 'poison')),
        about  TEXT,
        reason TEXT NOT NULL,
        key    TEXT NOT NULL UNIQUE,
        record INTEGER,
        bytes  INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE dead_bodies (
        number INTEGER PRIMARY KEY,
        body   BLOB NOT NULL
    ) STRICT;
    CREATE TRIGGER dead_body AFTER DELETE ON dead_letters BEGIN
        DELETE FROM dead_bodies WHERE number = old.number;
    END;
    CREATE TABLE left_out (
        seq INTEGER PRIMARY KEY
    ) STRICT;
    INSERT INTO meta (key, value) VALUES ('letters_dropped', '0');
";

/// Old letters that are deleted at once: what comes meanwhile waits so long.
const DELETED_AT_ONCE: usize = 50;

const COLUMNS: &str = "number, at_us, kind, about, reason, record, bytes";

impl DeadLetters for SqliteJournal {
    fn keep_unreadable(
        &mut self,
        at: Timestamp,
        letters: &[Unreadable],
    ) -> Result<Vec<Appended>, JournalError> {
        keep_unreadable(&mut self.connection, at, letters).map_err(JournalError::Store)
    }

    fn leave_out(&mut self, poison: &Poison) -> Result<(), JournalError> {
        leave_out(&mut self.connection, poison).map_err(JournalError::Store)
    }

    fn left_out(&mut self, after: u64) -> Result<BTreeSet<u64>, JournalError> {
        left_out(&self.connection, after).map_err(JournalError::Store)
    }

    fn letters(&mut self) -> Result<Vec<DeadLetter>, JournalError> {
        letters(&self.connection).map_err(JournalError::Store)
    }

    fn letter(&mut self, number: u64) -> Result<Option<(DeadLetter, Vec<u8>)>, JournalError> {
        let select = format!(
            "SELECT {COLUMNS}, body FROM dead_letters NATURAL JOIN dead_bodies WHERE number = ?1"
        );
        let read = |row: &Row<'_>| Ok((decode(row)?, row.get("body")?));
        self.connection.query_row(&select, [number], read).optional().map_err(JournalError::Store)
    }

    fn discard(&mut self, number: u64) -> Result<bool, JournalError> {
        let delete = "DELETE FROM dead_letters WHERE number = ?1";
        let deleted = self.connection.execute(delete, [number]).map_err(JournalError::Store)?;
        Ok(deleted > 0)
    }

    fn dead_counts(&mut self) -> Result<DeadCounts, JournalError> {
        counts(&self.connection).map_err(JournalError::Store)
    }
}

impl SqliteJournal {
    /// Leaves a record out whose letter is of no interest.
    pub(in crate::journal) fn mark_left_out(&mut self, sequence: u64) -> Result<(), JournalError> {
        mark(&self.connection, sequence).map_err(JournalError::Store)
    }
}

fn keep_unreadable(
    connection: &mut Connection,
    at: Timestamp,
    letters: &[Unreadable],
) -> rusqlite::Result<Vec<Appended>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut kept = Vec::with_capacity(letters.len());
    for letter in letters {
        let kind = DeadKind::Unreadable.name();
        let Unreadable { about, reason, body, .. } = letter;
        let about: Option<&str> = *about;
        let none: Option<u64> = None;
        let (key, at_us) = (letter.key(), at.as_micros());
        let values = params![at_us, kind, about, reason, key, none, body.len()];
        kept.push(insert(&transaction, values, body)?);
    }
    drop_beyond_limits(&transaction)?;
    transaction.commit()?;
    Ok(kept)
}

fn leave_out(connection: &mut Connection, poison: &Poison) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    mark(&transaction, poison.sequence)?;
    let (body, kind) = (poison.body(), DeadKind::Poison.name());
    let about = stat::kind(&Body::Event(poison.event.clone()));
    let Poison { sequence, at, reason, .. } = poison;
    let (key, at_us) = (poison.key(), at.as_micros());
    let values = params![at_us, kind, about, reason, key, sequence, body.len()];
    insert(&transaction, values, &body)?;
    drop_beyond_limits(&transaction)?;
    transaction.commit()
}

fn mark(connection: &Connection, sequence: u64) -> rusqlite::Result<()> {
    let insert = "INSERT OR IGNORE INTO left_out (seq) VALUES (?1)";
    connection.execute(insert, [sequence]).map(drop)
}

fn insert(
    transaction: &Transaction<'_>,
    values: &[&dyn ToSql],
    body: &[u8],
) -> rusqlite::Result<Appended> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO dead_letters (at_us, kind, about, reason, key, record, bytes)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE NOT EXISTS (SELECT 1 FROM dead_letters WHERE key = ?5)",
    )?;
    if insert.execute(values)? == 0 {
        return Ok(Appended::Duplicate);
    }
    let mut insert = transaction.prepare_cached(
        "INSERT INTO dead_bodies (number, body) VALUES (last_insert_rowid(), ?1)",
    )?;
    insert.execute([body])?;
    Ok(Appended::Recorded)
}

/// Drops the oldest; of poison none as long as anything else is there.
fn drop_beyond_limits(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let found = counts(transaction)?;
    if found.letters() <= LETTERS_MAX as u64 && found.bytes <= BODY_BYTES_MAX as u64 {
        return Ok(());
    }
    let delete = "DELETE FROM dead_letters WHERE number IN (
        SELECT number FROM (
            SELECT number, count(*) OVER newest AS letters, sum(bytes) OVER newest AS bytes
            FROM dead_letters
            WINDOW newest AS (ORDER BY kind = 'unreadable', number DESC)
        ) WHERE letters > ?1 OR bytes > ?2)";
    let dropped = transaction.execute(delete, params![LETTERS_MAX, BODY_BYTES_MAX])?;
    let update = "UPDATE meta SET value = CAST(value AS INTEGER) + ?1
        WHERE key = 'letters_dropped'";
    transaction.execute(update, [dropped]).map(drop)
}

/// The records that a replay leaves out.
pub(in crate::journal) fn left_out(
    connection: &Connection,
    after: u64,
) -> rusqlite::Result<BTreeSet<u64>> {
    let mut select = connection.prepare_cached("SELECT seq FROM left_out WHERE seq > ?1")?;
    let numbers = select.query_map([after], |row| row.get(0))?;
    numbers.collect()
}

/// How many letters there are.
pub(in crate::journal) fn counts(connection: &Connection) -> rusqlite::Result<DeadCounts> {
    let select = "SELECT count(*) FILTER (WHERE kind = 'unreadable'),
            count(*) FILTER (WHERE kind = 'poison'), coalesce(sum(bytes), 0),
            (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'letters_dropped')
        FROM dead_letters";
    connection.query_row(select, [], |row| {
        let (unreadable, poison) = (row.get(0)?, row.get(1)?);
        Ok(DeadCounts { unreadable, poison, bytes: row.get(2)?, dropped: row.get(3)? })
    })
}

fn letters(connection: &Connection) -> rusqlite::Result<Vec<DeadLetter>> {
    let mut select =
        connection.prepare(&format!("SELECT {COLUMNS} FROM dead_letters ORDER BY number"))?;
    let letters = select.query_map([], decode)?;
    letters.collect()
}

fn decode(row: &Row<'_>) -> rusqlite::Result<DeadLetter> {
    let kind: String = row.get("kind")?;
    let is_poison = kind == DeadKind::Poison.name();
    Ok(DeadLetter {
        number: row.get("number")?,
        at: Timestamp::from_micros(row.get("at_us")?),
        kind: if is_poison { DeadKind::Poison } else { DeadKind::Unreadable },
        about: row.get("about")?,
        reason: row.get("reason")?,
        record: row.get("record")?,
        bytes: row.get("bytes")?,
    })
}

/// Deletes letters from before, and what is known of records that are gone. Returns whether there
/// may be more.
pub(super) fn delete_old(
    transaction: &Transaction<'_>,
    before: Timestamp,
    limit: usize,
) -> rusqlite::Result<bool> {
    let marks = "DELETE FROM left_out
        WHERE NOT EXISTS (SELECT 1 FROM records WHERE records.seq = left_out.seq)";
    transaction.execute(marks, [])?;
    let limit = limit.min(DELETED_AT_ONCE);
    let delete = "DELETE FROM dead_letters WHERE number IN
        (SELECT number FROM dead_letters WHERE at_us < ?1 ORDER BY number LIMIT ?2)";
    Ok(transaction.execute(delete, params![before.as_micros(), limit])? == limit)
}

/// Deletes letters that name a contact, but not the wish to forget them: it may be fulfilled yet.
pub(super) fn forget(transaction: &Transaction<'_>, contact: &ContactId) -> rusqlite::Result<()> {
    let name = serde_json::to_vec(contact).expect("ids are always JSON");
    let delete = "DELETE FROM dead_letters WHERE about IS NOT 'contact_forgotten' AND number IN
        (SELECT number FROM dead_bodies WHERE instr(body, ?1) > 0)";
    transaction.execute(delete, [name]).map(drop)
}
