//! What came of a run: plain data, and its rendering for a terminal.
//!
//! A report holds nothing of the machine or the hour, so the same run gives the same bytes.

pub mod terminal;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::measure::{Confusion, Fairness, LatencySummary};
use crate::scenario::{Expectation, Measure, Value, Verdict};

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// What was run.
    pub run: Run,
    /// What was expected, and whether it came true: see [`Report::judge`].
    pub verdicts: Vec<Verdict>,
    /// What must never happen in any run, and did.
    pub violations: Vec<Violation>,
    /// How much was written, and what became of it.
    pub volume: Volume,
    /// Who should have got what, and who did.
    pub confusion: Confusion,
    /// Each team's share, in the order of the scenario file.
    pub teams: Vec<TeamReport>,
    /// How many conversations no rule wanted, by why.
    pub fallback: BTreeMap<String, u64>,
    /// From when a conversation's first DM was due to when a teammate had it.
    pub time_to_assignment: Option<LatencySummary>,
    /// How long after the start of the story every conversation had been assigned, in
    /// microseconds; nothing if one never was.
    pub all_assigned_after_us: Option<u64>,
    /// What was asked of Intercom.
    pub api: ApiUse,
    /// What only a live run can tell; it differs from run to run and from machine to machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
}

/// What only a live run can tell, in real time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Live {
    /// How many times faster than the story it was played.
    pub speed: f64,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// Webhooks that the router acknowledged.
    pub webhooks_acknowledged: u64,
    /// Attempts to deliver a webhook that failed.
    pub webhooks_failed: u64,
    /// The most webhooks acknowledged within one second.
    pub busiest_second: u64,
    /// From sending a webhook to its answer.
    pub webhook_answer: Option<LatencySummary>,
    /// How late DMs were written: what the generator itself was late.
    pub lateness: Option<LatencySummary>,
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Run {
    /// The scenario's name.
    pub scenario: String,
    /// The scenario's story.
    pub story: String,
    /// In virtual time or over HTTP.
    pub mode: Mode,
    /// The seed.
    pub seed: u64,
    /// The commit of the program, if it was built from one.
    pub commit: Option<String>,
    /// The version of the rules.
    pub rules_version: String,
    /// How much time passed in the story, in microseconds.
    pub lasted_us: u64,
}

/// How a scenario is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The engine alone, on a clock that jumps.
    Virtual,
    /// The router and a mock of Intercom, over HTTP.
    Live,
}

/// Something that must never happen, and did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The rule that was broken: "single ownership".
    pub invariant: String,
    /// When, in microseconds since the start of the scenario.
    pub at_us: u64,
    /// What happened.
    pub detail: String,
}

/// How much was written, and what became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Volume {
    /// Messages.
    pub dms: u64,
    /// Conversations that they opened.
    pub conversations: u64,
    /// Conversations that reached a teammate.
    pub assigned: u64,
    /// Conversations that waited for office hours.
    pub held: u64,
    /// Conversations that had no teammate at the end.
    pub unassigned_at_end: u64,
    /// Conversations that the router never took on.
    pub lost: u64,
    /// Conversations that were assigned to a second teammate for no reason.
    pub assigned_twice: u64,
    /// Assignments that took a teammate over the limit.
    pub over_limit: u64,
}

/// One team's share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TeamReport {
    /// Its name.
    pub name: String,
    /// How many people it has.
    pub teammates: u32,
    /// How many conversations came to it.
    pub conversations: u64,
    /// How evenly they were spread over its people; nothing if none reached anybody.
    pub fairness: Option<Fairness>,
    /// How evenly chance would have spread them, with the same people to choose from each time.
    pub random: Option<Fairness>,
    /// How evenly the time was spread that they worked, in microseconds: of conversations side by
    /// side, each counts.
    pub busy_time: Option<Fairness>,
    /// The same by chance; whoever is slower needs longer for what they are given.
    pub random_busy_time: Option<Fairness>,
    /// The most that one of them had among as many assignments in a row as there are people.
    pub burst: Option<u64>,
    /// The same by chance.
    pub random_burst: Option<u64>,
    /// As in [`Report::time_to_assignment`].
    pub time_to_assignment: Option<LatencySummary>,
}

/// What was asked of Intercom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ApiUse {
    /// Calls by kind.
    pub calls: BTreeMap<String, u64>,
    /// How many calls Intercom allows in a window of 10 seconds.
    pub allowed_per_window: u64,
    /// The most calls in one window.
    pub busiest_window: u64,
    /// How many windows had more calls than allowed.
    pub windows_exceeded: u64,
    /// How many calls were answered with 429.
    pub rate_limited: u64,
}

impl Report {
    /// Compares with what was expected. Fill in everything else first.
    pub fn judge(&mut self, expectations: &[Expectation]) {
        self.verdicts = expectations
            .iter()
            .map(|expectation| expectation.judge(self.measured(expectation.measure)))
            .collect();
    }

    /// Whether all that was expected came true, and nothing happened that never must.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.violations.is_empty() && self.verdicts.iter().all(|verdict| verdict.passed)
    }

    /// What a measure came to; nothing if there was nothing to measure.
    #[must_use]
    pub fn measured(&self, measure: Measure) -> Option<Value> {
        let volume = &self.volume;
        let time = self.time_to_assignment.as_ref();
        match measure {
            Measure::Lost => Some(Value::Count(volume.lost)),
            Measure::AssignedTwice => Some(Value::Count(volume.assigned_twice)),
            Measure::OverLimit => Some(Value::Count(volume.over_limit)),
            Measure::UnassignedAtEnd => Some(Value::Count(volume.unassigned_at_end)),
            Measure::ApiWindowsExceeded => Some(Value::Count(self.api.windows_exceeded)),
            Measure::RateLimitedCalls => Some(Value::Count(self.api.rate_limited)),
            Measure::RoutingAccuracy => self.confusion.accuracy().map(Value::Share),
            Measure::FallbackShare => self.of_conversations(self.fallback_total()),
            Measure::HeldShare => self.of_conversations(volume.held),
            Measure::FairnessJain => self.worst_team(|team| Some(team.fairness?.jain), f64::min),
            Measure::FairnessMaxOverMean => {
                self.worst_team(|team| Some(team.fairness?.max_over_mean), f64::max)
            }
            Measure::FairnessBusyTimeJain => {
                self.worst_team(|team| Some(team.busy_time?.jain), f64::min)
            }
            Measure::FairnessBurst => {
                self.teams.iter().filter_map(|team| team.burst).max().map(Value::Count)
            }
            Measure::ApiCallsPerDm => ratio(self.api.total(), volume.dms).map(Value::Ratio),
            Measure::TimeToAssignmentP50 => time.map(|time| Value::Micros(time.p50_us)),
            Measure::TimeToAssignmentP90 => time.map(|time| Value::Micros(time.p90_us)),
            Measure::TimeToAssignmentP99 => time.map(|time| Value::Micros(time.p99_us)),
            Measure::TimeToAssignmentMax => time.map(|time| Value::Micros(time.max_us)),
            Measure::AllAssignedAfter => self.all_assigned_after_us.map(Value::Micros),
        }
    }

    /// How many conversations no rule wanted.
    #[must_use]
    pub fn fallback_total(&self) -> u64 {
        self.fallback.values().sum()
    }

    fn of_conversations(&self, count: u64) -> Option<Value> {
        ratio(count, self.volume.conversations).map(Value::Share)
    }

    fn worst_team(
        &self,
        index: impl Fn(&TeamReport) -> Option<f64>,
        worse: impl Fn(f64, f64) -> f64,
    ) -> Option<Value> {
        self.teams.iter().filter_map(index).reduce(worse).map(Value::Ratio)
    }
}

impl ApiUse {
    /// All calls.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests;
