//! Pages of lists, by cursor.
//!
//! A cursor is opaque to clients. It says behind which position the next page goes on, so what
//! arrives in the meantime shifts no page, whatever the order.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::fields::Fields;
use super::{ApiError, ApiRequest};

/// A list that is told in pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listing {
    /// What is listed and in which order; a cursor of one listing is none of another.
    pub(super) name: &'static str,
    /// Items per page unless asked.
    pub(super) per_page: u64,
    /// The most that may be asked for.
    pub(super) most: u64,
}

/// The page that a call asks for. `P` is the position of an item: what the list is sorted by,
/// ascending (descending with [`std::cmp::Reverse`]), and unlike that of any other item.
#[derive(Debug)]
pub(super) struct Page<P> {
    listing: Listing,
    per_page: u64,
    start: Start<P>,
}

/// Where a page begins.
#[derive(Debug)]
enum Start<P> {
    /// Behind a position; at the beginning without one.
    After(Option<P>),
    /// After so many items, for clients that count pages, as the Python SDK does for notes and
    /// activities.
    Skip(u64),
}

/// A page: its items, and the `pages` object that describes it (schema `cursor_pages`).
#[derive(Debug)]
pub(super) struct Cut<T> {
    /// How many items there are on all pages.
    pub(super) total: u64,
    /// The items of this page, in order.
    pub(super) items: Vec<T>,
    /// The `pages` object; the last page has no `next`.
    pub(super) pages: Value,
}

impl<P: Ord + Serialize + DeserializeOwned> Page<P> {
    /// From `pagination` in a body.
    pub(super) fn of_body(fields: &Fields, listing: Listing) -> Result<Self, ApiError> {
        let (per_page, after) = match fields.get("pagination") {
            None => (None, None),
            Some(Value::Object(pagination)) => {
                let given = |key: &str| pagination.get(key).filter(|value| !value.is_null());
                (given("per_page"), given("starting_after"))
            }
            Some(_) => {
                return Err(ApiError::invalid("pagination", "pagination must be an object"));
            }
        };
        let per_page = per_page.map(|value| value.as_u64().unwrap_or(0));
        let after = match after {
            None => None,
            Some(value) => Some(value.as_str().ok_or_else(ApiError::cursor)?),
        };
        Self::new(listing, per_page, after)
    }

    /// From `per_page` and `starting_after` in a query.
    pub(super) fn of_query(request: &ApiRequest, listing: Listing) -> Result<Self, ApiError> {
        let per_page = request.parameter("per_page").map(|text| text.parse().unwrap_or(0));
        let cursor = request.parameter("starting_after");
        let mut page = Self::new(listing, per_page, cursor.as_deref())?;
        if let (None, Some(number)) = (&cursor, request.parameter("page")) {
            let number = number.parse::<u32>().ok().filter(|&number| number > 0);
            let number =
                number.ok_or_else(|| ApiError::invalid("page", "page must be a number from 1"))?;
            page.start = Start::Skip((u64::from(number) - 1) * page.per_page);
        }
        Ok(page)
    }

    fn new(listing: Listing, per_page: Option<u64>, after: Option<&str>) -> Result<Self, ApiError> {
        let per_page = per_page.unwrap_or(listing.per_page);
        if !(1..=listing.most).contains(&per_page) {
            let message = format!("per_page must be between 1 and {}", listing.most);
            return Err(ApiError::invalid("per_page", message));
        }
        let after = match after {
            None | Some("") => None,
            Some(text) => Some(listing.read(text).ok_or_else(ApiError::cursor)?),
        };
        Ok(Self { listing, per_page, start: Start::After(after) })
    }

    /// Cuts the page out of all items, which may come in any order. Takes memory for one page, or, where
    /// pages are counted, for those before it too.
    pub(super) fn cut<T>(
        &self,
        found: impl Iterator<Item = T>,
        position: impl Fn(&T) -> P,
    ) -> Cut<T> {
        let (mut total, mut before, mut more) = (0, 0, false);
        let mut shown: BTreeMap<P, T> = BTreeMap::new();
        let room = match self.start {
            Start::After(_) => self.per_page,
            Start::Skip(skip) => skip + self.per_page,
        };
        for item in found {
            total += 1;
            let place = position(&item);
            if matches!(&self.start, Start::After(Some(after)) if place <= *after) {
                before += 1;
                continue;
            }
            let is_full = shown.len() as u64 == room;
            more |= is_full;
            if !is_full {
                shown.insert(place, item);
            } else if shown.last_key_value().is_some_and(|(last, _)| place < *last) {
                shown.pop_last();
                shown.insert(place, item);
            }
        }
        if let Start::Skip(skip) = self.start {
            before = skip;
            for _ in 0..skip.min(total) {
                shown.pop_first();
            }
        }
        let next = shown.last_key_value().filter(|_| more);
        let next = next.map(|(last, _)| self.listing.write(last));
        let pages = self.describe(total, before, next);
        Cut { total, items: shown.into_values().collect(), pages }
    }

    fn describe(&self, total: u64, before: u64, next: Option<String>) -> Value {
        let mut pages = json!({
            "type": "pages",
            "page": before.div_ceil(self.per_page) + 1,
            "per_page": self.per_page,
            "total_pages": total.div_ceil(self.per_page),
        });
        if let Some(starting_after) = next {
            pages["next"] = json!({"per_page": self.per_page, "starting_after": starting_after});
        }
        pages
    }
}

impl Listing {
    /// The longest cursor that is looked into, in bytes.
    const LONGEST_CURSOR: usize = 2_048;

    fn write(self, position: &impl Serialize) -> String {
        let place = serde_json::to_string(position).expect("our own positions are valid JSON");
        hex::encode(format!("{}:{place}", self.name))
    }

    fn read<P: DeserializeOwned>(self, cursor: &str) -> Option<P> {
        let cursor = (cursor.len() <= Self::LONGEST_CURSOR).then_some(cursor)?;
        let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
        let place = text.strip_prefix(self.name)?.strip_prefix(':')?;
        serde_json::from_str(place).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use super::*;

    const LISTING: Listing = Listing { name: "numbers", per_page: 2, most: 3 };

    fn page(query: &str) -> Result<Page<Reverse<u64>>, ApiError> {
        let request = ApiRequest { query: Some(query.to_owned()), ..ApiRequest::default() };
        Page::of_query(&request, LISTING)
    }

    #[test]
    fn goes_on_behind_the_cursor_though_others_arrive() {
        let first = page("").unwrap().cut([3, 1, 5, 2, 4].into_iter(), |&n| Reverse(n));
        assert_eq!((first.total, first.items), (5, vec![5, 4]));
        assert_eq!((&first.pages["page"], &first.pages["total_pages"]), (&json!(1), &json!(3)));
        let cursor = first.pages["next"]["starting_after"].as_str().unwrap();
        let query = format!("per_page=3&starting_after={cursor}");
        let last = page(&query).unwrap().cut([6, 3, 1, 7, 5, 2, 4].into_iter(), |&n| Reverse(n));
        assert_eq!(last.items, [3, 2, 1]);
        assert_eq!(last.pages.get("next"), None);
    }

    #[test]
    fn pages_may_be_counted() {
        let check = |query: &str, expected: &[u64], number: u64, more: bool| {
            let cut = page(query).unwrap().cut([3, 1, 5, 2, 4].into_iter(), |&n| Reverse(n));
            assert_eq!((cut.total, cut.items.as_slice()), (5, expected), "{query}");
            assert_eq!(cut.pages["page"], number, "{query}");
            assert_eq!(cut.pages.get("next").is_some(), more, "{query}");
        };
        check("page=1", &[5, 4], 1, true);
        check("page=2", &[3, 2], 2, true);
        check("page=3", &[1], 3, false);
        check("page=4", &[], 4, false);
        check("page=2&per_page=3", &[2, 1], 2, false);
        check(&format!("page={}", u32::MAX), &[], u32::MAX.into(), false);
        assert!(page("page=0").is_err());
        assert!(page("page=x").is_err());
    }

    #[test]
    fn refuses_pages_that_there_cannot_be() {
        let other = Listing { name: "others", ..LISTING }.write(&Reverse(4_u64));
        let of_others = format!("starting_after={other}");
        let long = format!("starting_after={}", "00".repeat(5_000));
        for query in
            ["per_page=0", "per_page=4", "per_page=x", "starting_after=x", &of_others, &long]
        {
            assert!(page(query).is_err(), "{query}");
        }
        let fields = |text: &str| Fields::read(text.as_bytes()).unwrap();
        let body = |text: &str| Page::<u64>::of_body(&fields(text), LISTING);
        for text in [
            r#"{"pagination": 1}"#,
            r#"{"pagination": {"per_page": "2"}}"#,
            r#"{"pagination": {"starting_after": 7}}"#,
        ] {
            assert!(body(text).is_err(), "{text}");
        }
        assert_eq!(body(r#"{"pagination": {"per_page": null}}"#).unwrap().per_page, 2);
    }
}
