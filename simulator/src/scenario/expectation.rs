//! What must come true, and whether it did.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::duration::Readable;

/// Something that a run is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Conversations that the router never took on.
    Lost,
    /// Conversations that were assigned to a second teammate for no reason.
    AssignedTwice,
    /// Assignments that took a teammate over the limit.
    OverLimit,
    /// Windows of 10 seconds with more calls than Intercom allows.
    ApiWindowsExceeded,
    /// Calls that Intercom answered with 429.
    RateLimitedCalls,
    /// Conversations without a teammate when the run ended.
    UnassignedAtEnd,
    /// The share of conversations that reached the team that the truth names.
    RoutingAccuracy,
    /// The share of conversations that no rule wanted.
    FallbackShare,
    /// The share of conversations that waited for office hours.
    HeldShare,
    /// Jain's index of conversations per teammate, in the team where it is lowest.
    FairnessJain,
    /// The busiest teammate against the mean, in the team where it is highest.
    FairnessMaxOverMean,
    /// Jain's index of the time that teammates worked, in the team where it is lowest.
    FairnessBusyTimeJain,
    /// The most conversations that one teammate had among as many consecutive assignments of a
    /// team as it has people, in the team where it is highest.
    FairnessBurst,
    /// Calls to Intercom for each DM.
    ApiCallsPerDm,
    /// Half of the conversations were assigned within this time.
    #[serde(rename = "time_to_assignment_p50")]
    TimeToAssignmentP50,
    /// Nine of ten.
    #[serde(rename = "time_to_assignment_p90")]
    TimeToAssignmentP90,
    /// Ninety-nine of a hundred.
    #[serde(rename = "time_to_assignment_p99")]
    TimeToAssignmentP99,
    /// All that were assigned.
    TimeToAssignmentMax,
    /// So long after the start of the story every conversation had been assigned.
    AllAssignedAfter,
}

/// What sort of number a measure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A whole number.
    Count,
    /// From 0 to 1.
    Share,
    /// Any number that is not negative.
    Ratio,
    /// A length of time.
    Duration,
}

/// What was measured, or what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A whole number.
    Count(u64),
    /// From 0 to 1.
    Share(f64),
    /// Any number that is not negative.
    Ratio(f64),
    /// A length of time in microseconds.
    Micros(u64),
}

/// The values that are good.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// This or less.
    AtMost(Value),
    /// This or more.
    AtLeast(Value),
    /// This.
    Equals(Value),
}

/// A number that must come out within a bound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Expectation {
    /// What is measured.
    pub measure: Measure,
    /// What is good.
    pub bound: Bound,
}

/// Whether an expectation came true.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// What was expected.
    #[serde(flatten)]
    pub expectation: Expectation,
    /// What came out; nothing if there was nothing to measure, which is never good enough.
    pub actual: Option<Value>,
    /// Whether it came true.
    pub passed: bool,
}

impl Measure {
    /// Every measure.
    pub const ALL: [Self; 19] = [
        Self::Lost,
        Self::AssignedTwice,
        Self::OverLimit,
        Self::ApiWindowsExceeded,
        Self::RateLimitedCalls,
        Self::UnassignedAtEnd,
        Self::RoutingAccuracy,
        Self::FallbackShare,
        Self::HeldShare,
        Self::FairnessJain,
        Self::FairnessMaxOverMean,
        Self::FairnessBusyTimeJain,
        Self::FairnessBurst,
        Self::ApiCallsPerDm,
        Self::TimeToAssignmentP50,
        Self::TimeToAssignmentP90,
        Self::TimeToAssignmentP99,
        Self::TimeToAssignmentMax,
        Self::AllAssignedAfter,
    ];

    /// The name in scenario files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::AssignedTwice => "assigned_twice",
            Self::OverLimit => "over_limit",
            Self::ApiWindowsExceeded => "api_windows_exceeded",
            Self::RateLimitedCalls => "rate_limited_calls",
            Self::UnassignedAtEnd => "unassigned_at_end",
            Self::RoutingAccuracy => "routing_accuracy",
            Self::FallbackShare => "fallback_share",
            Self::HeldShare => "held_share",
            Self::FairnessJain => "fairness_jain",
            Self::FairnessMaxOverMean => "fairness_max_over_mean",
            Self::FairnessBusyTimeJain => "fairness_busy_time_jain",
            Self::FairnessBurst => "fairness_burst",
            Self::ApiCallsPerDm => "api_calls_per_dm",
            Self::TimeToAssignmentP50 => "time_to_assignment_p50",
            Self::TimeToAssignmentP90 => "time_to_assignment_p90",
            Self::TimeToAssignmentP99 => "time_to_assignment_p99",
            Self::TimeToAssignmentMax => "time_to_assignment_max",
            Self::AllAssignedAfter => "all_assigned_after",
        }
    }

    /// What sort of number it is.
    #[must_use]
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::Lost
            | Self::AssignedTwice
            | Self::OverLimit
            | Self::ApiWindowsExceeded
            | Self::RateLimitedCalls
            | Self::UnassignedAtEnd
            | Self::FairnessBurst => Quantity::Count,
            Self::RoutingAccuracy | Self::FallbackShare | Self::HeldShare => Quantity::Share,
            Self::FairnessJain
            | Self::FairnessMaxOverMean
            | Self::FairnessBusyTimeJain
            | Self::ApiCallsPerDm => Quantity::Ratio,
            Self::TimeToAssignmentP50
            | Self::TimeToAssignmentP90
            | Self::TimeToAssignmentP99
            | Self::TimeToAssignmentMax
            | Self::AllAssignedAfter => Quantity::Duration,
        }
    }
}

impl Expectation {
    /// Compares with what was measured.
    #[must_use]
    pub fn judge(self, actual: Option<Value>) -> Verdict {
        let passed = actual.is_some_and(|actual| self.bound.holds(actual));
        Verdict { expectation: self, actual, passed }
    }
}

impl Bound {
    /// Whether a value is good. Values of another quantity never are.
    #[must_use]
    pub fn holds(self, actual: Value) -> bool {
        let (Self::AtMost(bound) | Self::AtLeast(bound) | Self::Equals(bound)) = self;
        if std::mem::discriminant(&bound) != std::mem::discriminant(&actual) {
            return false;
        }
        let (actual, bound) = (actual.as_f64(), bound.as_f64());
        match self {
            Self::AtMost(_) => actual <= bound,
            Self::AtLeast(_) => actual >= bound,
            Self::Equals(_) => actual == bound,
        }
    }
}

impl Value {
    /// As a plain number: a count, a share, a ratio, microseconds.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Count(number) | Self::Micros(number) => number as f64,
            Self::Share(number) | Self::Ratio(number) => number,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(number) => f.pad(&number.to_string()),
            Self::Share(share) => f.pad(&format!("{:.2} %", share * 100.0)),
            Self::Ratio(number) => f.pad(&format!("{number:.4}")),
            Self::Micros(us) => Readable(*us).fmt(f),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, value) = match self {
            Self::AtMost(value) => ("≤", value),
            Self::AtLeast(value) => ("≥", value),
            Self::Equals(value) => ("=", value),
        };
        f.pad(&format!("{sign} {value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_include_their_edge() {
        let limit = Value::Micros(600_000_000);
        for (bound, below, above) in [
            (Bound::AtMost(limit), true, false),
            (Bound::AtLeast(limit), false, true),
            (Bound::Equals(limit), false, false),
        ] {
            assert!(bound.holds(limit));
            assert_eq!(bound.holds(Value::Micros(599_999_999)), below);
            assert_eq!(bound.holds(Value::Micros(600_000_001)), above);
        }
    }

    #[test]
    fn what_was_not_measured_did_not_come_true() {
        let bound = Bound::AtMost(Value::Count(0));
        let expectation = Expectation { measure: Measure::Lost, bound };
        assert!(!expectation.judge(None).passed);
        assert!(expectation.judge(Some(Value::Count(0))).passed);
        assert!(!expectation.judge(Some(Value::Ratio(0.0))).passed);
    }

    #[test]
    fn names_are_those_of_the_file() {
        for measure in Measure::ALL {
            assert_eq!(serde_json::to_value(measure).unwrap(), measure.as_str());
        }
    }
}
