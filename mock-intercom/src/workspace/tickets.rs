//! Tickets: made for a contact, or of a conversation. Nothing in here changes one afterwards.

use std::collections::BTreeMap;

use crate::Moment;
use crate::identity::{AdminId, ContactId, ConversationId, TeamId, TicketId};
use crate::workspace::Workspace;
use crate::workspace::journal::{Change, Origin};
use crate::workspace::notification::Topic;

/// A ticket.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) id: TicketId,
    /// The id of its type.
    pub(crate) kind: u64,
    pub(crate) contacts: Vec<ContactId>,
    /// Null for what was not said.
    pub(crate) attributes: BTreeMap<String, Option<String>>,
    pub(crate) admin: Option<AdminId>,
    pub(crate) team: Option<TeamId>,
    /// The conversation that it was made of, or is linked to.
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) created_at: Moment,
}

impl Workspace {
    /// A ticket by its id.
    pub(crate) fn ticket(&self, id: TicketId) -> Option<&Ticket> {
        self.tickets.get(&id)
    }

    /// Adds a ticket, with an id of its own, and tells of it.
    pub(crate) fn add_ticket(&mut self, at: Moment, mut ticket: Ticket) -> TicketId {
        let id = self.ids.ticket();
        ticket.id = id;
        if let Some(conversation) = ticket.conversation {
            let known = self.known(conversation);
            known.tickets.push(id);
            known.updated_at = at;
        }
        let conversation = ticket.conversation;
        self.tickets.insert(id, ticket);
        self.changes.push(Change::TicketCreated { ticket: id, conversation, by: Origin::Api });
        self.notify_ticket(at, Topic::TicketCreated, id);
        id
    }
}
