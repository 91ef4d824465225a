//! What becomes of a webhook: the rules of Intercom's delivery, without a socket.
//!
//! Source: Intercom docs, webhook notifications. Any 2xx is a success; anything else, or no answer
//! within five seconds, is retried once after a minute; 410 disables the subscription; 429 holds all
//! of its notifications for a minute, and one that has waited two hours is dropped.
//!
//! Drive it like the workspace: [`accept`](Outbox::accept) what the workspace announces, send what
//! [`poll_attempt`](Outbox::poll_attempt) gives, report with [`complete`](Outbox::complete), and ask
//! [`poll_timeout`](Outbox::poll_timeout) when to poll again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use crate::Moment;
use crate::signature::sign;
use crate::workspace::Notification;

/// How long a subscriber may take to answer. Real time: it is a property of sockets.
pub const DEADLINE: Duration = Duration::from_secs(5);

/// Attempts in all: the first, and one retry.
const ATTEMPTS: u32 = 2;
const RETRY_DELAY: Duration = Duration::from_secs(60);
const HOLD: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 3600);

/// How many notifications may wait for one subscriber; more are dropped.
pub const QUEUE_LIMIT: usize = 1_000_000;

/// Where webhooks go.
#[derive(Clone, Debug)]
pub struct WebhookTarget {
    /// The address.
    pub url: String,
    /// The app's client secret, which signs the bodies.
    pub client_secret: SecretString,
}

impl WebhookTarget {
    /// A target.
    pub fn new(url: impl Into<String>, client_secret: impl Into<String>) -> Self {
        Self { url: url.into(), client_secret: SecretString::from(client_secret.into()) }
    }
}

/// A subscription, by its number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
}

/// One attempt to deliver a notification.
#[derive(Clone, Debug)]
pub struct Attempt {
    subscription: SubscriptionId,
    target: Arc<WebhookTarget>,
    notification: Arc<Notification>,
    number: u32,
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
        let body = self.notification.body_of_attempt(self.number);
        let signature = sign(self.target.client_secret.expose_secret(), &body);
        (body, signature)
    }
}

/// The subscriptions and what waits for each of them.
#[derive(Debug)]
pub struct Outbox {
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    concurrency: usize,
    sequence: u64,
    dropped: u64,
}

#[derive(Debug)]
struct Subscription {
    target: Arc<WebhookTarget>,
    disabled: bool,
    held_until: Moment,
    ready: VecDeque<Pending>,
    /// Retries, by when they are due; equal times are first in, first out.
    waiting: BTreeMap<(Moment, u64), Pending>,
    in_flight: usize,
}

#[derive(Debug)]
struct Pending {
    notification: Arc<Notification>,
    number: u32,
}

impl Outbox {
    /// An outbox without subscriptions that has at most `concurrency` attempts under way for each.
    pub fn new(concurrency: usize) -> Self {
        assert!(concurrency > 0, "nothing would ever be sent");
        Self { subscriptions: BTreeMap::new(), concurrency, sequence: 0, dropped: 0 }
    }

    /// From now on `target` gets every notification.
    pub fn subscribe(&mut self, target: WebhookTarget) -> SubscriptionId {
        let last = self.subscriptions.keys().next_back().map_or(0, |id| id.0);
        let id = SubscriptionId(last + 1);
        let subscription = Subscription {
            target: Arc::new(target),
            disabled: false,
            held_until: Moment::EPOCH,
            ready: VecDeque::new(),
            waiting: BTreeMap::new(),
            in_flight: 0,
        };
        self.subscriptions.insert(id, subscription);
        id
    }

    /// Takes a notification for every subscription that is not disabled.
    pub fn accept(&mut self, notification: Notification) {
        let notification = Arc::new(notification);
        for subscription in self.subscriptions.values_mut().filter(|found| !found.disabled) {
            if subscription.ready.len() >= QUEUE_LIMIT {
                self.dropped += 1;
                continue;
            }
            let notification = Arc::clone(&notification);
            subscription.ready.push_back(Pending { notification, number: 1 });
        }
    }

    /// The next attempt to make, if one may be made now. Every one given out must be completed.
    pub fn poll_attempt(&mut self, at: Moment) -> Option<Attempt> {
        for (&id, subscription) in &mut self.subscriptions {
            while let Some(pending) = subscription.next(at, self.concurrency) {
                if at.since(pending.notification.created_at) > LONGEST_WAIT {
                    self.dropped += 1;
                    continue;
                }
                subscription.in_flight += 1;
                let target = Arc::clone(&subscription.target);
                let Pending { notification, number } = pending;
                return Some(Attempt { subscription: id, target, notification, number });
            }
        }
        None
    }

    /// Reports what came of an attempt.
    pub fn complete(&mut self, at: Moment, attempt: &Attempt, outcome: Outcome) -> Verdict {
        let subscription = self
            .subscriptions
            .get_mut(&attempt.subscription)
            .expect("subscriptions are never removed");
        subscription.in_flight -= 1;
        self.sequence += 1;
        match outcome {
            Outcome::Answered(200..=299) => Verdict::Delivered,
            Outcome::Answered(410) => {
                subscription.disabled = true;
                subscription.ready.clear();
                subscription.waiting.clear();
                Verdict::Disabled
            }
            _ if subscription.disabled => Verdict::GivenUp,
            Outcome::Answered(429) => {
                subscription.held_until = subscription.held_until.max(at + HOLD);
                subscription.wait(subscription.held_until, self.sequence, attempt, attempt.number);
                Verdict::HeldUntil(subscription.held_until)
            }
            _ if attempt.number < ATTEMPTS => {
                let retry_at = at + RETRY_DELAY;
                subscription.wait(retry_at, self.sequence, attempt, attempt.number + 1);
                Verdict::RetryAt(retry_at)
            }
            _ => Verdict::GivenUp,
        }
    }

    /// When a retry or the end of a hold makes the next attempt possible. `None` when nothing waits
    /// for time: then only an outcome, or a new notification, makes a difference.
    pub fn poll_timeout(&self) -> Option<Moment> {
        // A full subscription waits for an outcome, whatever else is due.
        let free = |found: &&Subscription| found.in_flight < self.concurrency;
        self.subscriptions.values().filter(free).filter_map(Subscription::timeout).min()
    }

    /// Whether nothing is waiting, neither to be sent nor for an answer.
    pub fn is_idle(&self) -> bool {
        self.pending() == 0
    }

    /// How many notifications are waiting to be sent or answered, over all subscriptions.
    pub fn pending(&self) -> usize {
        let pending =
            |found: &Subscription| found.ready.len() + found.waiting.len() + found.in_flight;
        self.subscriptions.values().map(pending).sum()
    }

    /// How many were dropped: after two hours, or beyond [`QUEUE_LIMIT`].
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl Subscription {
    fn next(&mut self, at: Moment, concurrency: usize) -> Option<Pending> {
        if self.disabled || self.held_until > at || self.in_flight >= concurrency {
            return None;
        }
        match self.waiting.first_entry() {
            Some(entry) if entry.key().0 <= at => Some(entry.remove()),
            _ => self.ready.pop_front(),
        }
    }

    fn wait(&mut self, until: Moment, sequence: u64, attempt: &Attempt, number: u32) {
        let notification = Arc::clone(&attempt.notification);
        self.waiting.insert((until, sequence), Pending { notification, number });
    }

    fn timeout(&self) -> Option<Moment> {
        let retry = self.waiting.keys().next().map(|&(at, _)| at);
        match self.ready.is_empty() {
            true => retry.map(|at| at.max(self.held_until)),
            false if self.held_until > Moment::EPOCH => Some(self.held_until),
            false => retry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notification(seconds: u64) -> Notification {
        Notification {
            id: format!("notif_{seconds}"),
            topic: "conversation.user.created".to_owned(),
            created_at: Moment::from_seconds(seconds),
            body: br#"{"data":{"t":"\"delivery_attempts\":1,"},"delivery_attempts":1,"x":0}"#
                .to_vec(),
        }
    }

    fn outbox(concurrency: usize, notifications: u64) -> Outbox {
        let mut outbox = Outbox::new(concurrency);
        outbox.subscribe(WebhookTarget::new("http://127.0.0.1:9/hook", "secret"));
        (0..notifications).for_each(|second| outbox.accept(notification(second)));
        outbox
    }

    const fn at(seconds: u64) -> Moment {
        Moment::from_seconds(seconds)
    }

    #[test]
    fn one_attempt_decides_what_follows() {
        let check = |outcome, number, expected| {
            let mut outbox = outbox(1, 1);
            let mut attempt = outbox.poll_attempt(at(100)).unwrap();
            attempt.number = number;
            assert_eq!(outbox.complete(at(103), &attempt, outcome), expected, "{outcome:?}");
        };
        check(Outcome::Answered(200), 1, Verdict::Delivered);
        check(Outcome::Answered(204), 2, Verdict::Delivered);
        check(Outcome::Answered(302), 1, Verdict::RetryAt(at(163)));
        check(Outcome::Answered(401), 1, Verdict::RetryAt(at(163)));
        check(Outcome::Answered(500), 1, Verdict::RetryAt(at(163)));
        check(Outcome::TimedOut, 1, Verdict::RetryAt(at(163)));
        check(Outcome::Failed, 2, Verdict::GivenUp);
        check(Outcome::Answered(410), 1, Verdict::Disabled);
        check(Outcome::Answered(429), 2, Verdict::HeldUntil(at(163)));
    }

    #[test]
    fn retries_once_after_a_minute() {
        let mut outbox = outbox(4, 1);
        let first = outbox.poll_attempt(at(1)).unwrap();
        assert_eq!(outbox.poll_timeout(), None);
        outbox.complete(at(2), &first, Outcome::Failed);
        assert_eq!(outbox.poll_timeout(), Some(at(62)));
        assert!(outbox.poll_attempt(at(61)).is_none());
        let second = outbox.poll_attempt(at(62)).unwrap();
        assert_eq!((second.number(), second.notification().id.as_str()), (2, "notif_0"));
        outbox.complete(at(62), &second, Outcome::TimedOut);
        assert!(outbox.is_idle());
    }

    #[test]
    fn a_retry_differs_in_its_count_and_signature_only() {
        let mut outbox = outbox(1, 1);
        let first = outbox.poll_attempt(at(1)).unwrap();
        outbox.complete(at(1), &first, Outcome::Failed);
        let second = outbox.poll_attempt(at(61)).unwrap();
        let (body, signature) = second.signed_body();
        assert_eq!(
            String::from_utf8(body.clone()).unwrap(),
            r#"{"data":{"t":"\"delivery_attempts\":1,"},"delivery_attempts":2,"x":0}"#
        );
        assert_eq!(signature, sign("secret", &body));
        assert_ne!(first.signed_body().1, signature);
    }

    #[test]
    fn too_many_requests_holds_the_whole_subscription() {
        let mut outbox = outbox(2, 3);
        let first = outbox.poll_attempt(at(10)).unwrap();
        outbox.complete(at(10), &first, Outcome::Answered(429));
        assert!(outbox.poll_attempt(at(69)).is_none());
        assert_eq!(outbox.poll_timeout(), Some(at(70)));
        let order: Vec<_> = std::iter::from_fn(|| {
            let attempt = outbox.poll_attempt(at(70))?;
            outbox.complete(at(70), &attempt, Outcome::Answered(200));
            Some((attempt.notification().id.clone(), attempt.number()))
        })
        .collect();
        assert_eq!(order, [("notif_0".into(), 1), ("notif_1".into(), 1), ("notif_2".into(), 1)]);
    }

    #[test]
    fn a_full_subscription_waits_for_an_outcome_and_not_for_time() {
        let mut outbox = outbox(1, 3);
        let first = outbox.poll_attempt(at(10)).unwrap();
        outbox.complete(at(10), &first, Outcome::Answered(429));
        let again = outbox.poll_attempt(at(70)).unwrap();
        assert_eq!(outbox.poll_timeout(), None, "the hold is over, the slot is taken");
        outbox.complete(at(71), &again, Outcome::Failed);
        assert!(outbox.poll_timeout().is_some());
    }

    #[test]
    fn what_waited_two_hours_is_dropped() {
        let mut outbox = outbox(1, 2);
        let next = outbox.poll_attempt(at(7_201)).unwrap();
        assert_eq!(next.notification().id, "notif_1");
        assert_eq!(outbox.dropped(), 1);
    }

    #[test]
    fn gone_ends_it_all() {
        let mut outbox = outbox(2, 5);
        let (first, second) =
            (outbox.poll_attempt(at(1)).unwrap(), outbox.poll_attempt(at(1)).unwrap());
        assert!(outbox.poll_attempt(at(1)).is_none(), "two at once and no more");
        outbox.complete(at(1), &first, Outcome::Answered(410));
        assert_eq!(outbox.complete(at(1), &second, Outcome::Failed), Verdict::GivenUp);
        outbox.accept(notification(9));
        assert!(outbox.poll_attempt(at(1_000)).is_none());
        assert!(outbox.is_idle());
    }
}
