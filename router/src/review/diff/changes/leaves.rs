//! Differences between two tables, told by what stands at the ends of their branches.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// How many values of a kind are named; the rest is counted.
const SHOWN_MAX: usize = 5;

/// What is different, in one line; `None` if nothing is. A name does not count.
///
/// The keys of tables make the path of a value; where it stands in a list does not matter, so that
/// a keyword that was put elsewhere in its list is no change.
pub(super) fn difference(old: &Table, new: &Table) -> Option<String> {
    let (old_values, new_values) = (values(old), values(new));
    let mut paths: Vec<&String> = old_values.keys().chain(new_values.keys()).collect();
    paths.sort();
    paths.dedup();
    let nothing = Vec::new();
    let mut parts = Vec::new();
    for path in paths {
        let before = old_values.get(path).unwrap_or(&nothing);
        let after = new_values.get(path).unwrap_or(&nothing);
        let (removed, added) = (without(before, after), without(after, before));
        match (before.as_slice(), after.as_slice()) {
            _ if removed.is_empty() && added.is_empty() => {}
            ([before], [after]) => parts.push(format!("{path} {before} → {after}")),
            _ => {
                let sign = |sign: &str, values: &[String]| {
                    (!values.is_empty()).then(|| format!("{sign}{}", listed(values)))
                };
                let both = [sign("+", &added), sign("−", &removed)];
                let both: Vec<String> = both.into_iter().flatten().collect();
                parts.push(format!("{path} {}", both.join(" ")));
            }
        }
    }
    if !parts.is_empty() {
        return Some(parts.join("; "));
    }
    // The same values, put together in another way; lists of words aside.
    (!same(old, new)).then(|| "its conditions are put together in another way".to_owned())
}

/// Whether two tables say the same; the order of texts in a list does not matter, but for the
/// teams of a rule, of which the first comes first.
pub(super) fn same(old: &Table, new: &Table) -> bool {
    let sorted = |table: &Table| {
        let mut table = table.clone();
        table.iter_mut().filter(|(key, _)| *key != "assign").for_each(|(_, it)| sort(it));
        table
    };
    sorted(old) == sorted(new)
}

fn sort(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(sort);
            if items.iter().all(Value::is_str) {
                items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            }
        }
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| sort(value)),
        _ => {}
    }
}

/// A value as a person writes it; lists without brackets.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Values by the path of their keys.
fn values(table: &Table) -> BTreeMap<String, Vec<String>> {
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if key == "assign" {
            // The order of a ladder matters.
            values.insert(key.clone(), vec![shown(value)]);
        } else {
            collect(key, value, &mut values);
        }
    }
    values
}

fn collect(path: &str, value: &Value, values: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Table(table) => {
            table.iter().for_each(|(key, it)| collect(&format!("{path}.{key}"), it, values));
        }
        Value::Array(items) => items.iter().for_each(|it| collect(path, it, values)),
        leaf => values.entry(path.to_owned()).or_default().push(leaf.to_string()),
    }
}

/// The values that the others do not have, each as often as it is missing there.
fn without(these: &[String], others: &[String]) -> Vec<String> {
    let mut others = others.to_vec();
    let is_new = |value: &&String| match others.iter().position(|other| other == *value) {
        Some(place) => {
            others.swap_remove(place);
            false
        }
        None => true,
    };
    these.iter().filter(is_new).cloned().collect()
}

fn listed(values: &[String]) -> String {
    let mut text = values.iter().take(SHOWN_MAX).cloned().collect::<Vec<_>>().join(", ");
    if values.len() > SHOWN_MAX {
        text.push_str(&format!(" and {} more", values.len() - SHOWN_MAX));
    }
    text
}
