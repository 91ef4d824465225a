//! Schemas of values of which the structures say only that they are texts: words of closed lists,
//! times, lengths of time. Taken from the same lists that the checks use.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::hours::WEEKDAYS;
use crate::language::supported_languages;
use crate::policy::{Distribution, InboxUse, ShareBy};
use crate::text::StemLanguage;
use crate::{AttachmentKind, Priority};

/// A time of the day as `hours::window` reads it, `00:00` to `24:00`.
const CLOCK: &str = "(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)";

/// One value of this kind, or a list of at least one.
fn one_or_many(one: &Value) -> Schema {
    json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
}

fn word(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

fn window() -> Value {
    let pattern = format!("^\\s*{CLOCK}\\s*-\\s*{CLOCK}\\s*$");
    json!({ "type": "string", "pattern": pattern, "examples": ["09:00-18:00"] })
}

/// What a duration of `jiff` begins and goes on with: `10s`, `1h 30m`, `14d`, `PT10S`.
pub(super) fn duration(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^\\s*\\+?([Pp].+|[0-9].*[A-Za-zµ:].*)$",
        "examples": ["10s", "15m", "1h", "14d"],
    })
}

pub(super) fn opening_times(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": window() })
}

pub(super) fn windows(_: &mut SchemaGenerator) -> Schema {
    one_or_many(&window())
}

pub(super) fn dates(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "items": { "type": "string", "format": "date", "examples": ["2026-12-25"] },
    })
}

/// Days, or first and last of some.
pub(super) fn days_off(_: &mut SchemaGenerator) -> Schema {
    const DAY: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    let pattern = format!("^\\s*{DAY}(\\s*\\.\\.\\s*{DAY})?\\s*$");
    let examples = ["2026-12-24", "2026-12-27..2026-12-31"];
    json_schema!({
        "type": "array",
        "items": { "type": "string", "pattern": pattern, "examples": examples },
    })
}

/// Whole numbers by name.
fn numbers(least: u32, most: Option<u32>) -> Schema {
    let mut number = json!({ "type": "integer", "minimum": least });
    if let Some(most) = most {
        number["maximum"] = most.into();
    }
    json_schema!({ "type": "object", "additionalProperties": number })
}

pub(super) fn limits(_: &mut SchemaGenerator) -> Schema {
    numbers(1, None)
}

pub(super) fn weights(_: &mut SchemaGenerator) -> Schema {
    numbers(1, Some(100))
}

pub(super) fn acknowledgements(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "additionalProperties": { "type": "string", "minLength": 1, "maxLength": 2_000 },
    })
}

pub(super) fn inbox_use(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": InboxUse::ALL.map(|(name, _)| name) })
}

pub(super) fn share_by(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ShareBy::ALL.map(|(name, _)| name) })
}

pub(super) fn ramp(generator: &mut SchemaGenerator) -> Schema {
    let long = generator.subschema_for::<super::RampSpec>();
    json_schema!({ "anyOf": [{ "const": false }, long] })
}

pub(super) fn accents(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["optional", "strict"] })
}

pub(super) fn distribution(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Distribution::ALL.map(|(name, _)| name) })
}

pub(super) fn contact_is(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["new", "returning"] })
}

pub(super) fn priority(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": Priority::ALL.map(Priority::name) })
}

pub(super) fn attachments(_: &mut SchemaGenerator) -> Schema {
    let mut words: Vec<&str> = AttachmentKind::ALL.map(AttachmentKind::name).to_vec();
    words.extend(["any", "none"]);
    one_or_many(&word(&words))
}

pub(super) fn weekdays(_: &mut SchemaGenerator) -> Schema {
    one_or_many(&word(&[WEEKDAYS.as_slice(), &["weekdays", "weekend"]].concat()))
}

pub(super) fn countries(_: &mut SchemaGenerator) -> Schema {
    one_or_many(&json!({ "type": "string", "pattern": "^[A-Za-z]{2}$", "examples": ["US", "BR"] }))
}

pub(super) fn share(generator: &mut SchemaGenerator) -> Schema {
    let long = generator.subschema_for::<super::ShareSpec>();
    json_schema!({ "anyOf": [{ "type": "number", "minimum": 0, "maximum": 1 }, long] })
}

/// What `Share::parse` reads.
pub(super) fn percentage(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^\\s*[0-9]+(\\.[0-9]{1,4})?\\s*%\\s*$",
        "examples": ["5%", "0.5%"],
    })
}

pub(super) fn stems(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": StemLanguage::ALL.map(|(tag, _)| tag) })
}

pub(super) fn languages(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<&str> = supported_languages().collect();
    json_schema!({ "type": "array", "items": word(&words), "uniqueItems": true })
}

pub(super) fn attribute_types(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "additionalProperties": {
            "anyOf": [
                { "type": "string", "enum": ["text", "number", "boolean"] },
                { "type": "array", "items": { "type": "string" }, "minItems": 1 },
            ],
        },
    })
}

pub(super) fn assigned_values(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "additionalProperties": { "type": ["boolean", "integer", "string"] },
    })
}
