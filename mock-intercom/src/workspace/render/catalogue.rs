//! What is around contacts and teammates, in REST.

use serde_json::{Value, json};

use super::Lens;
use crate::workspace::Workspace;
use crate::workspace::catalogue::attributes::{DataAttribute, StandardAttribute};
use crate::workspace::catalogue::office_hours::OfficeHours;
use crate::workspace::catalogue::{Activity, MADE_AT};
use crate::workspace::journal::Origin;
use crate::workspace_file::{
    AwayReasonEntry, SegmentEntry, SubscriptionTypeEntry, TicketTypeEntry,
};

impl Lens {
    /// A segment (schema `segment`), with how many contacts it has if that was asked for.
    pub(crate) fn segment(self, segment: &SegmentEntry, count: Option<usize>) -> Value {
        let mut value = json!({
            "type": "segment",
            "id": segment.id,
            "name": segment.name,
            "created_at": MADE_AT.as_seconds(),
            "updated_at": MADE_AT.as_seconds(),
            "person_type": segment.person_type,
        });
        if let Some(count) = count {
            value["count"] = count.into();
        }
        value
    }

    /// A subscription type (schema `subscription_type`).
    pub(crate) fn subscription_type(self, kind: &SubscriptionTypeEntry) -> Value {
        let translation = json!({
            "name": kind.name,
            "description": kind.description,
            "locale": kind.locale,
        });
        json!({
            "type": "subscription",
            "id": kind.id.to_string(),
            "state": "live",
            "consent_type": kind.consent_type,
            "default_translation": translation,
            "translations": [translation],
            "content_types": kind.content_types,
        })
    }

    /// Office hours (schema `office_hours_schedule`).
    pub(crate) fn office_hours(self, hours: &OfficeHours) -> Value {
        let intervals: Vec<Value> = hours
            .intervals()
            .iter()
            .map(|span| {
                json!({
                    "start_minute": span.start_minute,
                    "end_minute": span.end_minute,
                    "day_of_week": span.start_minute / (24 * 60),
                })
            })
            .collect();
        json!({
            "type": "office_hours_schedule",
            "id": hours.id().to_string(),
            "name": hours.name(),
            "time_zone_name": hours.time_zone(),
            "time_intervals": intervals,
            "twenty_four_seven": hours.is_twenty_four_seven(),
            "created_at": MADE_AT.as_seconds(),
            "updated_at": MADE_AT.as_seconds(),
        })
    }

    /// A reason for being away (schema `away_status_reason`); `order` counts from 1.
    pub(crate) fn away_reason(self, reason: &AwayReasonEntry, order: usize) -> Value {
        json!({
            "type": "away_status_reason",
            "id": reason.id.to_string(),
            "label": reason.label,
            "emoji": reason.emoji,
            "order": order,
            "deleted": reason.deleted,
            "created_at": MADE_AT.as_seconds(),
            "updated_at": MADE_AT.as_seconds(),
        })
    }

    /// A custom attribute (schema `data_attribute`).
    pub(crate) fn data_attribute(self, attribute: &DataAttribute) -> Value {
        let mut value = json!({
            "type": "data_attribute",
            "id": attribute.id,
            "model": attribute.model,
            "name": attribute.name,
            "full_name": format!("custom_attributes.{}", attribute.name),
            "label": attribute.name,
            "data_type": attribute.data_type,
            "api_writable": true,
            "ui_writable": false,
            "messenger_writable": attribute.messenger_writable,
            "custom": true,
            "archived": false,
            "created_at": attribute.made_at.as_seconds(),
            "updated_at": attribute.made_at.as_seconds(),
        });
        if let Some(description) = &attribute.description {
            value["description"] = description.as_str().into();
        }
        if !attribute.options.is_empty() {
            value["options"] = json!(attribute.options);
        }
        if let Some(admin) = attribute.admin {
            value["admin_id"] = json!(admin);
        }
        value
    }

    /// An attribute that every workspace has (schema `data_attribute`).
    pub(crate) fn standard_attribute(self, attribute: &StandardAttribute) -> Value {
        json!({
            "type": "data_attribute",
            "model": attribute.model,
            "name": attribute.name,
            "full_name": attribute.name,
            "label": attribute.label,
            "description": attribute.label,
            "data_type": attribute.data_type,
            "api_writable": attribute.api_writable,
            "ui_writable": false,
            "messenger_writable": true,
            "custom": false,
            "archived": false,
        })
    }

    /// An attribute of conversations (schema `conversation_attribute`), numbered from 1. The file
    /// tells only names: they hold text.
    pub(crate) fn conversation_attribute(self, id: usize, name: &str, admin: &Value) -> Value {
        json!({
            "type": "conversation_attribute",
            "id": id,
            "name": name,
            "description": "",
            "data_type": "string",
            "required": false,
            "visible_to_team_ids": [],
            "archived": false,
            "created_at": MADE_AT.as_seconds(),
            "updated_at": MADE_AT.as_seconds(),
            "admin_id": admin,
            "multiline": false,
        })
    }

    /// What a teammate did (schema `activity_log`). How Intercom words a change of away mode, and
    /// where it says a call of the API came from, is in no source.
    pub(crate) fn activity(self, workspace: &Workspace, activity: &Activity) -> Value {
        let admin = workspace.admin(activity.admin);
        let name = admin.map_or("", |admin| admin.name());
        let door = match activity.by {
            Origin::Api => "api",
            Origin::Ui | Origin::Bridge | Origin::Intercom => "web",
        };
        let done = if activity.away { "turned away mode on" } else { "turned away mode off" };
        json!({
            "id": activity.id.to_string(),
            "performed_by": {
                "type": "admin",
                "id": activity.admin,
                "email": admin.map_or("", |admin| admin.email.as_str()),
                "ip": "127.0.0.1",
            },
            "metadata": {
                "away_mode": activity.away,
                "away_status_reason": activity.reason,
                "reassign_conversations": activity.reassign,
                "source": format!("admin update from {door} - Admin id: {}", activity.admin),
                "update_by": activity.admin.get(),
                "update_by_name": name,
            },
            "created_at": activity.at.as_seconds(),
            "activity_type": "admin_away_mode_change",
            "activity_description": format!("{name} {done}."),
        })
    }

    /// A type of ticket, with the attributes and states that its example has (`GET /ticket_types`).
    pub(crate) fn ticket_type(self, workspace: &Workspace, kind: &TicketTypeEntry) -> Value {
        let attributes = [("_default_title_", false), ("_default_description_", true)];
        let attributes: Vec<Value> = attributes
            .iter()
            .enumerate()
            .map(|(order, (name, multiline))| {
                json!({
                    "type": "ticket_type_attribute",
                    "id": format!("{}{order}", kind.id),
                    "workspace_id": workspace.app.id,
                    "name": name,
                    "description": "",
                    "data_type": "string",
                    "input_options": {"multiline": multiline},
                    "order": order,
                    "required_to_create": false,
                    "required_to_create_for_contacts": false,
                    "visible_on_create": true,
                    "visible_to_contacts": true,
                    "default": true,
                    "ticket_type_id": kind.id,
                    "archived": false,
                    "created_at": MADE_AT.as_seconds(),
                    "updated_at": MADE_AT.as_seconds(),
                })
            })
            .collect();
        json!({
            "type": "ticket_type",
            "id": kind.id.to_string(),
            "category": kind.category,
            "name": kind.name,
            "description": kind.description,
            "icon": kind.icon,
            "workspace_id": workspace.app.id,
            "archived": false,
            "is_internal": kind.category != crate::workspace_file::TicketCategory::Customer,
            "created_at": MADE_AT.as_seconds(),
            "updated_at": MADE_AT.as_seconds(),
            "ticket_type_attributes": {"type": "list", "data": attributes},
            "ticket_states": {"type": "list", "data": ticket_states()},
        })
    }
}

/// The state that a ticket begins with.
pub(super) fn first_ticket_state() -> Value {
    ticket_states().swap_remove(0)
}

/// The states that every type of ticket has.
fn ticket_states() -> Vec<Value> {
    let states = [
        ("1", "submitted", "Submitted", "Submitted"),
        ("2", "in_progress", "In progress", "In progress"),
        ("3", "waiting_on_customer", "Waiting on customer", "Waiting on you"),
        ("4", "resolved", "Resolved", "Resolved"),
    ];
    states
        .iter()
        .map(|(id, category, internal, external)| {
            json!({
                "type": "ticket_state",
                "id": id,
                "category": category,
                "internal_label": internal,
                "external_label": external,
            })
        })
        .collect()
}
