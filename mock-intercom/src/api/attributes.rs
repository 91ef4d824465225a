//! The attributes that contacts, companies and conversations can have.

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::catalogue::attributes::{NewAttribute, STANDARD};
use crate::workspace_file::{AttributeModel, DataType};

/// The longest name, description or option, in bytes, and the most options. Intercom's own limits
/// are not in the sources.
const LONGEST_TEXT: usize = 1_000;
const MOST_OPTIONS: usize = 1_000;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "lisDataAttributes",
        "GET",
        "/data_attributes",
        Permission::ReadUsers,
        |it, call| it.list_attributes(call),
    ),
    Operation::new(
        "createDataAttribute",
        "POST",
        "/data_attributes",
        Permission::WriteDataAttributes,
        |it, call| it.post_attribute(call),
    ),
    Operation::new(
        "listConversationAttributes",
        "GET",
        "/conversations/attributes",
        Permission::ReadConversations,
        |it, call| it.list_conversation_attributes(call),
    )
    .since(ApiVersion::V2_16)
    .seeded(),
];

/// Which models a list of attributes is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Listed {
    All,
    Only(AttributeModel),
    Conversations,
}

impl Workspace {
    /// None is ever archived here, so `include_archived` changes nothing. Up to 2.15 those of
    /// conversations are listed too.
    fn list_attributes(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let old = call.lens.version < ApiVersion::V2_16;
        let listed = match call.request.parameter("model").as_deref() {
            None => Listed::All,
            Some("contact") => Listed::Only(AttributeModel::Contact),
            Some("company") => Listed::Only(AttributeModel::Company),
            Some("conversation") if old => Listed::Conversations,
            Some("conversation") => return Err(ApiError::conversation_model()),
            Some(_) => return Err(ApiError::invalid("model", MODELS)),
        };
        let has = |model| match listed {
            Listed::All => true,
            Listed::Only(wanted) => wanted == model,
            Listed::Conversations => false,
        };
        let standard = STANDARD.iter().filter(|attribute| has(attribute.model));
        let custom = self.catalogue.attributes.iter().filter(|attribute| has(attribute.model));
        let mut data: Vec<Value> = standard
            .map(|attribute| call.lens.standard_attribute(attribute))
            .chain(custom.map(|attribute| call.lens.data_attribute(attribute)))
            .collect();
        if old && matches!(listed, Listed::All | Listed::Conversations) {
            let names = self.app.conversation_attributes.iter().enumerate();
            data.extend(names.map(|(index, name)| conversation_model(index + 1, name)));
        }
        Ok(ApiResponse::ok(&json!({"type": "list", "data": data})))
    }

    /// The errors are the examples of the operation, which say nothing of which comes first.
    fn post_attribute(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let new = new_attribute(&fields)?;
        if let Some(taken) = self.catalogue.attributes.named(&new.name) {
            let message = format!(
                "You already have '{}' in your {} data. To save this as new {} data, use a \
                 different name.",
                new.name,
                taken.model.people_word(),
                new.model.people_word()
            );
            return Err(ApiError::invalid(None, message));
        }
        if !self.catalogue.attributes.has_room() {
            return Err(ApiError::invalid(None, "There are as many attributes as there can be"));
        }
        let made = self.make_attribute(call.at, new);
        Ok(ApiResponse::ok(&call.lens.data_attribute(made)))
    }

    fn list_conversation_attributes(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let admin = json!(self.app.token_admin);
        let names = self.app.conversation_attributes.iter().enumerate();
        let data: Vec<Value> = names
            .map(|(index, name)| call.lens.conversation_attribute(index + 1, name, &admin))
            .collect();
        Ok(ApiResponse::ok(&json!({"type": "list", "data": data})))
    }
}

const MODELS: &str = "The Data Attribute model field must be either contact or company";

fn new_attribute(fields: &Fields) -> Result<NewAttribute, ApiError> {
    let model = match fields.get("model").and_then(Value::as_str) {
        Some("contact") => AttributeModel::Contact,
        Some("company") => AttributeModel::Company,
        _ => return Err(ApiError::invalid(None, MODELS)),
    };
    let name = fields.text("name")?;
    if !is_name(name) {
        let message = "Your name for this attribute must only contain alphanumeric characters, \
                       currency symbols, and hyphens";
        return Err(ApiError::invalid(None, message));
    }
    let (data_type, options) = data_type(fields)?;
    let description = fields.optional_text("description")?;
    if description.is_some_and(|text| text.len() > LONGEST_TEXT) {
        let message = format!("description must have at most {LONGEST_TEXT} bytes");
        return Err(ApiError::invalid("description", message));
    }
    let messenger_writable = match fields.get("messenger_writable") {
        None => false,
        Some(_) => fields.flag("messenger_writable")?,
    };
    let (name, description) = (name.to_owned(), description.map(str::to_owned));
    Ok(NewAttribute { model, name, description, data_type, options, messenger_writable })
}

/// Spaces and underscores are in the names of the examples.
fn is_name(name: &str) -> bool {
    let fits = |character: char| {
        character.is_alphanumeric()
            || matches!(character, ' ' | '-' | '_' | '$' | '¢' | '£' | '¤' | '¥')
            || ('\u{20a0}'..='\u{20cf}').contains(&character)
    };
    !name.trim().is_empty() && name.len() <= LONGEST_TEXT && name.chars().all(fits)
}

fn data_type(fields: &Fields) -> Result<(DataType, Vec<String>), ApiError> {
    let plain = match fields.get("data_type").and_then(Value::as_str) {
        Some("string") => DataType::String,
        Some("integer") => DataType::Integer,
        Some("float") => DataType::Float,
        Some("boolean") => DataType::Boolean,
        Some("date" | "datetime") => DataType::Date,
        Some("options") => return Ok((DataType::String, options(fields)?)),
        _ => return Err(ApiError::invalid(None, "Data Type isn't an option")),
    };
    Ok((plain, Vec::new()))
}

fn options(fields: &Fields) -> Result<Vec<String>, ApiError> {
    let invalid = || {
        let message = "options must be two or more objects with a text as `value`";
        ApiError::invalid("options", message)
    };
    let options = fields.get("options").and_then(Value::as_array).ok_or_else(invalid)?;
    if !(2..=MOST_OPTIONS).contains(&options.len()) {
        return Err(invalid());
    }
    let text = |option: &Value| {
        let value = option.get("value")?.as_str()?;
        (!value.is_empty() && value.len() <= LONGEST_TEXT).then(|| value.to_owned())
    };
    options.iter().map(|option| text(option).ok_or_else(invalid)).collect()
}

/// As `data_attribute`s, where conversations' were listed before 2.16.
fn conversation_model(id: usize, name: &str) -> Value {
    json!({
        "type": "data_attribute",
        "id": id,
        "model": "conversation",
        "name": name,
        "full_name": format!("custom_attributes.{name}"),
        "label": name,
        "data_type": "string",
        "api_writable": true,
        "ui_writable": true,
        "messenger_writable": false,
        "custom": true,
        "archived": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_names_that_intercom_takes() {
        for name in ["The One Ring", "paid_subscriber", "plan-2", "Préis €", "年"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", " ", "!nv@l!d n@me", "a.b", "a\n", &"x".repeat(1_001)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn reads_types_and_options() {
        let check = |text: &str, expected: Option<(DataType, usize)>| {
            let fields = Fields::read(text.as_bytes()).unwrap();
            let found = data_type(&fields).ok().map(|(kind, options)| (kind, options.len()));
            assert_eq!(found, expected, "{text}");
        };
        check(r#"{"data_type": "datetime"}"#, Some((DataType::Date, 0)));
        check(r#"{"data_type": "mithril"}"#, None);
        check(r#"{"data_type": 1}"#, None);
        check("{}", None);
        check(r#"{"data_type": "options", "options": [{"value": "1-10"}]}"#, None);
        check(r#"{"data_type": "options", "options": [{"value": "a"}, {"value": 1}]}"#, None);
        check(
            r#"{"data_type": "options", "options": [{"value": "a"}, {"value": "b"}]}"#,
            Some((DataType::String, 2)),
        );
    }
}
