//! Numbers that say how well it went.

mod confusion;
mod fairness;
mod latency;

pub use confusion::{Confusion, ConfusionCell};
pub use fairness::{Fairness, RandomAssigner, Sharing, burst, expected_random_jain};
pub use latency::{Latency, LatencySummary};
