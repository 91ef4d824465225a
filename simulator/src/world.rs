//! The world around the router: contacts who write, teammates who answer, and the workspace in
//! which they do. The same for a virtual run and a live one; only the clock differs.

use mock_intercom::{AdminId, Entry, InboundDm, Moment, TeammateAction, Workspace};

use crate::cast::Cast;
use crate::chronicle::{Chronicle, Happened};
use crate::people::{Act, People};
use crate::plan::TrafficPlan;
use crate::randomness::Streams;
use crate::scenario::Scenario;

/// What a teammate writes; the router never looks at it.
const REPLY: &str = "Thanks for writing! Let me look into that for you.";

/// Everybody and everything but the router.
#[derive(Debug)]
pub struct World {
    start_us: u64,
    horizon_us: u64,
    plan: TrafficPlan,
    /// The next DM of the plan.
    next_dm: usize,
    people: People,
    chronicle: Chronicle,
    /// The first journal entry not yet seen.
    cursor: u64,
}

impl World {
    /// The world of a scenario, before anything happened.
    #[must_use]
    pub fn new(scenario: &Scenario, cast: &Cast, seed: u64) -> Self {
        let streams = Streams::new(seed);
        let plan = TrafficPlan::new(&scenario.traffic, &streams);
        let people = People::new(&scenario.teams, &scenario.work, &streams);
        let chronicle = Chronicle::new(&plan, cast, &streams);
        Self {
            start_us: u64::try_from(scenario.start.as_microsecond()).unwrap_or(0),
            horizon_us: u64::try_from(scenario.horizon.as_micros()).unwrap_or(u64::MAX),
            plan,
            next_dm: 0,
            people,
            chronicle,
            cursor: 0,
        }
    }

    /// When the story begins, in microseconds since the Unix epoch.
    #[must_use]
    pub const fn start_us(&self) -> u64 {
        self.start_us
    }

    /// How long after the start nothing is awaited any longer, in microseconds.
    #[must_use]
    pub const fn horizon_us(&self) -> u64 {
        self.horizon_us
    }

    /// When somebody does something next, in microseconds since the start.
    pub fn next_due(&mut self) -> Option<u64> {
        let dm = self.plan.dms.get(self.next_dm).map(|dm| dm.due_us);
        dm.into_iter().chain(self.people.next_due()).min()
    }

    /// Does what is due by `now_us` (since the start), then looks at what the journal says of it.
    /// Everything happens at `now_us`; latencies count from when it was due.
    pub fn act(&mut self, now_us: u64, workspace: &mut Workspace) {
        let at = Moment::from_micros(self.start_us + now_us);
        loop {
            let dm_due = self.plan.dms.get(self.next_dm).map(|dm| dm.due_us);
            let act_due = self.people.next_due();
            match (dm_due, act_due) {
                (Some(dm), act) if dm <= now_us && act.is_none_or(|act| dm <= act) => {
                    self.write(at, now_us, workspace);
                }
                (_, Some(act)) if act <= now_us => self.work(at, now_us, workspace),
                _ => break,
            }
            self.watch(workspace);
        }
    }

    /// Looks at what happened in the workspace since the last time.
    pub fn watch(&mut self, workspace: &Workspace) {
        let entries = workspace.journal().since(self.cursor);
        for entry in entries {
            self.see(entry);
        }
        self.cursor = workspace.journal().next_index();
    }

    fn see(&mut self, entry: &Entry) {
        let at_us = entry.at.as_micros().saturating_sub(self.start_us);
        for happened in self.chronicle.record(at_us, entry) {
            match happened {
                Happened::Assigned { contact, teammate } => {
                    self.people.on_assigned(at_us, teammate, contact as u64);
                }
                Happened::TakenAway { contact } => self.people.on_taken_away(contact as u64),
            }
        }
    }

    fn write(&mut self, at: Moment, now_us: u64, workspace: &mut Workspace) {
        let planned = &self.plan.dms[self.next_dm];
        self.next_dm += 1;
        let dm = InboundDm {
            user: planned.dm.user.clone(),
            text: planned.dm.text.clone(),
            language: planned.dm.profile_language.clone(),
            country: Some(planned.dm.country.clone()),
            ..InboundDm::default()
        };
        self.chronicle.written(planned, now_us);
        if let Err(error) = workspace.receive_dm(at, dm) {
            self.chronicle.violated(now_us, "the mock takes every DM", error.to_string());
        }
    }

    fn work(&mut self, at: Moment, now_us: u64, workspace: &mut Workspace) {
        let Some(act) = self.people.pop_due(now_us) else { return };
        let action = match act {
            Act::Reply { teammate, conversation } => TeammateAction::Reply {
                admin: AdminId::new(teammate),
                conversation: self.chronicle.conversation_of(conversation),
                body: REPLY.to_owned(),
            },
            Act::Close { teammate, conversation } => TeammateAction::Close {
                admin: AdminId::new(teammate),
                conversation: self.chronicle.conversation_of(conversation),
            },
            Act::GoAway { teammate } => away(teammate, true),
            Act::ComeBack { teammate } => away(teammate, false),
        };
        if let Err(error) = workspace.act(at, action) {
            self.chronicle.violated(now_us, "teammates can work", error.to_string());
        }
    }

    /// Something that must never happen did.
    pub fn violated(&mut self, at_us: u64, invariant: &str, detail: String) {
        self.chronicle.violated(at_us, invariant, detail);
    }

    /// Whether everything was written, everything written has an owner, and all work is done.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.next_dm == self.plan.dms.len()
            && self.people.open_conversations() == 0
            && self.chronicle.unassigned() == 0
    }

    /// How many conversations have an owner, and how many there will be.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        let contacts = self.plan.contacts as u64;
        let open = (self.chronicle.conversations() - self.chronicle.unassigned()) as u64;
        (open, contacts)
    }

    /// What happened.
    #[must_use]
    pub fn into_chronicle(self) -> Chronicle {
        self.chronicle
    }
}

fn away(teammate: u64, away: bool) -> TeammateAction {
    TeammateAction::SetAway { admin: AdminId::new(teammate), away, reassign: false }
}
