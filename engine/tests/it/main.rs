//! Contracts of the engine, in one binary.

mod layering;
mod properties;
mod rules_file;
mod tidy;
