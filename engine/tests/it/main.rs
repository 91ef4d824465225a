//! Contracts of the engine, in one binary.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]
#![allow(clippy::disallowed_methods, reason = "the tests may read files; the engine may not")]

mod assignment_keys;
mod canary;
mod conditions;
mod drain;
mod fairness;
mod language;
mod layering;
mod properties;
mod random_rules;
mod rules_file;
mod scene;
mod tidy;
