//! The JSON Schema of rules files, for the completion and the hints of editors.

use super::spec::RulesSpec;

/// The JSON Schema (draft 2020-12) of a rules file, as JSON with a line feed at its end.
///
/// # Panics
///
/// Never: a schema is always JSON.
#[must_use]
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(RulesSpec);
    serde_json::to_string_pretty(&schema).expect("a schema is always JSON") + "\n"
}
