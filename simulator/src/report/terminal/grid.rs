//! Numbers as a table shows them.

pub(super) use router::review::grid::{grid, grouped};

/// A share as a percentage, or a dash of nothing.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}
