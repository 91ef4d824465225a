//! `GET /v1/dead-letters`: what could not be taken in; to try it again, and to discard it.

use std::sync::Arc;

use axum::Json;
use axum::extract;
use axum::extract::rejection::PathRejection;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::status::moment;
use super::{Question, State};
use crate::driver::RetryError;
use crate::journal::{DeadKind, DeadLetter};

/// All dead letters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterList {
    /// In the order of their numbers.
    pub dead_letters: Vec<Letter>,
}

/// A dead letter, without what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number.
    pub number: u64,
    /// When it came.
    pub received_at: jiff::Timestamp,
    /// Why it is dead.
    pub kind: DeadKind,
    /// The webhook's topic or the event's kind, if it can be told.
    pub about: Option<String>,
    /// What is wrong with it.
    pub reason: String,
    /// Of a poison: the number of the record in the journal.
    pub record: Option<u64>,
    /// How long the body is.
    pub bytes: u64,
}

/// What came of a retry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retried {
    /// The letter's number.
    pub number: u64,
    /// What became of it.
    pub outcome: RetryOutcome,
    /// Why it is still dead, if it is.
    pub reason: Option<String>,
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryOutcome {
    /// What it tells is in the journal; the letter is gone.
    Recorded,
    /// The journal had it already; the letter is gone.
    Duplicate,
    /// It can be read and tells the router nothing; the letter is gone.
    Ignored,
    /// It cannot be read by this version either; the letter stays.
    StillUnreadable,
    /// The engine still panics on it; the letter stays.
    StillPoison,
}

impl RetryOutcome {
    /// Whether the letter is gone.
    #[must_use]
    pub const fn is_done(self) -> bool {
        !matches!(self, Self::StillUnreadable | Self::StillPoison)
    }
}

/// A letter that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {
    /// Its number.
    pub number: u64,
}

impl Letter {
    fn new(letter: DeadLetter) -> Self {
        let DeadLetter { number, at, kind, about, reason, record, bytes } = letter;
        Self { number, received_at: moment(at), kind, about, reason, record, bytes }
    }
}

impl From<RetryError> for Refusal {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::Unknown(_) => Self::not_found(error.to_string()),
            RetryError::Journal(_) | RetryError::Refused => Self::unavailable(error.to_string()),
        }
    }
}

type Number = Result<extract::Path<u64>, PathRejection>;

fn number(path: Number) -> Result<u64, Refusal> {
    let wrong = |_| Refusal::bad("the number of a dead letter is a whole number, such as 7");
    path.map(|extract::Path(number)| number).map_err(wrong)
}

pub(super) async fn list(
    extract::State(state): extract::State<Arc<State>>,
) -> Result<Json<LetterList>, Refusal> {
    let letters = state.parts.asker.ask(Question::DeadLetters).await?.map_err(RetryError::from)?;
    Ok(Json(LetterList { dead_letters: letters.into_iter().map(Letter::new).collect() }))
}

pub(super) async fn retry(
    extract::State(state): extract::State<Arc<State>>,
    path: Number,
) -> Result<Json<Retried>, Refusal> {
    let number = number(path)?;
    let asked = state.parts.asker.ask(|answer| Question::RetryLetter(number, answer)).await?;
    Ok(Json(asked?))
}

pub(super) async fn discard(
    extract::State(state): extract::State<Arc<State>>,
    path: Number,
) -> Result<Json<Discarded>, Refusal> {
    let number = number(path)?;
    let asked = state.parts.asker.ask(|answer| Question::DiscardLetter(number, answer)).await?;
    if !asked.map_err(RetryError::from)? {
        return Err(RetryError::Unknown(number).into());
    }
    Ok(Json(Discarded { number }))
}
