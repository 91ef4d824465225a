//! What other rules would have made of the traffic that a journal recorded.
//!
//! The records are replayed twice: once as they were, and once with the candidate in place of all
//! rules that were in force. Compared is the team that the rules found for each conversation. The
//! second engine asks for other things, in another order; it is answered by what the journal knows
//! of the same contact, conversation and teams (`backtest/replay.rs` says how), and its assignments succeed.
//!
//! What this tells is what the rules would have said to the same messages, labels, contacts, office
//! hours and teams. What it does not tell is what people would have done then: who would have
//! answered, how long anything would have waited, and so whether a rule that asks for the length of
//! a queue would have seen the same one. Overflow and fall-backs because of waiting are not compared.

use std::collections::{BTreeMap, BTreeSet};

use engine::{ConversationId, Decision, Policy, RoutedBy, Timestamp, Verdict};
use serde::Serialize;

use super::diff::Changes;
use super::moment;
use crate::journal::{JournalError, JournalFile};
use crate::recovery::RecoveryError;

mod markdown;
mod past;
mod replay;
mod text;

/// What a candidate would have changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Backtest {
    /// Versions of the rules that decided, in the order of their first decision.
    pub old_versions: Vec<String>,
    /// The candidate's version.
    pub new_version: String,
    /// What is different between the last rules of the journal and the candidate.
    pub changes: Vec<String>,
    /// The first decision that is compared.
    #[serde(serialize_with = "moment::some_as_text")]
    pub first_at: Option<Timestamp>,
    /// The last.
    #[serde(serialize_with = "moment::some_as_text")]
    pub last_at: Option<Timestamp>,
    /// Decisions that are compared.
    pub conversations: u64,
    /// Of those, how many would have got another team.
    pub moved: u64,
    /// The same team, by another rule.
    pub other_rule: u64,
    /// The language was told to be another one.
    pub other_language: u64,
    /// Decided then, and not by the candidate: for it they do not come through the channel.
    pub no_longer_routed: u64,
    /// Decided by the candidate only.
    pub newly_routed: u64,
    /// Contacts whom the candidate asks for and whom nobody asked for then: it had to do without.
    pub unknown_contacts: u64,
    /// First messages that the journal does not have any more: both decided without them.
    pub without_text: u64,
    /// Moves between teams, the largest first.
    pub flows: Vec<Flow>,
    /// How often each rule decided, in the order of names; the fallback is `None`.
    pub rules: Vec<RuleCount>,
    /// Every conversation that is different, the most surprising first.
    pub different: Vec<Different>,
}

/// Conversations that go from one team to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// The team that had them.
    pub from: String,
    /// The team that would have got them.
    pub to: String,
    /// How many.
    pub conversations: u64,
    /// Their share of all that the first team had, from 0 to 1.
    pub share_of_from: f64,
}

/// How often a rule decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// Its name; `None` for the fallback.
    pub rule: Option<String>,
    /// In the past.
    pub before: u64,
    /// By the candidate.
    pub after: u64,
}

/// A conversation whose decision is another one. The message stays out of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Different {
    /// Which conversation.
    pub conversation: ConversationId,
    /// When it was decided.
    #[serde(serialize_with = "moment::as_text")]
    pub at: Timestamp,
    /// What was decided then; `None` if nothing was.
    pub before: Option<Side>,
    /// What the candidate decides; `None` if nothing.
    pub after: Option<Side>,
    /// How surprising it is, in bits: see [`super::diff`].
    pub surprise_bits: f64,
}

/// What one set of rules decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The team.
    pub team: String,
    /// The rule; `None` for the fallback.
    pub rule: Option<String>,
    /// The language, `und` if it cannot be told.
    pub language: String,
}

/// Which decisions are compared. Everything before them is replayed all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// Only those made then or later.
    pub since: Option<Timestamp>,
    /// Only those made before.
    pub until: Option<Timestamp>,
}

/// A decision, as far as it is compared.
#[derive(Clone, Debug)]
struct Routed {
    at: Timestamp,
    version: String,
    side: Side,
}

/// The decisions about each conversation, in order: one that comes back is decided again.
type Decisions = BTreeMap<ConversationId, Vec<Routed>>;

/// What happened to one decision: conversation, before, after.
type Pair<'a> = (&'a ConversationId, Option<&'a Routed>, Option<&'a Routed>);

/// Replays the journal with its own rules and with the candidate, and compares.
///
/// # Errors
///
/// If the journal cannot be read, or its rules can no longer be used.
pub fn backtest(
    journal: &JournalFile,
    candidate: &Policy,
    span: Span,
) -> Result<Backtest, RecoveryError> {
    let past = past::Past::of(journal)?;
    let (after, unknown_contacts) = replay::with_candidate(journal, &past, candidate)?;
    let pairs: Vec<_> =
        pairs(&past.decisions, &after).into_iter().filter(|pair| span.holds(pair)).collect();
    let mut report = count(&pairs, unknown_contacts);
    report.without_text = past.without_text;
    report.new_version = candidate.version().to_string();
    report.changes = Changes::between(&past.last_rules, candidate).lines();
    Ok(report)
}

fn pairs<'a>(before: &'a Decisions, after: &'a Decisions) -> Vec<Pair<'a>> {
    let ids: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut pairs = Vec::new();
    for id in ids {
        let of = |it: &'a Decisions| it.get(id).map_or(&[][..], Vec::as_slice);
        let (old, new) = (of(before), of(after));
        let most = old.len().max(new.len());
        pairs.extend((0..most).map(|nth| (id, old.get(nth), new.get(nth))));
    }
    pairs
}

fn count(pairs: &[Pair<'_>], unknown_contacts: u64) -> Backtest {
    let times = || pairs.iter().filter_map(|pair| time(pair));
    let moves = moves(pairs);
    let had = |team: &str| {
        let of = moves.iter().filter(|((from, _), _)| *from == team);
        of.map(|(_, conversations)| conversations).sum::<u64>() as f64
    };
    let share = |from: &str, to: &str| moves[&(from, to)] as f64 / had(from);
    let both = || {
        pairs.iter().filter_map(|(_, old, new)| Some((&old.as_ref()?.side, &new.as_ref()?.side)))
    };
    let tally = |differs: &dyn Fn(&Side, &Side) -> bool| {
        both().filter(|(old, new)| differs(old, new)).count() as u64
    };
    let mut flows: Vec<Flow> = (moves.iter().filter(|((from, to), _)| from != to))
        .map(|(&(from, to), &conversations)| Flow {
            from: from.to_owned(),
            to: to.to_owned(),
            conversations,
            share_of_from: share(from, to),
        })
        .collect();
    flows.sort_by_key(|flow| std::cmp::Reverse(flow.conversations));
    let mut different: Vec<Different> =
        pairs.iter().filter_map(|pair| Different::of(pair, &share)).collect();
    different.sort_by(|a, b| b.surprise_bits.total_cmp(&a.surprise_bits).then(a.at.cmp(&b.at)));
    Backtest {
        old_versions: old_versions(pairs),
        new_version: String::new(),
        changes: Vec::new(),
        first_at: times().min(),
        last_at: times().max(),
        conversations: pairs.len() as u64,
        moved: tally(&|old, new| old.team != new.team),
        other_rule: tally(&|old, new| old.team == new.team && old.rule != new.rule),
        other_language: tally(&|old, new| old.language != new.language),
        no_longer_routed: pairs.iter().filter(|(_, _, new)| new.is_none()).count() as u64,
        newly_routed: pairs.iter().filter(|(_, old, _)| old.is_none()).count() as u64,
        unknown_contacts,
        without_text: 0,
        flows,
        rules: rules(pairs),
        different,
    }
}

/// How many conversations go from which team to which, those that stay among them.
fn moves<'a>(pairs: &[Pair<'a>]) -> BTreeMap<(&'a str, &'a str), u64> {
    let mut moves = BTreeMap::new();
    for (_, old, new) in pairs {
        if let (Some(old), Some(new)) = (old, new) {
            *moves.entry((&*old.side.team, &*new.side.team)).or_default() += 1;
        }
    }
    moves
}

fn old_versions(pairs: &[Pair<'_>]) -> Vec<String> {
    let mut first: BTreeMap<&str, Timestamp> = BTreeMap::new();
    for old in pairs.iter().filter_map(|(_, old, _)| *old) {
        let at = first.entry(&old.version).or_insert(old.at);
        *at = old.at.min(*at);
    }
    let mut versions: Vec<_> = first.into_iter().map(|(version, at)| (at, version)).collect();
    versions.sort_unstable();
    versions.into_iter().map(|(_, version)| version.to_owned()).collect()
}

fn rules(pairs: &[Pair<'_>]) -> Vec<RuleCount> {
    let mut counts: BTreeMap<Option<&str>, (u64, u64)> = BTreeMap::new();
    for (_, old, new) in pairs {
        if let Some(old) = old {
            counts.entry(old.side.rule.as_deref()).or_default().0 += 1;
        }
        if let Some(new) = new {
            counts.entry(new.side.rule.as_deref()).or_default().1 += 1;
        }
    }
    let counts = counts.into_iter().map(|(rule, (before, after))| RuleCount {
        rule: rule.map(str::to_owned),
        before,
        after,
    });
    counts.collect()
}

/// When a decision was made, in the past if it was.
fn time((_, old, new): &Pair<'_>) -> Option<Timestamp> {
    old.or(*new).map(|routed| routed.at)
}

impl Span {
    fn holds(&self, pair: &Pair<'_>) -> bool {
        let Some(at) = time(pair) else { return false };
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }
}

impl Backtest {
    /// Whether anything would have gone to another team, or would not have been decided as before.
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        self.moved + self.no_longer_routed + self.newly_routed > 0
    }

    /// For a terminal; with the first `show` conversations that are different.
    #[must_use]
    pub fn text(&self, show: usize) -> String {
        text::render(self, show)
    }

    /// For a comment on a change; with the first `show` conversations that are different.
    #[must_use]
    pub fn markdown(&self, show: usize) -> String {
        markdown::render(self, show)
    }
}

impl Different {
    fn of(pair: &Pair<'_>, share: &dyn Fn(&str, &str) -> f64) -> Option<Self> {
        let (conversation, old, new) = *pair;
        let (before, after) = (old.map(|it| &it.side), new.map(|it| &it.side));
        if before == after {
            return None;
        }
        let surprise_bits = match (before, after) {
            (Some(old), Some(new)) if old.team != new.team => -share(&old.team, &new.team).log2(),
            // Whether a conversation is decided at all matters more than any team.
            (Some(_), None) | (None, Some(_)) => f64::from(u8::MAX),
            _ => 0.0,
        };
        Some(Self {
            conversation: conversation.clone(),
            at: time(pair)?,
            before: before.cloned(),
            after: after.cloned(),
            surprise_bits,
        })
    }
}

impl Routed {
    /// What a decision says of a team, if it does.
    fn of(decision: Decision) -> Option<(ConversationId, Self)> {
        let Decision { at, conversation, rules_version, verdict } = decision;
        let Verdict::Routed(routing) = verdict else { return None };
        let rule = match &routing.by {
            RoutedBy::Rule(rule) => Some(rule.to_string()),
            RoutedBy::Fallback(_) => None,
        };
        let language = routing.explanation.language.to_string();
        let side = Side { team: routing.team.to_string(), rule, language };
        Some((conversation, Self { at, version: rules_version.to_string(), side }))
    }
}

/// Reads all records in order that a replay does not leave out.
fn each(
    journal: &JournalFile,
    take: &mut dyn FnMut(crate::journal::Record) -> Result<(), RecoveryError>,
) -> Result<(), RecoveryError> {
    /// Records read at a time.
    const PAGE: usize = 4_096;
    let left_out = journal.left_out()?;
    let mut after = 0;
    loop {
        let page = journal.read(after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.record.sequence;
        for stored in page {
            if !left_out.contains(&stored.record.sequence) {
                take(stored.record)?;
            }
        }
    }
}

fn corrupt(sequence: u64, reason: &str) -> RecoveryError {
    JournalError::Corrupt { sequence, reason: reason.to_owned() }.into()
}

#[cfg(test)]
mod tests;
