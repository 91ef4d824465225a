//! Intercom's API and its quirks; nothing outside this module knows how Intercom spells things.
//!
//! Pure: [`Exchange`] makes requests and reads answers, whoever drives it does the sending.
//! Names are mapped here and nowhere else: Intercom's *admin* is our teammate.

mod attachment;
mod exchange;
pub(crate) mod identity;
mod lenient;
mod note;
mod plain_text;
mod translate;
pub(crate) mod wire;

pub(crate) use exchange::request_id;
pub use exchange::{Exchange, HttpRequest, HttpResponse, TransportFailure};
pub(crate) use translate::{
    answer, assignment_part, contact_messages, conversation_id, opening_message, presence,
    reassigns, snapshot,
};
