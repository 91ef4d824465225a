//! Dead letters: kept when they come, and brought back to life when somebody asks for it.

use std::time::Duration;

use engine::{Event, Timestamp};

use super::{Arrivals, Driver};
use crate::admin::dead_letters::{Retried, RetryOutcome};
use crate::intake::{Delivery, Letter, Receipt};
use crate::journal::{Appended, DeadKind, DeadLetter, JournalError};
use crate::notification;
use crate::recovery::attempt;

/// How long a copy of the engine lives on with an event.
const REHEARSED: Duration = Duration::from_secs(60);

/// Why a letter cannot even be tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RetryError {
    /// There is none of this number.
    #[error("there is no dead letter {0}: `router retry` lists them")]
    Unknown(u64),
    /// The journal fails.
    #[error("nothing has changed: {0}")]
    Journal(#[from] JournalError),
    /// The journal did not take the events.
    #[error("nothing has changed: the journal is not writable")]
    Refused,
}

/// What a letter holds.
enum Content {
    /// What is to be recorded, and under which id.
    Events(Option<String>, Vec<Event>),
    /// Nothing for this router.
    Nothing,
    /// What is still wrong.
    Dead(RetryOutcome, String),
}

impl Driver {
    /// Keeps what cannot be read, before anything else: there is little of it.
    pub(super) async fn keep_letters(&mut self, arrivals: &mut Arrivals) {
        if arrivals.letters.is_empty() {
            return;
        }
        let letters = arrivals.letters.drain(..).map(Letter::open);
        let (letters, answers): (Vec<_>, Vec<_>) = letters.unzip();
        let at = self.clock.now();
        let kept = self.journal.letters(move |it| it.keep_unreadable(at, &letters)).await;
        let receipts = match kept {
            Ok(kept) => {
                self.journal_works();
                let receipt = |it| match it {
                    Appended::Recorded => Receipt::Recorded,
                    Appended::Duplicate => Receipt::Duplicate,
                };
                kept.into_iter().map(receipt).collect()
            }
            Err(error) => {
                self.journal_fails(&error);
                vec![Receipt::Refused; answers.len()]
            }
        };
        for (answer, receipt) in answers.into_iter().zip(receipts) {
            // The handler may have given up waiting: then nobody needs to know.
            let _ = answer.send(receipt);
        }
    }

    /// Tries to take a letter in after all. Its events are recorded first, and the letter is taken
    /// away after it: if that fails, the next try finds them recorded already.
    pub(super) async fn retry_letter(
        &mut self,
        number: u64,
        arrivals: &mut Arrivals,
    ) -> Result<Retried, RetryError> {
        let found = self.journal.letters(move |it| it.letter(number)).await?;
        let (letter, body) = found.ok_or(RetryError::Unknown(number))?;
        let outcome = match self.read_letter(&letter, &body) {
            Content::Dead(outcome, reason) => {
                return Ok(Retried { number, outcome, reason: Some(reason) });
            }
            Content::Nothing => RetryOutcome::Ignored,
            Content::Events(id, events) => {
                let (delivery, receipt) = Delivery::new(id, events);
                arrivals.deliveries.push(delivery);
                self.record(arrivals).await;
                match receipt.await {
                    Ok(Receipt::Recorded) => RetryOutcome::Recorded,
                    Ok(Receipt::Duplicate) => RetryOutcome::Duplicate,
                    Ok(Receipt::Refused) | Err(_) => return Err(RetryError::Refused),
                }
            }
        };
        self.journal.letters(move |it| it.discard(number)).await?;
        tracing::info!(number, kind = letter.kind.name(), ?outcome, "a dead letter is taken in");
        Ok(Retried { number, outcome, reason: None })
    }

    fn read_letter(&self, letter: &DeadLetter, body: &[u8]) -> Content {
        // The letter's number takes the place of an id: it is recorded once, however often it is tried.
        let own_id = format!("dead_letter_{}", letter.number);
        match letter.kind {
            DeadKind::Unreadable => match notification::decode(body) {
                Err(error) => Content::Dead(RetryOutcome::StillUnreadable, error.reason()),
                Ok(it) if self.app_id.as_ref().is_some_and(|ours| *ours != it.app_id) => {
                    Content::Nothing
                }
                Ok(it) if it.events.is_empty() => Content::Nothing,
                Ok(it) => Content::Events(it.id.or(Some(own_id)), it.events),
            },
            DeadKind::Poison => match serde_json::from_slice::<Event>(body) {
                // Not the reason in full: JSON's reader quotes what it stumbled over.
                Err(_) => {
                    let reason = "the event is not one that this version knows".to_owned();
                    Content::Dead(RetryOutcome::StillUnreadable, reason)
                }
                Ok(event) => match self.rehearse(self.clock.now(), event.clone()) {
                    Err(reason) => Content::Dead(RetryOutcome::StillPoison, reason),
                    // Its record has the notification's own id.
                    Ok(()) => Content::Events(Some(own_id), vec![event]),
                },
            },
        }
    }

    /// Shows an event to a copy of the engine, and lets a while pass there: a panic of the engine
    /// itself would end the process.
    fn rehearse(&self, at: Timestamp, event: Event) -> Result<(), String> {
        attempt(|| {
            let mut engine = self.engine.clone();
            (self.take_in)(&mut engine, at, event);
            engine.advance_to(at + REHEARSED);
            while engine.poll_command().is_some() {}
        })
    }
}
