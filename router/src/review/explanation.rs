//! The whole decision about one message, for a support manager or for a program.

use std::ops::Range;
use std::sync::Arc;

use engine::{Canary, Explanation, Finding, Found, Policy, Subject, Trial};
use serde::Serialize;

use super::marked::{Style, marked, safe};
use super::moment;
use super::outcome::Outcome;
use super::tree::{Tree, language_in_words, topic_in_words};

/// The longest stretch of a message without a mark that is shown whole, in characters.
const STRETCH_MAX: usize = 400;
/// How many parts of a message are named that tell its topic.
const WEIGHTS_MAX: usize = 4;

/// The whole decision about one message.
#[derive(Debug, Serialize)]
pub struct WholeDecision<'a> {
    /// The version of the rules that decide.
    rules: &'a str,
    /// The rules that decide for a share of the contacts, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<CanaryPart<'a>>,
    /// The message.
    message: &'a str,
    /// What the contact wrote before.
    #[serde(skip_serializing_if = "str::is_empty")]
    earlier: &'a str,
    /// When it is decided, as RFC 3339.
    at: String,
    outcome: Outcome,
    /// The topic that fits best, if the rules know topics.
    topic: Option<Topic<'a>>,
    /// The words of the rule that matched, in the message.
    matched: Vec<MatchedWord>,
    explanation: Explanation,
    /// The rules that stand below the one that matched.
    not_reached: Vec<Arc<str>>,
    /// Rules that are switched off.
    switched_off: Vec<Arc<str>>,
    /// Where spans point into: what came before, and the message.
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    policy: &'a Policy,
    #[serde(skip)]
    subject: &'a Subject,
}

/// What the canary has to do with the decision.
#[derive(Debug, Serialize)]
struct CanaryPart<'a> {
    /// The file of its rules.
    rules: &'a str,
    version: &'a str,
    /// How many of the contacts are its.
    share: String,
    /// Whether this contact is among them; nothing if no contact was named.
    decides: Option<bool>,
}

impl<'a> CanaryPart<'a> {
    fn new(canary: &'a Canary, contact: Option<&str>) -> Self {
        Self {
            rules: canary.rules(),
            version: canary.policy().version(),
            share: canary.share().to_string(),
            decides: contact.map(|contact| canary.covers(contact)),
        }
    }

    fn in_words(&self) -> String {
        let (share, rules) = (&self.share, safe(self.rules));
        match self.decides {
            Some(true) => format!("{rules} decides: the contact is among its {share}"),
            Some(false) => {
                format!(
                    "the rules in force decide: the contact is not among the {share} of {rules}"
                )
            }
            None => format!(
                "the rules in force decide; with --contact, {rules} does for {share} of the contacts"
            ),
        }
    }
}

#[derive(Debug, Serialize)]
struct Topic<'a> {
    topic: Option<&'a str>,
    confidence: f32,
    weights: Vec<(String, f32)>,
}

/// A word of the rules and how the message spells it.
#[derive(Debug, Serialize)]
struct MatchedWord {
    pattern: Arc<str>,
    /// Bytes of the message, or of the message, a line feed and what came before it.
    span: Range<usize>,
    written: String,
}

impl<'a> WholeDecision<'a> {
    /// Decides, and keeps the reasons. `contact` is the id of the contact, if it is known: it says
    /// whether a canary decides, and what shares of contacts the message is in.
    #[must_use]
    pub fn new(rules: &'a Policy, subject: &'a Subject, contact: Option<&str>) -> Self {
        let text = subject.whole_text().into_owned();
        let decides = contact.and_then(|contact| rules.canary_for(contact));
        let policy = decides.map_or(rules, Canary::policy);
        let of_contact = contact.map(|contact| Subject {
            identity: contact.to_owned(),
            queues: rules.queues_for(policy, &subject.queues),
            ..subject.clone()
        });
        let explanation = policy.explain(of_contact.as_ref().unwrap_or(subject));
        let (switched_off, enabled): (Vec<_>, Vec<_>) =
            policy.rule_outlines().partition(|rule| !rule.enabled);
        let tried = explanation.trials.len();
        let mut matched = Vec::new();
        if let Some(trial) = explanation.trials.iter().find(|trial| trial.matched) {
            hits(&trial.finding, &text, &mut matched);
        }
        Self {
            rules: policy.version(),
            canary: rules.canary().map(|canary| CanaryPart::new(canary, contact)),
            message: &subject.text,
            earlier: &subject.earlier,
            at: subject.at.to_string(),
            outcome: Outcome::new(policy, &explanation, subject.at),
            topic: topic(policy, &text),
            matched,
            explanation,
            not_reached: enabled.iter().skip(tried).map(|rule| rule.name.clone()).collect(),
            switched_off: switched_off.iter().map(|rule| rule.name.clone()).collect(),
            text,
            policy,
            subject,
        }
    }

    /// The decision as JSON.
    ///
    /// # Panics
    ///
    /// Never: a decision can always be written as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a decision can always be JSON") + "\n"
    }

    /// The decision as text: the outcome, what was seen, and each rule that was tried. Of rules
    /// that failed only what made them fail, unless `all` is wanted.
    #[must_use]
    pub fn render(&self, style: Style, all: bool) -> String {
        let zone = self.policy.time_zone();
        let mut text = format!("{}\n\n", self.outcome.sentence(zone));
        self.message_lines(style, &mut text);
        let seen = &self.explanation;
        let source = seen.language_source.as_str();
        let language = language_in_words(&seen.language, seen.language_confidence, source);
        text += &format!("Language  {language}\n");
        if let Some(topic) = &self.topic {
            let weights = topic.weights.iter().map(|(text, share)| (text.as_str(), *share));
            let topic = topic_in_words(topic.topic, topic.confidence, weights);
            text += &format!("Topic     {topic}\n");
        }
        let at = moment::show(self.subject.at, zone);
        text += &format!("Decided   {at} ({})\n", moment::zone_name(zone));
        if let Some(canary) = &self.canary {
            text += &format!("Canary    {}\n", canary.in_words());
        }
        text.push('\n');
        text += &self.trials(style, all);
        text
    }

    fn message_lines(&self, style: Style, lines: &mut String) {
        let end = self.subject.text.len();
        let spans = || self.matched.iter().map(|hit| hit.span.clone());
        if !self.subject.earlier.is_empty() {
            let before = end + 1;
            let spans: Vec<Range<usize>> = spans()
                .filter(|span| span.end > before)
                .map(|span| span.start.saturating_sub(before)..span.end - before)
                .collect();
            let earlier = marked(&self.subject.earlier, &spans, STRETCH_MAX, style);
            lines.push_str(&format!("Earlier   \"{earlier}\"\n"));
        }
        let spans: Vec<Range<usize>> = spans()
            .filter(|span| span.start < end)
            .map(|span| span.start..span.end.min(end))
            .collect();
        let message = marked(&self.subject.text, &spans, STRETCH_MAX, style);
        lines.push_str(&format!("Message   \"{message}\"\n"));
        if let Some(bytes) = self.explanation.cut_after_bytes {
            let all = self.text.len();
            lines.push_str(&format!(
                "          too long: only the first {bytes} of {all} bytes were looked at for words\n"
            ));
        }
    }

    fn trials(&self, style: Style, all: bool) -> String {
        let tree = Tree { text: &self.text, style, all };
        let mut text = "Rules, from the top:\n".to_owned();
        for trial in &self.explanation.trials {
            text += &tree.trial(trial, &team_of(self.policy, trial), "");
        }
        if self.explanation.rule.is_none() {
            text += &format!("→ {}, the fallback\n", safe(&self.outcome.team));
        }
        for (what, rules) in
            [("Not reached", &self.not_reached), ("Switched off", &self.switched_off)]
        {
            if !rules.is_empty() {
                let rules: Vec<String> = rules.iter().map(|rule| safe(rule)).collect();
                text += &format!("{what}: {}\n", rules.join(", "));
            }
        }
        text
    }
}

/// The team that a rule leads to, by the name in the rules.
#[must_use]
pub fn team_of(policy: &Policy, trial: &Trial) -> String {
    let rule = policy.rule_outlines().find(|rule| *rule.name == trial.rule);
    rule.and_then(|rule| rule.ladder.first().map(ToString::to_string)).unwrap_or_default()
}

fn topic<'a>(policy: &'a Policy, text: &str) -> Option<Topic<'a>> {
    policy.topic_names().next()?;
    Some(match policy.topic_of(text) {
        Some((topic, confidence)) => {
            let weights = policy.topic_weights(text, topic, WEIGHTS_MAX);
            Topic { topic: Some(topic), confidence, weights }
        }
        None => Topic { topic: None, confidence: 0.0, weights: Vec::new() },
    })
}

/// Where the words stand by which the rule goes that matched: bytes of all that the contact wrote.
#[must_use]
pub fn matched_spans(explanation: &Explanation) -> Vec<Range<usize>> {
    let mut matched = Vec::new();
    if let Some(trial) = explanation.trials.iter().find(|trial| trial.matched) {
        hits(&trial.finding, "", &mut matched);
    }
    matched.into_iter().map(|hit| hit.span).collect()
}

/// The words that made a condition hold.
fn hits(finding: &Finding, text: &str, found: &mut Vec<MatchedWord>) {
    match &finding.found {
        _ if !finding.holds => {}
        Found::All(parts) | Found::Any(parts) => {
            parts.iter().for_each(|part| hits(part, text, found));
        }
        Found::Words(words) => found.extend(words.iter().map(|hit| MatchedWord {
            pattern: hit.pattern.clone(),
            span: hit.span.clone(),
            written: text.get(hit.span.clone()).unwrap_or_default().to_owned(),
        })),
        Found::None(_) | Found::Language { .. } | Found::Topic { .. } | Found::Value(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
text.chars_max = 30
team.sales.intercom_team = 1
team.support.intercom_team = 2
fallback.assign = "support"
[[rule]]
name = "prices"
assign = "sales"
when.text = ["price", "cost"]
[[rule]]
name = "rest"
assign = "support"
when.text = ["rest"]
"#;

    fn rendered(earlier: &str, text: &str) -> String {
        let policy = Policy::from_toml(RULES).unwrap_or_else(|it| panic!("{it:?}")).0;
        let subject = Subject { text: text.into(), earlier: earlier.into(), ..Subject::default() };
        WholeDecision::new(&policy, &subject, None).render(Style::Plain, false)
    }

    #[test]
    fn words_are_marked_where_they_stand() {
        let text = rendered("the price", "and the COST?");
        assert!(text.contains("Earlier   \"the [price]\"\n"), "{text}");
        assert!(text.contains("Message   \"and the [COST]?\"\n"), "{text}");
        assert!(text.contains("Not reached: rest\n"), "{text}");
    }

    #[test]
    fn a_cut_message_says_so() {
        let text = rendered("", "no words of any rule up to here: price");
        assert!(text.contains("only the first 30 of 38 bytes were looked at"), "{text}");
        assert!(text.contains("→ support, the fallback\n"), "{text}");
    }
}
