//! Where things stand that a policy does not remember the places of.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::RulesSource;
use super::super::spec::{self, RulesSpec};
use super::Place;

/// Places by name. A thing that has none stands for its whole file.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) channel: Range<usize>,
    pub(super) fallback: Range<usize>,
    /// Languages of `[language] among`, in lower case, and classes.
    languages: BTreeMap<String, Place>,
    topics: BTreeMap<String, Place>,
}

impl Places {
    /// Reads all files once more. A file that is no rules file, such as one with examples, is
    /// passed over.
    pub(super) fn read(source: &RulesSource) -> Self {
        let mut places = Self::default();
        let (main, _) = spec::read(source.text(None).unwrap_or_default());
        places.channel = main.channel.as_ref().map_or(0..0, |it| it.span.clone());
        places.fallback = main.fallback.as_ref().map_or(0..0, |it| it.assign.span.clone());
        for tag in main.language.among.iter().flat_map(|it| &it.value) {
            places.languages.insert(tag.value.to_lowercase(), (None, tag.span.clone()));
        }
        places.add(None, &main);
        for name in source.others() {
            let (spec, problems) = spec::read(source.text(Some(name)).unwrap_or_default());
            if problems.is_empty() {
                places.add(Some(name.into()), &spec);
            }
        }
        places
    }

    fn add(&mut self, file: Option<Arc<str>>, spec: &RulesSpec) {
        for name in spec.language.class.keys() {
            self.languages.insert(name.value.clone(), (file.clone(), name.span.clone()));
        }
        for name in spec.topic.keys() {
            self.topics.insert(name.value.clone(), (file.clone(), name.span.clone()));
        }
    }

    /// Where a language is configured, by its tag in lower case.
    pub(super) fn language(&self, tag: &str) -> Place {
        self.languages.get(tag).cloned().unwrap_or_default()
    }

    /// Where a topic is defined.
    pub(super) fn topic(&self, name: &str) -> Place {
        self.topics.get(name).cloned().unwrap_or_default()
    }
}
