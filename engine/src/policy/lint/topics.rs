//! Topics that their examples do not tell apart.

use std::collections::BTreeMap;

use super::super::check::TOPIC_CONFIDENCE;
use super::{Linter, quoted};
use crate::text::normalised;

/// So many examples of a topic are tried.
const TRIED_MAX: usize = 200;

impl Linter<'_> {
    pub(super) fn topics(&mut self) {
        let Some(topics) = &self.policy.topics else { return };
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut shared: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
        for (topic, text) in &topics.examples {
            let other = *first.entry(normalised(text, &self.policy.text)).or_insert(*topic);
            if other != *topic {
                shared.entry((*topic, other)).or_default().push(text);
            }
        }
        for ((topic, other), texts) in shared {
            let (name, other) = (&topics.names[topic], &topics.names[other]);
            let message = format!(
                "topic `{name}` has examples that topic `{other}` has as well: {}",
                quoted(texts.iter().copied())
            );
            let help = "leave each with the topic that it is about";
            self.warn("shared-example", self.places.topic(name), message, help);
        }
        for (topic, name) in topics.names.iter().enumerate() {
            let examples = topics.examples.iter().filter(|(it, _)| *it == topic);
            let tried: Vec<bool> = examples
                .take(TRIED_MAX)
                .map(|(_, text)| {
                    topics.model.classify(text).is_some_and(|guess| {
                        guess.topic == topic && f64::from(guess.confidence) >= TOPIC_CONFIDENCE
                    })
                })
                .collect();
            let known = tried.iter().filter(|known| **known).count();
            if known * 2 < tried.len() {
                let message = format!(
                    "topic `{name}` is recognised in {known} of its own {} examples, at a \
                     confidence of {TOPIC_CONFIDENCE}",
                    tried.len()
                );
                let help = "give it more examples, or ones that are less like those of others";
                self.warn("weak-topic", self.places.topic(name), message, help);
            }
        }
    }
}
