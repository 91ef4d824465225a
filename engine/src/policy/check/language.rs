//! Languages: those that messages are told apart in, and those that rules ask for.

use std::sync::Arc;

use super::super::LanguageSettings;
use super::super::spec::{LanguageSpec, Located};
use super::Checker;
use crate::language::supported_languages;
use crate::language::{LanguageClass, LanguageError, LanguageOptions, Languages, UNDETERMINED};
use crate::problem::{did_you_mean, nearest};

/// English names that people write in place of tags, for those that they write most.
const NAMES: [(&str, &str); 24] = [
    ("arabic", "ar"),
    ("bengali", "bn"),
    ("chinese", "zh"),
    ("czech", "cs"),
    ("dutch", "nl"),
    ("english", "en"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("malay", "ms"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("russian", "ru"),
    ("spanish", "es"),
    ("tagalog", "tl"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("vietnamese", "vi"),
];

impl Checker<'_> {
    /// What tells the language of messages.
    pub(super) fn languages(
        &mut self,
        main: &LanguageSpec,
    ) -> Option<(Languages, LanguageSettings)> {
        let before = self.problems.len();
        let among = self.among(main);
        let classes = self.classes();
        let at_least = main.at_least.as_ref().map(|it| self.share(it, "a confidence"));
        let international: Vec<Arc<str>> =
            main.international.iter().map(|word| word.value.as_str().into()).collect();
        self.languages = among.to_vec();
        self.languages.extend(classes.iter().map(|class| class.name.clone()));
        let built = Languages::new(LanguageOptions {
            among: &among,
            classes: &classes,
            international: &international,
            min_confidence: at_least.map(|it| it as f32),
        });
        let settings = LanguageSettings {
            among,
            at_least,
            international,
            classes: classes.into_iter().map(|class| (class.name, class.examples)).collect(),
        };
        match built {
            Ok(languages) => Some((languages, settings)),
            Err(errors) => {
                if self.problems.len() == before {
                    self.language_errors(main, &errors);
                }
                None
            }
        }
    }

    fn among(&mut self, main: &LanguageSpec) -> Vec<Arc<str>> {
        let mut among: Vec<Arc<str>> = Vec::new();
        for tag in main.among.iter().flat_map(|among| &among.value) {
            let lower: Arc<str> = tag.value.to_lowercase().into();
            if !supported_languages().any(|known| *known == *lower) {
                self.unsupported(tag);
            } else if among.contains(&lower) {
                self.error(tag.span.clone(), format!("language `{lower}` is named twice"));
            } else {
                among.push(lower);
            }
        }
        among
    }

    fn unsupported(&mut self, tag: &Located<String>) {
        let lower = tag.value.trim().to_lowercase();
        let primary = lower.split(['-', '_']).next().unwrap_or_default();
        let known = || supported_languages();
        let by_name = NAMES.iter().find(|(name, _)| nearest(&lower, [*name].into_iter()).is_some());
        let meant = match by_name {
            Some((_, tag)) => Some(*tag),
            None => known().find(|known| *known == primary),
        };
        let help = match meant {
            Some(tag) => did_you_mean(tag),
            None => "write its tag, such as `en` or `pt`; a language without one here can be told \
                     by examples: `[language.class.NAME]`"
                .to_owned(),
        };
        let message = format!("language `{}` cannot be told from a text", tag.value);
        self.error_with_help(tag.span.clone(), message, help);
    }

    fn classes(&mut self) -> Vec<LanguageClass> {
        let mut classes: Vec<LanguageClass> = Vec::new();
        self.each_file(|this, file| {
            for (name, spec) in &file.spec.language.class {
                if classes.iter().any(|class| *class.name == *name.value) {
                    let message = format!("another class is called `{}` already", name.value);
                    this.error(name.span.clone(), message);
                }
                let lower = name.value.to_lowercase();
                if lower != name.value || supported_languages().any(|known| known == lower) {
                    let message = format!("`{}` cannot name a class of your own", name.value);
                    let help =
                        "write a name in lower case that is no language's, such as `hi-latn`";
                    this.error_with_help(name.span.clone(), message, help);
                }
                let examples = this.examples("class", name, spec, file);
                classes.push(LanguageClass { name: lower.into(), examples });
            }
        });
        classes
    }

    fn language_errors(&mut self, main: &LanguageSpec, errors: &[LanguageError]) {
        let span = main.among.as_ref().map_or(0..0, |among| among.span.clone());
        for error in errors {
            self.error(span.clone(), error.to_string());
        }
    }

    /// A language that a rule asks for: one that messages can be told to be in, or one of its
    /// regions, which a profile can name.
    pub(super) fn language_of_rule(&mut self, tag: &Located<String>) -> Option<Arc<str>> {
        if self.languages.iter().any(|known| **known == *tag.value.to_lowercase()) {
            return Some(tag.value.to_lowercase().into());
        }
        let checked = self.language_tag(tag)?;
        let primary = checked.split('-').next().unwrap_or_default();
        let known = self.languages.is_empty()
            || *checked == *UNDETERMINED
            || self.languages.iter().any(|known| **known == *primary);
        if !known {
            let names = self.languages.clone();
            let help = format!(
                "add it to `[language] among`, which has {}",
                crate::problem::list(names.iter().map(|name| &**name))
            );
            let message = format!("no message is ever told to be in language `{}`", tag.value);
            self.error_with_help(tag.span.clone(), message, help);
            return None;
        }
        Some(checked)
    }

    /// A language that somebody speaks: a class of the user's own, or any tag.
    pub(super) fn language_of_person(&mut self, tag: &Located<String>) -> Option<Arc<str>> {
        let lower = tag.value.to_lowercase();
        let known = self.languages.iter().find(|known| ***known == *lower).cloned();
        known.or_else(|| self.language_tag(tag))
    }

    /// A tag that looks like one, in lower case.
    pub(super) fn language_tag(&mut self, tag: &Located<String>) -> Option<Arc<str>> {
        let lower = tag.value.to_lowercase();
        let primary = lower.split('-').next().unwrap_or_default();
        let letters = |part: &str| part.chars().all(|c| c.is_ascii_lowercase());
        if matches!(primary.len(), 2 | 3) && letters(primary) {
            return Some(lower.into());
        }
        self.error_with_help(
            tag.span.clone(),
            format!("`{}` is no language tag", tag.value),
            "write `es`, `pt-br`, or `und` for a language that is not known",
        );
        None
    }
}
