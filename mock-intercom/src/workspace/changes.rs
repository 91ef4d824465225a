//! The changes themselves, shared by the API, the inbox and the bridge. Their callers have checked
//! that the ids exist; here a change is made, journaled and announced.

mod lifecycle;

use serde_json::{Map, Value};

use crate::Moment;
use crate::identity::{AdminId, ConversationId, PartId, TagId};
use crate::workspace::catalogue::Activity;
use crate::workspace::conversation::{
    AppliedTag, Author, Body, Content, Part, PartKind, Scope, State,
};
use crate::workspace::directory::Tag;
use crate::workspace::journal::{Assignee, Change, Origin};
use crate::workspace::notification::Topic;
use crate::workspace::{Due, Workspace};
use crate::workspace_file::AwayReasonEntry;

/// A teammate and the door they came through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor {
    pub(crate) admin: AdminId,
    pub(crate) by: Origin,
}

impl Workspace {
    /// Assigns a conversation. Assigning to the owner it already has is a new part all the same.
    pub(crate) fn assign(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        scope: Scope,
        actor: Actor,
        body: Option<Body>,
    ) -> PartId {
        let was_open = self.known(conversation).state() == State::Open;
        let kind = self.known(conversation).assign(at, scope);
        let to = scope.assignee();
        let part = self.add_admin_part(at, conversation, kind, actor, body.into(), Some(to));
        let (admin, by) = (Some(actor.admin), actor.by);
        self.changes.push(Change::Assigned { conversation, part, to, admin, by });
        self.notify_conversation(at, Topic::AdminAssigned, conversation);
        if was_open && to != Assignee::Nobody {
            self.notify_conversation(at, Topic::AdminOpenAssigned, conversation);
        }
        part
    }

    /// A contact has written to a teammate who is away with replies reassigned: Intercom takes the
    /// teammate off, and the conversation is back in the inbox of its team (Intercom help, article
    /// 6522874). What tells of it is not documented. Here it is what every unassignment leaves: an
    /// `assignment` to `nobody_admin` (intercom/Intercom-OpenAPI, PR 643), by the bot that is the
    /// author of Intercom's own assignments (example of `run_assignment_rules`, 2.11), announced
    /// by `conversation.admin.assigned`, after the message.
    pub(super) fn reassign_reply(&mut self, at: Moment, conversation: ConversationId) {
        let owner = self.known(conversation).admin;
        let owner = owner.and_then(|admin| self.admins.get(&admin));
        if !owner.is_some_and(|admin| admin.away && admin.away_reassign) {
            return;
        }
        let kind = self.known(conversation).assign(at, Scope::NoAdmin);
        let to = Assignee::Nobody;
        let part = self.add_operator_part(at, conversation, kind, Some(to));
        let (admin, by) = (None, Origin::Intercom);
        self.changes.push(Change::Assigned { conversation, part, to, admin, by });
        self.notify_conversation(at, Topic::AdminAssigned, conversation);
    }

    pub(crate) fn close(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        actor: Actor,
        body: Option<Body>,
    ) -> PartId {
        self.known(conversation).close(at, actor.admin);
        let part = self.add_admin_part(at, conversation, PartKind::Close, actor, body.into(), None);
        let Actor { admin, by } = actor;
        self.changes.push(Change::Closed { conversation, part, admin, by });
        self.notify_conversation(at, Topic::AdminClosed, conversation);
        part
    }

    pub(crate) fn open(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        actor: Actor,
    ) -> PartId {
        let kind = self.known(conversation).open();
        let part = self.add_admin_part(at, conversation, kind, actor, Content::default(), None);
        self.changes.push(Change::Opened {
            conversation,
            part,
            admin: Some(actor.admin),
            by: actor.by,
        });
        let topic = match kind {
            PartKind::Unsnoozed => Topic::AdminUnsnoozed,
            _ => Topic::AdminOpened,
        };
        self.notify_conversation(at, topic, conversation);
        part
    }

    pub(crate) fn snooze(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        until: Moment,
        actor: Actor,
    ) -> PartId {
        self.known(conversation).state = State::Snoozed { until };
        self.agenda.add(until, Due::Wake(conversation));
        let part = self.add_admin_part(
            at,
            conversation,
            PartKind::Snoozed,
            actor,
            Content::default(),
            None,
        );
        let Actor { admin, by } = actor;
        self.changes.push(Change::Snoozed { conversation, part, until, admin, by });
        self.notify_conversation(at, Topic::AdminSnoozed, conversation);
        part
    }

    /// A snooze comes to its end, unless it was ended or moved before.
    pub(super) fn wake(&mut self, at: Moment, conversation: ConversationId) {
        match self.known(conversation).state() {
            State::Snoozed { until } if until <= at => {}
            _ => return,
        }
        self.known(conversation).state = State::Open;
        let part = self.add_operator_part(at, conversation, PartKind::TimerUnsnooze, None);
        let by = Origin::Intercom;
        self.changes.push(Change::Opened { conversation, part, admin: None, by });
        self.notify_conversation(at, Topic::AdminUnsnoozed, conversation);
    }

    /// A teammate's answer. Whether an answer to a closed conversation reopens it is not
    /// documented; here it stays as it is.
    pub(crate) fn reply(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        actor: Actor,
        content: impl Into<Content>,
    ) -> PartId {
        let content = content.into();
        let contact = {
            let known = self.known(conversation);
            known.admin_replied(at);
            known.contact
        };
        if let Some(contact) = self.contacts.get_mut(&contact) {
            contact.last_contacted_at = Some(at);
        }
        let kind = match content.quick_replies.is_empty() {
            true => PartKind::Comment,
            false => PartKind::QuickReply,
        };
        let part = self.add_admin_part(at, conversation, kind, actor, content, None);
        let Actor { admin, by } = actor;
        self.changes.push(Change::Replied { conversation, part, admin, by });
        self.notify_conversation(at, Topic::AdminReplied, conversation);
        self.pass_on(at, conversation, part);
        part
    }

    pub(crate) fn note(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        actor: Actor,
        content: impl Into<Content>,
    ) -> PartId {
        let content = content.into();
        let part = self.add_admin_part(at, conversation, PartKind::Note, actor, content, None);
        let Actor { admin, by } = actor;
        self.changes.push(Change::Noted { conversation, part, admin, by });
        self.notify_conversation(at, Topic::AdminNoted, conversation);
        part
    }

    /// Sets custom attributes, each on a part of its own (example of `PUT /conversations/{id}`, where
    /// a bot is the author). What has its value already does not change; null takes the attribute
    /// away. No topic tells of it.
    pub(crate) fn set_attributes(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        attributes: Map<String, Value>,
        by: Origin,
    ) {
        for (name, value) in attributes {
            if !self.known(conversation).set_attribute(&name, value) {
                continue;
            }
            let part = self.add_operator_part(at, conversation, PartKind::AttributeUpdated, None);
            self.changes.push(Change::AttributeSet { conversation, part, attribute: name, by });
        }
    }

    /// The tag of this name, in any case (schema `create_or_update_tag_request`); made if there is
    /// none.
    pub(crate) fn tag_named(&mut self, name: &str, by: Origin) -> TagId {
        let wanted = name.to_lowercase();
        if let Some(tag) = self.tags.values().find(|tag| tag.name.to_lowercase() == wanted) {
            return tag.id;
        }
        let tag = Tag { id: self.ids.tag(), name: name.to_owned() };
        let id = tag.id;
        self.tags.insert(id, tag);
        self.changes.push(Change::TagCreated { tag: id, by });
        id
    }

    /// Gives a tag that is there another name.
    pub(crate) fn rename_tag(&mut self, id: TagId, name: &str, by: Origin) {
        let Some(tag) = self.tags.get_mut(&id) else { return };
        if tag.name != name {
            name.clone_into(&mut tag.name);
            self.changes.push(Change::TagRenamed { tag: id, by });
        }
    }

    /// Deletes a tag that is there, and takes it off every conversation, which no topic tells.
    pub(crate) fn delete_tag(&mut self, id: TagId, by: Origin) {
        for conversation in self.conversations.values_mut() {
            conversation.tags.retain(|applied| applied.tag != id);
        }
        for contact in self.contacts.values_mut() {
            contact.tags.retain(|applied| applied.tag != id);
        }
        self.tags.remove(&id);
        self.changes.push(Change::TagDeleted { tag: id, by });
    }

    /// Puts a tag on, at most once.
    pub(crate) fn add_tag(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        tag: TagId,
        actor: Actor,
    ) -> AppliedTag {
        let known = self.known(conversation);
        if let Some(&applied) = known.tags.iter().find(|applied| applied.tag == tag) {
            return applied;
        }
        let applied = AppliedTag { tag, at, by: actor.admin };
        known.tags.push(applied);
        known.updated_at = at;
        self.changes.push(Change::Tagged { conversation, tag, by: actor.by });
        self.notify_tagged(at, conversation, applied);
        applied
    }

    /// Takes a tag off; `None` when it was not on. No topic tells of it.
    pub(crate) fn remove_tag(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        tag: TagId,
        by: Origin,
    ) -> Option<AppliedTag> {
        let known = self.known(conversation);
        let index = known.tags.iter().position(|applied| applied.tag == tag)?;
        let applied = known.tags.remove(index);
        known.updated_at = at;
        self.changes.push(Change::Untagged { conversation, tag, by });
        Some(applied)
    }

    /// Sets away mode, with a reason known by its id; tells of it only if that changes anything.
    pub(crate) fn set_away(
        &mut self,
        at: Moment,
        actor: Actor,
        away: bool,
        reassign: bool,
        reason: Option<u64>,
    ) {
        let reason = reason.filter(|_| away);
        let Actor { admin: id, by } = actor;
        let Some(admin) = self.admins.get_mut(&id) else {
            return;
        };
        if (admin.away, admin.away_reassign, admin.away_reason) == (away, reassign, reason) {
            return;
        }
        (admin.away, admin.away_reassign, admin.away_reason) = (away, reassign, reason);
        let reason = reason.and_then(|id| self.catalogue.away_reason(id));
        let reason = reason.map(AwayReasonEntry::text);
        let log = &mut self.catalogue.activity;
        log.push(Activity { id: 0, at, admin: id, away, reassign, reason, by });
        self.changes.push(Change::AwayModeSet { admin: id, away, reassign, by });
        self.notify_away(at, id);
    }

    fn add_admin_part(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        kind: PartKind,
        actor: Actor,
        content: Content,
        assigned_to: Option<Assignee>,
    ) -> PartId {
        self.known(conversation).participants.insert(actor.admin);
        self.add_part(conversation, |id, state| {
            let at = content.written_at.unwrap_or(at);
            let mut part = Part::new(id, kind, Author::Admin(actor.admin), at, state);
            part.assigned_to = assigned_to;
            part.via_api = actor.by == Origin::Api;
            part.fill(content);
            part
        })
    }

    /// By Intercom's own bot.
    pub(super) fn add_operator_part(
        &mut self,
        at: Moment,
        conversation: ConversationId,
        kind: PartKind,
        assigned_to: Option<Assignee>,
    ) -> PartId {
        self.add_part(conversation, |id, state| {
            let mut part = Part::new(id, kind, Author::Operator, at, state);
            part.assigned_to = assigned_to;
            part
        })
    }

    /// Appends a part to a conversation whose state it has already changed.
    pub(super) fn add_part(
        &mut self,
        conversation: ConversationId,
        part: impl FnOnce(PartId, State) -> Part,
    ) -> PartId {
        let id = self.ids.part();
        let now = self.now;
        let known = self.known(conversation);
        let part = part(id, known.state);
        known.updated_at = known.updated_at.max(now);
        known.parts.push(part);
        id
    }
}
