//! What is kept of messages when they are not needed any more.

use engine::{Change, ContactId, ContactProfile, ConversationSnapshot, Event, Message, Outcome};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

/// What is kept of the texts of messages, and of contacts' profiles, once the engine has a checkpoint
/// behind them. Before, a replay needs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Texts {
    /// Nothing of either.
    #[default]
    Drop,
    /// Of texts an HMAC-SHA256 under a key of the journal's own: equal texts can be told, and no more.
    Hash,
    /// Everything, for a backtest.
    Keep,
}

impl Texts {
    /// Its name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Hash => "hash",
            Self::Keep => "keep",
        }
    }

    /// Takes the texts out of an event. Returns whether there was any.
    pub(super) fn apply(self, key: &[u8], event: &mut Event) -> bool {
        let mut changed = false;
        for message in messages(event) {
            let text = match self {
                Self::Keep => continue,
                Self::Drop => String::new(),
                Self::Hash if message.text.is_empty() || message.text.starts_with(MARK) => continue,
                Self::Hash => digest(key, &message.text),
            };
            changed |= text != message.text;
            message.text = text;
        }
        if self != Self::Keep
            && let Event::CallFinished { outcome: Outcome::Contact(profile), .. } = event
        {
            changed |= *profile != ContactProfile::default();
            *profile = ContactProfile::default();
        }
        changed
    }
}

/// What is left of a wish to forget somebody.
pub(super) fn forgotten() -> Event {
    Event::ContactForgotten { contact: ContactId::new("") }
}

/// Takes out of an event who a contact is and what they wrote. Returns whether it was about them.
pub(super) fn forget(contact: &ContactId, event: &mut Event) -> bool {
    let mut was_theirs = false;
    let mut forget = |snapshot: &mut ConversationSnapshot| {
        let is_theirs = snapshot.contact.as_ref() == Some(contact);
        if is_theirs {
            (snapshot.contact, snapshot.opening) = (None, None);
            snapshot.attributes.clear();
        }
        was_theirs |= is_theirs;
        is_theirs
    };
    match event {
        Event::ConversationChanged { conversation, change } => {
            if forget(conversation)
                && let Change::Started(message) | Change::ContactReplied(message) = change
            {
                message.text.clear();
            }
        }
        Event::CallFinished { outcome, .. } => match outcome {
            Outcome::Conversation(it) | Outcome::Superseded(it) => {
                forget(it);
            }
            Outcome::Conversations(page) => {
                for it in &mut page.found {
                    forget(it);
                }
            }
            _ => {}
        },
        _ => {}
    }
    was_theirs
}

/// Begins the text of a message that is only kept as a hash.
const MARK: &str = "hmac-sha256:";

fn digest(key: &[u8], text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    format!("{MARK}{}", hex::encode(mac.finalize().into_bytes()))
}

/// Whether nothing of a message is left to decide by: its text was taken out, or it never had any.
pub(crate) fn is_gone(message: &Message) -> bool {
    let is_empty = message.text.is_empty() && message.attachments == 0;
    is_empty || message.text.starts_with(MARK)
}

/// Every message that an event holds.
pub(super) fn messages(event: &mut Event) -> Vec<&mut Message> {
    fn opening(snapshot: &mut ConversationSnapshot) -> Option<&mut Message> {
        snapshot.opening.as_mut()
    }
    match event {
        Event::ConversationChanged { conversation, change } => {
            let message = match change {
                Change::Started(message) | Change::ContactReplied(message) => Some(message),
                _ => None,
            };
            message.into_iter().chain(opening(conversation)).collect()
        }
        Event::CallFinished { outcome, .. } => match outcome {
            Outcome::Conversation(it) | Outcome::Superseded(it) => {
                opening(it).into_iter().collect()
            }
            Outcome::Conversations(page) => page.found.iter_mut().filter_map(opening).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_equal_hashes_under_one_key_only() {
        // RFC 4231, section 4.3, test case 2.
        let hash = digest(b"Jefe", "what do ya want for nothing?");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hash, format!("{MARK}{expected}"));
        assert_ne!(digest(b"another", "what do ya want for nothing?"), hash);
    }
}
