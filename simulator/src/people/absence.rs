//! Who is away when.

use std::collections::BTreeMap;

use rand::RngExt;

use super::Teammate;
use crate::randomness::Streams;
use crate::scenario::Absence;

/// One teammate's absences: disjoint, in order, none empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Calendar {
    absences: Vec<(u64, u64)>,
}

impl Calendar {
    pub(super) fn absences(&self) -> &[(u64, u64)] {
        &self.absences
    }

    pub(super) fn is_away(&self, at_us: u64) -> bool {
        self.absences.iter().any(|&(from, to)| (from..to).contains(&at_us))
    }

    /// When `work_us` of work that begins at `from_us` is done, if it rests during absences.
    pub(super) fn done_at(&self, from_us: u64, work_us: u64) -> u64 {
        let (mut at, mut left) = (from_us, work_us);
        for &(away, back) in &self.absences {
            if back <= at {
                continue;
            }
            let before = away.saturating_sub(at);
            if left < before {
                break;
            }
            left -= before;
            at = back;
        }
        at + left
    }

    /// Adds an absence and merges what overlaps or touches.
    fn add(&mut self, from_us: u64, to_us: u64) {
        self.absences.push((from_us, to_us));
        self.absences.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for &(from, to) in &self.absences {
            match merged.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        self.absences = merged;
    }
}

/// The calendars of those who are ever away. Who of a team goes is drawn, each absence anew.
pub(super) fn calendars(
    roster: &[Teammate],
    absences: &[Absence],
    streams: &Streams,
) -> BTreeMap<u64, Calendar> {
    let mut calendars: BTreeMap<u64, Calendar> = BTreeMap::new();
    for (absence, key) in absences.iter().zip(0..) {
        let rng = &mut streams.keyed("absence", key);
        let mut team: Vec<u64> =
            roster.iter().filter(|mate| mate.team == absence.team).map(|mate| mate.id).collect();
        for _ in 0..absence.count.min(team.len() as u32) {
            let who = team.remove(rng.random_range(0..team.len() as u64) as usize);
            calendars.entry(who).or_default().add(absence.from_us, absence.to_us);
        }
    }
    calendars
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(absences: &[(u64, u64)]) -> Calendar {
        let mut calendar = Calendar::default();
        absences.iter().for_each(|&(from, to)| calendar.add(from, to));
        calendar
    }

    #[test]
    fn work_rests_during_absences() {
        let calendar = calendar(&[(10, 20), (30, 35)]);
        for (from, work, done) in [
            (0, 9, 9),
            (0, 10, 20),
            (0, 11, 21),
            (0, 25, 40),
            (5, 8, 23),
            (12, 3, 23),
            (20, 3, 23),
            (40, 7, 47),
        ] {
            assert_eq!(calendar.done_at(from, work), done, "{work} from {from}");
        }
    }

    #[test]
    fn absences_that_overlap_are_one() {
        assert_eq!(calendar(&[(5, 9), (1, 3), (8, 12), (3, 4)]).absences(), [(1, 4), (5, 12)]);
    }
}
