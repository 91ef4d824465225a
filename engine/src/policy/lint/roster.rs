//! What Intercom knows of the teams and teammates that rules name.

use super::{Place, in_order, warning};
use crate::policy::{Policy, Team, Teammate, WHOLE_WEIGHT};
use crate::rule::Named;
use crate::{Problem, RosterSnapshot, TeamId};

impl Policy {
    /// Teams and teammates of the rules that Intercom does not have, or that cannot be given
    /// anything, in the order of the files.
    #[must_use]
    pub fn lint_roster(&self, roster: &RosterSnapshot) -> Vec<Problem> {
        let hold_in = self.after_hours.hold_in.map(|index| self.teams[index].id);
        let teams = self.teams.iter().filter_map(|team| team_problem(team, roster, hold_in));
        let teammates = self.teammates.iter().filter_map(|it| teammate_problem(&it.named, roster));
        let mut problems: Vec<Problem> = teams.chain(teammates).collect();
        problems.extend(self.teammates.iter().flat_map(|it| self.membership(it, roster)));
        for rule in self.enabled_rules() {
            let Some(named) = &rule.teammate else { continue };
            let team = &self.teams[rule.ladder[0]];
            let known = roster.teammates.iter().find(|it| it.id == named.id);
            if known.is_some_and(|it| !it.teams.contains(&team.id)) {
                let message = format!(
                    "rule `{}` names `{}`, who is no member of team `{}` in Intercom",
                    rule.name, named.name, team.name
                );
                let help = "the team's next teammate would get it: add them to the team, or name \
                            another";
                let place = rule.place.clone();
                problems.push(warning("teammate-not-in-team", place, message, help));
            }
        }
        in_order(problems)
    }

    /// What the rules say of a teammate for teams that they are not in.
    fn membership(&self, it: &Teammate, roster: &RosterSnapshot) -> Vec<Problem> {
        let Some(known) = roster.teammates.iter().find(|known| known.id == it.named.id) else {
            return Vec::new();
        };
        let (name, place) = (&it.named.name, &it.named.place);
        let is_in = |team: &&Team| known.teams.contains(&team.id);
        if it.has_own_terms() && !self.teams.iter().any(|team| is_in(&team)) {
            let message = format!("`{name}` is no member of any team of these rules in Intercom");
            let help = "what is said of them has no effect: add them to a team";
            return vec![warning("teammate-without-team", place.clone(), message, help)];
        }
        let limited = it.team_limits.keys().map(|team| (*team, "has a limit in", "limit"));
        let helping = it.helps_in.iter().map(|team| (*team, "helps in", "`helps_in`"));
        let named = limited.chain(helping).map(|(team, does, key)| (&self.teams[team], does, key));
        let elsewhere = named.filter(|(team, ..)| roster.teams.contains(&team.id) && !is_in(team));
        let told = elsewhere.map(|(team, does, key)| {
            let message =
                format!("`{name}` {does} team `{}` and is no member of it in Intercom", team.name);
            let help = format!("add them to the team, or take the {key} out");
            warning("teammate-not-in-team", place.clone(), message, &help)
        });
        told.collect()
    }
}

impl Teammate {
    /// Whether the file says more of them than who they are.
    fn has_own_terms(&self) -> bool {
        let works = self.at_work.is_some() || self.weight != WHOLE_WEIGHT;
        let is_limited = self.assignment_limit.is_some() || !self.team_limits.is_empty();
        works
            || is_limited
            || !self.helps_in.is_empty()
            || !self.languages.is_empty()
            || !self.skills.is_empty()
    }
}

fn error(code: &'static str, (file, span): Place, message: String, help: &str) -> Problem {
    Problem { file, ..Problem::error(span, message).help(help).code(code) }
}

fn team_problem(team: &Team, roster: &RosterSnapshot, hold_in: Option<TeamId>) -> Option<Problem> {
    let (name, id, place) = (&team.name, team.id.get(), team.place.clone());
    if !roster.teams.contains(&team.id) {
        let message = format!("Intercom has no team {id}, which is `{name}` here");
        let help = "what is assigned to it would go to the fallback: correct `intercom_team`";
        return Some(error("missing-team", place, message, help));
    }
    let mut members = roster.teammates.iter().filter(|it| it.teams.contains(&team.id)).peekable();
    if hold_in == Some(team.id) {
        return None; // nobody has to work where conversations only wait
    }
    if members.peek().is_none() {
        let message = format!("team `{name}` has no members in Intercom");
        let help = "its conversations would wait for ever: add teammates to it";
        return Some(warning("empty-team", place, message, help));
    }
    if members.any(|it| it.has_inbox_seat) {
        return None;
    }
    let message = format!("no member of team `{name}` has an inbox seat in Intercom");
    let help = "a teammate without a seat cannot be given anything";
    Some(warning("team-without-seat", place, message, help))
}

fn teammate_problem(named: &Named, roster: &RosterSnapshot) -> Option<Problem> {
    let (name, id, place) = (&named.name, named.id.get(), named.place.clone());
    let Some(known) = roster.teammates.iter().find(|it| it.id == named.id) else {
        let message = format!("Intercom has no teammate {id}, who is `{name}` here");
        let help = "correct `intercom_admin`";
        return Some(error("missing-teammate", place, message, help));
    };
    if known.has_inbox_seat {
        return None;
    }
    let message = format!("teammate `{name}` has no inbox seat in Intercom");
    let help = "without a seat nobody can be given anything";
    Some(warning("teammate-without-seat", place, message, help))
}
