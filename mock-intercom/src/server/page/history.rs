//! The backlog over time, in a bounded number of points.

use serde_json::{Value, json};

use crate::Moment;

/// The most points kept. When they are used up, either the older half was quiet and goes, or two
/// neighbours become one: the chart goes back to where the load began, however long that is.
const MOST_POINTS: usize = 240;

/// How many conversations nobody had, and how many teammates had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Level {
    /// Open, and no teammate has it.
    pub(super) waiting: usize,
    /// Open, and a teammate has it.
    pub(super) owned: usize,
}

impl Level {
    fn max(self, other: Self) -> Self {
        Self { waiting: self.waiting.max(other.waiting), owned: self.owned.max(other.owned) }
    }
}

/// The highest level within each step of the mock's clock.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// Unix seconds at which the first step begins.
    start: u64,
    /// The length of a step in seconds.
    step: u64,
    peaks: Vec<Level>,
    latest: Level,
}

impl History {
    pub(super) const fn new() -> Self {
        Self { start: 0, step: 1, peaks: Vec::new(), latest: Level { waiting: 0, owned: 0 } }
    }

    /// The level from `at` on. Time does not go back; what comes late counts for the newest step.
    pub(super) fn record(&mut self, at: Moment, level: Level) {
        let second = at.as_seconds();
        if self.peaks.is_empty() {
            (self.start, self.peaks) = (second, vec![level]);
        }
        while self.step_of(second) >= MOST_POINTS {
            self.compact();
        }
        let step = self.step_of(second);
        while self.peaks.len() <= step {
            self.peaks.push(self.latest);
        }
        let newest = self.peaks.len() - 1;
        self.peaks[newest] = self.peaks[newest].max(level);
        self.latest = level;
    }

    fn step_of(&self, second: u64) -> usize {
        usize::try_from(second.saturating_sub(self.start) / self.step).unwrap_or(usize::MAX)
    }

    fn compact(&mut self) {
        let half = MOST_POINTS / 2;
        let older = &self.peaks[..half.min(self.peaks.len())];
        let is_quiet = older.iter().all(|peak| *peak == Level::default());
        if is_quiet && self.peaks.len() > half {
            self.peaks.drain(..half);
            self.start += half as u64 * self.step;
        } else {
            let pair = |pair: &[Level]| pair.iter().copied().fold(Level::default(), Level::max);
            self.peaks = self.peaks.chunks(2).map(pair).collect();
            self.step = self.step.saturating_mul(2);
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let waiting: Vec<usize> = self.peaks.iter().map(|peak| peak.waiting).collect();
        let owned: Vec<usize> = self.peaks.iter().map(|peak| peak.owned).collect();
        json!({"start": self.start, "step": self.step, "waiting": waiting, "owned": owned})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(levels: impl IntoIterator<Item = (u64, usize)>) -> History {
        let mut history = History::new();
        for (second, waiting) in levels {
            history.record(Moment::from_seconds(second), Level { waiting, owned: 0 });
        }
        history
    }

    #[test]
    fn keeps_the_peak_of_each_step() {
        let json = history([(10, 0), (11, 5), (11, 2), (13, 1)]).to_json();
        assert_eq!(json["waiting"], json!([0, 5, 2, 2]));
        assert_eq!((&json["start"], &json["step"]), (&json!(10), &json!(1)));
    }

    #[test]
    fn stays_bounded_and_keeps_the_peak_of_all() {
        let long = history((0..100_000).map(|second| (second, second.min(7) as usize)));
        assert!(long.peaks.len() <= MOST_POINTS && long.start == 0 && long.step > 1);
        assert_eq!(long.peaks.iter().map(|peak| peak.waiting).max(), Some(7));
        let leap = history([(0, 1), (u64::MAX / 1_000_000, 2)]);
        assert!(leap.peaks.len() <= MOST_POINTS);
    }

    #[test]
    fn forgets_a_quiet_beginning() {
        let quiet = history((0..240).map(|second| (second, 0)).chain([(240, 9)]));
        assert_eq!((quiet.start, quiet.step), (120, 1));
    }
}
