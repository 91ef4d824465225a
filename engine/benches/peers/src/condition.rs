//! Reads the rules of the bench.

use toml::{Table, Value};

/// A rule.
pub struct Rule {
    /// Its name.
    pub name: String,
    pub(crate) when: Condition,
}

/// What a rule asks for.
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    None(Vec<Condition>),
    /// One of these words or phrases.
    Words(Vec<String>),
    Language(String),
    Tier(String),
    OrdersAtLeast(i64),
    OrdersAtMost(i64),
}

/// All rules of a file, in order.
///
/// # Panics
///
/// If it says what this cannot read.
#[must_use]
pub fn rules(source: &str) -> Vec<Rule> {
    let file: Table = source.parse().expect("TOML");
    let rules = file["rule"].as_array().expect("rules").iter();
    rules
        .map(|rule| Rule {
            name: text(&rule["name"]),
            when: condition(rule["when"].as_table().expect("a table")),
        })
        .collect()
}

impl Rule {
    /// How many words and phrases it names.
    #[must_use]
    pub fn keywords(&self) -> usize {
        self.when.keywords()
    }
}

impl Condition {
    fn keywords(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::None(parts) => {
                parts.iter().map(Self::keywords).sum()
            }
            Self::Words(words) => words.len(),
            _ => 0,
        }
    }
}

fn condition(table: &Table) -> Condition {
    let parts = table.iter().map(|(key, value)| match key.as_str() {
        "all" => Condition::All(group(value)),
        "any" => Condition::Any(group(value)),
        "none" => Condition::None(group(value)),
        "language" => Condition::Language(text(value)),
        "text" => words(value),
        "contact" => Condition::All(
            value.as_table().expect("attributes").iter().map(|it| attribute(it.0, it.1)).collect(),
        ),
        other => panic!("what is `{other}`?"),
    });
    all(parts.collect())
}

fn group(value: &Value) -> Vec<Condition> {
    let parts = value.as_array().expect("a list").iter();
    parts.map(|part| condition(part.as_table().expect("a table"))).collect()
}

fn words(value: &Value) -> Condition {
    let list = |value: &Value| -> Vec<String> {
        value.as_array().expect("a list of words").iter().map(text).collect()
    };
    let Some(table) = value.as_table() else { return Condition::Words(list(value)) };
    let parts = table.iter().map(|(key, value)| match key.as_str() {
        "any" => Condition::Words(list(value)),
        "none" => Condition::None(vec![Condition::Words(list(value))]),
        "all" => all(list(value).into_iter().map(|word| Condition::Words(vec![word])).collect()),
        other => panic!("what is `text.{other}`?"),
    });
    all(parts.collect())
}

fn attribute(name: &str, value: &Value) -> Condition {
    match (name, value) {
        ("tier", Value::String(tier)) => Condition::Tier(tier.clone()),
        ("orders", Value::Table(bounds)) => {
            let bounds = bounds.iter().map(|(key, bound)| {
                let bound = bound.as_integer().expect("a whole number");
                match key.as_str() {
                    "at_least" => Condition::OrdersAtLeast(bound),
                    "at_most" => Condition::OrdersAtMost(bound),
                    other => panic!("what is `{other}`?"),
                }
            });
            all(bounds.collect())
        }
        _ => panic!("what is `contact.{name}`?"),
    }
}

/// One part needs no group.
fn all(mut parts: Vec<Condition>) -> Condition {
    if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
