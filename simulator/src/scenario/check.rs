//! From what a file says to what it means, or to what is wrong with it.

mod bounds;
mod traffic;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use engine::Problem;
use toml::Spanned;

use super::spec::{
    AbsenceSpec, NetworkSpec, ScenarioSpec, SpeedSpec, SpreadSpec, TeamSpec, TeammatesSpec,
};
use super::{Absence, Measure, Network, Scenario, Speed, Spread, Team, Truth, Work};
use crate::messages::Mix;

pub(super) fn check(spec: ScenarioSpec) -> Result<Scenario, Vec<Problem>> {
    let problems = &mut Vec::new();
    let traffic_span = spec.traffic.span();
    let expects_accuracy = spec.expect.get(&Measure::RoutingAccuracy).map(Spanned::span);
    let teams = check_teams(spec.team, problems);
    let work = check_work(spec.teammates, &teams, problems);
    let scenario = Scenario {
        start: check_start(&spec.start, problems),
        horizon: spec.horizon.get_ref().get(),
        name: spec.name.into_inner(),
        story: spec.story.trim().to_owned(),
        seed: spec.seed,
        rules: spec.rules,
        traffic: traffic::check(spec.traffic, problems),
        truth: check_truth(spec.truth, &teams, problems),
        work,
        teams,
        network: network(&spec.network),
        expectations: bounds::check(spec.expect, problems),
    };
    check_horizon(&scenario, spec.horizon.span(), problems);
    check_coverage(&scenario, expects_accuracy, traffic_span, problems);
    if problems.is_empty() {
        Ok(scenario)
    } else {
        problems.sort_by_key(|problem| problem.span.start);
        Err(std::mem::take(problems))
    }
}

fn check_start(start: &Spanned<String>, problems: &mut Vec<Problem>) -> jiff::Timestamp {
    start.get_ref().parse().unwrap_or_else(|_| {
        let message = format!("`{}` is not a moment", start.get_ref());
        problems.push(
            Problem::error(start.span(), message)
                .help("write date, time and offset: \"2026-11-20T18:00:00Z\""),
        );
        jiff::Timestamp::UNIX_EPOCH
    })
}

fn check_teams(specs: Vec<TeamSpec>, problems: &mut Vec<Problem>) -> Vec<Team> {
    let mut seen: BTreeMap<String, ()> = BTreeMap::new();
    for TeamSpec { name, .. } in &specs {
        if seen.insert(name.get_ref().clone(), ()).is_some() {
            let message = format!("there are two teams `{}`", name.get_ref());
            problems.push(Problem::error(name.span(), message));
        }
    }
    specs.into_iter().map(|TeamSpec { name, teammates }| Team { name, teammates }).collect()
}

fn check_work(spec: TeammatesSpec, teams: &[Team], problems: &mut Vec<Problem>) -> Work {
    Work {
        handle_time: spread(spec.handle_time, minutes(4), 0.6),
        reply_after: spec.reply_after.map_or(0.25, |share| share.0),
        speed: check_speed(spec.speed.as_ref(), problems),
        absences: spec
            .absences
            .into_iter()
            .map(|absence| check_absence(absence.into_inner(), teams, problems))
            .collect(),
    }
}

fn check_speed(spec: Option<&Spanned<SpeedSpec>>, problems: &mut Vec<Problem>) -> Speed {
    let Some(spec) = spec else { return Speed::default() };
    let SpeedSpec { from, to } = *spec.get_ref();
    if !(from > 0.0 && from <= to && to.is_finite()) {
        let problem = Problem::error(spec.span(), format!("nobody works at {from} to {to}"));
        problems.push(
            problem.help("write numbers above 0, the slowest first: { from = 0.7, to = 1.3 }"),
        );
        return Speed::default();
    }
    Speed { from, to }
}

fn check_absence(spec: AbsenceSpec, teams: &[Team], problems: &mut Vec<Problem>) -> Absence {
    let (from_us, to_us) = (spec.from.as_micros(), spec.to.get_ref().as_micros());
    if to_us <= from_us {
        let problem = Problem::error(spec.to.span(), "the absence ends before it begins");
        problems.push(problem.help("`from` and `to` both count from the start of the scenario"));
    }
    match find(teams, spec.team.get_ref()) {
        None => problems.push(unknown_team(&spec.team, teams)),
        Some(team) if team.teammates < *spec.count.get_ref() => {
            let message = format!(
                "{} of {} cannot be away: there are {}",
                spec.count.get_ref(),
                spec.team.get_ref(),
                team.teammates
            );
            problems.push(Problem::error(spec.count.span(), message));
        }
        Some(_) => {}
    }
    Absence { team: spec.team.into_inner(), count: spec.count.into_inner(), from_us, to_us }
}

fn check_truth(
    specs: Vec<super::spec::TruthSpec>,
    teams: &[Team],
    problems: &mut Vec<Problem>,
) -> Vec<Truth> {
    let mut truth = Vec::new();
    for spec in specs {
        if find(teams, spec.team.get_ref()).is_none() {
            problems.push(unknown_team(&spec.team, teams));
        }
        truth.push(Truth {
            intents: spec.intent.map(|many| many.0).unwrap_or_default(),
            languages: spec.language.map(|many| many.0).unwrap_or_default(),
            team: spec.team,
        });
    }
    truth
}

/// Whoever writes has to be expected somewhere, or accuracy would be of a part.
fn check_coverage(
    scenario: &Scenario,
    expects_accuracy: Option<Range<usize>>,
    traffic: Range<usize>,
    problems: &mut Vec<Problem>,
) {
    if scenario.truth.is_empty() {
        if let Some(span) = expects_accuracy {
            let problem =
                Problem::error(span, "accuracy needs the truth, and there is no [[truth]]");
            problems
                .push(problem.help("add [[truth]] entries that say which team should get what"));
        }
        return;
    }
    let missing = first_uncovered(scenario, &scenario.traffic.mix);
    if let Some((intent, language)) = missing {
        let message = format!("no [[truth]] says who should get `{intent}` in `{language}`");
        problems.push(
            Problem::error(traffic, message)
                .help("a last [[truth]] with only a team takes the rest"),
        );
    }
}

fn first_uncovered(
    scenario: &Scenario,
    mix: &Mix,
) -> Option<(crate::messages::Intent, crate::messages::Language)> {
    let intents = mix.intents.iter().filter(|(_, weight)| **weight > 0);
    intents
        .flat_map(|(intent, _)| {
            let languages = mix.languages.iter().filter(|(_, weight)| **weight > 0);
            languages.map(|(language, _)| (*intent, *language))
        })
        .find(|(intent, language)| scenario.truth_of(*intent, *language).is_none())
}

fn check_horizon(scenario: &Scenario, span: Range<usize>, problems: &mut Vec<Problem>) {
    let window = Duration::from_micros(scenario.traffic.arrivals.window_us);
    if scenario.horizon < window {
        let problem = Problem::error(span, "the horizon ends before the traffic does");
        problems.push(problem.help("make it longer than traffic.window"));
    }
}

fn network(spec: &NetworkSpec) -> Network {
    Network {
        webhook_latency: spread(spec.webhook_latency, Duration::from_millis(40), 0.4),
        api_latency: spread(spec.api_latency, Duration::from_millis(120), 0.4),
    }
}

fn spread(spec: Option<SpreadSpec>, median: Duration, sigma: f64) -> Spread {
    spec.map_or(Spread { median, sigma }, |spec| Spread {
        median: spec.median.get(),
        sigma: spec.sigma,
    })
}

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn find<'a>(teams: &'a [Team], name: &str) -> Option<&'a Team> {
    teams.iter().find(|team| team.name.get_ref() == name)
}

fn unknown_team(name: &Spanned<String>, teams: &[Team]) -> Problem {
    let known = teams.iter().map(|team| team.name.get_ref().as_str());
    Problem::unknown("team", name.get_ref(), name.span(), "this file", known)
}
