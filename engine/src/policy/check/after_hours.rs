//! What happens while a team is closed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::AfterHours;
use super::super::spec::{AfterHoursSpec, Located};
use super::Checker;

/// The longest text that a contact is sent.
const ACKNOWLEDGEMENT_CHARS_MAX: usize = 2_000;

impl Checker<'_> {
    pub(super) fn after_hours(&mut self, spec: &AfterHoursSpec) -> AfterHours {
        let hold_in = spec.hold_in.as_ref().and_then(|name| self.team_named(name));
        let release_per_minute = spec.release.as_ref().and_then(|release| {
            let help = "leave `release` out to hand out everything at opening";
            self.number("per_minute", &release.per_minute, 1..=6_000, help)
        });
        let acknowledge = self.acknowledgements(&spec.acknowledge);
        AfterHours { hold_in, release_per_minute, acknowledge }
    }

    fn acknowledgements(
        &mut self,
        spec: &BTreeMap<Located<String>, Located<String>>,
    ) -> BTreeMap<Arc<str>, Arc<str>> {
        let mut texts = BTreeMap::new();
        for (tag, text) in spec {
            let count = text.value.chars().count();
            if text.value.trim().is_empty() {
                let help = "leave the language out: `und` is for all that are not here";
                self.error_with_help(text.span.clone(), "this text is empty", help);
            } else if count > ACKNOWLEDGEMENT_CHARS_MAX {
                let message = format!("this text has {count} characters");
                let help = format!("write at most {ACKNOWLEDGEMENT_CHARS_MAX}");
                self.error_with_help(text.span.clone(), message, help);
            }
            let Some(language) = self.language_of_rule(tag) else { continue };
            if texts.insert(language, text.value.as_str().into()).is_some() {
                let message = format!("language `{}` has another text already", tag.value);
                self.error(tag.span.clone(), message);
            }
        }
        texts
    }
}
