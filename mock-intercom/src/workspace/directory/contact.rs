//! A contact: a lead or a user.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Moment;
use crate::identity::{AdminId, ContactId, ConversationId};
use crate::workspace::conversation::AppliedTag;

/// Whether a contact has signed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Lead,
    User,
}

impl Role {
    /// Intercom's word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::User => "user",
        }
    }
}

/// A person who writes: a lead, as the bridge creates them, or a user.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    pub(crate) id: ContactId,
    pub(crate) role: Role,
    /// A UUID unless the API gave another, for leads; a user may have none.
    pub(crate) external_id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) name: Option<String>,
    /// The address of a picture.
    pub(crate) avatar: Option<String>,
    pub(crate) owner: Option<AdminId>,
    pub(crate) unsubscribed_from_emails: bool,
    pub(crate) language: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) custom_attributes: BTreeMap<String, Value>,
    pub(crate) created_at: Moment,
    pub(crate) updated_at: Moment,
    pub(crate) signed_up_at: Option<Moment>,
    pub(crate) last_seen_at: Option<Moment>,
    pub(crate) last_replied_at: Option<Moment>,
    pub(crate) last_contacted_at: Option<Moment>,
    pub(crate) latest_conversation: Option<ConversationId>,
    pub(crate) is_archived: bool,
    pub(crate) is_blocked: bool,
    pub(crate) tags: Vec<AppliedTag>,
    /// The numbers of the notes about it, oldest first.
    pub(crate) notes: Vec<u64>,
}

impl Contact {
    /// A lead of whom nothing is known.
    pub(crate) const fn new(id: ContactId, at: Moment) -> Self {
        Self {
            id,
            role: Role::Lead,
            external_id: None,
            email: None,
            phone: None,
            name: None,
            avatar: None,
            owner: None,
            unsubscribed_from_emails: false,
            language: None,
            country: None,
            custom_attributes: BTreeMap::new(),
            created_at: at,
            updated_at: at,
            signed_up_at: None,
            last_seen_at: None,
            last_replied_at: None,
            last_contacted_at: None,
            latest_conversation: None,
            is_archived: false,
            is_blocked: false,
            tags: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The id.
    pub const fn id(&self) -> ContactId {
        self.id
    }

    /// The name, if somebody told one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The custom attributes.
    pub const fn custom_attributes(&self) -> &BTreeMap<String, Value> {
        &self.custom_attributes
    }

    /// The conversation that the next DM goes to.
    pub const fn latest_conversation(&self) -> Option<ConversationId> {
        self.latest_conversation
    }

    /// Takes over what another knew and this one does not, and what both collect.
    pub(crate) fn absorb(&mut self, other: Self) {
        for (own, others) in [
            (&mut self.email, other.email),
            (&mut self.phone, other.phone),
            (&mut self.name, other.name),
            (&mut self.avatar, other.avatar),
            (&mut self.language, other.language),
            (&mut self.country, other.country),
        ] {
            *own = own.take().or(others);
        }
        for (name, value) in other.custom_attributes {
            self.custom_attributes.entry(name).or_insert(value);
        }
        for applied in other.tags {
            if self.tags.iter().all(|own| own.tag != applied.tag) {
                self.tags.push(applied);
            }
        }
        self.notes.extend(other.notes);
        self.notes.sort_unstable();
        self.owner = self.owner.or(other.owner);
        self.last_seen_at = self.last_seen_at.max(other.last_seen_at);
        self.last_replied_at = self.last_replied_at.max(other.last_replied_at);
        self.last_contacted_at = self.last_contacted_at.max(other.last_contacted_at);
        self.latest_conversation = self.latest_conversation.max(other.latest_conversation);
    }
}

/// A note about a contact.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) contact: ContactId,
    pub(crate) author: AdminId,
    /// HTML.
    pub(crate) body: String,
    pub(crate) created_at: Moment,
}
