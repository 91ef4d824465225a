//! Versions of Intercom's API, as far as they change what this mock answers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// A version of the API: `2.0` to `2.16`, or `Preview` (also called `Unstable`), which behaves
/// like the newest here. Source: schema `intercom_version` of Intercom's OpenAPI description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion(u8);

/// The minor number that stands for `Preview`.
const PREVIEW: u8 = u8::MAX;

impl ApiVersion {
    /// 2.0, the oldest that the mock knows.
    pub(crate) const OLDEST: Self = Self(0);
    /// 2.11: the last with `run_assignment_rules`.
    pub const V2_11: Self = Self(11);
    /// 2.13: lookup by external id, deletion of conversations.
    pub const V2_13: Self = Self(13);
    /// 2.14, which the Node and Java SDKs send.
    pub const V2_14: Self = Self(14);
    /// 2.15: plain text in webhooks.
    pub const V2_15: Self = Self(15);
    /// 2.16: unassigned is 0, five priorities, `channel`.
    pub const V2_16: Self = Self(16);
    /// `Preview`: newer than all published ones.
    pub const PREVIEW: Self = Self(PREVIEW);

    /// Whether "nobody" is `0` (from 2.16) and not `null`.
    pub(crate) fn writes_unassigned_as_zero(self) -> bool {
        self >= Self::V2_16
    }

    /// Whether conversations have `channel` and the other fields that 2.16 added.
    pub(crate) fn has_channel(self) -> bool {
        self >= Self::V2_16
    }

    /// Whether there are five priorities (from 2.16) and not two.
    pub(crate) fn has_five_priorities(self) -> bool {
        self >= Self::V2_16
    }

    /// Whether webhooks carry plain text (from 2.15) and not HTML.
    pub(crate) fn webhooks_are_plain_text(self) -> bool {
        self >= Self::V2_15
    }

    /// Whether teams say how they distribute (from 2.14).
    pub(crate) fn teams_show_distribution(self) -> bool {
        self >= Self::V2_14
    }
}

impl Default for ApiVersion {
    fn default() -> Self {
        Self::V2_14
    }
}

/// A version that Intercom does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no version of Intercom's API: 2.0 to 2.16, Preview or Unstable")]
pub struct UnknownVersion(String);

impl FromStr for ApiVersion {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        if matches!(text, "Preview" | "Unstable") {
            return Ok(Self(PREVIEW));
        }
        (0..=16)
            .find(|minor| text == format!("2.{minor}"))
            .map(Self)
            .ok_or_else(|| UnknownVersion(text.to_owned()))
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            PREVIEW => f.write_str("Preview"),
            minor => write!(f, "2.{minor}"),
        }
    }
}

impl<'de> Deserialize<'de> for ApiVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_published_versions() {
        for text in ["2.0", "2.9", "2.14", "2.16", "Preview"] {
            assert_eq!(text.parse::<ApiVersion>().unwrap().to_string(), text);
        }
        for text in ["", "2", "2.17", "2.014", "1.4", "preview", "2.14 "] {
            assert!(text.parse::<ApiVersion>().is_err(), "{text}");
        }
        assert!("Unstable".parse::<ApiVersion>().unwrap() > ApiVersion::V2_16);
    }
}
