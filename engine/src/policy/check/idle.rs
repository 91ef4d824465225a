//! What is defined and never used.

use std::collections::BTreeSet;

use super::super::Team;
use super::super::spec::{RulesSpec, WhenSpec};
use super::Checker;
use crate::Problem;

mod people;

impl Checker<'_> {
    pub(super) fn warn_of_idle(&mut self, main: &RulesSpec, teams: &[Team]) {
        self.warn_of_idle_people(main, teams);
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for rule in self.sources.files.iter().flat_map(|file| &file.spec.rule) {
            used.extend(rule.assign.value.0.iter().map(|name| name.value.as_str()));
        }
        let fallback = main.fallback.iter().flat_map(|it| &it.assign.value.0);
        used.extend(fallback.map(|name| name.value.as_str()));
        used.extend(main.after_hours.hold_in.iter().map(|name| name.value.as_str()));
        let teams = self.sources.files.iter().flat_map(|file| file.spec.team.values());
        let steps = teams.flat_map(|team| &team.overflow);
        used.extend(steps.map(|step| step.value.to.value.as_str()));
        let topics = self.topics_in_use();
        self.each_file(|this, file| {
            for name in file.spec.team.keys().filter(|name| !used.contains(name.value.as_str())) {
                let message = format!("nothing is ever assigned to team `{}`", name.value);
                this.report(Problem::warning(name.span.clone(), message).code("idle-team"));
            }
            for name in file.spec.topic.keys().filter(|name| !topics.contains(&name.value)) {
                let message = format!("no rule asks for topic `{}`", name.value);
                this.report(Problem::warning(name.span.clone(), message).code("idle-topic"));
            }
        });
    }

    fn topics_in_use(&self) -> BTreeSet<String> {
        let mut topics = BTreeSet::new();
        for rule in self.sources.files.iter().flat_map(|file| &file.spec.rule) {
            if let Some(when) = &rule.when {
                collect_topics(&when.value, &mut topics);
            }
        }
        topics
    }
}

fn collect_topics(when: &WhenSpec, topics: &mut BTreeSet<String>) {
    if let Some(topic) = &when.topic {
        let (any, _) = super::conditions::confidence_parts(topic);
        topics.extend(any.all().map(|name| name.value));
    }
    let groups = [&when.all, &when.any, &when.none];
    for part in groups.into_iter().flatten().flatten() {
        collect_topics(&part.value, topics);
    }
}
