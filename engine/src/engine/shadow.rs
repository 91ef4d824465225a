//! Rules beside those in force: they are shown what those are shown, and decide nothing.

use super::Engine;
use crate::subject::Subject;
use crate::{Policy, Shadowed};

impl Engine {
    /// Sets the rules that every routing decision is compared with, or ends the comparison. They
    /// change nothing that the engine does or knows: what they would have decided comes as
    /// [`Verdict::Shadowed`](crate::Verdict::Shadowed) behind the decision. They are no part of a
    /// checkpoint.
    pub fn set_shadow(&mut self, policy: Option<Policy>) {
        self.shadow = policy;
    }

    /// What the rules in the shadow say to what was just decided by the others, be they those in
    /// force or a canary's.
    ///
    /// They see the contact's profile only if the rules in force had it fetched.
    pub(super) fn in_shadow(
        &self,
        mut subject: Subject,
        team: &str,
        rule: Option<&str>,
    ) -> Option<Shadowed> {
        let shadow = self.shadow.as_ref()?;
        subject.queues = self.policy.queues_for(shadow, &subject.queues);
        let (_, explanation) = shadow.first_match(&subject);
        let first = explanation.ladder[0].clone();
        Some(Shadowed {
            rules_version: shadow.version.clone(),
            same_team: *first == *team,
            same_rule: explanation.rule.as_deref() == rule,
            team: first,
            rule: explanation.rule,
            live_team: team.into(),
        })
    }
}
