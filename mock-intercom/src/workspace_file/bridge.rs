//! How TikTok DMs come into the workspace.

use serde::Deserialize;

/// What brings DMs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BridgeKind {
    /// An app that writes through Intercom's API, which is all that is documented today.
    #[default]
    ThirdParty,
    /// A channel of Intercom's own, as 2.16 would tell of it: no tag, no attribute, `channel` and
    /// `source.type` name it, and Intercom refuses what TikTok would not take. None is documented.
    Native,
}

/// How DMs are marked. The defaults follow what is documented of Octopods: an auto-tag with the
/// channel's name, the attribute `octopods_channel`, and matching by a stored id (docs.octopods.io,
/// articles 4594962, 3412465, 14823977).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bridge {
    /// What brings them in. Default `third_party`. A `native` channel has no use for `tag`,
    /// `contact_attribute` and `tag_delay_ms`.
    pub kind: BridgeKind,
    /// The tag put on a new conversation; empty for none. Default `tiktok`.
    pub tag: String,
    /// The contact attribute that names the channel; empty for none. Default `octopods_channel`.
    pub contact_attribute: String,
    /// Its value. Default `tiktok`.
    pub contact_value: String,
    /// `source.type` of conversations. Default `conversation`, which is what
    /// `POST /conversations` gives; `tiktok` for a native channel.
    pub source_type: String,
    /// The contact attribute that holds the TikTok id. Default `octopods_tiktok_id`.
    pub id_attribute: String,
    /// How much later than the conversation its tag comes, in milliseconds: the bridge tags in a
    /// second call. Default 300.
    pub tag_delay_ms: u64,
    /// After how many hours without a message a customer's next one begins a new conversation
    /// (docs.octopods.io, article 14823982: 1 hour to 2 weeks); 0 for never. Default 0.
    pub new_conversation_after_hours: u32,
    /// For how many hours after the customer's last message TikTok takes answers; 0 for ever.
    /// Default 48.
    pub reply_window_hours: u32,
    /// How many answers TikTok takes until the customer writes again; 0 for any number. Default 10.
    pub reply_window_messages: u32,
}

impl Bridge {
    /// A native channel with this name.
    pub fn native(channel: impl Into<String>) -> Self {
        let source_type = channel.into();
        Self { kind: BridgeKind::Native, source_type, ..Self::default() }
    }

    /// Leaves out what a native channel has no use for.
    pub(crate) fn settle(&mut self) {
        if self.kind == BridgeKind::Native {
            self.tag.clear();
            self.contact_attribute.clear();
        }
    }
}

impl Default for Bridge {
    fn default() -> Self {
        Self {
            kind: BridgeKind::ThirdParty,
            tag: "tiktok".to_owned(),
            contact_attribute: "octopods_channel".to_owned(),
            contact_value: "tiktok".to_owned(),
            source_type: "conversation".to_owned(),
            id_attribute: "octopods_tiktok_id".to_owned(),
            tag_delay_ms: 300,
            new_conversation_after_hours: 0,
            reply_window_hours: 48,
            reply_window_messages: 10,
        }
    }
}
