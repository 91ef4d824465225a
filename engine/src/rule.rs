//! Ordered rules: the first that matches says who gets a conversation, and what else is done.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::condition::Condition;
use crate::language::Identified;
use crate::policy::{Policy, Requirement};
use crate::subject::{Facts, Subject};
use crate::{AttributeValue, Explanation, Priority, TeammateId, Trial};

/// One rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: Arc<str>,
    /// Where its name stands: the file, `None` for the main one, and bytes of it.
    pub(crate) place: (Option<Arc<str>>, Range<usize>),
    /// A rule that is switched off is never tried.
    pub(crate) enabled: bool,
    pub(crate) when: Condition,
    /// Indices of the policy's teams: the first that Intercom accepts gets it. Never empty.
    pub(crate) ladder: Vec<usize>,
    pub(crate) teammate: Option<Named>,
    pub(crate) priority: Priority,
    /// What a teammate must be able to do, instead of what the team asks for.
    pub(crate) require: Option<Vec<Requirement>>,
    pub(crate) remarks: Remarks,
}

/// A teammate and the name by which rules know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: Arc<str>,
    /// Where the name is defined: the file, `None` for the main one, and bytes of it.
    pub(crate) place: (Option<Arc<str>>, Range<usize>),
    pub(crate) id: TeammateId,
}

/// What a rule leaves on a conversation besides its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remarks {
    pub(crate) tags: Vec<Arc<str>>,
    pub(crate) attributes: BTreeMap<Arc<str>, AttributeValue>,
    /// Whether a note explains the decision.
    pub(crate) note: bool,
}

/// What the rules say to a conversation, without the reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice<'p> {
    /// The rule that matched; `None` if none did, and the fallback decides.
    pub rule: Option<&'p str>,
    /// The team that should get it, by its name in the rules.
    pub team: &'p str,
}

impl Policy {
    /// What the rules say to a conversation. Says the same as [`Self::explain`], faster.
    #[must_use]
    pub fn choose(&self, subject: &Subject) -> Choice<'_> {
        let facts = Facts::new(self, subject);
        let rule = self.enabled_rules().find(|rule| rule.when.holds(&facts));
        let ladder = rule.map_or(&self.fallback, |rule| &rule.ladder);
        Choice { rule: rule.map(|rule| &*rule.name), team: &self.teams[ladder[0]].name }
    }

    /// What the rules say to a conversation, and why.
    #[must_use]
    pub fn explain(&self, subject: &Subject) -> Explanation {
        self.first_match(subject).1
    }

    /// The topic that fits a message best and how sure that is, from 0 to 1, whether a rule asks
    /// for it or not. `None` without topics, or if there is nothing to go by.
    #[must_use]
    pub fn topic_of(&self, text: &str) -> Option<(&str, f32)> {
        let topics = self.topics.as_ref()?;
        let guess = topics.model.classify(text)?;
        Some((&topics.names[guess.topic], guess.confidence))
    }

    /// The language of a message by its text alone, whether a rule asks for it or not.
    #[must_use]
    pub fn language_of(&self, text: &str) -> Identified {
        self.languages.identify(text, None, None)
    }

    /// The rule that matches, if any, and the explanation.
    pub(crate) fn first_match(&self, subject: &Subject) -> (Option<&Rule>, Explanation) {
        let facts = Facts::new(self, subject);
        let mut trials = Vec::new();
        let mut matched = None;
        for rule in self.enabled_rules() {
            let finding = rule.when.trace(&facts);
            let holds = finding.holds;
            trials.push(Trial { rule: rule.name.clone(), matched: holds, finding });
            if holds {
                matched = Some(rule);
                break;
            }
        }
        let language = facts.language();
        let ladder = matched.map_or(&self.fallback, |rule| &rule.ladder);
        let named = matched.and_then(|rule| rule.teammate.as_ref());
        let explanation = Explanation {
            rule: matched.map(|rule| rule.name.clone()),
            ladder: ladder.iter().map(|team| self.teams[*team].name.clone()).collect(),
            teammate: named.map(|teammate| teammate.name.clone()),
            priority: matched.map_or(Priority::Normal, |rule| rule.priority),
            language: language.language.clone(),
            language_confidence: language.confidence,
            language_source: language.source,
            trials,
            cut_after_bytes: facts.hits.truncated.then_some(facts.hits.read.end),
        };
        (matched, explanation)
    }

    pub(crate) fn enabled_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.enabled)
    }
}
