//! The attributes that contacts and companies can have.

use serde_json::Value;

use crate::Moment;
use crate::identity::AdminId;
use crate::workspace_file::{AttributeModel, DataAttributeEntry, DataType};

use super::MADE_AT;

/// How many custom attributes there can be. Intercom's own limit is not in the sources.
const MOST_ATTRIBUTES: usize = 1_000;

/// A custom attribute.
#[derive(Clone, Debug)]
pub(crate) struct DataAttribute {
    pub(crate) id: u64,
    pub(crate) model: AttributeModel,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) data_type: DataType,
    /// The texts to choose from; none: any.
    pub(crate) options: Vec<String>,
    pub(crate) messenger_writable: bool,
    pub(crate) made_at: Moment,
    /// Whose token made it; nobody: the workspace file.
    pub(crate) admin: Option<AdminId>,
}

/// The custom attributes, by age.
#[derive(Clone, Debug)]
pub(crate) struct DataAttributes(Vec<DataAttribute>);

/// What to make an attribute of.
#[derive(Clone, Debug)]
pub(crate) struct NewAttribute {
    pub(crate) model: AttributeModel,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) data_type: DataType,
    pub(crate) options: Vec<String>,
    pub(crate) messenger_writable: bool,
}

impl DataAttribute {
    /// Whether it can hold a value. The options of a list do not count: Intercom refused other
    /// texts for four days in April 2026 and went back (intercom/Intercom-OpenAPI, PRs 457 and 466).
    /// A date is Unix seconds or text in ISO 8601 (schema `custom_attributes`).
    pub(crate) fn takes(&self, value: &Value) -> bool {
        match self.data_type {
            DataType::String => value.is_string(),
            DataType::Integer => value.is_i64() || value.is_u64(),
            DataType::Float => value.is_number(),
            DataType::Boolean => value.is_boolean(),
            DataType::Date => match value {
                Value::String(text) => is_date(text),
                value => value.is_u64(),
            },
        }
    }
}

/// A time with an offset, or a day.
fn is_date(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::Date>().is_ok()
}

/// The type of attribute that a value is one of.
fn type_of(value: &Value) -> DataType {
    match value {
        Value::Bool(_) => DataType::Boolean,
        Value::Number(number) if number.is_f64() => DataType::Float,
        Value::Number(_) => DataType::Integer,
        _ => DataType::String,
    }
}

impl NewAttribute {
    /// A contact's, to hold values like this one.
    pub(crate) fn for_contacts(name: &str, value: &Value) -> Self {
        Self {
            model: AttributeModel::Contact,
            name: name.to_owned(),
            description: None,
            data_type: type_of(value),
            options: Vec::new(),
            messenger_writable: false,
        }
    }
}

impl DataAttributes {
    /// Those of the file, and the texts that the bridge writes on contacts.
    pub(super) fn new(entries: Vec<DataAttributeEntry>, bridge: [&String; 2]) -> Self {
        let mut all = Self(Vec::new());
        for entry in entries {
            let attribute = NewAttribute {
                model: entry.model,
                name: entry.name,
                description: entry.description,
                data_type: entry.data_type,
                options: Vec::new(),
                messenger_writable: false,
            };
            all.add(attribute, MADE_AT, None);
        }
        for name in bridge {
            if !name.is_empty() && all.named(name).is_none() {
                all.add(NewAttribute::for_contacts(name, &Value::Null), MADE_AT, None);
            }
        }
        all
    }

    /// The custom attribute of this name. Contacts and companies share their names (example of
    /// `POST /data_attributes`).
    pub(crate) fn named(&self, name: &str) -> Option<&DataAttribute> {
        self.0.iter().find(|attribute| attribute.name == name)
    }

    /// The contacts' attribute of this name.
    pub(crate) fn of_contacts(&self, name: &str) -> Option<&DataAttribute> {
        self.named(name).filter(|attribute| attribute.model == AttributeModel::Contact)
    }

    /// Whether there can be one more.
    pub(crate) fn has_room(&self) -> bool {
        self.0.len() < MOST_ATTRIBUTES
    }

    /// Makes an attribute.
    pub(crate) fn add(
        &mut self,
        new: NewAttribute,
        made_at: Moment,
        admin: Option<AdminId>,
    ) -> &DataAttribute {
        let NewAttribute { model, name, description, data_type, options, messenger_writable } = new;
        let id = self.0.len() as u64 + 1;
        self.0.push(DataAttribute {
            id,
            model,
            name,
            description,
            data_type,
            options,
            messenger_writable,
            made_at,
            admin,
        });
        self.0.last().expect("one was just added")
    }

    /// All of them, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &DataAttribute> {
        self.0.iter()
    }
}

/// An attribute that every workspace has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StandardAttribute {
    pub(crate) model: AttributeModel,
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) data_type: DataType,
    pub(crate) api_writable: bool,
}

const fn standard(
    model: AttributeModel,
    name: &'static str,
    label: &'static str,
    data_type: DataType,
    api_writable: bool,
) -> StandardAttribute {
    StandardAttribute { model, name, label, data_type, api_writable }
}

use AttributeModel::{Company, Contact};
use DataType::{Boolean, Date, Float, Integer, String as Text};

/// The fields of contacts (schemas `contact` and `create_contact_request`; which of them Intercom
/// lists, and how it calls them, is in no source) and of companies (example of
/// `GET /data_attributes`).
pub(crate) const STANDARD: &[StandardAttribute] = &[
    standard(Contact, "id", "ID", Text, false),
    standard(Contact, "external_id", "External ID", Text, true),
    standard(Contact, "role", "Role", Text, true),
    standard(Contact, "name", "Name", Text, true),
    standard(Contact, "email", "Email", Text, true),
    standard(Contact, "phone", "Phone", Text, true),
    standard(Contact, "avatar", "Avatar", Text, true),
    standard(Contact, "owner_id", "Owner", Integer, true),
    standard(Contact, "signed_up_at", "Signed up at", Date, true),
    standard(Contact, "last_seen_at", "Last seen at", Date, true),
    standard(Contact, "last_replied_at", "Last replied at", Date, false),
    standard(Contact, "last_contacted_at", "Last contacted at", Date, false),
    standard(Contact, "unsubscribed_from_emails", "Unsubscribed from emails", Boolean, true),
    standard(Contact, "language_override", "Language override", Text, false),
    standard(Contact, "created_at", "Created at", Date, false),
    standard(Contact, "updated_at", "Updated at", Date, false),
    standard(Company, "id", "ID", Text, false),
    standard(Company, "company_id", "Company ID", Text, false),
    standard(Company, "name", "Company name", Text, true),
    standard(Company, "monthly_spend", "Monthly spend", Float, true),
    standard(Company, "size", "Company size", Integer, true),
    standard(Company, "industry", "Company industry", Text, true),
    standard(Company, "website", "Company website", Text, true),
    standard(Company, "user_count", "People", Integer, false),
    standard(Company, "session_count", "Web sessions", Integer, false),
    standard(Company, "last_request_at", "Last seen", Date, false),
    standard(Company, "remote_created_at", "Created by the customer at", Date, true),
    standard(Company, "created_at", "Created at", Date, false),
    standard(Company, "updated_at", "Updated at", Date, false),
];
