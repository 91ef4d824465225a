//! Where things stand that a policy does not remember the places of.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::RulesSource;
use super::super::source::resolve;
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
    /// Reads the main file and what it includes once more; not the files of a canary.
    pub(super) fn read(source: &RulesSource) -> Self {
        let mut places = Self::default();
        let (main, _) = spec::read(source.text(None).unwrap_or_default());
        places.channel = main.channel.as_ref().map_or(0..0, |it| it.span.clone());
        places.fallback = main.fallback.as_ref().map_or(0..0, |it| it.assign.span.clone());
        for tag in main.language.among.iter().flat_map(|it| &it.value) {
            places.languages.insert(tag.value.to_lowercase(), (None, tag.span.clone()));
        }
        places.add(None, &main);
        for (name, spec) in included(source, &main) {
            places.add(Some(name), &spec);
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

/// All files that the main file includes, by their names.
fn included(source: &RulesSource, main: &RulesSpec) -> BTreeMap<Arc<str>, RulesSpec> {
    let mut found: BTreeMap<Arc<str>, RulesSpec> = BTreeMap::new();
    let paths = |name: &str, spec: &RulesSpec| -> Vec<Arc<str>> {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        spec.include.iter().map(|path| resolve(folder, &path.value).into()).collect()
    };
    let mut open = paths("", main);
    while let Some(name) = open.pop() {
        let Some(text) = source.text(Some(&name)) else { continue };
        if found.contains_key(&name) {
            continue;
        }
        let (spec, _) = spec::read(text);
        open.extend(paths(&name, &spec));
        found.insert(name, spec);
    }
    found
}
