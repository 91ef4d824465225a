//! Fills the slots of a sentence.

use rand::{Rng, RngExt};

use super::tables::{Product, Tables};
use crate::randomness::pick;

/// What one message says wherever a slot asks for it.
pub(super) struct Slots {
    wear: Product,
    thing: Product,
    item: Product,
    size: &'static str,
    colour: &'static str,
    city: &'static str,
    days: u32,
    price: u32,
    order: String,
}

impl Slots {
    /// Draws a value for every slot, used or not, so that one sentence more in a file does not
    /// change what the others say.
    pub(super) fn draw(tables: &Tables, order: String, rng: &mut impl Rng) -> Self {
        let wear = pick(rng, tables.wear);
        let thing = pick(rng, tables.things);
        Self {
            wear,
            thing,
            item: if rng.random_bool(0.5) { wear } else { thing },
            size: pick(rng, tables.sizes),
            colour: pick(rng, tables.colours),
            city: pick(rng, tables.cities),
            days: rng.random_range(3..22),
            price: rng.random_range(3..18) * 5,
            order,
        }
    }

    /// The sentence with its slots filled, beginning with a capital.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut text = String::with_capacity(template.len() + 32);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(&self.value(name));
            rest = after;
        }
        text.push_str(rest);
        capitalised(&text)
    }

    fn value(&self, name: &str) -> String {
        match name {
            "wear" => self.wear.bare.to_owned(),
            "the_wear" => self.wear.the.to_owned(),
            "this_wear" => self.wear.this.to_owned(),
            "thing" => self.thing.bare.to_owned(),
            "the_thing" => self.thing.the.to_owned(),
            "this_thing" => self.thing.this.to_owned(),
            "item" => self.item.bare.to_owned(),
            "the_item" => self.item.the.to_owned(),
            "this_item" => self.item.this.to_owned(),
            "size" => self.size.to_owned(),
            "colour" => self.colour.to_owned(),
            "city" => self.city.to_owned(),
            "days" => self.days.to_string(),
            "price" => self.price.to_string(),
            "order" => self.order.clone(),
            // A slip of ours; it stays visible, and a test looks for braces.
            other => format!("{{{other}}}"),
        }
    }
}

/// The text with its first letter as a capital.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;
    use crate::randomness::Streams;

    #[test]
    fn every_slot_of_every_sentence_is_known() {
        let mut rng = Streams::new(1).stream("test");
        for language in Language::ALL {
            let tables = Tables::of(language);
            let slots = Slots::draw(tables, "TS-100000".to_owned(), &mut rng);
            let plain = tables.templates.iter().flat_map(|(_, texts)| texts.iter());
            let hard = tables.hard.iter().map(|(_, text)| text);
            for template in plain.chain(hard).chain(tables.number_follows) {
                let text = slots.fill(template);
                assert!(!text.contains(['{', '}']), "{text}");
            }
        }
    }

    #[test]
    fn a_slot_says_the_same_twice_and_a_sentence_begins_with_a_capital() {
        let tables = Tables::of(Language::French);
        let mut rng = Streams::new(1).stream("test");
        let slots = Slots::draw(tables, "TS-1".to_owned(), &mut rng);
        let text = slots.fill("{city} ou {city} ?");
        let (one, other) = text.trim_end_matches(" ?").split_once(" ou ").unwrap();
        assert_eq!(one, other);
        assert_eq!(slots.fill("à {order}"), "À TS-1");
    }
}
