//! The order that a search asks for.

use serde_json::Value;

use super::Field;
use crate::api::{ApiError, Fields};

/// The order of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Order<F> {
    /// Newest first.
    Newest,
    /// By a field, smallest first; what has nothing there comes last.
    Ascending(F),
    /// By a field, largest first; what has nothing there comes last.
    Descending(F),
}

impl<F: Field> Order<F> {
    /// From `sort` in a body: `field`, and `order`, which is `descending` unless said (OpenAPI, 2.16,
    /// of contacts). Fields that are not `is_sortable` are refused; `sortable` says which are.
    pub(in crate::api) fn read(
        fields: &Fields,
        is_sortable: impl Fn(&F) -> bool,
        sortable: &str,
    ) -> Result<Self, ApiError> {
        let sort = match fields.get("sort") {
            None => return Ok(Self::Newest),
            Some(Value::Object(sort)) => sort,
            Some(_) => return Err(ApiError::invalid("sort", "sort must be an object")),
        };
        let name = sort.get("field").and_then(Value::as_str);
        let field = name
            .and_then(F::named)
            .filter(is_sortable)
            .ok_or_else(|| ApiError::invalid("sort", format!("sort.field must be {sortable}")))?;
        match sort.get("order").unwrap_or(&Value::Null) {
            Value::Null => Ok(Self::Descending(field)),
            Value::String(order) if order == "descending" => Ok(Self::Descending(field)),
            Value::String(order) if order == "ascending" => Ok(Self::Ascending(field)),
            other => Err(ApiError::sort_order(other)),
        }
    }
}
