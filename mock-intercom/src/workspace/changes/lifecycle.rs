//! What happens to a conversation as a whole: who is in it, its title and priority, redaction,
//! merging, deletion.

use crate::Moment;
use crate::identity::{ContactId, ConversationId, PartId};
use crate::workspace::changes::Actor;
use crate::workspace::conversation::{Content, PartKind, Priority, Scope, State};
use crate::workspace::journal::{Assignee, Change, Origin};
use crate::workspace::notification::Topic;
use crate::workspace::{Removal, Workspace};

impl Workspace {
    /// A contact joins. The part's type is not documented.
    pub(crate) fn attach_contact(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        contact: ContactId,
        actor: Actor,
    ) {
        if self.known(conversation).contacts().any(|known| known == contact) {
            return;
        }
        self.known(conversation).joined.push(contact);
        self.add_admin_part(
            at,
            conversation,
            PartKind::ParticipantAdded,
            actor,
            Content::default(),
            None,
        );
        self.changes.push(Change::ContactAttached { conversation, contact, by: actor.by });
        self.notify_conversation(at, Topic::ContactAttached, conversation);
    }

    /// A contact leaves; whoever joined first takes the place of whoever began it. The caller has
    /// seen that there is another.
    pub(crate) fn detach_contact(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        contact: ContactId,
        actor: Actor,
    ) {
        let known = self.known(conversation);
        if known.contact == contact {
            known.contact = known.joined.remove(0);
        } else {
            known.joined.retain(|&joined| joined != contact);
        }
        self.forget_latest(conversation, contact);
        self.add_admin_part(
            at,
            conversation,
            PartKind::ParticipantRemoved,
            actor,
            Content::default(),
            None,
        );
        self.changes.push(Change::ContactDetached { conversation, contact, by: actor.by });
        self.notify_conversation(at, Topic::ContactDetached, conversation);
    }

    /// The contact's next message does not go into this conversation any more.
    fn forget_latest(&mut self, conversation: ConversationId, contact: ContactId) {
        if let Some(contact) = self.contacts.get_mut(&contact)
            && contact.latest_conversation == Some(conversation)
        {
            contact.latest_conversation = None;
        }
    }

    /// Marks it as read, or not; no topic tells of it when the API does so.
    pub(crate) fn set_read(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        read: bool,
        by: Origin,
    ) {
        let known = self.known(conversation);
        if known.read != read {
            known.read = read;
            known.updated_at = at;
            self.changes.push(Change::ReadSet { conversation, read, by });
        }
    }

    /// Gives it a title; no topic tells of it.
    pub(crate) fn set_title(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        title: Option<String>,
        by: Origin,
    ) {
        let known = self.known(conversation);
        if known.title != title {
            known.title = title;
            known.updated_at = at;
            self.changes.push(Change::TitleSet { conversation, by });
        }
    }

    /// Sets how urgent it is, if that changes anything.
    pub(crate) fn set_priority(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        priority: Priority,
        actor: Actor,
    ) {
        if self.known(conversation).priority == priority {
            return;
        }
        self.known(conversation).priority = priority;
        let kind = PartKind::PriorityChanged;
        let part = self.add_admin_part(at, conversation, kind, actor, Content::default(), None);
        let by = actor.by;
        self.changes.push(Change::PrioritySet { conversation, part, priority, by });
        self.notify_conversation(at, Topic::PriorityUpdated, conversation);
    }

    /// Takes the text of a part, or of the message that opened it, away. False if there is no such
    /// part.
    pub(crate) fn redact(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        part: PartId,
        by: Origin,
    ) -> bool {
        let known = self.known(conversation);
        let found = std::iter::once(&mut known.source)
            .chain(&mut known.parts)
            .find(|found| found.id == part);
        let Some(found) = found else { return false };
        if !found.redacted {
            found.redact();
            known.updated_at = at;
            self.changes.push(Change::Redacted { conversation, part, by });
            self.notify_part(at, Topic::PartRedacted, conversation, part);
        }
        true
    }

    /// Merges it into another: it closes, its contacts join the other, and a part there says so.
    pub(crate) fn merge_conversation(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        into: ConversationId,
        by: Origin,
    ) -> PartId {
        let known = self.known(conversation);
        known.merged_into = Some(into);
        known.state = State::Closed;
        known.waiting_since = None;
        known.updated_at = at;
        let contacts: Vec<ContactId> = known.contacts().collect();
        for contact in contacts {
            let primary = self.known(into);
            if primary.contacts().all(|known| known != contact) {
                primary.joined.push(contact);
            }
            if let Some(contact) = self.contacts.get_mut(&contact)
                && contact.latest_conversation == Some(conversation)
            {
                contact.latest_conversation = Some(into);
            }
        }
        let part = self.add_operator_part(at, into, PartKind::MergedPrimary, None);
        self.changes.push(Change::Merged { conversation, into, part, by });
        part
    }

    /// Runs the old assignment rules, of which this workspace has none: the conversation goes to
    /// nobody, as in the example of `run_assignment_rules` (2.11).
    pub(crate) fn run_assignment_rules(
        &mut self,
        at: Moment,
        conversation: ConversationId,
    ) -> PartId {
        self.known(conversation).assign(at, Scope::NoTeamNorAdmin);
        let to = Assignee::Nobody;
        let kind = PartKind::DefaultAssignment;
        let part = self.add_operator_part(at, conversation, kind, Some(to));
        let (admin, by) = (None, Origin::Api);
        self.changes.push(Change::Assigned { conversation, part, to, admin, by });
        self.notify_conversation(at, Topic::AdminAssigned, conversation);
        part
    }

    /// Deletes it. What is left is its id.
    pub(crate) fn delete_conversation(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        metrics_retained: bool,
        by: Origin,
    ) {
        let contacts: Vec<ContactId> = self.known(conversation).contacts().collect();
        for contact in contacts {
            self.forget_latest(conversation, contact);
        }
        self.conversations.remove(&conversation);
        self.removals.insert(conversation, Removal { at, metrics_retained });
        self.changes.push(Change::Deleted { conversation, by });
        self.notify_deleted(at, conversation);
    }
}
