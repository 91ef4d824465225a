//! What happened, as seen from outside: the mock's journal, read entry by entry.
//!
//! Nothing here knows how the router decides. Whatever is counted or found broken could be seen
//! by anybody who watches the inbox and Intercom's API.

mod busy;
mod calls;
mod desk;
mod handover;

use std::collections::{BTreeMap, BTreeSet};

use engine::{Decision, Verdict};
use mock_intercom::{Assignee, Change, ConversationId, Entry, Origin, Outcome, Record};

use crate::cast::Cast;
use crate::measure::{Latency, Sharing};
use crate::messages::{Intent, Language};
use crate::plan::{PlannedDm, TrafficPlan};
use crate::randomness::Streams;
use crate::report::Violation;
pub use calls::Calls;
use desk::Desks;
use handover::{Handover, Handovers};

/// The most violations that are written down; more are counted only.
const VIOLATIONS_MAX: usize = 100;

/// Something that concerns whoever plays the teammates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A teammate was given a contact's conversation.
    Assigned {
        /// Whose conversation.
        contact: usize,
        /// Who has it now.
        teammate: u64,
    },
    /// A contact's conversation was taken from its teammate.
    TakenAway {
        /// Whose conversation.
        contact: usize,
    },
}

/// One contact's conversation from its first DM to its end.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the first DM was about.
    pub intent: Intent,
    /// Its language.
    pub language: Language,
    /// When the first DM was due, in microseconds since the start.
    pub due_us: u64,
    /// Its conversation's id in Intercom, once it was opened.
    pub conversation: Option<u64>,
    /// The team that has it.
    pub team: Option<u64>,
    /// The teammate who has it.
    pub teammate: Option<u64>,
    /// When it first had a teammate.
    pub assigned_us: Option<u64>,
    /// Whether a teammate has answered since the contact wrote, or the last one was given it.
    pub answered: bool,
    /// Whether it needs somebody now.
    pub open: bool,
    /// Why no rule wanted it, if the router said so.
    pub fell_back: Option<String>,
    /// Whether it waited for office hours, if the router said so.
    pub held: bool,
}

/// What happened in a run.
#[derive(Debug)]
pub struct Chronicle {
    /// By contact.
    pub cases: Vec<Case>,
    /// What was asked of Intercom.
    pub calls: Calls,
    /// What must never happen, and did.
    pub violations: Vec<Violation>,
    /// Conversations given to a second teammate for no reason: all of them are known at the end.
    pub assigned_twice: u64,
    /// Assignments beyond a limit.
    pub over_limit: u64,
    /// DMs written.
    pub dms: u64,
    /// How much later than planned DMs were written: what the generator itself was late.
    pub lateness: Latency,
    /// Webhooks that were answered with success, and those that were not.
    pub webhooks: (u64, u64),
    /// How long the answers to webhooks took, in real time.
    pub webhook_took: Latency,
    /// When webhooks were acknowledged, in microseconds since the start.
    acknowledged: Vec<u64>,
    contact_of_user: BTreeMap<String, usize>,
    contact_of_conversation: BTreeMap<u64, usize>,
    desks: Desks,
    handovers: Handovers,
    unassigned: BTreeSet<usize>,
    conversations: usize,
}

impl Chronicle {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new(plan: &TrafficPlan, cast: &Cast, streams: &Streams) -> Self {
        let openers = plan.dms.iter().filter(|dm| dm.ordinal == 0);
        let mut openers: Vec<&PlannedDm> = openers.collect();
        openers.sort_by_key(|dm| dm.contact);
        Self {
            cases: openers.iter().map(|dm| Case::new(dm)).collect(),
            calls: Calls::default(),
            violations: Vec::new(),
            assigned_twice: 0,
            over_limit: 0,
            dms: 0,
            lateness: Latency::new(),
            webhooks: (0, 0),
            webhook_took: Latency::new(),
            acknowledged: Vec::new(),
            contact_of_user: openers.iter().map(|dm| (dm.dm.user.clone(), dm.contact)).collect(),
            contact_of_conversation: BTreeMap::new(),
            desks: Desks::new(cast, streams),
            handovers: Handovers::default(),
            unassigned: BTreeSet::new(),
            conversations: 0,
        }
    }

    /// A DM is written now.
    pub(crate) fn written(&mut self, dm: &PlannedDm, now_us: u64) {
        self.dms += 1;
        self.lateness.record(now_us.saturating_sub(dm.due_us));
    }

    /// Something that must never happen did.
    pub(crate) fn violated(&mut self, at_us: u64, invariant: &str, detail: String) {
        if self.violations.len() < VIOLATIONS_MAX {
            let invariant = invariant.to_owned();
            self.violations.push(Violation { invariant, at_us, detail });
        }
    }

    /// Reads one entry of the mock's journal.
    pub(crate) fn record(&mut self, at_us: u64, entry: &Entry) -> Vec<Happened> {
        match &entry.record {
            Record::ApiCall { method, path, status, .. } => {
                self.calls.record(entry.at.as_seconds(), method, path, *status);
            }
            Record::Delivery { outcome, took_us, .. } => {
                self.delivered(at_us, *outcome, *took_us);
            }
            Record::Dm { user, changes } => self.opened(user, changes),
            _ => {}
        }
        let changes = entry.record.changes().iter();
        changes.filter_map(|change| self.changed(at_us, change)).collect()
    }

    fn delivered(&mut self, at_us: u64, outcome: Outcome, took_us: u64) {
        self.webhook_took.record(took_us);
        if matches!(outcome, Outcome::Answered(status) if (200..300).contains(&status)) {
            self.webhooks.0 += 1;
            self.acknowledged.push(at_us);
        } else {
            self.webhooks.1 += 1;
        }
    }

    /// The most webhooks acknowledged in one real second, if the story was played at this speed.
    #[must_use]
    pub fn busiest_real_second(&self, speed: f64) -> u64 {
        let mut seconds = BTreeMap::<u64, u64>::new();
        for at_us in &self.acknowledged {
            *seconds.entry((*at_us as f64 / speed / 1e6) as u64).or_default() += 1;
        }
        seconds.into_values().max().unwrap_or(0)
    }

    fn opened(&mut self, user: &str, changes: &[Change]) {
        let Some(contact) = self.contact_of_user.get(user).copied() else { return };
        for change in changes {
            if let Change::ConversationCreated { conversation, .. } = change {
                self.contact_of_conversation.insert(conversation.get(), contact);
                let case = &mut self.cases[contact];
                case.conversation = Some(conversation.get());
                case.open = true;
                self.conversations += 1;
                self.unassigned.insert(contact);
            }
        }
    }

    fn changed(&mut self, at_us: u64, change: &Change) -> Option<Happened> {
        match change {
            Change::Assigned { conversation, to, by, .. } => {
                self.assigned(at_us, conversation.get(), *to, *by)
            }
            Change::Closed { conversation, .. } | Change::Snoozed { conversation, .. } => {
                self.rests(at_us, conversation.get());
                None
            }
            Change::Opened { conversation, .. } => self.wakes(at_us, conversation.get()),
            Change::ContactReplied { conversation, reopened, .. } => {
                self.answered(conversation.get(), false);
                reopened.then(|| self.wakes(at_us, conversation.get())).flatten()
            }
            // What the router writes of its own accord is nobody's answer.
            Change::Replied { conversation, admin, .. } if admin.get() != Cast::router_admin() => {
                self.answered(conversation.get(), true);
                None
            }
            Change::AwayModeSet { admin, away, .. } => {
                self.desks.set_away(at_us, admin.get(), *away);
                None
            }
            _ => None,
        }
    }

    fn assigned(
        &mut self,
        at_us: u64,
        conversation: u64,
        to: Assignee,
        by: Origin,
    ) -> Option<Happened> {
        let contact = *self.contact_of_conversation.get(&conversation)?;
        let team = match to {
            Assignee::Admin(admin) => {
                return self.given_to(at_us, contact, conversation, admin.get(), by);
            }
            Assignee::Team(team) => Some(team.get()),
            // Taken off somebody away: it is back in the inbox of its team.
            Assignee::Nobody if by == Origin::Intercom => self.cases[contact].team,
            Assignee::Nobody => None,
        };
        self.cases[contact].team = team;
        let had = self.cases[contact].teammate.take();
        self.lost_teammate(at_us, contact, conversation, had)
    }

    fn given_to(
        &mut self,
        at_us: u64,
        contact: usize,
        conversation: u64,
        teammate: u64,
        by: Origin,
    ) -> Option<Happened> {
        let home = self.desks.home_of(teammate);
        let case = &mut self.cases[contact];
        // What comes to somebody straight away came to the team that they work in.
        case.team = case.team.or(home);
        let (team, open, answered) = (case.team, case.open, case.answered);
        let had = case.teammate.replace(teammate);
        case.assigned_us.get_or_insert(at_us);
        self.unassigned.remove(&contact);
        if had == Some(teammate) {
            return None;
        }
        self.cases[contact].answered = false;
        if let Some(had) = had.filter(|_| open) {
            self.desks.clear(at_us, had, conversation);
        }
        if let Some(from) = had.filter(|_| by == Origin::Api) {
            let was_away = self.desks.is_away(from);
            let handover = Handover { at_us, conversation, from, to: teammate, was_away };
            if answered {
                self.moved_for_no_reason(handover);
            } else {
                self.handovers.add(handover);
            }
        }
        if let Err(detail) = self.desks.give(at_us, teammate, team, conversation) {
            self.over_limit += 1;
            self.violated(at_us, "assignment limits", detail);
        }
        Some(Happened::Assigned { contact, teammate })
    }

    fn lost_teammate(
        &mut self,
        at_us: u64,
        contact: usize,
        conversation: u64,
        had: Option<u64>,
    ) -> Option<Happened> {
        let had = had?;
        self.desks.clear(at_us, had, conversation);
        if self.cases[contact].open {
            self.unassigned.insert(contact);
        }
        Some(Happened::TakenAway { contact })
    }

    fn moved_for_no_reason(&mut self, handover: Handover) {
        let Handover { at_us, conversation, from, to, .. } = handover;
        self.assigned_twice += 1;
        self.violated(at_us, "one owner", format!("{conversation}: {from}, then {to}"));
    }

    fn answered(&mut self, conversation: u64, answered: bool) {
        if let Some(contact) = self.contact_of_conversation.get(&conversation) {
            self.cases[*contact].answered = answered;
        }
    }

    /// A conversation needs nobody for now.
    fn rests(&mut self, at_us: u64, conversation: u64) {
        let Some(contact) = self.contact_of_conversation.get(&conversation).copied() else {
            return;
        };
        let case = &mut self.cases[contact];
        case.open = false;
        self.unassigned.remove(&contact);
        if let Some(teammate) = case.teammate {
            self.desks.clear(at_us, teammate, conversation);
        }
    }

    /// A conversation needs somebody again. It counts against no limit: nobody gave it out anew.
    fn wakes(&mut self, at_us: u64, conversation: u64) -> Option<Happened> {
        let contact = *self.contact_of_conversation.get(&conversation)?;
        let case = &mut self.cases[contact];
        case.open = true;
        match case.teammate {
            Some(teammate) => {
                self.desks.resume(at_us, teammate, conversation);
                Some(Happened::Assigned { contact, teammate })
            }
            None => {
                self.unassigned.insert(contact);
                None
            }
        }
    }

    /// The conversation of a contact, by the number that [`Happened`] gave for it.
    pub(crate) fn conversation_of(&self, contact: u64) -> ConversationId {
        let case = usize::try_from(contact).ok().and_then(|contact| self.cases.get(contact));
        ConversationId::new(case.and_then(|case| case.conversation).unwrap_or(0))
    }

    /// What the router says of its decisions: it explains, but proves nothing.
    pub fn explained(&mut self, decision: &Decision) {
        let conversation = decision.conversation.as_str().parse().ok();
        let contact = conversation.and_then(|id: u64| self.contact_of_conversation.get(&id));
        let Some(case) = contact.and_then(|contact| self.cases.get_mut(*contact)) else { return };
        match &decision.verdict {
            Verdict::Routed(routing) => {
                case.held = routing.held_until.is_some();
                if let engine::RoutedBy::Fallback(reason) = routing.by {
                    case.fell_back = Some(in_words(reason).to_owned());
                }
            }
            Verdict::FellBack { reason, .. } => {
                case.fell_back = Some(in_words(*reason).to_owned());
            }
            Verdict::Requeued(requeued) => {
                let conversation = case.conversation.unwrap_or(0);
                self.handovers.explained(conversation, requeued.reason);
            }
            _ => {}
        }
    }

    /// Open conversations that nobody has.
    #[must_use]
    pub fn unassigned(&self) -> usize {
        self.unassigned.len()
    }

    /// Conversations that were opened.
    #[must_use]
    pub const fn conversations(&self) -> usize {
        self.conversations
    }

    /// The run is over, at this many microseconds since the start, and the router has explained all.
    pub fn end(&mut self, at_us: u64) {
        self.desks.end(at_us);
        for handover in self.handovers.take_unexplained() {
            self.moved_for_no_reason(handover);
        }
    }

    /// How a team's work was shared, and how chance would have shared it.
    #[must_use]
    pub fn sharing(&self, team: u64) -> (Sharing, Sharing) {
        self.desks.sharing(team)
    }
}

impl Case {
    fn new(opener: &PlannedDm) -> Self {
        Self {
            intent: opener.dm.intent,
            language: opener.dm.language,
            due_us: opener.due_us,
            conversation: None,
            team: None,
            teammate: None,
            assigned_us: None,
            answered: false,
            open: false,
            fell_back: None,
            held: false,
        }
    }
}

fn in_words(reason: engine::FallbackReason) -> &'static str {
    match reason {
        engine::FallbackReason::NoRuleMatched => "no rule matched",
        engine::FallbackReason::TeamUnavailable => "team unavailable",
        engine::FallbackReason::WaitedTooLong => "waited too long",
    }
}

#[cfg(test)]
mod tests;
