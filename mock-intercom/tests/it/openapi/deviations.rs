//! Where the mock's answers differ from Intercom's OpenAPI description on purpose, and why. The list
//! is held to: a deviation that nothing needs any more fails the test, and docs/mock-intercom-proof.md
//! shows every one.

use serde_json::{Value, json};

use super::description::allow_null;

/// A change to the description that makes a true answer valid.
#[derive(Debug)]
pub(crate) struct Deviation {
    /// The schema in the document; `*` stands for every key.
    pub(crate) schema: &'static str,
    pub(crate) change: Change,
    pub(crate) why: &'static str,
}

/// What an answer may be, against the description.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// Null as well.
    Null,
    /// Of this type as well.
    Also(&'static str),
}

impl Change {
    pub(crate) fn apply(self, schema: &mut Value) {
        match self {
            Self::Null => allow_null(schema.as_object_mut().expect("a schema is an object")),
            Self::Also(kind) => *schema = json!({"anyOf": [schema.take(), {"type": kind}]}),
        }
    }

    pub(crate) fn describe(self) -> String {
        match self {
            Self::Null => "may be null".to_owned(),
            Self::Also(kind) => format!("may be of type `{kind}`"),
        }
    }
}

const fn deviation(schema: &'static str, change: Change, why: &'static str) -> Deviation {
    Deviation { schema, change, why }
}

/// All of them, for both versions.
pub(crate) const DEVIATIONS: &[Deviation] = &[
    deviation(
        "components/schemas/conversation_statistics/properties/*",
        Change::Null,
        "captures show null for what has not happened yet",
    ),
    deviation(
        "components/schemas/conversation_statistics/properties/last_closed_by_id",
        Change::Also("integer"),
        "a number in practice (intercom/Intercom-OpenAPI#115)",
    ),
    deviation(
        "components/schemas/custom_attributes/additionalProperties",
        Change::Also("boolean"),
        "Intercom's own keys hold booleans in captures",
    ),
    deviation(
        "components/schemas/conversation_part_author/properties/email",
        Change::Also("string"),
        "the empty text of a lead without an address, as captured, is no address",
    ),
    deviation(
        "components/schemas/conversation_source_author/properties/email",
        Change::Also("string"),
        "the empty text of a lead without an address, as captured, is no address",
    ),
    deviation(
        "components/schemas/admin/properties/job_title",
        Change::Null,
        "the mock's teammates have none",
    ),
    deviation(
        "components/schemas/admin_with_app/properties/job_title",
        Change::Null,
        "the mock's teammates have none",
    ),
    deviation(
        "components/schemas/contact_companies/properties/url",
        Change::Also("string"),
        "the path alone, as in captures and the description's own examples, is no address",
    ),
    deviation(
        "components/schemas/contact_notes/properties/url",
        Change::Also("string"),
        "the path alone, as in captures and the description's own examples, is no address",
    ),
    deviation(
        "components/schemas/contact_tags/properties/url",
        Change::Also("string"),
        "the path alone, as in captures and the description's own examples, is no address",
    ),
    deviation(
        "components/schemas/addressable_list/properties/type",
        Change::Also("string"),
        "the description's own example, `note`, is no address",
    ),
    deviation(
        "components/schemas/addressable_list/properties/url",
        Change::Also("string"),
        "the path alone, as in captures and the description's own examples, is no address",
    ),
    deviation(
        "components/schemas/data_attribute/properties/model",
        Change::Also("string"),
        "before 2.16 those of conversations are among them, as the parameter `model` says",
    ),
];

/// Keys that the mock shows and the description does not know, as `schema.key`.
pub(crate) const UNDESCRIBED: &[(&str, &str)] = &[
    ("app.secure", "in the description's own example"),
    ("contact.enabled_push_messaging", IN_EXAMPLES),
    ("contact.opted_in_subscription_types", IN_EXAMPLES),
    ("contact.opted_out_subscription_types", IN_EXAMPLES),
    ("contact.referrer", IN_EXAMPLES),
    ("contact.sms_consent", IN_EXAMPLES),
    ("contact.unsubscribed_from_sms", IN_EXAMPLES),
    ("contact.utm_campaign", IN_EXAMPLES),
    ("contact.utm_content", IN_EXAMPLES),
    ("contact.utm_medium", IN_EXAMPLES),
    ("contact.utm_source", IN_EXAMPLES),
    ("contact.utm_term", IN_EXAMPLES),
    ("contact_companies.type", IN_EXAMPLES),
    ("contact_location.continent_code", IN_EXAMPLES),
    ("contact_location.country_code", IN_EXAMPLES),
    ("contact_notes.type", IN_EXAMPLES),
    ("contact_social_profiles.type", IN_EXAMPLES),
    ("contact_tags.type", IN_EXAMPLES),
    ("conversation.ticket", "in the description's own examples and in captures"),
    ("conversation.topics", "in the description's own examples and in captures"),
    ("conversation_list_item.ticket", "as in a single conversation"),
    ("conversation_list_item.topics", "as in a single conversation"),
    ("ticket_type.is_internal", "in the description's own examples"),
    ("ticket_type_attribute_list.data", "in the description's own examples"),
];

const IN_EXAMPLES: &str = "in the description's own examples of contacts, or in captures";
