//! The fields of a contact that a search can ask for: the table "Accepted Fields" of
//! `SearchContacts` in 2.16, which has one more than 2.14, `formatted_phone`.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Moment;
use crate::api::query::{Field, Held, Kind};
use crate::workspace::Workspace;
use crate::workspace::directory::Contact;

/// The longest name of a custom attribute that is looked for, in bytes.
const LONGEST_NAME: usize = 190;

/// A field of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContactField {
    Id,
    Role,
    Name,
    Avatar,
    Owner,
    Email,
    EmailDomain,
    Phone,
    ExternalId,
    CreatedAt,
    SignedUpAt,
    UpdatedAt,
    LastSeenAt,
    LastContactedAt,
    LastRepliedAt,
    Language,
    Country,
    Unsubscribed,
    Segment,
    Tag,
    /// A custom attribute.
    Custom(Arc<str>),
    /// Never anything here: what Intercom learns from its own apps and from e-mail.
    Never(Kind),
    /// Always false, for the same reason.
    Not,
}

/// A contact, and what it takes to say on which day something was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) contact: &'a Contact,
    pub(super) zone: &'a TimeZone,
}

/// The number of a day in the workspace's time zone: searches match by calendar day ("Searching for
/// Timestamp Fields").
pub(super) fn day_of(zone: &TimeZone, at: Moment) -> u64 {
    let date = at.calendar().to_zoned(zone.clone()).date();
    let days = date.since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days());
    // A day before the epoch, west of Greenwich, is the first.
    u64::try_from(days).unwrap_or(0)
}

/// What contacts are sorted by; nothing comes last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum SortKey {
    Flag(bool),
    Number(u64),
    Text(String),
    Nothing,
}

impl SortKey {
    pub(super) const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

impl ContactField {
    /// The full value, where a search sees days ("sorting uses the full value").
    pub(super) fn sort_key(&self, looked: Looked<'_>) -> SortKey {
        if self.kind() == Kind::Day {
            let at = self.moment(looked.contact);
            return at.map_or(SortKey::Nothing, |at| SortKey::Number(at.as_micros()));
        }
        let mut key = SortKey::Nothing;
        self.any(looked, &mut |held| {
            key = match held {
                Held::Nothing => SortKey::Nothing,
                Held::Text(text) => SortKey::Text(text.to_owned()),
                Held::Number(number) => SortKey::Number(number),
                Held::Flag(flag) => SortKey::Flag(flag),
            };
            true
        });
        key
    }

    /// When it was, in a field of days.
    const fn moment(&self, contact: &Contact) -> Option<Moment> {
        match self {
            Self::CreatedAt => Some(contact.created_at),
            Self::UpdatedAt => Some(contact.updated_at),
            Self::SignedUpAt => contact.signed_up_at,
            Self::LastSeenAt => contact.last_seen_at,
            Self::LastContactedAt => contact.last_contacted_at,
            Self::LastRepliedAt => contact.last_replied_at,
            _ => None,
        }
    }

    fn of_apps(name: &str) -> Option<Self> {
        let rest = name.strip_prefix("ios_").or_else(|| name.strip_prefix("android_"))?;
        Some(match rest {
            "last_seen_at" => Self::Never(Kind::Day),
            "app_version" | "device" | "app_device" | "os_version" | "app_name" | "sdk_version" => {
                Self::Never(Kind::Text)
            }
            _ => return None,
        })
    }
}

impl Field for ContactField {
    type Thing<'a> = Looked<'a>;

    fn named(name: &str) -> Option<Self> {
        if let Some(attribute) = name.strip_prefix("custom_attributes.") {
            let fits = (1..=LONGEST_NAME).contains(&attribute.len());
            return fits.then(|| Self::Custom(attribute.into()));
        }
        Some(match name {
            "id" => Self::Id,
            "role" => Self::Role,
            "name" => Self::Name,
            "avatar" => Self::Avatar,
            "owner_id" => Self::Owner,
            "email" => Self::Email,
            "email_domain" => Self::EmailDomain,
            // 2.16 has it beside `phone`; how Intercom writes one is not documented.
            "phone" | "formatted_phone" => Self::Phone,
            "external_id" => Self::ExternalId,
            "created_at" => Self::CreatedAt,
            "signed_up_at" => Self::SignedUpAt,
            "updated_at" => Self::UpdatedAt,
            "last_seen_at" => Self::LastSeenAt,
            "last_contacted_at" => Self::LastContactedAt,
            "last_replied_at" => Self::LastRepliedAt,
            "language_override" => Self::Language,
            "location.country" => Self::Country,
            "unsubscribed_from_emails" => Self::Unsubscribed,
            "segment_id" => Self::Segment,
            "tag_id" => Self::Tag,
            "marked_email_as_spam" | "has_hard_bounced" => Self::Not,
            "last_email_opened_at" | "last_email_clicked_at" => Self::Never(Kind::Day),
            // The description spells one of Android's fields so.
            "browser" | "browser_language" | "os" | "location.region" | "location.city"
            | "andoid_sdk_version" => Self::Never(Kind::Text),
            other => return Self::of_apps(other),
        })
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Owner => Kind::Integer,
            Self::CreatedAt
            | Self::SignedUpAt
            | Self::UpdatedAt
            | Self::LastSeenAt
            | Self::LastContactedAt
            | Self::LastRepliedAt => Kind::Day,
            Self::Unsubscribed | Self::Not => Kind::Flag,
            Self::Tag => Kind::Tag,
            Self::Never(kind) => *kind,
            _ => Kind::Text,
        }
    }

    fn any(&self, thing: Looked<'_>, test: &mut dyn FnMut(Held<'_>) -> bool) -> bool {
        let Looked { workspace, contact, zone } = thing;
        match self {
            Self::Id => test(Held::Text(&contact.id.to_string())),
            Self::Role => test(Held::Text(contact.role.as_str())),
            Self::Name => test(text(contact.name.as_deref())),
            Self::Avatar => test(text(contact.avatar.as_deref())),
            Self::Owner => test(contact.owner.map(|owner| owner.get()).into()),
            Self::Email => test(text(contact.email.as_deref())),
            Self::EmailDomain => {
                let domain = contact.email.as_deref().and_then(|email| email.rsplit_once('@'));
                test(text(domain.map(|(_, domain)| domain)))
            }
            Self::Phone => test(text(contact.phone.as_deref())),
            Self::ExternalId => test(text(contact.external_id.as_deref())),
            Self::Language => test(text(contact.language.as_deref())),
            Self::Country => test(text(contact.country.as_deref())),
            Self::Unsubscribed => test(Held::Flag(contact.unsubscribed_from_emails)),
            Self::Not => test(Held::Flag(false)),
            Self::Never(_) => test(Held::Nothing),
            Self::Tag => each(contact.tags.iter().map(|tag| tag.tag.to_string()), test),
            Self::Segment => {
                let segments = workspace.catalogue.segments.iter();
                let holding = segments.filter(|segment| segment.holds(contact));
                each(holding.map(|segment| segment.id.clone()), test)
            }
            Self::Custom(name) => match contact.custom_attributes.get(&**name) {
                None | Some(Value::Null) => test(Held::Nothing),
                Some(Value::String(held)) => test(Held::Text(held)),
                Some(other) => test(Held::Text(&other.to_string())),
            },
            _ => test(self.moment(contact).map(|at| day_of(zone, at)).into()),
        }
    }
}

fn text(text: Option<&str>) -> Held<'_> {
    text.map_or(Held::Nothing, Held::Text)
}

/// Shows values until one passes, or that there are none.
fn each(values: impl Iterator<Item = String>, test: &mut dyn FnMut(Held<'_>) -> bool) -> bool {
    let mut values = values.peekable();
    match values.peek() {
        None => test(Held::Nothing),
        Some(_) => values.any(|value| test(Held::Text(&value))),
    }
}
