//! Tags on contacts, and notes about them.

use std::cmp::Reverse;

use serde_json::{Value, json};

use crate::api::page::{Listing, Page};
use crate::api::{ApiError, ApiResponse, Call};
use crate::identity::{AdminId, TagId};
use crate::workspace::Workspace;
use crate::workspace::journal::Origin;
use crate::workspace::render::TagView;

/// Notes on a page: 15 unless asked (python-intercom, `notes.list`); the limit is not documented.
const NOTES: Listing = Listing { name: "notes", per_page: 15, most: 150 };
/// The longest note, in bytes, and the most about one contact. Intercom's limits are not documented.
const LONGEST_NOTE: usize = 65_536;
const MOST_NOTES: usize = 1_000;
/// The most tags on one contact. Intercom's limit is not documented.
const MOST_TAGS: usize = 250;

impl Workspace {
    pub(super) fn list_contact_tags(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?;
        let tags = contact.tags.iter().map(|&applied| TagView::applied(self, applied));
        Ok(ApiResponse::ok(&json!({"type": "list", "data": tags.collect::<Vec<_>>()})))
    }

    /// Puts a tag on; one that is on already stays as it was put on.
    pub(super) fn post_contact_tag(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let contact = self.contact_at(call)?;
        let tag = fields.id("id")?.map(TagId::new);
        let tag = tag.filter(|&tag| self.tag(tag).is_some()).ok_or_else(ApiError::not_found)?;
        if contact.tags.len() >= MOST_TAGS && contact.tags.iter().all(|on| on.tag != tag) {
            return Err(ApiError::invalid("id", format!("at most {MOST_TAGS} tags on a contact")));
        }
        let id = contact.id;
        let applied = self.tag_contact(call.at, id, tag, self.token_actor());
        Ok(ApiResponse::ok(&TagView::applied(self, applied)))
    }

    pub(super) fn delete_contact_tag(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let id = self.contact_at(call)?.id;
        let tag = call.id(1).parse().map_err(|_| ApiError::not_found())?;
        let removed = self.untag_contact(call.at, id, tag, Origin::Api);
        let removed = removed.ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&TagView::applied(self, removed)))
    }

    /// Newest first, which is not documented.
    pub(super) fn list_notes(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let page = Page::of_query(call.request, NOTES)?;
        let notes = self.contact_at(call)?.notes.iter().filter_map(|&id| self.note_of(id));
        let cut = page.cut(notes, |note| Reverse(note.id));
        let data: Vec<Value> =
            cut.items.into_iter().map(|note| call.lens.note(self, note)).collect();
        let total = cut.total;
        let body = json!({"type": "list", "data": data, "total_count": total, "pages": cut.pages});
        Ok(ApiResponse::ok(&body))
    }

    /// By `admin_id`, or else by whoever the token belongs to.
    pub(super) fn post_note(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let contact = self.contact_at(call)?;
        let text = fields.text("body")?;
        if text.is_empty() || text.len() > LONGEST_NOTE {
            let message = format!("body must have between 1 and {LONGEST_NOTE} bytes");
            return Err(ApiError::invalid("body", message));
        }
        if contact.notes.len() >= MOST_NOTES {
            let message = format!("at most {MOST_NOTES} notes about a contact");
            return Err(ApiError::invalid(None, message));
        }
        let author = match fields.get("admin_id") {
            None => Some(self.app.token_admin),
            Some(_) => fields.id("admin_id")?.map(AdminId::new),
        };
        let author = author.filter(|&id| self.admin(id).is_some());
        let author = author.ok_or_else(ApiError::not_found)?;
        let id = contact.id;
        let note = self.note_contact(call.at, id, author, text);
        self.shown_note(call, note)
    }

    pub(super) fn get_note(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let id = call.id(0).parse().map_err(|_| ApiError::not_found())?;
        self.shown_note(call, id)
    }

    fn shown_note(&self, call: &Call<'_>, id: u64) -> Result<ApiResponse, ApiError> {
        let note = self.note_of(id).ok_or_else(ApiError::not_found)?;
        Ok(ApiResponse::ok(&call.lens.note(self, note)))
    }
}
