//! `POST /conversations/search`.
//!
//! Intercom's order of results is not documented; here the newest conversation comes first, and a
//! cursor goes on below the last one shown, so what arrives meanwhile shifts no page.

mod query;

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::{ApiError, ApiResponse, Call, Fields};
use crate::identity::ConversationId;
use crate::workspace::Workspace;
use crate::workspace::conversation::Conversation;
use crate::workspace::render::Parts;

use query::Query;

/// Results per page: 20 unless asked, 150 at most (Intercom docs).
const PER_PAGE: u64 = 20;
const MOST_PER_PAGE: u64 = 150;

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
        let page = Page::read(&fields)?;
        let horizon = self.index_horizon();
        let indexed = self.conversations().rev().filter(|found| found.created_at() <= horizon);
        let found = indexed.filter(|found| query.matches(found));
        let (total, shown, more) = page.cut(found);
        let conversations: Vec<_> =
            shown.iter().map(|found| call.lens.conversation(self, found, Parts::Absent)).collect();
        let next = shown.last().filter(|_| more).map(|last| cursor(last.id()));
        Ok(ApiResponse::ok(&json!({
            "type": "conversation.list",
            "pages": page.describe(total, next),
            "total_count": total,
            "conversations": conversations,
        })))
    }
}

struct Page {
    per_page: u64,
    after: Option<ConversationId>,
}

impl Page {
    fn read(fields: &Fields) -> Result<Self, ApiError> {
        let pagination = match fields.get("pagination") {
            None => {
                return Ok(Self { per_page: PER_PAGE, after: None });
            }
            Some(Value::Object(pagination)) => pagination,
            Some(_) => {
                return Err(ApiError::invalid("pagination", "pagination must be an object"));
            }
        };
        let per_page = match pagination.get("per_page") {
            None | Some(Value::Null) => PER_PAGE,
            Some(value) => {
                value.as_u64().filter(|n| (1..=MOST_PER_PAGE).contains(n)).ok_or_else(|| {
                    ApiError::invalid("per_page", "per_page must be between 1 and 150")
                })?
            }
        };
        let after = match pagination.get("starting_after") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(conversation_of(text).ok_or_else(ApiError::cursor)?),
            Some(_) => return Err(ApiError::cursor()),
        };
        Ok(Self { per_page, after })
    }

    /// How many there are in all, those of this page, and whether any follow.
    fn cut<'a>(
        &self,
        found: impl Iterator<Item = &'a Conversation>,
    ) -> (u64, Vec<&'a Conversation>, bool) {
        let (mut total, mut shown, mut more) = (0, Vec::new(), false);
        for conversation in found {
            total += 1;
            if self.after.is_some_and(|after| conversation.id() >= after) {
                continue;
            }
            match (shown.len() as u64) < self.per_page {
                true => shown.push(conversation),
                false => more = true,
            }
        }
        (total, shown, more)
    }

    /// The `pages` object. The last page has no `next`.
    fn describe(&self, total: u64, next: Option<String>) -> Value {
        let mut pages = json!({
            "type": "pages",
            "page": 1,
            "per_page": self.per_page,
            "total_pages": total.div_ceil(self.per_page),
        });
        if let Some(starting_after) = next {
            pages["next"] = json!({"per_page": self.per_page, "starting_after": starting_after});
        }
        pages
    }
}

fn cursor(id: ConversationId) -> String {
    hex::encode(format!("conversation:{id}"))
}

fn conversation_of(cursor: &str) -> Option<ConversationId> {
    let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
    text.strip_prefix("conversation:")?.parse().ok()
}
