//! Intercom's state for one workspace, as a pure state machine.
//!
//! Nothing in here reads a clock, opens a socket or starts a thread: time is an argument, so the
//! same workspace runs under an HTTP server, in virtual time, and in a property test.

pub(crate) mod bridge;
pub(crate) mod catalogue;
pub(crate) mod changes;
mod contacts;
pub(crate) mod conversation;
pub(crate) mod directory;
mod distribution;
pub(crate) mod journal;
pub(crate) mod message;
mod notification;
mod rate_window;
pub(crate) mod render;
pub(crate) mod teammates;
pub(crate) mod tickets;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::Moment;
use crate::api::Caller;
use crate::delivery::{Attempt, Outcome, WebhookSettings};
use crate::faults::{FaultPlan, Struck};
use crate::identity::{AdminId, ContactId, ConversationId, IdSource, TagId, TeamId, TicketId};
use crate::version::ApiVersion;
use crate::workspace_file::{AppEntry, Bridge, WorkspaceError, WorkspaceFile};

use bridge::ReplyWindow;
use catalogue::Catalogue;
use catalogue::office_hours::OfficeHours;
use contacts::Registry;
use conversation::Conversation;
use directory::{Admin, Contact, Tag, Team};
use distribution::Distribution;
use journal::{Change, Journal, Record};
use rate_window::RateWindow;

use tickets::Ticket;

pub use notification::Notification;

/// Intercom's state for one workspace: people, conversations, and what is due.
///
/// # The contract
///
/// Inputs are [`handle`](Self::handle) (the REST API), [`receive_dm`](Self::receive_dm) (the TikTok
/// bridge), [`act`](Self::act) (a teammate in the inbox) and [`advance_to`](Self::advance_to) (time).
/// After each, drain [`poll_notification`](Self::poll_notification) and ask
/// [`poll_timeout`](Self::poll_timeout) when to call `advance_to` next. Time never goes back: an input
/// with an earlier moment happens at the latest moment seen. Every input first lets happen what fell
/// due before it. The same inputs give the same answers, webhooks and journal, byte for byte.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub(crate) app: App,
    /// Whose tokens the API accepts: the app itself, then the others.
    pub(crate) callers: Vec<Caller>,
    bridge: Bridge,
    /// `source.type` of what the bridge brings.
    source_type: Arc<str>,
    now: Moment,
    ids: IdSource,
    admins: BTreeMap<AdminId, Admin>,
    teams: BTreeMap<TeamId, Team>,
    contacts: BTreeMap<ContactId, Contact>,
    /// By the TikTok id that the bridge stored.
    contacts_by_user: BTreeMap<String, ContactId>,
    users_by_contact: BTreeMap<ContactId, String>,
    registry: Registry,
    /// By TikTok id.
    reply_windows: BTreeMap<String, ReplyWindow>,
    conversations: BTreeMap<ConversationId, Conversation>,
    /// What was deleted.
    pub(crate) removals: BTreeMap<ConversationId, Removal>,
    tags: BTreeMap<TagId, Tag>,
    tickets: BTreeMap<TicketId, Ticket>,
    /// What there is around contacts and teammates.
    pub(crate) catalogue: Catalogue,
    pub(crate) rate: RateWindow,
    agenda: Agenda,
    distribution: Distribution,
    notifications: VecDeque<Notification>,
    /// Whether webhooks are written at all.
    announces: bool,
    /// What the input being handled has changed so far.
    changes: Vec<Change>,
    journal: Journal,
    webhooks: WebhookSettings,
    pub(crate) faults: FaultPlan,
}

/// What belongs to the app that the workspace file describes.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) time_zone: String,
    pub(crate) token_admin: AdminId,
    pub(crate) version: ApiVersion,
    /// Empty: every topic.
    pub(crate) topics: Vec<String>,
    /// The names that conversations can have as custom attributes.
    pub(crate) conversation_attributes: BTreeSet<String>,
}

/// When a conversation was deleted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removal {
    pub(crate) at: Moment,
    /// Whether reports still count it.
    pub(crate) metrics_retained: bool,
}

/// What falls due by itself. Equal times are first in, first out.
#[derive(Clone, Debug, Default)]
struct Agenda {
    entries: BTreeMap<(Moment, u64), Due>,
    sequence: u64,
}

#[derive(Clone, Copy, Debug)]
enum Due {
    /// The bridge's second call.
    Tag(ConversationId),
    /// The end of a snooze, if it was not ended before.
    Wake(ConversationId),
}

impl Agenda {
    fn add(&mut self, at: Moment, due: Due) {
        self.sequence += 1;
        self.entries.insert((at, self.sequence), due);
    }
}

impl Workspace {
    /// A workspace with nobody writing yet.
    pub fn new(mut file: WorkspaceFile) -> Result<Self, WorkspaceError> {
        file.check()?;
        file.bridge.settle();
        let catalogue = Catalogue::take_from(&mut file);
        let first = file.admins.first().expect("a checked workspace has a teammate");
        let app = App {
            token_admin: file.token_admin.unwrap_or(first.id),
            id: file.app_id,
            name: file.name,
            time_zone: file.time_zone,
            version: file.api_version,
            topics: file.topics,
            conversation_attributes: file.conversation_attributes.into_iter().collect(),
        };
        let own = AppEntry { token: file.token, scopes: file.scopes, calls_per_window: None };
        let callers: Vec<Caller> = std::iter::once(own).chain(file.apps).map(Caller::new).collect();
        let limits = callers.iter().map(Caller::calls_per_window);
        let admins: BTreeMap<AdminId, Admin> = file
            .admins
            .into_iter()
            .map(|entry| (entry.id, Admin::new(entry, &file.teams)))
            .collect();
        let teams: BTreeMap<TeamId, Team> =
            file.teams.into_iter().map(|entry| (entry.id, Team::new(entry))).collect();
        let mut workspace = Self {
            app,
            now: Moment::EPOCH,
            ids: IdSource::new(),
            admins,
            distribution: Distribution::new(file.settings, file.workflows, teams.values()),
            teams,
            contacts: BTreeMap::new(),
            contacts_by_user: BTreeMap::new(),
            users_by_contact: BTreeMap::new(),
            registry: Registry::default(),
            reply_windows: BTreeMap::new(),
            conversations: BTreeMap::new(),
            removals: BTreeMap::new(),
            tags: BTreeMap::new(),
            tickets: BTreeMap::new(),
            catalogue,
            rate: RateWindow::new(file.rate_limit, limits),
            callers,
            agenda: Agenda::default(),
            notifications: VecDeque::new(),
            announces: true,
            changes: Vec::new(),
            journal: Journal::new(file.journal_limit),
            source_type: file.bridge.source_type.as_str().into(),
            bridge: file.bridge,
            webhooks: file.webhooks,
            faults: FaultPlan::new(file.fault_seed),
        };
        for rule in file.faults {
            workspace.faults.add(rule).expect("the faults of a checked file make sense");
        }
        if !workspace.bridge.tag.is_empty() {
            let tag = Tag { id: workspace.ids.tag(), name: workspace.bridge.tag.clone() };
            workspace.tags.insert(tag.id, tag);
        }
        Ok(workspace)
    }

    /// Lets time pass: what fell due up to `at` happens, each at its own time.
    pub fn advance_to(&mut self, at: Moment) {
        let at = self.faults.tell_time(at);
        while let Some(entry) = self.agenda.entries.first_entry() {
            let due_at = entry.key().0;
            if due_at > at {
                break;
            }
            let due = entry.remove();
            self.now = self.now.max(due_at);
            match due {
                // Deleted in the meantime.
                Due::Tag(id) | Due::Wake(id) if !self.conversations.contains_key(&id) => {}
                Due::Tag(id) => self.bridge_tags(self.now, id),
                Due::Wake(id) => self.wake(self.now, id),
            }
            if !self.changes.is_empty() {
                self.log(self.now, |changes| Record::Due { changes });
            }
        }
        self.now = self.now.max(at);
    }

    /// When [`advance_to`](Self::advance_to) has something to do next.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.agenda.entries.keys().next().map(|&(at, _)| self.faults.true_time(at))
    }

    /// The next webhook to deliver, and [what becomes of it](Notification::fate). Drain it after every
    /// input: nothing else empties it.
    pub fn poll_notification(&mut self) -> Option<Notification> {
        let mut notification = self.notifications.pop_front()?;
        let (fate, struck) = self.faults.on_webhook(&notification.topic);
        notification.fate = fate;
        self.log_faults(struck, &notification.topic);
        Some(notification)
    }

    /// The faults in force.
    pub const fn faults(&self) -> &FaultPlan {
        &self.faults
    }

    /// The faults in force, to add to them or to take some away.
    pub const fn faults_mut(&mut self) -> &mut FaultPlan {
        &mut self.faults
    }

    /// What the delivery of webhooks depends on.
    pub const fn webhook_settings(&self) -> WebhookSettings {
        self.webhooks
    }

    /// What was made after this moment is not found by searches yet (a fault, `index_lag`). Without
    /// one, the end of time.
    pub fn index_horizon(&self) -> Moment {
        self.faults.index_horizon(self.now)
    }

    pub(crate) fn log_faults(&mut self, struck: Vec<Struck>, on: &str) {
        for Struck { rule, effect } in struck {
            let record = Record::Fault { rule, effect, on: on.to_owned() };
            self.journal.push(self.now, record);
        }
    }

    /// The latest moment seen, on Intercom's own clock: with a fault of the clock, not the one that was
    /// given.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// Whether the bridge still has a tag to put on.
    pub fn is_bridge_idle(&self) -> bool {
        !self.agenda.entries.values().any(|due| matches!(due, Due::Tag(_)))
    }

    /// Whether what happens from now on is announced by webhooks, as it is at first. Writing them is
    /// most of the work of a change, and for nothing if nobody is subscribed.
    pub fn announce(&mut self, announces: bool) {
        self.announces = announces;
    }

    /// The record of everything that happened.
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Writes an attempt to deliver a webhook into the journal; `took` is in real time.
    pub fn record_delivery(
        &mut self,
        at: Moment,
        attempt: &Attempt,
        outcome: Outcome,
        took: Duration,
    ) {
        let record = Record::Delivery {
            notification: attempt.notification().id.clone(),
            topic: attempt.notification().topic.clone(),
            subscription: attempt.subscription(),
            attempt: attempt.number(),
            outcome,
            took_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        };
        self.now = self.now.max(self.faults.tell_time(at));
        self.journal.push(self.now, record);
    }

    /// A conversation by its id.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id)
    }

    /// All conversations, oldest first.
    pub fn conversations(&self) -> impl DoubleEndedIterator<Item = &Conversation> {
        self.conversations.values()
    }

    /// The conversations after `id`, oldest first.
    pub fn conversations_after(&self, id: ConversationId) -> impl Iterator<Item = &Conversation> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.conversations.range((Excluded(id), Unbounded)).map(|(_, conversation)| conversation)
    }

    /// How many conversations there are.
    pub fn conversation_count(&self) -> usize {
        self.conversations.len()
    }

    /// The teammates, by id.
    pub fn admins(&self) -> impl Iterator<Item = &Admin> {
        self.admins.values()
    }

    /// A teammate by id.
    pub fn admin(&self, id: AdminId) -> Option<&Admin> {
        self.admins.get(&id)
    }

    /// The teams, by id.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.teams.values()
    }

    /// A team by id.
    pub fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(&id)
    }

    /// A contact by id.
    pub fn contact(&self, id: ContactId) -> Option<&Contact> {
        self.contacts.get(&id)
    }

    /// The contacts, by id.
    pub(crate) fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.contacts.values()
    }

    /// The office hours of the workspace and its teams.
    pub fn office_hours(&self) -> &[OfficeHours] {
        &self.catalogue.office_hours
    }

    /// How many different data events of contacts were submitted, of the newest 100,000.
    pub fn event_count(&self) -> usize {
        self.catalogue.events.count()
    }

    /// How many contacts there are.
    pub fn contact_count(&self) -> usize {
        self.contacts.len()
    }

    /// The contact that the bridge made for a TikTok user.
    pub fn contact_of_user(&self, user: &str) -> Option<&Contact> {
        self.contacts.get(self.contacts_by_user.get(user)?)
    }

    /// The TikTok id of a contact whom the bridge made.
    pub fn user_of_contact(&self, id: ContactId) -> Option<&str> {
        self.users_by_contact.get(&id).map(String::as_str)
    }

    /// The tags of the workspace, by id.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.tags.values()
    }

    /// A tag by id.
    pub fn tag(&self, id: TagId) -> Option<&Tag> {
        self.tags.get(&id)
    }

    pub(crate) fn log(&mut self, at: Moment, record: impl FnOnce(Vec<Change>) -> Record) {
        let changes = std::mem::take(&mut self.changes);
        let news = self.distribution.news(&changes);
        self.journal.push(at, record(changes));
        if !news.is_empty() {
            self.distribute(at, &news);
        }
    }

    pub(crate) fn next_request_id(&mut self) -> String {
        self.ids.uuid()
    }

    /// The conversation of an id that was looked up before.
    fn known(&mut self, id: ConversationId) -> &mut Conversation {
        self.conversations.get_mut(&id).expect("the id was looked up before")
    }
}
