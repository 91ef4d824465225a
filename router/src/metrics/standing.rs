//! How the engine stands: gauges that are brought up to date when somebody wants to see them.

use std::sync::atomic::AtomicU64;

use engine::{Overview, Timestamp};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// A team of the rules: there are as many as the rules have.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TeamLabels {
    team: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PresenceLabels {
    presence: &'static str,
}

#[derive(Debug, Default)]
pub(super) struct Standing {
    queue_length: Family<TeamLabels, Gauge>,
    queue_held: Family<TeamLabels, Gauge>,
    queue_oldest: Family<TeamLabels, Gauge<f64, AtomicU64>>,
    team_open: Family<TeamLabels, Gauge>,
    team_ready: Family<TeamLabels, Gauge>,
    teammates: Family<PresenceLabels, Gauge>,
    conversations: Gauge,
    conversations_stuck: Gauge,
    open_calls: Gauge,
    api_budget: Gauge,
    api_requests_waiting: Gauge,
    circuit_open: Gauge,
    paused: Gauge,
    draining: Gauge,
}

impl Standing {
    pub(super) fn register(&self, registry: &mut Registry) {
        let teams = [
            ("queue_length", "Conversations that wait for a teammate", &self.queue_length),
            ("queue_held", "Conversations that are held until their team opens", &self.queue_held),
            ("team_open", "1 while the team's office is open", &self.team_open),
            ("team_ready", "Members who could be given something", &self.team_ready),
        ];
        for (name, help, family) in teams {
            registry.register(name, help, family.clone());
        }
        registry.register(
            "queue_oldest_seconds",
            "For how long the oldest that waits or is held has waited",
            self.queue_oldest.clone(),
        );
        registry.register(
            "teammates",
            "Teammates with an inbox seat by presence",
            self.teammates.clone(),
        );
        let single = [
            ("conversations", "Conversations that are remembered", &self.conversations),
            (
                "conversations_stuck",
                "Conversations for which Intercom refuses every assignee",
                &self.conversations_stuck,
            ),
            ("open_calls", "Calls to Intercom without a final outcome", &self.open_calls),
            (
                "api_budget_remaining",
                "Requests that may still be made in the current window",
                &self.api_budget,
            ),
            (
                "api_requests_waiting",
                "Requests that wait for the API budget",
                &self.api_requests_waiting,
            ),
            (
                "circuit_open",
                "1 while calls are held back because Intercom does not answer",
                &self.circuit_open,
            ),
            ("assignment_paused", "1 while nobody is given anything", &self.paused),
            ("draining", "1 while no calls are begun", &self.draining),
        ];
        for (name, help, gauge) in single {
            registry.register(name, help, gauge.clone());
        }
    }

    pub(super) fn measure(&self, overview: &Overview, now: Timestamp) {
        for it in &overview.teams {
            let team = TeamLabels { team: it.team.to_string() };
            self.queue_length.get_or_create(&team).set(count(it.waiting));
            self.queue_held.get_or_create(&team).set(count(it.held));
            let oldest = it.oldest.map_or(0.0, |oldest| now.since(oldest).as_secs_f64());
            self.queue_oldest.get_or_create(&team).set(oldest);
            self.team_open.get_or_create(&team).set(i64::from(it.open));
            self.team_ready.get_or_create(&team).set(count(it.ready));
        }
        let presence = [("active", overview.active_teammates), ("away", overview.away_teammates)];
        for (presence, teammates) in presence {
            self.teammates.get_or_create(&PresenceLabels { presence }).set(count(teammates));
        }
        self.conversations.set(count(overview.conversations));
        self.conversations_stuck.set(count(overview.stuck));
        self.open_calls.set(count(overview.open_calls));
        self.api_budget.set(i64::from(overview.api_budget_left));
        let waiting = i64::try_from(overview.waiting_requests).unwrap_or(i64::MAX);
        self.api_requests_waiting.set(waiting);
        self.circuit_open.set(i64::from(overview.circuit_open));
        self.paused.set(i64::from(overview.paused_since.is_some()));
    }

    pub(super) fn set_draining(&self, draining: bool) {
        self.draining.set(i64::from(draining));
    }

    /// New rules may have other teams.
    pub(super) fn forget_teams(&self) {
        for family in [&self.queue_length, &self.queue_held, &self.team_open, &self.team_ready] {
            family.clear();
        }
        self.queue_oldest.clear();
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
