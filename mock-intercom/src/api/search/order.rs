//! The order of what is found.
//!
//! `sort` is documented for contacts only; conversations take it too
//! (intercom/Intercom-OpenAPI#114).

use std::cmp::Reverse;

use super::super::fields::Fields;
use super::super::query::{Held, Kind, Order};
use super::{ApiError, Field, Listing};

/// Where a thing stands: what it is sorted by, then newest first.
pub(super) type Place = (u64, Reverse<u64>);

impl<F: Field> Order<F> {
    /// From `sort` in a body.
    pub(super) fn of_conversations(fields: &Fields) -> Result<Self, ApiError> {
        let is_sortable = |field: &F| !matches!(field.kind(), Kind::Text | Kind::Words);
        Self::read(fields, is_sortable, "a field of numbers, dates or booleans")
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
