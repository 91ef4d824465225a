//! Dead letters: what came in and could not be taken in.
//!
//! They are no records: a replay knows nothing of them. Only that a record is left out of every
//! replay is kept for as long as the record, whatever becomes of its letter.

use std::collections::BTreeSet;

use bytes::Bytes;
use engine::{Event, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Appended, JournalError};

/// The most letters that are kept: beyond, the oldest unreadable ones are dropped first.
pub const LETTERS_MAX: usize = 10_000;

/// The most bytes that the bodies of all letters have together.
pub const BODY_BYTES_MAX: usize = 64 << 20;

/// Why a letter is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadKind {
    /// A webhook with a right signature that cannot be decoded.
    Unreadable,
    /// A record on which the engine panics.
    Poison,
}

impl DeadKind {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Unreadable, Self::Poison];

    /// Its name in the journal, in metrics and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Poison => "poison",
        }
    }
}

/// A letter, without its body: that holds personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its number, from 1 upwards. None is given twice.
    pub number: u64,
    /// When it came.
    pub at: Timestamp,
    /// Why it is dead.
    pub kind: DeadKind,
    /// The webhook's topic or the event's kind, from a closed set, if it can be told.
    pub about: Option<String>,
    /// What is wrong with it. Holds nothing of the body.
    pub reason: String,
    /// Of a poison: the number of the record.
    pub record: Option<u64>,
    /// How long the body is.
    pub bytes: u64,
}

/// A webhook that cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Recognises repetitions, if it can be read; else the whole body does.
    pub notification_id: Option<String>,
    /// [`DeadLetter::about`].
    pub about: Option<&'static str>,
    /// [`DeadLetter::reason`].
    pub reason: String,
    /// As it came.
    pub body: Bytes,
}

impl Unreadable {
    /// What the same letter has again.
    pub(super) fn key(&self) -> String {
        match &self.notification_id {
            Some(id) => format!("id:{}", hex::encode(Sha256::digest(id.as_bytes()))),
            None => format!("body:{}", hex::encode(Sha256::digest(&self.body))),
        }
    }
}

/// A record on which the engine panics.
#[derive(Clone, Debug, PartialEq)]
pub struct Poison {
    /// The number of the record.
    pub sequence: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// What it says. It is kept in the letter: texts are taken out of records.
    pub event: Event,
    /// [`DeadLetter::reason`].
    pub reason: String,
}

impl Poison {
    pub(super) fn key(&self) -> String {
        format!("record:{}", self.sequence)
    }

    pub(super) fn body(&self) -> Vec<u8> {
        serde_json::to_vec(&self.event).expect("events are always JSON")
    }
}

/// How many letters there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadCounts {
    /// Webhooks that cannot be decoded.
    pub unreadable: u64,
    /// Records on which the engine panics.
    pub poison: u64,
    /// Bytes of all bodies.
    pub bytes: u64,
    /// Letters that were dropped because there were too many, ever.
    pub dropped: u64,
}

impl DeadCounts {
    /// How many there are of both kinds.
    #[must_use]
    pub const fn letters(&self) -> u64 {
        self.unreadable + self.poison
    }
}

/// Where letters are kept: a part of every journal.
pub trait DeadLetters {
    /// Keeps letters that came at `at` durably, all or none. What is there already is a duplicate.
    /// Beyond [`LETTERS_MAX`] and [`BODY_BYTES_MAX`] the oldest are dropped.
    ///
    /// # Errors
    ///
    /// If the store fails; then none of them is kept.
    fn keep_unreadable(
        &mut self,
        at: Timestamp,
        letters: &[Unreadable],
    ) -> Result<Vec<Appended>, JournalError>;

    /// Keeps a letter of a record, and durably that the record is left out from now on.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn leave_out(&mut self, poison: &Poison) -> Result<(), JournalError>;

    /// The numbers of the records after `after` (0: of all) that every replay leaves out.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn left_out(&mut self, after: u64) -> Result<BTreeSet<u64>, JournalError>;

    /// All letters, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn letters(&mut self) -> Result<Vec<DeadLetter>, JournalError>;

    /// The letter of this number with its body: what came, or the event as JSON.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn letter(&mut self, number: u64) -> Result<Option<(DeadLetter, Vec<u8>)>, JournalError>;

    /// Takes a letter away. Returns whether it was there.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn discard(&mut self, number: u64) -> Result<bool, JournalError>;

    /// How many letters there are.
    ///
    /// # Errors
    ///
    /// If the store fails.
    fn dead_counts(&mut self) -> Result<DeadCounts, JournalError>;
}
