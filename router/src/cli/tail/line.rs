//! A decision in one line.

use std::time::Duration;

use engine::{
    ConversationState, Drift, FallbackReason, LeftAlone, NotOurs, OverflowReason, RequeueReason,
    RoutedBy, Verdict,
};
use router::admin::decisions::NumberedDecision;
use router::review::marked::safe;

use crate::cli::status::length;

/// The line for a decision as the router sends it. One that this version does not know is shown as
/// it came.
pub(super) fn of(data: &str) -> String {
    let Ok(NumberedDecision { decision, .. }) = serde_json::from_str(data) else {
        return safe(data);
    };
    let conversation = safe(decision.conversation.as_str());
    let seconds = decision.at.as_seconds();
    let at = engine::Timestamp::from_seconds(seconds);
    format!("{at}  {conversation:<12}  {}", safe(&said(&decision.verdict)))
}

fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::NotOurs(reason) => format!("is not ours: {}", not_ours(*reason)),
        Verdict::Routed(routing) => {
            let held = routing.held_until.map(|until| format!(", held until {until}"));
            let by = match &routing.by {
                RoutedBy::Rule(rule) => format!("by the rule `{rule}`"),
                RoutedBy::Fallback(reason) => format!("by the fallback: {}", fell_back(*reason)),
            };
            let canary = if routing.canary.is_some() { ", decided by the canary" } else { "" };
            format!("goes to {} {by}{canary}{}", routing.team, held.unwrap_or_default())
        }
        Verdict::FellBack { team, reason } => {
            format!("falls back to {team}: {}", fell_back(*reason))
        }
        Verdict::Assigned(assignment) => {
            let waited = length(Duration::from_micros(assignment.waited_us).as_secs_f64());
            format!("is given to {}, after {waited}", first_line(assignment))
        }
        Verdict::Waiting(waiting) if waiting.paused => {
            format!("{}: assignment is paused", first_line(waiting))
        }
        Verdict::Waiting(waiting) => first_line(waiting),
        Verdict::Requeued(it) => format!("waits for {} again: {}", it.team, requeued(it.reason)),
        Verdict::Overflowed(it) => {
            format!("goes from {} to {}: {}", it.from, it.to, overflowed(it.reason))
        }
        Verdict::Relaxed { requirement } => format!("no longer asks for {requirement}"),
        Verdict::HandedOver { team } => format!("is left to {team}, who pick by hand"),
        Verdict::Unanswered { teammate, bounces } => {
            format!("is not answered by {teammate} and was passed on {bounces} times: look at it")
        }
        Verdict::WindowClosing { closes_at } => format!("can be answered until {closes_at} only"),
        Verdict::Shadowed(it) if it.same_team => {
            format!("would go to {} by the shadow as well", it.team)
        }
        Verdict::Shadowed(it) => {
            format!("would go to {} instead of {} by the shadow", it.team, it.live_team)
        }
        Verdict::Reconciled(Drift::Missed) => "is there, and no webhook told of it".to_owned(),
        Verdict::Reconciled(Drift::Assignee) => {
            "has another owner, and no webhook told of it".to_owned()
        }
        Verdict::Reconciled(Drift::State(state)) => {
            let state = match state {
                ConversationState::Open => "open",
                ConversationState::Snoozed => "snoozed",
                ConversationState::Closed => "closed",
            };
            format!("is {state}, and no webhook told of it")
        }
        Verdict::WindowLost => "can no longer be answered: the reply window is over".to_owned(),
        Verdict::LeftAlone(reason) => format!("is left alone: {}", left_alone(*reason)),
        Verdict::RemarkRefused { refusal } => {
            format!("does not get its tag, attribute, note or message: {refusal}")
        }
        Verdict::Stuck { refusal } => {
            format!("is stuck, Intercom refuses every assignee ({refusal}): look at it")
        }
    }
}

fn first_line(explained: &impl ToString) -> String {
    explained.to_string().lines().next().unwrap_or_default().to_owned()
}

fn not_ours(reason: NotOurs) -> &'static str {
    match reason {
        NotOurs::NoSignal => "it shows no signal of the channel",
        NotOurs::AlreadyAssigned => "somebody had it already",
        NotOurs::Gone => "it was gone before it could be looked at",
    }
}

fn fell_back(reason: FallbackReason) -> &'static str {
    match reason {
        FallbackReason::NoRuleMatched => "no rule matches",
        FallbackReason::TeamUnavailable => "Intercom has no such team",
        FallbackReason::WaitedTooLong => "it waited too long",
    }
}

fn requeued(reason: RequeueReason) -> String {
    match reason {
        RequeueReason::MovedToTeam => "somebody moved it there".to_owned(),
        RequeueReason::Unassigned => "somebody took it from its teammate".to_owned(),
        RequeueReason::TeammateRefused(teammate) => format!("Intercom refuses {teammate}"),
        RequeueReason::NoAnswer(teammate) => format!("{teammate} did not answer in time"),
        RequeueReason::TeammateAway(teammate) => format!("{teammate} went away"),
        RequeueReason::Reopened => "it was opened again".to_owned(),
        RequeueReason::Paused => "assignment was paused".to_owned(),
    }
}

fn overflowed(reason: OverflowReason) -> String {
    let in_words = |us: u64| length(Duration::from_micros(us).as_secs_f64());
    match reason {
        OverflowReason::Age(us) => format!("it has waited for {}", in_words(us)),
        OverflowReason::Waiting(count) => format!("{count} wait before it"),
        OverflowReason::ExpectedWait(us) => format!("it would wait for about {}", in_words(us)),
    }
}

fn left_alone(reason: LeftAlone) -> String {
    match reason {
        LeftAlone::TakenByTeammate(teammate) => format!("{teammate} has it, by somebody's hand"),
        LeftAlone::MovedToTeam(team) => format!("it was moved to team {team}"),
        LeftAlone::Closed => "it was closed".to_owned(),
        LeftAlone::Deleted => "it was deleted".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use engine::{ConversationId, Decision, Requeued, TeammateId, Timestamp};

    use super::*;

    #[test]
    fn decisions_are_one_line() {
        let check = |verdict: Verdict, expected: &str| {
            let decision = Decision {
                at: Timestamp::from_micros(1_795_176_000_123_456),
                conversation: ConversationId::new("215"),
                rules_version: "0".into(),
                verdict,
            };
            let numbered = NumberedDecision { number: 1, time: String::new(), decision };
            let line = of(&serde_json::to_string(&numbered).unwrap());
            assert_eq!(line, format!("2026-11-20T12:00:00Z  215           {expected}"));
        };
        let ada = TeammateId::new(101);
        let requeued = |reason| Verdict::Requeued(Requeued { team: "sales".into(), reason });
        check(
            requeued(RequeueReason::NoAnswer(ada)),
            "waits for sales again: 101 did not answer in time",
        );
        check(requeued(RequeueReason::Paused), "waits for sales again: assignment was paused");
        check(
            Verdict::Stuck { refusal: "404\n\x1b[31m".into() },
            "is stuck, Intercom refuses every assignee (404⏎␛[31m): look at it",
        );
        check(
            Verdict::FellBack { team: "triage".into(), reason: FallbackReason::WaitedTooLong },
            "falls back to triage: it waited too long",
        );
    }

    #[test]
    fn a_canary_is_named() {
        let routed = |canary: &str| {
            let explanation = r#"{"rule":"price","ladder":["sales"],"priority":"normal",
                "language":"und","language_confidence":0.0,"language_source":"undetermined",
                "trials":[]}"#;
            let routing = format!(
                r#"{{"team":"sales","by":{{"rule":"price"}},"channel":{{"tag":"tiktok"}},
                    "explanation":{explanation}{canary}}}"#
            );
            let decision = format!(
                r#"{{"at":1,"conversation":"215","rules_version":"0","verdict":{{"routed":{routing}}}}}"#
            );
            of(&format!(r#"{{"number":1,"time":"","decision":{decision}}}"#))
        };
        let line = routed("");
        assert!(line.ends_with("goes to sales by the rule `price`"), "{line}");
        let line = routed(r#","canary":"4e1243bd22c6""#);
        assert!(line.ends_with("by the rule `price`, decided by the canary"), "{line}");
    }

    #[test]
    fn what_is_not_known_is_shown_as_it_came() {
        assert_eq!(
            of("{\"number\":1,\"decision\":{\"new\":true}}\x1b"),
            "{\"number\":1,\"decision\":{\"new\":true}}␛"
        );
    }
}
