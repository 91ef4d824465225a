//! Answers to whoever asks while the router runs, and what they may ask of it.
//!
//! A pause is an event: it is in the journal and outlasts a restart. A drain is of this process
//! only: it holds back what the engine asks for, and the next start goes on.

use std::sync::Arc;
use std::time::Duration;

use engine::{Call, Event, Outcome, Policy, Timestamp};
use tokio::sync::oneshot;

use super::{Arrivals, Driver};
use crate::admin::{Question, RulesInForce, Snapshot};
use crate::dispatcher::Finished;
use crate::journal::{Body, Entry, JournalError};
use crate::review::moment;

/// How often the metrics are brought up to date at the most: anybody can ask for them.
const MEASURE_EVERY: Duration = Duration::from_millis(100);

/// What the driver keeps for those who ask.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    drain: Option<Drain>,
    /// The rules in force, once somebody wanted them.
    policy: Option<Arc<Policy>>,
    measured_at: Option<Timestamp>,
}

/// No call is begun any more.
#[derive(Debug, Default)]
struct Drain {
    /// What the engine asked for since. It limits how many calls are open at once.
    held: Vec<Call>,
    /// Who waits until no call is under way.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Asked {
    /// Other rules are in force.
    pub(super) fn forget_policy(&mut self) {
        self.policy = None;
    }

    /// What was held back is known not to have been done: it may be made without a look, even a
    /// note, which is otherwise never repeated.
    ///
    /// If the router stops, that is only when it has started again.
    pub(super) fn take_unsent(&mut self, until_started: bool) -> impl Iterator<Item = Finished> {
        let held = self.drain.as_mut().map(|drain| std::mem::take(&mut drain.held));
        let unsent = held.unwrap_or_default().into_iter();
        unsent.map(move |Call { id: command, .. }| {
            let outcome = Outcome::NotSent { until_started };
            Finished { command, outcome, rate_limit: None }
        })
    }
}

impl Driver {
    /// Whoever asked may have given up waiting: then nobody needs to know.
    pub(super) async fn answer(&mut self, question: Question, arrivals: &mut Arrivals) {
        self.advance();
        match question {
            Question::Snapshot(answer) => drop(answer.send(self.snapshot())),
            Question::Measure(answer) => {
                self.measure();
                let _ = answer.send(());
            }
            Question::Conversation(id, answer) => {
                let _ = answer.send((self.engine.conversation(&id), self.clock.now()));
            }
            Question::Rules(answer) => drop(answer.send(self.rules_in_force())),
            Question::Pause(paused, answer) => {
                let done = self.pause(paused).await;
                let _ = answer.send(done);
            }
            Question::Drain(answer) => {
                let drain = self.begin_drain();
                drain.waiting.retain(|waiting| !waiting.is_closed());
                drain.waiting.push(answer);
            }
            Question::DeadLetters(answer) => {
                let letters = self.journal.letters(|it| it.letters()).await;
                let _ = answer.send(letters);
            }
            Question::RetryLetter(number, answer) => {
                let retried = self.retry_letter(number, arrivals).await;
                let _ = answer.send(retried);
            }
            Question::DiscardLetter(number, answer) => {
                let discarded = self.journal.letters(move |it| it.discard(number)).await;
                let _ = answer.send(discarded);
            }
            Question::Undrain(answer) => {
                self.end_drain(arrivals).await;
                let _ = answer.send(());
            }
        }
    }

    fn snapshot(&self) -> Snapshot {
        let policy = self.engine.policy();
        Snapshot {
            at: self.clock.now(),
            rules: Arc::clone(policy.version()),
            time_zone: moment::zone_name(policy.time_zone()).to_owned(),
            overview: self.engine.overview(),
            held_calls: self.asked.drain.as_ref().map(|drain| drain.held.len()),
            intake: self.intake.len(),
        }
    }

    fn measure(&mut self) {
        let now = self.clock.now();
        if self.asked.measured_at.is_some_and(|at| now.since(at) < MEASURE_EVERY) {
            return;
        }
        self.asked.measured_at = Some(now);
        self.metrics.set_intake_depth(self.intake.len());
        self.metrics.set_calls_in_flight(self.dispatcher.in_flight());
        self.metrics.set_draining(self.asked.drain.is_some());
        self.metrics.measure(&self.engine.overview(), now);
    }

    fn rules_in_force(&mut self) -> RulesInForce {
        let engine = &self.engine;
        let policy = self.asked.policy.get_or_insert_with(|| Arc::new(engine.policy().clone()));
        RulesInForce { at: self.clock.now(), policy: Arc::clone(policy), queues: engine.queues() }
    }

    /// Pauses assignment or resumes it, as soon as the journal has it. What is so already is not
    /// written again.
    async fn pause(&mut self, paused: bool) -> Result<(), JournalError> {
        if self.engine.overview().paused_since.is_some() == paused {
            return Ok(());
        }
        let at = self.clock.now();
        let event = Event::AssignmentPaused { paused };
        let body = Body::Event(event.clone());
        let entry = Entry { at, notification_id: None, body };
        let (_, appended) = self.journal.append(vec![entry]).await;
        if let Err(error) = appended {
            self.journal_fails(&error);
            return Err(error);
        }
        self.journal_works();
        self.metrics.journal_appended(1);
        tracing::warn!(paused, "assignment is {}", if paused { "paused" } else { "resumed" });
        self.handle(at, event);
        Ok(())
    }

    fn begin_drain(&mut self) -> &mut Drain {
        if self.asked.drain.is_none() {
            let in_flight = self.dispatcher.in_flight();
            tracing::warn!(in_flight, "draining: no more calls are made");
            self.readiness.set_draining(true);
        }
        self.asked.drain.get_or_insert_default()
    }

    /// Much may have happened to what was held back: the engine says anew what is still wanted.
    async fn end_drain(&mut self, arrivals: &mut Arrivals) {
        let unsent: Vec<Finished> = self.asked.take_unsent(false).collect();
        if self.asked.drain.take().is_some() {
            tracing::warn!(held = unsent.len(), "calls are made again");
            self.readiness.set_draining(false);
        }
        arrivals.outcomes.extend(unsent);
        self.record(arrivals).await;
    }

    /// Begins a call, or holds it back.
    pub(super) fn begin(&mut self, call: Call) {
        match &mut self.asked.drain {
            Some(drain) => drain.held.push(call),
            None => self.dispatcher.dispatch(call),
        }
    }

    /// Tells who waits for it that no call is under way, and that all of them are in the journal.
    pub(super) fn look_after_drain(&mut self, arrivals: &Arrivals) {
        let is_done = self.dispatcher.in_flight() == 0 && arrivals.outcomes.is_empty();
        if let Some(drain) = self.asked.drain.as_mut().filter(|_| is_done) {
            for waiting in drain.waiting.drain(..) {
                let _ = waiting.send(());
            }
        }
    }
}
