//! What a change of rules would move: every message of a corpus decided under the old and under
//! the new rules.
//!
//! The messages that move are sorted by how surprising that is. The surprise of a move from team A
//! to team B is the self-information of it among all messages that A had before, in bits:
//! `-log2(messages from A to B / messages of A)`. A whole class of messages that moves on purpose
//! has little of it; the one message that leaves a team of a thousand has ten bits, and is where a
//! mistake hides. Moves of the same surprise stand in the order of the rules that newly decide,
//! then in the order of the corpus.

use std::collections::BTreeMap;
use std::path::PathBuf;

use engine::{Policy, Timestamp};
use serde::Serialize;

use super::case::LocatedCase;

pub mod markdown;
pub mod text;

mod changes;
mod evidence;
pub(in crate::review) mod legible;
mod tally;

pub use changes::{Changes, RuleChange};
pub use tally::{Expected, Flow, PriorityCount, TagCount, Tally, TeamCount};

/// What a change of rules would do to a corpus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Version of the old rules.
    pub old_version: String,
    /// Version of the new rules.
    pub new_version: String,
    /// The moment at which messages are decided that do not say when, as RFC 3339 in UTC.
    pub at: String,
    /// What is different in the rules.
    pub changes: Changes,
    /// What is different in the decisions, counted.
    #[serde(flatten)]
    pub tally: Tally,
    /// The messages that get another team, the most surprising first; equal ones stand together.
    pub moves: Vec<Move>,
}

/// Messages that say the same and move alike.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Move {
    /// How surprising it is, in bits.
    pub surprise_bits: f64,
    /// How many messages.
    pub messages: u64,
    /// The file of the first of them.
    pub path: PathBuf,
    /// Its line, from 1.
    pub line: usize,
    /// The message.
    pub text: String,
    /// What the old rules say.
    pub old: Side,
    /// What the new rules say.
    pub new: Side,
    /// The team that should get it, if the corpus says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What the move is worth, if the corpus says which team should get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// What one set of rules says to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The team.
    pub team: String,
    /// The rule that decides; `None` for the fallback.
    pub rule: Option<String>,
    /// The words of that rule that stand in the message, as the rules spell them; each once.
    pub words: Vec<String>,
}

/// What a move is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Wrong before, right now.
    Fixed,
    /// Right before, wrong now.
    Broken,
    /// Wrong before, and wrong in another way now.
    StillWrong,
}

impl Effect {
    /// The effect of a move from one team to another, if `expected` should get it.
    fn of(old: &str, new: &str, expected: &str) -> Self {
        if new == expected {
            Self::Fixed
        } else if old == expected {
            Self::Broken
        } else {
            Self::StillWrong
        }
    }

    /// In words: `fixed`, `broken` or `still wrong`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Broken => "broken",
            Self::StillWrong => "still wrong",
        }
    }
}

/// What tells messages that move apart: text, decisions before and after, expected team.
type Kind<'a> = (&'a str, Verdict<'a>, Verdict<'a>, Option<&'a str>);
/// Team and rule.
type Verdict<'a> = (&'a str, Option<&'a str>);

/// Decides every case under both sets of rules, at `at` unless the case says when.
#[must_use]
pub fn compare(old: &Policy, new: &Policy, cases: &[LocatedCase], at: Timestamp) -> Comparison {
    let changes = Changes::between(old, new);
    let mut counter = tally::Counter::new(old, new, &changes);
    // Where the first of its kind stands, and how many there are.
    let mut kinds: BTreeMap<Kind<'_>, (usize, u64)> = BTreeMap::new();
    for (index, located) in cases.iter().enumerate() {
        let subject = located.case.subject(at);
        let (before, after) = (old.choose(&subject), new.choose(&subject));
        let expected = located.case.team.as_deref();
        counter.add(before, after, expected);
        if before.team != after.team {
            let verdicts = ((before.team, before.rule), (after.team, after.rule));
            let kind = (located.case.text.as_str(), verdicts.0, verdicts.1, expected);
            kinds.entry(kind).or_insert((index, 0)).1 += 1;
        }
    }
    let tally = counter.finish();
    let mut moves: Vec<(usize, Move)> = Vec::new();
    for (index, messages) in kinds.into_values() {
        let located = &cases[index];
        let subject = located.case.subject(at);
        let (before, after) = (evidence::side(old, &subject), evidence::side(new, &subject));
        moves.push((index, Move::new(located, messages, before, after, &tally)));
    }
    let order: BTreeMap<&str, usize> =
        new.rule_names().enumerate().map(|(place, name)| (&**name, place)).collect();
    // The fallback comes after all rules.
    let place = |it: &Move| it.new.rule.as_deref().and_then(|name| order.get(name).copied());
    let place = |it: &Move| place(it).unwrap_or(usize::MAX);
    moves.sort_by(|(index, a), (other, b)| {
        let surprise = b.surprise_bits.total_cmp(&a.surprise_bits);
        surprise.then(place(a).cmp(&place(b))).then(index.cmp(other))
    });
    Comparison {
        old_version: old.version().to_string(),
        new_version: new.version().to_string(),
        at: at.to_string(),
        changes,
        tally,
        moves: moves.into_iter().map(|(_, it)| it).collect(),
    }
}

impl Comparison {
    /// Whether more messages move than a share from 0 to 1. A millionth of a message is forgiven:
    /// binary numbers have no 2 %.
    #[must_use]
    pub fn exceeds(&self, most: f64) -> bool {
        self.tally.moved as f64 > most * self.tally.messages as f64 + 1e-6
    }
}

impl Move {
    fn new(located: &LocatedCase, messages: u64, old: Side, new: Side, tally: &Tally) -> Self {
        let expected = located.case.team.clone();
        Self {
            surprise_bits: tally.surprise_bits(&old.team, &new.team),
            messages,
            path: located.path.clone(),
            line: located.line,
            text: located.case.text.clone(),
            effect: expected.as_deref().map(|it| Effect::of(&old.team, &new.team, it)),
            expected,
            old,
            new,
        }
    }
}

#[cfg(test)]
mod tests;
