//! Who has what: every conversation in its lane, as the workspace has it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::history::{History, Level};
use super::rates::Rates;
use crate::identity::{AdminId, ConversationId, TeamId};
use crate::workspace::conversation::{Conversation, State};
use crate::{Moment, Workspace};

/// The most cards shown of a lane; of the rest only the number.
const CARDS_SHOWN: usize = 12;
/// The most lanes in a message; the rest come in the next.
const LANES_SENT: usize = 64;
/// The most characters shown of a name.
const NAME_SHOWN: usize = 40;
/// Being behind by more entries than that, the whole workspace is looked at instead.
const MOST_ENTRIES: usize = 20_000;

/// Where a conversation is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Unassigned,
    Team(TeamId),
    /// A teammate's, in the column of a team of theirs, if they have one.
    Admin(Option<TeamId>, AdminId),
    Snoozed,
    Closed,
}

impl Lane {
    fn key(self) -> String {
        match self {
            Self::Unassigned => "unassigned".to_owned(),
            Self::Team(team) => format!("team-{team}"),
            Self::Admin(Some(team), admin) => format!("team-{team}-{admin}"),
            Self::Admin(None, admin) => format!("admin-{admin}"),
            Self::Snoozed => "snoozed".to_owned(),
            Self::Closed => "closed".to_owned(),
        }
    }
}

/// Where a card stands in its lane: whoever waits first, then those who wait for no answer.
type Rank = (bool, Moment);

/// Counts, rates and lanes, kept up to date from the journal. The journal says which conversations
/// changed; how they are now is always read from the workspace.
#[derive(Debug)]
pub(super) struct Board {
    /// The journal's index up to which this is true.
    cursor: u64,
    /// The teams of each teammate when the lanes were laid out.
    homes: BTreeMap<AdminId, Vec<TeamId>>,
    places: HashMap<ConversationId, (Lane, Rank)>,
    lanes: BTreeMap<Lane, BTreeSet<(Rank, ConversationId)>>,
    changed: BTreeSet<Lane>,
    rates: Rates,
    history: History,
}

impl Board {
    /// Looks at every conversation once.
    pub(super) fn new(now: Moment, workspace: &Workspace) -> Self {
        let mut board = Self {
            cursor: workspace.journal().next_index(),
            homes: homes(workspace),
            places: HashMap::new(),
            lanes: BTreeMap::new(),
            changed: BTreeSet::new(),
            rates: Rates::new(),
            history: History::new(),
        };
        let entries = workspace.journal().since(0);
        let minute_ago = now.as_seconds().saturating_sub(60);
        let recent = entries.partition_point(|entry| entry.at.as_seconds() < minute_ago);
        entries[recent..].iter().for_each(|entry| board.rates.count(entry));
        workspace.conversations().for_each(|conversation| board.place(conversation));
        board.tick(now);
        board
    }

    /// Takes in what happened since. The history is kept even when the rest is built anew.
    pub(super) fn update(&mut self, now: Moment, workspace: &Workspace) {
        let entries = workspace.journal().since(self.cursor);
        let next = workspace.journal().next_index();
        let is_behind = next < self.cursor
            || next - self.cursor != entries.len() as u64
            || entries.len() > MOST_ENTRIES
            || self.homes != homes(workspace);
        if is_behind {
            return self.rebuild(now, workspace);
        }
        let mut touched = BTreeSet::new();
        for entry in entries {
            self.rates.count(entry);
            touched
                .extend(entry.record.changes().iter().filter_map(|change| change.conversation()));
        }
        for id in touched {
            match workspace.conversation(id) {
                Some(conversation) => self.place(conversation),
                None => self.remove(id),
            }
        }
        self.cursor = next;
        if self.places.len() != workspace.conversation_count() {
            return self.rebuild(now, workspace);
        }
        self.tick(now);
    }

    fn rebuild(&mut self, now: Moment, workspace: &Workspace) {
        let mut anew = Self::new(now, workspace);
        std::mem::swap(&mut anew.history, &mut self.history);
        anew.changed.extend(self.lanes.keys());
        *self = anew;
        self.tick(now);
    }

    fn tick(&mut self, now: Moment) {
        self.rates.advance_to(now);
        let level = Level { waiting: self.waiting(), owned: self.owned() };
        self.history.record(now, level);
    }

    fn place(&mut self, conversation: &Conversation) {
        let lane = self.lane_of(conversation);
        let rank = match (lane, conversation.waiting_since()) {
            (Lane::Unassigned | Lane::Team(_), Some(since)) => (false, since),
            (Lane::Unassigned | Lane::Team(_), None) => (true, conversation.updated_at()),
            (Lane::Admin(..), _) => (false, conversation.created_at()),
            (Lane::Snoozed | Lane::Closed, _) => (false, conversation.updated_at()),
        };
        let id = conversation.id();
        // A card may say something else although it stays where it is.
        self.touch(lane);
        if self.places.get(&id) == Some(&(lane, rank)) {
            return;
        }
        self.remove(id);
        self.places.insert(id, (lane, rank));
        self.lanes.entry(lane).or_default().insert((rank, id));
    }

    fn remove(&mut self, id: ConversationId) {
        if let Some((lane, rank)) = self.places.remove(&id) {
            self.touch(lane);
            if let Some(cards) = self.lanes.get_mut(&lane) {
                cards.remove(&(rank, id));
            }
        }
    }

    /// The load of a teammate is told with each lane of theirs.
    fn touch(&mut self, lane: Lane) {
        self.changed.insert(lane);
        if let Lane::Admin(_, admin) = lane {
            self.changed.extend(self.lanes.keys().filter(|lane| is_of(**lane, admin)));
        }
    }

    /// A teammate who has a conversation of a team that they are not in has it in their first team.
    fn lane_of(&self, conversation: &Conversation) -> Lane {
        match (conversation.state(), conversation.admin(), conversation.team()) {
            (State::Closed, ..) => Lane::Closed,
            (State::Snoozed { .. }, ..) => Lane::Snoozed,
            (State::Open, None, None) => Lane::Unassigned,
            (State::Open, None, Some(team)) => Lane::Team(team),
            (State::Open, Some(admin), team) => {
                let teams = self.homes.get(&admin).map_or(&[][..], Vec::as_slice);
                let team = team.filter(|team| teams.contains(team));
                Lane::Admin(team.or_else(|| teams.first().copied()), admin)
            }
        }
    }

    fn size(&self, counted: impl Fn(Lane) -> bool) -> usize {
        let lanes = self.lanes.iter().filter(|(lane, _)| counted(**lane));
        lanes.map(|(_, cards)| cards.len()).sum()
    }

    fn waiting(&self) -> usize {
        self.size(|lane| matches!(lane, Lane::Unassigned | Lane::Team(_)))
    }

    fn owned(&self) -> usize {
        self.size(|lane| matches!(lane, Lane::Admin(..)))
    }

    /// Counts, rates and the chart.
    pub(super) fn numbers(&self, now: Moment, workspace: &Workspace) -> Value {
        let waiting =
            self.lanes.iter().filter(|(lane, _)| matches!(lane, Lane::Unassigned | Lane::Team(_)));
        let oldest = waiting
            .filter_map(|(_, cards)| cards.first())
            .filter_map(|((is_answered, since), _)| (!is_answered).then_some(*since))
            .min();
        let (used, limit, seconds) = workspace.rate.usage(now);
        json!({
            "now": now.as_seconds(),
            "totals": {
                "all": self.places.len(),
                "waiting": self.waiting(),
                "unassigned": self.size(|lane| lane == Lane::Unassigned),
                "team_only": self.size(|lane| matches!(lane, Lane::Team(_))),
                "with_teammates": self.owned(),
                "snoozed": self.size(|lane| lane == Lane::Snoozed),
                "closed": self.size(|lane| lane == Lane::Closed),
                "oldest_wait_seconds": oldest.map(|since| now.since(since).as_secs()),
            },
            "window": {"used": used, "limit": limit, "seconds": seconds},
            "rates": self.rates.to_json(),
            "chart": self.history.to_json(),
        })
    }

    /// The lanes that changed since the last call, as many as fit into a message; the rest stay
    /// changed.
    pub(super) fn changed_lanes(&mut self, workspace: &Workspace) -> Vec<Value> {
        let sent: Vec<Lane> = self.changed.iter().copied().take(LANES_SENT).collect();
        for lane in &sent {
            self.changed.remove(lane);
        }
        sent.into_iter().map(|lane| self.lane(lane, workspace)).collect()
    }

    /// For whoever has told everything.
    pub(super) fn forget_changes(&mut self) {
        self.changed.clear();
    }

    /// All lanes that have anything, in messages that are each bounded.
    pub(super) fn all_lanes(&self, workspace: &Workspace) -> Vec<Vec<Value>> {
        let lanes: Vec<Lane> = self.lanes.keys().copied().collect();
        let message =
            |lanes: &[Lane]| lanes.iter().map(|lane| self.lane(*lane, workspace)).collect();
        lanes.chunks(LANES_SENT).map(message).collect()
    }

    fn lane(&self, lane: Lane, workspace: &Workspace) -> Value {
        let empty = BTreeSet::new();
        let cards = self.lanes.get(&lane).unwrap_or(&empty);
        let card = |(_, id): &(Rank, ConversationId)| card(*id, workspace);
        let shown: Vec<Value> = match lane {
            Lane::Closed => cards.iter().rev().take(CARDS_SHOWN).map(card).collect(),
            _ => cards.iter().take(CARDS_SHOWN).map(card).collect(),
        };
        let load = match lane {
            Lane::Admin(_, admin) => Some(self.size(|lane| is_of(lane, admin))),
            _ => None,
        };
        json!({"key": lane.key(), "count": cards.len(), "load": load, "cards": shown})
    }
}

fn is_of(lane: Lane, of: AdminId) -> bool {
    matches!(lane, Lane::Admin(_, admin) if admin == of)
}

fn homes(workspace: &Workspace) -> BTreeMap<AdminId, Vec<TeamId>> {
    workspace.admins().map(|admin| (admin.id(), admin.teams().to_vec())).collect()
}

fn shorten(name: &str) -> String {
    match name.char_indices().nth(NAME_SHOWN) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// Ids and handles, never what was written.
fn card(id: ConversationId, workspace: &Workspace) -> Value {
    let conversation = workspace.conversation(id);
    let user = conversation.and_then(|found| workspace.user_of_contact(found.contact()));
    let since = conversation.and_then(Conversation::waiting_since).map(Moment::as_seconds);
    json!({"id": id, "user": user.map(shorten), "waiting_since": since})
}

/// The most teammates shown.
const MOST_TEAMMATES: usize = 400;

/// The columns of the page: the teams, and in each a lane for every member.
pub(super) fn people(workspace: &Workspace) -> Value {
    let member = |team: Option<TeamId>, id: AdminId| {
        let admin = workspace.admin(id)?;
        Some(json!({
            "key": Lane::Admin(team, id).key(),
            "name": shorten(admin.name()),
            "away": admin.is_away(),
            "seat": admin.has_inbox_seat(),
        }))
    };
    let mut left = MOST_TEAMMATES;
    let mut take = |team: Option<TeamId>, ids: &[AdminId]| -> Vec<Value> {
        let shown: Vec<Value> = ids.iter().take(left).filter_map(|id| member(team, *id)).collect();
        left -= shown.len();
        shown
    };
    let mut teams: Vec<Value> = Vec::new();
    for team in workspace.teams() {
        teams.push(json!({
            "key": Lane::Team(team.id()).key(),
            "name": shorten(team.name()),
            "limit": team.assignment_limit(),
            "members": take(Some(team.id()), team.admins()),
        }));
    }
    let loose: Vec<AdminId> = workspace
        .admins()
        .filter(|admin| admin.teams().is_empty() && admin.has_inbox_seat())
        .map(crate::Admin::id)
        .collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "workspace": shorten(&workspace.app.name),
        "teams": teams,
        "loose": take(None, &loose),
    })
}
