//! What made a rule decide as it did: its words that stand in the message.

use engine::{Explanation, Finding, Found, Policy, Subject};

use super::Side;

/// What the rules say to a message, and by which words.
pub(super) fn side(policy: &Policy, subject: &Subject) -> Side {
    let explanation = policy.explain(subject);
    let words = words(&explanation);
    let Explanation { rule, ladder, .. } = explanation;
    let team = ladder.first().expect("a ladder is never empty").to_string();
    Side { team, rule: rule.map(|name| name.to_string()), words }
}

/// The words of the rule that matched, in the order in which it asks for them.
fn words(explanation: &Explanation) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(matched) = explanation.trials.last().filter(|trial| trial.matched) {
        collect(&matched.finding, &mut words);
    }
    words
}

/// Only what holds has led to the decision; of a `none` that holds there is nothing to see.
fn collect(finding: &Finding, words: &mut Vec<String>) {
    if !finding.holds {
        return;
    }
    match &finding.found {
        Found::All(parts) | Found::Any(parts) => {
            parts.iter().for_each(|part| collect(part, words));
        }
        Found::Words(hits) => {
            for hit in hits {
                if !words.iter().any(|known| **known == *hit.pattern) {
                    words.push(hit.pattern.to_string());
                }
            }
        }
        _ => {}
    }
}
