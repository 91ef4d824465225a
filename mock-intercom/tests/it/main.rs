//! The contract of the mock, over real HTTP and in virtual time.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod assignment;
mod authentication;
mod bridge;
mod catalogue;
mod client;
mod control;
mod conversations;
mod delivery;
mod distribution;
mod faults;
mod lifecycle;
mod page;
mod properties;
mod readme;
mod robustness;
mod search;
mod webhooks;
mod workspace;
