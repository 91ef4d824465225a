//! Decisions, written down: log lines and metrics. Never a message's text, never a name.

use std::sync::Arc;
use std::time::Duration;

use engine::{Decision, RoutedBy, Verdict};

use crate::driver::Observer;
use crate::metrics::Metrics;

/// Writes decisions down.
#[derive(Debug)]
pub(crate) struct Publisher {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) observer: Option<Observer>,
}

impl Publisher {
    pub(crate) fn publish(&self, decision: Decision) {
        self.count(&decision.verdict);
        log(&decision);
        if let Some(observer) = &self.observer {
            // Whoever observed may have gone: then nobody needs to know.
            let _ = observer.send(decision);
        }
    }

    fn count(&self, verdict: &Verdict) {
        match verdict {
            Verdict::Routed(routing) => {
                if let RoutedBy::Fallback(reason) = routing.by {
                    self.metrics.fallback(reason);
                }
            }
            Verdict::FellBack { reason, .. } => self.metrics.fallback(*reason),
            Verdict::Assigned(assignment) => {
                self.metrics.assigned_after(Duration::from_micros(assignment.waited_us));
            }
            Verdict::NotOurs(_)
            | Verdict::Waiting(_)
            | Verdict::Requeued(_)
            | Verdict::Overflowed(_)
            | Verdict::Relaxed { .. }
            | Verdict::HandedOver { .. }
            | Verdict::Unanswered { .. }
            | Verdict::WindowClosing { .. }
            | Verdict::WindowLost
            | Verdict::LeftAlone(_)
            | Verdict::RemarkRefused { .. }
            | Verdict::Stuck { .. } => {}
        }
    }
}

/// One line for each decision; with `router=debug` the whole explanation as JSON besides.
fn log(decision: &Decision) {
    let conversation = decision.conversation.as_str();
    if tracing::enabled!(tracing::Level::DEBUG) {
        let explanation = serde_json::to_string(decision).unwrap_or_default();
        tracing::debug!(conversation, explanation, "decided");
    }
    match &decision.verdict {
        Verdict::NotOurs(reason) => tracing::info!(conversation, ?reason, "not ours"),
        Verdict::Routed(routing) => {
            let (team, by, channel) = (&*routing.team, &routing.by, &routing.channel);
            tracing::info!(conversation, team, ?by, ?channel, "routed");
        }
        Verdict::FellBack { team, reason } => {
            tracing::warn!(conversation, team = &**team, ?reason, "fell back");
        }
        Verdict::Assigned(assignment) => {
            let (team, teammate) = (&*assignment.team, assignment.teammate.get());
            let (tie_break, waited_us) = (assignment.tie_break, assignment.waited_us);
            tracing::info!(conversation, team, teammate, waited_us, ?tie_break, "assigned");
        }
        Verdict::Waiting(waiting) => {
            let (team, position) = (&*waiting.team, waiting.position);
            tracing::info!(conversation, team, position, "waiting");
        }
        Verdict::Requeued(requeued) => {
            let (team, reason) = (&*requeued.team, requeued.reason);
            tracing::info!(conversation, team, ?reason, "requeued");
        }
        Verdict::Overflowed(it) => {
            let (from, to, reason) = (&*it.from, &*it.to, it.reason);
            tracing::info!(conversation, from, to, ?reason, "overflowed");
        }
        Verdict::Relaxed { requirement } => {
            tracing::info!(conversation, requirement = &**requirement, "asks for less");
        }
        Verdict::HandedOver { team } => {
            tracing::info!(conversation, team = &**team, "handed over to the team");
        }
        Verdict::Unanswered { teammate, bounces } => {
            tracing::error!(conversation, teammate = teammate.get(), bounces, "unanswered");
        }
        Verdict::WindowClosing { closes_at } => {
            let closes_at = closes_at.as_seconds();
            tracing::warn!(conversation, closes_at, "reply window closes soon");
        }
        Verdict::WindowLost => tracing::error!(conversation, "reply window lost"),
        Verdict::LeftAlone(reason) => tracing::info!(conversation, ?reason, "left alone"),
        Verdict::RemarkRefused { refusal } => {
            tracing::warn!(conversation, refusal, "a tag, attribute or note was refused");
        }
        Verdict::Stuck { refusal } => tracing::error!(conversation, refusal, "stuck"),
    }
}
