//! What rules say to a conversation: those in force, or for their share of the contacts those of the
//! canary. Whoever says it, it is about the teams in force.

use std::sync::Arc;

use super::Engine;
use crate::policy::Requirement;
use crate::rule::{Remarks, Rule};
use crate::subject::Subject;
use crate::{ContactId, ConversationId, Explanation, Policy, Priority, TeammateId};

/// What rules said to a conversation.
pub(super) struct Ruling {
    pub(super) explanation: Explanation,
    /// The rule that matched; `None` if none did.
    pub(super) rule: Option<Arc<str>>,
    /// Indices of the rule's teams; empty if none matched.
    pub(super) ladder: Vec<usize>,
    /// Indices of the teams that come after them.
    pub(super) fallback: Vec<usize>,
    pub(super) remarks: Remarks,
    pub(super) priority: Priority,
    pub(super) preferred: Option<TeammateId>,
    pub(super) require: Option<Vec<Requirement>>,
    /// The version of the canary's rules, if they said it.
    pub(super) canary: Option<Arc<str>>,
}

impl Ruling {
    fn new(rule: Option<&Rule>, explanation: Explanation, policy: &Policy) -> Self {
        Self {
            explanation,
            rule: rule.map(|it| it.name.clone()),
            ladder: rule.map(|it| it.ladder.clone()).unwrap_or_default(),
            fallback: policy.fallback.clone(),
            remarks: rule.map(|it| it.remarks.clone()).unwrap_or_default(),
            priority: rule.map(|it| it.priority).unwrap_or_default(),
            preferred: rule.and_then(|it| it.teammate.as_ref()).map(|teammate| teammate.id),
            require: rule.and_then(|it| it.require.clone()),
            canary: None,
        }
    }
}

impl Engine {
    /// Tries the rules that decide about this contact.
    pub(super) fn ruling(&self, subject: &mut Subject) -> Ruling {
        let Some(canary) = self.policy.canary_for(&subject.identity) else {
            let (rule, explanation) = self.policy.first_match(subject);
            return Ruling::new(rule, explanation, &self.policy);
        };
        let policy = canary.policy();
        let queues = self.policy.queues_for(policy, &subject.queues);
        let in_force = std::mem::replace(&mut subject.queues, queues);
        let (rule, explanation) = policy.first_match(subject);
        subject.queues = in_force;
        let ruling = Ruling::new(rule, explanation, policy);
        Ruling {
            ladder: canary.in_force(&ruling.ladder),
            fallback: canary.in_force(&ruling.fallback),
            canary: Some(policy.version.clone()),
            ..ruling
        }
    }
}

/// What tells contacts apart for shares of them: the contact's id, else the conversation's.
pub(super) fn identity<'a>(contact: Option<&'a ContactId>, id: &'a ConversationId) -> &'a str {
    contact.map_or(id.as_str(), ContactId::as_str)
}
