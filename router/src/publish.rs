//! Decisions, written down: log lines and metrics. Never a message's text, never a name.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engine::{Decision, RoutedBy, Verdict};

use crate::admin::decisions::DecisionLog;
use crate::driver::Observer;
use crate::metrics::Metrics;

/// How many differences to rules in the shadow are logged in a minute.
const SHADOWS_A_MINUTE: u32 = 10;

/// Writes decisions down.
#[derive(Debug)]
pub(crate) struct Publisher {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) observer: Option<Observer>,
    /// The last ones, if there is an admin API to ask for them.
    pub(crate) log: Option<Arc<DecisionLog>>,
    /// In which minute how many differences have been told.
    pub(crate) told: Mutex<(u64, u32)>,
}

impl Publisher {
    pub(crate) fn publish(&self, decision: Decision) {
        self.count(&decision.verdict);
        if self.is_told(&decision) {
            log(&decision);
        }
        if let Some(log) = &self.log {
            log.record(decision.clone());
        }
        if let Some(observer) = &self.observer {
            // Whoever observed may have gone: then nobody needs to know.
            let _ = observer.send(decision);
        }
    }

    /// Comparisons with rules in the shadow are only told where they differ, and of many a sample.
    fn is_told(&self, decision: &Decision) -> bool {
        let Verdict::Shadowed(shadowed) = &decision.verdict else { return true };
        if shadowed.same_team {
            return false;
        }
        let minute = decision.at.as_seconds() / 60;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.0 != minute {
            *told = (minute, 0);
        }
        told.1 += 1;
        told.1 <= SHADOWS_A_MINUTE
    }

    fn count(&self, verdict: &Verdict) {
        match verdict {
            Verdict::Routed(routing) => {
                self.metrics.routed(routing.canary.is_some());
                if let RoutedBy::Fallback(reason) = routing.by {
                    self.metrics.fallback(reason);
                }
            }
            Verdict::FellBack { reason, .. } => self.metrics.fallback(*reason),
            Verdict::Assigned(assignment) => {
                self.metrics.assigned_after(Duration::from_micros(assignment.waited_us));
            }
            Verdict::Requeued(requeued) => self.metrics.requeued(requeued.reason),
            Verdict::Overflowed(overflowed) => self.metrics.overflowed(overflowed.reason),
            Verdict::Unanswered { .. } => self.metrics.unanswered(),
            Verdict::WindowLost => self.metrics.window_lost(),
            Verdict::Reconciled(drift) => self.metrics.drifted(*drift),
            Verdict::Shadowed(shadowed) => self.metrics.shadowed(shadowed),
            Verdict::NotOurs(_)
            | Verdict::Waiting(_)
            | Verdict::Relaxed { .. }
            | Verdict::HandedOver { .. }
            | Verdict::WindowClosing { .. }
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
            let canary = routing.canary.as_deref();
            tracing::info!(conversation, team, ?by, ?channel, canary, "routed");
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
            tracing::info!(conversation, requirement = &**requirement, "a requirement is dropped");
        }
        Verdict::HandedOver { team } => {
            tracing::info!(conversation, team = &**team, "handed over to the team");
        }
        Verdict::Unanswered { teammate, bounces } => {
            tracing::error!(conversation, teammate = teammate.get(), bounces, "nobody answers");
        }
        Verdict::WindowClosing { closes_at } => {
            let closes_at = closes_at.as_seconds();
            tracing::warn!(conversation, closes_at, "reply window closes soon");
        }
        Verdict::Shadowed(it) => {
            let (team, shadow_team, rule) = (&*it.live_team, &*it.team, it.rule.as_deref());
            tracing::info!(conversation, team, shadow_team, rule, "rules in the shadow differ");
        }
        Verdict::Reconciled(drift) => {
            tracing::warn!(conversation, ?drift, "no webhook told of it");
        }
        Verdict::WindowLost => tracing::error!(conversation, "reply window lost"),
        Verdict::LeftAlone(reason) => tracing::info!(conversation, ?reason, "left alone"),
        Verdict::RemarkRefused { refusal } => {
            tracing::warn!(conversation, refusal, "a tag, attribute, note or message was refused");
        }
        Verdict::Stuck { refusal } => tracing::error!(conversation, refusal, "stuck"),
    }
}

#[cfg(test)]
mod tests {
    use engine::{
        ConversationId, ConversationState, Drift, OverflowReason, Overflowed, RequeueReason,
        Requeued, Shadowed, TeammateId, Timestamp,
    };

    use super::*;

    fn requeued(reason: RequeueReason) -> Verdict {
        Verdict::Requeued(Requeued { team: "sales".into(), reason })
    }

    fn overflowed(reason: OverflowReason) -> Verdict {
        let (from, to) = ("sales".into(), "triage".into());
        Verdict::Overflowed(Overflowed { from, to, reason })
    }

    fn shadowed(same_team: bool, same_rule: bool) -> Verdict {
        let (rules_version, team, live_team) = ("1".into(), "sales".into(), "care".into());
        let rule = None;
        Verdict::Shadowed(Shadowed { rules_version, team, rule, live_team, same_team, same_rule })
    }

    fn routed(canary: Option<&str>) -> Verdict {
        let explanation = engine::Explanation {
            rule: None,
            ladder: vec!["sales".into()],
            teammate: None,
            priority: engine::Priority::Normal,
            language: "und".into(),
            language_confidence: 0.0,
            language_source: engine::language::LanguageSource::Undetermined,
            trials: vec![],
            cut_after_bytes: None,
        };
        Verdict::Routed(engine::Routing {
            team: "sales".into(),
            by: RoutedBy::Rule("price".into()),
            channel: engine::ChannelMatch::Tag("tiktok".into()),
            explanation,
            held_until: None,
            canary: canary.map(Into::into),
        })
    }

    #[test]
    fn of_many_differences_to_the_shadow_a_sample_is_told() {
        let metrics = Arc::new(Metrics::new(None));
        let told = Mutex::default();
        let publisher = Publisher { metrics, observer: None, log: None, told };
        let told = |second: u64, verdict: Verdict| {
            let (at, conversation) = (Timestamp::from_seconds(second), ConversationId::new("215"));
            let decision = Decision { at, conversation, rules_version: "0".into(), verdict };
            (0..25).filter(|_| publisher.is_told(&decision)).count()
        };
        assert_eq!(told(60, shadowed(true, false)), 0);
        assert_eq!(told(61, shadowed(false, false)), 10);
        assert_eq!(told(119, shadowed(false, false)), 0);
        assert_eq!(told(120, shadowed(false, false)), 10);
        assert_eq!(told(120, Verdict::WindowLost), 25, "everything else is told");
    }

    #[test]
    fn what_becomes_of_conversations_is_counted() {
        #[track_caller]
        fn check(verdict: Verdict, expected: &str) {
            let metrics = Arc::new(Metrics::new(None));
            let publisher = Publisher {
                metrics: Arc::clone(&metrics),
                observer: None,
                log: None,
                told: Mutex::default(),
            };
            let (at, conversation) = (Timestamp::EPOCH, ConversationId::new("215"));
            let rules_version = "0".into();
            for _ in 0..2 {
                let verdict = verdict.clone();
                let rules_version = Arc::clone(&rules_version);
                let conversation = conversation.clone();
                publisher.publish(Decision { at, conversation, rules_version, verdict });
            }
            let text = metrics.render();
            assert!(text.lines().any(|line| line == expected), "{expected}: {text}");
        }
        let ada = TeammateId::new(101);
        let requeue = |reason: &str| format!(r#"router_requeue_total{{reason="{reason}"}} 2"#);
        check(requeued(RequeueReason::MovedToTeam), &requeue("moved_to_team"));
        check(requeued(RequeueReason::Unassigned), &requeue("unassigned"));
        check(requeued(RequeueReason::TeammateRefused(ada)), &requeue("teammate_refused"));
        check(requeued(RequeueReason::NoAnswer(ada)), &requeue("no_answer"));
        check(requeued(RequeueReason::TeammateAway(ada)), &requeue("teammate_away"));
        check(requeued(RequeueReason::Reopened), &requeue("reopened"));
        check(requeued(RequeueReason::Paused), &requeue("paused"));
        let overflow = |reason: &str| format!(r#"router_overflow_total{{reason="{reason}"}} 2"#);
        check(overflowed(OverflowReason::Age(7)), &overflow("age"));
        check(overflowed(OverflowReason::Waiting(7)), &overflow("waiting"));
        check(overflowed(OverflowReason::ExpectedWait(7)), &overflow("expected_wait"));
        let unanswered = Verdict::Unanswered { teammate: ada, bounces: 3 };
        check(unanswered, "router_unanswered_total 2");
        let drift = |kind: &str| format!(r#"router_reconcile_drift_total{{kind="{kind}"}} 2"#);
        check(Verdict::Reconciled(Drift::Missed), &drift("missed"));
        check(Verdict::Reconciled(Drift::Assignee), &drift("assignee"));
        let closed = Drift::State(ConversationState::Closed);
        check(Verdict::Reconciled(closed), &drift("state"));
        let shadow = |outcome: &str| format!(r#"router_shadow_total{{outcome="{outcome}"}} 2"#);
        check(shadowed(true, true), &shadow("same"));
        check(shadowed(true, false), &shadow("other_rule"));
        check(shadowed(false, true), &shadow("other_team"));
        check(routed(None), r#"router_canary_total{rules="live"} 2"#);
        check(routed(Some("1")), r#"router_canary_total{rules="canary"} 2"#);
        check(Verdict::WindowLost, "router_reply_window_lost_total 2");
        // What is only said is not counted.
        check(Verdict::WindowClosing { closes_at: Timestamp::EPOCH }, "router_unanswered_total 0");
    }
}
