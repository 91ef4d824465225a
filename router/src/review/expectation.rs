//! Whether a case comes out as it should, and why not.

use std::fmt;

use engine::problem::{list, nearest};
use engine::{Policy, Timestamp};
use serde::Serialize;

use super::case::{Case, LocatedCase};
use super::explanation::team_of;
use super::marked::{Style, safe};
use super::tree::{Tree, weight_in_words};

/// What a message has that is in no topic's examples.
const NO_TOPIC: &str = "none";
/// What a message has whose language nothing tells.
const NO_LANGUAGE: &str = "und";
/// How many rules of the expected team are explained.
const RULES_MAX: usize = 5;
/// How many parts of a message are named that tell its topic.
const WEIGHTS_MAX: usize = 4;
/// How many mistakes of cases are listed.
const MISTAKES_MAX: usize = 10;

/// What can be expected of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Which team gets it.
    Team,
    /// Which topic fits it best.
    Topic,
    /// Which language its text is told to be in.
    Language,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Team => "team",
            Self::Topic => "topic",
            Self::Language => "language",
        })
    }
}

/// One thing that was expected, and what came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What it is about.
    pub aspect: Aspect,
    /// What should have come.
    pub expected: String,
    /// What came; `none` for no topic and `und` for no language.
    pub actual: String,
    /// How sure a topic or a language is, from 0 to 1; `None` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f32>,
    /// The rule that decided about the team, or what told the language. `None` for the fallback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Check {
    /// Whether it came out as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.expected == self.actual
    }
}

impl fmt::Display for Check {
    /// `team: expected support, got sales by the rule "prices"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (expected, actual) = (safe(&self.expected), safe(&self.actual));
        write!(f, "{}: expected {expected}, got {actual}", self.aspect)?;
        match (self.aspect, &self.by, self.confidence) {
            (Aspect::Team, Some(rule), _) => write!(f, " by the rule `{}`", safe(rule)),
            (Aspect::Team, None, _) => f.write_str(" by the fallback"),
            (_, Some(by), Some(confidence)) => write!(f, ", {confidence:.2} sure, {by}"),
            (_, None, Some(confidence)) => write!(f, ", {confidence:.2} sure"),
            (_, _, None) => Ok(()),
        }
    }
}

/// Looks at everything that a case expects.
#[must_use]
pub fn judge(policy: &Policy, case: &Case, at: Timestamp) -> Vec<Check> {
    let team = case.team.as_ref().map(|expected| {
        let subject = case.subject(at);
        let choice = policy.choose(&subject);
        Check {
            aspect: Aspect::Team,
            expected: expected.clone(),
            actual: choice.team.to_owned(),
            confidence: None,
            by: choice.rule.map(str::to_owned),
        }
    });
    let topic = case.topic.as_ref().map(|expected| {
        let subject = case.subject(at);
        let guess = policy.topic_of(&subject.whole_text());
        Check {
            aspect: Aspect::Topic,
            expected: expected.clone(),
            actual: guess.map_or(NO_TOPIC, |(topic, _)| topic).to_owned(),
            confidence: guess.map(|(_, confidence)| confidence),
            by: None,
        }
    });
    let language = case.expected_language.as_ref().map(|expected| {
        let told = policy.language_of(&case.text);
        let known = &*told.language != NO_LANGUAGE;
        Check {
            aspect: Aspect::Language,
            expected: expected.trim().to_lowercase(),
            actual: told.language.to_string(),
            confidence: known.then_some(told.confidence),
            by: known.then(|| told.source.as_str().to_owned()),
        }
    });
    team.into_iter().chain(topic).chain(language).collect()
}

/// What is wrong with what cases expect: names that the rules do not know, each with its place.
/// Empty if all is well; at most some ten lines.
#[must_use]
pub fn mistakes(policy: &Policy, cases: &[LocatedCase]) -> Vec<String> {
    let teams: Vec<&str> = policy.teams().map(|(name, _)| &**name).collect();
    let topics: Vec<&str> = policy.topic_names().map(|name| &**name).chain([NO_TOPIC]).collect();
    let languages: Vec<&str> =
        policy.language_names().map(|name| &**name).chain([NO_LANGUAGE]).collect();
    let mut mistakes = Vec::new();
    for LocatedCase { case, path, line } in cases {
        let language = case.expected_language.as_ref().map(|it| it.trim().to_lowercase());
        let expected = [
            (Aspect::Team, case.team.as_deref(), &teams),
            (Aspect::Topic, case.topic.as_deref(), &topics),
            (Aspect::Language, language.as_deref(), &languages),
        ];
        for (aspect, expected, known) in expected {
            let Some(expected) = expected.filter(|name| !known.contains(name)) else { continue };
            if mistakes.len() == MISTAKES_MAX {
                mistakes.push("... and more of that kind".to_owned());
                return mistakes;
            }
            let known = known_names(aspect, expected, known);
            mistakes.push(format!(
                "{}:{line}: the rules do not know the {aspect} `{}`{known}",
                path.display(),
                safe(expected)
            ));
        }
    }
    mistakes
}

fn known_names(aspect: Aspect, wrong: &str, known: &[&str]) -> String {
    const LISTED: usize = 20;
    if let Some(near) = nearest(wrong, known.iter().copied()) {
        return format!(": did you mean `{near}`?");
    }
    match (aspect, known) {
        (Aspect::Topic, [_]) => ": they have no [topic.NAME]".to_owned(),
        (Aspect::Language, [_]) => ": they have no `among` in [language]".to_owned(),
        _ if known.len() <= LISTED => format!(": known are {}", list(known.iter().copied())),
        _ => String::new(),
    }
}

/// Why a check failed, in lines: for a team the rule that took the message, and what made the
/// rules of the expected team fail.
#[must_use]
pub fn reasons(policy: &Policy, case: &Case, at: Timestamp, check: &Check, style: Style) -> String {
    match check.aspect {
        Aspect::Team => team_reasons(policy, case, at, check, style),
        Aspect::Topic => {
            let subject = case.subject(at);
            let text = subject.whole_text();
            let mut lines = String::new();
            for topic in [&check.actual, &check.expected] {
                let weights = policy.topic_weights(&text, topic, WEIGHTS_MAX);
                let weights: Vec<String> =
                    weights.iter().map(|(text, share)| weight_in_words(text, *share)).collect();
                if !weights.is_empty() {
                    lines += &format!("for {}: {}\n", safe(topic), weights.join(", "));
                }
            }
            lines
        }
        Aspect::Language => String::new(),
    }
}

fn team_reasons(
    policy: &Policy,
    case: &Case,
    at: Timestamp,
    check: &Check,
    style: Style,
) -> String {
    let subject = case.subject(at);
    let text = subject.whole_text();
    let tree = Tree { text: &text, style, all: false };
    let explanation = policy.explain(&subject);
    let taken = explanation.trials.iter().find(|trial| trial.matched);
    let mut lines = match taken {
        Some(trial) => tree.trial(trial, &team_of(policy, trial), ""),
        None => format!("→ {}, the fallback: no rule matches\n", safe(&check.actual)),
    };
    let rules = policy.rule_outlines();
    let wanted =
        rules.filter(|rule| rule.ladder.first().is_some_and(|it| ***it == *check.expected));
    let wanted: Vec<_> = wanted.collect();
    for rule in wanted.iter().take(RULES_MAX) {
        let Some(trial) = policy.try_rule(rule.name, &subject) else { continue };
        let remark = match (rule.enabled, trial.matched) {
            (false, _) => ", but it is switched off",
            (true, true) => ", but it stands too far below",
            (true, false) => "",
        };
        lines += &tree.trial(&trial, &check.expected, remark);
    }
    let expected = safe(&check.expected);
    if wanted.len() > RULES_MAX {
        lines += &format!("and {} more rules of {expected}\n", wanted.len() - RULES_MAX);
    }
    if check.expected == **policy.fallback_team() {
        lines += &format!("{expected} is the fallback: it gets what no rule matches\n");
    } else if wanted.is_empty() {
        lines += &format!("no rule assigns to {expected}\n");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
version = 1
channel.any = [{ tag = "tiktok" }]
team.sales.intercom_team = 1
team.support.intercom_team = 2
team.triage.intercom_team = 3
fallback.assign = "triage"
[language]
among = ["en", "th"]
[[rule]]
name = "prices"
assign = "sales"
when.text = ["price"]
[[rule]]
name = "orders"
assign = "support"
when.text = ["order"]
when.messages = { at_least = 2 }
[[rule]]
name = "late"
assign = "support"
when.text = ["late"]
"#;

    const AT: Timestamp = Timestamp::from_seconds(1_795_197_600);

    fn policy() -> Policy {
        Policy::from_toml(RULES).unwrap_or_else(|it| panic!("{it:?}")).0
    }

    #[track_caller]
    fn check(text: &str, team: &str, expected: &str) {
        let policy = policy();
        let case = Case { text: text.into(), team: Some(team.into()), ..Case::default() };
        let checks = judge(&policy, &case, AT);
        let [check] = checks.as_slice() else { panic!("one expectation, one check") };
        assert!(!check.passed());
        let reasons = reasons(&policy, &case, AT, check, Style::Plain);
        assert_eq!(format!("{check}\n{reasons}"), expected);
    }

    #[test]
    fn a_failure_says_who_took_it_and_why_the_others_did_not() {
        check(
            "late, what price?",
            "support",
            "team: expected support, got sales by the rule `prices`\n\
             ✓ prices → sales\n    ✓ keyword: \"price\": found [price]\n\
             ✗ orders → support\n    ✗ keyword: \"order\": not in the message\n    \
             ✗ messages: at least 2: it is 1\n\
             ✓ late → support, but it stands too far below\n    ✓ keyword: \"late\": found [late]\n",
        );
        check(
            "price",
            "triage",
            "team: expected triage, got sales by the rule `prices`\n\
             ✓ prices → sales\n    ✓ keyword: \"price\": found [price]\n\
             triage is the fallback: it gets what no rule matches\n",
        );
        check(
            "hi",
            "sales",
            "team: expected sales, got triage by the fallback\n\
             → triage, the fallback: no rule matches\n\
             ✗ prices → sales\n    ✗ keyword: \"price\": not in the message\n",
        );
    }

    #[test]
    fn a_language_is_told_by_the_text() {
        let case = Case {
            text: "สวัสดีครับ".into(),
            expected_language: Some("EN ".into()),
            ..Case::default()
        };
        let checks = judge(&policy(), &case, AT);
        assert_eq!(
            checks[0].to_string(),
            "language: expected en, got th, 1.00 sure, told by the script"
        );
    }

    #[test]
    fn expectations_that_cannot_be_met_are_mistakes() {
        let located = |case| LocatedCase { case, path: "c.csv".into(), line: 7 };
        let check = |case, expected: &str| {
            assert_eq!(mistakes(&policy(), &[located(case)]), [expected]);
        };
        check(
            Case { team: Some("sale".into()), ..Case::default() },
            "c.csv:7: the rules do not know the team `sale`: did you mean `sales`?",
        );
        check(
            Case { topic: Some("price".into()), ..Case::default() },
            "c.csv:7: the rules do not know the topic `price`: they have no [topic.NAME]",
        );
        check(
            Case { expected_language: Some("fr".into()), ..Case::default() },
            "c.csv:7: the rules do not know the language `fr`: known are `en`, `th`, `und`",
        );
        let many: Vec<_> =
            (0..30).map(|_| located(Case { team: Some("x".into()), ..Case::default() })).collect();
        assert_eq!(mistakes(&policy(), &many).len(), MISTAKES_MAX + 1);
        let fine = Case { team: Some("sales".into()), ..Case::default() };
        assert!(mistakes(&policy(), &[located(fine)]).is_empty());
    }
}
