//! The order of what is found.
//!
//! `sort` is documented for contacts only; conversations take it too
//! (intercom/Intercom-OpenAPI#114).

use std::cmp::Reverse;

use serde_json::Value;

use super::super::fields::Fields;
use super::super::query::{Held, Kind};
use super::{ApiError, Field, Listing};

/// Where a thing stands: what it is sorted by, then newest first.
pub(super) type Place = (u64, Reverse<u64>);

/// The order of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order<F> {
    /// Newest first.
    Newest,
    /// By a field, smallest first; what has nothing there comes last.
    Ascending(F),
    /// By a field, largest first; what has nothing there comes last.
    Descending(F),
}

impl<F: Field> Order<F> {
    /// From `sort` in a body: `field`, and `order`, which is `descending` unless said.
    pub(super) fn read(fields: &Fields) -> Result<Self, ApiError> {
        let sort = match fields.get("sort") {
            None => return Ok(Self::Newest),
            Some(Value::Object(sort)) => sort,
            Some(_) => return Err(ApiError::invalid("sort", "sort must be an object")),
        };
        let name = sort.get("field").and_then(Value::as_str);
        let field = name.and_then(F::named).filter(|field| is_sortable(field.kind()));
        let field = field.ok_or_else(|| {
            let message = "sort.field must be a field of numbers, dates or booleans";
            ApiError::invalid("sort", message)
        })?;
        match sort.get("order").unwrap_or(&Value::Null) {
            Value::Null => Ok(Self::Descending(field)),
            Value::String(order) if order == "descending" => Ok(Self::Descending(field)),
            Value::String(order) if order == "ascending" => Ok(Self::Ascending(field)),
            other => Err(ApiError::sort_order(other)),
        }
    }

    /// The listing of this order, whose cursors are none of the opposite's.
    pub(super) const fn listing(&self, listing: Listing) -> Listing {
        let name = match self {
            Self::Newest => listing.name,
            Self::Ascending(_) => "ascending",
            Self::Descending(_) => "descending",
        };
        Listing { name, ..listing }
    }

    /// Where a thing with this number for an id stands.
    pub(super) fn place(&self, thing: F::Thing<'_>, id: u64) -> Place {
        let key = match *self {
            Self::Newest => 0,
            Self::Ascending(ref field) => number(field, thing).unwrap_or(u64::MAX),
            Self::Descending(ref field) => u64::MAX - number(field, thing).unwrap_or(0),
        };
        (key, Reverse(id))
    }
}

const fn is_sortable(kind: Kind) -> bool {
    !matches!(kind, Kind::Text | Kind::Words)
}

/// What a field of a sortable kind holds.
fn number<F: Field>(field: &F, thing: F::Thing<'_>) -> Option<u64> {
    let mut number = None;
    field.any(thing, &mut |held| {
        number = match held {
            Held::Number(held) => Some(held),
            Held::Flag(flag) => Some(u64::from(flag)),
            Held::Text(_) | Held::Nothing => None,
        };
        number.is_some()
    });
    number
}
