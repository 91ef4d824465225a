//! What contacts write, by the bridge or by the API: it begins a conversation or goes on in one.

use std::sync::Arc;

use crate::Moment;
use crate::identity::{ContactId, ConversationId, PartId};
use crate::workspace::Workspace;
use crate::workspace::conversation::{Author, Content, Conversation, Part, PartKind, State};
use crate::workspace::journal::Change;
use crate::workspace::notification::Topic;

/// A contact's message on its way into a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// When it comes in.
    pub(crate) at: Moment,
    pub(crate) contact: ContactId,
    pub(crate) content: Content,
}

/// Where a conversation that begins comes from.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// `source.type`.
    pub(crate) source_type: Arc<str>,
    /// The channel, where it is one of Intercom's own.
    pub(crate) channel: Option<Arc<str>>,
}

impl Workspace {
    pub(crate) fn begin_conversation(
        &mut self,
        message: Message,
        arrival: Arrival,
    ) -> (ConversationId, PartId) {
        let Message { at, contact, .. } = message;
        let id = self.ids.conversation();
        let part = self.ids.part();
        let mut conversation = Conversation::begin(
            id,
            contact,
            message.into_part(part, State::Open),
            arrival.source_type,
        );
        conversation.channel = arrival.channel;
        conversation.updated_at = at;
        self.conversations.insert(id, conversation);
        if let Some(contact) = self.contacts.get_mut(&contact) {
            contact.latest_conversation = Some(id);
            contact.last_replied_at = Some(at);
        }
        self.changes.push(Change::ConversationCreated { conversation: id, part, contact });
        self.notify_conversation(at, Topic::UserCreated, id);
        (id, part)
    }

    pub(crate) fn append_message(&mut self, id: ConversationId, message: Message) -> PartId {
        let Message { at, contact, .. } = message;
        let written_at = message.content.written_at.unwrap_or(at);
        let reopened = self.known(id).contact_wrote(written_at);
        let part = self.add_part(id, |id, state| message.into_part(id, state));
        if let Some(contact) = self.contacts.get_mut(&contact) {
            contact.last_replied_at = Some(at);
        }
        self.changes.push(Change::ContactReplied { conversation: id, part, reopened });
        self.notify_conversation(at, Topic::UserReplied, id);
        self.reassign_reply(at, id);
        part
    }
}

impl Message {
    fn into_part(self, id: PartId, state: State) -> Part {
        let at = self.content.written_at.unwrap_or(self.at);
        let author = Author::Contact(self.contact);
        let mut part = Part::new(id, PartKind::Comment, author, at, state);
        part.via_api = true;
        part.fill(self.content);
        part
    }
}
