//! Faults: what goes wrong, by rule and by dice, and nothing else.
//!
//! A [`FaultRule`] is data: which calls or webhooks it concerns, when it strikes, and what it does.
//! The [`FaultPlan`] of a workspace holds the rules in force and decides. Whether a rule strikes
//! depends on the seed, its name, what it is applied to and how often it was applied to the same
//! before: the same calls meet the same faults, whatever else happens in between.
//!
//! Rules are considered in their order. All that strike act together; where two exclude each other,
//! such as two statuses, the first one counts.

mod check;
mod dice;
mod fate;
mod latency;
mod length;
mod pattern;
mod rule;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::Moment;
use crate::delivery::NEVER;
use dice::{Dice, fnv1a};

pub use fate::Fate;
pub(crate) use fate::{CallFate, Ending};
pub use latency::Latency;
pub use length::{Length, Point, Shift};
pub(crate) use pattern::Pattern;
pub use rule::{ApiMatch, Effect, FaultRule, Loss, Storm, WebhookMatch};

/// The most rules in force at a time.
pub const FAULT_LIMIT: usize = 1_000;

/// A rule in force, by its number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(u64);

impl From<u64> for FaultId {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// Why a rule was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// It makes no sense.
    #[error("`{key}`: {problem}")]
    Invalid {
        /// Which key of it, such as `then.status`.
        key: String,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// There are enough.
    #[error("there are {FAULT_LIMIT} faults in force already, which is the most; remove some")]
    TooMany,
}

/// A rule in force and what it has done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaultStatus<'a> {
    /// Its number.
    pub id: FaultId,
    /// Of what it concerns within its time: how much there was.
    pub met: u64,
    /// How often it struck; for a fault of the whole workspace, 0.
    pub struck: u64,
    /// Whether its time is now.
    pub on: bool,
    /// The rule.
    #[serde(flatten)]
    pub rule: &'a FaultRule,
}

/// The faults in force.
#[derive(Clone, Debug)]
pub struct FaultPlan {
    seed: u64,
    rules: Vec<InForce>,
    last_id: u64,
    /// The first moment seen.
    start: Option<Moment>,
    /// The latest moment seen, on a right clock.
    now: Moment,
}

#[derive(Clone, Debug)]
struct InForce {
    id: FaultId,
    rule: FaultRule,
    /// The hash of its name.
    key: u64,
    /// `None` until the clock starts.
    since: Option<Moment>,
    met: u64,
    struck: u64,
    /// How often it was applied to the same, by a hash of that: made when first needed.
    occurrences: Vec<u32>,
}

/// So many kinds of things are counted apart; others share a count.
const KINDS: usize = 1_024;

/// A fault that struck, for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Struck {
    pub(crate) rule: String,
    pub(crate) effect: &'static str,
}

impl FaultPlan {
    /// No faults, and the seed of those to come.
    pub const fn new(seed: u64) -> Self {
        Self { seed, rules: Vec::new(), last_id: 0, start: None, now: Moment::EPOCH }
    }

    /// Puts a rule in force. Its lengths of time count from now, or from the start of the clock if
    /// that has not come yet.
    pub fn add(&mut self, mut rule: FaultRule) -> Result<FaultId, FaultError> {
        rule.check().map_err(|problem| {
            let (key, problem) = problem.into_parts();
            FaultError::Invalid { key, problem }
        })?;
        if self.rules.len() >= FAULT_LIMIT {
            return Err(FaultError::TooMany);
        }
        self.last_id += 1;
        if rule.name.is_empty() {
            rule.name = format!("fault-{}", self.last_id);
        }
        let id = FaultId(self.last_id);
        let since = self.start.map(|_| self.now);
        let key = fnv1a(&[&rule.name]);
        let occurrences = Vec::new();
        self.rules.push(InForce { id, rule, key, since, met: 0, struck: 0, occurrences });
        Ok(id)
    }

    /// Takes a rule out of force; whether there was one.
    pub fn remove(&mut self, id: FaultId) -> bool {
        let before = self.rules.len();
        self.rules.retain(|found| found.id != id);
        self.rules.len() < before
    }

    /// Takes all rules out of force.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// The rules in force and what they have done, in their order.
    pub fn statuses(&self) -> impl Iterator<Item = FaultStatus<'_>> {
        self.rules.iter().map(|found| FaultStatus {
            id: found.id,
            met: found.met,
            struck: found.struck,
            on: found.is_on(self.now),
            rule: &found.rule,
        })
    }

    /// The seed.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether webhooks are being stored.
    pub fn is_outage(&self) -> bool {
        self.on(self.now).any(|rule| rule.then == Effect::Outage)
    }

    /// What was made after this moment, on the workspace's own clock `now`, is not found by searches
    /// yet: the longest of the index lags in force. Without any, everything is found.
    pub(crate) fn index_horizon(&self, now: Moment) -> Moment {
        let lags = self.on(self.now).filter_map(|rule| match rule.then {
            Effect::IndexLag(lag) => Some(lag.0),
            _ => None,
        });
        lags.max().map_or(NEVER, |lag| {
            let lag = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX);
            Moment::from_micros(now.as_micros().saturating_sub(lag))
        })
    }

    /// How many calls of a window with this limit other apps use up.
    pub(crate) fn calls_of_others(&self, limit: u32) -> u32 {
        let storms = self.on(self.now).filter_map(|rule| match rule.then {
            Effect::Storm(storm) => Some(storm.calls(limit)),
            _ => None,
        });
        storms.fold(0, u32::saturating_add)
    }

    /// Tells the time; gives what Intercom's clock shows, which may be wrong.
    pub(crate) fn tell_time(&mut self, at: Moment) -> Moment {
        self.now = self.now.max(at);
        if self.start.is_none() {
            self.start = Some(at);
            self.rules.iter_mut().for_each(|found| found.since = Some(at));
        }
        self.shown(self.now)
    }

    fn shown(&self, at: Moment) -> Moment {
        shifted(at, self.skew(at))
    }

    fn skew(&self, at: Moment) -> i64 {
        self.skews().filter(|found| found.0.is_on(at)).map(|found| found.1).sum()
    }

    fn skews(&self) -> impl Iterator<Item = (&InForce, i64)> {
        self.rules.iter().filter_map(|found| match found.rule.then {
            Effect::ClockSkew(shift) => Some((found, shift.micros)),
            _ => None,
        })
    }

    /// When Intercom's clock will show `shown`, or be past it, on a right clock.
    pub(crate) fn true_time(&self, shown: Moment) -> Moment {
        let mut turns = vec![self.now];
        for (found, _) in self.skews() {
            turns.extend([found.from(), found.until()].into_iter().filter(|&at| at > self.now));
        }
        turns.sort();
        for (index, &turn) in turns.iter().enumerate() {
            let at = turn.max(shifted(shown, self.skew(turn).saturating_neg()));
            if turns.get(index + 1).is_none_or(|&next| at < next) {
                return at;
            }
        }
        shown
    }

    /// What becomes of a call. Without a `connection`, only what shows in the status counts, and the
    /// other rules are not asked.
    pub(crate) fn on_call(&mut self, method: &str, path: &str, connection: bool) -> CallFate {
        let mut fate = CallFate::default();
        let (seed, now) = (self.seed, self.now);
        for found in &mut self.rules {
            let asked = connection || found.rule.then.is_status();
            if !asked || !found.is_on(now) || !found.rule.concerns_call(method, path) {
                continue;
            }
            if let Some(mut dice) = found.strikes(seed, &[method, path]) {
                fate.add(&found.rule, &mut dice);
            }
        }
        fate
    }

    /// What becomes of a webhook, and the rules that see to it.
    pub(crate) fn on_webhook(&mut self, topic: &str) -> (Fate, Vec<Struck>) {
        let (mut fate, mut struck) = (Fate::default(), Vec::new());
        if self.rules.is_empty() {
            return (fate, struck);
        }
        let (seed, now) = (self.seed, self.now);
        for found in &mut self.rules {
            if !found.is_on(now) {
                continue;
            }
            if found.rule.then == Effect::Outage {
                let until = found.until();
                fate.stored_until = fate.stored_until.max(Some(until));
                struck.push(found.struck());
            } else if found.rule.concerns_webhook(topic)
                && let Some(mut dice) = found.strikes(seed, &[topic])
            {
                fate.add(&found.rule.then, &mut dice);
                struck.push(found.struck());
            }
        }
        (fate, struck)
    }

    fn on(&self, at: Moment) -> impl Iterator<Item = &FaultRule> {
        self.rules.iter().filter(move |found| found.is_on(at)).map(|found| &found.rule)
    }
}

impl InForce {
    fn from(&self) -> Moment {
        let start = self.since.unwrap_or_default();
        self.rule.from.map_or(Moment::EPOCH, |point| point.moment(start))
    }

    fn until(&self) -> Moment {
        let start = self.since.unwrap_or_default();
        self.rule.until.map_or(NEVER, |point| point.moment(start))
    }

    fn is_on(&self, at: Moment) -> bool {
        self.from() <= at && at < self.until()
    }

    fn struck(&self) -> Struck {
        Struck { rule: self.rule.name.clone(), effect: self.rule.then.name() }
    }

    /// Counts something that the rule concerns; the dice for what follows, if it strikes.
    fn strikes(&mut self, seed: u64, subject: &[&str]) -> Option<Dice> {
        self.met += 1;
        let (rule, nth) = (&self.rule, self.met);
        let subject = fnv1a(subject);
        if self.occurrences.is_empty() {
            self.occurrences = vec![0; KINDS];
        }
        let occurrence = &mut self.occurrences[(subject % KINDS as u64) as usize];
        let mut dice = Dice::new(seed, self.key, subject, u64::from(*occurrence));
        *occurrence = occurrence.wrapping_add(1);
        let strikes = rule.first.is_none_or(|first| nth <= first)
            && rule.every.is_none_or(|every| nth.is_multiple_of(every))
            && rule.at_most.is_none_or(|most| self.struck < most)
            && rule.probability.is_none_or(|probability| dice.share() < probability);
        self.struck += u64::from(strikes);
        strikes.then_some(dice)
    }
}

const fn shifted(at: Moment, micros: i64) -> Moment {
    Moment::from_micros(at.as_micros().saturating_add_signed(micros))
}
