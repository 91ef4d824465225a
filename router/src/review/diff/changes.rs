//! What is different in the rules themselves.
//!
//! Both sets are compared as `Policy::to_toml` prints them, so that comments, spelling of values
//! and the split into files do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use engine::{Canary, Policy};
use serde::Serialize;
use toml::{Table, Value};

mod leaves;

/// Sections that are compared on their own.
const APART: [&str; 4] = ["rule", "team", "fallback", "canary"];

/// What is different between two sets of rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Changes {
    /// Changed rules: in the order of the new file, the removed ones at the end.
    pub rules: Vec<RuleChange>,
    /// Names of teams that only the new rules have.
    pub teams_added: Vec<String>,
    /// Names of teams that only the old rules have.
    pub teams_removed: Vec<String>,
    /// Teams of both, and what changes of them.
    pub teams_changed: Vec<String>,
    /// The fallback, if it changes.
    pub fallback: Option<String>,
    /// The rules that decide for a share of the contacts, if they change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<String>,
    /// Other sections that change, such as `hours`.
    pub sections: Vec<String>,
    #[serde(skip)]
    renamed: BTreeMap<String, String>,
    #[serde(skip)]
    old: BTreeMap<String, Remarks>,
    #[serde(skip)]
    new: BTreeMap<String, Remarks>,
}

/// What becomes of a rule. Displays in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum RuleChange {
    /// Only the new rules have it.
    Added {
        /// Its name.
        rule: String,
        /// The teams that get what it matches: the first that Intercom accepts.
        assign: Vec<String>,
    },
    /// Only the old rules have it.
    Removed {
        /// Its name.
        rule: String,
        /// The teams that got what it matched.
        assign: Vec<String>,
    },
    /// It says the same under another name.
    Renamed {
        /// Its name before.
        old: String,
        /// Its name now.
        rule: String,
    },
    /// It says something else.
    Changed {
        /// Its name.
        rule: String,
        /// What is different.
        what: String,
    },
    /// It says the same, but is tried earlier or later among those that stay.
    Reordered {
        /// Its name.
        rule: String,
        /// Its place before, from 1.
        from: usize,
        /// Its place now.
        to: usize,
    },
}

impl fmt::Display for RuleChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { rule, assign } => write!(f, "added \"{rule}\", for {}", quoted(assign)),
            Self::Removed { rule, assign } => {
                write!(f, "removed \"{rule}\", which was for {}", quoted(assign))
            }
            Self::Renamed { old, rule } => write!(f, "renamed \"{old}\" to \"{rule}\""),
            Self::Changed { rule, what } => write!(f, "changed \"{rule}\": {what}"),
            Self::Reordered { rule, from, to } => {
                write!(f, "moved \"{rule}\" from place {from} to {to}")
            }
        }
    }
}

/// What a rule does besides finding a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remarks {
    pub(super) priority: String,
    pub(super) tags: BTreeSet<String>,
}

/// What the fallback does besides.
static NOTHING: std::sync::LazyLock<Remarks> =
    std::sync::LazyLock::new(|| Remarks::of(&Table::new()));

impl Remarks {
    fn of(rule: &Table) -> Self {
        let priority = rule.get("priority").and_then(Value::as_str).unwrap_or("normal");
        let tags = rule.get("tags").and_then(Value::as_array).into_iter().flatten();
        let tags = tags.filter_map(Value::as_str).map(str::to_owned).collect();
        Self { priority: priority.to_owned(), tags }
    }
}

impl Changes {
    /// Compares two sets of rules.
    pub(crate) fn between(old: &Policy, new: &Policy) -> Self {
        let canary = canary(old.canary(), new.canary());
        let (old, new) = (printed(old), printed(new));
        let (old_rules, new_rules) = (rules(&old), rules(&new));
        let renamed = renamed(&old_rules, &new_rules);
        let remarks = |rules: &[(&str, &Table)]| {
            rules.iter().map(|(name, rule)| ((*name).to_owned(), Remarks::of(rule))).collect()
        };
        let (old_teams, new_teams) = (section(&old, "team"), section(&new, "team"));
        let only = |these: &Table, those: &Table| {
            these.keys().filter(|name| !those.contains_key(name.as_str())).cloned().collect()
        };
        Self {
            rules: rule_changes(&old_rules, &new_rules, &renamed),
            teams_added: only(&new_teams, &old_teams),
            teams_removed: only(&old_teams, &new_teams),
            teams_changed: entries_changed(&old_teams, &new_teams),
            fallback: leaves::difference(&section(&old, "fallback"), &section(&new, "fallback")),
            canary,
            sections: sections_changed(&old, &new),
            old: remarks(&old_rules),
            new: remarks(&new_rules),
            renamed,
        }
    }

    /// Whether the rules say the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { rules, teams_added, teams_removed, teams_changed, sections, .. } = self;
        let lists = [teams_added, teams_removed, teams_changed, sections];
        let others = [&self.fallback, &self.canary];
        rules.is_empty()
            && others.iter().all(|it| it.is_none())
            && lists.iter().all(|list| list.is_empty())
    }

    /// All changes, each in one line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.rules.iter().map(ToString::to_string).collect();
        lines.extend(self.fallback.iter().map(|what| format!("changed the fallback: {what}")));
        lines.extend(self.canary.clone());
        lines.extend(self.teams_added.iter().map(|team| format!("added team \"{team}\"")));
        lines.extend(self.teams_removed.iter().map(|team| format!("removed team \"{team}\"")));
        lines.extend(self.teams_changed.iter().map(|what| format!("changed team {what}")));
        lines.extend(self.sections.iter().map(|name| format!("changed `{name}`")));
        lines
    }

    /// What an old rule is called now.
    pub(super) fn new_name_of<'a>(&'a self, old: &'a str) -> &'a str {
        self.renamed.get(old).map_or(old, String::as_str)
    }

    /// What an old rule, or the fallback, does besides finding a team.
    pub(super) fn old_remarks(&self, rule: Option<&str>) -> &Remarks {
        rule.and_then(|name| self.old.get(name)).unwrap_or(&NOTHING)
    }

    /// What a new rule, or the fallback, does besides finding a team.
    pub(super) fn new_remarks(&self, rule: Option<&str>) -> &Remarks {
        rule.and_then(|name| self.new.get(name)).unwrap_or(&NOTHING)
    }
}

/// What becomes of the canary, in one line. Its rules are told by their version.
fn canary(old: Option<&Canary>, new: Option<&Canary>) -> Option<String> {
    let called = |it: &Canary| {
        format!(
            "{} for {} of the contacts, version {}",
            it.rules(),
            it.share(),
            it.policy().version()
        )
    };
    match (old, new) {
        (None, None) => None,
        (None, Some(new)) => Some(format!("added the canary {}", called(new))),
        (Some(old), None) => Some(format!("removed the canary {}", called(old))),
        (Some(old), Some(new)) => {
            let salt = (old.salt() != new.salt()).then(|| "other contacts by its salt".to_owned());
            let part = |what: &str, old: String, new: String| {
                (old != new).then(|| format!("{what} {old} → {new}"))
            };
            let version = |it: &Canary| it.policy().version().to_string();
            let parts = [
                part("rules", old.rules().to_owned(), new.rules().to_owned()),
                part("share", old.share().to_string(), new.share().to_string()),
                part("version", version(old), version(new)),
                salt,
            ];
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| format!("changed the canary: {}", parts.join("; ")))
        }
    }
}

fn printed(policy: &Policy) -> Table {
    policy.to_toml().parse().expect("printed rules are TOML")
}

fn section(file: &Table, name: &str) -> Table {
    file.get(name).and_then(Value::as_table).cloned().unwrap_or_default()
}

/// Names and rules without their names, in order.
fn rules(file: &Table) -> Vec<(&str, &Table)> {
    let rules = file.get("rule").and_then(Value::as_array).into_iter().flatten();
    let rules = rules.filter_map(Value::as_table);
    rules.filter_map(|rule| Some((rule.get("name")?.as_str()?, rule))).collect()
}

fn assign(rule: &Table) -> Vec<String> {
    match rule.get("assign") {
        Some(Value::Array(teams)) => {
            teams.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        other => other.and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// Rules whose names are only in one of the files, and which say the same: old name to new.
fn renamed(old: &[(&str, &Table)], new: &[(&str, &Table)]) -> BTreeMap<String, String> {
    let only =
        |name: &str, others: &[(&str, &Table)]| others.iter().all(|(other, _)| *other != name);
    let mut added: Vec<_> = new.iter().filter(|(name, _)| only(name, old)).collect();
    let mut renamed = BTreeMap::new();
    for (name, rule) in old.iter().filter(|(name, _)| only(name, new)) {
        let same = |(_, other): &&(&str, &Table)| leaves::same(&unnamed(rule), &unnamed(other));
        if let Some(place) = added.iter().position(same) {
            renamed.insert((*name).to_owned(), added.remove(place).0.to_owned());
        }
    }
    renamed
}

fn unnamed(rule: &Table) -> Table {
    let mut rule = rule.clone();
    rule.remove("name");
    rule
}

fn rule_changes(
    old: &[(&str, &Table)],
    new: &[(&str, &Table)],
    renamed: &BTreeMap<String, String>,
) -> Vec<RuleChange> {
    let old_name = |name: &str| {
        let by_rename = renamed.iter().find(|(_, new)| *new == name).map(|(old, _)| old.as_str());
        let same = old.iter().find(|(other, _)| *other == name).map(|(other, _)| *other);
        by_rename.or(same).map(str::to_owned)
    };
    let place_before = |name: &str| old.iter().position(|(other, _)| *other == name);
    let befores: Vec<Option<usize>> =
        new.iter().map(|(name, _)| place_before(&old_name(name)?)).collect();
    let in_order = longest_in_order(&befores.iter().flatten().copied().collect::<Vec<_>>());
    let mut changes = Vec::new();
    for (place, ((name, rule), before)) in new.iter().zip(&befores).enumerate() {
        let rule_name = (*name).to_owned();
        let Some(before) = *before else {
            changes.push(RuleChange::Added { rule: rule_name, assign: assign(rule) });
            continue;
        };
        let (was_called, was) = old[before];
        if was_called != *name {
            changes
                .push(RuleChange::Renamed { old: was_called.to_owned(), rule: rule_name.clone() });
        } else if let Some(what) = leaves::difference(was, rule) {
            changes.push(RuleChange::Changed { rule: rule_name.clone(), what });
        }
        if !in_order.contains(&before) {
            changes.push(RuleChange::Reordered {
                rule: rule_name,
                from: before + 1,
                to: place + 1,
            });
        }
    }
    let stays =
        |name: &str| renamed.contains_key(name) || new.iter().any(|(other, _)| *other == name);
    let removed = old.iter().filter(|(name, _)| !stays(name));
    changes.extend(removed.map(|(name, rule)| RuleChange::Removed {
        rule: (*name).to_owned(),
        assign: assign(rule),
    }));
    changes
}

/// The most of these places, all different, that stand in rising order: whatever else has moved.
fn longest_in_order(places: &[usize]) -> BTreeSet<usize> {
    // Length of the best sequence that ends here, and the one before in it.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for (index, place) in places.iter().enumerate() {
        let before = (0..index).filter(|earlier| places[*earlier] < *place);
        let before = before.max_by_key(|earlier| best[*earlier].0);
        best.push((before.map_or(0, |earlier| best[earlier].0) + 1, before));
    }
    let mut chosen = BTreeSet::new();
    let mut next = (0..places.len()).max_by_key(|index| best[*index].0);
    while let Some(index) = next {
        chosen.insert(places[index]);
        next = best[index].1;
    }
    chosen
}

fn entries_changed(old: &Table, new: &Table) -> Vec<String> {
    let both = new.iter().filter_map(|(name, entry)| Some((name, old.get(name)?, entry)));
    let changed = both.filter_map(|(name, old, new)| {
        let what = leaves::difference(old.as_table()?, new.as_table()?)?;
        Some(format!("\"{name}\": {what}"))
    });
    changed.collect()
}

fn sections_changed(old: &Table, new: &Table) -> Vec<String> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let names = names.into_iter().filter(|name| !APART.contains(&name.as_str()));
    names.filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}

#[cfg(test)]
mod tests;
