//! The rules of a shop, and messages that its customers write.

use std::fmt::Write as _;

use engine::{ContactProfile, Policy, Subject, Timestamp};

const HEAD: &str = include_str!("head.toml");
const KINDS: &str = include_str!("kinds.toml");
const GUESSES: &str = include_str!("guesses.toml");
const RULES: &str = include_str!("shop.toml");
const MESSAGES: &str = include_str!("messages.tsv");

/// What customers write to the shop: about 80 bytes each.
pub(crate) fn subjects() -> Vec<Subject> {
    MESSAGES.lines().map(subject).collect()
}

/// A contact of this language with this message, or none.
pub(crate) fn message(text: &str) -> Subject {
    subject(&format!("en\tbasic\t0\t{text}"))
}

fn subject(line: &str) -> Subject {
    let [language, tier, orders, text] = line.splitn(4, '\t').collect::<Vec<_>>()[..] else {
        panic!("language, tier, orders and text, with tabs between them: {line}");
    };
    let attributes = [("tier", tier), ("orders", orders)];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let contact = ContactProfile {
        language: Some(language.to_owned()),
        attributes: attributes.into(),
        ..ContactProfile::default()
    };
    Subject {
        text: text.to_owned(),
        contact: Some(contact),
        messages: 1,
        at: Timestamp::EPOCH,
        identity: "contact".to_owned(),
        ..Subject::default()
    }
}

/// The 60 rules with 500 keywords; the language is the profile's.
pub(crate) fn words_only() -> String {
    format!("{HEAD}\n{RULES}")
}

/// The same with 5 languages to be told apart and 8 topics of so many examples, and rules that
/// ask for them.
pub(crate) fn with_guesses(examples: usize) -> String {
    let topics = topics(examples);
    format!("{HEAD}\n{topics}\n{GUESSES}\n{RULES}")
}

/// The same with patterns of every kind.
pub(crate) fn with_everything() -> String {
    format!("{}\n{KINDS}", with_guesses(20))
}

/// Rules that say nothing wrong.
pub(crate) fn policy(source: &str) -> Policy {
    match Policy::from_toml(source) {
        Ok((policy, _)) => policy,
        Err(problems) => panic!("{problems:#?}"),
    }
}

/// What topics are about: things, and what is said of them.
const TOPICS: [(&str, [&str; 5], [&str; 4]); 8] = [
    (
        "late parcels",
        ["parcel", "package", "delivery", "lieferung", "paquete"],
        ["has not moved for", "is still not here after", "got lost", "should have come"],
    ),
    (
        "refunds",
        ["refund", "return", "rückgabe", "devolución", "money"],
        ["has not come back", "is what I want for", "takes too long for", "was promised for"],
    ),
    (
        "things that broke",
        ["lamp", "zipper", "chair", "bottle", "tasche"],
        ["is broken after", "came with a crack in", "fell apart after", "leaks since"],
    ),
    (
        "prices",
        ["price", "cost", "precio", "preis", "offer"],
        ["is how much for", "went up for", "would be what with", "looks too high for"],
    ),
    (
        "sizes",
        ["size", "waist", "length", "talla", "größe"],
        ["fits somebody of", "runs small for", "is which one for", "should I take for"],
    ),
    (
        "payments",
        ["card", "payment", "invoice", "rechnung", "pago"],
        ["was charged twice for", "was declined for", "shows the wrong amount for", "is due for"],
    ),
    (
        "accounts",
        ["password", "login", "account", "konto", "cuenta"],
        ["does not work since", "was locked after", "cannot be reset since", "was hacked"],
    ),
    (
        "working together",
        ["collab", "reel", "channel", "followers", "kooperation"],
        ["could show your brand to", "would be paid with", "grew to", "would promote"],
    ),
];

const OPENINGS: [&str; 7] =
    ["hi,", "hello there,", "", "sorry but", "please help,", "quick question:", "hola,"];
const ENDINGS: [&str; 9] = [
    "the blue one",
    "two weeks",
    "my sister",
    "friday",
    "40 euros",
    "my last order",
    "the summer dress",
    "my daughter in Leeds",
    "the video from monday",
];

/// Topics with so many examples each, no two the same up to 1,260.
fn topics(examples: usize) -> String {
    let mut toml = String::new();
    for (name, things, said) in TOPICS {
        let _ = writeln!(toml, "[topic.\"{name}\"]\nexamples = [");
        for nth in 0..examples {
            let (thing, said) = (things[nth % 5], said[nth / 5 % 4]);
            let (opening, ending) = (OPENINGS[nth % 7], ENDINGS[nth / 20 % 9]);
            let _ = writeln!(toml, "    \"{opening} the {thing} {said} {ending}\",");
        }
        toml.push_str("]\n");
    }
    toml
}
