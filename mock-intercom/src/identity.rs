//! Identifiers, and the deterministic source of new ones.
//!
//! Intercom writes the id of a conversation, part, admin, team or tag as digits in a string in
//! most places and as a number in others (OpenAPI; intercom/Intercom-OpenAPI#115), so ours read
//! both and are written as strings unless a renderer says otherwise.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

use crate::Moment;

/// Text that is not the identifier it was taken for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct InvalidId {
    text: String,
    expected: &'static str,
}

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The identifier with this number.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number in it.
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                match text.parse() {
                    Ok(number) if digits => Ok(Self(number)),
                    _ => Err(InvalidId { text: text.to_owned(), expected: "a numeric id" }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(NumberOrDigits).map(Self)
            }
        }
    };
}

numeric_id!(
    /// A conversation.
    ConversationId
);
numeric_id!(
    /// A part of a conversation, or the message that opened it (its `source`).
    PartId
);
numeric_id!(
    /// A teammate ("admin" in Intercom's API).
    AdminId
);
numeric_id!(
    /// A team.
    TeamId
);
numeric_id!(
    /// A tag.
    TagId
);

numeric_id!(
    /// A ticket.
    TicketId
);

struct NumberOrDigits;

impl Visitor<'_> for NumberOrDigits {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a numeric id, as a number or as digits in a string")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        u64::try_from(number).map_err(|_| E::custom("an id is not negative"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        ConversationId::from_str(text).map(ConversationId::get).map_err(E::custom)
    }
}

/// A contact: 24 hexadecimal digits, as Intercom's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId([u8; 12]);

impl ContactId {
    /// The first in order.
    pub(crate) const LEAST: Self = Self([0; 12]);
}

impl fmt::Display for ContactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 24];
        hex::encode_to_slice(self.0, &mut digits).expect("two digits for each byte");
        f.write_str(std::str::from_utf8(&digits).expect("hexadecimal digits are text"))
    }
}

impl FromStr for ContactId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut bytes = [0; 12];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidId {
            text: text.to_owned(),
            expected: "a contact id of 24 hexadecimal digits",
        })?;
        Ok(Self(bytes))
    }
}

impl Serialize for ContactId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where new identifiers come from: counters and a fixed mixing function, so that the same calls
/// give the same identifiers on every machine and in every run.
#[derive(Debug, Clone)]
pub(crate) struct IdSource {
    conversations: u64,
    parts: u64,
    contacts: u64,
    tags: u64,
    tickets: u64,
    uuids: u64,
}

impl IdSource {
    pub(crate) const fn new() -> Self {
        // Magnitudes as in captured payloads: 15 digits for conversations, 11 for parts.
        Self {
            conversations: 215_472_621_000_000,
            parts: 37_358_000_000,
            contacts: 0,
            tags: 0,
            tickets: 0,
            uuids: 0,
        }
    }

    pub(crate) const fn conversation(&mut self) -> ConversationId {
        self.conversations += 1;
        ConversationId(self.conversations)
    }

    pub(crate) const fn part(&mut self) -> PartId {
        self.parts += 1;
        PartId(self.parts)
    }

    pub(crate) const fn tag(&mut self) -> TagId {
        self.tags += 1;
        TagId(self.tags)
    }

    pub(crate) const fn ticket(&mut self) -> TicketId {
        self.tickets += 1;
        TicketId(self.tickets)
    }

    /// Laid out as Intercom's: four bytes of time, five that look random, a counter of three.
    pub(crate) fn contact(&mut self, at: Moment) -> ContactId {
        self.contacts += 1;
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&(at.as_seconds() as u32).to_be_bytes());
        bytes[4..9].copy_from_slice(&mix(self.contacts >> 24).to_be_bytes()[..5]);
        bytes[9..].copy_from_slice(&self.contacts.to_be_bytes()[5..]);
        ContactId(bytes)
    }

    /// Counts a UUID that nobody gets to see.
    pub(crate) fn skip_uuid(&mut self) {
        self.uuids += 1;
    }

    /// A UUID by its shape, version 4; not a random one.
    pub(crate) fn uuid(&mut self) -> String {
        self.uuids += 1;
        let high = (mix(self.uuids.wrapping_mul(2)) & !0xf000) | 0x4000;
        let low = (mix(self.uuids.wrapping_mul(2) + 1) & (u64::MAX >> 2)) | (1 << 63);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }
}

/// SplitMix64's finaliser: a bijection, so that distinct counters never collide.
const fn mix(counter: u64) -> u64 {
    let mut z = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_have_the_shapes_of_real_ones() {
        let mut source = IdSource::new();
        let contact = source.contact(Moment::from_seconds(1_768_031_789)).to_string();
        assert_eq!(contact.len(), 24);
        assert!(contact.starts_with("6962"));
        assert_eq!(contact.parse::<ContactId>().unwrap().to_string(), contact);
        let (first, second) = (source.uuid(), source.uuid());
        assert_ne!(first, second);
        let groups: Vec<usize> = first.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert_eq!(&first[14..15], "4");
        assert!("89ab".contains(&first[19..20]));
    }

    #[test]
    fn reads_numbers_and_digits_and_nothing_else() {
        let check = |json: &str, expected: Option<u64>| {
            assert_eq!(serde_json::from_str::<AdminId>(json).ok().map(AdminId::get), expected);
        };
        check("7", Some(7));
        check("\"7\"", Some(7));
        check("\"+7\"", None);
        check("\"\"", None);
        check("-1", None);
        check("1.5", None);
        check("null", None);
        check("\"99999999999999999999999\"", None);
    }
}
