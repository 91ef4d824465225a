//! Identifiers: one type per kind of thing, so that they cannot be confused.
//!
//! Intercom writes admin and team ids as numbers in some places and as strings in others; the
//! router's translation reads both. Conversation, contact and part ids are opaque text.

use std::fmt;
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

text_id! {
    /// A conversation, as Intercom names it (digits in practice, but promised to be text).
    ConversationId
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
