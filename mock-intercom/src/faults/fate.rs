//! What becomes of one call, and of one webhook.

use std::time::Duration;

use super::dice::Dice;
use super::latency::LONGEST;
use super::rule::{Effect, FaultRule, Loss};
use super::{Length, Struck};
use crate::Moment;

/// What becomes of a webhook. By default it is sent once, at once, and rightly signed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// Whether it is never sent.
    pub lost: bool,
    /// How many more of the same are sent.
    pub copies: u32,
    /// How much later it is sent.
    pub delay: Duration,
    /// The end of the outage that it waits for; the last moment there is if nobody knows.
    pub stored_until: Option<Moment>,
    /// Whether it is signed with another secret.
    pub wrongly_signed: bool,
}

impl Fate {
    pub(super) fn add(&mut self, effect: &Effect, dice: &mut Dice) {
        match effect {
            Effect::Lost => self.lost = true,
            Effect::Duplicate(copies) => self.copies = self.copies.saturating_add(*copies),
            Effect::Delay(latency) => self.delay_by(latency.draw(dice)),
            Effect::Reorder(Length(within)) => self.delay_by(within.mul_f64(dice.share())),
            Effect::WrongSignature => self.wrongly_signed = true,
            _ => {}
        }
    }

    fn delay_by(&mut self, more: Duration) {
        self.delay = self.delay.saturating_add(more).min(LONGEST);
    }
}

/// How a call ends, if not as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Before it was done.
    Instead(Loss),
    /// After it was done.
    Afterwards(Loss),
}

/// What becomes of a call. By default it is answered, at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CallFate {
    pub(crate) delay: Duration,
    pub(crate) ending: Option<Ending>,
    /// A slow, a truncated or a broken body.
    pub(crate) body: Option<Effect>,
    pub(crate) struck: Vec<Struck>,
}

impl CallFate {
    pub(super) fn add(&mut self, rule: &FaultRule, dice: &mut Dice) {
        match rule.then {
            Effect::Latency(latency) => {
                self.delay = self.delay.saturating_add(latency.draw(dice)).min(LONGEST);
            }
            Effect::Status(status) => self.end(Ending::Instead(Loss::Status(status))),
            Effect::Reset => self.end(Ending::Instead(Loss::Reset)),
            Effect::Timeout(after) => self.end(Ending::Instead(Loss::Timeout(after))),
            Effect::ResponseLost(loss) => self.end(Ending::Afterwards(loss)),
            Effect::SlowBody { .. } | Effect::Truncate(_) | Effect::InvalidJson => {
                self.body.get_or_insert_with(|| rule.then.clone());
            }
            _ => {}
        }
        self.struck.push(Struck { rule: rule.name.clone(), effect: rule.then.name() });
    }

    fn end(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }
}
