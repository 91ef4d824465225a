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
/// The longest name of a custom attribute, in bytes, and the most of them; as the bridge has it.
const LONGEST_NAME: usize = 190;
const MOST_ATTRIBUTES: usize = 250;
/// The longest text in a custom attribute, in bytes; as the bridge has it.
const LONGEST_VALUE: usize = 1_024;
/// The last second of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

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
        fill_attributes(contact, fields)
    }

    /// What is said of an owner who does not exist is in no source.
    fn fill_owner(&self, contact: &mut Contact, fields: &Fields) -> Result<(), ApiError> {
        if !fields.has("owner_id") {
            return Ok(());
        }
        contact.owner = match fields.get("owner_id") {
            None => None,
            Some(_) => {
                let owner = fields.id("owner_id")?.map(AdminId::new);
                let owner = owner.filter(|&id| self.admin(id).is_some());
                let unknown = || ApiError::invalid("owner_id", "owner_id is not a teammate's id");
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

fn fill_attributes(contact: &mut Contact, fields: &Fields) -> Result<(), ApiError> {
    let invalid = |message: String| Err(ApiError::invalid("custom_attributes", message));
    let given = match fields.get("custom_attributes") {
        None => return Ok(()),
        Some(Value::Object(given)) => given,
        Some(_) => return invalid("custom_attributes must be an object".to_owned()),
    };
    for (name, value) in given {
        if name.is_empty() || name.len() > LONGEST_NAME {
            return invalid(format!("a custom attribute has a name of 1 to {LONGEST_NAME} bytes"));
        }
        let fits = match value {
            Value::Array(_) | Value::Object(_) => false,
            Value::String(text) => text.len() <= LONGEST_VALUE,
            _ => true,
        };
        if !fits {
            return invalid(format!(
                "a custom attribute is text of at most {LONGEST_VALUE} bytes, a number or a boolean"
            ));
        }
        match value {
            Value::Null => contact.custom_attributes.remove(name),
            value => contact.custom_attributes.insert(name.clone(), value.clone()),
        };
    }
    match contact.custom_attributes.len() > MOST_ATTRIBUTES {
        true => invalid(format!("a contact has at most {MOST_ATTRIBUTES} custom attributes")),
        false => Ok(()),
    }
}
