//! The thread that writes the journal, so that nobody else waits for the disk.

use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};

use super::{Appended, Entry, Journal, JournalError, Tidying};
use crate::metrics::Metrics;

mod chores;

use chores::Chores;

/// Requests on their way to the thread. The driver waits for each answer, so one is enough.
const REQUESTS: usize = 1;

/// How often a little is tidied at the end: some 50,000 records, in about a second.
const LAST_STEPS: u32 = 100;

enum Request {
    Append(Vec<Entry>, oneshot::Sender<AppendAnswer>),
    Probe(oneshot::Sender<Result<(), JournalError>>),
    Keep(Vec<u8>, Tidying),
    /// Something with dead letters. Answers by itself.
    Letters(Box<Work>),
}

type Work = dyn FnOnce(&mut dyn Journal) + Send;

type AppendAnswer = (Vec<Entry>, Result<Vec<Appended>, JournalError>);

/// Owns a journal on a thread of its own.
#[derive(Debug)]
pub(crate) struct Writer {
    requests: mpsc::Sender<Request>,
    thread: JoinHandle<Result<(), JournalError>>,
}

impl Writer {
    pub(crate) fn spawn(journal: Box<dyn Journal>, metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let (requests, receiver) = mpsc::channel(REQUESTS);
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || serve(journal, receiver, &metrics))?;
        Ok(Self { requests, thread })
    }

    /// Appends in one transaction; gives the entries back.
    pub(crate) async fn append(&self, entries: Vec<Entry>) -> AppendAnswer {
        let (answer, answered) = oneshot::channel();
        match self.requests.send(Request::Append(entries, answer)).await {
            Ok(()) => answered.await.unwrap_or((Vec::new(), Err(JournalError::Closed))),
            Err(_) => (Vec::new(), Err(JournalError::Closed)),
        }
    }

    pub(crate) async fn probe(&self) -> Result<(), JournalError> {
        let (answer, answered) = oneshot::channel();
        let sent = self.requests.send(Request::Probe(answer)).await;
        sent.map_err(|_| JournalError::Closed)?;
        answered.await.map_err(|_| JournalError::Closed)?
    }

    /// Does something with the dead letters.
    pub(crate) async fn letters<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Journal) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (answer, answered) = oneshot::channel();
        // Whoever asked may have given up waiting: then nobody needs the answer.
        let work = move |journal: &mut dyn Journal| drop(answer.send(work(journal)));
        let sent = self.requests.send(Request::Letters(Box::new(work))).await;
        sent.map_err(|_| JournalError::Closed)?;
        answered.await.map_err(|_| JournalError::Closed)?
    }

    /// Keeps a checkpoint of what the engine knows after everything that has been appended, and
    /// then tidies up behind it; `up_to` is filled in. Both are done between appends.
    pub(crate) async fn keep(&self, state: Vec<u8>, tidying: Tidying) {
        // If the thread is gone, the next append says so.
        let _ = self.requests.send(Request::Keep(state, tidying)).await;
    }

    /// Finishes a checkpoint that is being kept, closes the journal and ends the thread.
    pub(crate) async fn close(self) -> Result<(), JournalError> {
        drop(self.requests);
        let thread = self.thread;
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        joined.map_err(|_| JournalError::Closed)?.map_err(|_| JournalError::Closed)?
    }
}

fn serve(
    mut journal: Box<dyn Journal>,
    mut requests: mpsc::Receiver<Request>,
    metrics: &Metrics,
) -> Result<(), JournalError> {
    let mut chores = Chores::default();
    count_letters(&mut *journal, metrics);
    loop {
        let request = if chores.is_done() {
            requests.blocking_recv().ok_or(TryRecvError::Disconnected)
        } else {
            requests.try_recv()
        };
        // Whoever asked may have given up waiting: then nobody needs the answer.
        match request {
            Ok(Request::Append(entries, answer)) => {
                let appended = journal.append(&entries);
                let _ = answer.send((entries, appended));
            }
            Ok(Request::Probe(answer)) => {
                let _ = answer.send(journal.probe());
            }
            Ok(Request::Letters(work)) => {
                work(&mut *journal);
                count_letters(&mut *journal, metrics);
            }
            Ok(Request::Keep(state, tidying)) => chores.begin(&mut *journal, state, tidying),
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => break,
        }
        chores.step(&mut *journal, metrics);
    }
    // A checkpoint is finished, however long; what lies behind it is tidied while that does not last.
    let mut tidied = 0;
    while chores.is_keeping() || (!chores.is_done() && tidied < LAST_STEPS) {
        tidied += u32::from(!chores.is_keeping());
        chores.step(&mut *journal, metrics);
    }
    journal.finish()
}

/// Nothing depends on the count: a store that fails says so when it is written to.
fn count_letters(journal: &mut dyn Journal, metrics: &Metrics) {
    if let Ok(counts) = journal.dead_counts() {
        metrics.set_dead_letters(&counts);
    }
}
