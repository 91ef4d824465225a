//! How many webhooks a minute an app gets at normal priority.

use serde::Deserialize;

use crate::Moment;

/// Where Intercom hosts the workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// The United States.
    #[default]
    Us,
    /// Europe.
    Eu,
    /// Australia.
    Au,
}

impl Region {
    /// Webhooks a minute at normal priority; what is beyond gets a lower one (Intercom docs, webhook
    /// notifications).
    pub const fn webhooks_per_minute(self) -> u64 {
        match self {
            Self::Us => 150_000,
            Self::Eu | Self::Au => 20_000,
        }
    }
}

/// The rules that depend on the app and on where its workspace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookSettings {
    /// Whether the app is private: the subscriptions of a public one are never suspended. Default
    /// true.
    pub private_app: bool,
    /// The region. Default `us`.
    pub region: Region,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { private_app: true, region: Region::Us }
    }
}

/// What one subscription got in the current minute. The docs do not say how a minute is counted: here
/// it is one of the clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Volume {
    minute: u64,
    count: u64,
}

impl Volume {
    /// Counts a webhook; whether it has normal priority.
    pub(super) const fn take(&mut self, at: Moment, region: Region) -> bool {
        let minute = at.as_seconds() / 60;
        if minute != self.minute {
            (self.minute, self.count) = (minute, 0);
        }
        self.count += 1;
        self.count <= region.webhooks_per_minute()
    }
}
