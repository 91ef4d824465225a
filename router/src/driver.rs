//! The one task that owns engine, journal and clock.
//!
//! ```text
//!  intake ──▶ 1 stamp ──▶ 2 append ──▶ 3 sync ──▶ 4 handle_event ──▶ 5 poll_command ──▶ dispatcher
//!               ▲                                                                          │
//!               └────────────────────────── outcomes ──────────────────────────────────────┘
//! ```
//!
//! Nothing is acknowledged or dispatched before the event that caused it is durable. While one
//! batch is being synced the next one gathers: the slower the disk, the larger the batches.

mod dead_letters;
mod questions;

use std::sync::Arc;
use std::time::Duration;

use engine::{Command, Decision, Engine, Event, Outcome, Policy, Timestamp};
use tokio::sync::mpsc;

use crate::admin::Question;
use crate::checkpoints::Checkpoints;
use crate::clock::Clock;
use crate::dispatcher::{Dispatcher, Finished};
use crate::intake::{Delivery, Letter, Parcel, Receipt};
use crate::journal::{Appended, Body, Entry, JournalError, Writer};
use crate::metrics::Metrics;
use crate::publish::Publisher;
use crate::readiness::Readiness;
use crate::recovery::{self, TakeIn};
use crate::reload::Offer;

pub(crate) use dead_letters::RetryError;
pub(crate) use questions::Asked;

/// Notifications in one transaction at the most: bounds how long the first one waits for the last.
const BATCH: usize = 512;

/// How long to leave a failed journal alone before it is tried again.
const JOURNAL_RETRY: Duration = Duration::from_millis(500);

/// Clocks that differ by more are wrong: an answer may take ten seconds, and so may a window.
const CLOCKS_DIFFER: Duration = Duration::from_secs(80);

/// How long calls in flight may take to be answered when the router stops. Those that take longer
/// are looked after at the next start.
const LAST_CALLS: Duration = Duration::from_secs(5);

/// What the driver is made of.
#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) engine: Engine,
    pub(crate) journal: Writer,
    pub(crate) clock: Clock,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) intake: mpsc::Receiver<Parcel>,
    pub(crate) rules: mpsc::Receiver<Offer>,
    pub(crate) shadows: mpsc::Receiver<Box<Policy>>,
    pub(crate) questions: mpsc::Receiver<Question>,
    pub(crate) asked: Asked,
    pub(crate) publisher: Publisher,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) take_in: TakeIn,
    /// The workspace whose webhooks are taken; all, if not set.
    pub(crate) app_id: Option<String>,
}

/// What has arrived and is not in the journal yet.
#[derive(Debug, Default)]
struct Arrivals {
    deliveries: Vec<Delivery>,
    letters: Vec<Letter>,
    /// Outcomes are never given back: they wait until the journal takes them.
    outcomes: Vec<Finished>,
    started: bool,
}

/// Why the driver woke up.
enum Wake {
    Arrivals,
    Due,
    Rules(Box<Offer>),
    Shadow(Box<Policy>),
    Question(Question),
    RetryJournal,
    Stop,
}

impl Driver {
    /// Runs until the intake is closed and empty, then lets the calls in flight finish.
    pub(crate) async fn run(mut self) -> Result<(), JournalError> {
        self.catch_up();
        let mut arrivals = Arrivals { started: true, ..Arrivals::default() };
        self.record(&mut arrivals).await;
        loop {
            match self.wait(&mut arrivals).await {
                Wake::Arrivals => {
                    self.gather(&mut arrivals);
                    self.record(&mut arrivals).await;
                }
                Wake::Due => self.advance(),
                Wake::Rules(offer) => self.take_rules(*offer).await,
                Wake::Shadow(policy) => self.engine.set_shadow(Some(*policy)),
                Wake::Question(question) => self.answer(question, &mut arrivals).await,
                Wake::RetryJournal => self.retry(&mut arrivals).await,
                Wake::Stop => break,
            }
            self.look_after_drain(&arrivals);
        }
        self.stop(arrivals).await
    }

    /// Fires what came due while the router was down. Its calls are dropped: the engine asks for
    /// them again when it hears that the router has started, and then looks before it acts.
    fn catch_up(&mut self) {
        self.engine.advance_to(self.clock.now());
        self.drop_calls();
    }

    fn drop_calls(&mut self) {
        while let Some(command) = self.engine.poll_command() {
            if let Command::Publish(decision) = command {
                self.publisher.publish(*decision);
            }
        }
    }

    async fn wait(&mut self, arrivals: &mut Arrivals) -> Wake {
        let due = self.engine.poll_timeout();
        let clock = &self.clock;
        tokio::select! {
            received = self.intake.recv() => {
                let Some(parcel) = received else { return Wake::Stop };
                arrivals.take(parcel);
                Wake::Arrivals
            }
            finished = self.dispatcher.finished() => {
                arrivals.outcomes.push(finished);
                Wake::Arrivals
            }
            Some(offer) = self.rules.recv() => Wake::Rules(Box::new(offer)),
            Some(policy) = self.shadows.recv() => Wake::Shadow(policy),
            Some(question) = self.questions.recv() => Wake::Question(question),
            () = clock.sleep_until(due.unwrap_or_default()), if due.is_some() => Wake::Due,
            () = tokio::time::sleep(JOURNAL_RETRY), if !self.readiness.is_journal_writable() => {
                Wake::RetryJournal
            }
        }
    }

    /// Adds what else is there already.
    fn gather(&mut self, arrivals: &mut Arrivals) {
        while let Some(finished) = self.dispatcher.try_finished() {
            arrivals.outcomes.push(finished);
        }
        while arrivals.deliveries.len() + arrivals.letters.len() < BATCH {
            let Ok(parcel) = self.intake.try_recv() else { break };
            arrivals.take(parcel);
        }
        self.metrics.set_intake_depth(self.intake.len());
        self.metrics.set_calls_in_flight(self.dispatcher.in_flight());
    }

    /// Makes everything that has arrived durable in one transaction, then acts on it.
    async fn record(&mut self, arrivals: &mut Arrivals) {
        self.keep_letters(arrivals).await;
        let entries = arrivals.stamp(&self.clock);
        if entries.is_empty() {
            // Who delivers nothing asks whether anybody is there.
            return arrivals.acknowledge(&[]);
        }
        let (entries, appended) = self.journal.append(entries).await;
        match appended {
            Ok(appended) => self.act(arrivals, entries, &appended),
            Err(error) => return self.refuse(arrivals, &error),
        }
        let now = self.clock.now();
        if self.checkpoints.is_due(now) {
            self.keep_checkpoint(now).await;
        }
    }

    /// Writes down what the engine knows: from here on the next start has to replay.
    async fn keep_checkpoint(&mut self, now: Timestamp) {
        let rules = &self.checkpoints.rules;
        let state = recovery::keep(&self.engine, rules, now);
        self.journal.keep(state, self.checkpoints.taken(now)).await;
    }

    fn act(&mut self, arrivals: &mut Arrivals, entries: Vec<Entry>, appended: &[Appended]) {
        self.journal_works();
        let recorded = appended.iter().filter(|&&entry| entry == Appended::Recorded).count();
        self.metrics.journal_appended(recorded);
        self.checkpoints.recorded(recorded);
        for (entry, appended) in entries.into_iter().zip(appended) {
            if let (Body::Event(event), Appended::Recorded) = (entry.body, appended) {
                self.handle(entry.at, event);
            }
        }
        arrivals.acknowledge(appended);
    }

    /// Gives the deliveries back to Intercom, which repeats them once; keeps the rest.
    fn refuse(&mut self, arrivals: &mut Arrivals, error: &JournalError) {
        self.journal_fails(error);
        for delivery in arrivals.deliveries.drain(..) {
            delivery.acknowledge(Receipt::Refused);
        }
    }

    async fn retry(&mut self, arrivals: &mut Arrivals) {
        if !arrivals.is_empty() {
            return self.record(arrivals).await;
        }
        match self.journal.probe().await {
            Ok(()) => self.journal_works(),
            Err(error) => self.journal_fails(&error),
        }
    }

    /// Exchanges the rules, as soon as the journal has the new ones.
    async fn take_rules(&mut self, offer: Offer) {
        let at = self.clock.now();
        let body = Body::Rules(offer.rules.source.to_text());
        let (_, appended) =
            self.journal.append(vec![Entry { at, notification_id: None, body }]).await;
        if let Err(error) = appended {
            self.journal_fails(&error);
            return offer.answer(Err(error));
        }
        self.journal_works();
        self.metrics.journal_appended(1);
        self.metrics.set_rules(offer.rules.policy.version());
        self.checkpoints.rules = offer.rules.source.to_text();
        self.engine.replace_policy(at, offer.rules.policy.clone());
        self.asked.forget_policy();
        self.carry_out();
        offer.answer(Ok(()));
    }

    fn handle(&mut self, at: Timestamp, event: Event) {
        self.note(&event);
        (self.take_in)(&mut self.engine, at, event);
        self.carry_out();
    }

    fn advance(&mut self) {
        self.engine.advance_to(self.clock.now());
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(command) = self.engine.poll_command() {
            match command {
                Command::Call(call) => self.begin(call),
                Command::Publish(decision) => self.publisher.publish(*decision),
            }
        }
    }

    /// What an event says to the router itself.
    fn note(&mut self, event: &Event) {
        if matches!(event, Event::ContactForgotten { .. }) {
            self.checkpoints.hurry();
        }
        let Event::CallFinished { outcome, rate_limit, .. } = event else { return };
        if let Some(told) = rate_limit {
            self.compare_clocks(told.reset_at);
        }
        match outcome {
            Outcome::Unauthorized => {
                tracing::error!("Intercom refuses the token");
                self.readiness.set_token_refused(true);
            }
            Outcome::RateLimited | Outcome::NotSent { .. } | Outcome::Unclear { .. } => {}
            _ => self.readiness.set_token_refused(false),
        }
        if let Outcome::Roster(roster) = outcome {
            let (teams, teammates) = (roster.teams.len(), roster.teammates.len());
            tracing::info!(teams, teammates, "roster loaded");
            self.readiness.set_roster_loaded();
        }
    }

    /// Intercom tells when its window of ten seconds ends: by our clock that is soon.
    fn compare_clocks(&self, window_ends: Timestamp) {
        let now = self.clock.now();
        let wrong =
            now.since(window_ends) > CLOCKS_DIFFER || window_ends.since(now) > CLOCKS_DIFFER;
        if !self.readiness.set_clock_wrong(wrong) {
            return;
        }
        if wrong {
            let (ours, window_ends) = (now.as_seconds(), window_ends.as_seconds());
            tracing::error!(ours, window_ends, "our clock or Intercom's is wrong");
        } else {
            tracing::info!("the clocks agree again");
        }
    }

    fn journal_works(&self) {
        if !self.readiness.is_journal_writable() {
            tracing::info!("the journal is writable");
            self.readiness.set_journal_writable(true);
        }
    }

    fn journal_fails(&self, error: &JournalError) {
        self.metrics.journal_failed();
        if self.readiness.is_journal_writable() {
            let cause = std::error::Error::source(error).map(ToString::to_string);
            tracing::error!(%error, cause, "the journal fails: webhooks are answered 503");
        }
        self.readiness.set_journal_writable(false);
    }

    /// Records what calls in flight come to, without beginning new ones, and closes the journal.
    async fn stop(mut self, mut arrivals: Arrivals) -> Result<(), JournalError> {
        let end = tokio::time::sleep(LAST_CALLS);
        tokio::pin!(end);
        while self.dispatcher.in_flight() > 0 {
            tokio::select! {
                finished = self.dispatcher.finished() => arrivals.outcomes.push(finished),
                () = &mut end => break,
            }
        }
        let left = self.dispatcher.in_flight();
        tracing::info!(calls_left = left, "stopping");
        arrivals.outcomes.extend(self.asked.take_unsent(true));
        let entries = arrivals.stamp(&self.clock);
        if !entries.is_empty() {
            let (entries, appended) = self.journal.append(entries).await;
            for (entry, appended) in entries.into_iter().zip(appended?) {
                if let (Body::Event(event), Appended::Recorded) = (entry.body, appended) {
                    (self.take_in)(&mut self.engine, entry.at, event);
                    self.drop_calls();
                }
            }
        }
        self.keep_checkpoint(self.clock.now()).await;
        self.journal.close().await
    }
}

impl Arrivals {
    fn take(&mut self, parcel: Parcel) {
        match parcel {
            Parcel::Delivery(delivery) => self.deliveries.push(delivery),
            Parcel::Letter(letter) => self.letters.push(letter),
        }
    }

    fn is_empty(&self) -> bool {
        self.deliveries.is_empty() && self.outcomes.is_empty() && !self.started
    }

    /// An entry for every event, in the order in which [`Self::acknowledge`] counts on.
    fn stamp(&self, clock: &Clock) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.deliveries.len() + self.outcomes.len() + 1);
        let mut push = |notification_id, event| {
            let body = Body::Event(event);
            entries.push(Entry { at: clock.now(), notification_id, body });
        };
        if self.started {
            push(None, Event::RouterStarted);
        }
        for Finished { command, outcome, rate_limit } in &self.outcomes {
            let (command, outcome, rate_limit) = (*command, outcome.clone(), *rate_limit);
            push(None, Event::CallFinished { command, outcome, rate_limit });
        }
        for delivery in &self.deliveries {
            for (index, event) in delivery.events.iter().enumerate() {
                push(delivery.entry_id(index), event.clone());
            }
        }
        entries
    }

    /// Answers the handlers, and starts afresh.
    fn acknowledge(&mut self, appended: &[Appended]) {
        let mut first = usize::from(self.started) + self.outcomes.len();
        for delivery in self.deliveries.drain(..) {
            let last = first + delivery.events.len();
            let duplicate = appended[first..last].iter().all(|&entry| entry == Appended::Duplicate);
            first = last;
            delivery.acknowledge(if duplicate { Receipt::Duplicate } else { Receipt::Recorded });
        }
        self.outcomes.clear();
        self.started = false;
    }
}

impl Delivery {
    /// Names an event of the notification, so that each is recorded once.
    fn entry_id(&self, index: usize) -> Option<String> {
        let id = self.notification_id.as_ref()?;
        Some(if index == 0 { id.clone() } else { format!("{id}#{index}") })
    }
}

/// Receives decisions as they are made.
pub type Observer = mpsc::UnboundedSender<Decision>;
