//! Judges a router: replays viral bursts and says what came of them.
//!
//! The rooms of this crate, each of which stands alone:
//!
//! ```text
//!  scenario file ──▶ scenario ──▶ plan ◀── traffic, messages      what will happen
//!                       │          │
//!                       │          ▼
//!                       │        people, agenda                    who works, and when
//!                       │          │
//!                       ▼          ▼
//!                     report ◀── measure                           what came of it
//! ```
//!
//! Everything is a pure function of the scenario file and its seed. [`randomness`] has one stream
//! of random numbers per concern, so that adding a fault does not reshuffle the arrivals.
#![deny(missing_docs)]

pub mod agenda;
pub mod cast;
pub mod chronicle;
pub mod duration;
pub mod live_run;
pub mod measure;
pub mod messages;
pub mod people;
pub mod plan;
pub mod randomness;
pub mod report;
pub mod scenario;
pub mod traffic;
pub mod verdict;
pub mod virtual_run;
pub mod world;
