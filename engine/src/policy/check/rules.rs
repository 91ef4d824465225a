//! Rules and their conditions.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;

use super::super::spec::{RuleSpec, WhenSpec};
use super::Checker;
use crate::rule::{Condition, Keyword, Rule};
use crate::text::{KeywordId, normalised};

/// Limits of what one file may hold, so that a slip of the pen does not fill the memory.
const KEYWORDS_MAX: usize = 20_000;
const KEYWORD_BYTES_MAX: usize = 200;

impl Checker {
    pub(super) fn rules(&mut self, specs: &[RuleSpec]) -> Option<Vec<Rule>> {
        let mut names = BTreeSet::new();
        for spec in specs {
            if !names.insert(spec.name.get_ref()) {
                let message = format!("another rule is called `{}` already", spec.name.get_ref());
                self.error(spec.name.span(), message);
            }
        }
        // Look at every rule, even after the first mistake.
        let rules: Vec<Option<Rule>> = specs.iter().map(|spec| self.rule(spec)).collect();
        rules.into_iter().collect()
    }

    fn rule(&mut self, spec: &RuleSpec) -> Option<Rule> {
        let team = self.team_named(&spec.assign);
        let when = match &spec.when {
            Some(when) => self.condition(when),
            None => {
                let message = format!("rule `{}` has no `when`", spec.name.get_ref());
                let help = "say when it applies; what no rule matches goes to `[fallback]`";
                self.error_with_help(spec.name.span(), message, help.into());
                None
            }
        };
        Some(Rule { name: spec.name.get_ref().as_str().into(), team: team?, when: when? })
    }

    fn condition(&mut self, spec: &Spanned<WhenSpec>) -> Option<Condition> {
        let it = spec.get_ref();
        let mut parts = Vec::new();
        if let Some(group) = &it.all {
            parts.push(Condition::All(self.group(group)?));
        }
        if let Some(group) = &it.any {
            parts.push(Condition::Any(self.group(group)?));
        }
        if let Some(group) = &it.none {
            parts.push(Condition::None(self.group(group)?));
        }
        if let Some(text) = &it.text {
            if let Some(any) = &text.any {
                parts.push(Condition::AnyKeyword(self.keywords(any, spec.span())?));
            }
            if let Some(none) = &text.none {
                parts.push(Condition::NoKeyword(self.keywords(none, spec.span())?));
            }
        }
        if let Some(languages) = &it.language {
            parts.push(Condition::Language(self.languages(&languages.0, spec.span())?));
        }
        match parts.len() {
            0 => {
                let help = "write `when.text = [\"refund\"]` or `when.language = \"es\"`";
                self.error_with_help(spec.span(), "this asks for nothing".into(), help.into());
                None
            }
            1 => parts.pop(),
            _ => Some(Condition::All(parts)),
        }
    }

    fn group(&mut self, specs: &[Spanned<WhenSpec>]) -> Option<Vec<Condition>> {
        specs.iter().map(|spec| self.condition(spec)).collect()
    }

    fn keywords(&mut self, words: &[Spanned<String>], span: Range<usize>) -> Option<Vec<Keyword>> {
        if words.is_empty() {
            self.error(span, "a list of keywords is empty");
            return None;
        }
        words.iter().map(|word| self.keyword(word)).collect()
    }

    fn keyword(&mut self, word: &Spanned<String>) -> Option<Keyword> {
        let text = normalised(word.get_ref());
        if text.is_empty() || text.len() > KEYWORD_BYTES_MAX {
            let help = format!("a keyword has 1 to {KEYWORD_BYTES_MAX} bytes");
            let message = "this keyword is empty or too long".to_owned();
            self.error_with_help(word.span(), message, help);
            return None;
        }
        let spelled: Arc<str> = word.get_ref().as_str().into();
        if let Some(id) = self.keyword_ids.get(&text) {
            return Some(Keyword { id: *id, spelled });
        }
        if self.keywords.len() == KEYWORDS_MAX {
            self.error(word.span(), format!("more than {KEYWORDS_MAX} keywords"));
            return None;
        }
        let id = KeywordId(u32::try_from(self.keywords.len()).expect("at most KEYWORDS_MAX"));
        self.keywords.push(text.clone());
        self.keyword_ids.insert(text, id);
        Some(Keyword { id, spelled })
    }

    fn languages(&mut self, tags: &[Spanned<String>], span: Range<usize>) -> Option<Vec<Arc<str>>> {
        if tags.is_empty() {
            self.error(span, "a list of languages is empty");
            return None;
        }
        tags.iter().map(|tag| self.language(tag, &span)).collect()
    }

    fn language(&mut self, tag: &Spanned<String>, condition: &Range<usize>) -> Option<Arc<str>> {
        let lower = tag.get_ref().to_lowercase();
        let primary = lower.split('-').next().unwrap_or_default();
        let letters = |part: &str| part.chars().all(|c| c.is_ascii_lowercase());
        if matches!(primary.len(), 2 | 3) && letters(primary) {
            return Some(lower.into());
        }
        let span = if tag.span().is_empty() { condition.clone() } else { tag.span() };
        self.error_with_help(
            span,
            format!("`{}` is no language tag", tag.get_ref()),
            "write `es`, `pt-br`, or `und` for a language that is not known".into(),
        );
        None
    }
}
