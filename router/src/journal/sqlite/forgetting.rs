//! Takes the traces of a contact out of the records and the dead letters.

use engine::{ContactId, Event};
use rusqlite::{OptionalExtension, Transaction, params};

use super::dead_letters;
use super::tidying::rewrite;
use crate::journal::{Body, JournalError, Tidying, texts};

/// Asks for a contact to be forgotten in all records up to the last one, which says so.
pub(super) fn ask(transaction: &Transaction<'_>, contact: &ContactId) -> rusqlite::Result<()> {
    let insert = "INSERT OR REPLACE INTO forgotten (contact, next, until)
        VALUES (?1, 1, last_insert_rowid())";
    transaction.execute(insert, [contact.as_str()]).map(drop)
}

/// Forgets one of those who are to be forgotten, in so many records. Returns whether there is more to
/// do. Nothing happens before a checkpoint stands behind all records that tell of the contact.
pub(super) fn forget(
    transaction: &Transaction<'_>,
    tidying: &Tidying,
    limit: usize,
) -> Result<bool, JournalError> {
    let select = "SELECT contact, next, until FROM forgotten WHERE until <= ?1 LIMIT 1";
    let asked = transaction.query_row(select, [tidying.up_to], |row| {
        let contact: String = row.get(0)?;
        Ok((ContactId::new(contact), row.get::<_, u64>(1)?, row.get::<_, u64>(2)?))
    });
    let Some((contact, next, until)) = asked.optional().map_err(JournalError::Store)? else {
        return Ok(false);
    };
    if next == 1 {
        dead_letters::forget(transaction, &contact).map_err(JournalError::Store)?;
    }
    let rows = super::rows(transaction, next - 1, limit).map_err(JournalError::Store)?;
    let history: Vec<_> = rows.into_iter().filter(|it| it.sequence <= until).collect();
    let end = history.last().map_or(until, |it| it.sequence);
    for row in history {
        if holds(&row.body, contact.as_str().as_bytes()) {
            forget_in(transaction, &contact, row)?;
        }
    }
    let update = if end < until {
        transaction.execute(
            "UPDATE forgotten SET next = ?2 WHERE contact = ?1",
            params![contact.as_str(), end + 1],
        )
    } else {
        transaction.execute("DELETE FROM forgotten WHERE contact = ?1", [contact.as_str()])
    };
    update.map(|_| true).map_err(JournalError::Store)
}

/// The record that asks for it tells of the contact as well: it forgets whom. It stays, because it may
/// be the last, and the number of a last record that is deleted is given to the next one, which a
/// replay would then take for something behind the checkpoint.
fn forget_in(
    transaction: &Transaction<'_>,
    contact: &ContactId,
    row: super::Row,
) -> Result<(), JournalError> {
    let sequence = row.sequence;
    let Body::Event(mut event) = row.decode()?.body else { return Ok(()) };
    if matches!(&event, Event::ContactForgotten { contact: it } if it == contact) {
        rewrite(transaction, sequence, texts::forgotten())?;
    } else if texts::forget(contact, &mut event) {
        rewrite(transaction, sequence, event)?;
    }
    Ok(())
}

/// Whether a body holds these bytes: a cheap look before it is decoded.
fn holds(body: &[u8], wanted: &[u8]) -> bool {
    body.windows(wanted.len().max(1)).any(|window| window == wanted)
}
