//! Everything that will be written in a run, drawn before it begins.
//!
//! Each contact writes once, and some write again before anyone had a chance to answer. What the
//! n-th contact writes depends on the seed and n alone.

use rand::RngExt;

use crate::messages::Dm;
use crate::randomness::Streams;
use crate::scenario::Traffic;

/// Everything that will be written in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficPlan {
    /// In the order in which they are due; a DM's place is its `index`.
    pub dms: Vec<PlannedDm>,
    /// How many people write.
    pub contacts: usize,
}

/// One message and when it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedDm {
    /// Its place in the plan.
    pub index: usize,
    /// Who writes it: contacts are numbered from 0, in the order of their first messages.
    pub contact: usize,
    /// When it is due, in microseconds since the start of the scenario.
    pub due_us: u64,
    /// 0 for the contact's first message, 1 for the second.
    pub ordinal: u32,
    /// What it says.
    pub dm: Dm,
}

impl TrafficPlan {
    /// Draws the plan.
    #[must_use]
    pub fn new(traffic: &Traffic, streams: &Streams) -> Self {
        let arrivals = traffic.arrivals.due_times(&mut streams.stream("arrivals"));
        let contacts = arrivals.len();
        let mut dms = Vec::with_capacity(contacts);
        for (contact, due_us) in arrivals.into_iter().enumerate() {
            let dm = traffic.mix.write(streams, contact as u64);
            let second = follow_up(traffic, streams, contact, due_us, &dm);
            dms.push(PlannedDm { index: 0, contact, due_us, ordinal: 0, dm });
            dms.extend(second);
        }
        dms.sort_by_key(|dm| (dm.due_us, dm.contact, dm.ordinal));
        for (index, dm) in dms.iter_mut().enumerate() {
            dm.index = index;
        }
        Self { dms, contacts }
    }

    /// When the last DM is due, in microseconds; 0 if nobody writes.
    #[must_use]
    pub fn last_due_us(&self) -> u64 {
        self.dms.last().map_or(0, |dm| dm.due_us)
    }
}

fn follow_up(
    traffic: &Traffic,
    streams: &Streams,
    contact: usize,
    due_us: u64,
    opener: &Dm,
) -> Option<PlannedDm> {
    let rng = &mut streams.keyed("follow_up", contact as u64);
    if !rng.random_bool(traffic.follow_ups) {
        return None;
    }
    // Not in the same instant, which would make the order of the two a matter of chance.
    let after_us = traffic.follow_up_after.draw(rng).max(1_000_000);
    let dm = traffic.mix.follow_up(streams, contact as u64, opener);
    Some(PlannedDm { index: 0, contact, due_us: due_us + after_us, ordinal: 1, dm })
}
