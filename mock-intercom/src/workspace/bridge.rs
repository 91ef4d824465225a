//! The TikTok bridge: how a DM becomes a contact and a conversation.
//!
//! Intercom has no TikTok channel of its own that is documented; what brings DMs in is a third
//! party's bridge that uses the public API. This follows what Octopods documents: leads matched by
//! a stored id (docs.octopods.io, article 14823977), further messages appended as replies to the
//! conversation (14823982), a tag with the channel's name put on the first message (4594962), and
//! a contact attribute that names the channel (3412465). By configuration a channel of Intercom's
//! own brings them, as 2.16 would tell of it: no tag, no attribute, but `channel`.

mod reply_window;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Moment;
use crate::identity::{ContactId, ConversationId, PartId};
use crate::moment::from_unix_seconds_if_given;
use crate::workspace::catalogue::attributes::NewAttribute;
use crate::workspace::changes::Actor;
use crate::workspace::conversation::{Attachment, Body, Content};
use crate::workspace::directory::Contact;
use crate::workspace::journal::{Origin, Record};
use crate::workspace::message::{Arrival, Message};
use crate::workspace::{Due, Workspace};
use crate::workspace_file::BridgeKind;

pub use reply_window::NotDelivered;
pub(super) use reply_window::ReplyWindow;

/// A DM as it arrives from TikTok.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboundDm {
    /// The sender's TikTok id, 1 to 128 characters. The contact is matched by it.
    pub user: String,
    /// The text, up to 6,000 characters (TikTok's limit); may be empty beside an attachment.
    #[serde(default)]
    pub text: String,
    /// The sender's display name.
    #[serde(default)]
    pub name: Option<String>,
    /// The language of the sender's profile, such as `es`: the contact's `language_override`.
    #[serde(default)]
    pub language: Option<String>,
    /// The sender's country: `location.country` and `location.country_code`.
    #[serde(default)]
    pub country: Option<String>,
    /// Custom attributes of the contact: text, numbers and booleans, 100 at most.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// Addresses of attachments, 10 at most.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// When it was written, at most a minute ahead of the mock's clock; default now. In JSON, Unix
    /// seconds, with a fraction if need be.
    #[serde(default, deserialize_with = "from_unix_seconds_if_given")]
    pub sent_at: Option<Moment>,
}

/// What became of a DM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DmReceipt {
    /// The conversation that it is in.
    pub conversation_id: ConversationId,
    /// The contact who wrote it.
    pub contact_id: ContactId,
    /// The message: the conversation's `source` if it opened one, else a part.
    pub part_id: PartId,
}

/// Why a DM was refused. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DmError {
    /// A field is too long, or too short.
    #[error("`{field}` must have {limit}")]
    Size {
        /// Which field.
        field: &'static str,
        /// The limit, in words.
        limit: &'static str,
    },
    /// An attribute is neither text, number nor boolean, or is the bridge's own.
    #[error("attribute `{name}` {problem}")]
    Attribute {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It says that it was written in the future.
    #[error("`sent_at` is more than a minute ahead of the mock's clock")]
    FromTheFuture,
}

impl Workspace {
    /// Brings a DM in, as the bridge does.
    pub fn receive_dm(&mut self, at: Moment, dm: InboundDm) -> Result<DmReceipt, DmError> {
        self.advance_to(at);
        let at = self.now;
        self.check_dm(at, &dm)?;
        self.make_attributes_of(at, &dm);
        let contact_id = match self.contacts_by_user.get(&dm.user) {
            Some(&id) => self.update_contact(at, id, &dm),
            None => self.create_contact(at, &dm),
        };
        let message = Message { at, contact: contact_id, content: content(at, &dm) };
        let latest = self.conversation_to_continue(at, contact_id);
        self.reply_windows.insert(dm.user.clone(), ReplyWindow::new(at));
        let (conversation_id, part_id) = match latest {
            Some(id) => (id, self.append_message(id, message)),
            None => self.open_for_dm(message),
        };
        self.log(at, |changes| Record::Dm { user: dm.user, changes });
        Ok(DmReceipt { conversation_id, contact_id, part_id })
    }

    /// The conversation that a contact's next message goes into.
    fn conversation_to_continue(&self, at: Moment, contact: ContactId) -> Option<ConversationId> {
        let latest = self.contacts.get(&contact)?.latest_conversation?;
        let hours = u64::from(self.bridge.new_conversation_after_hours);
        let idle = at.since(self.conversation(latest)?.last_message_at()).as_secs();
        (hours == 0 || idle < hours * 3_600).then_some(latest)
    }

    fn create_contact(&mut self, at: Moment, dm: &InboundDm) -> ContactId {
        let mut custom_attributes = dm.attributes.clone();
        if self.bridge.kind == BridgeKind::ThirdParty {
            custom_attributes.insert(self.bridge.id_attribute.clone(), dm.user.clone().into());
        }
        if !self.bridge.contact_attribute.is_empty() {
            let (key, value) = (&self.bridge.contact_attribute, &self.bridge.contact_value);
            custom_attributes.insert(key.clone(), value.clone().into());
        }
        let contact = Contact {
            name: dm.name.clone(),
            language: dm.language.clone(),
            country: dm.country.clone(),
            custom_attributes,
            ..self.new_contact(at)
        };
        let id = self.add_contact(at, contact);
        self.contacts_by_user.insert(dm.user.clone(), id);
        self.users_by_contact.insert(id, dm.user.clone());
        id
    }

    /// Writes what the DM says anew about its sender, if anything.
    /// Makes the attributes that the DM writes and that there are not. One of another type, or one too
    /// many, is written all the same: a DM is no call that could be refused.
    fn make_attributes_of(&mut self, at: Moment, dm: &InboundDm) {
        for (name, value) in &dm.attributes {
            let attributes = &self.catalogue.attributes;
            if attributes.named(name).is_none() && attributes.has_room() {
                self.make_attribute(at, NewAttribute::for_contacts(name, value));
            }
        }
    }

    fn update_contact(&mut self, at: Moment, id: ContactId, dm: &InboundDm) -> ContactId {
        let known = self.contacts.get(&id).expect("the index names existing contacts");
        let mut contact = known.clone();
        for (field, given) in [
            (&mut contact.name, &dm.name),
            (&mut contact.language, &dm.language),
            (&mut contact.country, &dm.country),
        ] {
            if given.is_some() {
                field.clone_from(given);
            }
        }
        contact.custom_attributes.extend(dm.attributes.clone());
        self.replace_contact(at, contact);
        id
    }

    fn open_for_dm(&mut self, message: Message) -> (ConversationId, PartId) {
        let at = message.at;
        let source_type = Arc::clone(&self.source_type);
        let is_native = self.bridge.kind == BridgeKind::Native;
        let channel = is_native.then(|| Arc::clone(&source_type));
        let (id, part) = self.begin_conversation(message, Arrival { source_type, channel });
        if !self.bridge.tag.is_empty() {
            let delay = std::time::Duration::from_millis(self.bridge.tag_delay_ms);
            self.agenda.add(at + delay, Due::Tag(id));
        }
        (id, part)
    }

    /// The bridge's second call. The tag is the first of the workspace.
    pub(super) fn bridge_tags(&mut self, at: Moment, conversation: ConversationId) {
        if self.bridge.tag.is_empty() {
            return;
        }
        // Made anew if it was deleted or renamed meanwhile, as `POST /tags` does.
        let name = self.bridge.tag.clone();
        let tag = self.tag_named(&name, Origin::Bridge);
        let actor = Actor { admin: self.bridge_admin(), by: Origin::Bridge };
        self.add_tag(at, conversation, tag, actor);
    }

    fn check_dm(&self, at: Moment, dm: &InboundDm) -> Result<(), DmError> {
        let size = |field, limit, fits: bool| match fits {
            true => Ok(()),
            false => Err(DmError::Size { field, limit }),
        };
        let longest = |text: &Option<String>, most| {
            text.as_ref().is_none_or(|text| text.chars().take(most + 1).count() <= most)
        };
        let user = dm.user.chars().take(129).count();
        size("user", "1 to 128 characters", (1..=128).contains(&user))?;
        size("text", "at most 6000 characters", dm.text.chars().take(6_001).count() <= 6_000)?;
        size(
            "text",
            "something unless there is an attachment",
            !dm.text.is_empty() || !dm.attachments.is_empty(),
        )?;
        size("name", "at most 255 characters", longest(&dm.name, 255))?;
        size("language", "at most 35 characters", longest(&dm.language, 35))?;
        size("country", "at most 64 characters", longest(&dm.country, 64))?;
        size("attributes", "at most 100 entries", dm.attributes.len() <= 100)?;
        let short = dm.attachments.iter().all(|url| url.len() <= 2_048);
        size(
            "attachments",
            "at most 10 addresses of 2048 bytes",
            dm.attachments.len() <= 10 && short,
        )?;
        dm.attributes.iter().try_for_each(|(name, value)| self.check_attribute(name, value))?;
        let latest = at + std::time::Duration::from_secs(60);
        if dm.sent_at.is_some_and(|sent_at| sent_at > latest) {
            return Err(DmError::FromTheFuture);
        }
        Ok(())
    }

    fn check_attribute(&self, name: &str, value: &Value) -> Result<(), DmError> {
        let problem = if *name == self.bridge.id_attribute || *name == self.bridge.contact_attribute
        {
            "is set by the bridge itself"
        } else if name.is_empty() || name.len() > 190 {
            "must have a name of 1 to 190 bytes"
        } else {
            match value {
                Value::Array(_) | Value::Object(_) => "must be text, a number, a boolean or null",
                Value::String(text) if text.len() > 1_024 => "must not be longer than 1024 bytes",
                _ => return Ok(()),
            }
        };
        Err(DmError::Attribute { name: name.to_owned(), problem })
    }
}

/// What a DM says: text as a person on TikTok writes it, and attachments by their addresses.
fn content(at: Moment, dm: &InboundDm) -> Content {
    Content {
        body: (!dm.text.is_empty()).then(|| Body::Plain(dm.text.clone())),
        attachments: dm.attachments.iter().cloned().map(Attachment::Link).collect(),
        written_at: dm.sent_at.map(|sent_at| sent_at.min(at)),
        ..Content::default()
    }
}
