//! `GET /v1/decisions/stream`: decisions as they are made, as server-sent events.
//!
//! A reader that is too slow misses some and is told how many; the driver never waits for it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract;
use axum::extract::rejection::QueryRejection;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use engine::ConversationId;
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};

use super::State;
use super::decisions::{From, NumberedDecision};
use super::refusal::Refusal;

/// How often something is sent while nothing happens, so that nobody on the way gives up.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a browser or another client sends when it comes back.
const LAST_EVENT_ID: &str = "last-event-id";

/// What to follow.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wanted {
    last: usize,
    conversation: Option<String>,
}

pub(super) async fn answer(
    extract::State(state): extract::State<Arc<State>>,
    headers: HeaderMap,
    wanted: Result<extract::Query<Wanted>, QueryRejection>,
) -> Result<Response, Refusal> {
    let extract::Query(wanted) = wanted.map_err(|it| Refusal::bad(it.body_text()))?;
    let Ok(place) = Arc::clone(&state.streams).try_acquire_owned() else {
        return Err(Refusal::unavailable("too many streams are open already: close one"));
    };
    let conversation = wanted.conversation.map(ConversationId::new);
    let seen = headers.get(LAST_EVENT_ID).and_then(|it| it.to_str().ok()?.parse().ok());
    let from = seen.map_or(From::Last(wanted.last), From::After);
    let (before, news) = state.parts.decisions.follow(from, conversation.as_ref());
    let stopping = state.stopping.clone();
    let follower = Follower { before: before.into(), news, conversation, stopping, _place: place };
    let events = futures_util::stream::unfold(follower, async |mut follower| {
        follower.next().await.map(|event| (Ok::<_, Infallible>(event), follower))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// One reader.
struct Follower {
    /// What was decided before it came.
    before: VecDeque<Arc<NumberedDecision>>,
    news: broadcast::Receiver<Arc<NumberedDecision>>,
    conversation: Option<ConversationId>,
    stopping: watch::Receiver<bool>,
    /// One of a bounded number, given back when the reader goes.
    _place: OwnedSemaphorePermit,
}

impl Follower {
    /// The next thing to tell; `None` when the router stops.
    async fn next(&mut self) -> Option<Event> {
        if let Some(decision) = self.before.pop_front() {
            return Some(told(&decision));
        }
        loop {
            let news = tokio::select! {
                news = self.news.recv() => news,
                _ = self.stopping.wait_for(|&stopping| stopping) => return None,
            };
            match news {
                Ok(decision) if self.wants(&decision) => return Some(told(&decision)),
                Ok(_) => {}
                Err(RecvError::Lagged(missed)) => {
                    let event = Event::default().event("missed");
                    return Some(event.data(format!("{{\"missed\":{missed}}}")));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn wants(&self, decision: &NumberedDecision) -> bool {
        self.conversation.as_ref().is_none_or(|wanted| decision.decision.conversation == *wanted)
    }
}

fn told(decision: &NumberedDecision) -> Event {
    let data = serde_json::to_string(decision).expect("a decision can always be JSON");
    Event::default().event("decision").id(decision.number.to_string()).data(data)
}

#[cfg(test)]
mod tests {
    use engine::{Decision, Timestamp, Verdict};
    use tokio::sync::Semaphore;

    use super::*;
    use crate::admin::DecisionLog;

    async fn follower(log: &DecisionLog, stopping: &watch::Sender<bool>) -> Follower {
        let (before, news) = log.follow(From::Last(2), None);
        let place = Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap();
        let stopping = stopping.subscribe();
        Follower { before: before.into(), news, conversation: None, stopping, _place: place }
    }

    fn record(log: &DecisionLog, count: u64) {
        for number in 0..count {
            log.record(Decision {
                at: Timestamp::EPOCH,
                conversation: ConversationId::new(number.to_string()),
                rules_version: "0".into(),
                verdict: Verdict::WindowLost,
            });
        }
    }

    #[tokio::test]
    async fn who_is_too_slow_is_told_how_many_are_missing() {
        let log = DecisionLog::default();
        let (stop, _) = watch::channel(false);
        record(&log, 1);
        let mut reader = follower(&log, &stop).await;
        // More than a reader may be behind: recording does not wait.
        record(&log, 1_024 + 7);
        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(format!("{:?}", reader.next().await.unwrap()));
        }
        assert!(told[0].contains(r"id: 1\n"), "{told:?}");
        assert!(told[1].contains(r#"event: missed\ndata: {\"missed\":7}"#), "{told:?}");
        assert!(told[2].contains(r"id: 9\n"), "{told:?}");
        stop.send(true).unwrap();
        let mut left = 0;
        while reader.next().await.is_some() {
            left += 1;
        }
        assert!(left <= 1_023, "a stream ends when the router stops");
    }
}
