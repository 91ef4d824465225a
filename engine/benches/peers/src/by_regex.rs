//! A `RegexSet`: an expression for each list of words, all looked for at once; what the lists
//! mean together is plain Rust, which costs next to nothing.

use engine::Subject;
use regex::{RegexSet, RegexSetBuilder, SetMatches};

use crate::condition::{Condition, Rule};
use crate::prepared::{is_spaced, needle, prepared};
use crate::{Peer, attribute, language, orders};

/// `(?i)\b(?:refund|money back)\b` on the message as it was written.
pub struct AsWritten(Set);

/// ` refund | money back ` on the prepared message.
pub struct OnPrepared(Set);

struct Set {
    expressions: RegexSet,
    rules: Vec<Test>,
}

enum Test {
    All(Vec<Test>),
    Any(Vec<Test>),
    None(Vec<Test>),
    /// Index of the expression.
    Matches(usize),
    Language(String),
    Tier(String),
    Orders {
        at_least: i64,
        at_most: i64,
    },
}

impl AsWritten {
    /// Compiles the rules.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        Self(Set::new(rules, |words| {
            let (spaced, others): (Vec<&String>, Vec<&String>) =
                words.iter().partition(|it| is_spaced(it));
            let escaped = |words: Vec<&String>| {
                words.into_iter().map(|it| regex::escape(it)).collect::<Vec<_>>().join("|")
            };
            match (spaced.is_empty(), others.is_empty()) {
                (false, true) => format!(r"(?i)\b(?:{})\b", escaped(spaced)),
                (true, _) => format!("(?i){}", escaped(others)),
                _ => format!(r"(?i)\b(?:{})\b|{}", escaped(spaced), escaped(others)),
            }
        }))
    }
}

impl OnPrepared {
    /// Compiles the rules.
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        Self(Set::new(rules, |words| {
            let words: Vec<String> = words.iter().map(|it| regex::escape(&needle(it))).collect();
            words.join("|")
        }))
    }
}

impl Peer for AsWritten {
    fn choose(&mut self, subject: &Subject) -> Option<usize> {
        self.0.choose(subject, &subject.text)
    }
}

impl Peer for OnPrepared {
    fn choose(&mut self, subject: &Subject) -> Option<usize> {
        self.0.choose(subject, &prepared(&subject.text))
    }
}

impl Set {
    fn new(rules: &[Rule], expression: impl Fn(&[String]) -> String) -> Self {
        let mut lists = Vec::new();
        let rules = rules.iter().map(|rule| test(&rule.when, &mut lists)).collect();
        let expressions = lists.into_iter().map(expression);
        // A cache so large that it is not emptied while messages are timed.
        let expressions =
            RegexSetBuilder::new(expressions).size_limit(1 << 28).dfa_size_limit(1 << 26).build();
        Self { expressions: expressions.expect("words make expressions"), rules }
    }

    fn choose(&self, subject: &Subject, text: &str) -> Option<usize> {
        let matches = self.expressions.matches(text);
        let orders = orders(subject);
        self.rules.iter().position(|rule| rule.holds(&matches, subject, orders))
    }
}

impl Test {
    fn holds(&self, matches: &SetMatches, subject: &Subject, placed: i64) -> bool {
        let holds = |part: &Self| part.holds(matches, subject, placed);
        match self {
            Self::All(parts) => parts.iter().all(holds),
            Self::Any(parts) => parts.iter().any(holds),
            Self::None(parts) => !parts.iter().any(holds),
            Self::Matches(index) => matches.matched(*index),
            Self::Language(tag) => language(subject) == tag,
            Self::Tier(tier) => attribute(subject, "tier") == tier,
            Self::Orders { at_least, at_most } => (*at_least..=*at_most).contains(&placed),
        }
    }
}

/// The test of a condition; lists of words go to the end of `lists`.
fn test<'r>(condition: &'r Condition, lists: &mut Vec<&'r [String]>) -> Test {
    let mut all = |parts: &'r [Condition]| parts.iter().map(|it| test(it, lists)).collect();
    match condition {
        Condition::All(parts) => Test::All(all(parts)),
        Condition::Any(parts) => Test::Any(all(parts)),
        Condition::None(parts) => Test::None(all(parts)),
        Condition::Words(words) => {
            lists.push(words);
            Test::Matches(lists.len() - 1)
        }
        Condition::Language(tag) => Test::Language(tag.clone()),
        Condition::Tier(tier) => Test::Tier(tier.clone()),
        Condition::OrdersAtLeast(bound) => Test::Orders { at_least: *bound, at_most: i64::MAX },
        Condition::OrdersAtMost(bound) => Test::Orders { at_least: i64::MIN, at_most: *bound },
    }
}
