//! From what happened to a report.

use engine::Policy;

use crate::cast::{Cast, CastTeam};
use crate::chronicle::{Case, Chronicle};
use crate::measure::{Confusion, Latency};
use crate::report::{ApiUse, Live, Mode, Report, Run, TeamReport, Violation, Volume};
use crate::scenario::Scenario;

/// Intercom's limit for an app in a window of ten seconds (its docs on rate limiting, 2.17).
const CALLS_PER_WINDOW: u64 = 1_666;

/// Judges a run.
#[must_use]
pub fn judge(
    run: Run,
    scenario: &Scenario,
    cast: &Cast,
    mut chronicle: Chronicle,
    live: Option<Live>,
) -> Report {
    chronicle.end(run.lasted_us);
    let mut report = Report {
        run,
        verdicts: Vec::new(),
        volume: volume(&chronicle),
        confusion: confusion(scenario, cast, &chronicle),
        teams: cast.teams.iter().map(|team| team_report(team, cast, &chronicle)).collect(),
        fallback: std::collections::BTreeMap::new(),
        time_to_assignment: time_to_assignment(chronicle.cases.iter()),
        all_assigned_after_us: all_assigned_after(&chronicle.cases),
        api: api_use(&chronicle),
        live,
        violations: Vec::new(),
    };
    for reason in chronicle.cases.iter().filter_map(|case| case.fell_back.as_ref()) {
        *report.fallback.entry(reason.clone()).or_default() += 1;
    }
    report.violations = chronicle.violations;
    report.violations.extend(broken_at_the_end(&report));
    report.judge(&scenario.expectations);
    report
}

/// Invariants that only the end of a run can tell.
fn broken_at_the_end(report: &Report) -> Vec<Violation> {
    let failed = report.live.map_or(0, |live| live.webhooks_failed);
    let counts = [
        ("nothing is lost", report.volume.lost, "conversations have no owner at all"),
        ("no API window is exceeded", report.api.windows_exceeded, "windows had too many calls"),
        ("every webhook is answered 200", failed, "attempts to deliver failed"),
    ];
    let broken = counts.into_iter().filter(|(_, count, _)| *count > 0);
    let violation = |(invariant, count, what): (&str, u64, &str)| Violation {
        invariant: invariant.to_owned(),
        at_us: report.run.lasted_us,
        detail: format!("{count} {what}"),
    };
    broken.map(violation).collect()
}

/// What the report says was run.
#[must_use]
pub fn run_of(scenario: &Scenario, policy: &Policy, mode: Mode, seed: u64, lasted_us: u64) -> Run {
    Run {
        scenario: scenario.name.clone(),
        story: scenario.story.clone(),
        mode,
        seed,
        commit: option_env!("SIMULATOR_COMMIT").map(str::to_owned),
        rules_version: policy.version().to_string(),
        lasted_us,
    }
}

/// The team that a conversation came to; the one that holds it after hours does not count.
fn team_of<'a>(case: &Case, cast: &'a Cast) -> Option<&'a str> {
    let team = case.team.filter(|team| Some(*team) != cast.hold_team)?;
    cast.team_names.get(&team).map(String::as_str)
}

fn volume(chronicle: &Chronicle) -> Volume {
    let opened = || chronicle.cases.iter().filter(|case| case.conversation.is_some());
    let count = |which: &dyn Fn(&Case) -> bool| opened().filter(|case| which(case)).count() as u64;
    Volume {
        dms: chronicle.dms,
        conversations: chronicle.conversations() as u64,
        assigned: count(&|case| case.assigned_us.is_some()),
        held: count(&|case| case.held),
        unassigned_at_end: count(&|case| case.assigned_us.is_none()),
        lost: count(&|case| case.team.is_none() && case.teammate.is_none())
            + chronicle.cases.iter().filter(|case| case.conversation.is_none()).count() as u64,
        assigned_twice: chronicle.assigned_twice,
        over_limit: chronicle.over_limit,
    }
}

fn confusion(scenario: &Scenario, cast: &Cast, chronicle: &Chronicle) -> Confusion {
    let mut confusion = Confusion::default();
    for case in chronicle.cases.iter().filter(|case| case.conversation.is_some()) {
        if let Some(expected) = scenario.truth_of(case.intent, case.language) {
            confusion.record(case.intent, case.language, expected, team_of(case, cast));
        }
    }
    confusion
}

fn team_report(team: &CastTeam, cast: &Cast, chronicle: &Chronicle) -> TeamReport {
    let of_team =
        || chronicle.cases.iter().filter(|case| team_of(case, cast) == Some(team.name.as_str()));
    let (router, random) = chronicle.sharing(team.id);
    TeamReport {
        name: team.name.clone(),
        teammates: u32::try_from(team.members.len()).unwrap_or(u32::MAX),
        conversations: of_team().count() as u64,
        fairness: router.conversations,
        random: random.conversations,
        busy_time: router.busy_time,
        random_busy_time: random.busy_time,
        burst: router.burst,
        random_burst: random.burst,
        time_to_assignment: time_to_assignment(of_team()),
    }
}

/// When the last conversation was assigned, if every one was.
fn all_assigned_after(cases: &[Case]) -> Option<u64> {
    let assigned: Option<Vec<u64>> = cases.iter().map(|case| case.assigned_us).collect();
    assigned?.into_iter().max()
}

fn time_to_assignment<'a>(
    cases: impl Iterator<Item = &'a Case>,
) -> Option<crate::measure::LatencySummary> {
    let mut latency = Latency::new();
    for case in cases {
        if let Some(assigned_us) = case.assigned_us {
            latency.record(assigned_us.saturating_sub(case.due_us));
        }
    }
    latency.summary()
}

fn api_use(chronicle: &Chronicle) -> ApiUse {
    let windows = chronicle.calls.by_window.values();
    ApiUse {
        calls: chronicle.calls.by_kind.clone(),
        allowed_per_window: CALLS_PER_WINDOW,
        busiest_window: chronicle.calls.busiest_window(),
        windows_exceeded: windows.filter(|calls| **calls > CALLS_PER_WINDOW).count() as u64,
        rate_limited: chronicle.calls.rate_limited,
    }
}
