//! What is set up around contacts and teammates in Intercom's settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A segment: the contacts for whom all its conditions hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentEntry {
    /// The id: 24 hexadecimal digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whom it holds. Default: leads, which Intercom calls `contact` here.
    #[serde(default)]
    pub person_type: PersonType,
    /// Languages of the contact, such as `es`; empty: any.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Countries of the contact; empty: any.
    #[serde(default)]
    pub countries: Vec<String>,
    /// Custom attributes of the contact that must have these texts.
    #[serde(default)]
    pub contact_attributes: BTreeMap<String, String>,
}

/// Whom a segment holds (schema `segment`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonType {
    /// Leads.
    #[default]
    Contact,
    /// Users.
    User,
}

/// A subscription type, which contacts can opt in to or out of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionTypeEntry {
    /// The id, unlike that of any other.
    pub id: u64,
    /// The name.
    pub name: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// The language of both, in two letters. Default `en`.
    #[serde(default = "english")]
    pub locale: String,
    /// Whether it takes a consent or an objection. Default `opt_out`.
    #[serde(default)]
    pub consent_type: ConsentType,
    /// What is sent. Default: e-mail.
    #[serde(default = "email_only")]
    pub content_types: Vec<ContentType>,
}

/// What a contact does with a subscription type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentType {
    /// They get it unless they object.
    #[default]
    OptOut,
    /// They get it only if they agree.
    OptIn,
}

impl ConsentType {
    /// Intercom's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::OptIn => "opt_in",
        }
    }
}

/// What a subscription type sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContentType {
    /// E-mail.
    Email,
    /// Text messages.
    SmsMessage,
}

/// A reason for being away that teammates can choose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwayReasonEntry {
    /// The id, unlike that of any other.
    pub id: u64,
    /// The text.
    pub label: String,
    /// The picture before it.
    #[serde(default)]
    pub emoji: String,
    /// Whether it was deleted: still listed, and no longer to be chosen.
    #[serde(default)]
    pub deleted: bool,
}

impl AwayReasonEntry {
    /// The picture and the text, as activity logs write a reason (schema `activity_log_metadata`).
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.emoji, self.label).trim_start().to_owned()
    }
}

/// A custom attribute of contacts or companies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataAttributeEntry {
    /// Whose it is.
    pub model: AttributeModel,
    /// The name.
    pub name: String,
    /// What it holds. Default: text.
    #[serde(default)]
    pub data_type: DataType,
    /// What it is about.
    #[serde(default)]
    pub description: Option<String>,
}

/// Whose attribute it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeModel {
    /// Contacts'.
    Contact,
    /// Companies'.
    Company,
}

impl AttributeModel {
    /// Intercom's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Company => "company",
        }
    }

    /// The word in the messages of Intercom's API.
    pub(crate) const fn people_word(self) -> &'static str {
        match self {
            Self::Contact => "people",
            Self::Company => "company",
        }
    }
}

/// What an attribute holds (schema `data_attribute`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// Text, or one of the texts that the attribute lists.
    #[default]
    String,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// Yes or no.
    Boolean,
    /// Unix seconds, or text in ISO 8601.
    Date,
}

impl DataType {
    /// Intercom's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }
}

/// A type of ticket.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketTypeEntry {
    /// The id, unlike that of any other.
    pub id: u64,
    /// The name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The picture.
    #[serde(default = "ticket_icon")]
    pub icon: String,
    /// Who sees its tickets. Default `Customer`.
    #[serde(default)]
    pub category: TicketCategory,
}

impl TicketTypeEntry {
    /// The type that a workspace has unless its file says otherwise.
    pub(crate) fn standard() -> Self {
        Self {
            id: 1,
            name: "Customer ticket".to_owned(),
            description: String::new(),
            icon: ticket_icon(),
            category: TicketCategory::Customer,
        }
    }
}

/// Who sees a ticket (schema `ticket_type`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum TicketCategory {
    /// The customer too.
    #[default]
    Customer,
    /// Teammates only.
    #[serde(rename = "Back-office")]
    BackOffice,
    /// Teammates only, for what several customers reported.
    Tracker,
}

fn english() -> String {
    "en".to_owned()
}

fn email_only() -> Vec<ContentType> {
    vec![ContentType::Email]
}

fn ticket_icon() -> String {
    "\u{1f39f}\u{fe0f}".to_owned()
}
