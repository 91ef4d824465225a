//! `GET /v1/conversations/{id}`: where one conversation stands, and why.

use std::sync::Arc;

use axum::Json;
use axum::extract;
use engine::{ConversationId, ConversationStage, ConversationState, ConversationView, Timestamp};
use serde::{Deserialize, Serialize};

use super::decisions::NumberedDecision;
use super::refusal::Refusal;
use super::status::{moment, seconds};
use super::{Question, State};

/// Ids that are longer are none of Intercom's.
const ID_CHARS_MAX: usize = 64;

/// How many decisions are told.
const DECISIONS: usize = 50;

/// What is known of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationAnswer {
    /// Its id.
    pub conversation: String,
    /// Where it stands; nothing if the engine has forgotten it after it was over.
    pub standing: Option<ConversationStanding>,
    /// What was decided about it lately, the oldest first, with every explanation.
    pub decisions: Vec<Arc<NumberedDecision>>,
}

/// Where a conversation stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationStanding {
    /// On its way to an owner.
    pub stage: ConversationStage,
    /// Open, snoozed or closed.
    pub state: ConversationState,
    /// When its contact opened it: since then it waits, if it does.
    pub opened_at: jiff::Timestamp,
    /// For how long it has been without a teammate; nothing if it has one, or needs none.
    pub waiting_seconds: Option<f64>,
    /// The team that it waits for, or whose teammate has it, by its name in the rules.
    pub team: Option<String>,
    /// The team that it was routed to, if it has overflowed to another.
    pub routed_to: Option<String>,
    /// The rule that sent it.
    pub rule: Option<String>,
    /// The version of the canary's rules, if they sent it and not those in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<String>,
    /// The language of its message.
    pub language: Option<String>,
    /// Who has it, or is about to get it.
    pub teammate: Option<u64>,
    /// When that teammate got it from the router.
    pub given_at: Option<jiff::Timestamp>,
    /// Its place in line, from 1; exact up to 1,000.
    pub position: Option<usize>,
    /// How many stand in that line.
    pub line: Option<usize>,
    /// About how long until it is its turn.
    pub expected_wait_seconds: Option<f64>,
    /// The team that Intercom shows for it.
    pub shown_team: Option<u64>,
    /// The teammate whom Intercom shows for it.
    pub shown_teammate: Option<u64>,
    /// Who must not get it (again).
    pub excluded: Vec<u64>,
    /// How often it was passed on because nobody answered.
    pub bounces: u32,
    /// When its contact can no longer be answered, if they wait for an answer.
    pub window_closes_at: Option<jiff::Timestamp>,
}

pub(super) async fn answer(
    extract::State(state): extract::State<Arc<State>>,
    extract::Path(id): extract::Path<String>,
) -> Result<Json<ConversationAnswer>, Refusal> {
    if id.chars().count() > ID_CHARS_MAX {
        return Err(Refusal::bad("that is no id of a conversation: it is too long"));
    }
    let conversation = ConversationId::new(id.as_str());
    let ask = |answer| Question::Conversation(conversation.clone(), answer);
    let (view, at) = state.parts.asker.ask(ask).await?;
    let decisions = state.parts.decisions.last(DECISIONS, Some(&conversation));
    if view.is_none() && decisions.is_empty() {
        return Err(Refusal::not_found(
            "the router has not heard of this conversation, or has forgotten it after it was over",
        ));
    }
    let standing = view.map(|view| ConversationStanding::new(view, at));
    Ok(Json(ConversationAnswer { conversation: id, standing, decisions }))
}

impl ConversationStanding {
    fn new(view: ConversationView, at: Timestamp) -> Self {
        let needs_somebody = matches!(
            view.stage,
            ConversationStage::Settling
                | ConversationStage::Asking
                | ConversationStage::Placing
                | ConversationStage::Held
                | ConversationStage::Queued
                | ConversationStage::Stuck
        );
        let waits = needs_somebody && view.state == ConversationState::Open;
        Self {
            stage: view.stage,
            state: view.state,
            opened_at: moment(view.opened_at),
            waiting_seconds: waits.then(|| seconds(at.since(view.opened_at))),
            team: view.team.map(|team| team.to_string()),
            routed_to: view.routed_to.map(|team| team.to_string()),
            rule: view.rule.map(|rule| rule.to_string()),
            canary: view.canary.map(|canary| canary.to_string()),
            language: view.language.map(|language| language.to_string()),
            teammate: view.teammate.map(|teammate| teammate.get()),
            given_at: view.given_at.map(moment),
            position: view.position,
            line: view.line,
            expected_wait_seconds: view.expected_wait.map(seconds),
            shown_team: view.shown_team.map(|team| team.get()),
            shown_teammate: view.shown_teammate.map(|teammate| teammate.get()),
            excluded: view.excluded.iter().map(|teammate| teammate.get()).collect(),
            bounces: view.bounces,
            window_closes_at: view.window_closes_at.map(moment),
        }
    }
}
