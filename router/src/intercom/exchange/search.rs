//! `POST /conversations/search`: a page of the conversations that changed, or of all that are open.
//!
//! Source: Intercom's OpenAPI description, operation `searchConversations`; 150 results a page are
//! the most that it gives. State and time are the only fields asked for: how unassigned is spelt in
//! a query, `null` or `0`, changed with 2.16.

use std::sync::Arc;

use engine::{ConversationPage, Timestamp};
use serde::Serialize;

use super::{HttpRequest, send};
use crate::intercom::{translate, wire};

/// Results on a page.
const PER_PAGE: u32 = 150;

/// Which conversations are looked for.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// Those that changed since then; all that are open, if `None`.
    pub(super) changed_since: Option<Timestamp>,
    /// The cursor of the page, if it is not the first.
    pub(super) page: Option<Arc<str>>,
}

#[derive(Serialize)]
struct Body<'a> {
    query: Query,
    pagination: Pagination<'a>,
}

#[derive(Serialize)]
struct Query {
    field: &'static str,
    operator: &'static str,
    value: Value,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Value {
    Seconds(u64),
    State(&'static str),
}

#[derive(Serialize)]
struct Pagination<'a> {
    per_page: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
}

impl Search {
    pub(super) fn request(&self) -> HttpRequest {
        let query = match self.changed_since {
            Some(since) => Query {
                field: "updated_at",
                operator: ">",
                value: Value::Seconds(since.as_seconds()),
            },
            None => Query { field: "state", operator: "=", value: Value::State("open") },
        };
        let pagination = Pagination { per_page: PER_PAGE, starting_after: self.page.as_deref() };
        let body = Body { query, pagination };
        let endpoint = "/conversations/search";
        send("POST", endpoint, endpoint.to_owned(), &body)
    }

    /// The page, if the body is one.
    pub(super) fn read(body: &[u8]) -> Option<ConversationPage> {
        let list: wire::ConversationList<'_> = serde_json::from_slice(body).ok()?;
        let next = list.pages.as_ref().and_then(|pages| pages.next.as_ref());
        Some(ConversationPage {
            found: list.conversations.0.iter().filter_map(translate::found).collect(),
            next: next.and_then(|next| next.starting_after.to_owned()),
        })
    }
}
