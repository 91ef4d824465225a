//! Contacts: how they come, change, merge and go, and what finds them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Moment;
use crate::identity::{AdminId, ContactId, ConversationId, TagId};
use crate::workspace::Workspace;
use crate::workspace::changes::Actor;
use crate::workspace::conversation::{AppliedTag, Author, Body};
use crate::workspace::directory::{Contact, Note, Role};
use crate::workspace::journal::{Change, Origin};
use crate::workspace::notification::Topic;

/// What finds contacts, and what is left of those that were merged away.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    by_external_id: BTreeMap<String, ContactId>,
    /// In lower case; a lead may share its address with a user.
    by_email: BTreeSet<(String, ContactId)>,
    /// Into whom the merged went.
    merged: BTreeMap<ContactId, ContactId>,
    merged_external_ids: BTreeMap<String, ContactId>,
    notes: BTreeMap<u64, Note>,
    last_note: u64,
}

impl Registry {
    fn add(&mut self, contact: &Contact) {
        if let Some(external_id) = &contact.external_id {
            self.by_external_id.insert(external_id.clone(), contact.id);
        }
        if let Some(email) = &contact.email {
            self.by_email.insert((email.to_lowercase(), contact.id));
        }
    }

    fn remove(&mut self, contact: &Contact) {
        if let Some(external_id) = &contact.external_id {
            self.by_external_id.remove(external_id);
        }
        if let Some(email) = &contact.email {
            self.by_email.remove(&(email.to_lowercase(), contact.id));
        }
    }

    fn of_email(&self, email: &str) -> impl Iterator<Item = ContactId> {
        let email = email.to_lowercase();
        let least = (email.clone(), ContactId::LEAST);
        let found = self.by_email.range(least..).take_while(move |(found, _)| *found == email);
        found.map(|&(_, id)| id)
    }
}

impl Workspace {
    /// The contact with this external id.
    pub(crate) fn contact_of_external_id(&self, external_id: &str) -> Option<&Contact> {
        self.contact(*self.registry.by_external_id.get(external_id)?)
    }

    /// The contact with this address: the user, if there is one, else the first lead.
    pub(crate) fn contact_of_email(&self, email: &str) -> Option<&Contact> {
        let found = self.registry.of_email(email).filter_map(|id| self.contact(id));
        found.min_by_key(|contact| contact.role == Role::Lead)
    }

    /// Who was made of a contact that was merged away, at the end of the chain.
    pub(crate) fn survivor_of(&self, id: ContactId) -> Option<ContactId> {
        let mut survivor = *self.registry.merged.get(&id)?;
        while let Some(&next) = self.registry.merged.get(&survivor) {
            survivor = next;
        }
        // Unless the survivor was deleted in turn.
        self.contacts.contains_key(&survivor).then_some(survivor)
    }

    /// [`survivor_of`](Self::survivor_of) the contact that had an external id.
    pub(crate) fn survivor_of_external_id(&self, external_id: &str) -> Option<ContactId> {
        self.survivor_of(*self.registry.merged_external_ids.get(external_id)?)
    }

    /// Another contact that has what only one can have: an external id, or a user's address.
    pub(crate) fn rival_of(&self, contact: &Contact) -> Option<ContactId> {
        let by_external_id = contact.external_id.as_deref();
        let by_external_id = by_external_id.and_then(|id| self.contact_of_external_id(id));
        let by_email = contact.email.as_deref().filter(|_| contact.role == Role::User);
        let by_email = by_email.into_iter().flat_map(|email| self.registry.of_email(email));
        let users =
            by_email.filter(|id| self.contact(*id).is_some_and(|found| found.role == Role::User));
        by_external_id.map(Contact::id).into_iter().chain(users).find(|id| *id != contact.id)
    }

    /// A contact that is not there yet, to be filled and [added](Self::add_contact).
    pub(crate) fn new_contact(&self, at: Moment) -> Contact {
        Contact::new(self.ids.clone().contact(at), at)
    }

    /// Adds a contact and tells of it. A lead without an external id is given a UUID.
    pub(crate) fn add_contact(&mut self, at: Moment, mut contact: Contact) -> ContactId {
        let id = self.ids.contact(at);
        contact.id = id;
        if contact.role == Role::Lead && contact.external_id.is_none() {
            contact.external_id = Some(self.ids.uuid());
        }
        let topic = match contact.role {
            Role::Lead => Topic::LeadCreated,
            Role::User => Topic::ContactUserCreated,
        };
        self.registry.add(&contact);
        self.contacts.insert(id, contact);
        self.changes.push(Change::ContactCreated { contact: id });
        self.notify_contact(at, topic, id);
        id
    }

    /// Puts a changed contact in the place of the old one, and tells what changed, if anything did.
    pub(crate) fn replace_contact(&mut self, at: Moment, mut contact: Contact) {
        let id = contact.id;
        let Some(old) = self.contacts.get(&id).filter(|old| **old != contact) else { return };
        let topics = topics_of(old, &contact);
        self.registry.remove(old);
        contact.updated_at = at;
        self.registry.add(&contact);
        self.contacts.insert(id, contact);
        self.changes.push(Change::ContactUpdated { contact: id });
        for topic in topics {
            self.notify_contact(at, topic, id);
        }
    }

    /// Deletes a contact, with what is kept by its id. Its conversations and tickets stay, with an id
    /// that leads nowhere; whoever it was on TikTok is a new lead with the next DM.
    pub(crate) fn delete_contact(&mut self, at: Moment, id: ContactId, by: Origin) {
        self.notify_contact(at, Topic::ContactDeleted, id);
        let Some(contact) = self.contacts.remove(&id) else { return };
        self.registry.remove(&contact);
        self.registry.notes.retain(|_, note| note.contact != id);
        self.hand_over_catalogue(id, None);
        self.users_by_contact.remove(&id);
        self.contacts_by_user.retain(|_, contact| *contact != id);
        self.changes.push(Change::ContactDeleted { contact: id, by });
    }

    /// Archives a contact or takes it back; tells of it only if that changes anything.
    pub(crate) fn set_archived(&mut self, at: Moment, id: ContactId, archived: bool, by: Origin) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        if contact.is_archived == archived {
            return;
        }
        contact.is_archived = archived;
        contact.updated_at = at;
        self.changes.push(Change::ContactArchived { contact: id, archived, by });
        let topic = match archived {
            true => Topic::ContactArchived,
            false => Topic::ContactUnarchived,
        };
        self.notify_contact(at, topic, id);
    }

    /// Blocks a contact. Intercom archives its conversations (description of `BlockContact`); what
    /// the API shows of that is not documented: here they are closed.
    pub(crate) fn block_contact(&mut self, at: Moment, id: ContactId, actor: Actor) {
        let Some(contact) = self.contacts.get_mut(&id) else { return };
        if std::mem::replace(&mut contact.is_blocked, true) {
            return;
        }
        contact.updated_at = at;
        self.changes.push(Change::ContactBlocked { contact: id, by: actor.by });
        let of_contact = self.conversations().filter(|found| found.contact() == id);
        let open = of_contact.filter(|found| found.state().is_open());
        let open: Vec<ConversationId> = open.map(|found| found.id()).collect();
        for conversation in open {
            self.close(at, conversation, actor, None);
        }
    }

    /// Merges a lead into a user: conversations, tickets, tags, notes, events, chosen subscription
    /// types and what the user lacked go over, and whoever the lead was on TikTok is the user from now
    /// on.
    pub(crate) fn merge_contact(&mut self, at: Moment, from: ContactId, into: ContactId) {
        let Some(lead) = self.contacts.remove(&from) else { return };
        let Some(user) = self.contacts.get_mut(&into) else { return };
        self.registry.remove(&lead);
        self.registry.remove(user);
        let external_id = lead.external_id.clone();
        user.absorb(lead);
        user.updated_at = at;
        self.registry.add(user);
        self.registry.merged.insert(from, into);
        if let Some(external_id) = external_id {
            self.registry.merged_external_ids.insert(external_id, from);
        }
        for note in self.registry.notes.values_mut().filter(|note| note.contact == from) {
            note.contact = into;
        }
        for conversation in self.conversations.values_mut() {
            conversation.change_contact(from, into);
        }
        let named = self.tickets.values_mut().flat_map(|ticket| &mut ticket.contacts);
        named.filter(|contact| **contact == from).for_each(|contact| *contact = into);
        self.hand_over_catalogue(from, Some(into));
        self.hand_over_user(from, into);
        self.changes.push(Change::ContactMerged { contact: from, into, by: Origin::Api });
        self.notify_contact_merged(at, from, into);
    }

    /// A contact can be several people on TikTok; its answers count against the window of the first.
    fn hand_over_user(&mut self, from: ContactId, into: ContactId) {
        for contact in self.contacts_by_user.values_mut().filter(|contact| **contact == from) {
            *contact = into;
        }
        if let Some(user) = self.users_by_contact.remove(&from) {
            self.users_by_contact.entry(into).or_insert(user);
        }
    }

    /// Puts a tag on a contact, at most once.
    pub(crate) fn tag_contact(
        &mut self,
        at: Moment,
        id: ContactId,
        tag: TagId,
        actor: Actor,
    ) -> AppliedTag {
        let applied = AppliedTag { tag, at, by: actor.admin };
        let Some(contact) = self.contacts.get_mut(&id) else { return applied };
        if let Some(&applied) = contact.tags.iter().find(|applied| applied.tag == tag) {
            return applied;
        }
        contact.tags.push(applied);
        contact.updated_at = at;
        let topic = match contact.role {
            Role::Lead => Topic::LeadTagCreated,
            Role::User => Topic::ContactUserTagCreated,
        };
        self.changes.push(Change::ContactTagged { contact: id, tag, by: actor.by });
        self.notify_contact_tag(at, topic, id, applied);
        applied
    }

    /// Takes a tag off a contact; nothing if it is not on.
    pub(crate) fn untag_contact(
        &mut self,
        at: Moment,
        id: ContactId,
        tag: TagId,
        by: Origin,
    ) -> Option<AppliedTag> {
        let contact = self.contacts.get_mut(&id)?;
        let index = contact.tags.iter().position(|applied| applied.tag == tag)?;
        let applied = contact.tags.remove(index);
        contact.updated_at = at;
        let topic = match contact.role {
            Role::Lead => Topic::LeadTagDeleted,
            Role::User => Topic::ContactUserTagDeleted,
        };
        self.changes.push(Change::ContactUntagged { contact: id, tag, by });
        self.notify_contact_tag(at, topic, id, applied);
        Some(applied)
    }

    /// A note by its number.
    pub(crate) fn note_of(&self, id: u64) -> Option<&Note> {
        self.registry.notes.get(&id)
    }

    /// Writes a note about a contact; no topic tells of it.
    pub(crate) fn note_contact(
        &mut self,
        at: Moment,
        contact: ContactId,
        author: AdminId,
        text: &str,
    ) -> u64 {
        self.registry.last_note += 1;
        let id = self.registry.last_note;
        let body = Body::from_input(text).map(|body| body.html().into_owned()).unwrap_or_default();
        let note = Note { id, contact, author, body, created_at: at };
        self.registry.notes.insert(id, note);
        if let Some(contact) = self.contacts.get_mut(&contact) {
            contact.notes.push(id);
        }
        self.changes.push(Change::ContactNoted { contact, note: id, by: Origin::Api });
        id
    }
}

/// What tells of a change of a contact. In which order several come is not documented.
fn topics_of(old: &Contact, new: &Contact) -> Vec<Topic> {
    let mut topics = Vec::new();
    if (old.role, new.role) == (Role::Lead, Role::User) {
        topics.push(Topic::LeadSignedUp);
    }
    if old.email != new.email {
        match (new.role, &old.email) {
            (Role::Lead, None) => topics.push(Topic::LeadAddedEmail),
            _ => topics.push(Topic::EmailUpdated),
        }
    }
    topics.push(match new.role {
        Role::Lead => Topic::LeadUpdated,
        Role::User => Topic::ContactUserUpdated,
    });
    topics
}

impl super::Conversation {
    /// One contact takes the place of another, in what they wrote too.
    fn change_contact(&mut self, from: ContactId, into: ContactId) {
        if self.contacts().all(|contact| contact != from) {
            return;
        }
        if self.contact == from {
            self.contact = into;
        }
        let known = self.joined.contains(&into) || self.contact == into;
        match known {
            true => self.joined.retain(|joined| *joined != from && *joined != self.contact),
            false => {
                for joined in self.joined.iter_mut().filter(|joined| **joined == from) {
                    *joined = into;
                }
            }
        }
        for part in std::iter::once(&mut self.source).chain(&mut self.parts) {
            if part.author == Author::Contact(from) {
                part.author = Author::Contact(into);
            }
        }
    }
}
