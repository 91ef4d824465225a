//! Features by number, each with a weight that grows with its rarity.

/// The features that a model knows.
///
/// Takes 36 to 68 bytes for a feature.
#[derive(Clone, Debug)]
pub(crate) struct Vocabulary {
    /// Open addressing with linear probing; the length is a power of two. A name of zero is a
    /// free place.
    slots: Vec<(u64, u32)>,
    /// Inverse document frequency of each feature.
    rarity: Vec<f32>,
    /// What a feature counts that no example had.
    rarity_of_strangers: f32,
}

/// A text, or whatever else is classified, as the model sees it: a vector of length one at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Vector {
    /// Known features and their values, in the order of their names.
    pub(crate) features: Vec<(u32, f32)>,
    /// Which part of the squared length falls to known features, in `[0, 1]`; what is missing are
    /// strangers.
    pub(crate) known: f32,
}

impl Vocabulary {
    /// Learns the features of some examples, each a sorted list of names without repetition.
    /// Keeps those that at least `least` examples have, and of these the most frequent `most`.
    ///
    /// The weight is the smoothed inverse document frequency `ln((1 + n) / (1 + df)) + 1`
    /// (scikit-learn, `TfidfTransformer`, `smooth_idf`).
    pub(crate) fn learn(examples: &[&[u64]], least: u32, most: usize) -> Self {
        let mut frequencies = frequencies(examples);
        frequencies.retain(|(_, frequency)| *frequency >= least);
        if frequencies.len() > most {
            frequencies.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
            frequencies.truncate(most);
            frequencies.sort_unstable();
        }
        let mut this = Self {
            slots: vec![(0, 0); (frequencies.len() * 2).next_power_of_two()],
            rarity: Vec::with_capacity(frequencies.len()),
            rarity_of_strangers: rarity(examples.len(), 0),
        };
        for (name, frequency) in frequencies {
            this.insert(name, rarity(examples.len(), frequency));
        }
        this
    }

    /// How many features there are; their indices lie below.
    pub(crate) fn len(&self) -> usize {
        self.rarity.len()
    }

    /// The index of a feature, if it is known.
    pub(crate) fn index(&self, name: u64) -> Option<u32> {
        let mut place = self.home(name);
        loop {
            match self.slots[place] {
                (0, _) => return None,
                (taken, index) if taken == name => return Some(index),
                _ => place = (place + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Weighs features: `names` sorted and without repetition, `importance` by name. Each value is
    /// importance times rarity, over the length of the vector. Strangers count into the length,
    /// so that a text of which little is known has small values.
    pub(crate) fn vector(&self, names: &[u64], importance: super::Importance) -> Vector {
        let mut features = Vec::with_capacity(names.len());
        let (mut known, mut strange) = (0.0, 0.0);
        for &name in names {
            if let Some(index) = self.index(name) {
                let value = importance(name) * self.rarity[index as usize];
                known += value * value;
                features.push((index, value));
            } else {
                let value = importance(name) * self.rarity_of_strangers;
                strange += value * value;
            }
        }
        let squared = known + strange;
        if squared > 0.0 {
            let length = libm::sqrtf(squared);
            features.iter_mut().for_each(|(_, value)| *value /= length);
            known /= squared;
        }
        Vector { features, known }
    }

    fn home(&self, name: u64) -> usize {
        // Names are hashes: their upper half is as good as any.
        (name >> 32) as usize & (self.slots.len() - 1)
    }

    fn insert(&mut self, name: u64, rarity: f32) {
        debug_assert!(name != 0, "zero is a free place");
        let index = u32::try_from(self.rarity.len()).expect("learn() keeps fewer than 2^32");
        self.rarity.push(rarity);
        let mut place = self.home(name);
        while self.slots[place].0 != 0 {
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.slots[place] = (name, index);
    }
}

/// Every feature with the number of examples that have it, in the order of names.
fn frequencies(examples: &[&[u64]]) -> Vec<(u64, u32)> {
    let mut names: Vec<u64> = examples.iter().copied().flatten().copied().collect();
    names.sort_unstable();
    names
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], u32::try_from(same.len()).unwrap_or(u32::MAX)))
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of examples stay below 2^24")]
fn rarity(examples: usize, frequency: u32) -> f32 {
    libm::logf((1.0 + examples as f32) / (1.0 + frequency as f32)) + 1.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Spreads small numbers as a hash would.
    fn name(number: u64) -> u64 {
        (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn names(numbers: &[u64]) -> Vec<u64> {
        let mut names: Vec<u64> = numbers.iter().copied().map(name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn learn(examples: &[&[u64]], least: u32, most: usize) -> Vocabulary {
        let examples: Vec<Vec<u64>> = examples.iter().map(|it| names(it)).collect();
        let examples: Vec<&[u64]> = examples.iter().map(Vec::as_slice).collect();
        Vocabulary::learn(&examples, least, most)
    }

    #[test]
    fn the_rare_and_the_surplus_stay_out() {
        #[track_caller]
        fn check(least: u32, most: usize, expected: &[u64]) {
            let vocabulary = learn(&[&[1, 2, 3], &[1, 2], &[1]], least, most);
            let known: Vec<u64> =
                (0..5).filter(|it| vocabulary.index(name(*it)).is_some()).collect();
            assert_eq!((known.as_slice(), vocabulary.len()), (expected, expected.len()));
        }
        check(1, 9, &[1, 2, 3]);
        check(2, 9, &[1, 2]);
        check(1, 1, &[1]);
        check(1, 0, &[]);
        check(4, 9, &[]);
    }

    #[test]
    fn the_rare_weighs_more_and_strangers_make_the_rest_small() {
        let vocabulary = learn(&[&[1, 2], &[1], &[1]], 1, 9);
        let vector = |numbers: &[u64]| vocabulary.vector(&names(numbers), |_| 1.0);
        let both = vector(&[1, 2]);
        let value = |vector: &Vector, number: u64| {
            let index = vocabulary.index(name(number)).unwrap();
            vector.features.iter().find(|it| it.0 == index).unwrap().1
        };
        assert!(value(&both, 2) > 1.5 * value(&both, 1), "{both:?}");
        assert!((both.known - 1.0).abs() < 1e-6);
        let strange = vector(&[1, 7, 8, 9]);
        assert!(value(&strange, 1) < 0.3 && strange.known < 0.1, "{strange:?}");
        assert_eq!(vector(&[7]), Vector::default());
        assert_eq!(vector(&[]), Vector::default());
    }

    proptest! {
        #[test]
        fn every_feature_has_an_index_of_its_own(numbers in prop::collection::vec(0..500_u64, 0..200)) {
            let vocabulary = learn(&[&numbers], 1, 1_000);
            let names = names(&numbers);
            let mut indices: Vec<u32> =
                names.iter().map(|it| vocabulary.index(*it).unwrap()).collect();
            indices.sort_unstable();
            prop_assert_eq!(indices.len(), vocabulary.len());
            prop_assert!(indices.iter().enumerate().all(|(i, it)| i == *it as usize));
        }

        #[test]
        fn no_vector_is_longer_than_one(
            known in prop::collection::vec(0..50_u64, 1..40),
            asked in prop::collection::vec(0..100_u64, 0..40),
        ) {
            let vector = learn(&[&known], 1, 1_000).vector(&names(&asked), |_| 0.5);
            let squared: f32 = vector.features.iter().map(|it| it.1 * it.1).sum();
            prop_assert!((squared - vector.known).abs() < 1e-4);
            prop_assert!((0.0..=1.0).contains(&vector.known));
        }
    }
}
