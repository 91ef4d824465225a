//! What comes of a decision: who gets the conversation, when, and what is left on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{AttributeValue, Explanation, Policy, Priority, Timestamp};
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use super::marked::safe;
use super::moment;

/// What comes of a decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The team that gets it, by its name in the rules.
    pub team: Arc<str>,
    /// The rule that says so; `None` if it is the fallback.
    pub rule: Option<Arc<str>>,
    /// The teams that get it if Intercom refuses the one before.
    pub otherwise: Vec<Arc<str>>,
    /// The teammate whom the rule names.
    pub teammate: Option<Arc<str>>,
    /// How urgent it is.
    pub priority: Priority,
    /// The tags that it gets.
    pub tags: Vec<Arc<str>>,
    /// The attributes of the conversation that are set.
    pub set: BTreeMap<Arc<str>, AttributeValue>,
    /// Whether it gets a note that explains the decision.
    pub note: bool,
    /// Whether the team is in.
    pub open: bool,
    /// When that changes; `None` if it stays so for good.
    #[serde(serialize_with = "rfc3339")]
    pub until: Option<Timestamp>,
    /// The team that has it meanwhile, if the team is not in and another one holds it.
    pub held_in: Option<Arc<str>>,
}

fn rfc3339<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    at.map(|at| at.to_string()).serialize(serializer)
}

impl Outcome {
    /// What comes of a decision that these rules made at `at`.
    #[must_use]
    pub fn new(policy: &Policy, explanation: &Explanation, at: Timestamp) -> Self {
        let team = explanation.ladder.first().unwrap_or(policy.fallback_team()).clone();
        let rule = explanation.rule.as_ref();
        let rule = rule.and_then(|name| policy.rule_outlines().find(|rule| rule.name == name));
        let opening = policy.team_opening(&team, at);
        let open = opening.is_none_or(|opening| opening.open);
        let holder = policy.hold_team().filter(|_| !open);
        let holder = holder.and_then(|id| policy.teams().find(|(_, team)| *team == id));
        Self {
            team,
            rule: explanation.rule.clone(),
            otherwise: explanation.ladder.iter().skip(1).cloned().collect(),
            teammate: explanation.teammate.clone(),
            priority: explanation.priority,
            tags: rule.as_ref().map(|rule| rule.tags.to_vec()).unwrap_or_default(),
            set: rule.as_ref().map(|rule| rule.attributes.clone()).unwrap_or_default(),
            note: rule.is_some_and(|rule| rule.note),
            open,
            until: opening.and_then(|opening| opening.until),
            held_in: holder.map(|(name, _)| name.clone()),
        }
    }

    /// The outcome in one sentence, with times in this zone.
    #[must_use]
    pub fn sentence(&self, zone: &TimeZone) -> String {
        let mut sentence = match &self.rule {
            Some(rule) => format!("{} gets it by the rule `{}`", safe(&self.team), safe(rule)),
            None => {
                format!("{} gets it: no rule matches, so the fallback decides", safe(&self.team))
            }
        };
        if let Some(teammate) = &self.teammate {
            sentence += &format!(", for {} if they can take it", safe(teammate));
        }
        if self.priority != Priority::Normal {
            sentence += &format!(", with {} priority", self.priority.name());
        }
        sentence += &self.remarks();
        if !self.otherwise.is_empty() {
            let others: Vec<String> = self.otherwise.iter().map(|it| safe(it)).collect();
            sentence += &format!(", or {} if Intercom refuses", others.join(", then "));
        }
        sentence + "; " + &self.opening(zone) + "."
    }

    fn remarks(&self) -> String {
        let mut remarks = String::new();
        if !self.tags.is_empty() {
            let tags: Vec<String> =
                self.tags.iter().map(|tag| format!("`{}`", safe(tag))).collect();
            remarks += &format!(", tagged {}", tags.join(" and "));
        }
        for (name, value) in &self.set {
            let value = match value {
                AttributeValue::Boolean(value) => value.to_string(),
                AttributeValue::Integer(value) => value.to_string(),
                AttributeValue::Text(value) => format!("\"{}\"", safe(value)),
            };
            remarks += &format!(", `{}` set to {value}", safe(name));
        }
        if self.note {
            remarks += ", with a note";
        }
        remarks
    }

    fn opening(&self, zone: &TimeZone) -> String {
        let team = safe(&self.team);
        let until = self.until.map(|until| moment::show(until, zone));
        let holder = match &self.held_in {
            Some(holder) => format!("is held in {}", safe(holder)),
            None => "waits there".to_owned(),
        };
        match (self.open, until) {
            (true, None) => format!("{team} is always open"),
            (true, Some(until)) => format!("{team} is open until {until}"),
            (false, Some(until)) => format!("{team} is closed, so it {holder} until {until}"),
            (false, None) => format!("{team} is closed and never opens, so it {holder} for good"),
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::Subject;

    use super::*;

    const RULES: &str = r#"
version = 1
time_zone = "Europe/Dublin"
channel.any = [{ tag = "tiktok" }]
[hours.day]
weekdays = ["09:00-17:00"]
[team.sales]
intercom_team = 1
hours = "day"
[team.support]
intercom_team = 2
[team.night]
intercom_team = 3
[teammate.ana]
intercom_admin = 9
[[rule]]
name = "prices"
assign = ["sales", "support"]
teammate = "ana"
priority = "high"
tags = ["lead", "hot"]
note = true
set = { interest = "price" }
when.text = ["price"]
[fallback]
assign = "support"
[after_hours]
hold_in = "night"
"#;

    /// 2026-11-20, a Friday, 18:00 in UTC and in Dublin.
    const FRIDAY_EVENING: Timestamp = Timestamp::from_seconds(1_795_197_600);

    #[track_caller]
    fn check(text: &str, at: Timestamp, expected: &str) {
        let policy = Policy::from_toml(RULES).unwrap_or_else(|it| panic!("{it:?}")).0;
        let subject = Subject { text: text.into(), at, ..Subject::default() };
        let outcome = Outcome::new(&policy, &policy.explain(&subject), at);
        assert_eq!(outcome.sentence(policy.time_zone()), expected);
    }

    #[test]
    fn the_outcome_is_one_sentence() {
        check(
            "price?",
            FRIDAY_EVENING,
            "sales gets it by the rule `prices`, for ana if they can take it, with high priority, \
             tagged `lead` and `hot`, `interest` set to \"price\", with a note, or support if \
             Intercom refuses; sales is closed, so it is held in night until Mon 2026-11-23 09:00.",
        );
        check(
            "hi",
            FRIDAY_EVENING,
            "support gets it: no rule matches, so the fallback decides; support is always open.",
        );
    }

    #[test]
    fn an_open_team_says_until_when() {
        let noon = Timestamp::from_seconds(FRIDAY_EVENING.as_seconds() - 6 * 3_600);
        let policy = Policy::from_toml(RULES).unwrap_or_else(|it| panic!("{it:?}")).0;
        let subject = Subject { text: "price".into(), at: noon, ..Subject::default() };
        let outcome = Outcome::new(&policy, &policy.explain(&subject), noon);
        assert!(outcome.open && outcome.held_in.is_none());
        assert!(
            outcome
                .sentence(policy.time_zone())
                .ends_with("; sales is open until Fri 2026-11-20 17:00.")
        );
    }
}
