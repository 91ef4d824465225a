//! Looks at rules before they run: what they do to a message, to a table of cases, and compared
//! with other rules. Nothing here talks to Intercom.

pub mod case;
pub mod diff;
