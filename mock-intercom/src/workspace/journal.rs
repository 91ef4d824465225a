//! The record of everything that happened, for whoever verifies from outside.

mod filter;
mod verify;

use serde::Serialize;

use crate::Moment;
use crate::delivery::{Outcome, SubscriptionId};
use crate::identity::{AdminId, ContactId, ConversationId, PartId, TagId, TeamId, TicketId};
use crate::workspace::bridge::NotDelivered;
use crate::workspace::conversation::Priority;
use crate::workspace::teammates::TeammateAction;

pub use filter::{Filter, Kind};
pub use verify::{Expectation, Finding};

/// Who owns a conversation, or is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// A teammate.
    Admin(AdminId),
    /// A team.
    Team(TeamId),
    /// Nobody.
    Nobody,
}

/// Which door a change came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A call of the REST API.
    Api,
    /// A teammate in Intercom's own inbox.
    Ui,
    /// The TikTok bridge, on behalf of a contact.
    Bridge,
    /// Intercom itself: a snooze that ended, a reply to somebody away.
    Intercom,
}

/// A change of the workspace's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// A contact was created.
    ContactCreated {
        /// The contact.
        contact: ContactId,
    },
    /// A contact's profile was written anew.
    ContactUpdated {
        /// The contact.
        contact: ContactId,
    },
    /// A conversation began.
    ConversationCreated {
        /// The conversation.
        conversation: ConversationId,
        /// Its first message.
        part: PartId,
        /// Whose it is.
        contact: ContactId,
    },
    /// A contact wrote into an existing conversation.
    ContactReplied {
        /// The conversation.
        conversation: ConversationId,
        /// The message.
        part: PartId,
        /// Whether this reopened a closed conversation or woke a snoozed one.
        reopened: bool,
    },
    /// A conversation was assigned, to the assignee that it had or to another.
    Assigned {
        /// The conversation.
        conversation: ConversationId,
        /// The part that says so.
        part: PartId,
        /// To whom.
        to: Assignee,
        /// The acting teammate; nobody when Intercom itself took it off somebody away.
        admin: Option<AdminId>,
        /// Through which door.
        by: Origin,
    },
    /// A teammate answered the contact.
    Replied {
        /// The conversation.
        conversation: ConversationId,
        /// The answer.
        part: PartId,
        /// The teammate.
        admin: AdminId,
        /// Through which door.
        by: Origin,
    },
    /// A teammate left a note.
    Noted {
        /// The conversation.
        conversation: ConversationId,
        /// The note.
        part: PartId,
        /// The teammate.
        admin: AdminId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation was closed.
    Closed {
        /// The conversation.
        conversation: ConversationId,
        /// The part that says so.
        part: PartId,
        /// The teammate.
        admin: AdminId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation was opened again.
    Opened {
        /// The conversation.
        conversation: ConversationId,
        /// The part that says so.
        part: PartId,
        /// The teammate; nobody when a snooze ended.
        admin: Option<AdminId>,
        /// Through which door.
        by: Origin,
    },
    /// A conversation was snoozed.
    Snoozed {
        /// The conversation.
        conversation: ConversationId,
        /// The part that says so.
        part: PartId,
        /// Until when.
        #[serde(rename = "until_us")]
        until: Moment,
        /// The teammate.
        admin: AdminId,
        /// Through which door.
        by: Origin,
    },
    /// A tag was made.
    TagCreated {
        /// The tag.
        tag: TagId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation got a tag.
    Tagged {
        /// The conversation.
        conversation: ConversationId,
        /// The tag.
        tag: TagId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation lost a tag.
    Untagged {
        /// The conversation.
        conversation: ConversationId,
        /// The tag.
        tag: TagId,
        /// Through which door.
        by: Origin,
    },
    /// A custom attribute of a conversation got another value, or none.
    AttributeSet {
        /// The conversation.
        conversation: ConversationId,
        /// The part that says so.
        part: PartId,
        /// The attribute's name.
        attribute: String,
        /// Through which door.
        by: Origin,
    },
    /// A teammate went away or came back.
    AwayModeSet {
        /// The teammate.
        admin: AdminId,
        /// Whether away.
        away: bool,
        /// Whether replies are to be reassigned.
        reassign: bool,
        /// Through which door.
        by: Origin,
    },
    /// TikTok did not take a teammate's answer, which Intercom has all the same.
    NotDelivered {
        /// The conversation.
        conversation: ConversationId,
        /// The answer.
        part: PartId,
        /// Why.
        reason: NotDelivered,
    },
    /// A custom attribute of contacts or companies was made, by a call of the API.
    DataAttributeCreated {
        /// Its name.
        attribute: String,
    },
    /// A data event of a contact was submitted, by a call of the API.
    EventSubmitted {
        /// Whose it is.
        contact: ContactId,
        /// Its name.
        event: String,
    },
    /// A contact chose a subscription type, or took that back, by a call of the API.
    SubscriptionSet {
        /// The contact.
        contact: ContactId,
        /// The subscription type.
        subscription: u64,
        /// Whether it is chosen now.
        chosen: bool,
    },
    /// A tag got another name.
    TagRenamed {
        /// The tag.
        tag: TagId,
        /// Through which door.
        by: Origin,
    },
    /// A tag was deleted, and is on nothing any more.
    TagDeleted {
        /// The tag.
        tag: TagId,
        /// Through which door.
        by: Origin,
    },
    /// A contact joined a conversation.
    ContactAttached {
        /// The conversation.
        conversation: ConversationId,
        /// The contact.
        contact: ContactId,
        /// Through which door.
        by: Origin,
    },
    /// A contact left a conversation.
    ContactDetached {
        /// The conversation.
        conversation: ConversationId,
        /// The contact.
        contact: ContactId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation was marked as read, or as unread.
    ReadSet {
        /// The conversation.
        conversation: ConversationId,
        /// Whether read.
        read: bool,
        /// Through which door.
        by: Origin,
    },
    /// A conversation got another title, or none.
    TitleSet {
        /// The conversation.
        conversation: ConversationId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation became more urgent, or less.
    PrioritySet {
        /// The conversation.
        conversation: ConversationId,
        /// The part that says so.
        part: PartId,
        /// How urgent.
        priority: Priority,
        /// Through which door.
        by: Origin,
    },
    /// The text of a part, or of the first message, was taken away.
    Redacted {
        /// The conversation.
        conversation: ConversationId,
        /// The part or the first message.
        part: PartId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation was closed into another.
    Merged {
        /// The conversation that closed.
        conversation: ConversationId,
        /// The one that is left.
        into: ConversationId,
        /// The part there that says so.
        part: PartId,
        /// Through which door.
        by: Origin,
    },
    /// A conversation was deleted.
    Deleted {
        /// The conversation.
        conversation: ConversationId,
        /// Through which door.
        by: Origin,
    },
    /// A contact was deleted.
    ContactDeleted {
        /// The contact.
        contact: ContactId,
        /// Through which door.
        by: Origin,
    },
    /// A contact was merged into another.
    ContactMerged {
        /// The contact.
        contact: ContactId,
        /// The one that is left.
        into: ContactId,
        /// Through which door.
        by: Origin,
    },
    /// A contact was archived, or taken back.
    ContactArchived {
        /// The contact.
        contact: ContactId,
        /// Whether archived.
        archived: bool,
        /// Through which door.
        by: Origin,
    },
    /// A contact was blocked.
    ContactBlocked {
        /// The contact.
        contact: ContactId,
        /// Through which door.
        by: Origin,
    },
    /// A contact got a tag.
    ContactTagged {
        /// The contact.
        contact: ContactId,
        /// The tag.
        tag: TagId,
        /// Through which door.
        by: Origin,
    },
    /// A contact lost a tag.
    ContactUntagged {
        /// The contact.
        contact: ContactId,
        /// The tag.
        tag: TagId,
        /// Through which door.
        by: Origin,
    },
    /// Somebody wrote a note about a contact.
    ContactNoted {
        /// The contact.
        contact: ContactId,
        /// The number of the note.
        note: u64,
        /// Through which door.
        by: Origin,
    },
    /// A ticket was made.
    TicketCreated {
        /// The ticket.
        ticket: TicketId,
        /// The conversation that it was made of, or is linked to.
        conversation: Option<ConversationId>,
        /// Through which door.
        by: Origin,
    },
}

impl Change {
    /// The conversation that changed, if one did.
    pub const fn conversation(&self) -> Option<ConversationId> {
        match *self {
            Self::ConversationCreated { conversation, .. }
            | Self::ContactReplied { conversation, .. }
            | Self::Assigned { conversation, .. }
            | Self::Replied { conversation, .. }
            | Self::Noted { conversation, .. }
            | Self::Closed { conversation, .. }
            | Self::Opened { conversation, .. }
            | Self::Snoozed { conversation, .. }
            | Self::Tagged { conversation, .. }
            | Self::Untagged { conversation, .. }
            | Self::AttributeSet { conversation, .. }
            | Self::NotDelivered { conversation, .. }
            | Self::ContactAttached { conversation, .. }
            | Self::ContactDetached { conversation, .. }
            | Self::ReadSet { conversation, .. }
            | Self::TitleSet { conversation, .. }
            | Self::PrioritySet { conversation, .. }
            | Self::Redacted { conversation, .. }
            | Self::Merged { conversation, .. }
            | Self::Deleted { conversation, .. } => Some(conversation),
            Self::ContactCreated { .. }
            | Self::ContactUpdated { .. }
            | Self::ContactDeleted { .. }
            | Self::ContactMerged { .. }
            | Self::ContactArchived { .. }
            | Self::ContactBlocked { .. }
            | Self::ContactTagged { .. }
            | Self::ContactUntagged { .. }
            | Self::ContactNoted { .. }
            | Self::TagCreated { .. }
            | Self::TagRenamed { .. }
            | Self::TagDeleted { .. }
            | Self::DataAttributeCreated { .. }
            | Self::EventSubmitted { .. }
            | Self::SubscriptionSet { .. }
            | Self::AwayModeSet { .. } => None,
            Self::TicketCreated { conversation, .. } => conversation,
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// A call of the API, whatever came of it.
    ApiCall {
        /// The HTTP method.
        method: String,
        /// The path, without the query.
        path: String,
        /// Intercom's `operationId`, if the mock has the operation.
        operation: Option<&'static str>,
        /// The status answered.
        status: u16,
        /// What it changed.
        changes: Vec<Change>,
    },
    /// A DM that the bridge brought.
    Dm {
        /// The TikTok id of the sender.
        user: String,
        /// What it changed.
        changes: Vec<Change>,
    },
    /// What a teammate did in the inbox.
    Action {
        /// What.
        action: TeammateAction,
        /// What it changed.
        changes: Vec<Change>,
    },
    /// What fell due, or Intercom did by itself: the bridge's second call, the end of a snooze,
    /// the distribution within a team.
    Due {
        /// What it changed.
        changes: Vec<Change>,
    },
    /// An attempt to deliver a webhook.
    Delivery {
        /// The notification's id, `notif_…`.
        notification: String,
        /// Its topic.
        topic: String,
        /// To whom.
        subscription: SubscriptionId,
        /// Which attempt, from 1.
        attempt: u32,
        /// What came of it.
        outcome: Outcome,
        /// How long the answer took, in microseconds of real time: a property of sockets.
        took_us: u64,
    },
    /// A fault that struck. What it struck is told next to it, if it happened at all.
    Fault {
        /// The name of its rule.
        rule: String,
        /// What it does, as `then` of the rule says it.
        effect: &'static str,
        /// The method and path of the call, or the topic of the webhook.
        on: String,
    },
}

impl Record {
    /// What it changed; nothing for a delivery or a fault.
    pub fn changes(&self) -> &[Change] {
        match self {
            Self::ApiCall { changes, .. }
            | Self::Dm { changes, .. }
            | Self::Action { changes, .. }
            | Self::Due { changes } => changes,
            Self::Delivery { .. } | Self::Fault { .. } => &[],
        }
    }
}

/// A record in the journal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its number, from 0, never used twice.
    pub index: u64,
    /// When it happened, on the mock's clock.
    #[serde(rename = "at_us")]
    pub at: Moment,
    /// What happened.
    #[serde(flatten)]
    pub record: Record,
}

/// The newest entries, oldest first. Bounded: beyond the limit the oldest go, and a cursor that
/// points at one of them goes on with the oldest that is left.
#[derive(Clone, Debug)]
pub struct Journal {
    limit: usize,
    /// The number of `entries[0]`.
    first: u64,
    entries: Vec<Entry>,
}

impl Journal {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { limit, first: 0, entries: Vec::new() }
    }

    /// The entries numbered `index` and up that are still kept.
    pub fn since(&self, index: u64) -> &[Entry] {
        let skip = usize::try_from(index.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let kept = self.entries.len().saturating_sub(self.limit);
        &self.entries[skip.max(kept).min(self.entries.len())..]
    }

    /// The number that the next entry will have.
    pub const fn next_index(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// How many entries have been dropped because of the limit.
    pub const fn dropped(&self) -> u64 {
        self.first + self.entries.len().saturating_sub(self.limit) as u64
    }

    pub(crate) fn push(&mut self, at: Moment, record: Record) {
        // A chunk at a time, so that dropping costs nothing per entry.
        let slack = self.limit / 4 + 1;
        if self.entries.len() >= self.limit + slack {
            self.entries.drain(..slack);
            self.first += slack as u64;
        }
        self.entries.push(Entry { index: self.next_index(), at, record });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_the_oldest_and_keeps_cursors_valid() {
        let mut journal = Journal::new(3);
        for number in 0..100 {
            journal.push(Moment::from_seconds(number), Record::Due { changes: Vec::new() });
            let kept: Vec<u64> = journal.since(0).iter().map(|entry| entry.index).collect();
            let expected: Vec<u64> = (number.saturating_sub(2)..=number).collect();
            assert_eq!(kept, expected);
        }
        assert_eq!(journal.since(99).len(), 1);
        assert_eq!(journal.since(journal.next_index()).len(), 0);
        assert_eq!(journal.since(u64::MAX).len(), 0);
        assert_eq!(journal.dropped(), 97);
    }
}
