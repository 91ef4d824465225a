//! What weighed for a topic, as people can read it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::features::{self, Feature, Kind};

/// A piece of an unknown word is only worth showing from this share on.
const PIECE_MIN: f32 = 0.1;

/// A part of a message that speaks for a topic.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weight {
    /// As the message spells it; a piece of a word has an ellipsis where the word goes on, as in
    /// "refun…".
    pub(crate) text: String,
    /// Its share in all that speaks for the topic, in `(0, 1]`.
    pub(crate) share: f32,
}

/// A part with what it adds to the score.
struct Part {
    kind: Kind,
    span: Range<usize>,
    text: String,
    adds: f32,
}

/// The parts of a message that speak for a topic, at most so many, given what each of its known
/// features adds to the score, in the order of their names.
///
/// The pieces of a known word count for the word: nobody asks for them. Those of an unknown word
/// stand for themselves.
pub(super) fn explain(text: &str, contributions: &[(u64, f32)], most: usize) -> Vec<Weight> {
    let mut parts = parts(text, contributions.iter().copied().collect());
    let all: f32 = parts.iter().map(|part| part.adds).sum();
    parts.retain(|part| part.kind != Kind::Piece || part.adds >= PIECE_MIN * all);
    parts.sort_by(|a, b| {
        let pieces_last = (a.kind == Kind::Piece).cmp(&(b.kind == Kind::Piece));
        pieces_last.then(b.adds.total_cmp(&a.adds)).then(a.span.start.cmp(&b.span.start))
    });
    parts.truncate(most);
    parts.into_iter().map(|part| Weight { text: part.text, share: part.adds / all }).collect()
}

/// Every part that adds something, each feature where it first stands.
fn parts(text: &str, mut contributions: BTreeMap<u64, f32>) -> Vec<Part> {
    let mut parts = Vec::new();
    // Of the word at hand: its pieces come before it.
    let mut pieces: Vec<(Range<usize>, f32)> = Vec::new();
    features::visit(text, |Feature { name, span }| {
        let adds = contributions.remove(&name);
        let kind = features::kind(name);
        match (kind, adds) {
            (Kind::Piece, Some(adds)) => pieces.push((span, adds)),
            (Kind::Piece | Kind::Pair, None) => {}
            (Kind::Word, None) => {
                parts.extend(joined(text, &span, std::mem::take(&mut pieces)));
            }
            (Kind::Word | Kind::Pair, Some(own)) => {
                let adds = own + pieces.drain(..).map(|(_, adds)| adds).sum::<f32>();
                parts.push(Part { kind, text: text[span.clone()].to_owned(), span, adds });
            }
        }
    });
    parts.retain(|part| part.adds > 0.0);
    parts
}

/// The pieces of one word: the weightiest, joined with those that overlap it, and so on.
fn joined(text: &str, word: &Range<usize>, mut pieces: Vec<(Range<usize>, f32)>) -> Vec<Part> {
    let mut parts = Vec::new();
    pieces.retain(|(_, adds)| *adds > 0.0);
    while let Some((best, _)) = pieces.iter().max_by(|a, b| a.1.total_cmp(&b.1)).cloned() {
        let (overlapping, others): (Vec<_>, Vec<_>) =
            pieces.into_iter().partition(|(it, _)| it.start < best.end && best.start < it.end);
        pieces = others;
        let span = overlapping
            .iter()
            .fold(best, |all, (it, _)| all.start.min(it.start)..all.end.max(it.end));
        let before = if span.start == word.start { "" } else { "…" };
        let after = if span.end == word.end { "" } else { "…" };
        parts.push(Part {
            kind: Kind::Piece,
            text: format!("{before}{}{after}", &text[span.clone()]),
            span,
            adds: overlapping.iter().map(|(_, adds)| adds).sum(),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Features of a text of one kind add so much, all others are unknown.
    fn contributions(text: &str, adds: &[(&str, Kind, f32)]) -> Vec<(u64, f32)> {
        let mut contributions = BTreeMap::new();
        for (part, kind, adds) in adds {
            features::visit(text, |it| {
                if features::kind(it.name) == *kind && &text[it.span] == *part {
                    contributions.insert(it.name, *adds);
                }
            });
        }
        contributions.into_iter().collect()
    }

    #[track_caller]
    fn check(text: &str, adds: &[(&str, Kind, f32)], most: usize, expected: &[(&str, f32)]) {
        let weights = explain(text, &contributions(text, adds), most);
        let weights: Vec<(&str, f32)> = weights
            .iter()
            .map(|it| (it.text.as_str(), (it.share * 100.0).round() / 100.0))
            .collect();
        assert_eq!(weights, expected);
    }

    #[test]
    fn words_and_pairs_are_shown_as_they_are_written() {
        let adds =
            [("REFUND", Kind::Word, 3.0), ("a  REFUND", Kind::Pair, 1.0), ("a", Kind::Word, -1.0)];
        check("a  REFUND", &adds, 5, &[("REFUND", 0.75), ("a  REFUND", 0.25)]);
        check("a  REFUND", &adds, 1, &[("REFUND", 0.75)]);
        check("a  REFUND", &[], 5, &[]);
    }

    #[test]
    fn pieces_of_a_known_word_count_for_it() {
        let adds =
            [("order", Kind::Word, 1.0), ("rde", Kind::Piece, 1.0), ("now", Kind::Word, 2.0)];
        check("order now", &adds, 5, &[("order", 0.5), ("now", 0.5)]);
    }

    #[test]
    fn pieces_of_an_unknown_word_stand_for_themselves_if_they_weigh_enough() {
        let adds =
            [("efun", Kind::Piece, 2.0), ("fund", Kind::Piece, 1.0), ("go", Kind::Word, 1.0)];
        check("go refunding", &adds, 5, &[("go", 0.25), ("…efund…", 0.75)]);
        let adds = [("efun", Kind::Piece, 0.05), ("go", Kind::Word, 1.0)];
        check("go refunding", &adds, 5, &[("go", 0.95)]);
    }
}
