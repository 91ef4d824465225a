//! What becomes of a webhook: the rules of Intercom's delivery, without a socket.
//!
//! Source: Intercom docs, webhook notifications. Any 2xx is a success; anything else, or no answer
//! within five seconds, is retried once after a minute; 410 disables the subscription; 429 holds all
//! of its notifications for a minute, and one that has waited two hours is dropped; more than 1,000
//! consecutive errors within 15 minutes pause it for 15, in which what comes is dropped; errors for
//! more than 7 days suspend it; an endpoint that takes more than half a second is served after the
//! others; no order is promised.
//!
//! Drive it like the workspace: [`accept`](Outbox::accept) what the workspace announces, send what
//! [`poll_attempt`](Outbox::poll_attempt) gives, report with [`complete`](Outbox::complete), and ask
//! [`poll_timeout`](Outbox::poll_timeout) when to poll again.

mod standing;
mod subscription;
mod target;
#[cfg(test)]
mod tests;
mod volume;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use crate::Moment;
use crate::workspace::Notification;
use subscription::{Subscription, Tier};

pub(crate) use subscription::NEVER;
pub use subscription::{Life, SubscriptionStatus};
pub(crate) use target::PING;
pub use target::WebhookTarget;
pub use volume::{Region, WebhookSettings};

/// How long a subscriber may take to answer. Real time: it is a property of sockets. In virtual time,
/// whoever plays the subscriber reports [`Outcome::TimedOut`] when so much has passed.
pub const DEADLINE: Duration = Duration::from_secs(5);

/// How many notifications may wait for one subscriber; more are dropped.
pub const QUEUE_LIMIT: usize = 1_000_000;

/// A subscription, by its number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(u32);

/// What came of an attempt. Serialised as the status, or as `timed_out` or `failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The subscriber answered with this status.
    Answered(u16),
    /// It did not answer within [`DEADLINE`].
    TimedOut,
    /// It could not be reached, or the connection broke.
    Failed,
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Answered(status) => serializer.serialize_u16(*status),
            Self::TimedOut => serializer.serialize_str("timed_out"),
            Self::Failed => serializer.serialize_str("failed"),
        }
    }
}

/// What follows from an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Delivered.
    Delivered,
    /// Will be tried again then.
    RetryAt(Moment),
    /// Failed for good.
    GivenUp,
    /// The subscription gets nothing any more.
    Disabled,
    /// The whole subscription waits until then.
    HeldUntil(Moment),
    /// The subscription is paused until then: what comes meanwhile is dropped.
    PausedUntil(Moment),
    /// The subscription gets nothing until it is set live.
    Suspended,
    /// The attempt belongs to a time before a snapshot was restored, or to a subscription that is
    /// gone: nothing follows.
    Stale,
}

/// One attempt to deliver a notification.
#[derive(Clone, Debug)]
pub struct Attempt {
    subscription: SubscriptionId,
    generation: u64,
    ticket: u64,
    target: Arc<WebhookTarget>,
    notification: Arc<Notification>,
    number: u32,
    wrongly_signed: bool,
}

impl Attempt {
    /// To whom.
    pub const fn subscription(&self) -> SubscriptionId {
        self.subscription
    }

    /// Where to.
    pub fn url(&self) -> &str {
        &self.target.url
    }

    /// What.
    pub fn notification(&self) -> &Notification {
        &self.notification
    }

    /// Which attempt, from 1.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The body and its signature.
    pub fn signed_body(&self) -> (Vec<u8>, String) {
        self.target.signed(&self.notification, self.number, self.wrongly_signed)
    }
}

/// The subscriptions and what waits for each of them.
#[derive(Clone, Debug)]
pub struct Outbox {
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    settings: WebhookSettings,
    concurrency: usize,
    last_id: u32,
    /// Goes up with everything that happens.
    sequence: i64,
    /// Which life of the outbox this is: attempts of an earlier one count for nothing.
    generation: u64,
    dropped: u64,
}

impl Outbox {
    /// An outbox without subscriptions that has at most `concurrency` attempts under way for each.
    pub fn new(concurrency: usize) -> Self {
        assert!(concurrency > 0, "nothing would ever be sent");
        Self {
            subscriptions: BTreeMap::new(),
            settings: WebhookSettings::default(),
            concurrency,
            last_id: 0,
            sequence: 0,
            generation: 0,
            dropped: 0,
        }
    }

    /// With the rules of this app and region, for the subscriptions that follow.
    #[must_use]
    pub const fn with_settings(mut self, settings: WebhookSettings) -> Self {
        self.settings = settings;
        self
    }

    /// From now on `target` gets every notification of its topics.
    pub fn subscribe(&mut self, target: WebhookTarget) -> SubscriptionId {
        self.last_id += 1;
        let id = SubscriptionId(self.last_id);
        self.subscriptions.insert(id, Subscription::new(target, self.settings));
        id
    }

    /// Ends a subscription; whether there was one.
    pub fn unsubscribe(&mut self, id: SubscriptionId) -> bool {
        self.subscriptions.remove(&id).is_some()
    }

    /// Sets a subscription live again that was disabled, suspended, held or paused; whether there is
    /// one. What came meanwhile is not sent.
    pub fn set_live(&mut self, id: SubscriptionId) -> bool {
        self.subscriptions.get_mut(&id).map(Subscription::set_live).is_some()
    }

    /// How many subscriptions there are.
    pub fn len(&self) -> usize {
        self.subscriptions.len()
    }

    /// Whether there are no subscriptions.
    pub fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
    }

    /// Whether there is anybody to send webhooks to, now or later.
    pub fn has_subscriptions(&self) -> bool {
        !self.subscriptions.is_empty()
    }

    /// How the subscriptions stand.
    pub fn statuses(&self, at: Moment) -> Vec<SubscriptionStatus> {
        self.subscriptions.iter().map(|(&id, found)| found.status(id, at)).collect()
    }

    /// Takes a notification for every live subscription that wants its topic, as its
    /// [fate](Notification::fate) has it.
    pub fn accept(&mut self, at: Moment, notification: Notification) {
        let notification = Arc::new(notification);
        let ids: Vec<SubscriptionId> = self.subscriptions.keys().copied().collect();
        for id in ids {
            self.accept_one(at, id, &notification);
        }
    }

    /// [`accept`](Self::accept), for one subscription.
    pub fn accept_for(&mut self, at: Moment, id: SubscriptionId, notification: Notification) {
        self.accept_one(at, id, &Arc::new(notification));
    }

    fn accept_one(&mut self, at: Moment, id: SubscriptionId, notification: &Arc<Notification>) {
        let Some(subscription) = self.subscriptions.get_mut(&id) else { return };
        let wanted = subscription.target.wants(&notification.topic);
        if subscription.life != Life::Live || !wanted || notification.fate.lost {
            return;
        }
        self.sequence += 1;
        self.dropped += subscription.accept(at, notification, self.sequence);
    }

    /// The next attempt to make, if one may be made now. Every one given out must be completed.
    pub fn poll_attempt(&mut self, at: Moment) -> Option<Attempt> {
        for tier in Tier::ALL {
            for (&id, subscription) in &mut self.subscriptions {
                let (pending, dropped) = subscription.next(at, tier, self.concurrency);
                self.dropped += dropped;
                let Some(pending) = pending else { continue };
                self.sequence += 1;
                let ticket = self.sequence.unsigned_abs();
                let attempt = Attempt {
                    subscription: id,
                    generation: self.generation,
                    ticket,
                    target: Arc::clone(&subscription.target),
                    notification: Arc::clone(&pending.notification),
                    number: pending.number,
                    wrongly_signed: pending.wrongly_signed,
                };
                subscription.sent(ticket, pending);
                return Some(attempt);
            }
        }
        None
    }

    /// Reports what came of an attempt, and how long the answer took.
    pub fn complete(
        &mut self,
        at: Moment,
        attempt: &Attempt,
        outcome: Outcome,
        took: Duration,
    ) -> Verdict {
        if attempt.generation != self.generation {
            return Verdict::Stale;
        }
        self.sequence += 1;
        let sequence = self.sequence;
        self.subscriptions
            .get_mut(&attempt.subscription)
            .and_then(|found| found.complete(at, attempt.ticket, sequence, outcome, took))
            .unwrap_or(Verdict::Stale)
    }

    /// The outage is over: what was stored meanwhile is sent, newest first.
    pub fn end_outage(&mut self, at: Moment) {
        self.subscriptions.values_mut().for_each(|found| found.release_stored(at));
    }

    /// Begins another life with the same content: what is under way counts as not sent, and outcomes
    /// of it as [stale](Verdict::Stale). For an outbox that was kept as a snapshot.
    pub(crate) fn begin_generation(&mut self, generation: u64) {
        self.generation = generation;
        self.subscriptions.values_mut().for_each(Subscription::forget_attempts);
    }

    /// Begins another life in which the subscriptions are live and nothing waits.
    pub(crate) fn begin_anew(&mut self) {
        for subscription in self.subscriptions.values_mut() {
            let target = subscription.target.as_ref().clone();
            *subscription = Subscription::new(target, self.settings);
        }
        self.dropped = 0;
    }

    /// Whether [`poll_attempt`](Self::poll_attempt) would give something.
    pub fn has_due(&self, at: Moment) -> bool {
        self.subscriptions.values().any(|found| found.has_due(at, self.concurrency))
    }

    /// When a retry or the end of a hold makes the next attempt possible. `None` when nothing waits
    /// for time: then only an outcome, or a new notification, makes a difference.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.subscriptions.values().filter_map(|found| found.timeout(self.concurrency)).min()
    }

    /// Whether nothing is waiting, neither to be sent nor for an answer.
    pub fn is_idle(&self) -> bool {
        self.pending() == 0
    }

    /// How many notifications are waiting to be sent or answered, over all subscriptions.
    pub fn pending(&self) -> usize {
        self.subscriptions.values().map(Subscription::pending).sum()
    }

    /// How many attempts are under way, over all subscriptions.
    pub fn in_flight(&self) -> usize {
        self.subscriptions.values().map(Subscription::in_flight).sum()
    }

    /// How many were dropped: after two hours, in a pause, or beyond [`QUEUE_LIMIT`].
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }
}
