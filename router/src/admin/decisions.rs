//! The last decisions, with their explanations.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract;
use axum::extract::rejection::QueryRejection;
use engine::{ConversationId, Decision};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::State;
use super::refusal::Refusal;

/// How many decisions are kept. Explanations are as long as the rules, not as the messages.
const KEPT: usize = 1_000;

/// How many are listed if nothing is said.
const LISTED: usize = 50;

/// How far a reader of the stream may fall behind before it misses some.
const BEHIND_MAX: usize = 1_024;

/// A decision and its number in the log of this process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberedDecision {
    /// From 1 upwards, in the order in which they were made.
    pub number: u64,
    /// When it was made, as RFC 3339.
    pub time: String,
    /// The whole decision, as it is written down with `router=debug`: never a message's text.
    pub decision: Decision,
}

/// The last decisions, and news of each as it is made.
#[derive(Debug)]
pub(crate) struct DecisionLog {
    kept: Mutex<Kept>,
    news: broadcast::Sender<Arc<NumberedDecision>>,
}

#[derive(Debug, Default)]
struct Kept {
    last_number: u64,
    decisions: VecDeque<Arc<NumberedDecision>>,
}

impl Default for DecisionLog {
    fn default() -> Self {
        Self { kept: Mutex::default(), news: broadcast::Sender::new(BEHIND_MAX) }
    }
}

impl DecisionLog {
    /// Keeps a decision and tells it to whoever follows; waits for nobody.
    pub(crate) fn record(&self, decision: Decision) {
        let mut kept = self.kept();
        kept.last_number += 1;
        let (number, time) = (kept.last_number, decision.at.to_string());
        let numbered = Arc::new(NumberedDecision { number, time, decision });
        if kept.decisions.len() == KEPT {
            kept.decisions.pop_front();
        }
        kept.decisions.push_back(Arc::clone(&numbered));
        // Nobody may be listening. Told under the lock, so that who joins misses none.
        let _ = self.news.send(numbered);
    }

    /// The last ones, of one conversation if it is given, the oldest first.
    pub(super) fn last(
        &self,
        count: usize,
        conversation: Option<&ConversationId>,
    ) -> Vec<Arc<NumberedDecision>> {
        self.kept().last(count, conversation)
    }

    /// The last ones, and whatever comes after them.
    pub(super) fn follow(
        &self,
        from: From,
        conversation: Option<&ConversationId>,
    ) -> (Vec<Arc<NumberedDecision>>, broadcast::Receiver<Arc<NumberedDecision>>) {
        let kept = self.kept();
        let before = match from {
            From::Last(count) => kept.last(count, conversation),
            From::After(number) => {
                let mut all = kept.last(KEPT, conversation);
                all.retain(|it| it.number > number);
                all
            }
        };
        (before, self.news.subscribe())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing in here panics half-way.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// With which decision to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// With the last so many.
    Last(usize),
    /// With the one after this number.
    After(u64),
}

impl Kept {
    fn last(
        &self,
        count: usize,
        conversation: Option<&ConversationId>,
    ) -> Vec<Arc<NumberedDecision>> {
        let wanted = |it: &&Arc<NumberedDecision>| {
            conversation.is_none_or(|wanted| it.decision.conversation == *wanted)
        };
        let mut last: Vec<_> =
            self.decisions.iter().rev().filter(wanted).take(count).cloned().collect();
        last.reverse();
        last
    }
}

/// What to list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wanted {
    limit: Option<usize>,
    conversation: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Listed {
    decisions: Vec<Arc<NumberedDecision>>,
}

/// `GET /v1/decisions`.
pub(super) async fn answer(
    extract::State(state): extract::State<Arc<State>>,
    wanted: Result<extract::Query<Wanted>, QueryRejection>,
) -> Result<Json<Listed>, Refusal> {
    let extract::Query(wanted) = wanted.map_err(|it| Refusal::bad(it.body_text()))?;
    let limit = wanted.limit.unwrap_or(LISTED);
    if !(1..=KEPT).contains(&limit) {
        return Err(Refusal::bad(format!("limit is a number from 1 to {KEPT}")));
    }
    let conversation = wanted.conversation.map(ConversationId::new);
    Ok(Json(Listed { decisions: state.parts.decisions.last(limit, conversation.as_ref()) }))
}

#[cfg(test)]
mod tests {
    use engine::{Timestamp, Verdict};

    use super::*;

    fn decision(conversation: u64) -> Decision {
        Decision {
            at: Timestamp::from_seconds(conversation),
            conversation: ConversationId::new(conversation.to_string()),
            rules_version: "0".into(),
            verdict: Verdict::WindowLost,
        }
    }

    fn numbers(decisions: &[Arc<NumberedDecision>]) -> Vec<u64> {
        decisions.iter().map(|it| it.number).collect()
    }

    #[test]
    fn the_last_thousand_are_kept() {
        let log = DecisionLog::default();
        assert!(log.last(5, None).is_empty());
        for number in 1..=1_005 {
            log.record(decision(number % 10));
        }
        assert_eq!(numbers(&log.last(3, None)), [1_003, 1_004, 1_005]);
        assert_eq!(log.last(KEPT, None).len(), 1_000);
        assert_eq!(numbers(&log.last(KEPT, None))[0], 6);
        let seventh = ConversationId::new("7");
        assert_eq!(numbers(&log.last(2, Some(&seventh))), [987, 997]);
        assert_eq!(log.last(KEPT, Some(&seventh)).len(), 100);
    }

    #[test]
    fn who_follows_misses_none_and_gets_none_twice() {
        let log = DecisionLog::default();
        log.record(decision(1));
        log.record(decision(2));
        let (before, mut news) = log.follow(From::Last(1), None);
        log.record(decision(3));
        assert_eq!(numbers(&before), [2]);
        assert_eq!(news.try_recv().unwrap().number, 3);
        assert!(news.try_recv().is_err());
        assert_eq!(numbers(&log.follow(From::After(1), None).0), [2, 3]);
        assert_eq!(numbers(&log.follow(From::After(9), None).0), [] as [u64; 0]);
    }

    #[test]
    fn it_can_be_read_back() {
        let numbered = NumberedDecision { number: 7, time: "x".into(), decision: decision(3) };
        let text = serde_json::to_string(&numbered).unwrap();
        assert_eq!(serde_json::from_str::<NumberedDecision>(&text).unwrap(), numbered);
    }
}
