//! Records on which the engine panics. That is a bug of the engine; but it must not keep the router
//! from starting, again and again. So such a record is noted, once and durably, and every replay
//! from then on leaves it out.
//!
//! The router then goes on as if the event had never come. Commands are numbered as they are asked
//! for, so that those after it may have other numbers than when the event was taken in: outcomes
//! in the journal that match none any more are ignored by the engine, and counted. What it
//! therefore believes to be under way is looked at again when the router has started, before
//! anything is repeated; the search, which asks Intercom for what has changed, repairs the rest.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use engine::{Engine, Event, Timestamp};

use super::{Begin, Recovered, RecoveryError, replay_with};
use crate::journal::{Body, Journal, JournalError, Poison, stat};

/// How an engine takes in an event. Tests have one that panics.
pub type TakeIn = fn(&mut Engine, Timestamp, Event);

/// The most records behind a checkpoint that are left out. With more it is not the events that are
/// wrong, and start after start would leave out all of them.
pub const POISON_MAX: usize = 100;

/// Replays the journal; notes records on which the engine panics, and begins anew without them.
///
/// # Errors
///
/// If the journal cannot be read or written, or the engine panics on something else, or too often.
pub(crate) fn replay_and_note(
    journal: &mut dyn Journal,
    begin: Begin,
    take_in: TakeIn,
) -> Result<Option<(Recovered, String)>, RecoveryError> {
    loop {
        // Each time with another engine: after a panic nobody knows what one knows.
        match replay_with(journal, begin, take_in, &mut |_, _| {}) {
            Err(RecoveryError::Poison { sequence, reason, left_out }) => {
                if left_out >= POISON_MAX {
                    return Err(RecoveryError::TooMuchPoison { sequence });
                }
                note(journal, sequence, reason)?;
            }
            replayed => return replayed,
        }
    }
}

fn note(journal: &mut dyn Journal, sequence: u64, reason: String) -> Result<(), RecoveryError> {
    let found = journal.read(sequence - 1, 1)?.into_iter().find(|it| it.sequence == sequence);
    let gone = || JournalError::Corrupt { sequence, reason: "it is gone".to_owned() };
    let record = found.ok_or_else(gone)?;
    let event = stat::kind(&record.body);
    let Body::Event(body) = record.body else { return Err(gone().into()) };
    tracing::error!(
        sequence,
        event,
        "the engine panics on a record: it is left out, see `router retry`"
    );
    journal.leave_out(&Poison { sequence, at: record.at, event: body, reason })?;
    Ok(())
}

/// Does something with an engine. After a panic, which is answered with its reason, the engine must
/// not be used again.
pub(crate) fn attempt(work: impl FnOnce()) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| reason(&*panic))
}

/// Only a message that is the same whatever happened: others may quote the event. The panic itself
/// was told on the standard error.
fn reason(panic: &(dyn Any + Send)) -> String {
    match panic.downcast_ref::<&'static str>() {
        Some(message) => format!("the engine panics: {message}"),
        None => "the engine panics".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_quotes_nothing_that_came_in() {
        let check = |work: fn(), expected: &str| {
            assert_eq!(attempt(work).unwrap_err(), expected);
        };
        check(|| panic!("it has a team"), "the engine panics: it has a team");
        check(|| panic!("{} has a team", std::hint::black_box("ana")), "the engine panics");
        check(|| std::panic::panic_any(7), "the engine panics");
        assert_eq!(attempt(|| {}), Ok(()));
    }
}
