//! Who holds how many open conversations, and which wait in which team.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::{AdminId, ConversationId, TeamId};
use crate::workspace::directory::Team;

/// Where an open conversation is: its team and its teammate.
type Place = (Option<TeamId>, Option<AdminId>);

/// What Intercom looks at when it distributes.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    places: BTreeMap<ConversationId, Place>,
    open: BTreeMap<AdminId, u32>,
    open_in: BTreeMap<(TeamId, AdminId), u32>,
    /// By when they came into the inbox, in the order of events.
    waiting: BTreeMap<TeamId, BTreeSet<(u64, ConversationId)>>,
    waits: BTreeMap<ConversationId, (TeamId, u64)>,
    last_assigned: BTreeMap<AdminId, u64>,
    turns: BTreeMap<TeamId, AdminId>,
    /// Counts what happens: order without a clock.
    events: u64,
}

impl Desk {
    /// A conversation is there now, or is not open, and waits in the inbox of a balanced team.
    pub(super) fn place(
        &mut self,
        id: ConversationId,
        place: Option<Place>,
        waits_in: Option<TeamId>,
    ) {
        if let Some(before) = self.places.remove(&id) {
            self.count(before, |count| *count -= 1);
        }
        if let Some(now) = place {
            self.places.insert(id, now);
            self.count(now, |count| *count += 1);
        }
        if self.waits.get(&id).map(|&(team, _)| team) == waits_in {
            return;
        }
        if let Some((team, since)) = self.waits.remove(&id) {
            self.waiting.entry(team).or_default().remove(&(since, id));
        }
        if let Some(team) = waits_in {
            let since = self.tick();
            self.waits.insert(id, (team, since));
            self.waiting.entry(team).or_default().insert((since, id));
        }
    }

    fn count(&mut self, (team, admin): Place, change: fn(&mut u32)) {
        let Some(admin) = admin else { return };
        change(self.open.entry(admin).or_default());
        if let Some(team) = team {
            change(self.open_in.entry((team, admin)).or_default());
        }
    }

    const fn tick(&mut self) -> u64 {
        self.events += 1;
        self.events
    }

    /// How many open conversations a teammate holds.
    pub(super) fn open(&self, admin: AdminId) -> u32 {
        self.open.get(&admin).copied().unwrap_or(0)
    }

    /// How many of them are in a team's inbox.
    pub(super) fn open_in(&self, team: TeamId, admin: AdminId) -> u32 {
        self.open_in.get(&(team, admin)).copied().unwrap_or(0)
    }

    /// The conversation that has waited longest in a team, and since when.
    pub(super) fn first_waiting(&self, team: TeamId) -> Option<(u64, ConversationId)> {
        self.waiting.get(&team)?.first().copied()
    }

    /// Intercom gave a teammate a conversation.
    pub(super) fn assigned(&mut self, admin: AdminId) {
        let now = self.tick();
        self.last_assigned.insert(admin, now);
    }

    /// When that was last; 0 for never.
    pub(super) fn last_assigned(&self, admin: AdminId) -> u64 {
        self.last_assigned.get(&admin).copied().unwrap_or(0)
    }

    /// Whose turn it is in a team: the first after the last one who is there.
    pub(super) fn next_in_turn(
        &self,
        team: &Team,
        is_there: impl Fn(AdminId) -> bool,
    ) -> Option<AdminId> {
        let last = self.turns.get(&team.id);
        let place = team.admins.iter().position(|admin| Some(admin) == last);
        let start = place.map_or(0, |place| place + 1);
        let (before, after) = team.admins.split_at(start);
        after.iter().chain(before).copied().find(|&admin| is_there(admin))
    }

    /// A teammate had their turn in a team.
    pub(super) fn took_turn(&mut self, team: TeamId, admin: AdminId) {
        self.turns.insert(team, admin);
    }
}
