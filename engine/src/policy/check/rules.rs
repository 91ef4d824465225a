//! Rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::spec::{Located, RuleSpec};
use super::Checker;
use crate::Priority;
use crate::rule::{Named, Remarks, Rule};

/// The longest name of a tag or attribute.
const NAME_CHARS_MAX: usize = 190;
/// The most tags that a rule can put on a conversation: each costs two calls.
const TAGS_MAX: usize = 5;

impl Checker<'_> {
    /// All rules, in the order in which they are tried.
    pub(super) fn rules(&mut self) -> Option<Vec<Rule>> {
        let mut names: BTreeMap<&str, String> = BTreeMap::new();
        // Look at every rule, even after the first mistake.
        let mut rules: Vec<Option<Rule>> = Vec::new();
        self.each_file(|this, file| {
            for spec in &file.spec.rule {
                match names.get(spec.name.value.as_str()) {
                    Some(first) => {
                        let name = &spec.name.value;
                        let message = format!("another rule is called `{name}` already");
                        let help = format!(
                            "the first stands in {first}; reports tell rules apart by their \
                             names: give this one another"
                        );
                        this.error_with_help(spec.name.span.clone(), message, help);
                    }
                    None => {
                        names.insert(&spec.name.value, this.line_of(&spec.name.span));
                    }
                }
                rules.push(this.rule(spec));
            }
        });
        rules.into_iter().collect()
    }

    fn rule(&mut self, spec: &RuleSpec) -> Option<Rule> {
        let name: Arc<str> = spec.name.value.as_str().into();
        let ladder = self.ladder(&spec.assign);
        let teammate = spec.teammate.as_ref().map(|name| self.teammate_named(name));
        let priority = spec.priority.as_ref().map_or(Some(Priority::Normal), |word| {
            self.choice("priority", word, &Priority::ALL.map(|it| (it.name(), it)))
        });
        let require = spec.require.as_ref().map(|specs| self.requirements(specs));
        let remarks = self.remarks(spec);
        let when = match &spec.when {
            Some(when) => self.condition(&name, when, 0),
            None => {
                let message = format!("rule `{name}` has no `when`");
                let help = "say when it applies; what no rule matches goes to `[fallback]`";
                self.error_with_help(spec.name.span.clone(), message, help);
                None
            }
        };
        Some(Rule {
            place: (self.file.clone(), spec.name.span.clone()),
            enabled: spec.enabled.unwrap_or(true),
            when: when?,
            ladder: ladder?,
            teammate: match teammate {
                Some(found) => Some(found?),
                None => None,
            },
            priority: priority?,
            require: match require {
                Some(right) => Some(right?),
                None => None,
            },
            remarks: remarks?,
            name,
        })
    }

    fn teammate_named(&mut self, name: &Located<String>) -> Option<Named> {
        let found = self
            .teammates
            .iter()
            .find(|known| *known.named.name == *name.value)
            .map(|known| known.named.clone());
        if found.is_none() {
            let names: Vec<Arc<str>> =
                self.teammates.iter().map(|it| it.named.name.clone()).collect();
            self.unknown("teammate", name, names.iter().map(|name| &**name));
        }
        found
    }

    fn remarks(&mut self, spec: &RuleSpec) -> Option<Remarks> {
        let mut right = true;
        for tag in &spec.tags {
            let chars = tag.value.chars().count();
            if tag.value.trim().is_empty() || chars > NAME_CHARS_MAX {
                self.error(tag.span.clone(), "this tag is empty or too long");
                right = false;
            }
        }
        if let Some(extra) = spec.tags.get(TAGS_MAX) {
            let message = format!("a rule can put at most {TAGS_MAX} tags on a conversation");
            self.error(extra.span.clone(), message);
            right = false;
        }
        let mut attributes = BTreeMap::new();
        for (name, value) in &spec.set {
            match self.assigned_value(name, value) {
                Some(value) => {
                    attributes.insert(name.value.as_str().into(), value);
                }
                None => right = false,
            }
        }
        let tags = spec.tags.iter().map(|tag| tag.value.as_str().into()).collect();
        right.then_some(Remarks { tags, attributes, note: spec.note })
    }
}

impl Priority {
    /// Every priority.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// Its name in rules files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}
