//! Tickets: make one for a contact, look at it, make a conversation into one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::identity::{AdminId, ContactId, ConversationId, TeamId, TicketId};
use crate::workspace::Workspace;
use crate::workspace::directory::{Contact, Role};
use crate::workspace::teammates::BODY_LIMIT;
use crate::workspace::tickets::Ticket;
use crate::workspace_file::TicketCategory;

/// The attributes that every type of ticket has.
const ATTRIBUTES: [&str; 2] = ["_default_title_", "_default_description_"];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("createTicket", "POST", "/tickets", Permission::WriteTickets, |it, call| {
        it.post_ticket(call)
    }),
    Operation::new(
        "getTicket",
        "GET",
        "/tickets/{ticket_id}",
        Permission::ReadTickets,
        |it, call| it.get_ticket(call),
    ),
    Operation::new(
        "convertConversationToTicket",
        "POST",
        "/conversations/{conversation_id}/convert",
        Permission::WriteTickets,
        |it, call| it.post_conversion(call),
    ),
];

impl Workspace {
    fn post_ticket(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        if fields.get("company_id").is_some() {
            return Err(ApiError::not_covered("'company_id' in POST /tickets"));
        }
        let (kind, category) = self.ticket_type_of(&fields)?;
        let conversation = match fields.get("conversation_to_link_id") {
            None => None,
            // A customer's ticket is not linked to a conversation (description of the field).
            Some(_) if category == TicketCategory::Customer => {
                let message =
                    "A conversation can only be linked to a back-office or tracker ticket";
                return Err(ApiError::invalid("conversation_to_link_id", message));
            }
            Some(_) => {
                let id = fields.id("conversation_to_link_id")?.map(ConversationId::new);
                let id = id.filter(|&id| self.conversation(id).is_some());
                Some(id.ok_or_else(|| ApiError::missing("not_found", "Conversation not found"))?)
            }
        };
        let attributes = attributes(fields.get("ticket_attributes"), "ticket_attributes")?;
        let (admin, team) = self.ticket_owner(fields.get("assignment"))?;
        let created_at = super::conversations::written_at(call, &fields)?.unwrap_or(call.at);
        // Last, for it may make a contact.
        let contacts = vec![self.contact_of_ticket(call, &fields)?];
        let ticket = Ticket {
            id: TicketId::new(0),
            kind,
            contacts,
            attributes,
            admin,
            team,
            conversation,
            created_at,
        };
        self.add_and_show(call, ticket)
    }

    fn add_and_show(&mut self, call: &Call<'_>, ticket: Ticket) -> Result<ApiResponse, ApiError> {
        let id = self.add_ticket(call.at, ticket);
        let ticket = self.ticket(id).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.ticket(self, ticket)))
    }

    fn get_ticket(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let ticket = call.id(0).parse().ok().and_then(|id| self.ticket(id));
        Ok(ApiResponse::ok(&call.lens.ticket(self, ticket.ok_or_else(ApiError::not_found)?)))
    }

    /// The conversation goes on, with the ticket among its linked objects.
    fn post_conversion(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let id = self.conversation_id(call.id(0))?;
        let (kind, category) = self.ticket_type_of(&fields)?;
        if category != TicketCategory::Customer {
            let message = "Ticket type is not a customer ticket type";
            return Err(ApiError::invalid(None, message));
        }
        if fields.get("ticket_state_id").is_some() && fields.id("ticket_state_id")? != Some(1) {
            return Err(ApiError::not_covered("states of tickets but the first"));
        }
        let attributes = attributes(fields.get("attributes"), "attributes")?;
        let conversation = self.conversation(id).ok_or_else(ApiError::not_found)?;
        if !conversation.tickets.is_empty() {
            let message = "The conversation has a ticket already";
            return Err(ApiError::invalid(None, message));
        }
        let ticket = Ticket {
            id: TicketId::new(0),
            kind,
            contacts: conversation.contacts().collect(),
            attributes,
            admin: conversation.admin(),
            team: conversation.team(),
            conversation: Some(id),
            created_at: call.at,
        };
        self.add_and_show(call, ticket)
    }

    /// An unknown type is 400, in the words of this mock.
    fn ticket_type_of(&self, fields: &Fields) -> Result<(u64, TicketCategory), ApiError> {
        let id = fields.id("ticket_type_id")?;
        let kind = self.catalogue.ticket_types.iter().find(|kind| Some(kind.id) == id);
        let kind =
            kind.ok_or_else(|| ApiError::invalid("ticket_type_id", "Ticket type not found"))?;
        Ok((kind.id, kind.category))
    }

    /// Exactly one contact, named in one of three ways ("Currently only one is allowed"); an unknown
    /// address makes a contact.
    fn contact_of_ticket(
        &mut self,
        call: &Call<'_>,
        fields: &Fields,
    ) -> Result<ContactId, ApiError> {
        let contact = match fields.get("contacts") {
            None => return Err(ApiError::absent("contacts")),
            Some(Value::Array(contacts)) => match contacts.as_slice() {
                [Value::Object(contact)] => Fields::of(contact.clone()),
                _ => return Err(ApiError::invalid("contacts", "contacts must be one contact")),
            },
            Some(_) => return Err(ApiError::invalid("contacts", "contacts must be an array")),
        };
        if let Some(id) = contact.optional_text("id")? {
            return Ok(self.contact_of_id(call, id)?.id);
        }
        if let Some(external_id) = contact.optional_text("external_id")? {
            let found = self.contact_of_external_id(external_id).map(Contact::id);
            let survivor = self.survivor_of_external_id(external_id);
            return found.ok_or_else(|| ApiError::contact_gone(call.lens.version(), survivor));
        }
        let email = contact.optional_text("email")?.ok_or_else(|| ApiError::absent("contacts"))?;
        if let Some(known) = self.contact_of_email(email) {
            return Ok(known.id);
        }
        if email.len() > 255 || !email.contains('@') {
            return Err(ApiError::invalid("contacts", "email must be an address"));
        }
        let mut contact = self.new_contact(call.at);
        (contact.role, contact.email) = (Role::User, Some(email.to_owned()));
        Ok(self.add_contact(call.at, contact))
    }

    fn ticket_owner(
        &self,
        assignment: Option<&Value>,
    ) -> Result<(Option<AdminId>, Option<TeamId>), ApiError> {
        let fields = match assignment {
            None => return Ok((None, None)),
            Some(Value::Object(assignment)) => Fields::of(assignment.clone()),
            Some(_) => {
                return Err(ApiError::invalid("assignment", "assignment must be an object"));
            }
        };
        let id = |name| fields.get(name).map(|_| fields.id(name)).transpose();
        let admin = id("admin_assignee_id")?.map(|id| id.and_then(|id| self.admin(id.into())));
        let team = id("team_assignee_id")?.map(|id| id.and_then(|id| self.team(id.into())));
        if matches!(admin, Some(None)) || matches!(team, Some(None)) {
            return Err(ApiError::not_found());
        }
        Ok((admin.flatten().map(|admin| admin.id()), team.flatten().map(|team| team.id())))
    }
}

/// The attributes of a ticket: texts, or null.
fn attributes(
    given: Option<&Value>,
    name: &'static str,
) -> Result<BTreeMap<String, Option<String>>, ApiError> {
    let mut found: BTreeMap<String, Option<String>> =
        ATTRIBUTES.iter().map(|&key| (key.to_owned(), None)).collect();
    let given = match given {
        None => return Ok(found),
        Some(Value::Object(given)) => given,
        Some(_) => return Err(ApiError::invalid(name, format!("{name} must be an object"))),
    };
    for (key, value) in given {
        let held = found.get_mut(key);
        let text = match value {
            Value::Null => Some(None),
            Value::String(text) if text.len() <= BODY_LIMIT => Some(Some(text.clone())),
            _ => None,
        };
        match (held, text) {
            (Some(held), Some(text)) => *held = text,
            _ => {
                let known = ATTRIBUTES.join(" and ");
                return Err(ApiError::invalid(name, format!("{name} may have {known}, as texts")));
            }
        }
    }
    Ok(found)
}
