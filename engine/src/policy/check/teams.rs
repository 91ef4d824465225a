//! Teams, and teammates whom rules name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::spec::{Located, TeamSpec};
use super::super::{Distribution, InboxUse, Team, Teammate, WHOLE_WEIGHT};
use super::Checker;
use crate::hours::Hours;
use crate::rule::Named;
use crate::{TeamId, TeammateId};

impl Checker<'_> {
    /// All teams, in the order of their names, which rules can name from now on.
    pub(super) fn teams(&mut self, hours: &BTreeMap<Arc<str>, Hours>) -> Option<Vec<Team>> {
        let mut names: BTreeMap<Arc<str>, Option<Team>> = BTreeMap::new();
        let mut ids: BTreeMap<i64, &str> = BTreeMap::new();
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.team {
                if let Some(other) = ids.insert(spec.intercom_team.value, &name.value) {
                    let message = format!("team `{other}` has the same `intercom_team`");
                    this.error(spec.intercom_team.span.clone(), message);
                }
                let team = this.team(name, spec, hours);
                if names.insert(name.value.as_str().into(), team).is_some() {
                    let message = format!("another team is called `{}` already", name.value);
                    this.error(name.span.clone(), message);
                }
            }
        });
        if names.is_empty() {
            let help = "add `[team.support]` with `intercom_team = 814865`";
            self.missing("there is no team", help);
            return None;
        }
        self.team_names = names.keys().cloned().collect();
        names.into_values().collect()
    }

    fn team(
        &mut self,
        name: &Located<String>,
        spec: &TeamSpec,
        hours: &BTreeMap<Arc<str>, Hours>,
    ) -> Option<Team> {
        if let Some(method) = &spec.distribution {
            self.choice("distribution", method, &[("balanced", ())]);
        }
        let id = u64::try_from(spec.intercom_team.value).ok().filter(|id| *id > 0);
        if id.is_none() {
            self.error_with_help(
                spec.intercom_team.span.clone(),
                "this is no team id",
                "Intercom shows a team's id, a positive number, in the address of its inbox",
            );
        }
        let hours = spec.hours.as_ref().and_then(|wanted| {
            let found = hours.get_key_value(wanted.value.as_str());
            if found.is_none() {
                self.unknown("hours", wanted, hours.keys().map(|name| &**name));
            }
            found.map(|(name, hours)| (name.clone(), hours.clone()))
        });
        let assignment_limit = self.limit(spec.assignment_limit.as_ref());
        let languages = spec.languages.iter().flat_map(|it| it.all());
        let languages = languages.filter_map(|tag| self.language_tag(&tag)).collect();
        let place = (self.file.clone(), name.span.clone());
        let name = name.value.as_str().into();
        Some(Team {
            name,
            place,
            id: TeamId::new(id?),
            assignment_limit,
            hours,
            languages,
            distribution: Distribution::default(),
            sticky: None,
            inbox: InboxUse::default(),
            require: Vec::new(),
            overflow: Vec::new(),
            no_answer: None,
            sharing: None,
        })
    }

    /// All teammates whom rules can name from now on.
    pub(super) fn teammates(&mut self) {
        let mut named: BTreeMap<Arc<str>, Teammate> = BTreeMap::new();
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.teammate {
                let id = u64::try_from(spec.intercom_admin.value).ok().filter(|id| *id > 0);
                if id.is_none() {
                    let help = "Intercom's API lists them, positive numbers, under `/admins`";
                    let span = spec.intercom_admin.span.clone();
                    this.error_with_help(span, "this is no teammate's id", help);
                }
                let id = TeammateId::new(id.unwrap_or(1));
                let key: Arc<str> = name.value.as_str().into();
                let place = (file.name.clone(), name.span.clone());
                let teammate = Teammate {
                    named: Named { name: key.clone(), place, id },
                    shift: None,
                    time_off: Vec::new(),
                    at_work: None,
                    assignment_limit: None,
                    team_limits: BTreeMap::new(),
                    weight: WHOLE_WEIGHT,
                    languages: Vec::new(),
                    skills: Vec::new(),
                };
                if named.insert(key, teammate).is_some() {
                    let message = format!("another teammate is called `{}` already", name.value);
                    this.error(name.span.clone(), message);
                }
            }
        });
        self.teammates = named.into_values().collect();
    }
}
