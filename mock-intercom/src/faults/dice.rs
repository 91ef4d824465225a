//! Dice: a stream of random numbers by name, so that what one thing draws never depends on what
//! another drew before it.
//!
//! The key of the ChaCha8 generator *is* the name: the seed, the rule, what the rule is applied to,
//! and how often it was before. The numbers are the same on every machine: `rand_chacha` and the
//! sampling of `rand` are defined in integers, and `exp` and `ln` come from `libm`.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The numbers for one throw.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64, rule: u64, subject: u64, nth: u64) -> Self {
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([seed, rule, subject, nth]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number from 0 up to, not including, 1.
    pub(super) fn share(&mut self) -> f64 {
        self.0.random()
    }

    /// A number from the standard normal distribution, by the method of Box and Muller.
    pub(super) fn normal(&mut self) -> f64 {
        // 1 - u is in (0, 1], whose logarithm is finite.
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.share()));
        radius * libm::cos(2.0 * std::f64::consts::PI * self.share())
    }
}

/// The 64-bit FNV-1a hash: short, public, and the same everywhere and for ever.
pub(super) fn fnv1a(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
