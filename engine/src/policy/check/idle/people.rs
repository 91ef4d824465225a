//! What is said of teams and teammates and can have no effect, or not the one that is meant.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::super::Team;
use super::super::super::spec::{Located, RequirementSpec, RulesSpec, TeamSpec};
use super::super::Checker;
use crate::Problem;
use crate::problem::{did_you_mean, nearest};

impl Checker<'_> {
    pub(super) fn warn_of_idle_people(&mut self, main: &RulesSpec, teams: &[Team]) {
        self.manual_teams();
        self.idle_weights();
        self.missing_languages();
        self.skills();
        let closes = |team: &Team| team.hours.as_ref().is_some_and(|(_, it)| it.ever_closes());
        let text = main.after_hours.acknowledge.keys().next();
        if let Some(text) = text.filter(|_| !teams.iter().any(closes)) {
            let message = "no team ever closes, so nobody is ever sent these texts";
            let help = "give a team `hours`, or take `acknowledge` out";
            self.doubt("idle-acknowledgement", &text.span, message.to_owned(), help);
        }
    }

    fn doubt(&mut self, code: &'static str, span: &Range<usize>, message: String, help: &str) {
        self.report(Problem::warning(span.clone(), message).help(help).code(code));
    }

    fn manual_teams(&mut self) {
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.team {
                if !spec.is("manual") {
                    continue;
                }
                for (key, span) in spec.of_distribution() {
                    let message = format!(
                        "nothing of the `manual` team `{}` is distributed: `{key}` has no effect",
                        name.value
                    );
                    let help = "take it out, or say how to distribute, such as `\"balanced\"`";
                    this.doubt("manual-team", span, message, help);
                }
            }
        });
    }

    fn idle_weights(&mut self) {
        let mut teams = self.sources.files.iter().flat_map(|file| file.spec.team.values());
        if teams.any(|team| team.is("weighted")) {
            return;
        }
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.teammate {
                let Some(weight) = &spec.weight else { continue };
                let message =
                    format!("no team is `weighted`: the weight of `{}` has no effect", name.value);
                let help = "add `distribution = \"weighted\"` to a team, or take the weight out";
                this.doubt("idle-weight", &weight.span, message, help);
            }
        });
    }

    fn missing_languages(&mut self) {
        let mut teammates = self.sources.files.iter().flat_map(|file| file.spec.teammate.values());
        if teammates.any(|it| it.languages.as_ref().is_some_and(|it| !it.value.0.is_empty())) {
            return;
        }
        self.each_requirement(|this, requirement| {
            let Some(language) = &requirement.language else { return };
            let message = "no teammate says which languages they speak".to_owned();
            let help = match requirement.until {
                Some(_) => "everybody waits for nothing: add `languages` to each `[teammate]`",
                None => "nobody could ever get anything: add `languages` to each `[teammate]`",
            };
            this.doubt("missing-language", &language.span, message, help);
        });
    }

    /// Skills that are required and that nobody has, and the other way round.
    fn skills(&mut self) {
        let teammates = self.sources.files.iter().flat_map(|file| file.spec.teammate.values());
        let skills = teammates.flat_map(|it| &it.skills).flat_map(|it| it.all());
        let had: Vec<String> = skills.map(|skill| skill.value.trim().to_owned()).collect();
        let mut required: BTreeSet<String> = BTreeSet::new();
        self.each_requirement(|this, requirement| {
            let Some(skill) = &requirement.skill else { return };
            let name = skill.value.trim();
            required.insert(name.to_owned());
            if had.iter().any(|it| it == name) {
                return;
            }
            let help = match (nearest(name, had.iter().map(String::as_str)), &requirement.until) {
                (Some(near), _) => did_you_mean(near),
                (None, Some(_)) => "everybody waits for nothing: add it to the `skills` of a \
                                    `[teammate]`"
                    .to_owned(),
                (None, None) => "nobody could ever get anything: add it to the `skills` of a \
                                 `[teammate]`, or say `until`"
                    .to_owned(),
            };
            let message = format!("no teammate has skill `{name}`");
            this.doubt("missing-skill", &skill.span, message, &help);
        });
        self.each_file(|this, file| {
            let skills = file.spec.teammate.values().flat_map(|it| &it.skills);
            for skill in skills.flat_map(|it| it.all()) {
                let name = skill.value.trim();
                if required.insert(name.to_owned()) {
                    let message = format!("nothing requires skill `{name}`");
                    let help = "add it to the `require` of a team or a rule, or take it out";
                    this.doubt("idle-skill", &skill.span, message, help);
                }
            }
        });
    }

    fn each_requirement(&mut self, mut look: impl FnMut(&mut Self, &RequirementSpec)) {
        self.each_file(|this, file| {
            let of_teams = file.spec.team.values().map(|team| &team.require);
            let of_rules = file.spec.rule.iter().filter_map(|rule| rule.require.as_ref());
            for requirement in of_teams.chain(of_rules).flatten() {
                look(this, &requirement.value);
            }
        });
    }
}

impl TeamSpec {
    fn is(&self, distribution: &str) -> bool {
        self.distribution.as_ref().is_some_and(|it| it.value == distribution)
    }

    /// What says how to distribute, with its place.
    fn of_distribution(&self) -> impl Iterator<Item = (&'static str, &Range<usize>)> {
        let keys = [
            ("sticky", self.sticky.as_ref().map(|it| &it.span)),
            ("require", self.require.first().map(|it: &Located<_>| &it.span)),
            ("overflow", self.overflow.first().map(|it: &Located<_>| &it.span)),
            ("no_answer", self.no_answer.as_ref().map(|it| &it.within.span)),
            ("sharing", self.sharing.as_ref().map(|it| &it.by.span)),
        ];
        keys.into_iter().filter_map(|(key, span)| Some((key, span?)))
    }
}
