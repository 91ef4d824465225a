//! The way from the handlers to the driver, who owns the engine: bounded, with a deadline.

use std::sync::Arc;
use std::time::Duration;

use engine::{ConversationId, ConversationView, Overview, Policy, QueueState, Timestamp};
use tokio::sync::{mpsc, oneshot};

use super::dead_letters::Retried;
use crate::driver::RetryError;
use crate::journal::{DeadLetter, JournalError};

/// Questions that wait for the driver; whoever asks more waits.
const PLACES: usize = 16;

/// How long the driver may take: it answers between two batches of events.
const ANSWER_DEADLINE: Duration = Duration::from_secs(5);

/// Something to ask the driver, or to ask of it.
#[derive(Debug)]
pub(crate) enum Question {
    /// How everything stands.
    Snapshot(oneshot::Sender<Snapshot>),
    /// To bring the metrics up to date.
    Measure(oneshot::Sender<()>),
    /// How one conversation stands, and when that is so.
    Conversation(ConversationId, oneshot::Sender<(Option<ConversationView>, Timestamp)>),
    /// The rules, and what they may ask for besides the message.
    Rules(oneshot::Sender<RulesInForce>),
    /// To pause assignment, or to resume it. Answered when it is in the journal.
    Pause(bool, oneshot::Sender<Result<(), JournalError>>),
    /// To make no more calls. Answered when none is under way.
    Drain(oneshot::Sender<()>),
    /// To make calls again.
    Undrain(oneshot::Sender<()>),
    /// What could not be taken in.
    DeadLetters(oneshot::Sender<Result<Vec<DeadLetter>, JournalError>>),
    /// To try to take in a dead letter again. Answered when its events are in the journal.
    RetryLetter(u64, oneshot::Sender<Result<Retried, RetryError>>),
    /// To take a dead letter away. Answered with whether it was there.
    DiscardLetter(u64, oneshot::Sender<Result<bool, JournalError>>),
}

/// Everything at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) at: Timestamp,
    /// The version of the rules in force.
    pub(crate) rules: Arc<str>,
    /// Their time zone: `UTC`, `Europe/Dublin`.
    pub(crate) time_zone: String,
    pub(crate) overview: Overview,
    /// While the router drains: how many calls it holds back.
    pub(crate) held_calls: Option<usize>,
    /// Notifications that wait for the journal.
    pub(crate) intake: usize,
}

/// The rules at one moment.
#[derive(Debug)]
pub(crate) struct RulesInForce {
    pub(crate) at: Timestamp,
    pub(crate) policy: Arc<Policy>,
    /// In the order of [`Policy::teams`].
    pub(crate) queues: Vec<QueueState>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unanswered {
    /// The driver is busy: the journal may be slow.
    #[error("the router is too busy to answer: its journal may be slow")]
    Busy,
    /// The driver has ended.
    #[error("the router is stopping")]
    Stopped,
}

/// Where handlers ask.
#[derive(Clone, Debug)]
pub(crate) struct Asker(mpsc::Sender<Question>);

/// A way to ask, and what the driver listens to.
pub(crate) fn channel() -> (Asker, mpsc::Receiver<Question>) {
    let (sender, receiver) = mpsc::channel(PLACES);
    (Asker(sender), receiver)
}

impl Asker {
    /// Asks and waits for the answer.
    pub(crate) async fn ask<T>(
        &self,
        question: impl FnOnce(oneshot::Sender<T>) -> Question,
    ) -> Result<T, Unanswered> {
        self.ask_within(ANSWER_DEADLINE, question).await
    }

    /// The same with another deadline.
    pub(crate) async fn ask_within<T>(
        &self,
        deadline: Duration,
        question: impl FnOnce(oneshot::Sender<T>) -> Question,
    ) -> Result<T, Unanswered> {
        let (answer, answered) = oneshot::channel();
        let asked = async {
            self.0.send(question(answer)).await.map_err(|_| Unanswered::Stopped)?;
            answered.await.map_err(|_| Unanswered::Stopped)
        };
        tokio::time::timeout(deadline, asked).await.unwrap_or(Err(Unanswered::Busy))
    }
}
