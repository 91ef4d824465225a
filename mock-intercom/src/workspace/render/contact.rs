//! Contacts.

use serde_json::{Value, json};

use super::Lens;
use crate::Moment;
use crate::workspace::Workspace;
use crate::workspace::directory::Contact;

impl Lens {
    /// A contact: all the keys of a captured one. Its own times are Unix seconds in REST and
    /// ISO 8601 with an offset in webhooks.
    pub(crate) fn contact(self, workspace: &Workspace, contact: &Contact) -> Value {
        let time = |at: Moment| match self.webhook {
            true => json!(at.to_iso_offset()),
            false => json!(at.as_seconds()),
        };
        let stub = |what: &str| {
            json!({
                "type": "list",
                "data": [],
                "url": format!("/contacts/{}/{what}", contact.id),
                "total_count": 0,
                "has_more": false,
            })
        };
        let mut value = json!({
            "type": "contact",
            "id": contact.id,
            "workspace_id": workspace.app.id,
            "external_id": contact.external_id,
            "role": "lead",
            "email": "",
            "phone": null,
            "name": contact.name,
            "avatar": null,
            "owner_id": null,
            "social_profiles": {"type": "list", "data": []},
            "has_hard_bounced": false,
            "marked_email_as_spam": false,
            "unsubscribed_from_emails": false,
            "created_at": time(contact.created_at),
            "updated_at": time(contact.updated_at),
            "last_replied_at": contact.last_replied_at.map(time),
            "last_contacted_at": contact.last_contacted_at.map(time),
            "language_override": contact.language,
            "location": {
                "type": "location",
                "country": contact.country,
                "region": null,
                "city": null,
                "country_code": contact.country,
                "continent_code": null,
            },
            "custom_attributes": contact.custom_attributes,
            "tags": stub("tags"),
            "notes": stub("notes"),
            "companies": stub("companies"),
            "opted_out_subscription_types": stub("subscriptions"),
            "opted_in_subscription_types": stub("subscriptions"),
            "sms_consent": false,
            "unsubscribed_from_sms": false,
        });
        let object = value.as_object_mut().expect("a contact is an object");
        object.extend(UNKNOWN.iter().map(|&key| (key.to_owned(), Value::Null)));
        value
    }
}

/// What Intercom learns from its own apps and from e-mail, and never learns of a TikTok sender.
const UNKNOWN: [&str; 27] = [
    "signed_up_at",
    "last_seen_at",
    "last_email_opened_at",
    "last_email_clicked_at",
    "browser",
    "browser_version",
    "browser_language",
    "os",
    "android_app_name",
    "android_app_version",
    "android_device",
    "android_os_version",
    "android_sdk_version",
    "android_last_seen_at",
    "ios_app_name",
    "ios_app_version",
    "ios_device",
    "ios_os_version",
    "ios_sdk_version",
    "ios_last_seen_at",
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "referrer",
    "enabled_push_messaging",
];
