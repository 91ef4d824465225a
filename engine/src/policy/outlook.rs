//! What people who try rules want to know of them besides a decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::Policy;
use crate::condition::Test;
use crate::subject::{Facts, Subject};
use crate::{AttributeValue, Priority, Timestamp, Trial};

/// A rule without its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleOutline<'p> {
    /// Its name.
    pub name: &'p Arc<str>,
    /// Whether it is tried at all.
    pub enabled: bool,
    /// The teams that should get what it matches, by name: the first that Intercom accepts. Never
    /// empty.
    pub ladder: Vec<&'p Arc<str>>,
    /// The teammate whom it names, by name.
    pub teammate: Option<&'p Arc<str>>,
    /// How urgent it makes a conversation.
    pub priority: Priority,
    /// The tags that it gives.
    pub tags: &'p [Arc<str>],
    /// The attributes of the conversation that it sets.
    pub attributes: &'p BTreeMap<Arc<str>, AttributeValue>,
    /// Whether it leaves a note that explains the decision.
    pub note: bool,
}

/// Whether a team is in at a moment, and until when that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TeamOpening {
    /// Whether its office hours run, or it has none.
    pub open: bool,
    /// When that ends; `None` if it stays so for good.
    pub until: Option<Timestamp>,
}

impl Policy {
    /// All rules, in the order in which they are tried.
    pub fn rule_outlines(&self) -> impl Iterator<Item = RuleOutline<'_>> {
        self.rules.iter().map(|rule| RuleOutline {
            name: &rule.name,
            enabled: rule.enabled,
            ladder: rule.ladder.iter().map(|team| &self.teams[*team].name).collect(),
            teammate: rule.teammate.as_ref().map(|teammate| &teammate.name),
            priority: rule.priority,
            tags: &rule.remarks.tags,
            attributes: &rule.remarks.attributes,
            note: rule.remarks.note,
        })
    }

    /// Tries one rule alone, wherever it stands and whether it is switched on or not. `None` if
    /// there is no rule of this name.
    #[must_use]
    pub fn try_rule(&self, name: &str, subject: &Subject) -> Option<Trial> {
        let rule = self.rules.iter().find(|rule| &*rule.name == name)?;
        let finding = rule.when.trace(&Facts::new(self, subject));
        Some(Trial { rule: rule.name.clone(), matched: finding.holds, finding })
    }

    /// Whether a team is in at `at`. `None` if there is no team of this name.
    #[must_use]
    pub fn team_opening(&self, name: &str, at: Timestamp) -> Option<TeamOpening> {
        let team = self.teams.iter().find(|team| &*team.name == name)?;
        let opening = team.hours.as_ref().map(|(_, hours)| hours.at(at));
        let always = TeamOpening { open: true, until: None };
        Some(opening.map_or(always, |it| TeamOpening { open: it.open, until: it.until }))
    }

    /// The time zone in which the rules tell weekday and time.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The names of the rules that ask for the time or for who is in: what they decide about a
    /// message changes with the clock.
    pub fn rules_by_the_clock(&self) -> impl Iterator<Item = &Arc<str>> {
        let asks =
            |test: &Test| matches!(test, Test::TeamOpen(_) | Test::Weekday(_) | Test::Time(_));
        let rules = self.enabled_rules();
        rules
            .filter(move |rule| rule.when.tests().iter().any(|(test, _)| asks(test)))
            .map(|rule| &rule.name)
    }

    /// The names of the topics, in alphabetical order.
    pub fn topic_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.topics.iter().flat_map(|topics| &topics.names)
    }

    /// What can be told of the text of a message: the configured languages in lower case, and the
    /// names of own classes.
    pub fn language_names(&self) -> impl Iterator<Item = &Arc<str>> {
        let options = &self.language_options;
        options.among.iter().chain(options.classes.iter().map(|(name, _)| name))
    }

    /// What in a text weighs most for a topic, with its share in all that speaks for it, from 0 to
    /// 1: at most so many parts, words before pieces of words. Nothing if there is no such topic.
    #[must_use]
    pub fn topic_weights(&self, text: &str, topic: &str, most: usize) -> Vec<(String, f32)> {
        let Some(topics) = &self.topics else { return Vec::new() };
        let Some(index) = topics.names.iter().position(|name| &**name == topic) else {
            return Vec::new();
        };
        let weights = topics.model.explain(text, index, most);
        weights.into_iter().map(|weight| (weight.text, weight.share)).collect()
    }

    /// The names of the contact's attributes and of the conversation's that rules may ask for.
    pub fn attribute_names(
        &self,
    ) -> (impl Iterator<Item = &Arc<str>>, impl Iterator<Item = &Arc<str>>) {
        (self.attributes.contact.keys(), self.attributes.conversation.keys())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
[hours.day]
time_zone = "UTC"
weekdays = ["09:00-17:00"]
[team.sales]
intercom_team = 1
hours = "day"
[team.support]
intercom_team = 2
[[rule]]
name = "prices"
assign = ["sales", "support"]
priority = "high"
tags = ["lead"]
note = true
when.text = ["price"]
[[rule]]
name = "out of hours"
enabled = true
assign = "support"
when.team_closed = "sales"
[fallback]
assign = "support"
"#;

    /// 2026-11-20, a Friday, 18:00 in UTC.
    const FRIDAY_EVENING: Timestamp = Timestamp::from_seconds(1_795_197_600);

    fn policy() -> Policy {
        Policy::from_toml(RULES).unwrap_or_else(|problems| panic!("{problems:?}")).0
    }

    #[test]
    fn a_rule_in_outline() {
        let policy = policy();
        let prices = policy.rule_outlines().next().unwrap();
        assert_eq!(&**prices.name, "prices");
        assert_eq!(prices.ladder.iter().map(|it| &***it).collect::<Vec<_>>(), ["sales", "support"]);
        assert_eq!((prices.priority, prices.note), (Priority::High, true));
        assert_eq!(prices.tags, ["lead".into()]);
        let by_the_clock: Vec<_> = policy.rules_by_the_clock().map(|it| &**it).collect();
        assert_eq!(by_the_clock, ["out of hours"]);
    }

    #[test]
    fn a_rule_is_tried_alone() {
        let policy = policy();
        let subject = Subject { text: "price?".into(), at: FRIDAY_EVENING, ..Subject::default() };
        assert_eq!(policy.choose(&subject).rule, Some("prices"));
        let matched = |name| policy.try_rule(name, &subject).map(|trial| trial.matched);
        assert_eq!(matched("prices"), Some(true));
        assert_eq!(matched("out of hours"), Some(true), "though the other one comes first");
        assert_eq!(matched("price"), None);
    }

    #[test]
    fn a_team_is_in_until_its_hours_end() {
        let policy = policy();
        let hour = std::time::Duration::from_secs(3_600);
        let check = |team, at, open, until| {
            assert_eq!(policy.team_opening(team, at), Some(TeamOpening { open, until }));
        };
        check("sales", FRIDAY_EVENING, false, Some(FRIDAY_EVENING + hour * 63));
        check("sales", FRIDAY_EVENING - hour * 2, true, Some(FRIDAY_EVENING - hour));
        check("support", FRIDAY_EVENING, true, None);
        assert_eq!(policy.team_opening("sale", FRIDAY_EVENING), None);
    }
}
