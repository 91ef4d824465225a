//! What a rules file says of teammates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use serde::{Deserialize, Serialize};

use crate::hours::Hours;
use crate::rule::Named;

/// The weight of a teammate of whom the file says nothing, in hundredths.
pub(crate) const WHOLE_WEIGHT: u32 = 100;

/// A teammate of the rules file.
#[derive(Clone, Debug)]
pub(crate) struct Teammate {
    pub(crate) named: Named,
    /// The name of the `[hours]` in which they work; `None`: always.
    pub(crate) shift: Option<Arc<str>>,
    /// First and last days on which they do not work.
    pub(crate) time_off: Vec<(Date, Date)>,
    /// When they work, time off taken away; `None`: always.
    pub(crate) at_work: Option<Hours>,
    /// The most open conversations over all teams, instead of everybody's limit.
    pub(crate) assignment_limit: Option<u32>,
    /// The most open conversations by index of the team, instead of the team's limit.
    pub(crate) team_limits: BTreeMap<usize, u32>,
    /// Indices of the teams in which they only help out.
    pub(crate) helps_in: BTreeSet<usize>,
    /// In hundredths; see [`WHOLE_WEIGHT`].
    pub(crate) weight: u32,
    /// In lower case.
    pub(crate) languages: Vec<Arc<str>>,
    pub(crate) skills: Vec<Arc<str>>,
}

/// What holds for every teammate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TeammateDefaults {
    /// The most open conversations for one teammate over all teams.
    pub(crate) assignment_limit: Option<u32>,
    /// An absence that is shorter does not count as one, except that nothing new is given out.
    pub(crate) away_grace: Duration,
    /// `None`: whoever comes back is given everything at once.
    pub(crate) ramp: Option<Ramp>,
}

impl Default for TeammateDefaults {
    fn default() -> Self {
        Self {
            assignment_limit: None,
            away_grace: Duration::from_secs(60),
            ramp: Some(Ramp { per_minute: 6, lasts: Duration::from_secs(300) }),
        }
    }
}

/// How slowly a teammate who comes back is given conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ramp {
    pub(crate) per_minute: u32,
    pub(crate) lasts: Duration,
}

impl Ramp {
    /// Time between two assignments.
    pub(crate) fn every(self) -> Duration {
        Duration::from_secs(60) / self.per_minute
    }
}
