//! What makes a conversation one of the channel's: any of several signals.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::{ChannelMatch, ContactProfile, ConversationSnapshot};

/// The channel that the rules are for.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    /// For people.
    pub(crate) name: Option<Arc<str>>,
    /// In the order in which they are looked for.
    pub(crate) signals: Vec<Signal>,
    /// How long to wait for a signal that comes after the conversation.
    pub(crate) settle_for: Duration,
}

/// One way to tell the channel. Comparisons ignore ASCII case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    Tag(String),
    SourceType(String),
    Channel(String),
    ContactAttribute { name: String, equals: String },
    ConversationAttribute { name: String, equals: String },
}

impl Channel {
    /// The first signal that the conversation itself shows.
    pub(crate) fn in_conversation(&self, it: &ConversationSnapshot) -> Option<ChannelMatch> {
        self.signals.iter().find_map(|signal| signal.in_conversation(it))
    }

    /// The first signal that the contact shows.
    pub(crate) fn in_contact(&self, contact: &ContactProfile) -> Option<ChannelMatch> {
        self.signals.iter().find_map(|signal| match signal {
            Signal::ContactAttribute { name, equals } => has(&contact.attributes, name, equals)
                .then(|| ChannelMatch::ContactAttribute(name.clone())),
            _ => None,
        })
    }

    /// Whether a signal may stand in the contact's profile.
    pub(crate) fn asks_contact(&self) -> bool {
        self.signals.iter().any(Signal::is_in_contact)
    }

    /// Whether a signal may stand in the conversation.
    pub(crate) fn asks_conversation(&self) -> bool {
        !self.signals.iter().all(Signal::is_in_contact)
    }
}

impl Signal {
    fn is_in_contact(&self) -> bool {
        matches!(self, Self::ContactAttribute { .. })
    }

    fn in_conversation(&self, it: &ConversationSnapshot) -> Option<ChannelMatch> {
        let same = |actual: &Option<String>, wanted: &str| {
            actual.as_deref().is_some_and(|actual| actual.eq_ignore_ascii_case(wanted))
        };
        match self {
            Self::Tag(tag) => it
                .tags
                .iter()
                .any(|actual| actual.eq_ignore_ascii_case(tag))
                .then(|| ChannelMatch::Tag(tag.clone())),
            Self::SourceType(wanted) => {
                same(&it.source_type, wanted).then(|| ChannelMatch::SourceType(wanted.clone()))
            }
            Self::Channel(wanted) => {
                same(&it.channel, wanted).then(|| ChannelMatch::Channel(wanted.clone()))
            }
            Self::ConversationAttribute { name, equals } => has(&it.attributes, name, equals)
                .then(|| ChannelMatch::ConversationAttribute(name.clone())),
            Self::ContactAttribute { .. } => None,
        }
    }
}

fn has(attributes: &BTreeMap<String, String>, name: &str, equals: &str) -> bool {
    attributes.get(name).is_some_and(|actual| actual.eq_ignore_ascii_case(equals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConversationId, ConversationState, Timestamp};

    fn conversation() -> ConversationSnapshot {
        ConversationSnapshot {
            id: ConversationId::new("1"),
            contact: None,
            source_type: Some("conversation".into()),
            channel: None,
            tags: vec!["vip".into()],
            attributes: BTreeMap::from([("network".into(), "TikTok".into())]),
            team: None,
            teammate: None,
            state: ConversationState::Open,
            created_at: Timestamp::EPOCH,
            updated_at: Timestamp::EPOCH,
            opening: None,
            assignment: None,
        }
    }

    #[track_caller]
    fn check(signals: Vec<Signal>, it: &ConversationSnapshot, expected: Option<ChannelMatch>) {
        let channel = Channel { name: None, signals, settle_for: Duration::ZERO };
        assert_eq!(channel.in_conversation(it), expected);
    }

    #[test]
    fn every_signal_of_the_conversation_is_seen() {
        let tag = || vec![Signal::Tag("tiktok".into())];
        let tagged = ConversationSnapshot { tags: vec!["TikTok".into()], ..conversation() };
        check(tag(), &conversation(), None);
        check(tag(), &tagged, Some(ChannelMatch::Tag("tiktok".into())));

        let source = || vec![Signal::SourceType("tiktok".into())];
        let native = ConversationSnapshot { source_type: Some("tiktok".into()), ..conversation() };
        check(source(), &conversation(), None);
        check(source(), &native, Some(ChannelMatch::SourceType("tiktok".into())));

        let channel = vec![Signal::Channel("tiktok".into())];
        let modern = ConversationSnapshot { channel: Some("tiktok".into()), ..conversation() };
        check(channel, &modern, Some(ChannelMatch::Channel("tiktok".into())));

        let attribute =
            Signal::ConversationAttribute { name: "network".into(), equals: "tiktok".into() };
        let expected = ChannelMatch::ConversationAttribute("network".into());
        check(vec![attribute], &conversation(), Some(expected));
    }

    #[test]
    fn a_contact_attribute_is_only_seen_in_the_contact() {
        let signal = Signal::ContactAttribute { name: "network".into(), equals: "tiktok".into() };
        check(vec![signal.clone()], &conversation(), None);
        let channel = Channel { name: None, signals: vec![signal], settle_for: Duration::ZERO };
        let profile =
            ContactProfile { attributes: conversation().attributes, ..ContactProfile::default() };
        let expected = ChannelMatch::ContactAttribute("network".into());
        assert_eq!(channel.in_contact(&profile), Some(expected));
        assert!(channel.asks_contact() && !channel.asks_conversation());
    }

    #[test]
    fn the_first_signal_of_the_list_wins() {
        let signals = vec![Signal::SourceType("conversation".into()), Signal::Tag("vip".into())];
        let expected = ChannelMatch::SourceType("conversation".into());
        check(signals, &conversation(), Some(expected));
    }
}
