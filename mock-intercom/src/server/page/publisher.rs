//! One task that keeps the board and tells all pages of it.

use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};

use super::board::{Board, people};
use crate::server::shared::{Shared, SharedState};
use crate::{Moment, Workspace};

/// The least time between two frames.
const FRAME: Duration = Duration::from_millis(100);
/// Clocks and rates move even when nothing happens.
const IDLE: Duration = Duration::from_secs(1);
/// The most messages that wait for a page to read them; with one more, the page is let go.
pub(super) const QUEUE: usize = 64;

/// A page that listens.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) events: mpsc::Sender<Event>,
    /// One of a bounded number, given back when the page is let go.
    pub(super) _permit: OwnedSemaphorePermit,
}

impl Listener {
    fn send(&self, events: &[Event]) -> bool {
        events.iter().all(|event| self.events.try_send(event.clone()).is_ok())
    }
}

/// Until the mock stops. From the first look on the board is kept, so that the chart has no gap when
/// somebody looks again.
pub(super) async fn run(
    shared: Arc<Shared>,
    mut joining: mpsc::Receiver<Listener>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut changed = shared.changed.subscribe();
    let mut listeners: Vec<Listener> = Vec::new();
    let mut show: Option<Show> = None;
    loop {
        let (is_kept, is_watched) = (show.is_some(), !listeners.is_empty());
        let frame = async {
            match (is_kept, is_watched) {
                (false, _) => std::future::pending().await,
                (true, false) => tokio::time::sleep(IDLE).await,
                (true, true) => {
                    _ = tokio::time::timeout(IDLE, changed.changed()).await;
                    tokio::time::sleep(FRAME).await;
                }
            }
        };
        tokio::select! {
            _ = stopped.wait_for(|&stop| stop) => return,
            joined = joining.recv() => {
                let Some(listener) = joined else { return };
                let events = show.get_or_insert_with(|| Show::new(&shared)).whole(&shared);
                if listener.send(&events) {
                    listeners.push(listener);
                }
            }
            () = frame => {
                let events = show.get_or_insert_with(|| Show::new(&shared)).next(&shared);
                // A page that is gone or does not read is let go; it may come back.
                listeners.retain(|listener| listener.send(&events));
            }
        }
    }
}

/// What all pages show.
struct Show {
    /// Which of the restored snapshots this is; with the next, all begins anew.
    generation: u64,
    board: Board,
    people: Value,
}

impl Show {
    fn new(shared: &Shared) -> Self {
        shared.with_state(|now, state| Self::of(now, state))
    }

    fn of(now: Moment, state: &SharedState) -> Self {
        let workspace = &state.workspace;
        let (board, people) = (Board::new(now, workspace), people(workspace));
        Self { generation: state.generation, board, people }
    }

    /// Everything, for a page that has nothing yet.
    fn whole(&mut self, shared: &Shared) -> Vec<Event> {
        shared.with_state(|now, state| {
            self.follow(now, state);
            self.everything(now, &state.workspace)
        })
    }

    fn everything(&self, now: Moment, workspace: &Workspace) -> Vec<Event> {
        let mut events = vec![event("people", &self.people)];
        for lanes in self.board.all_lanes(workspace) {
            events.push(event("lanes", &json!(lanes)));
        }
        events.push(event("numbers", &self.board.numbers(now, workspace)));
        events
    }

    /// What is new since the last frame.
    fn next(&mut self, shared: &Shared) -> Vec<Event> {
        shared.with_state(|now, state| {
            let is_same = self.follow(now, state);
            let workspace = &state.workspace;
            let people = people(workspace);
            if !is_same || self.people != people {
                // Lanes may have gone: everything is told again.
                self.people = people;
                self.board.forget_changes();
                return self.everything(now, workspace);
            }
            let mut events = Vec::new();
            let lanes = self.board.changed_lanes(workspace);
            if !lanes.is_empty() {
                events.push(event("lanes", &json!(lanes)));
            }
            events.push(event("numbers", &self.board.numbers(now, workspace)));
            events
        })
    }

    /// Takes in what happened; false if a snapshot was restored, and this is of another time.
    fn follow(&mut self, now: Moment, state: &SharedState) -> bool {
        let is_same = self.generation == state.generation;
        if is_same {
            self.board.update(now, &state.workspace);
        } else {
            *self = Self::of(now, state);
        }
        is_same
    }
}

fn event(name: &str, data: &Value) -> Event {
    Event::default().event(name).data(data.to_string())
}
