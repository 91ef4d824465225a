//! `POST /v1/explain`: what the rules in force say to a message, by the lines as they are now. It
//! is never written down, and nothing comes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use engine::{AttachmentKind, Subject};
use serde::Deserialize;

use super::refusal::Refusal;
use super::{Question, RulesInForce, State};
use crate::review::case::Case;
use crate::review::explanation::WholeDecision;
use crate::review::moment;

/// A message, and what is known of its contact and conversation: what `router explain` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The message.
    message: String,
    /// What the contact wrote before, the oldest first.
    #[serde(default)]
    earlier: Vec<String>,
    /// The contact's id: whether it is in a share of the contacts, such as a canary's.
    contact_id: Option<String>,
    /// Language tag, country code and region of the contact's profile.
    language: Option<String>,
    country: Option<String>,
    region: Option<String>,
    /// Custom attributes, values as text.
    #[serde(default)]
    contact: BTreeMap<String, String>,
    #[serde(default)]
    conversation: BTreeMap<String, String>,
    /// Tags of the conversation.
    #[serde(default)]
    tags: Vec<String>,
    /// Kinds of things that come with the message.
    #[serde(default)]
    attachments: Vec<AttachmentKind>,
    /// How many messages the contact has written; by default those given here.
    messages: Option<u32>,
    /// Whether the contact was known before.
    returning: Option<bool>,
    /// When it is decided, as `router explain --at`; by default now.
    at: Option<String>,
}

pub(super) async fn answer(
    extract::State(state): extract::State<Arc<State>>,
    asked: Result<extract::Json<Asked>, JsonRejection>,
) -> Result<Response, Refusal> {
    let extract::Json(asked) =
        asked.map_err(|rejection| Refusal::new(rejection.status(), rejection.body_text()))?;
    let rules = state.parts.asker.ask(Question::Rules).await?;
    let contact = asked.contact_id.clone();
    let subject = asked.subject(&rules)?;
    // Long messages take a while: not on a thread that serves webhooks.
    let explained = tokio::task::spawn_blocking(move || {
        let json = WholeDecision::new(&rules.policy, &subject, contact.as_deref()).json();
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json)
    });
    let explained = explained.await;
    Ok(explained.map_err(|_| Refusal::unavailable("the rules cannot say"))?.into_response())
}

impl Asked {
    fn subject(self, rules: &RulesInForce) -> Result<Subject, Refusal> {
        let at = match &self.at {
            Some(at) => moment::read(at, rules.policy.time_zone())
                .map_err(|reason| Refusal::bad(format!("at: {reason}")))?,
            None => rules.at,
        };
        let written = u32::try_from(self.earlier.len() + 1).unwrap_or(u32::MAX);
        let case = Case {
            text: self.message,
            earlier: self.earlier.join("\n"),
            language: self.language,
            country: self.country,
            region: self.region,
            contact: self.contact,
            conversation: self.conversation,
            tags: self.tags,
            attachments: self.attachments,
            messages: Some(self.messages.unwrap_or(written)),
            returning: self.returning,
            ..Case::default()
        };
        Ok(Subject { queues: rules.queues.clone(), ..case.subject(at) })
    }
}
