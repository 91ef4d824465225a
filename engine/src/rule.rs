//! Ordered rules: the first that matches names the team.

use std::sync::Arc;

use crate::text::{Hits, KeywordId};
use crate::{Finding, Trial};

/// The language of a contact who has none.
pub(crate) const UNDETERMINED: &str = "und";

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: Arc<str>,
    /// Index of the team among the policy's teams.
    pub(crate) team: usize,
    pub(crate) when: Condition,
}

/// What a rule asks for.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// Every one of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Not one of these.
    None(Vec<Condition>),
    /// The message holds at least one of these keywords.
    AnyKeyword(Vec<Keyword>),
    /// The message holds none of these keywords.
    NoKeyword(Vec<Keyword>),
    /// The contact's language is one of these, in lower case.
    Language(Vec<Arc<str>>),
}

/// A keyword as a condition knows it.
#[derive(Clone, Debug)]
pub(crate) struct Keyword {
    pub(crate) id: KeywordId,
    /// As the rules file spells it.
    pub(crate) spelled: Arc<str>,
}

/// What the rules can know of a conversation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) hits: &'a Hits,
    /// In lower case; [`UNDETERMINED`] if not known.
    pub(crate) language: &'a Arc<str>,
}

/// Tries rules from the top.
///
/// Returns the first that matches, if any, and every trial up to it.
pub(crate) fn first_match<'r>(
    rules: &'r [Rule],
    facts: Facts<'_>,
) -> (Option<&'r Rule>, Vec<Trial>) {
    let mut trials = Vec::new();
    for rule in rules {
        let mut findings = Vec::new();
        let matched = rule.when.holds(facts, &mut findings);
        trials.push(Trial { rule: rule.name.clone(), matched, findings });
        if matched {
            return (Some(rule), trials);
        }
    }
    (None, trials)
}

impl Condition {
    /// Whether the condition holds; what decided it is appended to `findings`.
    pub(crate) fn holds(&self, facts: Facts<'_>, findings: &mut Vec<Finding>) -> bool {
        match self {
            Self::All(conditions) => conditions.iter().all(|c| c.holds(facts, findings)),
            Self::Any(conditions) => conditions.iter().any(|c| c.holds(facts, findings)),
            Self::None(conditions) => !conditions.iter().any(|c| c.holds(facts, findings)),
            Self::AnyKeyword(keywords) => match first_hit(keywords, facts.hits) {
                Some((keyword, span)) => {
                    findings.push(Finding::KeywordFound { keyword, span });
                    true
                }
                None => {
                    findings.push(Finding::NoKeyword);
                    false
                }
            },
            Self::NoKeyword(keywords) => match first_hit(keywords, facts.hits) {
                Some((keyword, span)) => {
                    findings.push(Finding::KeywordForbidden { keyword, span });
                    false
                }
                None => {
                    findings.push(Finding::NoForbiddenKeyword);
                    true
                }
            },
            Self::Language(wanted) => {
                let holds = wanted.iter().any(|tag| speaks(facts.language, tag));
                findings.push(Finding::Language { actual: facts.language.clone(), wanted: holds });
                holds
            }
        }
    }

    /// Whether anything in the condition asks for the contact's profile.
    pub(crate) fn needs_profile(&self) -> bool {
        match self {
            Self::All(conditions) | Self::Any(conditions) | Self::None(conditions) => {
                conditions.iter().any(Self::needs_profile)
            }
            Self::AnyKeyword(_) | Self::NoKeyword(_) => false,
            Self::Language(_) => true,
        }
    }
}

fn first_hit(keywords: &[Keyword], hits: &Hits) -> Option<(Arc<str>, std::ops::Range<usize>)> {
    keywords
        .iter()
        .find_map(|keyword| hits.of(keyword.id).map(|span| (keyword.spelled.clone(), span.clone())))
}

/// Whether a contact with language `actual` counts as a speaker of `wanted`: `pt-br` speaks `pt`,
/// but `pt` does not speak `pt-br` (basic filtering, RFC 4647 section 3.3.1).
fn speaks(actual: &str, wanted: &str) -> bool {
    actual
        .strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Keywords, normalised};

    const WORDS: [&str; 3] = ["refund", "price", "not"];

    fn keyword(word: &str) -> Keyword {
        let id = WORDS.iter().position(|w| *w == word).unwrap();
        Keyword { id: KeywordId(u32::try_from(id).unwrap()), spelled: word.into() }
    }

    fn any(word: &str) -> Condition {
        Condition::AnyKeyword(vec![keyword(word)])
    }

    #[track_caller]
    fn check(condition: &Condition, text: &str, language: &str, expected: bool) {
        let hits = Keywords::new(&WORDS.map(normalised)).unwrap().find(text);
        let facts = Facts { hits: &hits, language: &language.into() };
        assert_eq!(condition.holds(facts, &mut vec![]), expected, "{text:?} in {language}");
    }

    #[test]
    fn groups_nest() {
        let both = Condition::All(vec![any("refund"), any("price")]);
        check(&both, "refund the price", "en", true);
        check(&both, "refund", "en", false);
        let either = Condition::Any(vec![any("refund"), any("price")]);
        check(&either, "price?", "en", true);
        check(&either, "hello", "en", false);
        let neither = Condition::None(vec![any("refund"), any("price")]);
        check(&neither, "hello", "en", true);
        check(&neither, "a refund", "en", false);
    }

    #[test]
    fn forbidden_keywords_veto() {
        let veto = Condition::All(vec![any("refund"), Condition::NoKeyword(vec![keyword("not")])]);
        check(&veto, "refund please", "en", true);
        check(&veto, "not a refund", "en", false);
    }

    #[test]
    fn a_region_speaks_its_language_but_not_the_other_way_round() {
        let wants = |tag: &str| Condition::Language(vec![tag.into()]);
        check(&wants("pt"), "", "pt-br", true);
        check(&wants("pt"), "", "pt", true);
        check(&wants("pt-br"), "", "pt", false);
        check(&wants("e"), "", "en", false);
        check(&wants("und"), "", UNDETERMINED, true);
    }

    #[test]
    fn the_trials_name_every_rule_up_to_the_first_that_matches() {
        let rule = |name: &str, team, when| Rule { name: name.into(), team, when };
        let rules =
            [rule("a", 0, any("refund")), rule("b", 1, any("price")), rule("c", 2, any("not"))];
        let hits = Keywords::new(&WORDS.map(normalised)).unwrap().find("not the price");
        let facts = Facts { hits: &hits, language: &"en".into() };
        let (rule, trials) = first_match(&rules, facts);
        assert_eq!(rule.map(|rule| rule.team), Some(1));
        let tried: Vec<_> = trials.iter().map(|t| (&*t.rule, t.matched)).collect();
        assert_eq!(tried, [("a", false), ("b", true)]);
        let expected = Finding::KeywordFound { keyword: "price".into(), span: 8..13 };
        assert_eq!(trials[1].findings, [expected]);
    }
}
