//! The canary: whole rules of their own, which go with the teams of the rules in force.

use std::sync::Arc;

use super::super::canary::in_file_of;
use super::super::source::{CanarySources, Sources};
use super::super::spec::Located;
use super::super::{Canary, Needs, Policy};
use super::Checker;
use crate::problem::{did_you_mean, list, nearest};
use crate::{Problem, Share};

/// Doubts about a canary's rules that are doubts here, too: the others are about teams and
/// teammates, which are those of the rules in force.
const DOUBTS: [&str; 2] = ["few-examples", "idle-topic"];

/// A name that a canary's rules use, and the file that it stands in.
type Used = (Option<Arc<str>>, Located<String>);

impl Checker<'_> {
    /// The share of the contacts that the canary decides about, if there is a canary.
    pub(super) fn canary_share(&mut self) -> Option<Share> {
        let main = &self.sources.files.last()?.spec;
        let spec = &main.canary.as_ref()?.value.share;
        let share = Share::parse(&spec.value);
        if share.is_none() {
            let message = format!("`{}` is no share of the contacts", spec.value);
            let help = "write it as `\"5%\"` or `\"0.5%\"`, from `\"0%\"` to `\"100%\"`";
            self.error_with_help(spec.span.clone(), message, help);
        }
        share
    }
}

/// Checks a canary's rules on their own, then against the rules in force, which get it. Problems
/// are added in the places of the canary's files; what both sets of rules include is told once.
pub(super) fn add(
    canary: CanarySources,
    share: Option<Share>,
    live: &mut Option<Policy>,
    problems: &mut Vec<Problem>,
) {
    let CanarySources { rules, salt, name, sources } = canary;
    let (teams, teammates) = (teams_used(&sources), teammates_used(&sources));
    let mut found = match super::policy(sources) {
        Err(invalid) => invalid.problems,
        Ok(loaded) => {
            let mut found = loaded.warnings;
            found.retain(|it| it.code.is_some_and(|code| DOUBTS.contains(&code)));
            if let Some(live) = live {
                let names: Vec<&str> = live.teams.iter().map(|it| &*it.name).collect();
                found.extend(unknown("team", &teams, &names));
                let names: Vec<&str> = live.teammates.iter().map(|it| &*it.named.name).collect();
                found.extend(unknown("teammate", &teammates, &names));
                found.extend(without_effect(&loaded.policy, live));
                live.canary = share.map(|share| {
                    let (policy, teams) = joined(loaded.policy, live);
                    let (rules, source) = (rules.value.into(), loaded.source);
                    Arc::new(Canary {
                        rules,
                        name: name.clone(),
                        share,
                        salt,
                        source,
                        policy,
                        teams,
                    })
                });
            }
            found
        }
    };
    found.sort_by_key(|it| (it.file.clone(), it.span.start, it.span.end));
    let found = found.into_iter().map(|it| in_file_of(&name, it));
    let found: Vec<Problem> = found.filter(|it| !problems.contains(it)).collect();
    problems.extend(found);
}

/// The teams that get something by these rules.
fn teams_used(sources: &Sources) -> Vec<Used> {
    let of = |file: &Option<Arc<str>>, names: Vec<Located<String>>| -> Vec<Used> {
        names.into_iter().map(|name| (file.clone(), name)).collect()
    };
    let mut used = Vec::new();
    for file in &sources.files {
        for rule in &file.spec.rule {
            used.extend(of(&file.name, rule.assign.all().collect()));
        }
        if let Some(fallback) = &file.spec.fallback {
            used.extend(of(&file.name, fallback.assign.all().collect()));
        }
    }
    used
}

/// The teammates whom these rules name.
fn teammates_used(sources: &Sources) -> Vec<Used> {
    let rules =
        sources.files.iter().flat_map(|it| it.spec.rule.iter().map(|rule| (&it.name, rule)));
    rules.filter_map(|(file, rule)| Some((file.clone(), rule.teammate.clone()?))).collect()
}

/// Names that the rules in force do not know.
fn unknown(what: &str, used: &[Used], known: &[&str]) -> Vec<Problem> {
    let unknown = used.iter().filter(|(_, name)| !known.contains(&name.value.as_str()));
    let problems = unknown.map(|(file, name)| {
        let message = format!("the rules that name this canary have no {what} `{}`", name.value);
        let help = match nearest(&name.value, known.iter().copied()) {
            Some(near) => did_you_mean(near),
            None if known.is_empty() => format!("define it there: a canary has their {what}s"),
            None => format!("define it there, or take one of {}", list(known.iter().copied())),
        };
        Problem { file: file.clone(), ..Problem::error(name.span.clone(), message).help(help) }
    });
    problems.collect()
}

/// What a canary says of teams, teammates and limits that is not what the rules in force say.
fn without_effect(canary: &Policy, live: &Policy) -> Vec<Problem> {
    const CODE: &str = "idle-in-canary";
    let help = "a canary goes by the teams, teammates, hours and limits of the rules that name it; \
                include the same file in both";
    let other =
        |kind: &str, name: &str, (file, span): (Option<Arc<str>>, std::ops::Range<usize>)| {
            let message =
                format!("{kind} `{name}` is another one here than in force: this has no effect");
            Problem { file, ..Problem::warning(span, message).help(help).code(CODE) }
        };
    let mut problems = Vec::new();
    for team in &canary.teams {
        let same = live.teams.iter().find(|it| it.name == team.name);
        if same.is_some_and(|it| !canary.has_same_team(team, live, it)) {
            problems.push(other("team", &team.name, team.place.clone()));
        }
    }
    for teammate in &canary.teammates {
        let same = live.teammates.iter().find(|it| it.named.name == teammate.named.name);
        if same.is_some_and(|it| !canary.has_same_teammate(teammate, live, it)) {
            let named = &teammate.named;
            problems.push(other("teammate", &named.name, named.place.clone()));
        }
    }
    let sections = canary.other_limits(live);
    if !sections.is_empty() {
        let sections = list(sections.iter().copied());
        let message =
            format!("this is said in another way in force, and has no effect here: {sections}");
        problems.push(Problem::warning(0..0, message).help(help).code(CODE));
    }
    problems
}

/// A canary's rules with the teams and teammates in force, and those teams by index of the canary's
/// own.
fn joined(mut canary: Policy, live: &Policy) -> (Policy, Vec<Option<usize>>) {
    let find = |name: &str| live.teams.iter().position(|it| *it.name == *name);
    let teams: Vec<Option<usize>> = canary.teams.iter().map(|it| find(&it.name)).collect();
    for (team, in_force) in canary.teams.iter_mut().zip(&teams) {
        if let Some(in_force) = in_force.map(|index| &live.teams[index]) {
            team.id = in_force.id;
            team.hours.clone_from(&in_force.hours);
        }
    }
    for rule in &mut canary.rules {
        if let Some(named) = &mut rule.teammate {
            let same = live.teammates.iter().find(|it| it.named.name == named.name);
            named.id = same.map_or(named.id, |it| it.named.id);
        }
    }
    canary.after_hours = live.after_hours.clone();
    let own = |team: usize| teams.iter().position(|it| *it == Some(team));
    canary.after_hours.hold_in = live.after_hours.hold_in.and_then(own);
    canary.needs =
        Needs::of(&canary.rules, &live.teams, &live.after_hours, &canary.language_options);
    (canary, teams)
}
