//! Finds every pattern of every rule in one pass over a message.
//!
//! ```text
//! message ──reading──▶ comparable text ──literal──▶ candidates ──seam──▶ hits
//!            │ fields                    └─near, stem          (is it a word?)
//!            └────────── message as written ──expression──────────────▶ hits
//! ```
//!
//! The comparable text has any run of a letter squeezed into one: one automaton over squeezed
//! patterns then finds `refund` in `refuuund` as well. How long the runs were decides afterwards.
//! Stretching of words is from Gray et al. 2020, doi 10.1371/journal.pone.0232938.

use std::sync::Arc;

mod builder;
mod expression;
mod field;
mod hits;
mod letter;
mod literal;
mod near;
mod pattern;
mod reading;
mod seam;
mod stem;

pub(crate) use builder::PatternsBuilder;
pub(crate) use field::FieldKind;
pub(crate) use hits::Hits;
pub(crate) use pattern::{Accents, Pattern, PatternError, PatternId, TextOptions};
pub(crate) use stem::StemLanguage;

use expression::Expressions;
use literal::{Literals, Message};
use near::Pair;
use reading::{Manner, Reading};
use seam::Seams;
use stem::Stems;

/// No message is longer: places in it are 32-bit numbers.
const CHARS_MAX: usize = 1 << 28;

/// All patterns of all rules, ready to be looked for together. Copies share their memory.
#[derive(Clone, Debug)]
pub(crate) struct Patterns(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    options: TextOptions,
    /// How many there are.
    patterns: usize,
    literals: Literals,
    pairs: Vec<Pair>,
    /// One for each language that patterns are stemmed in.
    stems: Vec<Stems>,
    expressions: Expressions,
}

impl Patterns {
    /// Looks for all patterns, in time linear in the message. Spans are bytes of the text.
    pub(crate) fn find(&self, text: &str) -> Hits {
        let this = &*self.0;
        let looked_at = beginning(text, this.options.chars_max);
        let accents_count = this.options.accents == Accents::Strict;
        let mut reading = Reading::new(looked_at, Manner { accents_count, takes_fields: true });
        let mut hits = Hits::new(this.patterns);
        hits.read = 0..looked_at.len();
        hits.truncated = looked_at.len() < text.len();
        hits.hashtags = std::mem::take(&mut reading.hashtags);
        hits.mentions = std::mem::take(&mut reading.mentions);
        hits.links = std::mem::take(&mut reading.links);
        let seams = Seams::new(&reading, looked_at);
        let message = Message::new(&reading, &seams);
        let sightings = this.literals.find(&message, &mut hits);
        near::find(&this.pairs, &sightings, &message, &mut hits);
        for stems in &this.stems {
            stems.find(looked_at, &reading, &mut hits);
        }
        this.expressions.find(looked_at, &mut hits);
        hits.finish();
        hits
    }
}

/// A text as it is compared: compatible forms made one, lower case, one space for any run of white
/// space, straight apostrophes, no accents if they do not count. Two patterns of a kind are the
/// same if this is.
pub(crate) fn normalised(text: &str, options: &TextOptions) -> String {
    let accents_count = options.accents == Accents::Strict;
    let text = beginning(text, CHARS_MAX);
    let reading = Reading::new(text, Manner { accents_count, takes_fields: false });
    reading.spelled(reading.trimmed(), |run| run)
}

/// At most so many characters.
fn beginning(text: &str, chars_max: usize) -> &str {
    let chars_max = chars_max.min(CHARS_MAX);
    if text.len() <= chars_max {
        return text;
    }
    text.char_indices().nth(chars_max).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
