//! Tickets (schema `ticket`).

use serde_json::{Value, json};

use super::Lens;
use super::catalogue::first_ticket_state;
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::conversation::Author;
use crate::workspace::tickets::Ticket;

impl Lens {
    /// A ticket. Nobody is 0, which the description types as text before 2.16; its example has a number
    /// in both, and reports have a text (intercom/Intercom-OpenAPI#115).
    pub(crate) fn ticket(self, workspace: &Workspace, ticket: &Ticket) -> Value {
        let assignee = |id: Option<u64>| match self.version >= ApiVersion::V2_16 {
            true => json!(id.unwrap_or(0)),
            false => json!(id.unwrap_or(0).to_string()),
        };
        let kind = workspace.catalogue.ticket_types.iter().find(|kind| kind.id == ticket.kind);
        let contacts: Vec<Value> = ticket
            .contacts
            .iter()
            .map(|&id| {
                let contact = workspace.contact(id);
                let external_id = contact.and_then(|contact| contact.external_id.as_deref());
                json!({"type": "contact", "id": id, "external_id": external_id})
            })
            .collect();
        let linked: Vec<Value> = ticket
            .conversation
            .iter()
            .map(|id| json!({"type": "conversation", "id": id, "category": null}))
            .collect();
        let at = ticket.created_at.as_seconds();
        let mut value = json!({
            "type": "ticket",
            "id": ticket.id,
            "ticket_id": ticket.id,
            "category": kind.map(|kind| kind.category),
            "ticket_attributes": ticket.attributes,
            "ticket_state": first_ticket_state(),
            "ticket_type": kind.map(|kind| self.ticket_type(workspace, kind)),
            "contacts": {"type": "contact.list", "contacts": contacts},
            "admin_assignee_id": assignee(ticket.admin.map(|id| id.get())),
            "team_assignee_id": assignee(ticket.team.map(|id| id.get())),
            "created_at": at,
            "updated_at": at,
            "open": true,
            "linked_objects": {
                "type": "list",
                "data": linked,
                "total_count": linked.len(),
                "has_more": false,
            },
            "ticket_parts": {
                "type": "ticket_part.list",
                "ticket_parts": [self.first_ticket_part(workspace, ticket)],
                "total_count": 1,
            },
            "is_shared": kind.is_some_and(|kind| kind.category == Default::default()),
        });
        if self.version >= ApiVersion::V2_16 {
            value["previous_ticket_state_id"] = Value::Null;
        }
        value
    }

    /// The part that says that it was submitted, as in the description's example.
    fn first_ticket_part(self, workspace: &Workspace, ticket: &Ticket) -> Value {
        let at = ticket.created_at.as_seconds();
        let operator = workspace.persona(Author::Operator);
        json!({
            "type": "ticket_part",
            "id": format!("{}1", ticket.id),
            "part_type": "ticket_state_updated_by_admin",
            "ticket_state": "submitted",
            "previous_ticket_state": "submitted",
            "created_at": at,
            "updated_at": at,
            "author": {
                "type": operator.kind,
                "id": "0",
                "name": operator.name,
                "email": operator.email,
            },
            "attachments": [],
            "redacted": false,
        })
    }
}
