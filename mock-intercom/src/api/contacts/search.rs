//! `POST /contacts/search`.

use std::cmp::Reverse;

use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Moment;
use crate::api::page::{Cut, Listing, Page};
use crate::api::query::{Order, Query};
use crate::api::{ApiError, ApiResponse, Call, Fields};
use crate::workspace::Workspace;
use crate::workspace::directory::Contact;

use super::field::{ContactField, Looked, SortKey, day_of};

/// 50 results on a page unless asked (OpenAPI); 150 at most, as elsewhere.
const NEWEST: Listing = Listing { name: "found contacts", per_page: 50, most: 150 };
const ASCENDING: Listing = Listing { name: "contacts ascending", ..NEWEST };
const DESCENDING: Listing = Listing { name: "contacts descending", ..NEWEST };

impl Workspace {
    /// The archived are not found, which is not documented, nor those who were merged away, which is.
    pub(super) fn search_contacts(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let query = fields.get("query").ok_or_else(|| ApiError::absent("query"))?;
        let mut query = Query::<ContactField>::read(query)?;
        let order =
            Order::<ContactField>::read(&fields, |_| true, "a field to search contacts by")?;
        // The workspace file was checked to have a zone that there is.
        let zone = TimeZone::get(&self.app.time_zone).unwrap_or(TimeZone::UTC);
        query.count_days(&|seconds| day_of(&zone, Moment::from_seconds(seconds)));
        let look = |contact| Looked { workspace: self, contact, zone: &zone };
        let horizon = self.index_horizon();
        let found = self
            .contacts()
            .filter(|contact| !contact.is_archived && contact.created_at <= horizon)
            .filter(|&contact| query.matches(look(contact)));
        let id = |contact: &Contact| contact.id.to_string();
        let cut = match order {
            Order::Newest => cut(&fields, NEWEST, found, |contact| {
                (Reverse(contact.created_at), Reverse(id(contact)))
            })?,
            Order::Ascending(field) => cut(&fields, ASCENDING, found, |contact| {
                (field.sort_key(look(contact)), id(contact))
            })?,
            Order::Descending(field) => cut(&fields, DESCENDING, found, |contact| {
                (descending(field.sort_key(look(contact))), id(contact))
            })?,
        };
        let data: Vec<Value> =
            cut.items.into_iter().map(|contact| call.lens.contact(self, contact)).collect();
        let total = cut.total;
        let body = json!({"type": "list", "data": data, "total_count": total, "pages": cut.pages});
        Ok(ApiResponse::ok(&body))
    }
}

/// Largest first, and those with nothing in the field last all the same.
fn descending(key: SortKey) -> (bool, Reverse<SortKey>) {
    (key.is_nothing(), Reverse(key))
}

fn cut<'a, P: Ord + Serialize + DeserializeOwned>(
    fields: &Fields,
    listing: Listing,
    found: impl Iterator<Item = &'a Contact>,
    place: impl Fn(&'a Contact) -> P,
) -> Result<Cut<&'a Contact>, ApiError> {
    let page = Page::of_body(fields, listing)?;
    Ok(page.cut(found, |&contact| place(contact)))
}
