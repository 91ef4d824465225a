//! Checkpoints, and what becomes of the records behind them.

use engine::Event;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Row, dead_letters, encode, forgetting};
use crate::journal::{Body, Checkpoint, JournalError, Texts, Tidying};

/// Pieces of old checkpoints that are deleted at once.
const PIECES: usize = 4;

/// The newest checkpoint that is complete.
pub(super) fn newest(connection: &Connection) -> rusqlite::Result<Option<Checkpoint>> {
    let Some(sequence) = newest_sequence(connection)? else {
        return Ok(None);
    };
    let mut select =
        connection.prepare("SELECT piece FROM checkpoints WHERE seq = ?1 ORDER BY number")?;
    let mut rows = select.query([sequence])?;
    let mut state = Vec::new();
    while let Some(row) = rows.next()? {
        state.extend_from_slice(row.get_ref(0)?.as_blob()?);
    }
    Ok(Some(Checkpoint { sequence, state }))
}

fn newest_sequence(connection: &Connection) -> rusqlite::Result<Option<u64>> {
    let newest = "SELECT max(seq) FROM checkpoints WHERE is_last = 1";
    Ok(connection.query_row(newest, [], |row| row.get(0)).optional()?.flatten())
}

/// One step; see [`Journal::tidy`](crate::journal::Journal::tidy).
pub(super) fn tidy(
    connection: &mut Connection,
    tidying: &Tidying,
    limit: usize,
) -> Result<bool, JournalError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(JournalError::Store)?;
    let is_more = delete_checkpoints(&transaction).map_err(JournalError::Store)?
        || delete_events(&transaction, tidying, limit).map_err(JournalError::Store)?
        || dead_letters::delete_old(&transaction, tidying.delete_before, limit)
            .map_err(JournalError::Store)?
        || forgetting::forget(&transaction, tidying, limit)?
        || (tidying.texts != Texts::Keep && take_out_texts(&transaction, tidying, limit)?);
    transaction.commit().map_err(JournalError::Store)?;
    Ok(is_more)
}

/// Deletes older checkpoints, and what is left of some that were never finished.
fn delete_checkpoints(transaction: &Transaction<'_>) -> rusqlite::Result<bool> {
    let Some(newest) = newest_sequence(transaction)? else {
        return Ok(false);
    };
    let delete = "DELETE FROM checkpoints WHERE rowid IN
        (SELECT rowid FROM checkpoints WHERE seq < ?1 LIMIT ?2)";
    Ok(transaction.execute(delete, params![newest, PIECES])? == PIECES)
}

/// Seed and rules stay: what remains can still be read from the beginning. So does the last record:
/// its number would be given to the next one.
fn delete_events(
    transaction: &Transaction<'_>,
    tidying: &Tidying,
    limit: usize,
) -> rusqlite::Result<bool> {
    // Records are in the order of their times, so the oldest come first.
    let delete = "DELETE FROM records WHERE seq IN
        (SELECT seq FROM
            (SELECT seq, at_us FROM records WHERE kind = 'event' AND seq <= ?1 ORDER BY seq LIMIT ?3)
         WHERE at_us < ?2 AND seq < (SELECT max(seq) FROM records))";
    let before = tidying.delete_before.as_micros();
    Ok(transaction.execute(delete, params![tidying.up_to, before, limit])? == limit)
}

fn take_out_texts(
    transaction: &Transaction<'_>,
    tidying: &Tidying,
    limit: usize,
) -> Result<bool, JournalError> {
    let meta = |key: &str| -> Result<String, JournalError> {
        let select = "SELECT value FROM meta WHERE key = ?1";
        transaction.query_row(select, [key], |row| row.get(0)).map_err(JournalError::Store)
    };
    let tidied: u64 = meta("tidied")?.parse().unwrap_or(0);
    let key = meta("key")?;
    let rows = super::rows(transaction, tidied, limit).map_err(JournalError::Store)?;
    let history: Vec<Row> = rows.into_iter().filter(|it| it.sequence <= tidying.up_to).collect();
    let Some(last) = history.last().map(|it| it.sequence) else {
        return Ok(false);
    };
    let is_more = history.len() == limit;
    for row in history {
        let sequence = row.sequence;
        let Body::Event(mut event) = row.decode()?.body else { continue };
        if tidying.texts.apply(key.as_bytes(), &mut event) {
            rewrite(transaction, sequence, event)?;
        }
    }
    transaction
        .execute("UPDATE meta SET value = ?1 WHERE key = 'tidied'", [last.to_string()])
        .map_err(JournalError::Store)?;
    Ok(is_more)
}

/// Puts another event in the place of a record's.
pub(super) fn rewrite(
    transaction: &Transaction<'_>,
    sequence: u64,
    event: Event,
) -> Result<(), JournalError> {
    let (_, body) = encode(&Body::Event(event));
    let update = "UPDATE records SET body = ?2 WHERE seq = ?1";
    transaction.execute(update, params![sequence, body]).map(drop).map_err(JournalError::Store)
}
