//! One subscription: what waits for it, and how it is doing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::standing::{Consequence, PAUSE, Standing};
use super::volume::{Volume, WebhookSettings};
use super::{Outcome, QUEUE_LIMIT, Verdict, WebhookTarget};
use crate::Moment;
use crate::workspace::Notification;

/// Attempts in all: the first, and one retry.
const ATTEMPTS: u32 = 2;
const RETRY_DELAY: Duration = Duration::from_secs(60);
/// How long 429 holds a subscription. The docs say "between 1 minute and 2 hours" and not how that
/// grows: here each 429 holds for another minute.
const HOLD: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 3600);
/// An answer that takes longer moves the endpoint to a lower priority.
const SLOW: Duration = Duration::from_millis(500);

/// Whether a subscription gets anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// It does.
    Live,
    /// It answered 410.
    Disabled,
    /// It failed for more than seven days.
    Suspended,
}

/// Which webhooks a look for the next attempt considers; the first come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    /// Of endpoints that answer quickly.
    Quick,
    /// Of slow ones.
    Slow,
    /// What is beyond the volume of a minute.
    Surplus,
}

impl Tier {
    pub(super) const ALL: [Self; 3] = [Self::Quick, Self::Slow, Self::Surplus];
}

/// A notification on its way to one subscriber.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) notification: Arc<Notification>,
    /// Which attempt comes next, or is under way, from 1.
    pub(super) number: u32,
    pub(super) wrongly_signed: bool,
    /// Since when it could have been sent.
    since: Moment,
    /// Whether it waits for the end of an outage.
    stored: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Subscription {
    pub(super) target: Arc<WebhookTarget>,
    pub(super) life: Life,
    settings: WebhookSettings,
    standing: Standing,
    volume: Volume,
    held_until: Moment,
    paused_until: Moment,
    slow: bool,
    ready: VecDeque<Pending>,
    surplus: VecDeque<Pending>,
    /// By when it is due; equal times go by the second number, upwards.
    waiting: BTreeMap<(Moment, i64), Pending>,
    in_flight: BTreeMap<u64, Pending>,
}

/// How a subscription stands, for whoever looks from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubscriptionStatus {
    /// Its number.
    pub id: super::SubscriptionId,
    /// Where to.
    pub url: String,
    /// The topics wanted; none: all.
    pub topics: Vec<String>,
    /// Whether it gets anything.
    pub state: Life,
    /// Until when 429 holds it, in microseconds since the epoch; absent if it does not.
    #[serde(rename = "held_until_us", skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Moment>,
    /// Until when errors pause it.
    #[serde(rename = "paused_until_us", skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<Moment>,
    /// Whether its last answer took more than half a second.
    pub slow: bool,
    /// How many wait to be sent.
    pub waiting: usize,
    /// How many are under way.
    pub in_flight: usize,
}

impl Subscription {
    pub(super) fn new(target: WebhookTarget, settings: WebhookSettings) -> Self {
        Self {
            target: Arc::new(target),
            life: Life::Live,
            settings,
            standing: Standing::default(),
            volume: Volume::default(),
            held_until: Moment::EPOCH,
            paused_until: Moment::EPOCH,
            slow: false,
            ready: VecDeque::new(),
            surplus: VecDeque::new(),
            waiting: BTreeMap::new(),
            in_flight: BTreeMap::new(),
        }
    }

    /// Takes a notification as its fate has it; how many of its copies were dropped.
    pub(super) fn accept(
        &mut self,
        at: Moment,
        notification: &Arc<Notification>,
        sequence: i64,
    ) -> u64 {
        let fate = &notification.fate;
        let copies = 1 + u64::from(fate.copies);
        if self.paused_until > at {
            return copies;
        }
        let mut dropped = 0;
        for _ in 0..copies {
            if self.ready.len() + self.surplus.len() + self.waiting.len() >= QUEUE_LIMIT {
                dropped += 1;
                continue;
            }
            let due = fate.stored_until.unwrap_or(at + fate.delay);
            let pending = Pending {
                notification: Arc::clone(notification),
                number: 1,
                wrongly_signed: fate.wrongly_signed,
                since: due,
                stored: fate.stored_until.is_some(),
            };
            if due > at {
                self.wait(due, sequence, pending);
            } else if self.volume.take(at, self.settings.region) {
                self.ready.push_back(pending);
            } else {
                self.surplus.push_back(pending);
            }
        }
        dropped
    }

    /// What was stored for the end of an outage comes newest first; the rest in its order.
    fn wait(&mut self, due: Moment, sequence: i64, pending: Pending) {
        let order = if pending.stored { -sequence } else { sequence };
        // A copy, or a second wait of the same: behind the first.
        let mut key = (due, order);
        while self.waiting.contains_key(&key) {
            key.1 += 1;
        }
        self.waiting.insert(key, pending);
    }

    /// The next to send of a tier, if one may be sent now, and how many were dropped on the way to it.
    pub(super) fn next(
        &mut self,
        at: Moment,
        tier: Tier,
        concurrency: usize,
    ) -> (Option<Pending>, u64) {
        let mut dropped = 0;
        if self.life != Life::Live || self.blocked_until() > at || !self.is_free(concurrency) {
            return (None, dropped);
        }
        loop {
            let found = match tier {
                Tier::Surplus => self.surplus.pop_front(),
                Tier::Slow if !self.slow => None,
                Tier::Quick if self.slow => None,
                Tier::Slow | Tier::Quick => self.due(at).or_else(|| self.ready.pop_front()),
            };
            match found {
                Some(pending) if at.since(pending.since) > LONGEST_WAIT => dropped += 1,
                found => return (found, dropped),
            }
        }
    }

    fn due(&mut self, at: Moment) -> Option<Pending> {
        let entry = self.waiting.first_entry()?;
        (entry.key().0 <= at).then(|| entry.remove())
    }

    pub(super) fn sent(&mut self, ticket: u64, pending: Pending) {
        self.in_flight.insert(ticket, pending);
    }

    /// A slow endpoint has a quarter of the slots. The docs say "lower priority" and no more.
    fn is_free(&self, concurrency: usize) -> bool {
        let slots = if self.slow { (concurrency / 4).max(1) } else { concurrency };
        self.in_flight.len() < slots
    }

    fn blocked_until(&self) -> Moment {
        self.held_until.max(self.paused_until)
    }

    /// What follows from an attempt's outcome; `None` if it is none of ours any more.
    pub(super) fn complete(
        &mut self,
        at: Moment,
        ticket: u64,
        sequence: i64,
        outcome: Outcome,
        took: Duration,
    ) -> Option<Verdict> {
        let pending = self.in_flight.remove(&ticket)?;
        if outcome != Outcome::Failed {
            // The docs do not say how an endpoint becomes quick again: here by a quick answer.
            self.slow = took > SLOW || outcome == Outcome::TimedOut;
        }
        Some(match outcome {
            Outcome::Answered(200..=299) => {
                self.standing.succeeded();
                Verdict::Delivered
            }
            Outcome::Answered(410) => {
                self.end(Life::Disabled);
                Verdict::Disabled
            }
            _ if self.life != Life::Live => Verdict::GivenUp,
            Outcome::Answered(429) => {
                self.held_until = self.held_until.max(at + HOLD);
                self.wait(self.held_until, sequence, pending);
                Verdict::HeldUntil(self.held_until)
            }
            _ => self.failed(at, sequence, pending),
        })
    }

    fn failed(&mut self, at: Moment, sequence: i64, pending: Pending) -> Verdict {
        let consequence = self.standing.failed(at, self.settings.private_app);
        if consequence == Consequence::Suspension {
            self.end(Life::Suspended);
            return Verdict::Suspended;
        }
        let retry_at = (pending.number < ATTEMPTS).then_some(at + RETRY_DELAY);
        if let Some(retry_at) = retry_at {
            let number = pending.number + 1;
            self.wait(retry_at, sequence, Pending { number, since: at, ..pending });
        }
        match (consequence, retry_at) {
            (Consequence::Pause, _) => {
                self.paused_until = at + PAUSE;
                Verdict::PausedUntil(self.paused_until)
            }
            (_, Some(retry_at)) => Verdict::RetryAt(retry_at),
            (_, None) => Verdict::GivenUp,
        }
    }

    /// Nothing more is sent, and what waits is forgotten.
    fn end(&mut self, life: Life) {
        self.life = life;
        self.ready.clear();
        self.surplus.clear();
        self.waiting.clear();
    }

    /// "Set live" in the Developer Hub. That it also brings back a subscription that answered 410 is
    /// not stated.
    pub(super) fn set_live(&mut self) {
        self.life = Life::Live;
        self.standing.succeeded();
        (self.held_until, self.paused_until) = (Moment::EPOCH, Moment::EPOCH);
    }

    /// What was stored for the end of an outage may go now.
    pub(super) fn release_stored(&mut self, at: Moment) {
        let (stored, rest) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(_, pending)| pending.stored);
        self.waiting = rest;
        for ((_, order), pending) in stored {
            self.wait(at, -order, Pending { since: at, ..pending });
        }
    }

    /// What was under way counts as not sent.
    pub(super) fn forget_attempts(&mut self) {
        for (_, pending) in std::mem::take(&mut self.in_flight).into_iter().rev() {
            self.ready.push_front(pending);
        }
    }

    pub(super) fn has_due(&self, at: Moment, concurrency: usize) -> bool {
        let waits = || self.waiting.keys().next().is_some_and(|&(due, _)| due <= at);
        self.life == Life::Live
            && self.blocked_until() <= at
            && self.is_free(concurrency)
            && (!self.ready.is_empty() || !self.surplus.is_empty() || waits())
    }

    /// When time alone makes the next attempt possible.
    pub(super) fn timeout(&self, concurrency: usize) -> Option<Moment> {
        if self.life != Life::Live || !self.is_free(concurrency) {
            return None;
        }
        let blocked = self.blocked_until();
        let next = self.waiting.keys().next().map(|&(at, _)| at).filter(|&at| at != NEVER);
        match self.ready.is_empty() && self.surplus.is_empty() {
            true => next.map(|at| at.max(blocked)),
            false if blocked > Moment::EPOCH => Some(blocked),
            false => next,
        }
    }

    pub(super) fn pending(&self) -> usize {
        self.ready.len() + self.surplus.len() + self.waiting.len() + self.in_flight.len()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    pub(super) fn status(&self, id: super::SubscriptionId, at: Moment) -> SubscriptionStatus {
        SubscriptionStatus {
            id,
            url: self.target.url.clone(),
            topics: self.target.topics.clone(),
            state: self.life,
            held_until: Some(self.held_until).filter(|&until| until > at),
            paused_until: Some(self.paused_until).filter(|&until| until > at),
            slow: self.slow,
            waiting: self.pending() - self.in_flight.len(),
            in_flight: self.in_flight.len(),
        }
    }
}

/// The end of an outage of which nobody knows the end.
pub(crate) const NEVER: Moment = Moment::from_micros(u64::MAX);
