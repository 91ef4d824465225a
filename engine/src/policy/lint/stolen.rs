//! Keywords of a rule that never bring it anything, since a rule of another team comes first.

use std::collections::BTreeMap;

use super::branch::Branch;
use super::{Linter, Place, quoted};
use crate::condition::{Condition, Group, PatternRef, Quantifier, Test, WordKind};
use crate::rule::Rule;
use crate::subject::{Facts, Subject};

/// What a rule loses to another.
struct Loss<'p> {
    /// Where the first of the phrases stands.
    place: Place,
    /// The phrases, and whether no message with them ever comes through.
    phrases: Vec<(&'p str, bool)>,
    /// Keywords of the other rule that stand in the phrases.
    by: Vec<&'p str>,
}

impl<'p> Linter<'p> {
    /// `open` tells which rules may match at all.
    pub(super) fn stolen(&mut self, open: &[bool]) {
        let policy = self.policy;
        for (later, rule) in policy.rules.iter().enumerate() {
            if !rule.enabled || !open[later] {
                continue;
            }
            let mut losses: BTreeMap<usize, Loss<'p>> = BTreeMap::new();
            for pattern in keywords(&rule.when) {
                if let Some((thief, by)) = self.thief(later, pattern) {
                    let loss = losses.entry(thief).or_insert_with(|| Loss {
                        place: (rule.place.0.clone(), pattern.place.clone()),
                        phrases: Vec::new(),
                        by: Vec::new(),
                    });
                    loss.phrases.push((&pattern.spelled, self.is_lost(rule, pattern, thief)));
                    if !loss.by.contains(&by) {
                        loss.by.push(by);
                    }
                }
            }
            for (thief, loss) in losses {
                self.report_loss(rule, &policy.rules[thief], loss);
            }
        }
    }

    /// The rule of another team that gets a message of nothing but this keyword of a later rule,
    /// and its keyword that stands in it.
    fn thief(&self, later: usize, pattern: &PatternRef) -> Option<(usize, &'p str)> {
        let policy = self.policy;
        let text = pattern.spelled.to_string();
        let subject = Subject { text, messages: 1, ..Subject::default() };
        let facts = Facts::new(policy, &subject);
        let rule = &policy.rules[later];
        let mut earlier = policy.rules[..later].iter().enumerate().filter(|(_, it)| it.enabled);
        let (thief, first) = earlier.find(|(_, it)| it.when.holds(&facts))?;
        if first.ladder[0] == rule.ladder[0] || !rule.when.holds(&facts) {
            return None;
        }
        let implied = self.book.implied(pattern.id);
        let by = keywords(&first.when).into_iter().find(|it| implied.contains(&it.id))?;
        Some((thief, &by.spelled))
    }

    /// Whether no message at all that has the keyword comes past the other rule.
    fn is_lost(&self, rule: &Rule, pattern: &PatternRef, thief: usize) -> bool {
        let policy = self.policy;
        let branch = Branch::default().with(&rule.when, true).with_hit(pattern);
        let branch = branch.with(&policy.rules[thief].when, false);
        branch.refuted(policy, &self.book).is_some()
    }

    fn report_loss(&mut self, rule: &Rule, thief: &Rule, loss: Loss<'_>) {
        let team = |rule: &Rule| self.policy.teams[rule.ladder[0]].name.clone();
        let phrases: Vec<&str> = loss.phrases.iter().map(|(phrase, _)| *phrase).collect();
        let message = format!(
            "messages with {} go to `{}`, not to `{}`: rule `{}` comes before rule `{}` and has {}",
            quoted(phrases.iter().copied()),
            team(thief),
            team(rule),
            thief.name,
            rule.name,
            quoted(loss.by.iter().copied()),
        );
        let lost = loss.phrases.iter().filter(|(_, lost)| *lost).count();
        let reached = match (lost, loss.phrases.len()) {
            (0, _) => "they get past it only with words that it rules out".to_owned(),
            (lost, all) if lost == all => "they never get past it".to_owned(),
            (lost, all) => format!("{lost} of these {all} never get past it"),
        };
        let help = format!(
            "{reached}: put rule `{}` before rule `{}`, or take them out",
            rule.name, thief.name
        );
        self.warn("stolen-phrase", loss.place, message, &help);
    }
}

/// The words and phrases of which one is enough for a condition, as far as the rest of it allows.
pub(super) fn keywords(condition: &Condition) -> Vec<&PatternRef> {
    match condition {
        Condition::Group(Group::All | Group::Any, parts) => {
            parts.iter().flat_map(keywords).collect()
        }
        Condition::Group(Group::None, _) => Vec::new(),
        Condition::Test(Test::Words(test), _) => {
            let is_spelled = !matches!(test.kind, WordKind::Regex | WordKind::Near { .. });
            if test.quantifier == Quantifier::Any && is_spelled {
                test.patterns.iter().collect()
            } else {
                Vec::new()
            }
        }
        Condition::Test(..) => Vec::new(),
    }
}
