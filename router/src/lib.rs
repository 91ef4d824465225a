//! The production service around the engine: webhooks in, a journal, Intercom calls out.
//!
//! ```text
//!  Intercom ──webhook──▶ http ──decode──▶ intake ──▶ driver ──▶ journal
//!     ▲                                               │  ▲
//!     └──────────── dispatcher ◀──────commands────────┘  └──── engine
//! ```
//!
//! [`Application`] puts the parts together. Three of them are pure and serve the simulator as
//! well: [`notification::decode`] from a webhook's body to events, [`intercom::Exchange`] from an
//! action to requests and from answers to an outcome, and [`rules_file`].

pub mod admin;
pub mod clock;
pub mod config;
pub mod doctor;
pub mod forget;
pub mod intercom;
pub mod journal;
pub mod notification;
pub mod pulse;
pub mod recovery;
pub mod reload;
pub mod review;
pub mod rules_file;
pub mod signature;
pub mod starter;
pub mod survey;

mod application;
mod checkpoints;
mod dispatcher;
mod driver;
mod http;
mod intake;
mod metrics;
mod publish;
mod readiness;
mod request_id;
mod shadow;
mod telemetry;
mod workspace;

pub use application::{Application, RunError, StartError};
pub use clock::Clock;
pub use config::Config;
pub use dispatcher::{ClientError, fetch_roster};
pub use driver::Observer;
pub use telemetry::TelemetryError;
pub use workspace::{Options, Plan};
