//! What a message is about, learnt from the user's own examples.
//!
//! A [`Classifier`] over words, pairs of words and pieces of words. On BANKING77 (Casanueva et
//! al. 2020, <https://arxiv.org/abs/2003.04807>; 77 topics of a bank's customers) it does as well
//! as linear models do; `topic/measured.rs` has the figures.

mod background;
mod explanation;
mod features;
#[cfg(test)]
mod measured;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::classifier::{Classifier, Examples, Opinion, TooFew};
use features::Kind;

/// Knows topics by examples of them. A clone shares what was learnt.
///
/// Takes four bytes for each pair of a feature and a topic, at most 19 MB: five topics with 30
/// examples each take well below 1 MB, all of BANKING77 takes 7 MB.
#[derive(Clone, Debug)]
pub(crate) struct TopicModel(Arc<Classifier>);

/// What a message seems to be about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Guess {
    /// The most probable topic.
    pub(crate) topic: usize,
    /// How often such a guess is right, in `[0, 1]`; what is missing goes to the other topics and
    /// to none of them.
    pub(crate) confidence: f32,
    /// The next topic and its confidence, if there is more than one topic.
    pub(crate) runner_up: Option<(usize, f32)>,
}

pub(crate) use explanation::Weight;

impl TopicModel {
    /// Learns topics `0..topics` from examples, each its topic and a message. The order of the
    /// examples does not matter, nor does that of the topics but for their numbers.
    ///
    /// Fails if a topic has fewer than two examples that differ and have a word in them. One topic
    /// alone is fine: messages can be about none.
    ///
    /// # Panics
    ///
    /// If the topic of an example is not below `topics`.
    pub(crate) fn train(topics: usize, examples: &[(usize, &str)]) -> Result<Self, TooFew> {
        let examples = examples.iter().map(|(topic, text)| (*topic, features::names(text)));
        let background = background::SENTENCES.iter().map(|it| features::names(it)).collect();
        let examples = Examples::new(topics, examples, background, importance)?;
        Ok(Self(Arc::new(Classifier::learn(&examples, importance))))
    }

    /// The best topic for a message and how far to trust it. `None` if there is nothing to go by:
    /// no words, or nothing in them that any example had.
    ///
    /// Looks at the first [`features::CHARACTERS_MAX`] characters only.
    pub(crate) fn classify(&self, text: &str) -> Option<Guess> {
        let Opinion { class, confidence, runner_up } = self.0.judge(&features::names(text))?;
        Some(Guess { topic: class, confidence, runner_up })
    }

    /// What in a message speaks for a topic: at most so many parts of it, words and pairs of words
    /// before pieces, the weightiest first.
    pub(crate) fn explain(&self, text: &str, topic: usize, most: usize) -> Vec<Weight> {
        let contributions = self.0.contributions(&features::names(text), topic);
        explanation::explain(text, &contributions, most)
    }
}

/// How much a feature counts beside its rarity: there are many more pieces than words, and they
/// overlap.
fn importance(name: u64) -> f32 {
    match features::kind(name) {
        Kind::Word => 1.0,
        Kind::Pair => 0.7,
        Kind::Piece => 0.4,
    }
}
