//! What the API may write into a contact.

use serde_json::Value;

use crate::Moment;
use crate::api::{ApiError, Fields};
use crate::identity::AdminId;
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::directory::{Contact, Role};

/// The longest text in a field, in bytes. Intercom's own limits are not in the sources.
const LONGEST_TEXT: usize = 2_048;
/// So much of the name of an unknown attribute is repeated, and the most attributes of a contact.
const LONGEST_NAME: usize = 190;
const MOST_ATTRIBUTES: usize = 250;
/// The longest text in a custom attribute, in bytes; as the bridge has it.
const LONGEST_VALUE: usize = 1_024;
/// The last second of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// Whether a text is an address of the web in the characters of RFC 3986: answers promise a `uri`.
fn is_uri(text: &str) -> bool {
    let url = reqwest::Url::parse(text).ok();
    let mut percents = text.split('%').skip(1).map(str::as_bytes);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
    url.is_some_and(|url| matches!(url.scheme(), "http" | "https"))
        && text.bytes().all(plain)
        && text.matches('#').count() < 2
        && percents
            .all(|after| after.iter().take(2).filter(|it| it.is_ascii_hexdigit()).count() == 2)
}

impl Workspace {
    /// Writes the fields of a body into a contact, or says what is wrong with them. Null or an empty
    /// text takes a field away, as does null for a custom attribute; a role is never null.
    pub(super) fn fill_contact(
        &self,
        contact: &mut Contact,
        fields: &Fields,
        version: ApiVersion,
    ) -> Result<(), ApiError> {
        contact.role = role(fields, contact.role)?;
        for (name, field) in [
            ("external_id", &mut contact.external_id),
            ("email", &mut contact.email),
            ("phone", &mut contact.phone),
            ("name", &mut contact.name),
            ("avatar", &mut contact.avatar),
        ] {
            fill_text(fields, name, field)?;
        }
        if let Some(email) = contact.email.as_deref().filter(|_| fields.has("email")) {
            let whole = email.split_once('@').is_some_and(|(user, host)| {
                !user.is_empty() && !host.is_empty() && !email.contains(char::is_whitespace)
            });
            if !whole {
                return Err(ApiError::invalid("email", "email must be a valid email address"));
            }
        }
        if contact.avatar.as_deref().is_some_and(|url| fields.has("avatar") && !is_uri(url)) {
            return Err(ApiError::invalid("avatar", "avatar must be the address of an image"));
        }
        check_verified(fields, version)?;
        for (name, field) in [
            ("signed_up_at", &mut contact.signed_up_at),
            ("last_seen_at", &mut contact.last_seen_at),
        ] {
            fill_time(fields, name, field)?;
        }
        if fields.get("unsubscribed_from_emails").is_some() {
            contact.unsubscribed_from_emails = fields.flag("unsubscribed_from_emails")?;
        }
        self.fill_owner(contact, fields)?;
        self.fill_attributes(contact, fields)
    }

    /// An attribute is made before it is written (`POST /data_attributes`, or the file). What is said
    /// of others, and of a value of another type, is in no source; the words are those for
    /// conversations (intercom/intercom-node#349).
    fn check_custom_attribute(&self, name: &str, value: &Value) -> Result<(), ApiError> {
        let invalid = |message| Err(ApiError::invalid("custom_attributes", message));
        let Some(attribute) = self.catalogue.attributes.of_contacts(name) else {
            let name: String = name.chars().take(LONGEST_NAME).collect();
            return invalid(format!("Custom attribute '{name}' does not exist"));
        };
        if !value.is_null() && !attribute.takes(value) {
            let kind = attribute.data_type.as_str();
            return invalid(format!("Custom attribute '{name}' holds values of the type {kind}"));
        }
        match value {
            Value::String(text) if text.len() > LONGEST_VALUE => {
                invalid(format!("a custom attribute has at most {LONGEST_VALUE} bytes"))
            }
            _ => Ok(()),
        }
    }

    fn fill_attributes(&self, contact: &mut Contact, fields: &Fields) -> Result<(), ApiError> {
        let given = match fields.get("custom_attributes") {
            None => return Ok(()),
            Some(Value::Object(given)) => given,
            Some(_) => {
                let message = "custom_attributes must be an object";
                return Err(ApiError::invalid("custom_attributes", message));
            }
        };
        for (name, value) in given {
            self.check_custom_attribute(name, value)?;
            match value {
                Value::Null => contact.custom_attributes.remove(name),
                value => contact.custom_attributes.insert(name.clone(), value.clone()),
            };
        }
        match contact.custom_attributes.len() > MOST_ATTRIBUTES {
            true => {
                let message = format!("a contact has at most {MOST_ATTRIBUTES} custom attributes");
                Err(ApiError::invalid("custom_attributes", message))
            }
            false => Ok(()),
        }
    }

    /// An owner who does not exist is refused in the words of Intercom's docs (versions 2.1 to 2.6).
    fn fill_owner(&self, contact: &mut Contact, fields: &Fields) -> Result<(), ApiError> {
        if !fields.has("owner_id") {
            return Ok(());
        }
        contact.owner = match fields.get("owner_id") {
            None => None,
            Some(_) => {
                let owner = fields.id("owner_id")?.map(AdminId::new);
                let owner = owner.filter(|&id| self.admin(id).is_some());
                let unknown = || {
                    let message = "The owner specified is not a member of the workspace";
                    ApiError::invalid("owner_id", message)
                };
                Some(owner.ok_or_else(unknown)?)
            }
        };
        Ok(())
    }
}

fn role(fields: &Fields, known: Role) -> Result<Role, ApiError> {
    match fields.optional_text("role")? {
        None => Ok(known),
        Some("user") => Ok(Role::User),
        Some("lead") => Ok(Role::Lead),
        Some(_) => Err(ApiError::invalid("role", "role must be user or lead")),
    }
}

fn fill_text(
    fields: &Fields,
    name: &'static str,
    field: &mut Option<String>,
) -> Result<(), ApiError> {
    if !fields.has(name) {
        return Ok(());
    }
    let text = fields.optional_text(name)?.filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.len() > LONGEST_TEXT) {
        let message = format!("{name} must have at most {LONGEST_TEXT} bytes");
        return Err(ApiError::invalid(name, message));
    }
    *field = text.map(str::to_owned);
    Ok(())
}

fn fill_time(
    fields: &Fields,
    name: &'static str,
    field: &mut Option<Moment>,
) -> Result<(), ApiError> {
    if !fields.has(name) {
        return Ok(());
    }
    let seconds = fields.get(name).map(|_| fields.seconds(name)).transpose()?;
    if seconds.is_some_and(|seconds| seconds > LAST_SECOND) {
        return Err(ApiError::invalid(name, format!("{name} must be before the year 10000")));
    }
    *field = seconds.map(Moment::from_seconds);
    Ok(())
}

/// `email_verified` (2.16) comes with an address or not at all (OpenAPI); no answer shows it.
fn check_verified(fields: &Fields, version: ApiVersion) -> Result<(), ApiError> {
    if version < ApiVersion::V2_16 || fields.get("email_verified").is_none() {
        return Ok(());
    }
    fields.flag("email_verified")?;
    match fields.get("email") {
        Some(_) => Ok(()),
        None => Err(ApiError::invalid("email_verified", "email_verified needs an email")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_from_other_texts() {
        for text in ["https://example.com/a.png", "http://h/%C3%A9?a=b&c#d"] {
            assert!(is_uri(text), "{text}");
        }
        for text in ["a.png", "»@c½=", "https://h/é", "https://h/%zz", "https://h/a b", "ftp://h/a"]
        {
            assert!(!is_uri(text), "{text}");
        }
    }
}
