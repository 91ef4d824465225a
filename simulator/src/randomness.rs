//! Dice: one seed per run, one stream of random numbers per concern.
//!
//! A stream is a ChaCha8 generator whose 256-bit key *is* its name: the seed, the FNV-1a hash of
//! the concern, what sort of key follows, and the key (a number, or the FNV-1a hash of a text),
//! 64 bits each, little-endian. ChaCha mixes them better than any hash of ours would. So a stream
//! depends on its name alone, never on which streams were opened before it, and two streams are
//! the same only if their names are (or their 64-bit hashes collide).
//!
//! The numbers are the same on every machine: `rand_chacha` and the sampling of `rand` are
//! defined in integers, and what needs `exp` or `ln` takes it from `libm`, which is Rust all the
//! way down, rather than from the platform's C library. `Cargo.lock` pins the sampling algorithms.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Where all randomness of a run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    seed: u64,
}

/// What distinguishes streams of one concern.
#[derive(Clone, Copy, Debug)]
pub enum Key<'a> {
    /// Something that is counted: a contact, a conversation.
    Number(u64),
    /// Something that is named: a team.
    Text(&'a str),
}

impl From<u64> for Key<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl Streams {
    /// All streams of one seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The seed, to print.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The one stream of a concern, from its beginning.
    #[must_use]
    pub fn stream(&self, concern: &str) -> ChaCha8Rng {
        self.generator(concern, 0, 0)
    }

    /// A concern's stream for one thing, from its beginning.
    #[must_use]
    pub fn keyed<'a>(&self, concern: &str, key: impl Into<Key<'a>>) -> ChaCha8Rng {
        match key.into() {
            Key::Number(number) => self.generator(concern, 1, number),
            Key::Text(text) => self.generator(concern, 2, fnv1a(text)),
        }
    }

    fn generator(&self, concern: &str, sort: u64, key: u64) -> ChaCha8Rng {
        let mut name = [0; 32];
        let words = [self.seed, fnv1a(concern), sort, key];
        for (bytes, word) in name.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        ChaCha8Rng::from_seed(name)
    }
}

/// The 64-bit FNV-1a hash: short, public, and the same everywhere and for ever.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A number from the exponential distribution: the wait until something that has no memory.
#[must_use]
pub fn exponential(rng: &mut impl Rng, mean: f64) -> f64 {
    // 1 - u is in (0, 1], whose logarithm is finite.
    -libm::log(1.0 - rng.random::<f64>()) * mean
}

/// A number from the standard normal distribution, by the method of Box and Muller.
#[must_use]
pub fn standard_normal(rng: &mut impl Rng) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - rng.random::<f64>()));
    let angle = 2.0 * std::f64::consts::PI * rng.random::<f64>();
    radius * libm::cos(angle)
}

/// A number from the lognormal distribution with this median, and this standard deviation of its
/// logarithm. Exactly the median if `sigma` is 0.
#[must_use]
pub fn lognormal(rng: &mut impl Rng, median: f64, sigma: f64) -> f64 {
    median * libm::exp(sigma * standard_normal(rng))
}

/// One of the items, each as likely as its weight; `None` if there is none with a weight.
#[must_use]
pub fn pick_weighted<T>(
    rng: &mut impl Rng,
    items: impl Iterator<Item = (T, u32)> + Clone,
) -> Option<T> {
    let total: u64 = items.clone().map(|(_, weight)| u64::from(weight)).sum();
    if total == 0 {
        return None;
    }
    let mut left = rng.random_range(0..total);
    for (item, weight) in items {
        let weight = u64::from(weight);
        if left < weight {
            return Some(item);
        }
        left -= weight;
    }
    None
}

/// One of the items, each as likely as any other.
///
/// # Panics
///
/// If there are no items.
#[must_use]
pub fn pick<T: Copy>(rng: &mut impl Rng, items: &[T]) -> T {
    items[rng.random_range(0..items.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(mut rng: ChaCha8Rng) -> u64 {
        rng.next_u64()
    }

    #[test]
    fn a_stream_depends_on_its_name_alone() {
        let streams = Streams::new(7);
        let before = first(streams.keyed("handle_time", 3));
        let _ = first(streams.stream("faults"));
        assert_eq!(before, first(streams.keyed("handle_time", 3)));
    }

    #[test]
    fn every_part_of_the_name_matters() {
        let streams = Streams::new(7);
        let mut seen = std::collections::BTreeSet::new();
        for rng in [
            streams.stream("arrivals"),
            streams.stream("handle_time"),
            streams.keyed("arrivals", 0),
            streams.keyed("arrivals", 1),
            streams.keyed("arrivals", "sales"),
            Streams::new(8).stream("arrivals"),
        ] {
            assert!(seen.insert(first(rng)));
        }
    }

    #[test]
    fn the_numbers_are_these_on_every_machine() {
        let mut rng = Streams::new(7).stream("arrivals");
        expect_test::expect![
            "4ef9c30019cb0b8e 0.35357590775944425 37.096981525963464 259.8274841193356"
        ]
        .assert_eq(&format!(
            "{:016x} {:?} {:?} {:?}",
            rng.next_u64(),
            rng.random::<f64>(),
            exponential(&mut rng, 10.0),
            lognormal(&mut rng, 240.0, 0.6),
        ));
    }

    #[test]
    fn the_distributions_have_the_means_they_should() {
        let mut rng = Streams::new(1).stream("test");
        let n = 40_000;
        let mean = (0..n).map(|_| exponential(&mut rng, 5.0)).sum::<f64>() / f64::from(n);
        assert!((mean - 5.0).abs() < 0.1, "{mean}");
        let mut times: Vec<f64> = (0..n).map(|_| lognormal(&mut rng, 240.0, 0.6)).collect();
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        assert!((median / 240.0 - 1.0).abs() < 0.02, "{median}");
        let mean = times.iter().sum::<f64>() / f64::from(n);
        assert!((mean / (240.0 * (0.18_f64).exp()) - 1.0).abs() < 0.02, "{mean}");
    }

    #[test]
    fn weights_are_kept_and_zero_is_never() {
        let mut rng = Streams::new(1).stream("test");
        let mut counts = [0; 3];
        for _ in 0..9_000 {
            let items = [(0, 2), (1, 0), (2, 1)];
            counts[pick_weighted(&mut rng, items.into_iter()).unwrap()] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((5_800..6_200).contains(&counts[0]), "{counts:?}");
        assert_eq!(pick_weighted(&mut rng, [("never", 0)].into_iter()), None);
    }
}
