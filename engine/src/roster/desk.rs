//! Who of a team is next.

use std::collections::BTreeSet;
use std::ops::Bound::Excluded;

use serde::{Deserialize, Serialize};

use crate::TeammateId;
use crate::policy::Distribution;

/// Where a teammate stands among those who can be given something. Smaller comes first; equals
/// are in the order of their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Rank {
    /// Those for whom the team is a secondary one only help out.
    pub(super) secondary: bool,
    /// What the team's distribution looks at first.
    pub(super) first: u64,
    /// What decides between equals.
    pub(super) second: u64,
}

/// The people of one team.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Desk {
    pub(super) distribution: Distribution,
    /// Every member, in the order of their ids.
    pub(super) members: Vec<TeammateId>,
    /// Those who can be given something, the next one first.
    pub(super) ready: BTreeSet<(Rank, TeammateId)>,
    /// Whose turn it was last.
    turn: Option<TeammateId>,
}

impl Desk {
    pub(super) fn new(distribution: Distribution) -> Self {
        Self { distribution, ..Self::default() }
    }

    /// Those who can be given something, in the order in which they are asked.
    pub(super) fn order(&self) -> Box<dyn Iterator<Item = (Rank, TeammateId)> + '_> {
        let Some(turn) = self.turn.filter(|_| self.distribution == Distribution::RoundRobin) else {
            return Box::new(self.ready.iter().copied());
        };
        let part = |secondary: bool| {
            let rank = Rank { secondary, first: 0, second: 0 };
            let end = (Rank { first: 1, ..rank }, TeammateId::new(0));
            let after = self.ready.range((Excluded((rank, turn)), Excluded(end)));
            let up_to = self.ready.range((rank, TeammateId::new(0))..=(rank, turn));
            after.chain(up_to).copied()
        };
        Box::new(part(false).chain(part(true)))
    }

    /// Whether anybody can be given something.
    pub(super) fn is_anybody_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// It was this one's turn.
    pub(super) fn took_turn(&mut self, teammate: TeammateId) {
        self.turn = Some(teammate);
    }
}
