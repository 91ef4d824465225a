//! Schemas of values of which the structures say only that they are texts: words of closed lists,
//! times, lengths of time. Taken from the same lists that the checks use.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::hours::WEEKDAYS;
use crate::language::supported_languages;
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

/// What a duration of `jiff` begins and goes on with: `10s`, `1h 30m`, `PT10S`.
pub(super) fn duration(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^\\s*\\+?([Pp].+|[0-9].*[A-Za-zµ:].*)$",
        "examples": ["10s", "15m", "1h"],
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

pub(super) fn accents(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["optional", "strict"] })
}

pub(super) fn distribution(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["balanced"] })
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
