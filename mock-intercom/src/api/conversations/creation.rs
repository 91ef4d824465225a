//! `POST /conversations` and `DELETE /conversations/{id}`, and what has been deleted.

use serde_json::{Value, json};

use crate::Moment;
use crate::api::{ApiError, ApiResponse, Call, Fields};
use crate::identity::{ContactId, ConversationId};
use crate::workspace::conversation::{Body, Content};
use crate::workspace::journal::Origin;
use crate::workspace::message::{Arrival, Message};
use crate::workspace::{Removal, Workspace};

use super::attachments;

/// Deleted conversations per page: 20 unless asked; the most is not documented.
const PER_PAGE: u64 = 20;
const MOST_PER_PAGE: u64 = 150;

impl Workspace {
    /// A conversation that a contact begins. The answer is a message, not a conversation.
    pub(in crate::api) fn post_conversation(
        &mut self,
        call: &Call<'_>,
    ) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let contact = self.sender(call, &fields)?;
        let text = super::text_within_limit(&fields)?.ok_or_else(|| ApiError::absent("body"))?;
        let content = Content {
            body: Some(Body::Plain(text.clone())),
            attachments: attachments(&fields)?,
            written_at: super::written_at(call, &fields)?,
            ..Content::default()
        };
        let created_at = content.written_at.unwrap_or(call.at).as_seconds();
        let message = Message { at: call.at, contact, content };
        let arrival = Arrival { source_type: "conversation".into(), channel: None };
        let (conversation, part) = self.begin_conversation(message, arrival);
        Ok(ApiResponse::ok(&json!({
            "type": "user_message",
            "id": part.get().to_string(),
            "created_at": created_at,
            "body": text,
            "message_type": "inapp",
            "conversation_id": conversation,
        })))
    }

    fn sender(&self, call: &Call<'_>, fields: &Fields) -> Result<ContactId, ApiError> {
        let from = fields.get("from").ok_or_else(|| ApiError::absent("from"))?;
        let kind = from.get("type").and_then(Value::as_str);
        if !matches!(kind, Some("lead" | "user" | "contact")) {
            let message = "from must have the type 'lead', 'user' or 'contact'";
            return Err(ApiError::invalid("from", message));
        }
        let id = from.get("id").and_then(Value::as_str).ok_or_else(ApiError::user_not_found)?;
        Ok(self.contact_of_id(call, id)?.id)
    }

    pub(in crate::api) fn remove_conversation(
        &mut self,
        call: &Call<'_>,
    ) -> Result<ApiResponse, ApiError> {
        let id = self.conversation_id(call.id(0))?;
        // The default is not documented for every version; to keep nothing is the safer reading.
        let retained = match call.request.parameter("retain_metrics").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                let message = "retain_metrics must be true or false";
                return Err(ApiError::invalid("retain_metrics", message));
            }
        };
        self.delete_conversation(call.at, id, retained, Origin::Api);
        let body = json!({"id": id, "object": "conversation", "deleted": true});
        Ok(ApiResponse::ok(&body))
    }

    /// By numbered pages, newest first unless `order` is `asc`.
    pub(in crate::api) fn list_removals(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let number = |name: &'static str, default: u64, most: u64| {
            let given = call.request.parameter(name);
            let value = given.as_deref().map_or(Some(default), |text| text.parse().ok());
            value.filter(|value| (1..=most).contains(value)).ok_or_else(|| {
                ApiError::invalid(name, format!("{name} must be a number from 1 to {most}"))
            })
        };
        let page = number("page", 1, u64::from(u32::MAX))?;
        let per_page = number("per_page", PER_PAGE, MOST_PER_PAGE)?;
        let order = call.request.parameter("order");
        let ascending = match order.as_deref() {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err(ApiError::invalid("order", "order must be 'asc' or 'desc'")),
        };
        let mut all: Vec<(Moment, ConversationId, bool)> = self
            .removals
            .iter()
            .map(|(&id, &Removal { at, metrics_retained })| (at, id, metrics_retained))
            .collect();
        all.sort_unstable();
        if !ascending {
            all.reverse();
        }
        let total = all.len() as u64;
        let skip = usize::try_from((page - 1).saturating_mul(per_page)).unwrap_or(usize::MAX);
        let shown: Vec<Value> = all
            .into_iter()
            .skip(skip)
            .take(usize::try_from(per_page).unwrap_or(usize::MAX))
            .map(|(at, id, retained)| {
                json!({
                    "type": "conversation",
                    "id": id,
                    "metrics_retained": retained,
                    "deleted_at": at.as_seconds(),
                })
            })
            .collect();
        let order = if ascending { "asc" } else { "desc" };
        let next = (page.saturating_mul(per_page) < total).then(|| {
            let page = page + 1;
            let base = call.request.base_url();
            format!("{base}/conversations/deleted?per_page={per_page}&order={order}&page={page}")
        });
        Ok(ApiResponse::ok(&json!({
            "type": "conversations.list",
            "total_count": total,
            "pages": {
                "type": "pages",
                "next": next,
                "page": page,
                "per_page": per_page,
                "total_pages": total.div_ceil(per_page),
            },
            "conversations": shown,
        })))
    }
}
