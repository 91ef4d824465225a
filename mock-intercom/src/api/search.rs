//! `POST /conversations/search`.
//!
//! Intercom's order of results is not documented; here the newest conversation comes first, and a
//! cursor goes on below the last one shown, so what arrives meanwhile shifts no page.

mod query;

use std::cmp::Reverse;

use serde_json::json;

use super::operations::{Operation, Permission};
use super::page::{Listing, Page};
use super::{ApiError, ApiResponse, Call};
use crate::workspace::Workspace;
use crate::workspace::render::Parts;

use query::Query;

/// Results per page: 20 unless asked, 150 at most (Intercom docs).
const LISTING: Listing = Listing { name: "conversations", per_page: 20, most: 150 };

pub(super) const OPERATIONS: &[Operation] = &[Operation::new(
    "searchConversations",
    "POST",
    "/conversations/search",
    Permission::ReadConversations,
    |it, call| it.search(call),
)];

impl Workspace {
    pub(super) fn search(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let query = fields.get("query").ok_or_else(|| ApiError::absent("query"))?;
        let query = Query::read(query)?;
        if fields.get("sort").is_some() {
            return Err(ApiError::not_covered("'sort' in POST /conversations/search"));
        }
        let page = Page::of_body(&fields, LISTING)?;
        let horizon = self.index_horizon();
        let indexed = self.conversations().rev().filter(|found| found.created_at() <= horizon);
        let found = indexed.filter(|found| query.matches(found));
        let cut = page.cut(found, |found| Reverse(found.id()));
        let view = |found| call.lens.conversation(self, found, Parts::Absent);
        let conversations: Vec<_> = cut.items.into_iter().map(view).collect();
        Ok(ApiResponse::ok(&json!({
            "type": "conversation.list",
            "pages": cut.pages,
            "total_count": cut.total,
            "conversations": conversations,
        })))
    }
}
