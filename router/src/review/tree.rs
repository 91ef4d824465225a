//! A rule that was tried, as a tree: what it asks for, and what was found.

use std::ops::Range;

use engine::{Finding, Found, Hit, Trial};

use super::marked::{Style, safe, shortened};

/// The most characters of what a condition asks for.
const ASKED_CHARS_MAX: usize = 140;
/// The most places of hits of one condition that are shown.
const PLACES_MAX: usize = 6;
/// Spaces before each level.
const INDENT: usize = 4;

/// Draws trees about one message.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    /// What spans are bytes of: all that the contact wrote.
    pub text: &'a str,
    /// How words are marked.
    pub style: Style,
    /// Whether to show what does not matter for the result as well.
    pub all: bool,
}

impl Tree<'_> {
    /// A rule and below it its conditions: `✓` for what holds and `✗` for what does not. Of a rule
    /// that failed only what made it fail, unless all is wanted.
    #[must_use]
    pub fn trial(&self, trial: &Trial, team: &str, remark: &str) -> String {
        let name = safe(&trial.rule);
        let mut lines = format!("{} {name} → {}{remark}\n", sign(trial.matched), safe(team));
        let whole = self.all || trial.matched;
        match &trial.finding.found {
            // What a rule asks for goes without saying.
            Found::All(parts) if parts.is_empty() => {
                lines.push_str("    ✓ it asks for nothing\n");
            }
            Found::All(parts) => {
                let parts = parts.iter().filter(|part| whole || !part.holds);
                parts.for_each(|part| self.finding(part, 1, whole, &mut lines));
            }
            _ => self.finding(&trial.finding, 1, whole, &mut lines),
        }
        lines
    }

    fn finding(&self, it: &Finding, depth: usize, whole: bool, lines: &mut String) {
        // What matters for a group's result: those parts that say the same, or of `none` the
        // opposite.
        let (parts, same) = match &it.found {
            Found::All(parts) | Found::Any(parts) => (parts.as_slice(), true),
            Found::None(parts) => (parts.as_slice(), false),
            found => {
                let indent = " ".repeat(depth * INDENT);
                let asked = shortened(&it.asked, ASKED_CHARS_MAX);
                let found = self.found(found);
                lines.push_str(&format!("{indent}{} {asked}: {found}\n", sign(it.holds)));
                return;
            }
        };
        if let ([part], true) = (parts, same) {
            return self.finding(part, depth, whole, lines);
        }
        let indent = " ".repeat(depth * INDENT);
        lines.push_str(&format!("{indent}{} {}:\n", sign(it.holds), safe(&it.asked)));
        for part in parts.iter().filter(|part| whole || (part.holds == it.holds) == same) {
            self.finding(part, depth + 1, whole, lines);
        }
    }

    fn found(&self, found: &Found) -> String {
        match found {
            Found::Words(hits) if hits.is_empty() => "not in the message".to_owned(),
            Found::Words(hits) => format!("found {}", self.hits(hits)),
            Found::Language { language, confidence, source } => {
                format!("it is {}", language_in_words(language, *confidence, source.as_str()))
            }
            Found::Topic { topic, confidence, weights } => {
                let weights = weights.iter().map(|(text, share)| (&**text, *share));
                format!("it is {}", topic_in_words(topic.as_deref(), *confidence, weights))
            }
            Found::Value(Some(value)) => format!("it is {}", shortened(value, ASKED_CHARS_MAX)),
            Found::Value(None) => "it is not known".to_owned(),
            Found::All(_) | Found::Any(_) | Found::None(_) => String::new(),
        }
    }

    /// The words as they stand in the message, and as the rules spell them if that differs.
    fn hits(&self, hits: &[Hit]) -> String {
        let mut places: Vec<(&Range<usize>, Vec<&str>)> = Vec::new();
        for hit in hits {
            match places.iter_mut().find(|(span, _)| **span == hit.span) {
                Some((_, spelled)) => spelled.push(&hit.pattern),
                None => places.push((&hit.span, vec![&hit.pattern])),
            }
        }
        let shown: Vec<String> = places
            .iter()
            .take(PLACES_MAX)
            .map(|(span, spelled)| self.place(span, spelled))
            .collect();
        let more = match places.len().saturating_sub(PLACES_MAX) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        shown.join(", ") + &more
    }

    fn place(&self, span: &Range<usize>, spelled: &[&str]) -> String {
        let written = self.text.get(span.clone()).unwrap_or_default();
        let word = self.style.mark(&shortened(written, ASKED_CHARS_MAX));
        let lower = written.to_lowercase();
        if spelled.iter().any(|it| it.to_lowercase() == lower) {
            return word;
        }
        let spelled: Vec<String> =
            spelled.iter().map(|it| format!("\"{}\"", shortened(it, ASKED_CHARS_MAX))).collect();
        format!("{word} for {}", spelled.join(" and "))
    }
}

/// `es, 0.97 sure, told by the text`; what has no probability of its own is only told by something.
#[must_use]
pub fn language_in_words(language: &str, confidence: f32, source: &str) -> String {
    if confidence <= 0.0 && language == "und" {
        return format!("not known: {source}");
    }
    let sure = if confidence > 0.0 { format!(", {confidence:.2} sure") } else { String::new() };
    format!("{}{sure}, {source}", safe(language))
}

/// `price, 0.83 sure, told by "how much" (41 %), "cost" (22 %)`.
#[must_use]
pub fn topic_in_words<'a>(
    topic: Option<&str>,
    confidence: f32,
    weights: impl Iterator<Item = (&'a str, f32)>,
) -> String {
    let Some(topic) = topic else {
        return "none: no word of it is in any example".to_owned();
    };
    let weights: Vec<String> = weights.map(|(text, share)| weight_in_words(text, share)).collect();
    let told = if weights.is_empty() {
        String::new()
    } else {
        format!(", told by {}", weights.join(", "))
    };
    format!("{}, {confidence:.2} sure{told}", safe(topic))
}

/// `"how much" (41 %)`: a part of a message, and its share in all that speaks for a topic.
#[must_use]
pub fn weight_in_words(text: &str, share: f32) -> String {
    format!("\"{}\" ({:.0} %)", safe(text), share * 100.0)
}

fn sign(holds: bool) -> char {
    if holds { '✓' } else { '✗' }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(holds: bool, asked: &str, hits: &[(&str, Range<usize>)]) -> Finding {
        let hits = hits
            .iter()
            .map(|(pattern, span)| Hit { pattern: (*pattern).into(), span: span.clone() });
        Finding { holds, asked: asked.into(), found: Found::Words(hits.collect()) }
    }

    fn group(holds: bool, asked: &str, found: Found) -> Finding {
        Finding { holds, asked: asked.into(), found }
    }

    #[track_caller]
    fn check(finding: Finding, all: bool, expected: &str) {
        let trial = Trial { rule: "r".into(), matched: finding.holds, finding };
        let tree = Tree { text: "a RED lamp", style: Style::Plain, all };
        assert_eq!(tree.trial(&trial, "t", ""), expected);
    }

    #[test]
    fn a_rule_that_matched_shows_all_it_asked_for() {
        let red = words(true, "keyword: \"red\"", &[("red", 2..5)]);
        let no = words(true, "no keyword: \"blue\"", &[]);
        check(
            group(true, "all of these", Found::All(vec![red, no])),
            false,
            "✓ r → t\n    ✓ keyword: \"red\": found [RED]\n    \
             ✓ no keyword: \"blue\": not in the message\n",
        );
    }

    #[test]
    fn a_word_is_shown_as_it_is_written() {
        let hits = [("rédd", 2..5), ("reed", 2..5), ("Lamp", 6..10)];
        check(
            words(true, "keyword: one of 9 values", &hits),
            false,
            "✓ r → t\n    ✓ keyword: one of 9 values: found [RED] for \"rédd\" and \"reed\", [lamp]\n",
        );
    }

    #[test]
    fn a_rule_that_failed_shows_what_made_it_fail() {
        let red = words(true, "keyword: \"RED\"", &[("RED", 2..5)]);
        let blue = words(false, "keyword: \"blue\"", &[]);
        let either = group(true, "any of these", Found::Any(vec![red.clone(), blue.clone()]));
        let neither = group(false, "none of these", Found::None(vec![red, blue.clone()]));
        let whole = group(false, "all of these", Found::All(vec![either, neither]));
        check(
            whole.clone(),
            false,
            "✗ r → t\n    ✗ none of these:\n        ✓ keyword: \"RED\": found [RED]\n",
        );
        check(
            whole,
            true,
            "✗ r → t\n    ✓ any of these:\n        ✓ keyword: \"RED\": found [RED]\n        \
             ✗ keyword: \"blue\": not in the message\n    ✗ none of these:\n        \
             ✓ keyword: \"RED\": found [RED]\n        ✗ keyword: \"blue\": not in the message\n",
        );
        let one = group(false, "any of these", Found::Any(vec![blue]));
        check(
            group(false, "all of these", Found::All(vec![one])),
            false,
            "✗ r → t\n    ✗ keyword: \"blue\": not in the message\n",
        );
    }

    #[test]
    fn topics_and_languages_are_told_in_words() {
        assert_eq!(
            language_in_words("es", 0.966, "told by the text"),
            "es, 0.97 sure, told by the text"
        );
        assert_eq!(
            language_in_words("und", 0.0, "nothing tells it"),
            "not known: nothing tells it"
        );
        let weights = [("how much", 0.41), ("cost", 0.2)].into_iter();
        assert_eq!(
            topic_in_words(Some("price"), 0.83, weights),
            "price, 0.83 sure, told by \"how much\" (41 %), \"cost\" (20 %)"
        );
    }
}
