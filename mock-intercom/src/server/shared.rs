//! What the handlers, the sender and the handle share, and how time moves in it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Client;
use tokio::sync::{Notify, watch};

use super::clock::Clock;
use super::snapshots::Snapshot;
use crate::delivery::Outbox;
use crate::{Moment, Workspace};

#[derive(Debug)]
pub(crate) struct Shared {
    pub(super) state: Mutex<SharedState>,
    pub(super) clock: watch::Sender<Clock>,
    /// When the clock started.
    pub(super) started_at: Moment,
    /// Tells the sender that there may be something to send or to wait for.
    pub(super) work: Notify,
    pub(super) changed: watch::Sender<u64>,
    pub(super) drained: watch::Sender<bool>,
    /// Goes up whenever anything has happened.
    progress: watch::Sender<u64>,
    stopped: watch::Receiver<bool>,
    /// Whoever moves the clock waits for whoever moves it already.
    moving: tokio::sync::Mutex<()>,
    pub(super) client: Client,
}

#[derive(Debug)]
pub(crate) struct SharedState {
    pub(crate) workspace: Workspace,
    pub(crate) outbox: Outbox,
    /// Goes up with every snapshot that is restored.
    pub(crate) generation: u64,
    pub(super) snapshots: BTreeMap<String, Snapshot>,
    /// The workspace as it was served, before anything happened.
    pub(super) fresh: Box<Workspace>,
}

/// Why the clock was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// It is the system's.
    #[error(
        "a real clock cannot be moved; make it stepped, {{\"mode\": \"stepped\"}}, or scaled, \
         {{\"mode\": \"scaled\", \"rate\": 1}}, first"
    )]
    Real,
    /// Time does not go back.
    #[error("time does not go back; restore a snapshot, or reset")]
    Backwards,
    /// A snapshot was restored meanwhile, or the mock stopped, or the clock was changed.
    #[error("the clock was changed, or a snapshot restored, while time was moving")]
    Interrupted,
}

impl SharedState {
    fn is_drained(&self) -> bool {
        self.outbox.is_idle() && self.workspace.is_bridge_idle()
    }

    /// Whether nothing more happens without time or somebody from outside.
    pub(super) fn is_settled(&self, now: Moment) -> bool {
        self.outbox.in_flight() == 0 && !self.has_due(now)
    }

    fn has_due(&self, now: Moment) -> bool {
        self.outbox.has_due(now) || self.workspace.poll_timeout().is_some_and(|at| at <= now)
    }

    /// Moves what the workspace announces to the outbox.
    pub(super) fn collect(&mut self, now: Moment) {
        while let Some(notification) = self.workspace.poll_notification() {
            self.outbox.accept(now, notification);
        }
    }

    pub(super) fn next_due(&self) -> Option<Moment> {
        [self.workspace.poll_timeout(), self.outbox.poll_timeout()].into_iter().flatten().min()
    }
}

impl Shared {
    pub(super) fn new(
        workspace: Workspace,
        outbox: Outbox,
        clock: Clock,
        stopped: watch::Receiver<bool>,
        client: Client,
    ) -> Self {
        let fresh = Box::new(workspace.clone());
        let (generation, snapshots) = (0, BTreeMap::new());
        let mut state = SharedState { workspace, outbox, generation, snapshots, fresh };
        let started_at = clock.now();
        state.workspace.advance_to(started_at);
        Self {
            state: Mutex::new(state),
            clock: watch::Sender::new(clock),
            started_at,
            work: Notify::new(),
            changed: watch::Sender::new(0),
            drained: watch::Sender::new(true),
            progress: watch::Sender::new(0),
            stopped,
            moving: tokio::sync::Mutex::new(()),
            client,
        }
    }

    /// A panic while the lock was held was a bug of ours and is reported as such; the state is still
    /// the best there is for whoever looks at it next. Webhooks are written if there is anybody to
    /// send them to.
    pub(super) fn lock(&self) -> MutexGuard<'_, SharedState> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let announces = state.outbox.has_subscriptions();
        state.workspace.announce(announces);
        state
    }

    /// What the clock shows. Under the lock, so that time goes forward in the order of inputs.
    pub(super) fn now(&self) -> Moment {
        self.clock.borrow().now()
    }

    /// An input.
    pub(super) fn with<T>(&self, input: impl FnOnce(Moment, &mut Workspace) -> T) -> T {
        self.with_state(|now, state| input(now, &mut state.workspace))
    }

    /// An input that also concerns subscriptions or snapshots.
    pub(super) fn with_state<T>(&self, input: impl FnOnce(Moment, &mut SharedState) -> T) -> T {
        let mut state = self.lock();
        let timeout = state.workspace.poll_timeout();
        let now = self.now();
        let result = input(now, &mut state);
        state.collect(now);
        if !state.outbox.is_idle() || state.workspace.poll_timeout() != timeout {
            self.work.notify_one();
        }
        self.tell(&state);
        result
    }

    /// Tells whoever waits that the journal has grown, and whether anything is left to deliver.
    pub(super) fn tell(&self, state: &SharedState) {
        let next_index = state.workspace.journal().next_index();
        self.changed.send_if_modified(|told| std::mem::replace(told, next_index) != next_index);
        let drained = state.is_drained();
        self.drained.send_if_modified(|told| std::mem::replace(told, drained) != drained);
        self.progress.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Waits until the clock shows `moment`, or the mock stops; whether it stopped.
    pub(super) async fn sleep_until(&self, moment: Moment) -> bool {
        let (mut clock, mut stopped) = (self.clock.subscribe(), self.stopped.clone());
        loop {
            let wait = clock.borrow_and_update().real_time_until(moment);
            if wait.is_zero() {
                return false;
            }
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = clock.changed() => {}
                _ = stopped.wait_for(|&stop| stop) => return true,
            }
        }
    }

    /// Waits until nothing more happens at the time that the clock shows; false if the mock stops.
    pub(super) async fn settled(&self) -> bool {
        let (mut progress, mut stopped) = (self.progress.subscribe(), self.stopped.clone());
        loop {
            progress.borrow_and_update();
            {
                let state = self.lock();
                let now = self.now();
                if state.is_settled(now) {
                    return true;
                }
                if state.has_due(now) {
                    self.work.notify_one();
                }
            }
            tokio::select! {
                _ = progress.changed() => {}
                _ = stopped.wait_for(|&stop| stop) => return false,
            }
        }
    }

    /// Puts another clock in place. Time may jump forward: what falls due happens, each thing of the
    /// workspace at its own time, webhooks at the new one.
    pub(super) fn set_clock(&self, clock: Clock) -> Result<Moment, ClockError> {
        let mut state = self.lock();
        if clock.now() < self.now() {
            return Err(ClockError::Backwards);
        }
        Ok(self.place_clock(&mut state, clock))
    }

    /// Puts a clock in place that shows what it shows now, but goes on otherwise.
    pub(super) fn pace_clock(&self, clock: impl FnOnce(Moment) -> Clock) -> Moment {
        let mut state = self.lock();
        let clock = clock(self.now());
        self.place_clock(&mut state, clock)
    }

    fn place_clock(&self, state: &mut SharedState, clock: Clock) -> Moment {
        self.clock.send_replace(clock);
        self.catch_up(state)
    }

    /// Lets happen what has fallen due.
    pub(super) fn catch_up(&self, state: &mut SharedState) -> Moment {
        let now = self.now();
        state.workspace.advance_to(now);
        state.collect(now);
        self.tell(state);
        self.work.notify_one();
        now
    }

    /// Moves the clock on by so long.
    pub(super) async fn advance(&self, by: Duration) -> Result<Moment, ClockError> {
        let target = self.now() + by;
        self.move_to(target).await
    }

    /// Moves the clock on to a moment. A stepped one goes from one thing that falls due to the next,
    /// and at each waits for the webhooks that are sent then; a scaled one jumps.
    pub(super) async fn move_to(&self, target: Moment) -> Result<Moment, ClockError> {
        let _turn = self.moving.lock().await;
        let generation = self.lock().generation;
        let clock = *self.clock.borrow();
        match clock {
            Clock::System => return Err(ClockError::Real),
            Clock::Scaled { .. } => return self.set_clock(clock.showing(target)),
            Clock::Stepped { at } if target < at => return Err(ClockError::Backwards),
            Clock::Stepped { .. } => {}
        }
        loop {
            if !self.settled().await {
                return Err(ClockError::Interrupted);
            }
            {
                let mut state = self.lock();
                let Clock::Stepped { at } = *self.clock.borrow() else {
                    return Err(ClockError::Interrupted);
                };
                if state.generation != generation {
                    return Err(ClockError::Interrupted);
                }
                if at >= target {
                    return Ok(at);
                }
                // What was due until now has happened.
                let due = state.next_due().filter(|&due| due > at);
                let next = due.map_or(target, |due| due.min(target));
                self.place_clock(&mut state, Clock::stepped(next));
            }
        }
    }
}
