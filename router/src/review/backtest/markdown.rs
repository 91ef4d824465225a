//! A backtest as Markdown for a comment on a change.

use std::fmt::Write as _;

use super::Backtest;
use super::text::{facts, headline, row, rule};
use crate::review::diff::legible::markdown;
use crate::review::grid::{grouped, percent};

/// How long the comment may become, in bytes: GitHub takes 65,536 characters.
const BYTES_MAX: usize = 60_000;

/// The whole report; of the conversations only so many that GitHub takes the comment.
pub(super) fn render(it: &Backtest, show: usize) -> String {
    let mut text = format!("### Backtest: {}\n\n", markdown(&headline(it)));
    for line in facts(it).iter().chain(&it.changes) {
        let _ = writeln!(text, "- {}", markdown(line));
    }
    if !it.flows.is_empty() {
        text.push_str("\n| from | to | conversations | of all that it had |\n");
        text.push_str("| --- | --- | ---: | ---: |\n");
        for flow in &it.flows {
            let cells = [markdown(&flow.from), markdown(&flow.to), grouped(flow.conversations)];
            let share = percent(Some(flow.share_of_from));
            let _ = writeln!(text, "| {} | {share} |", cells.join(" | "));
        }
    }
    let rules: Vec<_> = it.rules.iter().filter(|rule| rule.before != rule.after).collect();
    if !rules.is_empty() {
        text.push_str("\n| rule | before | after |\n| --- | ---: | ---: |\n");
        for it in rules {
            let name = markdown(&rule(it.rule.as_deref()));
            let _ = writeln!(text, "| {name} | {} | {} |", grouped(it.before), grouped(it.after));
        }
    }
    text + &conversations(it, show)
}

fn conversations(it: &Backtest, show: usize) -> String {
    let mut rows = String::new();
    let mut shown = 0_usize;
    for different in it.different.iter().take(show) {
        let cells: Vec<_> = row(different).iter().map(|cell| markdown(cell)).collect();
        let row = format!("| {} |\n", cells.join(" | "));
        if rows.len() + row.len() > BYTES_MAX {
            break;
        }
        rows.push_str(&row);
        shown += 1;
    }
    if shown == 0 {
        return String::new();
    }
    format!(
        "\n<details>\n<summary>{} of {} conversations that are decided otherwise, the most surprising \
         first</summary>\n\n| conversation | decided at | before | after |\n| --- | --- | --- | --- |\n\
         {rows}\n</details>\n",
        grouped(shown as u64),
        grouped(it.different.len() as u64)
    )
}
