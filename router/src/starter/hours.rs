//! Office hours of Intercom as those of rules.

use std::fmt::Write as _;

use super::{comment, quoted, slug, zone};
use crate::survey::Schedule;

const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const DAY_MINUTES: u64 = 24 * 60;

/// A section of the rules for each schedule, and their names in the rules.
pub(super) fn sections(schedules: &[Schedule], workspace_zone: &str) -> (String, Vec<String>) {
    let (mut text, mut names) = (String::new(), Vec::new());
    for schedule in schedules {
        let mut name = slug(&schedule.name);
        if name.is_empty() || names.contains(&name) {
            name = format!("hours-{}", names.len() + 1);
        }
        let _ = writeln!(text, "\n[hours.{name}]    # {:?} in Intercom", comment(&schedule.name));
        if schedule.time_zone != workspace_zone {
            match zone(&schedule.time_zone) {
                Some(zone) => {
                    let _ = writeln!(text, "time_zone = {}", quoted(zone));
                }
                None => {
                    let unknown = comment(&schedule.time_zone);
                    let _ = writeln!(text, "# time_zone = {unknown:?} is no IANA name: correct it");
                }
            }
        }
        for (day, spans) in DAYS.iter().zip(week(schedule)) {
            if !spans.is_empty() {
                let spans: Vec<_> =
                    spans.iter().map(|span| format!("\"{}\"", shown(*span))).collect();
                let _ = writeln!(text, "{day} = [{}]", spans.join(", "));
            }
        }
        names.push(name);
    }
    (text, names)
}

/// The minutes of each day at which it is open, Monday first: sorted, apart from each other, and
/// none over midnight.
fn week(schedule: &Schedule) -> [Vec<(u64, u64)>; 7] {
    let mut week: [Vec<(u64, u64)>; 7] = Default::default();
    let mut intervals = match schedule.always {
        true => vec![(0, 7 * DAY_MINUTES)],
        false => schedule.intervals.clone(),
    };
    intervals.sort_unstable();
    for (start, end) in intervals {
        for (day, spans) in (0..).zip(&mut week) {
            let from = start.max(day * DAY_MINUTES);
            let until = end.min((day + 1) * DAY_MINUTES);
            if from >= until {
                continue;
            }
            let (from, until) = (from - day * DAY_MINUTES, until - day * DAY_MINUTES);
            match spans.last_mut() {
                Some((_, last)) if from <= *last => *last = until.max(*last),
                _ => spans.push((from, until)),
            }
        }
    }
    week
}

fn shown((from, until): (u64, u64)) -> String {
    let time = |minutes: u64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    format!("{}-{}", time(from), time(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(intervals: &[(u64, u64)], always: bool) -> Schedule {
        Schedule { intervals: intervals.to_vec(), always, ..Schedule::default() }
    }

    #[test]
    fn minutes_of_the_week_become_times_of_days() {
        #[track_caller]
        fn check(intervals: &[(u64, u64)], always: bool, expected: &[(usize, &str)]) {
            let found: Vec<_> = week(&schedule(intervals, always))
                .iter()
                .enumerate()
                .filter(|(_, spans)| !spans.is_empty())
                .map(|(day, spans)| {
                    let spans: Vec<_> = spans.iter().map(|span| shown(*span)).collect();
                    (day, spans.join(" "))
                })
                .collect();
            let found: Vec<_> = found.iter().map(|(day, spans)| (*day, &**spans)).collect();
            assert_eq!(found, expected);
        }
        check(&[], false, &[]);
        check(&[(540, 1_020)], false, &[(0, "09:00-17:00")]);
        check(&[(9_960, 10_080)], false, &[(6, "22:00-24:00")]);
        check(&[(1_380, 1_500)], false, &[(0, "23:00-24:00"), (1, "00:00-01:00")]);
        check(&[(840, 1_020), (540, 780)], false, &[(0, "09:00-13:00 14:00-17:00")]);
        check(&[(540, 780), (720, 1_020)], false, &[(0, "09:00-17:00")]);
        // What makes no sense is left out.
        check(&[(600, 600), (700, 600), (10_080, 99_999)], false, &[]);
        let all: Vec<_> = (0..7).map(|day| (day, "00:00-24:00")).collect();
        check(&[(540, 1_020)], true, &all);
    }
}
