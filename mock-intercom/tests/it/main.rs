//! The contract of the mock, over real HTTP and in virtual time.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod assignment;
mod authentication;
mod bridge;
mod browser;
mod catalogue;
mod client;
mod contact_search;
mod contacts;
mod control;
mod conversations;
mod delivery;
mod desk;
mod distribution;
mod faults;
mod lifecycle;
mod openapi;
mod page;
mod properties;
mod readme;
mod robustness;
mod sdk;
mod search;
mod tickets;
mod tools;
mod webhooks;
mod workspace;
