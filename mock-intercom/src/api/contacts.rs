//! Contacts: leads and users.

mod field;
mod labels;
mod profile;
mod search;

use serde_json::{Value, json};

use super::operations::{Operation, Permission};
use super::page::{Listing, Page};
use super::{ApiError, ApiResponse, Call};
use crate::identity::ContactId;
use crate::version::ApiVersion;
use crate::workspace::Workspace;
use crate::workspace::changes::Actor;
use crate::workspace::directory::{Contact, Role};
use crate::workspace::journal::Origin;

/// 50 on a page unless asked, 150 at most. The default is documented for the search only.
const LISTING: Listing = Listing { name: "contacts", per_page: 50, most: 150 };

/// The most contacts that the API makes; Intercom's own limit is not documented.
const MOST_CONTACTS: usize = 1_000_000;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::new("ListContacts", "GET", "/contacts", Permission::ReadUsers, |it, call| {
        it.list_contacts(call)
    }),
    Operation::new("CreateContact", "POST", "/contacts", Permission::WriteUsers, |it, call| {
        it.post_contact(call)
    }),
    Operation::new(
        "SearchContacts",
        "POST",
        "/contacts/search",
        Permission::ReadUsers,
        |it, call| it.search_contacts(call),
    ),
    Operation::new(
        "MergeContact",
        "POST",
        "/contacts/merge",
        Permission::WriteUsers,
        |it, call| it.post_contact_merge(call),
    ),
    Operation::new(
        "ShowContactByExternalId",
        "GET",
        "/contacts/find_by_external_id/{external_id}",
        Permission::ReadOneUser,
        |it, call| it.get_contact_by_external_id(call),
    )
    .since(ApiVersion::V2_13),
    Operation::new(
        "ShowContact",
        "GET",
        "/contacts/{contact_id}",
        Permission::ReadOneUser,
        |it, call| it.get_contact(call),
    ),
    Operation::new(
        "UpdateContact",
        "PUT",
        "/contacts/{contact_id}",
        Permission::WriteUsers,
        |it, call| it.put_contact(call),
    ),
    Operation::new(
        "DeleteContact",
        "DELETE",
        "/contacts/{contact_id}",
        Permission::WriteUsers,
        |it, call| it.remove_contact(call),
    ),
    Operation::new(
        "ArchiveContact",
        "POST",
        "/contacts/{contact_id}/archive",
        Permission::WriteUsers,
        |it, call| it.post_archive(call, true),
    ),
    Operation::new(
        "UnarchiveContact",
        "POST",
        "/contacts/{contact_id}/unarchive",
        Permission::WriteUsers,
        |it, call| it.post_archive(call, false),
    ),
    Operation::new(
        "BlockContact",
        "POST",
        "/contacts/{contact_id}/block",
        Permission::WriteUsers,
        |it, call| it.post_block(call),
    ),
    Operation::new(
        "listTagsForAContact",
        "GET",
        "/contacts/{contact_id}/tags",
        Permission::ReadTags,
        |it, call| it.list_contact_tags(call),
    ),
    Operation::new(
        "attachTagToContact",
        "POST",
        "/contacts/{contact_id}/tags",
        Permission::WriteTags,
        |it, call| it.post_contact_tag(call),
    ),
    Operation::new(
        "detachTagFromContact",
        "DELETE",
        "/contacts/{contact_id}/tags/{tag_id}",
        Permission::WriteTags,
        |it, call| it.delete_contact_tag(call),
    ),
    Operation::new(
        "listNotes",
        "GET",
        "/contacts/{contact_id}/notes",
        Permission::ReadOneUser,
        |it, call| it.list_notes(call),
    ),
    Operation::new(
        "createNote",
        "POST",
        "/contacts/{contact_id}/notes",
        Permission::WriteUsers,
        |it, call| it.post_note(call),
    ),
    Operation::new(
        "retrieveNote",
        "GET",
        "/notes/{note_id}",
        Permission::ReadOneUser,
        |it, call| it.get_note(call),
    ),
];

impl Workspace {
    /// The contact that a path names.
    pub(super) fn contact_at(&self, call: &Call<'_>) -> Result<&Contact, ApiError> {
        self.contact_of_id(call, call.id(0))
    }

    /// The contact of an id. Of merged ones the description speaks where a contact is looked at; here
    /// every operation that is told an id says the same.
    pub(super) fn contact_of_id(&self, call: &Call<'_>, id: &str) -> Result<&Contact, ApiError> {
        let id = id.parse::<ContactId>().map_err(|_| ApiError::user_not_found())?;
        let gone = || ApiError::contact_gone(call.lens.version(), self.survivor_of(id));
        self.contact(id).ok_or_else(gone)
    }

    fn get_contact(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        Ok(ApiResponse::ok(&call.lens.contact(self, self.contact_at(call)?)))
    }

    /// Finds users, not leads (OpenAPI).
    fn get_contact_by_external_id(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let external_id = call.id(0);
        let user = self.contact_of_external_id(external_id);
        let user = user.filter(|contact| contact.role == Role::User);
        let survivor = self.survivor_of_external_id(external_id);
        let gone = || ApiError::contact_gone(call.lens.version(), survivor);
        let user = user.ok_or_else(gone)?;
        Ok(ApiResponse::ok(&call.lens.contact(self, user)))
    }

    /// Oldest first; the archived are not in it. Neither is documented.
    fn list_contacts(&self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let page = Page::of_query(call.request, LISTING)?;
        let shown = self.contacts().filter(|contact| !contact.is_archived);
        let cut = page.cut(shown, |contact| (contact.created_at, contact.id.to_string()));
        let data: Vec<Value> =
            cut.items.into_iter().map(|contact| call.lens.contact(self, contact)).collect();
        let total = cut.total;
        let body = json!({"type": "list", "data": data, "total_count": total, "pages": cut.pages});
        Ok(ApiResponse::ok(&body))
    }

    fn post_contact(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        if ["email", "external_id", "role"].iter().all(|key| fields.get(key).is_none()) {
            return Err(ApiError::absent("email"));
        }
        let mut contact = self.new_contact(call.at);
        contact.role = Role::User;
        self.fill_contact(&mut contact, &fields, call.lens.version())?;
        if let Some(rival) = self.rival_of(&contact) {
            return Err(ApiError::conflict(rival));
        }
        if self.contact_count() >= MOST_CONTACTS {
            let message = format!("the mock holds at most {MOST_CONTACTS} contacts");
            return Err(ApiError::invalid(None, message));
        }
        let id = self.add_contact(call.at, contact);
        self.shown_contact(call, id)
    }

    fn put_contact(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let mut contact = self.contact_at(call)?.clone();
        let (id, role) = (contact.id, contact.role);
        self.fill_contact(&mut contact, &fields, call.lens.version())?;
        if (role, contact.role) == (Role::User, Role::Lead) {
            // In the words of Intercom's docs, versions 2.3 to 2.6.
            let message = "Contact with user role can't be converted to a lead";
            return Err(ApiError::refused("client_error", message));
        }
        if let Some(rival) = self.rival_of(&contact) {
            return Err(ApiError::conflict(rival));
        }
        self.replace_contact(call.at, contact);
        self.shown_contact(call, id)
    }

    fn remove_contact(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?;
        let (id, answer) = (contact.id, reference(contact, "deleted", true));
        self.delete_contact(call.at, id, Origin::Api);
        Ok(ApiResponse::ok(&answer))
    }

    fn post_archive(&mut self, call: &Call<'_>, archived: bool) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?;
        let (id, answer) = (contact.id, reference(contact, "archived", archived));
        self.set_archived(call.at, id, archived, Origin::Api);
        Ok(ApiResponse::ok(&answer))
    }

    fn post_block(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let contact = self.contact_at(call)?;
        let (id, answer) = (contact.id, reference(contact, "blocked", true));
        self.block_contact(call.at, id, self.token_actor());
        Ok(ApiResponse::ok(&answer))
    }

    /// `MergeContact`: a lead into a user. From 2.16 they must share an address or a phone number
    /// unless `skip_duplicate_validation`. What is said of wrong roles is in no source.
    fn post_contact_merge(&mut self, call: &Call<'_>) -> Result<ApiResponse, ApiError> {
        let fields = call.fields()?;
        let side = |name: &'static str, role: Role| {
            let contact = self.contact_of_id(call, fields.text(name)?)?;
            if contact.role != role {
                let message = format!("{name} must be a {}", role.as_str());
                return Err(ApiError::invalid(name, message));
            }
            Ok(contact)
        };
        let (lead, user) = (side("from", Role::Lead)?, side("into", Role::User)?);
        let skips =
            fields.has("skip_duplicate_validation") && fields.flag("skip_duplicate_validation")?;
        let must_share = call.lens.version() >= ApiVersion::V2_16 && !skips;
        if must_share && !are_duplicates(lead, user) {
            let message = "Contacts can only be merged when they are duplicates (matching email \
                           or phone). Pass skip_duplicate_validation=true to override this check.";
            return Err(ApiError::refused("invalid_merge", message));
        }
        let (from, into) = (lead.id, user.id);
        self.merge_contact(call.at, from, into);
        self.shown_contact(call, into)
    }

    fn shown_contact(&self, call: &Call<'_>, id: ContactId) -> Result<ApiResponse, ApiError> {
        let contact = self.contact(id).ok_or_else(ApiError::user_not_found)?;
        Ok(ApiResponse::ok(&call.lens.contact(self, contact)))
    }

    /// Whoever the token belongs to, through the API.
    fn token_actor(&self) -> Actor {
        Actor { admin: self.app.token_admin, by: Origin::Api }
    }
}

fn are_duplicates(one: &Contact, other: &Contact) -> bool {
    let email = |contact: &Contact| contact.email.as_deref().map(str::to_lowercase);
    let shares_email = email(one).is_some() && email(one) == email(other);
    shares_email || (one.phone.is_some() && one.phone == other.phone)
}

/// A contact by name only, with what happened to it (schemas `contact_archived` and the like).
fn reference(contact: &Contact, what: &str, so: bool) -> Value {
    json!({"type": "contact", "id": contact.id, "external_id": contact.external_id, what: so})
}
