//! A decision as a note for teammates.

use crate::policy::Policy;
use crate::{Finding, Found, RoutedBy, Routing};

/// Why a conversation goes where it goes, in a few lines. Of the message it quotes only the words
/// that the rules name.
pub(crate) fn text(routing: &Routing, policy: &Policy) -> String {
    let explanation = &routing.explanation;
    let why = match &routing.by {
        RoutedBy::Rule(rule) => format!("rule \"{rule}\" matched"),
        RoutedBy::Fallback(_) => "fallback".to_owned(),
    };
    let mut lines = vec![format!("Routed to {}: {why}.", routing.team)];
    if let Some(trial) = explanation.trials.iter().find(|trial| trial.matched) {
        let mut reasons = Vec::new();
        collect(&trial.finding, &mut reasons);
        lines.extend(reasons);
    }
    let passed = explanation.trials.iter().filter(|trial| !trial.matched).count();
    if passed > 0 {
        lines.push(format!("Rules tried before without a match: {passed}."));
    }
    lines.push(match &routing.canary {
        None => format!("Rules version {}.", policy.version),
        Some(canary) => format!("Rules version {canary}, the canary of {}.", policy.version),
    });
    lines.join("\n")
}

/// The parts of a condition that made it hold.
fn collect(finding: &Finding, reasons: &mut Vec<String>) {
    if !finding.holds {
        return;
    }
    match &finding.found {
        Found::All(parts) | Found::Any(parts) => {
            parts.iter().for_each(|part| collect(part, reasons));
        }
        Found::None(_) => reasons.push("- nothing that rules it out".to_owned()),
        Found::Words(hits) if !hits.is_empty() => {
            let words: Vec<&str> = hits.iter().map(|hit| &*hit.pattern).collect();
            reasons.push(format!("- found: {}", words.join(", ")));
        }
        Found::Words(_) => reasons.push("- nothing that rules it out".to_owned()),
        Found::Language { language, source, .. } => {
            reasons.push(format!("- language {language}, {}", source.as_str()));
        }
        Found::Topic { topic, confidence, .. } => {
            let topic = topic.as_deref().unwrap_or("none");
            reasons.push(format!("- topic {topic}, {:.0} % sure", confidence * 100.0));
        }
        Found::Value(_) => reasons.push(format!("- {}", finding.asked)),
    }
}
