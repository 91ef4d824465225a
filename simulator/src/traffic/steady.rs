//! A Poisson process, on a window scaled to 1.

use rand::Rng;

use crate::randomness::exponential;

/// The times, as shares of the window, of a Poisson process that expects `expected` arrivals.
///
/// Mapped through a shape's quantile function they become a Poisson process of that shape.
pub(super) fn poisson_shares(expected: f64, rng: &mut impl Rng) -> Vec<f64> {
    let mut shares = Vec::new();
    if expected <= 0.0 {
        return shares;
    }
    let mut share = exponential(rng, 1.0 / expected);
    while share < 1.0 {
        shares.push(share);
        share += exponential(rng, 1.0 / expected);
    }
    shares
}
