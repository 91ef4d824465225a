//! Reads a rules file section by section, so that a mistake in one does not hide those of others.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, ValueDeserializer};

use super::{Located, RulesSpec};
use crate::Problem;
use crate::problem::{did_you_mean, list, nearest};

/// The sections that a file can have, in the order of [`RulesSpec`].
const SECTIONS: [&str; 18] = [
    "version",
    "time_zone",
    "include",
    "channel",
    "text",
    "language",
    "topic",
    "attributes",
    "hours",
    "team",
    "teammate",
    "teammates",
    "priority",
    "rule",
    "fallback",
    "after_hours",
    "api",
    "canary",
];

/// Reads a file's shape: what could be read of it, and one problem for each section, rule, team or
/// topic that could not.
pub(in crate::policy) fn read(source: &str) -> (RulesSpec, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(source);
    let mut reader = Reader::default();
    if errors.is_empty() {
        for (key, value) in table.into_inner() {
            reader.section(&key, value);
        }
    } else {
        // Where TOML itself is broken, the rest is guesswork: one place at a time.
        reader.problems.extend(Problem::from_syntax(source, &errors));
    }
    (reader.spec, reader.problems)
}

#[derive(Default)]
struct Reader {
    spec: RulesSpec,
    problems: Vec<Problem>,
}

impl Reader {
    fn section(&mut self, key: &Spanned<DeString<'_>>, value: Spanned<DeValue<'_>>) {
        match key.get_ref().as_ref() {
            "version" => self.spec.version = self.value(value),
            "time_zone" => self.spec.time_zone = self.value(value),
            "include" => self.spec.include = self.value(value).unwrap_or_default(),
            "channel" => self.spec.channel = self.value(value),
            "text" => self.spec.text = self.value(value).unwrap_or_default(),
            "language" => self.spec.language = self.value(value).unwrap_or_default(),
            "topic" => self.spec.topic = self.table(value),
            "attributes" => self.spec.attributes = self.value(value).unwrap_or_default(),
            "hours" => self.spec.hours = self.table(value),
            "team" => self.spec.team = self.table(value),
            "teammate" => self.spec.teammate = self.table(value),
            "teammates" => self.spec.teammates = self.value(value).unwrap_or_default(),
            "priority" => self.spec.priority = self.value(value).unwrap_or_default(),
            "rule" => self.spec.rule = self.array(value),
            "fallback" => self.spec.fallback = self.value(value),
            "after_hours" => self.spec.after_hours = self.value(value).unwrap_or_default(),
            "api" => self.spec.api = self.value(value).unwrap_or_default(),
            "canary" => self.spec.canary = self.value(value),
            unknown => self.unknown_section(unknown, key),
        }
    }

    fn unknown_section(&mut self, name: &str, key: &Spanned<DeString<'_>>) {
        let help = match nearest(name, SECTIONS.into_iter()) {
            Some(near) => did_you_mean(near),
            None => format!("known here: {}", list(SECTIONS.into_iter())),
        };
        self.problems.push(Problem::error(key.span(), format!("unknown key `{name}`")).help(help));
    }

    fn value<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'_>>) -> Option<T> {
        T::deserialize(ValueDeserializer::from(value))
            .map_err(|error| self.problems.push(Problem::from_toml(&error)))
            .ok()
    }

    /// `[team.sales]`, `[team.support]`: each is read on its own.
    fn table<T: DeserializeOwned>(
        &mut self,
        value: Spanned<DeValue<'_>>,
    ) -> BTreeMap<Located<String>, T> {
        let span = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            self.problems.push(
                Problem::error(span, "this is not a table")
                    .help("write a section with a name, such as `[team.sales]`"),
            );
            return BTreeMap::new();
        };
        let entries = table.into_iter().filter_map(|(key, value)| {
            let name = Located { value: key.get_ref().to_string(), span: key.span() };
            let entry = self.value(value);
            if entry.is_none() {
                self.spec.unread.insert(name.value.clone());
            }
            Some((name, entry?))
        });
        entries.collect()
    }

    /// `[[rule]]`: each is read on its own.
    fn array<T: DeserializeOwned>(&mut self, value: Spanned<DeValue<'_>>) -> Vec<T> {
        let span = value.span();
        let DeValue::Array(array) = value.into_inner() else {
            let problem = Problem::error(span, "this is not a list of rules");
            self.problems.push(problem.help("begin each rule with `[[rule]]`"));
            return Vec::new();
        };
        array.into_iter().filter_map(|value| self.value(value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sections_are_those_of_the_structure() {
        let schema = schemars::schema_for!(RulesSpec);
        let properties = schema.get("properties").unwrap().as_object().unwrap();
        let mut keys: Vec<&str> = properties.keys().map(String::as_str).collect();
        let mut sections = SECTIONS;
        keys.sort_unstable();
        sections.sort_unstable();
        assert_eq!(keys, sections);
    }

    #[test]
    fn one_broken_section_does_not_hide_another() {
        let source = "version = \"1\"\n[team.a]\nintercom_team = true\n[team.b]\nintercom_team = 2\n\
                      [[rule]]\nnam = \"x\"\n[[rule]]\nname = \"y\"\nassign = 3\n[fallbak]\n";
        let (spec, problems) = read(source);
        let lines: Vec<usize> = problems.iter().map(|it| it.position(source).0).collect();
        assert_eq!(lines.len(), 5, "{problems:?}");
        assert_eq!(spec.team.len(), 1);
    }
}
