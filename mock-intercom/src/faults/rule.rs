//! A fault as data: what it concerns, when it strikes, and what it does.

use serde::{Deserialize, Serialize};

use super::latency::Latency;
use super::length::{Length, Point, Shift};
use super::pattern::Pattern;
use crate::api::operation_of;

/// A fault. At most one of `api` and `webhook` says what it concerns; a storm, an index lag, a skew
/// of the clock and an outage concern the whole workspace and have neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// What the journal calls it; its dice depend on it, so that other rules can come and go. Default
    /// `fault-` and its number.
    #[serde(default)]
    pub name: String,
    /// The API calls concerned; `{}`: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ApiMatch>,
    /// The webhooks concerned; `{}`: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookMatch>,
    /// What it does.
    pub then: Effect,
    /// From when on; default from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Point>,
    /// Until when, not included; default for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Point>,
    /// Only the first so many of what it concerns, counted within its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<u64>,
    /// Only every so many-th.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// With this probability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// At most so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

/// Which API calls: all that fit everything given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiMatch {
    /// The method, in capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path: `*` is one segment, `**` all that follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The operation, as Intercom's OpenAPI description calls it, such as `manageConversation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
}

/// Which webhooks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookMatch {
    /// The topic: `*` is one segment, or at the end all that follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Of a call: the answer takes longer. What the call changes it changes at once.
    Latency(Latency),
    /// Of a call: this status in Intercom's error shape, and nothing done.
    Status(u16),
    /// Of a call: nothing done and nothing said; after so long the connection is reset.
    Timeout(Length),
    /// Of a call: the connection is reset, and nothing done.
    Reset,
    /// Of a call: it is done, and whoever made it never learns.
    ResponseLost(Loss),
    /// Of a call: the body comes in pieces.
    SlowBody {
        /// The size of a piece.
        bytes: usize,
        /// The time between two.
        every: Length,
    },
    /// Of a call: the connection breaks after this share of the body, 0 up to 1.
    Truncate(f64),
    /// Of a call: the body is no JSON.
    InvalidJson,
    /// Of a webhook: it is never sent.
    Lost,
    /// Of a webhook: so many more of the same.
    Duplicate(u32),
    /// Of a webhook: it is sent later.
    Delay(Latency),
    /// Of a webhook: it is sent at some time within so long, so that later ones overtake it.
    Reorder(Length),
    /// Of a webhook: signed with another secret.
    WrongSignature,
    /// Of the workspace: another app uses up calls of each of its windows.
    Storm(Storm),
    /// Of the workspace: searches do not find what was made so recently.
    IndexLag(Length),
    /// Of the workspace: Intercom's clock is ahead by so much, or behind.
    ClockSkew(Shift),
    /// Of the workspace: webhooks are stored, and sent when it is over, newest first.
    Outage,
}

/// How an answer gets lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Loss {
    /// The connection is reset.
    Reset,
    /// This status is answered instead.
    Status(u16),
    /// Nothing is said; after so long the connection is reset.
    Timeout(Length),
}

/// How much another app uses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Storm {
    /// So many calls of each window.
    Calls(u32),
    /// This share of the workspace's limit, 0 to 1.
    Share(f64),
}

impl Storm {
    /// The calls of a window with this limit.
    pub(super) fn calls(self, limit: u32) -> u32 {
        match self {
            Self::Calls(calls) => calls,
            Self::Share(share) => (f64::from(limit) * share).round() as u32,
        }
    }
}

/// What a fault is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Api,
    Webhook,
    Workspace,
}

impl Effect {
    pub(super) const fn scope(&self) -> Scope {
        match self {
            Self::Latency(_)
            | Self::Status(_)
            | Self::Timeout(_)
            | Self::Reset
            | Self::ResponseLost(_)
            | Self::SlowBody { .. }
            | Self::Truncate(_)
            | Self::InvalidJson => Scope::Api,
            Self::Lost
            | Self::Duplicate(_)
            | Self::Delay(_)
            | Self::Reorder(_)
            | Self::WrongSignature => Scope::Webhook,
            Self::Storm(_) | Self::IndexLag(_) | Self::ClockSkew(_) | Self::Outage => {
                Scope::Workspace
            }
        }
    }

    /// Its name in files and in the journal.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::Status(_) => "status",
            Self::Timeout(_) => "timeout",
            Self::Reset => "reset",
            Self::ResponseLost(_) => "response_lost",
            Self::SlowBody { .. } => "slow_body",
            Self::Truncate(_) => "truncate",
            Self::InvalidJson => "invalid_json",
            Self::Lost => "lost",
            Self::Duplicate(_) => "duplicate",
            Self::Delay(_) => "delay",
            Self::Reorder(_) => "reorder",
            Self::WrongSignature => "wrong_signature",
            Self::Storm(_) => "storm",
            Self::IndexLag(_) => "index_lag",
            Self::ClockSkew(_) => "clock_skew",
            Self::Outage => "outage",
        }
    }

    /// Whether it shows without a connection: in the status alone.
    pub(super) const fn is_status(&self) -> bool {
        matches!(self, Self::Status(_) | Self::ResponseLost(Loss::Status(_)))
    }
}

impl FaultRule {
    /// A fault of what is given, always.
    pub fn new(name: impl Into<String>, then: Effect) -> Self {
        Self {
            name: name.into(),
            api: None,
            webhook: None,
            then,
            from: None,
            until: None,
            first: None,
            every: None,
            probability: None,
            at_most: None,
        }
    }

    /// Of the calls of an operation, or of all for the empty one.
    #[must_use]
    pub fn of_calls(mut self, method: &str, path: &str) -> Self {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        self.api = Some(ApiMatch { method: given(method), path: given(path), operation: None });
        self
    }

    /// Of the webhooks of a topic.
    #[must_use]
    pub fn of_webhooks(mut self, topic: &str) -> Self {
        self.webhook = Some(WebhookMatch { topic: Some(topic.to_owned()) });
        self
    }

    pub(super) fn concerns_call(&self, method: &str, path: &str) -> bool {
        let Some(api) = &self.api else { return false };
        let of_operation = |wanted: &String| operation_of(method, path) == Some(wanted.as_str());
        api.method.as_ref().is_none_or(|wanted| wanted == method)
            && api.path.as_ref().is_none_or(|wanted| Pattern::path(wanted).matches(path))
            && api.operation.as_ref().is_none_or(of_operation)
    }

    pub(super) fn concerns_webhook(&self, topic: &str) -> bool {
        let Some(webhook) = &self.webhook else { return false };
        webhook.topic.as_ref().is_none_or(|wanted| Pattern::topic(wanted).matches(topic))
    }
}
