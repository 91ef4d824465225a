//! A comparison as text for a terminal.

use std::fmt::Write as _;

use super::legible::{messages, one_line, percent};
use super::{Comparison, Effect, Expected, Move, Side};
use crate::review::grid::{grid, grid_of, grouped};

/// The longest part of a message that is shown, in characters.
const MESSAGE_CHARS_MAX: usize = 160;
/// How many words of a rule are named.
const WORDS_MAX: usize = 8;

/// The whole comparison; of the messages that move, only the first `show`.
#[must_use]
pub fn render(comparison: &Comparison, max_moved: Option<f64>, show: usize) -> String {
    let mut text = String::new();
    let it = comparison;
    let _ = writeln!(text, "Rules {} → {}", it.old_version, it.new_version);
    for line in it.changes.lines() {
        let _ = writeln!(text, "  {line}");
    }
    if it.changes.is_empty() {
        text.push_str("  say the same\n");
    }
    let _ = writeln!(text, "\n{}", headline(it, max_moved));
    for line in counts(it) {
        let _ = writeln!(text, "  {line}");
    }
    if let Some(expected) = &it.tally.expected {
        let _ = writeln!(text, "\n{}", accuracy(expected).join("\n"));
    }
    let _ = write!(text, "\nTeams\n{}", teams(it));
    if it.tally.moved > 0 {
        let _ = write!(text, "\nFrom team to team\n{}", flows(it));
        text.push_str(&moves(it, show));
    }
    text
}

/// How much moves, in one sentence.
pub(super) fn headline(it: &Comparison, max_moved: Option<f64>) -> String {
    let tally = &it.tally;
    let moved = percent(tally.moved_share());
    let of = messages(tally.messages);
    let verb = if tally.moved == 1 { "moves" } else { "move" };
    let limit = match max_moved {
        None => "",
        Some(most) if it.exceeds(most) => &format!(": more than the {} allowed", percent(most)),
        Some(most) => &format!(": at most {} may", percent(most)),
    };
    format!("{} of {of} {verb} to another team ({moved}){limit}", grouped(tally.moved))
}

/// What else is different in the decisions, each in one line.
pub(super) fn counts(it: &Comparison) -> Vec<String> {
    let tally = &it.tally;
    let mut lines = Vec::new();
    let mut count = |number: u64, what: &str| {
        if number > 0 {
            lines.push(format!("{} ({}) {what}", grouped(number), of_all(it, number)));
        }
    };
    count(tally.to_fallback, "to the fallback: no rule takes them any more");
    count(tally.from_fallback, "from the fallback: a rule takes them now");
    count(tally.other_rule, "stay with their team, by another rule");
    for it in &tally.priorities {
        count(it.messages, &format!("change their priority from {} to {}", it.old, it.new));
    }
    for it in &tally.tags {
        let tag = one_line(&it.tag, MESSAGE_CHARS_MAX);
        count(it.gained, &format!("get the tag \"{tag}\""));
        count(it.lost, &format!("lose the tag \"{tag}\""));
    }
    lines
}

fn of_all(it: &Comparison, number: u64) -> String {
    percent(number as f64 / it.tally.messages.max(1) as f64)
}

/// How often the rules are right, before and after.
pub(super) fn accuracy(expected: &Expected) -> Vec<String> {
    let of = expected.messages;
    let right = |right: u64| format!("{} ({})", grouped(right), percent(right as f64 / of as f64));
    let mut lines = vec![
        format!(
            "Of {} with an expected team, {} were right before and {} are now",
            messages(of),
            right(expected.right_before),
            right(expected.right_after)
        ),
        format!(
            "  fixed {}, broken {}, still wrong {}",
            grouped(expected.fixed),
            grouped(expected.broken),
            grouped(expected.still_wrong)
        ),
    ];
    if !expected.unknown_teams.is_empty() {
        let names = expected.unknown_teams.join(", ");
        lines.push(format!("  no team of these rules is called {}", one_line(&names, 200)));
    }
    lines
}

fn teams(it: &Comparison) -> String {
    let rows = it.tally.teams.iter().map(|team| {
        let numbers = [team.before, team.after, team.gained, team.lost].map(grouped);
        [vec![team.team.clone()], numbers.to_vec()].concat()
    });
    grid(&["", "before", "after", "gained", "lost"], rows.collect())
}

fn flows(it: &Comparison) -> String {
    let moving = it.tally.flows.iter().filter(|flow| flow.from != flow.to);
    let rows = moving.map(|flow| {
        let share = percent(flow.share_of_from);
        vec![flow.from.clone(), flow.to.clone(), grouped(flow.messages), share]
    });
    grid_of(2, &["from", "to", "messages", "of all that it had"], rows.collect())
}

fn moves(it: &Comparison, show: usize) -> String {
    let mut text = String::from("\nWhat moves, the most surprising first\n");
    for moved in it.moves.iter().take(show) {
        text.push_str(&entry(moved));
    }
    if it.moves.len() > show {
        let rest = it.moves.len() - show;
        let _ = writeln!(text, "\n  and {} more: --show N shows N", grouped(rest as u64));
    }
    text
}

fn entry(it: &Move) -> String {
    let many =
        if it.messages > 1 { format!("  ×{}", grouped(it.messages)) } else { String::new() };
    let effect = match (it.effect, &it.expected) {
        (Some(Effect::StillWrong), Some(team)) => {
            format!("  still wrong: expected {}", one_line(team, 60))
        }
        (Some(effect), _) => format!("  {}", effect.name()),
        _ => String::new(),
    };
    format!(
        "\n  {} → {}  {:.1} bits  {}:{}{many}{effect}\n    “{}”\n    before  {}\n    after   {}\n",
        it.old.team,
        it.new.team,
        it.surprise_bits,
        it.path.display(),
        it.line,
        one_line(&it.text, MESSAGE_CHARS_MAX),
        reason(&it.old),
        reason(&it.new)
    )
}

/// The rule that decides, and its words in the message.
pub(super) fn reason(side: &Side) -> String {
    let Some(rule) = &side.rule else { return "no rule: the fallback".to_owned() };
    if side.words.is_empty() {
        return format!("rule \"{rule}\"");
    }
    let words = side.words.iter().take(WORDS_MAX);
    let words: Vec<String> = words.map(|word| format!("\"{}\"", one_line(word, 60))).collect();
    let more = if side.words.len() > WORDS_MAX { ", …" } else { "" };
    format!("rule \"{rule}\" by {}{more}", words.join(", "))
}
