//! Who is in a segment.

use crate::workspace::directory::{Contact, Role};
use crate::workspace_file::{PersonType, SegmentEntry};

impl SegmentEntry {
    /// Whether a contact is in it: `contact` means leads.
    pub(crate) fn holds(&self, contact: &Contact) -> bool {
        let among = |wanted: &[String], held: Option<&str>| {
            let is = |held: &str| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(held));
            wanted.is_empty() || held.is_some_and(is)
        };
        let has = |(name, value): (&String, &String)| {
            let held = contact.custom_attributes.get(name);
            held.and_then(|held| held.as_str()) == Some(value)
        };
        let is_of_type = match self.person_type {
            PersonType::Contact => contact.role == Role::Lead,
            PersonType::User => contact.role == Role::User,
        };
        is_of_type
            && among(&self.languages, contact.language.as_deref())
            && among(&self.countries, contact.country.as_deref())
            && self.contact_attributes.iter().all(has)
    }
}
