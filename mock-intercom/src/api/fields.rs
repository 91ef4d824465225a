//! The body of a call, and its fields.

use serde_json::{Map, Value};

use super::error::ApiError;

/// A JSON object that came as a body.
#[derive(Debug)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body; an empty one has no fields.
    pub(super) fn read(body: &[u8]) -> Result<Self, ApiError> {
        if body.is_empty() {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(ApiError::invalid(None, "The body must be a JSON object")),
            Err(_) => Err(ApiError::invalid(None, "Unable to parse JSON")),
        }
    }

    /// The fields of an object inside a body.
    pub(super) const fn of(object: Map<String, Value>) -> Self {
        Self(object)
    }

    /// Whether a field is there, be it null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&self, name: &'static str) -> Result<&str, ApiError> {
        self.optional_text(name)?.ok_or_else(|| ApiError::absent(name))
    }

    /// A text that may be absent.
    pub(super) fn optional_text(&self, name: &'static str) -> Result<Option<&str>, ApiError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be a string"))),
        }
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Err(ApiError::absent(name)),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be a boolean"))),
        }
    }

    /// An id: the description says string, its examples send numbers, so both. A string that is no
    /// number is an id of nothing.
    pub(super) fn id(&self, name: &'static str) -> Result<Option<u64>, ApiError> {
        match self.get(name) {
            None => Err(ApiError::absent(name)),
            Some(Value::Number(number)) if number.is_u64() => Ok(number.as_u64()),
            Some(Value::String(text)) => Ok(text.parse().ok()),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be an id"))),
        }
    }

    /// Unix seconds.
    pub(super) fn seconds(&self, name: &'static str) -> Result<u64, ApiError> {
        match self.get(name) {
            None => Err(ApiError::absent(name)),
            Some(Value::Number(number)) if number.is_u64() => Ok(number.as_u64().unwrap_or(0)),
            Some(_) => Err(ApiError::invalid(name, format!("{name} must be a Unix time"))),
        }
    }
}
