//! Many conversations: `POST /conversations/search` and `GET /conversations`.
//!
//! Intercom's order of results is not documented; here the newest conversation comes first, and a
//! cursor goes on below the last one shown, so what arrives meanwhile shifts no page.

mod field;
mod order;

use serde_json::json;

use super::operations::{Operation, Permission};
use super::page::{Cut, Listing, Page};
use super::query::{Field, Order, Query};
use super::{ApiError, ApiResponse, Call};
use crate::Moment;
use crate::workspace::Workspace;
use crate::workspace::conversation::Conversation;
use crate::workspace::render::Parts;

use field::ConversationField;

/// Results per page: 20 unless asked, 150 at most (Intercom docs).
const LISTING: Listing = Listing { name: "conversations", per_page: 20, most: 150 };

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new(
        "searchConversations",
        "POST",
        "/conversations/search",
        Permission::ReadConversations,
        |it, call| it.search(call),
    ),
    Operation::new(
        "listConversations",
        "GET",
        "/conversations",
        Permission::ReadConversations,
        |it, call| it.list_conversations(call),
    ),
];

impl Workspace {
    fn search(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let query = fields.get("query").ok_or_else(|| ApiError::absent("query"))?;
        let query = Query::<ConversationField>::read(query)?;
        let order = Order::<ConversationField>::of_conversations(&fields)?;
        let page = Page::of_body(&fields, order.listing(LISTING))?;
        let horizon = self.index_horizon();
        let indexed = self.conversations().rev().filter(|found| is_indexed(horizon, found));
        let found = indexed.filter(|&found| query.matches((self, found)));
        let cut = page.cut(found, |&found| order.place((self, found), found.id().get()));
        Ok(self.conversation_list(call, cut))
    }

    fn list_conversations(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let page = Page::of_query(call.request, LISTING)?;
        let newest = Order::<ConversationField>::Newest;
        let place = |&found: &&Conversation| newest.place((self, found), found.id().get());
        let cut: Cut<&Conversation> = page.cut(self.conversations().rev(), place);
        Ok(self.conversation_list(call, cut))
    }

    fn conversation_list(&self, call: &Call<'_>, cut: Cut<&Conversation>) -> ApiResponse {
        let view = |found| call.lens.conversation(self, found, Parts::Absent);
        let conversations: Vec<_> = cut.items.into_iter().map(view).collect();
        ApiResponse::ok(&json!({
            "type": "conversation.list",
            "pages": cut.pages,
            "total_count": cut.total,
            "conversations": conversations,
        }))
    }
}

/// Whether searches find a conversation yet: Intercom's index takes in a new one after seconds (its
/// own SDK tests wait 5 s, intercom-node `tests/integration`). What it knows it knows as it is now.
fn is_indexed(horizon: Moment, conversation: &Conversation) -> bool {
    conversation.created_at() <= horizon
}
