//! A comparison as Markdown for a comment on a change: a summary, the flows, and the messages
//! folded away.

use std::fmt::Write as _;

use super::legible::{markdown, one_line, percent, quoted};
use super::text::{accuracy, counts, headline, reason};
use super::{Comparison, Move};
use crate::review::grid::grouped;

/// The longest part of a message that is shown, in characters.
const MESSAGE_CHARS_MAX: usize = 120;
/// The longest summary of what is different in a rule, in characters.
const CHANGE_CHARS_MAX: usize = 300;
/// How many changes of rules stand outside of the fold.
const CHANGES_MAX: usize = 10;
/// How long the comment may become, in bytes: GitHub takes 65,536 characters.
const BYTES_MAX: usize = 60_000;

/// The whole comparison; of the messages that move, only the first `show`, and only so many that
/// GitHub takes the comment.
#[must_use]
pub fn render(comparison: &Comparison, max_moved: Option<f64>, show: usize) -> String {
    let it = comparison;
    let sign = match max_moved {
        Some(most) if it.exceeds(most) => "❌ ",
        Some(_) => "✅ ",
        None => "",
    };
    let mut text = format!("### {sign}{}\n\n", markdown(&headline(it, max_moved)));
    let facts = counts(it).into_iter();
    let facts = facts.chain(it.tally.expected.iter().flat_map(accuracy));
    for line in facts {
        let _ = writeln!(text, "- {}", markdown(line.trim()));
    }
    let _ = writeln!(
        text,
        "- rules {} → {}, decided as of {}",
        it.old_version,
        it.new_version,
        markdown(&it.at)
    );
    text.push_str(&changes(it));
    if it.tally.moved > 0 {
        text.push_str(&flows(it));
        text.push_str(&moves(it, show, BYTES_MAX.saturating_sub(text.len())));
    }
    text
}

fn changes(it: &Comparison) -> String {
    let lines = it.changes.lines();
    if lines.is_empty() {
        return "\nThe rules say the same.\n".to_owned();
    }
    let mut text = String::from("\n**Rules**\n\n");
    for line in lines.iter().take(CHANGES_MAX) {
        let _ = writeln!(text, "- {}", markdown(&one_line(line, CHANGE_CHARS_MAX)));
    }
    if lines.len() > CHANGES_MAX {
        let _ = writeln!(text, "- and {} more", lines.len() - CHANGES_MAX);
    }
    text
}

fn flows(it: &Comparison) -> String {
    let mut text = String::from("\n| from | to | messages | of all that it had |\n");
    text.push_str("| --- | --- | ---: | ---: |\n");
    for flow in it.tally.flows.iter().filter(|flow| flow.from != flow.to) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            markdown(&flow.from),
            markdown(&flow.to),
            grouped(flow.messages),
            percent(flow.share_of_from)
        );
    }
    text
}

fn moves(it: &Comparison, show: usize, room: usize) -> String {
    let labelled = it.tally.expected.is_some();
    let mut rows = String::new();
    let mut shown = 0_usize;
    for row in it.moves.iter().take(show).map(|moved| row(moved, labelled)) {
        if rows.len() + row.len() > room {
            break;
        }
        rows.push_str(&row);
        shown += 1;
    }
    let (heading, line) = if labelled { (" effect |", " --- |") } else { ("", "") };
    let which = if shown == it.moves.len() {
        String::from("Messages that move")
    } else {
        format!(
            "{} of {} messages that move",
            grouped(shown as u64),
            grouped(it.moves.len() as u64)
        )
    };
    format!(
        "\n<details>\n<summary>{which}, the most surprising first</summary>\n\n\
         | message | × | from → to | before | after |{heading}\n\
         | --- | ---: | --- | --- | --- |{line}\n{rows}\n</details>\n"
    )
}

fn row(it: &Move, labelled: bool) -> String {
    let mut row = format!(
        "| {} | {} | {} → {} | {} | {} |",
        quoted(&one_line(&it.text, MESSAGE_CHARS_MAX)),
        grouped(it.messages),
        markdown(&it.old.team),
        markdown(&it.new.team),
        markdown(&one_line(&reason(&it.old), MESSAGE_CHARS_MAX)),
        markdown(&one_line(&reason(&it.new), MESSAGE_CHARS_MAX)),
    );
    if labelled {
        let effect = it.effect.map_or("", super::Effect::name);
        let _ = write!(row, " {effect} |");
    }
    row.push('\n');
    row
}
