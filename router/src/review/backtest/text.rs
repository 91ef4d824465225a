//! A backtest for a terminal.

use std::fmt::Write as _;

use super::{Backtest, Different, Side};
use crate::review::grid::{grid_of, grouped, percent};

/// The whole report.
pub(super) fn render(it: &Backtest, show: usize) -> String {
    let mut text = headline(it) + "\n";
    for line in facts(it) {
        let _ = writeln!(text, "  {line}");
    }
    for line in &it.changes {
        let _ = writeln!(text, "  {line}");
    }
    if !it.flows.is_empty() {
        let rows = it.flows.iter().map(|flow| {
            let share = percent(Some(flow.share_of_from));
            vec![flow.from.clone(), flow.to.clone(), grouped(flow.conversations), share]
        });
        text.push('\n');
        text += &grid_of(2, &["from", "to", "conversations", "of all that it had"], rows.collect());
    }
    let rules = it.rules.iter().filter(|rule| rule.before != rule.after);
    let rows: Vec<_> = rules
        .map(|it| vec![rule(it.rule.as_deref()), grouped(it.before), grouped(it.after)])
        .collect();
    if !rows.is_empty() {
        text.push('\n');
        text += &grid_of(1, &["rule", "before", "after"], rows);
    }
    if !it.different.is_empty() && show > 0 {
        let rows = it.different.iter().take(show).map(row);
        text.push('\n');
        text += &grid_of(4, &["conversation", "decided at", "before", "after"], rows.collect());
        if it.different.len() > show {
            let _ = writeln!(text, "  and {} more", grouped((it.different.len() - show) as u64));
        }
    }
    text
}

/// What it comes to, in one sentence.
pub(super) fn headline(it: &Backtest) -> String {
    match (it.conversations, it.changes_anything()) {
        (0, _) => "The journal has no decision in this time.".to_owned(),
        (all, false) => format!("None of {} conversations would have moved", grouped(all)),
        (all, true) => {
            let share = it.moved as f64 / all as f64;
            format!(
                "{} of {} conversations would have moved ({})",
                grouped(it.moved),
                grouped(all),
                percent(Some(share))
            )
        }
    }
}

/// What else there is to say, one line each.
pub(super) fn facts(it: &Backtest) -> Vec<String> {
    let mut facts = vec![format!("rules {} → {}", it.old_versions.join(", "), it.new_version)];
    if let (Some(first), Some(last)) = (it.first_at, it.last_at) {
        facts.push(format!("decided from {first} to {last}"));
    }
    let mut count = |number: u64, what: &str| {
        if number > 0 {
            facts.push(format!("{} {what}", grouped(number)));
        }
    };
    count(
        it.without_text,
        "messages have no text any more: both decided without it. `[retention] texts = \"keep\"` keeps it",
    );
    count(it.other_rule, "stay where they were, by another rule");
    count(it.other_language, "are told to be of another language");
    count(it.no_longer_routed, "would not have been decided: they do not come through the channel");
    count(it.newly_routed, "would have been decided that were not");
    count(it.unknown_contacts, "contacts were never asked for then: the candidate did without");
    facts
}

/// Conversation, time, before, after.
pub(super) fn row(it: &Different) -> Vec<String> {
    vec![
        it.conversation.to_string(),
        it.at.to_string(),
        side(it.before.as_ref()),
        side(it.after.as_ref()),
    ]
}

fn side(side: Option<&Side>) -> String {
    match side {
        Some(it) => format!("{} ({}, {})", it.team, rule(it.rule.as_deref()), it.language),
        None => "not decided".to_owned(),
    }
}

/// A rule's name, or what there is instead.
pub(super) fn rule(name: Option<&str>) -> String {
    name.map_or("fallback".to_owned(), |name| format!("\"{name}\""))
}
