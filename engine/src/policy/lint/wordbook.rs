//! What patterns imply: a message with "where is my order" has "order" as well.
//!
//! The pattern matcher itself is asked: it looks for all patterns in the spelling of each one. What
//! it finds there stands in every message in which that pattern stands, given that its place in the
//! message cannot change what is found. That is so for scripts that put spaces between words, since
//! there two neighbouring characters decide whether a word ends between them; it is not for Thai,
//! Chinese and Japanese, where a dictionary sees the whole message. Nor is it for word stems and
//! regular expressions. Those imply only themselves, which errs on the safe side.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::condition::{PatternRef, Test, WordKind};
use crate::policy::Policy;
use crate::text::{PatternId, TextOptions, normalised};

/// All patterns of the rules and what they imply.
#[derive(Debug)]
pub(super) struct Wordbook<'p> {
    entries: BTreeMap<PatternId, Entry<'p>>,
    /// One more than the largest id.
    pub(super) len: usize,
    nothing: Vec<PatternId>,
}

#[derive(Debug)]
struct Entry<'p> {
    kind: &'p WordKind,
    spelled: &'p str,
    /// Patterns that stand in every message that this one stands in, itself included; sorted.
    implied: Vec<PatternId>,
}

impl<'p> Wordbook<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        let mut book = Self { entries: BTreeMap::new(), len: 0, nothing: Vec::new() };
        for rule in &policy.rules {
            for (test, _) in rule.when.tests() {
                if let Test::Words(test) = test {
                    test.patterns.iter().for_each(|it| book.add(it, &test.kind));
                }
            }
        }
        let implied: Vec<(PatternId, Vec<PatternId>)> =
            book.entries.iter().map(|(id, it)| (*id, book.implied_by(*id, it, policy))).collect();
        for (id, implied) in implied {
            book.entries.get_mut(&id).expect("it came from here").implied = implied;
        }
        book
    }

    fn add(&mut self, pattern: &'p PatternRef, kind: &'p WordKind) {
        self.len = self.len.max(pattern.id.0 as usize + 1);
        let entry = Entry { kind, spelled: &pattern.spelled, implied: vec![pattern.id] };
        self.entries.entry(pattern.id).or_insert(entry);
    }

    /// Patterns that stand in every message that this one stands in, itself included; sorted.
    pub(super) fn implied(&self, pattern: PatternId) -> &[PatternId] {
        self.entries.get(&pattern).map_or(&self.nothing, |it| &it.implied)
    }

    fn implied_by(&self, id: PatternId, entry: &Entry<'_>, policy: &Policy) -> Vec<PatternId> {
        let mut implied = vec![id];
        let mut look_into = |spelled: &str, end: Ends| {
            let text = normalised(spelled, &policy.text);
            if is_spaced(&text) {
                let bounds = spelled.len() - spelled.trim_start().len()..spelled.trim_end().len();
                let hits = policy.patterns.find(spelled);
                let stands = |(hit, span): &(PatternId, &Range<usize>)| {
                    let kind = self.entries.get(hit).map(|it| it.kind);
                    kind.is_some_and(|kind| end.keep(kind, span, &bounds))
                };
                implied.extend(hits.iter().filter(stands).map(|(hit, _)| hit));
            }
        };
        match entry.kind {
            WordKind::Word => look_into(entry.spelled, Ends::default()),
            WordKind::Prefix => look_into(entry.spelled, Ends { end: true, ..Ends::default() }),
            WordKind::Contains => {
                look_into(entry.spelled, Ends { start: true, end: true, first: false });
            }
            WordKind::StartsWith | WordKind::Exact => {
                look_into(entry.spelled, Ends { first: true, ..Ends::default() });
            }
            WordKind::Near { words, .. } => {
                words.iter().for_each(|word| look_into(word, Ends::default()));
                implied.extend(self.wider(entry.kind, &policy.text));
            }
            WordKind::Stem(_) | WordKind::Regex => {}
        }
        implied.sort_unstable();
        implied.dedup();
        implied
    }

    /// Pairs of the same words that may lie farther apart.
    fn wider(&self, pair: &WordKind, options: &TextOptions) -> Vec<PatternId> {
        let halves = |kind: &WordKind| match kind {
            WordKind::Near { words, within } => {
                let mut halves = words.each_ref().map(|word| normalised(word, options));
                halves.sort_unstable();
                Some((halves, *within))
            }
            _ => None,
        };
        let Some((own, least)) = halves(pair) else { return Vec::new() };
        let pairs = self.entries.iter().filter_map(|(id, it)| Some((id, halves(it.kind)?)));
        pairs.filter(|(_, (it, within))| *it == own && *within >= least).map(|it| *it.0).collect()
    }
}

/// How a pattern may go on in a message beyond its spelling.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    /// With more letters before it.
    start: bool,
    /// With more letters behind it.
    end: bool,
    /// It stands at the beginning.
    first: bool,
}

impl Ends {
    /// Whether a hit within the spelling is one in every message.
    fn keep(self, kind: &WordKind, hit: &Range<usize>, bounds: &Range<usize>) -> bool {
        let (begins, closes) = match kind {
            WordKind::Word | WordKind::Near { .. } => (true, true),
            WordKind::Prefix => (true, false),
            WordKind::Contains => (false, false),
            WordKind::StartsWith if self.first => (true, true),
            WordKind::StartsWith | WordKind::Exact | WordKind::Stem(_) | WordKind::Regex => {
                return false;
            }
        };
        (!self.start || !begins || hit.start > bounds.start)
            && (!self.end || !closes || hit.end < bounds.end)
    }
}

/// Whether words have spaces between them, so that neighbouring characters tell where they end:
/// letters of the alphabets up to the Indic ones (Unicode blocks before U+0E00) and of Latin and
/// Greek with more accents.
fn is_spaced(text: &str) -> bool {
    let known = |c: char| c < '\u{0E00}' || ('\u{1E00}'..'\u{2000}').contains(&c);
    text.chars().all(known) && text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether every message with `first` has `second`, both given as a `text` of a rule.
    #[track_caller]
    fn check(first: &str, second: &str, expected: bool) {
        let source = format!(
            "version = 1\nchannel.any = [{{ tag = \"t\" }}]\nteam.a.intercom_team = 1\n\
             fallback.assign = \"a\"\n[[rule]]\nname = \"1\"\nassign = \"a\"\nwhen.text = {first}\n\
             [[rule]]\nname = \"2\"\nassign = \"a\"\nwhen.text = {second}\n"
        );
        let policy = Policy::from_toml(&source).unwrap().0;
        let book = Wordbook::new(&policy);
        let ids: Vec<PatternId> = policy
            .rules
            .iter()
            .map(|rule| match rule.when.tests()[0].0 {
                Test::Words(test) => test.patterns[0].id,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(book.implied(ids[0]).contains(&ids[1]), expected, "{first} {second}");
    }

    #[test]
    fn a_phrase_has_its_words() {
        check(r#"["where is my order"]"#, r#"["order"]"#, true);
        check(r#"["where is my order"]"#, r#"["My Order"]"#, true);
        check(r#"["order"]"#, r#"["where is my order"]"#, false);
        check(r#"["orders"]"#, r#"["order"]"#, false);
        check(r#"["cuánto es"]"#, r#"["cuanto"]"#, true);
        check(r#"["orders"]"#, r#"{ prefix = "ord" }"#, true);
        check(r#"["reorders"]"#, r#"{ contains = "order" }"#, true);
        check(
            r#"["an order please"]"#,
            r#"{ near = { words = ["please", "order"], within = 0 } }"#,
            true,
        );
        check(r#"["an order"]"#, r#"{ starts_with = "an" }"#, false);
        check(r#"["pays"]"#, r#"{ any = ["pay"], stem = "en" }"#, false);
    }

    #[test]
    fn an_open_end_may_go_on() {
        check(r#"{ prefix = "my ord" }"#, r#"["my"]"#, true);
        check(r#"{ prefix = "my ord" }"#, r#"["ord"]"#, false);
        check(r#"{ prefix = "order" }"#, r#"{ prefix = "ord" }"#, true);
        check(r#"{ contains = "reorder" }"#, r#"{ contains = "order" }"#, true);
        check(r#"{ contains = "my order" }"#, r#"["my"]"#, false);
        check(r#"{ contains = "is my order" }"#, r#"["my"]"#, true);
    }

    #[test]
    fn the_beginning_and_the_whole_are_known() {
        check(r#"{ starts_with = "my order" }"#, r#"{ starts_with = "my" }"#, true);
        check(r#"{ starts_with = "my order" }"#, r#"{ starts_with = "order" }"#, false);
        check(r#"{ exact = "my order" }"#, r#"{ starts_with = "my" }"#, true);
        check(r#"{ exact = "my order" }"#, r#"["order"]"#, true);
        check(r#"{ exact = "my order" }"#, r#"{ exact = "order" }"#, false);
    }

    #[test]
    fn pairs_have_their_words_and_may_be_wider() {
        let pair =
            |within| format!("{{ near = {{ words = [\"a\", \"my b\"], within = {within} }} }}");
        check(&pair(2), &pair(3), true);
        check(&pair(3), &pair(2), false);
        check(&pair(2), r#"["my"]"#, true);
    }

    #[test]
    fn a_dictionary_sees_the_whole_message() {
        check(r#"["我想退款"]"#, r#"["退款"]"#, false);
        check(r#"["退款"]"#, r#"["退款"]"#, true);
    }
}
