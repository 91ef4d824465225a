//! The rules of the engine's bench in the words of others, so that they can be compared.
//!
//! Only what all of them can express: lists of words, attributes of the contact, the profile's
//! language, and groups of these. Each peer gets the first rule that matches, as the engine does.

mod by_regex;
mod cel_programs;
mod condition;
mod prepared;
mod zen_expressions;

pub use by_regex::{AsWritten, OnPrepared};
pub use cel_programs::CelPrograms;
pub use condition::{Rule, rules};
pub use prepared::prepared;
pub use zen_expressions::ZenExpressions;

use engine::Subject;

/// What is asked of every peer.
pub trait Peer {
    /// The place of the first rule that matches.
    fn choose(&mut self, subject: &Subject) -> Option<usize>;
}

/// An attribute of the contact; empty if it is not set.
pub(crate) fn attribute<'s>(subject: &'s Subject, name: &str) -> &'s str {
    let attributes = subject.contact.as_ref().map(|it| &it.attributes);
    attributes.and_then(|it| it.get(name)).map_or("", String::as_str)
}

/// The language of the contact's profile; empty if it is not known.
pub(crate) fn language(subject: &Subject) -> &str {
    subject.contact.as_ref().and_then(|it| it.language.as_deref()).unwrap_or_default()
}

/// How many orders the contact has placed.
pub(crate) fn orders(subject: &Subject) -> i64 {
    attribute(subject, "orders").parse().unwrap_or_default()
}
