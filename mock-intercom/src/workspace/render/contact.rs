//! Contacts.

use serde_json::{Value, json};

use super::Lens;
use crate::Moment;
use crate::identity::AdminId;
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::directory::{Contact, Note};
use crate::workspace_file::ConsentType;

impl Lens {
    /// A contact: all the keys of a captured one. Its own times are Unix seconds in REST and
    /// ISO 8601 with an offset in webhooks.
    pub(crate) fn contact(self, workspace: &Workspace, contact: &Contact) -> Value {
        let time = |at: Moment| match self.webhook {
            true => json!(at.to_iso_offset()),
            false => json!(at.as_seconds()),
        };
        let stub = |what: &str, kind: &str, ids: Vec<String>| stub(contact, what, kind, &ids);
        let chosen = |consent: ConsentType| {
            let kinds = workspace.catalogue.chosen_by(contact.id);
            let kinds = kinds.filter(|kind| kind.consent_type == consent);
            stub("subscriptions", "subscription", kinds.map(|kind| kind.id.to_string()).collect())
        };
        let tags = contact.tags.iter().map(|applied| applied.tag.to_string()).collect();
        let notes = contact.notes.iter().map(u64::to_string).collect();
        let avatar = contact.avatar.as_ref();
        let avatar = avatar.map(|url| json!({"type": "avatar", "image_url": url}));
        let mut value = json!({
            "type": "contact",
            "id": contact.id,
            "workspace_id": workspace.app.id,
            "external_id": contact.external_id,
            "role": contact.role.as_str(),
            "email": contact.email.as_deref().unwrap_or(""),
            "phone": contact.phone,
            "name": contact.name,
            "avatar": avatar,
            "owner_id": self.owner(contact.owner),
            "social_profiles": {"type": "list", "data": []},
            "has_hard_bounced": false,
            "marked_email_as_spam": false,
            "unsubscribed_from_emails": contact.unsubscribed_from_emails,
            "created_at": time(contact.created_at),
            "updated_at": time(contact.updated_at),
            "signed_up_at": contact.signed_up_at.map(time),
            "last_seen_at": contact.last_seen_at.map(time),
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
            "tags": stub("tags", "tag", tags),
            "notes": stub("notes", "note", notes),
            "companies": stub("companies", "company", Vec::new()),
            "opted_out_subscription_types": chosen(ConsentType::OptOut),
            "opted_in_subscription_types": chosen(ConsentType::OptIn),
            "sms_consent": false,
            "unsubscribed_from_sms": false,
        });
        let object = value.as_object_mut().expect("a contact is an object");
        object.extend(UNKNOWN.iter().map(|&key| (key.to_owned(), Value::Null)));
        if let Some((_, domain)) = contact.email.as_deref().and_then(|email| email.rsplit_once('@'))
        {
            value["email_domain"] = domain.into();
        }
        value
    }

    /// A number up to 2.15, a text from 2.16 (schema `contact`).
    fn owner(self, owner: Option<AdminId>) -> Value {
        match self.version >= ApiVersion::V2_16 {
            true => json!(owner),
            false => json!(owner.map(AdminId::get)),
        }
    }

    /// A note about a contact (schema `note`).
    pub(crate) fn note(self, workspace: &Workspace, note: &Note) -> Value {
        json!({
            "type": "note",
            "id": note.id.to_string(),
            "created_at": note.created_at.as_seconds(),
            "contact": {"type": "contact", "id": note.contact},
            "author": workspace.admin(note.author).map(|admin| self.admin(admin)),
            "body": note.body,
        })
    }
}

/// A list inside a contact: the first of it, each with where to find it (schema `addressable_list`).
fn stub(contact: &Contact, what: &str, kind: &str, ids: &[String]) -> Value {
    let shown = ids.iter().take(MOST_SHOWN);
    let data: Vec<Value> =
        shown.map(|id| json!({"type": kind, "id": id, "url": format!("/{what}/{id}")})).collect();
    json!({
        "type": "list",
        "data": data,
        "url": format!("/contacts/{}/{what}", contact.id),
        "total_count": ids.len(),
        "has_more": ids.len() > MOST_SHOWN,
    })
}

/// Of tags and notes so many are shown in a contact (schemas `contact_tags`, `contact_notes`).
const MOST_SHOWN: usize = 10;

/// What Intercom learns from its own apps and from e-mail, and never learns of a TikTok sender.
const UNKNOWN: [&str; 25] = [
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
