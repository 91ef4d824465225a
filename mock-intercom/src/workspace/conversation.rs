//! A conversation: who owns it, what was said, and how it changes.

mod content;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::Moment;
use crate::identity::{AdminId, ContactId, ConversationId, PartId, TagId, TeamId, TicketId};
use crate::workspace::journal::Assignee;

pub use content::Priority;
pub(crate) use content::{Attachment, Content, QuickReply};

/// Open, closed or snoozed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In the inbox.
    Open,
    /// Out of the inbox until the contact writes again.
    Closed,
    /// Out of sight until a time; Intercom calls it open all the same.
    Snoozed {
        /// When it wakes.
        until: Moment,
    },
}

impl State {
    /// Intercom's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Snoozed { .. } => "snoozed",
        }
    }

    /// Intercom's `open` flag, true while snoozed (example of `POST /conversations/{id}/parts`).
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed)
    }
}

/// What a part of a conversation is. The words are Intercom's `part_type`s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// A message of the contact or a teammate's answer.
    Comment,
    /// A teammate's internal note.
    Note,
    /// An assignment of an open conversation.
    Assignment,
    /// An assignment that reopened a closed conversation.
    AssignAndReopen,
    /// A teammate closed it.
    Close,
    /// A teammate opened it.
    Open,
    /// A teammate snoozed it.
    Snoozed,
    /// A teammate ended the snooze.
    Unsnoozed,
    /// The snooze came to its end.
    TimerUnsnooze,
    /// A custom attribute was set.
    AttributeUpdated,
    /// A teammate's buttons to choose from.
    QuickReply,
    /// Rules gave it to nobody (`run_assignment_rules`, 2.11).
    DefaultAssignment,
    /// Its priority was set.
    PriorityChanged,
    /// Another conversation was merged into it.
    MergedPrimary,
    /// A contact joined.
    ParticipantAdded,
    /// A contact left.
    ParticipantRemoved,
}

impl PartKind {
    /// Intercom's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Note => "note",
            Self::Assignment => "assignment",
            Self::AssignAndReopen => "assign_and_reopen",
            Self::Close => "close",
            Self::Open => "open",
            Self::Snoozed => "snoozed",
            Self::Unsnoozed => "unsnoozed",
            Self::TimerUnsnooze => "timer_unsnooze",
            Self::AttributeUpdated => "conversation_attribute_updated_by_admin",
            Self::QuickReply => "quick_reply",
            Self::DefaultAssignment => "default_assignment",
            Self::PriorityChanged => "priority_changed",
            Self::MergedPrimary => "merged_primary_conversation",
            Self::ParticipantAdded => "participant_added",
            Self::ParticipantRemoved => "participant_removed",
        }
    }
}

/// Who wrote a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The contact.
    Contact(ContactId),
    /// A teammate.
    Admin(AdminId),
    /// Intercom's own bot.
    Operator,
}

/// The text of a message, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Plain, as a person on TikTok writes.
    Plain(String),
    /// HTML, as the API and the inbox write.
    Html(String),
}

impl Body {
    /// From what the API or the inbox sent: HTML if it has a tag, else plain.
    pub(crate) fn from_input(text: &str) -> Option<Self> {
        match text {
            "" => None,
            text if text.contains('<') => Some(Self::Html(text.to_owned())),
            text => Some(Self::Plain(text.to_owned())),
        }
    }

    pub(crate) fn html(&self) -> Cow<'_, str> {
        match self {
            Self::Html(html) => Cow::Borrowed(html),
            Self::Plain(text) => Cow::Owned(paragraph(text)),
        }
    }

    pub(crate) fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Plain(text) => Cow::Borrowed(text),
            Self::Html(html) => Cow::Owned(without_tags(html)),
        }
    }
}

/// `<p>…</p>`, escaped, with line breaks kept.
fn paragraph(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 7);
    html.push_str("<p>");
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '\n' => html.push_str("<br>"),
            other => html.push(other),
        }
    }
    html.push_str("</p>");
    html
}

/// The text of HTML as [`paragraph`] writes it: a line for each paragraph and after each `<br>`.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        if matches!(tag, "br" | "br/" | "br />") || (tag == "/p" && !after.is_empty()) {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A part of a conversation.
#[derive(Clone, Debug)]
pub struct Part {
    pub(crate) id: PartId,
    pub(crate) kind: PartKind,
    pub(crate) author: Author,
    pub(crate) body: Option<Body>,
    pub(crate) attachments: Vec<Attachment>,
    /// The buttons that a teammate offers.
    pub(crate) quick_replies: Vec<QuickReply>,
    /// The button that a contact chose.
    pub(crate) chosen: Option<String>,
    /// Whether its text was taken away.
    pub(crate) redacted: bool,
    pub(crate) created_at: Moment,
    pub(crate) assigned_to: Option<Assignee>,
    /// The conversation's state after it.
    pub(crate) state: State,
    /// Whether it came through the API.
    pub(crate) via_api: bool,
}

impl Part {
    pub(crate) const fn new(
        id: PartId,
        kind: PartKind,
        author: Author,
        created_at: Moment,
        state: State,
    ) -> Self {
        Self {
            id,
            kind,
            author,
            body: None,
            attachments: Vec::new(),
            quick_replies: Vec::new(),
            chosen: None,
            redacted: false,
            created_at,
            assigned_to: None,
            state,
            via_api: false,
        }
    }

    /// Puts a message in.
    pub(crate) fn fill(&mut self, content: Content) {
        self.body = content.body;
        self.attachments = content.attachments;
        self.quick_replies = content.quick_replies;
        self.chosen = content.chosen;
    }

    /// Takes the message away, in the words of the description's example.
    pub(crate) fn redact(&mut self) {
        self.fill(Body::Html("<p><i>This message was deleted</i></p>".to_owned()).into());
        self.redacted = true;
    }

    /// Its id.
    pub const fn id(&self) -> PartId {
        self.id
    }

    /// What it is.
    pub const fn kind(&self) -> PartKind {
        self.kind
    }

    /// Who wrote it.
    pub const fn author(&self) -> Author {
        self.author
    }

    /// When it was written.
    pub const fn created_at(&self) -> Moment {
        self.created_at
    }

    /// To whom it assigned the conversation; `None` when it assigned nothing.
    pub const fn assigned_to(&self) -> Option<Assignee> {
        self.assigned_to
    }

    /// Its text, plain; empty when it has none.
    pub fn text(&self) -> Cow<'_, str> {
        self.body.as_ref().map_or(Cow::Borrowed(""), Body::plain)
    }
}

/// A tag on a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppliedTag {
    /// Which.
    pub tag: TagId,
    /// When it was put on.
    pub at: Moment,
    /// By whom.
    pub by: AdminId,
}

/// The times and counts that Intercom keeps (schema `conversation_statistics`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Statistics {
    pub(crate) last_contact_reply_at: Moment,
    pub(crate) first_assignment_at: Option<Moment>,
    pub(crate) last_assignment_at: Option<Moment>,
    /// The last assignment before the first answer.
    pub(crate) assigned_before_reply_at: Option<Moment>,
    pub(crate) last_assignment_admin_reply_at: Option<Moment>,
    pub(crate) first_admin_reply_at: Option<Moment>,
    pub(crate) last_admin_reply_at: Option<Moment>,
    pub(crate) first_close_at: Option<Moment>,
    pub(crate) last_close_at: Option<Moment>,
    pub(crate) last_closed_by: Option<AdminId>,
    pub(crate) reopens: u32,
    pub(crate) assignments: u32,
    /// Seconds from a contact's message to the answer, one per answer.
    pub(crate) reply_delays: Vec<u64>,
}

impl Statistics {
    pub(crate) fn median_reply_delay(&self) -> Option<u64> {
        let mut delays = self.reply_delays.clone();
        delays.sort_unstable();
        delays.get(delays.len() / 2).copied()
    }
}

/// A conversation.
#[derive(Clone, Debug)]
pub struct Conversation {
    pub(crate) id: ConversationId,
    /// Who began it.
    pub(crate) contact: ContactId,
    /// The contacts who joined.
    pub(crate) joined: Vec<ContactId>,
    pub(crate) title: Option<String>,
    pub(crate) priority: Priority,
    /// The conversation that it was merged into.
    pub(crate) merged_into: Option<ConversationId>,
    /// The tickets that it was made into, or is linked to.
    pub(crate) tickets: Vec<TicketId>,
    /// The message that opened it: Intercom's `source`, which is not one of the parts.
    pub(crate) source: Part,
    /// `source.type`.
    pub(crate) source_type: Arc<str>,
    /// The channel, where it is one of Intercom's own.
    pub(crate) channel: Option<Arc<str>>,
    pub(crate) state: State,
    pub(crate) admin: Option<AdminId>,
    pub(crate) team: Option<TeamId>,
    pub(crate) updated_at: Moment,
    pub(crate) waiting_since: Option<Moment>,
    pub(crate) read: bool,
    pub(crate) tags: Vec<AppliedTag>,
    pub(crate) custom_attributes: BTreeMap<String, Value>,
    /// Teammates who wrote a part.
    pub(crate) participants: BTreeSet<AdminId>,
    pub(crate) parts: Vec<Part>,
    pub(crate) statistics: Statistics,
}

impl Conversation {
    /// A conversation that begins with a contact's message.
    pub(crate) fn begin(
        id: ConversationId,
        contact: ContactId,
        source: Part,
        source_type: Arc<str>,
    ) -> Self {
        let at = source.created_at;
        Self {
            id,
            contact,
            joined: Vec::new(),
            title: None,
            priority: Priority::None,
            merged_into: None,
            tickets: Vec::new(),
            source,
            source_type,
            channel: None,
            state: State::Open,
            admin: None,
            team: None,
            updated_at: at,
            waiting_since: Some(at),
            read: false,
            tags: Vec::new(),
            custom_attributes: BTreeMap::new(),
            participants: BTreeSet::new(),
            parts: Vec::new(),
            statistics: Statistics { last_contact_reply_at: at, ..Statistics::default() },
        }
    }

    /// Its id.
    pub const fn id(&self) -> ConversationId {
        self.id
    }

    /// Who began it.
    pub const fn contact(&self) -> ContactId {
        self.contact
    }

    /// Everybody in it who is not a teammate.
    pub fn contacts(&self) -> impl Iterator<Item = ContactId> {
        std::iter::once(self.contact).chain(self.joined.iter().copied())
    }

    /// How urgent it is.
    pub const fn priority(&self) -> Priority {
        self.priority
    }

    /// Its title, if it has been given one.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Open, closed or snoozed.
    pub const fn state(&self) -> State {
        self.state
    }

    /// The teammate who owns it.
    pub const fn admin(&self) -> Option<AdminId> {
        self.admin
    }

    /// The team that owns it.
    pub const fn team(&self) -> Option<TeamId> {
        self.team
    }

    /// When its first message was written.
    pub const fn created_at(&self) -> Moment {
        self.source.created_at
    }

    /// When somebody last wrote to the other: the contact, or a teammate.
    pub fn last_message_at(&self) -> Moment {
        let replied = self.statistics.last_admin_reply_at.unwrap_or(Moment::EPOCH);
        self.statistics.last_contact_reply_at.max(replied)
    }

    /// When it last changed.
    pub const fn updated_at(&self) -> Moment {
        self.updated_at
    }

    /// Since when the contact has been waiting for an answer.
    pub const fn waiting_since(&self) -> Option<Moment> {
        self.waiting_since
    }

    /// The message that opened it.
    pub const fn source(&self) -> &Part {
        &self.source
    }

    /// What came after the first message, oldest first.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its tags.
    pub fn tags(&self) -> &[AppliedTag] {
        &self.tags
    }

    /// Its custom attributes, without Intercom's own.
    pub const fn custom_attributes(&self) -> &BTreeMap<String, Value> {
        &self.custom_attributes
    }

    /// Sets a custom attribute, or removes it with null. True if that changed anything.
    pub(crate) fn set_attribute(&mut self, name: &str, value: Value) -> bool {
        if self.custom_attributes.get(name).unwrap_or(&Value::Null) == &value {
            return false;
        }
        match value {
            Value::Null => self.custom_attributes.remove(name),
            value => self.custom_attributes.insert(name.to_owned(), value),
        };
        true
    }

    /// Assigns it. A team takes the teammate's place, a teammate leaves the team in place
    /// (Intercom help, article 6561699); a closed conversation reopens (`assign_and_reopen`).
    pub(crate) fn assign(&mut self, at: Moment, scope: Scope) -> PartKind {
        match scope {
            Scope::Admin(id) => self.admin = Some(id),
            Scope::Team(id) => (self.team, self.admin) = (Some(id), None),
            Scope::NoAdmin => self.admin = None,
            Scope::NoTeamNorAdmin => (self.team, self.admin) = (None, None),
        }
        let statistics = &mut self.statistics;
        if matches!(scope, Scope::Admin(_) | Scope::Team(_)) {
            statistics.assignments += 1;
            statistics.first_assignment_at.get_or_insert(at);
            statistics.last_assignment_at = Some(at);
            if statistics.first_admin_reply_at.is_none() {
                statistics.assigned_before_reply_at = Some(at);
            }
        }
        if self.state == State::Closed {
            self.state = State::Open;
            self.statistics.reopens += 1;
            PartKind::AssignAndReopen
        } else {
            PartKind::Assignment
        }
    }

    pub(crate) const fn close(&mut self, at: Moment, by: AdminId) {
        self.state = State::Closed;
        self.waiting_since = None;
        if self.statistics.first_close_at.is_none() {
            self.statistics.first_close_at = Some(at);
        }
        self.statistics.last_close_at = Some(at);
        self.statistics.last_closed_by = Some(by);
    }

    /// Opens it, whatever its state; says what the part is called.
    pub(crate) const fn open(&mut self) -> PartKind {
        let kind = match self.state {
            State::Snoozed { .. } => PartKind::Unsnoozed,
            State::Open | State::Closed => PartKind::Open,
        };
        if matches!(self.state, State::Closed) {
            self.statistics.reopens += 1;
        }
        self.state = State::Open;
        kind
    }

    /// The contact writes: a closed conversation reopens, a snoozed one wakes, and the assignees
    /// stay. True if it was not open.
    pub(crate) fn contact_wrote(&mut self, at: Moment) -> bool {
        let reopened = self.state != State::Open;
        self.statistics.reopens += u32::from(self.state == State::Closed);
        self.state = State::Open;
        self.read = false;
        self.waiting_since.get_or_insert(at);
        self.statistics.last_contact_reply_at = at;
        reopened
    }

    /// A teammate answers. The state stays as it is.
    pub(crate) fn admin_replied(&mut self, at: Moment) {
        if let Some(since) = self.waiting_since.take() {
            self.statistics.reply_delays.push(at.since(since).as_secs());
        }
        self.statistics.first_admin_reply_at.get_or_insert(at);
        self.statistics.last_admin_reply_at = Some(at);
        if self.admin.is_some() {
            self.statistics.last_assignment_admin_reply_at = Some(at);
        }
    }
}

/// What an assignment sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A teammate; the team stays.
    Admin(AdminId),
    /// A team, and no teammate.
    Team(TeamId),
    /// No teammate; the team stays.
    NoAdmin,
    /// Neither.
    NoTeamNorAdmin,
}

impl Scope {
    pub(crate) const fn assignee(self) -> Assignee {
        match self {
            Self::Admin(id) => Assignee::Admin(id),
            Self::Team(id) => Assignee::Team(id),
            Self::NoAdmin | Self::NoTeamNorAdmin => Assignee::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_html_or_plain_as_asked() {
        let check = |input: &str, html: &str, plain: &str| {
            let body = Body::from_input(input).unwrap();
            assert_eq!((&*body.html(), &*body.plain()), (html, plain));
        };
        check("hi", "<p>hi</p>", "hi");
        check("a & b\nc", "<p>a &amp; b<br>c</p>", "a & b\nc");
        check("<p>a &lt; <b>b</b></p>", "<p>a &lt; <b>b</b></p>", "a < b");
        check("<p>a<br>b</p><p>c</p>", "<p>a<br>b</p><p>c</p>", "a\nb\nc");
        check("<p>&amp;lt;<b", "<p>&amp;lt;<b", "&lt;");
        let dm = Body::Plain("1 < 2 <3".to_owned());
        assert_eq!(dm.html(), "<p>1 &lt; 2 &lt;3</p>");
        assert_eq!(Body::from_input(""), None);
    }
}
