//! The JSON Schema of rules files, for the completion and the hints of editors.

use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::spec::RulesSpec;

/// The JSON Schema (draft 2020-12) of a rules file, as JSON with a line feed at its end.
///
/// It is for files of both kinds. One that has a `[channel]` or a `[fallback]` is a main file and
/// needs the other and a `version`, too; it also needs a team, unless a file that it includes may
/// have one. A file that has neither is one to be included, and needs nothing.
///
/// # Panics
///
/// Never: a schema is always JSON.
#[must_use]
pub fn json_schema() -> String {
    let settings = SchemaSettings::draft2020_12().with_transform(WithoutNull);
    let mut schema = settings.into_generator().into_root_schema_for::<RulesSpec>();
    schema.insert("title".into(), "Rules of the router".into());
    schema.insert("allOf".into(), required());
    title(&mut schema);
    serde_json::to_string_pretty(&schema).expect("a schema is always JSON") + "\n"
}

/// Which keys a file of which kind needs.
fn required() -> Value {
    let is_main = json!([{ "required": ["channel"] }, { "required": ["fallback"] }]);
    json!([
        { "if": { "anyOf": is_main }, "then": { "required": ["version", "channel", "fallback"] } },
        {
            "if": { "anyOf": is_main, "not": { "required": ["include"] } },
            "then": { "required": ["team"] },
        },
    ])
}

/// Gives every structure its name as a title: `Text table` for `TextTable`.
fn title(schema: &mut Schema) {
    let structures = schema.get_mut("$defs").and_then(Value::as_object_mut);
    for (name, structure) in structures.into_iter().flatten() {
        let mut words = String::new();
        for letter in name.chars() {
            if letter.is_uppercase() && !words.is_empty() {
                words.push(' ');
                words.extend(letter.to_lowercase());
            } else {
                words.push(letter);
            }
        }
        if let Some(structure) = structure.as_object_mut() {
            structure.insert("title".into(), words.into());
        }
    }
}

/// TOML has no null: what may be left out cannot be null instead. Nor are its numbers of Rust's
/// formats.
#[derive(Clone)]
struct WithoutNull;

impl Transform for WithoutNull {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut() {
            without_null(object);
        }
        transform_subschemas(self, schema);
    }
}

fn without_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|it| it != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            object.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type") != Some(&json!("null")));
        if let [Value::Object(one)] = choices.as_slice() {
            let one = one.clone();
            object.remove("anyOf");
            // What stands beside it, such as the description, says more.
            for (key, value) in one {
                object.entry(key).or_insert(value);
            }
        }
    }
    if matches!(object.get("format").and_then(Value::as_str), Some("int64" | "double")) {
        object.remove("format");
    }
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
}
