//! Forgetting a contact in the journal of a router that does not run.

use engine::{ContactId, Engine, Event};

use crate::clock::Clock;
use crate::config::Retention;
use crate::journal::{Body, Entry, Journal, Piece, Tidying};
use crate::recovery::{self, Begin, RecoveryError};

/// Takes the traces of a contact out of a journal: out of what the engine knows, out of every
/// record, and with dead letters that name them. Returns whether there was anything in the journal at all.
///
/// # Errors
///
/// If the journal cannot be replayed or written. What is not done then is done by the router when it
/// runs again.
pub fn forget(
    journal: &mut dyn Journal,
    contact: ContactId,
    retention: Retention,
    clock: &Clock,
) -> Result<bool, RecoveryError> {
    let replayed = recovery::replay_and_note(journal, Begin::AtCheckpoint, Engine::handle_event)?;
    let Some((mut recovered, rules)) = replayed else {
        return Ok(false);
    };
    clock.not_before(recovered.last);
    let at = clock.now();
    let event = Event::ContactForgotten { contact };
    let body = Body::Event(event.clone());
    journal.append(&[Entry { at, notification_id: None, body }])?;
    recovered.engine.handle_event(at, event);
    // Calls that fell due are made by the router when it starts.
    while recovered.engine.poll_command().is_some() {}

    let state = recovery::keep(&recovered.engine, &rules, at);
    let sequence = journal.last_sequence()?;
    journal.keep_piece(Piece { sequence, number: 0, bytes: &state, is_last: true })?;
    let delete_before = at - retention.keep_for;
    let tidying = Tidying { up_to: sequence, delete_before, texts: retention.texts };
    while journal.tidy(&tidying, TIDY)? {}
    journal.finish()?;
    Ok(true)
}

/// Records in one transaction.
const TIDY: usize = 5_000;
