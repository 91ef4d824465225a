//! Whose turn it is among the lanes of a line.
//!
//! Weighted fair sharing by stride scheduling (Waldspurger and Weihl, MIT/LCS/TM-528, 1995):
//! every lane has a pass that grows by a stride with each conversation served, the heavier the
//! lane the shorter the stride, and the smallest pass is next. A lane that was empty begins where
//! the others are, so that nothing is saved up.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Divisible by many weights.
const STRIDE: u64 = 1_441_440;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Lanes {
    weights: BTreeMap<Arc<str>, u32>,
    lanes: BTreeMap<Arc<str>, Lane>,
    /// The pass of the lane that was served last, before it was.
    clock: u64,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Lane {
    waiting: usize,
    pass: u64,
}

impl Lanes {
    pub(super) fn new(weights: &BTreeMap<Arc<str>, u32>) -> Self {
        Self { weights: weights.clone(), ..Self::default() }
    }

    pub(super) fn enter(&mut self, name: &Arc<str>) {
        let clock = self.clock;
        let lane = match self.lanes.get_mut(name) {
            Some(lane) => lane,
            None => self.lanes.entry(name.clone()).or_default(),
        };
        if lane.waiting == 0 {
            lane.pass = lane.pass.max(clock);
        }
        lane.waiting += 1;
    }

    pub(super) fn leave(&mut self, name: &str) {
        let lane = self.lanes.get_mut(name).expect("whoever leaves has entered");
        lane.waiting -= 1;
    }

    /// One of this lane was served.
    pub(super) fn served(&mut self, name: &str) {
        let weight = self.weights.get(name).copied().unwrap_or(1).max(1);
        if let Some(lane) = self.lanes.get_mut(name) {
            self.clock = self.clock.max(lane.pass);
            lane.pass += STRIDE / u64::from(weight);
        }
    }

    /// The smallest is next.
    pub(super) fn turn(&self, name: &str) -> u64 {
        self.lanes.get(name).map_or(0, |lane| lane.pass)
    }
}
