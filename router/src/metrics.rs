//! What the router counts and measures. Labels come from closed sets: never an id.

mod exposition;
mod standing;

use std::time::Duration;

use engine::{
    Drift, FallbackReason, Outcome, OverflowReason, Overview, RequeueReason, Shadowed, Timestamp,
};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::journal::{DeadCounts, DeadKind};
pub(crate) use exposition::merge;
use standing::Standing;

/// Upper bounds in seconds. Intercom gives up after 5 s and demotes endpoints slower than 0.5 s.
const ACK_BUCKETS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Upper bounds in seconds.
const ASSIGNMENT_BUCKETS: [f64; 12] =
    [1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 14_400.0, 86_400.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WebhookLabels {
    topic: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    endpoint: &'static str,
    status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RulesLabels {
    rules: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConfigLabels {
    version: &'static str,
    rules: String,
}

/// All of the router's metrics.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    pub(crate) webhooks: WebhookMetrics,
    assign: Family<OutcomeLabels, Counter>,
    api_requests: Family<RequestLabels, Counter>,
    canary: Family<RulesLabels, Counter>,
    fallback: Family<ReasonLabels, Counter>,
    overflow: Family<ReasonLabels, Counter>,
    requeue: Family<ReasonLabels, Counter>,
    unanswered: Counter,
    reply_window_lost: Counter,
    reconcile_drift: Family<KindLabels, Counter>,
    time_to_assignment: Histogram,
    intake_depth: Gauge,
    calls_in_flight: Gauge,
    journal_records: Counter,
    journal_failures: Counter,
    checkpoints: Counter,
    checkpoint_bytes: Gauge,
    config_info: Family<ConfigLabels, Gauge>,
    rules_reload: Family<OutcomeLabels, Counter>,
    rules_refused: Gauge,
    shadow: Family<OutcomeLabels, Counter>,
    shadow_refused: Gauge,
    admin_requests: Family<OutcomeLabels, Counter>,
    dead_letters: Family<KindLabels, Gauge>,
    dead_letters_dropped: Counter,
    standing: Standing,
}

/// Webhooks by what became of them.
#[derive(Clone, Debug)]
pub(crate) struct WebhookMetrics {
    received: Family<WebhookLabels, Counter>,
    ack: Histogram,
}

/// What belongs to the endpoint, and to none of the workspaces behind it.
#[derive(Debug)]
pub(crate) struct EndpointMetrics {
    /// Those that are for none of several workspaces.
    pub(crate) webhooks: WebhookMetrics,
    /// Spans that did not reach the collector.
    pub(crate) telemetry_dropped: Counter,
    registry: Registry,
}

fn registry(workspace: Option<&str>) -> Registry {
    let label = |name: &str| ("workspace".into(), name.to_owned().into());
    Registry::with_prefix_and_labels("router", workspace.map(label).into_iter())
}

impl Default for WebhookMetrics {
    fn default() -> Self {
        Self { received: Family::default(), ack: Histogram::new(ACK_BUCKETS) }
    }
}

impl WebhookMetrics {
    fn register(&self, registry: &mut Registry) {
        let (received, ack) = (self.received.clone(), self.ack.clone());
        registry.register("webhook_received", "Webhooks by topic and outcome", received);
        registry.register("webhook_ack_seconds", "Time from request to answer", ack);
    }

    pub(crate) fn count(&self, topic: &'static str, outcome: &'static str, took: Duration) {
        self.received.get_or_create(&WebhookLabels { topic, outcome }).inc();
        self.ack.observe(took.as_secs_f64());
    }
}

impl EndpointMetrics {
    /// Those of an endpoint of one workspace, whose are all webhooks, or of several.
    pub(crate) fn new(several: bool) -> Self {
        let (webhooks, mut registry) = (WebhookMetrics::default(), registry(None));
        if several {
            webhooks.register(&mut registry);
        }
        let telemetry_dropped = Counter::default();
        registry.register(
            "telemetry_dropped",
            "Spans of traces that did not reach the collector",
            telemetry_dropped.clone(),
        );
        Self { webhooks, telemetry_dropped, registry }
    }

    /// The text that Prometheus reads.
    pub(crate) fn render(&self) -> String {
        exposition::text_of(&self.registry)
    }
}

impl Metrics {
    /// Those of a workspace, which has a name if there are several.
    pub(crate) fn new(workspace: Option<&str>) -> Self {
        let mut metrics = Self {
            registry: registry(workspace),
            webhooks: WebhookMetrics::default(),
            assign: Family::default(),
            api_requests: Family::default(),
            canary: Family::default(),
            fallback: Family::default(),
            overflow: Family::default(),
            requeue: Family::default(),
            unanswered: Counter::default(),
            reply_window_lost: Counter::default(),
            reconcile_drift: Family::default(),
            time_to_assignment: Histogram::new(ASSIGNMENT_BUCKETS),
            intake_depth: Gauge::default(),
            calls_in_flight: Gauge::default(),
            journal_records: Counter::default(),
            journal_failures: Counter::default(),
            checkpoints: Counter::default(),
            checkpoint_bytes: Gauge::default(),
            config_info: Family::default(),
            rules_reload: Family::default(),
            rules_refused: Gauge::default(),
            shadow: Family::default(),
            shadow_refused: Gauge::default(),
            admin_requests: Family::default(),
            dead_letters: Family::default(),
            dead_letters_dropped: Counter::default(),
            standing: Standing::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        self.register_conversations();
        self.register_dead_letters();
        let Self { registry, .. } = self;
        self.webhooks.register(registry);
        registry.register("assign", "Assignment calls by outcome", self.assign.clone());
        registry.register("api_requests", "Requests to Intercom", self.api_requests.clone());
        registry.register(
            "intake_depth",
            "Notifications that wait for the journal",
            self.intake_depth.clone(),
        );
        registry.register(
            "calls_in_flight",
            "Calls to Intercom under way",
            self.calls_in_flight.clone(),
        );
        registry.register("journal_records", "Records appended", self.journal_records.clone());
        registry.register("journal_failures", "Appends that failed", self.journal_failures.clone());
        registry.register("checkpoints", "Checkpoints kept", self.checkpoints.clone());
        registry.register(
            "checkpoint_bytes",
            "Size of the newest checkpoint",
            self.checkpoint_bytes.clone(),
        );
        registry.register("config_info", "What is in force", self.config_info.clone());
        registry.register(
            "rules_reload",
            "Looks at the rules file that came to something",
            self.rules_reload.clone(),
        );
        registry.register(
            "rules_refused",
            "1 while the rules file is refused and older rules are in force",
            self.rules_refused.clone(),
        );
        registry.register(
            "shadow",
            "Decisions that rules in the shadow were compared with",
            self.shadow.clone(),
        );
        registry.register(
            "shadow_refused",
            "1 while the rules file of the shadow is refused",
            self.shadow_refused.clone(),
        );
        registry.register(
            "admin_requests",
            "Requests to the admin API by outcome; refused is a wrong token",
            self.admin_requests.clone(),
        );
        self.standing.register(registry);
    }

    /// What could not be taken in.
    fn register_dead_letters(&mut self) {
        let Self { registry, .. } = self;
        registry.register(
            "dead_letters",
            "Webhooks that cannot be read, and records on which the engine panics",
            self.dead_letters.clone(),
        );
        registry.register(
            "dead_letters_dropped",
            "Dead letters that were dropped because there were too many, as the journal counts them",
            self.dead_letters_dropped.clone(),
        );
    }

    /// What becomes of conversations.
    fn register_conversations(&mut self) {
        let Self { registry, .. } = self;
        registry.register(
            "canary",
            "Conversations that got a team, by the rules that decided: live or canary",
            self.canary.clone(),
        );
        registry.register("fallback", "Conversations that fell back", self.fallback.clone());
        registry.register(
            "overflow",
            "Conversations that went to another team because of their wait",
            self.overflow.clone(),
        );
        registry.register(
            "requeue",
            "Conversations that lost their assignee and wait again",
            self.requeue.clone(),
        );
        registry.register(
            "unanswered",
            "Conversations that were passed on often enough and nobody answers",
            self.unanswered.clone(),
        );
        registry.register(
            "reply_window_lost",
            "Conversations whose reply window ended without an answer",
            self.reply_window_lost.clone(),
        );
        registry.register(
            "reconcile_drift",
            "What Intercom showed of conversations that no webhook had told",
            self.reconcile_drift.clone(),
        );
        registry.register(
            "time_to_assignment_seconds",
            "Time from the contact's message to a teammate",
            self.time_to_assignment.clone(),
        );
    }

    /// The text that Prometheus reads.
    pub(crate) fn render(&self) -> String {
        exposition::text_of(&self.registry)
    }

    /// `status` is the HTTP status, or why there was none.
    pub(crate) fn api_request(&self, endpoint: &'static str, status: String) {
        self.api_requests.get_or_create(&RequestLabels { endpoint, status }).inc();
    }

    pub(crate) fn assignment_call(&self, outcome: &Outcome) {
        let outcome = match outcome {
            Outcome::Assigned { .. } => "assigned",
            Outcome::Superseded(_) => "superseded",
            Outcome::NotFound => "not_found",
            Outcome::Rejected { .. } => "rejected",
            Outcome::Unauthorized => "unauthorized",
            Outcome::RateLimited => "rate_limited",
            Outcome::Unclear { .. } => "unclear",
            Outcome::NotSent { .. }
            | Outcome::Annotated
            | Outcome::Written { .. }
            | Outcome::Contact(_)
            | Outcome::Conversation(_)
            | Outcome::Conversations(_)
            | Outcome::Roster(_) => return,
        };
        self.assign.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn routed(&self, by_canary: bool) {
        let rules = if by_canary { "canary" } else { "live" };
        self.canary.get_or_create(&RulesLabels { rules }).inc();
    }

    pub(crate) fn fallback(&self, reason: FallbackReason) {
        let reason = match reason {
            FallbackReason::NoRuleMatched => "no_rule_matched",
            FallbackReason::TeamUnavailable => "team_unavailable",
            FallbackReason::WaitedTooLong => "waited_too_long",
        };
        self.fallback.get_or_create(&ReasonLabels { reason }).inc();
    }

    pub(crate) fn overflowed(&self, reason: OverflowReason) {
        let reason = match reason {
            OverflowReason::Age(_) => "age",
            OverflowReason::Waiting(_) => "waiting",
            OverflowReason::ExpectedWait(_) => "expected_wait",
        };
        self.overflow.get_or_create(&ReasonLabels { reason }).inc();
    }

    pub(crate) fn requeued(&self, reason: RequeueReason) {
        let reason = match reason {
            RequeueReason::MovedToTeam => "moved_to_team",
            RequeueReason::Unassigned => "unassigned",
            RequeueReason::TeammateRefused(_) => "teammate_refused",
            RequeueReason::NoAnswer(_) => "no_answer",
            RequeueReason::TeammateAway(_) => "teammate_away",
            RequeueReason::Reopened => "reopened",
            RequeueReason::Paused => "paused",
        };
        self.requeue.get_or_create(&ReasonLabels { reason }).inc();
    }

    pub(crate) fn unanswered(&self) {
        self.unanswered.inc();
    }

    pub(crate) fn window_lost(&self) {
        self.reply_window_lost.inc();
    }

    pub(crate) fn drifted(&self, drift: Drift) {
        let kind = match drift {
            Drift::Missed => "missed",
            Drift::Assignee => "assignee",
            Drift::State(_) => "state",
        };
        self.reconcile_drift.get_or_create(&KindLabels { kind }).inc();
    }

    pub(crate) fn assigned_after(&self, waited: Duration) {
        self.time_to_assignment.observe(waited.as_secs_f64());
    }

    pub(crate) fn set_intake_depth(&self, depth: usize) {
        self.intake_depth.set(i64::try_from(depth).unwrap_or(i64::MAX));
    }

    pub(crate) fn set_calls_in_flight(&self, calls: usize) {
        self.calls_in_flight.set(i64::try_from(calls).unwrap_or(i64::MAX));
    }

    pub(crate) fn journal_appended(&self, records: usize) {
        self.journal_records.inc_by(records as u64);
    }

    pub(crate) fn journal_failed(&self) {
        self.journal_failures.inc();
    }

    pub(crate) fn checkpoint_kept(&self, bytes: usize) {
        self.checkpoints.inc();
        self.checkpoint_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Records appended and appends that failed.
    pub(crate) fn journal_counts(&self) -> (u64, u64) {
        (self.journal_records.get(), self.journal_failures.get())
    }

    pub(crate) fn set_dead_letters(&self, counts: &DeadCounts) {
        let kinds = [(DeadKind::Unreadable, counts.unreadable), (DeadKind::Poison, counts.poison)];
        for (kind, count) in kinds {
            let labels = KindLabels { kind: kind.name() };
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.dead_letters.get_or_create(&labels).set(count);
        }
        let told = self.dead_letters_dropped.get();
        self.dead_letters_dropped.inc_by(counts.dropped.saturating_sub(told));
    }

    /// How many webhooks cannot be read, on how many records the engine panics, and how many
    /// letters were dropped.
    pub(crate) fn dead_letters(&self) -> (u64, u64, u64) {
        let of = |kind: DeadKind| {
            let labels = KindLabels { kind: kind.name() };
            u64::try_from(self.dead_letters.get_or_create(&labels).get()).unwrap_or(0)
        };
        (of(DeadKind::Unreadable), of(DeadKind::Poison), self.dead_letters_dropped.get())
    }

    pub(crate) fn admin_request(&self, outcome: &'static str) {
        self.admin_requests.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    /// Brings up to date how the engine stands.
    pub(crate) fn measure(&self, overview: &Overview, now: Timestamp) {
        self.standing.measure(overview, now);
    }

    pub(crate) fn set_draining(&self, draining: bool) {
        self.standing.set_draining(draining);
    }

    pub(crate) fn rules_reloaded(&self, outcome: &'static str) {
        self.rules_reload.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn shadowed(&self, shadowed: &Shadowed) {
        let outcome = match (shadowed.same_team, shadowed.same_rule) {
            (true, true) => "same",
            (true, false) => "other_rule",
            (false, _) => "other_team",
        };
        self.shadow.get_or_create(&OutcomeLabels { outcome }).inc();
    }

    pub(crate) fn set_shadow_refused(&self, refused: bool) {
        self.shadow_refused.set(i64::from(refused));
    }

    pub(crate) fn set_rules_refused(&self, refused: bool) {
        self.rules_refused.set(i64::from(refused));
    }

    pub(crate) fn set_rules(&self, rules: &str) {
        self.config_info.clear();
        self.standing.forget_teams();
        let labels = ConfigLabels { version: env!("CARGO_PKG_VERSION"), rules: rules.to_owned() };
        self.config_info.get_or_create(&labels).set(1);
    }
}

#[cfg(test)]
mod tests;
