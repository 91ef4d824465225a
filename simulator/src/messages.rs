//! Synthetic DMs with their ground truth.
//!
//! The truth is the [`Intent`] that a message was written *from*. It is drawn first, then a
//! sentence for it, then the sentence is roughened. Nothing derives it from the words, so a router
//! that matches words is measured and not confirmed.
//!
//! The sentences are in one file per language: `messages/english.rs` and its neighbours.

mod english;
mod french;
mod german;
mod intent;
mod language;
mod portuguese;
mod roughness;
mod spanish;
mod tables;
mod template;

use std::collections::BTreeMap;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

pub use intent::Intent;
pub use language::Language;

use crate::randomness::{Streams, pick, pick_weighted};
use tables::Tables;
use template::Slots;

/// A direct message, and what one cannot see in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dm {
    /// What it says.
    pub text: String,
    /// Why it was written.
    pub intent: Intent,
    /// What it is written in.
    pub language: Language,
    /// The TikTok id of who wrote it.
    pub user: String,
    /// Where they are, by ISO 3166-1 code.
    pub country: String,
    /// The language that their profile names, if it names one; not always that of the message.
    pub profile_language: Option<String>,
}

/// What people write about, in what, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// How common each language is.
    pub languages: BTreeMap<Language, u32>,
    /// How common each intent is.
    pub intents: BTreeMap<Intent, u32>,
    /// How sloppily they write, from 0 to 1.
    pub roughness: f64,
    /// The share of messages whose words point to another intent.
    pub hard_cases: f64,
    /// The share of contacts whose profile names no language.
    pub unknown_language: f64,
    /// The share of contacts whose profile names another language than they write in.
    pub other_language: f64,
}

/// Neither this nor that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{name}`; there are {}", known.join(", "))]
pub struct UnknownName {
    what: &'static str,
    name: String,
    known: Vec<&'static str>,
}

impl UnknownName {
    fn new(what: &'static str, name: &str, known: &[&'static str]) -> Self {
        Self { what, name: name.to_owned(), known: known.to_vec() }
    }
}

impl Default for Mix {
    /// Everything equally common, in plain words, by people whose profile is right.
    fn default() -> Self {
        Self {
            languages: Language::ALL.into_iter().map(|language| (language, 1)).collect(),
            intents: Intent::ALL.into_iter().map(|intent| (intent, 1)).collect(),
            roughness: 0.0,
            hard_cases: 0.0,
            unknown_language: 0.0,
            other_language: 0.0,
        }
    }
}

impl Mix {
    /// The first message of a contact, the same for the same number whatever others write.
    ///
    /// # Panics
    ///
    /// If no language or no intent has a weight.
    #[must_use]
    pub fn write(&self, streams: &Streams, contact: u64) -> Dm {
        let rng = &mut streams.keyed("message", contact);
        let language = pick_weighted(rng, weights(&self.languages)).expect("a language has weight");
        let intent = pick_weighted(rng, weights(&self.intents)).expect("an intent has weight");
        let tables = Tables::of(language);
        let template = self.template(tables, intent, rng);
        let plain = slots(tables, streams, contact).fill(template);
        let rough = &mut streams.keyed("roughness", contact);
        let greeted = roughness::greeted(&plain, tables, self.roughness, rough);
        let text = roughness::roughen(&greeted, intent, self.roughness, rough);
        let profile = &mut streams.keyed("profile", contact);
        Dm {
            text,
            intent,
            language,
            user: user_id(profile, contact),
            country: country(tables, profile),
            profile_language: self.profile_language(language, profile),
        }
    }

    /// The second message of a contact who is tired of waiting for an answer to `opener`.
    #[must_use]
    pub fn follow_up(&self, streams: &Streams, contact: u64, opener: &Dm) -> Dm {
        let rng = &mut streams.keyed("follow_up_text", contact);
        let tables = Tables::of(opener.language);
        let text = if opener.intent.is_trouble() && rng.random_bool(0.6) {
            slots(tables, streams, contact).fill(pick(rng, tables.number_follows))
        } else {
            pick(rng, tables.nudges).to_owned()
        };
        let rough = &mut streams.keyed("follow_up_roughness", contact);
        let text = roughness::roughen(&text, opener.intent, self.roughness, rough);
        Dm { text, ..opener.clone() }
    }

    fn template(&self, tables: &Tables, intent: Intent, rng: &mut impl Rng) -> &'static str {
        let hard = tables.hard(intent);
        if rng.random_bool(self.hard_cases) && !hard.is_empty() {
            pick(rng, &hard)
        } else {
            pick(rng, tables.plain(intent))
        }
    }

    fn profile_language(&self, written: Language, rng: &mut impl Rng) -> Option<String> {
        let unknown = rng.random_bool(self.unknown_language);
        let other = rng.random_bool(self.other_language);
        let others: Vec<_> = Language::ALL.into_iter().filter(|of| *of != written).collect();
        let another = pick(rng, &others);
        let language = if other { another } else { written };
        (!unknown).then(|| language.as_str().to_owned())
    }
}

fn weights<T: Copy>(of: &BTreeMap<T, u32>) -> impl Iterator<Item = (T, u32)> + Clone {
    of.iter().map(|(item, weight)| (*item, *weight))
}

/// What the contact's messages say in their slots: the second the same as the first.
fn slots(tables: &Tables, streams: &Streams, contact: u64) -> Slots {
    let rng = &mut streams.keyed("slots", contact);
    let order = format!("TS-{}", rng.random_range(100_000..1_000_000_u32));
    Slots::draw(tables, order, rng)
}

fn country(tables: &Tables, rng: &mut impl Rng) -> String {
    let country = pick_weighted(rng, tables.countries.iter().copied());
    country.expect("every language is spoken somewhere").to_owned()
}

/// Nineteen digits, as TikTok's, different for different contacts.
fn user_id(rng: &mut impl Rng, contact: u64) -> String {
    const FIRST: u64 = 6_800_000_000_000_000_000;
    const STRIDE: u64 = 90_000_000_000;
    let id = FIRST + contact.wrapping_mul(STRIDE) + rng.random_range(0..STRIDE);
    id.to_string()
}

#[cfg(test)]
mod tests;
