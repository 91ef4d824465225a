//! Teammates: how long they need, when they are away, what they do next.
//!
//! Each open conversation is worked on side by side with the others, up to the limit that the
//! router keeps. How much work a conversation is depends on the seed, the conversation and how often
//! it was handled before, not on who gets it or when: two routers are compared on the same work.
//! How long somebody needs for it depends on their speed besides. Nobody works while away; what was
//! begun goes on at the return.

mod absence;
mod roster;

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;

use crate::agenda::Agenda;
use crate::randomness::Streams;
use crate::scenario::{Speed, Spread, Team, Work};
use absence::Calendar;

pub use roster::{Teammate, roster};

/// What a teammate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Writes the first reply.
    Reply {
        /// Who.
        teammate: u64,
        /// In which conversation.
        conversation: u64,
    },
    /// Is done.
    Close {
        /// Who.
        teammate: u64,
        /// With which conversation.
        conversation: u64,
    },
    /// Sets the status to away.
    GoAway {
        /// Who.
        teammate: u64,
    },
    /// Sets the status to active again.
    ComeBack {
        /// Who.
        teammate: u64,
    },
}

/// All teammates of a run, and what they are about to do. Times are in microseconds since the
/// start of the scenario; a conversation is named by any number that stays the same for it.
#[derive(Clone, Debug)]
pub struct People {
    agenda: Agenda<Planned>,
    calendars: BTreeMap<u64, Calendar>,
    /// Who works on which conversation, and by which assignment.
    working: BTreeMap<u64, Assignment>,
    /// How often each conversation was closed.
    closed: BTreeMap<u64, u32>,
    handle_time: Spread,
    reply_after: f64,
    speed: Speed,
    streams: Streams,
    assignments: u64,
}

#[derive(Clone, Copy, Debug)]
struct Assignment {
    teammate: u64,
    number: u64,
}

#[derive(Clone, Copy, Debug)]
struct Planned {
    act: Act,
    /// The assignment that it is part of; it lapses with it.
    assignment: Option<u64>,
}

impl People {
    /// The teammates of a scenario, with their absences on the agenda.
    #[must_use]
    pub fn new(teams: &[Team], work: &Work, streams: &Streams) -> Self {
        let calendars = absence::calendars(&roster(teams), &work.absences, streams);
        let mut agenda = Agenda::new();
        for (&teammate, calendar) in &calendars {
            for &(from_us, to_us) in calendar.absences() {
                let act = Act::GoAway { teammate };
                agenda.push(from_us, Planned { act, assignment: None });
                let act = Act::ComeBack { teammate };
                agenda.push(to_us, Planned { act, assignment: None });
            }
        }
        Self {
            agenda,
            calendars,
            working: BTreeMap::new(),
            closed: BTreeMap::new(),
            handle_time: work.handle_time,
            reply_after: work.reply_after,
            speed: work.speed,
            streams: *streams,
            assignments: 0,
        }
    }

    /// A conversation was given to a teammate: the work on it begins.
    ///
    /// If another had it, theirs ends; if this one has it already, nothing changes.
    pub fn on_assigned(&mut self, now_us: u64, teammate: u64, conversation: u64) {
        if self.working.get(&conversation).is_some_and(|work| work.teammate == teammate) {
            return;
        }
        self.assignments += 1;
        let number = self.assignments;
        self.working.insert(conversation, Assignment { teammate, number });
        let speed = self.speed.of(teammate, &self.streams);
        let handle_us = (self.work_us(conversation) as f64 / speed) as u64;
        let reply_us = (handle_us as f64 * self.reply_after) as u64;
        let assignment = Some(number);
        let reply = Planned { act: Act::Reply { teammate, conversation }, assignment };
        let close = Planned { act: Act::Close { teammate, conversation }, assignment };
        let calendar = self.calendars.get(&teammate);
        let done_at = |work| calendar.map_or(now_us + work, |c| c.done_at(now_us, work));
        let (reply_at, close_at) = (done_at(reply_us), done_at(handle_us));
        self.agenda.push(reply_at, reply);
        self.agenda.push(close_at, close);
    }

    /// A conversation was taken from whoever had it, or closed by another hand: the work ends.
    pub fn on_taken_away(&mut self, conversation: u64) {
        self.working.remove(&conversation);
    }

    /// When somebody does something next.
    #[must_use]
    pub fn next_due(&mut self) -> Option<u64> {
        self.skip_lapsed();
        self.agenda.next_due()
    }

    /// What is done next, if it is due by `now_us`.
    pub fn pop_due(&mut self, now_us: u64) -> Option<Act> {
        self.skip_lapsed();
        let (_, planned) = self.agenda.pop_due(now_us)?;
        if let Act::Close { conversation, .. } = planned.act {
            self.working.remove(&conversation);
            *self.closed.entry(conversation).or_default() += 1;
        }
        Some(planned.act)
    }

    /// Whether a teammate is away at a moment.
    #[must_use]
    pub fn is_away(&self, teammate: u64, at_us: u64) -> bool {
        self.calendars.get(&teammate).is_some_and(|calendar| calendar.is_away(at_us))
    }

    /// How many conversations are being worked on.
    #[must_use]
    pub fn open_conversations(&self) -> usize {
        self.working.len()
    }

    /// How long a conversation takes at speed 1.
    fn work_us(&self, conversation: u64) -> u64 {
        let rng: &mut ChaCha8Rng = &mut self.streams.keyed("handle_time", conversation);
        for _ in 0..self.closed.get(&conversation).copied().unwrap_or(0) {
            let _ = self.handle_time.draw(rng);
        }
        self.handle_time.draw(rng)
    }

    fn skip_lapsed(&mut self) {
        while let Some((_, planned)) = self.agenda.peek() {
            if self.stands(*planned) {
                return;
            }
            self.agenda.pop();
        }
    }

    fn stands(&self, planned: Planned) -> bool {
        match (planned.act, planned.assignment) {
            (Act::Reply { conversation, .. } | Act::Close { conversation, .. }, Some(number)) => {
                self.working.get(&conversation).is_some_and(|work| work.number == number)
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests;
