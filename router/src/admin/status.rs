//! `GET /v1/status`: how everything stands.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract;
use engine::{MembershipOverview, Presence, Standing, TeamOverview, TeammateOverview, Timestamp};
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::{Question, Snapshot, State};

/// How a router stands. Times are RFC 3339, lengths of time are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The version of the router.
    pub version: String,
    /// The version of the rules in force.
    pub rules: String,
    /// The time zone of the rules.
    pub time_zone: String,
    /// When this was so.
    pub at: jiff::Timestamp,
    /// When the router started.
    pub started_at: jiff::Timestamp,
    /// Whether it only decides and changes nothing.
    pub dry_run: bool,
    /// Whether it is fit to take traffic, as `/readyz` says.
    pub ready: bool,
    /// Why not, if it is not.
    pub reasons: Vec<String>,
    /// Since when assignment is paused, if it is.
    pub paused_since: Option<jiff::Timestamp>,
    /// Calls that are held back, while the router drains.
    pub drain: Option<DrainStatus>,
    /// Conversations that are remembered.
    pub conversations: usize,
    /// Of those, how many wait for Intercom to accept any assignee.
    pub stuck: usize,
    /// Calls to Intercom.
    pub api: ApiStatus,
    /// What is written down.
    pub journal: JournalStatus,
    /// What could not be taken in.
    pub dead_letters: DeadLetterStatus,
    /// Who could be given conversations at all.
    pub roster: RosterStatus,
    /// By team, in the order of their names.
    pub teams: Vec<TeamStatus>,
    /// By teammate, in the order of their ids: of all who are in a team of the rules or have
    /// something to do.
    pub teammates: Vec<TeammateStatus>,
}

/// A router that makes no more calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrainStatus {
    /// Calls that are under way still.
    pub calls_in_flight: usize,
    /// Calls that are held back.
    pub calls_held: usize,
}

/// Calls to Intercom.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiStatus {
    /// Requests that may still be made in the current window of ten seconds.
    pub budget_left: u32,
    /// Requests that a whole window allows.
    pub budget: u32,
    /// Requests that wait for the budget.
    pub requests_waiting: u64,
    /// Until the last of them will have been made, if nothing more comes.
    pub requests_made_in_seconds: f64,
    /// Calls under way.
    pub calls_in_flight: usize,
    /// Calls that have no final outcome yet, those under way included.
    pub open_calls: usize,
}

/// What is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalStatus {
    /// Whether the last attempt to write to it went well.
    pub writable: bool,
    /// Records since the router started.
    pub records: u64,
    /// Attempts that failed since the router started.
    pub failures: u64,
    /// Notifications that wait for it.
    pub notifications_waiting: usize,
}

/// What could not be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterStatus {
    /// Webhooks that cannot be read.
    pub unreadable: u64,
    /// Records on which the engine panics.
    pub poison: u64,
    /// Letters that were dropped because there were too many, ever.
    pub dropped: u64,
}

/// Who could be given conversations at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterStatus {
    /// Whether teams and teammates are known.
    pub loaded: bool,
    /// Teammates of the workspace with an inbox seat who are there.
    pub active: usize,
    /// Teammates of the workspace with an inbox seat who are away.
    pub away: usize,
}

/// What waits for one team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamStatus {
    /// The team, by its name in the rules.
    pub team: String,
    /// Whether its office is open.
    pub open: bool,
    /// Members who could be given something now.
    pub ready: usize,
    /// Conversations that wait for a teammate.
    pub waiting: usize,
    /// Conversations that are held until it opens.
    pub held: usize,
    /// For how long the oldest of both has waited.
    pub oldest_wait_seconds: Option<f64>,
    /// About how long until somebody has been found for all that wait, by how fast the team took
    /// conversations from its line lately.
    pub drained_in_seconds: Option<f64>,
}

/// What one teammate has to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeammateStatus {
    /// Who.
    pub id: u64,
    /// The name in the rules, if they name them.
    pub name: Option<String>,
    /// There or not, by Intercom.
    pub presence: Presence,
    /// Whether they have an inbox seat.
    pub seat: bool,
    /// Whether the rules have them at work.
    pub at_work: bool,
    /// Open conversations over all teams, those on their way included.
    pub open: u32,
    /// The most of them, if there is a limit.
    pub limit: Option<u32>,
    /// What they are in each team.
    pub teams: Vec<MembershipStatus>,
}

/// What a teammate is in one team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipStatus {
    /// The team, by its name in the rules.
    pub team: String,
    /// Whether Intercom lists them in it.
    pub member: bool,
    /// Whether they only help out in it.
    pub secondary: bool,
    /// Open conversations of this team.
    pub open: u32,
    /// The most of them, if there is a limit.
    pub limit: Option<u32>,
    /// Whether they could be given one of this team's now, or why not.
    pub standing: Standing,
}

pub(super) async fn answer(
    extract::State(state): extract::State<Arc<State>>,
) -> Result<Json<Status>, Refusal> {
    let snapshot = state.parts.asker.ask(Question::Snapshot).await?;
    Ok(Json(state.status(&snapshot)))
}

impl State {
    fn status(&self, snapshot: &Snapshot) -> Status {
        let Snapshot { at, overview, .. } = snapshot;
        let reasons: Vec<_> =
            self.parts.readiness.reasons().into_iter().map(str::to_owned).collect();
        let (records, failures) = self.parts.metrics.journal_counts();
        let (unreadable, poison, dropped) = self.parts.metrics.dead_letters();
        Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules: snapshot.rules.to_string(),
            time_zone: snapshot.time_zone.clone(),
            at: moment(*at),
            started_at: moment(self.parts.started_at),
            dry_run: self.parts.dry_run,
            ready: reasons.is_empty(),
            reasons,
            paused_since: overview.paused_since.map(moment),
            drain: snapshot.held_calls.map(|calls_held| DrainStatus {
                calls_in_flight: overview.calls_in_flight.saturating_sub(calls_held),
                calls_held,
            }),
            conversations: overview.conversations,
            stuck: overview.stuck,
            api: ApiStatus {
                budget_left: overview.api_budget_left,
                budget: overview.api_budget,
                requests_waiting: overview.waiting_requests,
                requests_made_in_seconds: seconds(overview.requests_drained_at.since(*at)),
                calls_in_flight: overview.calls_in_flight,
                open_calls: overview.open_calls,
            },
            journal: JournalStatus {
                writable: self.parts.readiness.is_journal_writable(),
                records,
                failures,
                notifications_waiting: snapshot.intake,
            },
            dead_letters: DeadLetterStatus { unreadable, poison, dropped },
            roster: RosterStatus {
                loaded: overview.roster_loaded,
                active: overview.active_teammates,
                away: overview.away_teammates,
            },
            teams: overview.teams.iter().map(|it| TeamStatus::new(it, *at)).collect(),
            teammates: overview.teammates.iter().map(TeammateStatus::new).collect(),
        }
    }
}

impl TeamStatus {
    fn new(team: &TeamOverview, at: Timestamp) -> Self {
        Self {
            team: team.team.to_string(),
            open: team.open,
            ready: team.ready,
            waiting: team.waiting,
            held: team.held,
            oldest_wait_seconds: team.oldest.map(|oldest| seconds(at.since(oldest))),
            drained_in_seconds: team.drained_in.filter(|_| team.waiting > 0).map(seconds),
        }
    }
}

impl TeammateStatus {
    fn new(teammate: &TeammateOverview) -> Self {
        Self {
            id: teammate.teammate.get(),
            name: teammate.name.as_ref().map(ToString::to_string),
            presence: teammate.presence,
            seat: teammate.has_inbox_seat,
            at_work: teammate.is_at_work,
            open: teammate.open,
            limit: teammate.limit,
            teams: teammate.teams.iter().map(MembershipStatus::new).collect(),
        }
    }
}

impl MembershipStatus {
    fn new(membership: &MembershipOverview) -> Self {
        Self {
            team: membership.team.to_string(),
            member: membership.is_member,
            secondary: membership.is_secondary,
            open: membership.open,
            limit: membership.limit,
            standing: membership.standing,
        }
    }
}

/// The engine's time as others write it; the end of the calendar if it is beyond that.
pub(super) fn moment(at: Timestamp) -> jiff::Timestamp {
    let micros = i64::try_from(at.as_micros()).ok();
    let moment = micros.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok());
    moment.unwrap_or(jiff::Timestamp::MAX)
}

/// Seconds, to the millisecond.
pub(super) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e3).round() / 1e3
}
