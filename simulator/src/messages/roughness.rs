//! Nobody writes to a shop as one writes to a school: this takes the polish off a sentence.

use rand::{Rng, RngExt};

use super::Intent;
use super::tables::Tables;
use super::template::capitalised;
use crate::randomness::pick;

const GLAD: [&str; 7] = ["😍", "🙏", "🔥", "❤️", "👀", "😅", "✨"];
const UPSET: [&str; 6] = ["😭", "😡", "🙏", "😢", "🤦", "😤"];

/// Puts a greeting before a message with probability `rate`.
pub(super) fn greeted(text: &str, tables: &Tables, rate: f64, rng: &mut impl Rng) -> String {
    let greeting = pick(rng, tables.greetings);
    if rng.random_bool(rate) {
        format!("{}! {text}", capitalised(greeting))
    } else {
        text.to_owned()
    }
}

/// Roughens a message. Each way of being sloppy happens with probability `rate`, typos with half
/// of it and elongation with a third; `rate` 0 leaves the text alone.
///
/// Digits are never touched: who mistypes an order number gets another intent. Something is always
/// left to read: nobody can send an empty message.
pub(super) fn roughen(text: &str, intent: Intent, rate: f64, rng: &mut impl Rng) -> String {
    let mut text = text.to_owned();
    if rng.random_bool(rate) {
        text = text.to_lowercase();
    }
    if rng.random_bool(rate) {
        text = without_punctuation(&text);
    }
    if rng.random_bool(rate / 2.0) {
        text = with_typo(&text, rng);
    }
    if rng.random_bool(rate / 3.0) {
        text = elongated(&text, rng);
    }
    if rng.random_bool(rate) {
        let emoji = emoji(intent, rng);
        let count = rng.random_range(1..=3_u32);
        text.push(' ');
        (0..count).for_each(|_| text.push_str(emoji));
    }
    text
}

fn emoji(intent: Intent, rng: &mut impl Rng) -> &'static str {
    if intent.is_trouble() { pick(rng, &UPSET) } else { pick(rng, &GLAD) }
}

/// Sentence marks go; those inside words and numbers (don't, TS-482) stay, and so does a message
/// of nothing else ("???").
fn without_punctuation(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !"¿?¡!.,:;".contains(*c)).collect();
    let words: Vec<_> = kept.split_whitespace().collect();
    if words.is_empty() { text.to_owned() } else { words.join(" ") }
}

/// One slip of the thumb in a word of four letters or more, never in its first letter.
fn with_typo(text: &str, rng: &mut impl Rng) -> String {
    change_word(text, rng, |letters, rng| {
        let at = rng.random_range(1..letters.len() as u64 - 1) as usize;
        match rng.random_range(0..3_u32) {
            0 => letters.swap(at, at + 1),
            1 => drop(letters.remove(at)),
            _ => letters.insert(at, letters[at]),
        }
    })
}

/// "much" becomes "muchhhh".
fn elongated(text: &str, rng: &mut impl Rng) -> String {
    change_word(text, rng, |letters, rng| {
        if let Some(&last) = letters.last() {
            let count = rng.random_range(2..=4_u32);
            (0..count).for_each(|_| letters.push(last));
        }
    })
}

/// Changes one word, if there is one of four letters or more and nothing else.
fn change_word<R: Rng>(
    text: &str,
    rng: &mut R,
    change: impl FnOnce(&mut Vec<char>, &mut R),
) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let long: Vec<usize> = (0..words.len()).filter(|&i| is_long_word(&words[i])).collect();
    if long.is_empty() {
        return text.to_owned();
    }
    let at = pick(rng, &long);
    let mut letters: Vec<char> = words[at].chars().collect();
    change(&mut letters, rng);
    words[at] = letters.into_iter().collect();
    words.join(" ")
}

fn is_long_word(word: &str) -> bool {
    word.chars().count() >= 4 && word.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;
    use crate::randomness::Streams;

    const TEXT: &str = "Where is my order TS-482137? It's been 9 days!";

    fn rough(seed: u64, rate: f64) -> String {
        let mut rng = Streams::new(seed).stream("test");
        let text = greeted(TEXT, Tables::of(Language::English), rate, &mut rng);
        roughen(&text, Intent::WhereIsMyOrder, rate, &mut rng)
    }

    #[test]
    fn no_roughness_is_no_change() {
        assert_eq!(rough(1, 0.0), TEXT);
    }

    #[test]
    fn full_roughness_spares_the_order_number() {
        for seed in 0..200 {
            let text = rough(seed, 1.0);
            assert!(text.contains("ts-482137"), "{text}");
            assert!(!text.contains(['?', '!', '.']), "{text}");
        }
    }

    #[test]
    fn what_it_looks_like() {
        let shown: Vec<_> = (0..5).map(|seed| rough(seed, 0.5)).collect();
        expect_test::expect![[r#"
            Where is my order TS-482137 It's been 9 days
            where is my order ts-482137? it's been 9 days!
            Hey guys Where is my order TS-482137 It's been 9 days 🙏
            hiya! where is my oredr ts-482137? it's been 9 days! 🙏
            where is my order ts-482137 it's been 9 days 🙏🙏🙏"#]]
        .assert_eq(&shown.join("\n"));
    }
}
