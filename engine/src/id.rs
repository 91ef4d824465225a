//! Identifiers: one type per kind of thing, so that they cannot be confused.
//!
//! Intercom writes admin and team ids as numbers in some places and as strings in others; the
//! router's translation reads both. Conversation, contact and part ids are opaque text.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the id as Intercom spells it.
            pub fn new(id: impl Into<Arc<str>>) -> Self {
                Self(id.into())
            }

            /// The id as Intercom spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Wraps the number.
            #[must_use]
            pub const fn new(id: u64) -> Self {
                Self(id)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

/// A conversation, as Intercom names it (digits in practice, but promised to be text).
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Arc<str>", into = "Arc<str>")]
pub struct ConversationId {
    /// What the text says, if it is a number in its shortest form; else 0. Most comparisons end
    /// here, without a look at the text.
    number: u64,
    text: Arc<str>,
}

impl ConversationId {
    /// Wraps the id as Intercom spells it.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        let text = id.into();
        let is_shortest = !text.starts_with(['0', '+']);
        let number = text.parse().ok().filter(|_| is_shortest).unwrap_or(0);
        Self { number, text }
    }

    /// The id as Intercom spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Ord for ConversationId {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.number.cmp(&other.number) {
            Ordering::Equal if self.number == 0 => self.text.cmp(&other.text),
            order => order,
        }
    }
}

impl PartialOrd for ConversationId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for ConversationId {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for ConversationId {}

impl Hash for ConversationId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl From<Arc<str>> for ConversationId {
    fn from(id: Arc<str>) -> Self {
        Self::new(id)
    }
}

impl From<ConversationId> for Arc<str> {
    fn from(id: ConversationId) -> Self {
        id.text
    }
}

impl fmt::Debug for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ConversationId").field(&self.text).finish()
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_id! {
    /// A contact: the person who asks. 24 hexadecimal digits in practice.
    ContactId
}
number_id! {
    /// A teammate: the person who answers. Intercom's API says admin.
    TeammateId
}
number_id! {
    /// A team inbox.
    TeamId
}
number_id! {
    /// One call that the engine asked for. Ids count up from 1 and are the same on every replay.
    CommandId
}
number_id! {
    /// A part of a conversation: a message, an assignment, a close. Later parts have larger ids.
    PartId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversations_are_the_same_only_if_they_are_spelt_the_same() {
        let id = |text: &str| ConversationId::new(text);
        for (one, other) in [
            ("7", "07"),
            ("7", "+7"),
            ("0", "00"),
            ("abc", "abd"),
            ("18446744073709551616", "18446744073709551617"),
            ("0", "abc"),
        ] {
            assert_ne!(id(one), id(other));
            assert_eq!(id(one), id(one));
            assert_eq!(id(one).cmp(&id(other)), id(other).cmp(&id(one)).reverse());
        }
        assert!(id("9") < id("10"), "numbers are in the order of their values");
    }

    #[test]
    fn a_conversation_is_written_as_intercom_spells_it() {
        for text in ["215", "0215", "abc"] {
            let json = serde_json::to_string(&ConversationId::new(text)).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            let read: ConversationId = serde_json::from_str(&json).unwrap();
            assert_eq!(read.as_str(), text);
        }
    }
}
