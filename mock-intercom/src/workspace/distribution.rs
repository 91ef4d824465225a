//! Intercom's own assignment within a team, for comparison with a router's.
//!
//! **Round robin** (Intercom help, article 6512504): the next active teammate in order, each team
//! with a pointer of its own; limits are ignored; a conversation is given out once, when an
//! automation routes it in, and not again if it loses its teammate later; what arrives while
//! everybody is away stays with nobody, even when they come back; moves by hand do not trigger it.
//! **Balanced** (articles 6553774, 2970484): a conversation waits in the team's inbox until a member
//! is active and has room under their own limit and the team's; the one with the fewest open
//! conversations gets it, among equals the one whose last assignment is longest ago.

mod desk;

use crate::Moment;
use crate::identity::{AdminId, ConversationId, TeamId};
use crate::workspace::Workspace;
use crate::workspace::conversation::{Scope, State};
use crate::workspace::directory::{Admin, Team};
use crate::workspace::journal::{Assignee, Change, Origin, Record};
use crate::workspace::notification::Topic;
use crate::workspace_file::{DistributionMethod, OfficeTime, Settings, WorkflowEntry};

use desk::Desk;

/// What Intercom itself does with conversations, and what it has to know for it.
#[derive(Clone, Debug)]
pub(crate) struct Distribution {
    settings: Settings,
    workflows: Vec<WorkflowEntry>,
    /// Whether any of this is switched on: else nothing is kept.
    active: bool,
    desk: Desk,
}

/// What an input changed that Intercom reacts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// A contact began a conversation.
    Arrived(ConversationId),
    /// A call of the API gave a conversation to a team.
    SentToTeam(ConversationId),
    /// A snooze came to its end.
    Woke(ConversationId),
    /// A conversation changed in another way.
    Changed(ConversationId),
    /// Somebody went away or came back.
    Presence,
}

impl Distribution {
    pub(super) fn new<'a>(
        settings: Settings,
        workflows: Vec<WorkflowEntry>,
        mut teams: impl Iterator<Item = &'a Team>,
    ) -> Self {
        let active = !workflows.is_empty()
            || settings.unassigns()
            || teams.any(|team| team.distribution_method.is_some());
        Self { settings, workflows, active, desk: Desk::default() }
    }

    /// What of these changes Intercom reacts to; nothing if it has nothing to do at all.
    pub(super) fn news(&self, changes: &[Change]) -> Vec<News> {
        match self.active {
            true => changes.iter().filter_map(News::of).collect(),
            false => Vec::new(),
        }
    }
}

impl News {
    fn of(change: &Change) -> Option<Self> {
        Some(match *change {
            Change::ConversationCreated { conversation, .. } => Self::Arrived(conversation),
            Change::Assigned { conversation, to: Assignee::Team(_), by: Origin::Api, .. } => {
                Self::SentToTeam(conversation)
            }
            Change::Opened { conversation, by: Origin::Intercom, .. } => Self::Woke(conversation),
            Change::AwayModeSet { .. } => Self::Presence,
            _ => Self::Changed(change.conversation()?),
        })
    }

    const fn conversation(self) -> Option<ConversationId> {
        match self {
            Self::Arrived(id) | Self::SentToTeam(id) | Self::Woke(id) | Self::Changed(id) => {
                Some(id)
            }
            Self::Presence => None,
        }
    }
}

impl Workspace {
    /// Does what Intercom does by itself after an input, as an entry of the journal of its own.
    pub(super) fn distribute(&mut self, at: Moment, news: &[News]) {
        for id in news.iter().filter_map(|news| news.conversation()) {
            self.observe(id);
        }
        for &news in news {
            match news {
                News::Arrived(id) => self.run_workflows(at, id),
                News::SentToTeam(id) if self.distribution.settings.round_robin_on_api => {
                    self.take_turns(at, id);
                }
                News::Woke(id) => self.unassign_woken(at, id),
                News::SentToTeam(_) | News::Changed(_) | News::Presence => {}
            }
        }
        self.balance(at);
        let changes = std::mem::take(&mut self.changes);
        if !changes.is_empty() {
            self.journal.push(at, Record::Due { changes });
        }
    }

    /// The workflow on a contact's first message: the first whose conditions hold.
    fn run_workflows(&mut self, at: Moment, id: ConversationId) {
        let Some(conversation) = self.conversation(id) else { return };
        if conversation.team.is_some() || conversation.admin.is_some() {
            return;
        }
        let fits = |workflow: &&WorkflowEntry| self.holds(at, workflow, conversation);
        let Some(workflow) = self.distribution.workflows.iter().find(fits) else { return };
        match (workflow.admin, workflow.team) {
            (Some(admin), _) => self.assign_by_itself(at, id, Scope::Admin(admin)),
            (None, Some(team)) => {
                self.assign_by_itself(at, id, Scope::Team(team));
                self.take_turns(at, id);
            }
            (None, None) => {}
        }
    }

    fn holds(
        &self,
        at: Moment,
        workflow: &WorkflowEntry,
        conversation: &super::Conversation,
    ) -> bool {
        let contact = self.contact(conversation.contact);
        let language = contact.and_then(|contact| contact.language.as_deref());
        let country = contact.and_then(|contact| contact.country.as_deref());
        let among = |wanted: &[String], held: Option<&str>| {
            let is = |held: &str| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(held));
            wanted.is_empty() || held.is_some_and(is)
        };
        let text = conversation.source.text().to_lowercase();
        let says = |word: &String| text.contains(&word.to_lowercase());
        let has = |(name, value): (&String, &String)| {
            let held = contact.and_then(|contact| contact.custom_attributes.get(name));
            held.and_then(|held| held.as_str()) == Some(value)
        };
        self.is_time(at, workflow)
            && among(&workflow.languages, language)
            && among(&workflow.countries, country)
            && (workflow.contains.is_empty() || workflow.contains.iter().any(says))
            && workflow.contact_attributes.iter().all(has)
    }

    /// Whether it is the time of day that a workflow is for.
    fn is_time(&self, at: Moment, workflow: &WorkflowEntry) -> bool {
        let Some(wanted) = workflow.office_hours else { return true };
        let hours = self.catalogue.office_hours_of(workflow.team);
        hours.is_some_and(|hours| hours.is_open(at) == (wanted == OfficeTime::Inside))
    }

    /// Round robin: the next who is there, if the conversation's team distributes so.
    fn take_turns(&mut self, at: Moment, id: ConversationId) {
        let team = self.conversation(id).and_then(|found| found.team);
        let team = team.and_then(|team| self.teams.get(&team));
        let Some(team) = team.filter(|team| team.is(DistributionMethod::RoundRobin)) else {
            return;
        };
        let next = self
            .distribution
            .desk
            .next_in_turn(team, |admin| self.admins.get(&admin).is_some_and(Admin::is_active));
        if let Some(admin) = next {
            let team = team.id;
            self.distribution.desk.took_turn(team, admin);
            self.assign_by_itself(at, id, Scope::Admin(admin));
        }
    }

    /// Balanced: gives out what waits as long as somebody has room. Who is a secondary member of a
    /// team takes from it when none of their own teams has anything waiting; in what order Intercom
    /// looks at teams is not documented: here by how long their first has been waiting.
    fn balance(&mut self, at: Moment) {
        while let Some((id, admin)) = self.next_balanced() {
            self.assign_by_itself(at, id, Scope::Admin(admin));
        }
    }

    fn next_balanced(&self) -> Option<(ConversationId, AdminId)> {
        let desk = &self.distribution.desk;
        let mut waiting: Vec<(u64, ConversationId, &Team)> = self
            .teams
            .values()
            .filter(|team| team.is(DistributionMethod::LoadBalanced))
            .filter_map(|team| desk.first_waiting(team.id).map(|(since, id)| (since, id, team)))
            .collect();
        waiting.sort_unstable_by_key(|&(since, id, _)| (since, id));
        let busy = |admin: &Admin| {
            waiting
                .iter()
                .any(|(.., team)| team.has_primary(admin.id) && self.has_room(admin, team))
        };
        let best = |team: &Team, fits: &dyn Fn(&Admin) -> bool| {
            let members = team.admins.iter().filter_map(|id| self.admins.get(id));
            members
                .filter(|admin| fits(admin) && self.has_room(admin, team))
                .min_by_key(|admin| (desk.open(admin.id), desk.last_assigned(admin.id), admin.id))
                .map(|admin| admin.id)
        };
        waiting.iter().find_map(|&(_, id, team)| {
            best(team, &|admin| team.has_primary(admin.id))
                .or_else(|| best(team, &|admin| !team.has_primary(admin.id) && !busy(admin)))
                .map(|admin| (id, admin))
        })
    }

    /// Both limits must hold (article 6553774), over open conversations.
    fn has_room(&self, admin: &Admin, team: &Team) -> bool {
        let desk = &self.distribution.desk;
        let below = |count: u32, limit: Option<u32>| limit.is_none_or(|limit| count < limit);
        admin.is_active()
            && below(desk.open(admin.id), admin.assignment_limit)
            && below(desk.open_in(team.id, admin.id), team.assignment_limit)
    }

    /// A snooze ended while its owner is away or has no room: back to the inbox if the workspace is
    /// set so (activity types `unassign_unsnoozed_*`, schema `activity_log`).
    fn unassign_woken(&mut self, at: Moment, id: ConversationId) {
        let settings = self.distribution.settings;
        let Some(conversation) = self.conversation(id) else { return };
        let owner = conversation.admin.and_then(|admin| self.admins.get(&admin));
        let Some(owner) = owner else { return };
        let full = owner
            .assignment_limit
            .is_some_and(|limit| self.distribution.desk.open(owner.id) > limit);
        if (owner.away && settings.unassign_unsnoozed_when_away)
            || (full && settings.unassign_unsnoozed_at_capacity)
        {
            self.assign_by_itself(at, id, Scope::NoAdmin);
        }
    }

    /// Intercom assigns: the author is its own bot. In which `part_type` is not documented but for
    /// `default_assignment`, which is what rules leave behind; here it is that of any assignment.
    fn assign_by_itself(&mut self, at: Moment, conversation: ConversationId, scope: Scope) {
        let was_open = self.known(conversation).state() == State::Open;
        let kind = self.known(conversation).assign(at, scope);
        let to = scope.assignee();
        let part = self.add_operator_part(at, conversation, kind, Some(to));
        let (admin, by) = (None, Origin::Intercom);
        self.changes.push(Change::Assigned { conversation, part, to, admin, by });
        self.notify_conversation(at, Topic::AdminAssigned, conversation);
        if was_open && to != Assignee::Nobody {
            self.notify_conversation(at, Topic::AdminOpenAssigned, conversation);
        }
        if let Scope::Admin(admin) = scope {
            self.distribution.desk.assigned(admin);
        }
        self.observe(conversation);
    }

    /// Brings the desk up to date with a conversation.
    fn observe(&mut self, id: ConversationId) {
        let held = self.conversations.get(&id).filter(|found| found.state == State::Open);
        let place = held.map(|found| (found.team, found.admin));
        let waits_in = match place {
            Some((Some(team), None)) => self.is_balanced(team).then_some(team),
            _ => None,
        };
        self.distribution.desk.place(id, place, waits_in);
    }

    fn is_balanced(&self, team: TeamId) -> bool {
        self.team(team).is_some_and(|team| team.is(DistributionMethod::LoadBalanced))
    }
}
