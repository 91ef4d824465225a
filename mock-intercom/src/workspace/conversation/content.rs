//! What a message consists of beside its text.

use crate::Moment;

use super::Body;

/// A file that goes with a message. Its content is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attachment {
    /// Somewhere else, by its address. Nothing is fetched.
    Link(String),
    /// Sent along.
    File {
        /// The file's name.
        name: String,
        /// Its media type.
        content_type: String,
        /// Its size in bytes.
        size: u64,
    },
}

/// A button under a teammate's message (schema `quick_reply_option`).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct QuickReply {
    pub(crate) text: String,
    pub(crate) uuid: String,
}

/// A message on its way into a conversation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) body: Option<Body>,
    pub(crate) attachments: Vec<Attachment>,
    /// The buttons that a teammate offers.
    pub(crate) quick_replies: Vec<QuickReply>,
    /// The button that a contact chose.
    pub(crate) chosen: Option<String>,
    /// When it was written, if not now.
    pub(crate) written_at: Option<Moment>,
}

impl From<Option<Body>> for Content {
    fn from(body: Option<Body>) -> Self {
        Self { body, ..Self::default() }
    }
}

impl From<Body> for Content {
    fn from(body: Body) -> Self {
        Some(body).into()
    }
}

/// How urgent a conversation is; the words differ by version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Not set.
    #[default]
    None,
    /// From 2.16; `not_priority` before.
    Low,
    /// From 2.16; `not_priority` before.
    Medium,
    /// From 2.16; `priority` before.
    High,
    /// From 2.16; `priority` before.
    Urgent,
}

impl Priority {
    /// The word of 2.16.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The word of earlier versions. Where they draw the line is not documented.
    pub(crate) const fn as_old_str(self) -> &'static str {
        match self {
            Self::None | Self::Low | Self::Medium => "not_priority",
            Self::High | Self::Urgent => "priority",
        }
    }

    /// Reads a word of either kind; `priority` is high.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "none" | "not_priority" => Self::None,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" | "priority" => Self::High,
            "urgent" => Self::Urgent,
            _ => return None,
        })
    }
}
