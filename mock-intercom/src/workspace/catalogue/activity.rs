//! What teammates did that Intercom logs, as far as it happens here: going away and coming back.

use std::collections::VecDeque;

use crate::Moment;
use crate::identity::AdminId;
use crate::workspace::journal::Origin;

/// How many activities are remembered; beyond it the oldest go.
const MOST_ACTIVITIES: usize = 10_000;

/// A change of a teammate's away mode (activity type `admin_away_mode_change`).
#[derive(Clone, Debug)]
pub(crate) struct Activity {
    /// Its number, from 1.
    pub(crate) id: u64,
    pub(crate) at: Moment,
    pub(crate) admin: AdminId,
    pub(crate) away: bool,
    pub(crate) reassign: bool,
    /// Picture and text, as they were then.
    pub(crate) reason: Option<String>,
    pub(crate) by: Origin,
}

/// The newest activities, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActivityLog {
    activities: VecDeque<Activity>,
    last: u64,
}

impl ActivityLog {
    /// Adds an activity, and gives it its number.
    pub(crate) fn push(&mut self, activity: Activity) {
        self.last += 1;
        self.activities.push_back(Activity { id: self.last, ..activity });
        if self.activities.len() > MOST_ACTIVITIES {
            self.activities.pop_front();
        }
    }

    /// All that are remembered.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Activity> {
        self.activities.iter()
    }
}
