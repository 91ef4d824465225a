//! Teams.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::Team;
use super::super::spec::{Located, TeamSpec};
use super::Checker;
use crate::TeamId;
use crate::hours::Hours;

impl Checker<'_> {
    /// All teams, in the order of their names, which rules can name from now on.
    pub(super) fn teams(&mut self, hours: &BTreeMap<Arc<str>, Hours>) -> Option<Vec<Team>> {
        let files = &self.sources.files;
        let names = files.iter().flat_map(|file| file.spec.team.keys());
        let names: BTreeSet<Arc<str>> = names.map(|name| name.value.as_str().into()).collect();
        // In order, and known before the first is read: one can overflow to another.
        self.team_names = names.into_iter().collect();
        let mut teams: BTreeMap<Arc<str>, Option<Team>> = BTreeMap::new();
        let mut ids: BTreeMap<i64, &str> = BTreeMap::new();
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.team {
                if let Some(other) = ids.insert(spec.intercom_team.value, &name.value) {
                    let message = format!("team `{other}` has the same `intercom_team`");
                    this.error(spec.intercom_team.span.clone(), message);
                }
                let team = this.team(name, spec, hours);
                if teams.insert(name.value.as_str().into(), team).is_some() {
                    let message = format!("another team is called `{}` already", name.value);
                    this.error(name.span.clone(), message);
                }
            }
        });
        if teams.is_empty() {
            let help = "add `[team.support]` with `intercom_team = 814865`";
            self.missing("there is no team", help);
            return None;
        }
        teams.into_values().collect()
    }

    fn team(
        &mut self,
        name: &Located<String>,
        spec: &TeamSpec,
        hours: &BTreeMap<Arc<str>, Hours>,
    ) -> Option<Team> {
        let id = u64::try_from(spec.intercom_team.value).ok().filter(|id| *id > 0);
        if id.is_none() {
            self.error_with_help(
                spec.intercom_team.span.clone(),
                "this is no team id",
                "Intercom shows a team's id, a positive number, in the address of its inbox",
            );
        }
        let hours = spec.hours.as_ref().and_then(|wanted| self.hours_named(wanted, hours));
        let assignment_limit = self.limit(spec.assignment_limit.as_ref());
        let languages = spec.languages.iter().flat_map(|it| it.all());
        let languages = languages.filter_map(|tag| self.language_tag(&tag)).collect();
        let require = self.requirements(&spec.require);
        let overflow = self.overflow(&name.value, &spec.overflow);
        Some(Team {
            name: name.value.as_str().into(),
            place: (self.file.clone(), name.span.clone()),
            assignment_limit,
            hours,
            languages,
            distribution: self.distribution(spec),
            sticky: self.sticky(spec),
            inbox: self.inbox_use(spec),
            no_answer: spec.no_answer.as_ref().and_then(|spec| self.no_answer(spec)),
            sharing: spec.sharing.as_ref().and_then(|spec| self.sharing(spec)),
            id: TeamId::new(id?),
            require: require?,
            overflow: overflow?,
        })
    }
}
