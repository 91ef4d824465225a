//! Softmax regression over sparse features.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// A weight for each pair of a feature and a class.
///
/// Takes four bytes for each.
#[derive(Clone, Debug)]
pub(crate) struct Linear {
    classes: usize,
    /// One row of `classes` for each feature: a text has few features and asks for all classes.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// One example to learn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample<'a> {
    /// Indices of features and their values.
    pub(crate) features: &'a [(u32, f32)],
    pub(crate) class: usize,
}

/// The step of a feature that was never moved.
const STEP: f32 = 1.0;
/// Keeps the first step of a feature finite.
const FIRST: f32 = 1e-4;
const SEED: u64 = 77;

impl Linear {
    /// Learns from samples in so many passes. All features must lie below `features`, all classes
    /// below `classes`.
    ///
    /// AdaGrad (Duchi, Hazan, Singer 2011, <https://jmlr.org/papers/v12/duchi11a.html>) with one
    /// step size for each feature instead of each weight: as accurate here, and it needs one
    /// square root for a row of weights.
    pub(crate) fn train(
        features: usize,
        classes: usize,
        samples: &[Sample<'_>],
        passes: usize,
    ) -> Self {
        let mut this =
            Self { classes, weights: vec![0.0; features * classes], bias: vec![0.0; classes] };
        let mut moved = vec![FIRST; features + 1];
        let mut order: Vec<usize> = (0..samples.len()).collect();
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut error = Vec::with_capacity(classes);
        for _ in 0..passes {
            order.shuffle(&mut random);
            for &sample in &order {
                this.learn(&samples[sample], &mut moved, &mut error);
            }
        }
        this
    }

    /// How probable each class is; the sum is one.
    pub(crate) fn probabilities(&self, features: &[(u32, f32)]) -> Vec<f32> {
        let mut scores = Vec::with_capacity(self.classes);
        self.scores(features, &mut scores);
        softmax(&mut scores);
        scores
    }

    /// The weights of a feature, one for each class.
    pub(crate) fn row(&self, feature: u32) -> &[f32] {
        let start = feature as usize * self.classes;
        &self.weights[start..start + self.classes]
    }

    fn scores(&self, features: &[(u32, f32)], scores: &mut Vec<f32>) {
        scores.clear();
        scores.extend_from_slice(&self.bias);
        for &(feature, value) in features {
            add(scores, value, self.row(feature));
        }
    }

    /// One step down the gradient of the cross entropy.
    fn learn(&mut self, sample: &Sample<'_>, moved: &mut [f32], error: &mut Vec<f32>) {
        self.scores(sample.features, error);
        softmax(error);
        error[sample.class] -= 1.0;
        let squared: f32 = error.iter().map(|it| it * it).sum();
        let (of_bias, moved) = moved.split_last_mut().expect("there is one more for the bias");
        *of_bias += squared;
        add(&mut self.bias, -STEP / libm::sqrtf(*of_bias), error);
        for &(feature, value) in sample.features {
            let moved = &mut moved[feature as usize];
            *moved += value * value * squared;
            let step = -STEP * value / libm::sqrtf(*moved);
            let start = feature as usize * self.classes;
            add(&mut self.weights[start..start + self.classes], step, error);
        }
    }
}

/// `to += factor * what`, place by place.
fn add(to: &mut [f32], factor: f32, what: &[f32]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += factor * what;
    }
}

fn softmax(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = libm::expf(*score - highest);
        sum += *score;
    }
    scores.iter_mut().for_each(|score| *score /= sum);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Trains on one sample for each pair of features and class.
    fn trained(classes: usize, samples: &[(&[u32], usize)]) -> Linear {
        let features: Vec<Vec<(u32, f32)>> = samples
            .iter()
            .map(|(it, _)| it.iter().map(|feature| (*feature, 0.5)).collect())
            .collect();
        let samples: Vec<Sample<'_>> = features
            .iter()
            .zip(samples)
            .map(|(features, (_, class))| Sample { features, class: *class })
            .collect();
        Linear::train(10, classes, &samples, 30)
    }

    #[test]
    fn what_tells_classes_apart_is_learnt() {
        let samples: [(&[u32], usize); 4] = [(&[0, 1], 0), (&[0, 2], 1), (&[0, 3], 2), (&[3], 2)];
        let linear = trained(3, &samples);
        for (features, class) in samples {
            let features: Vec<_> = features.iter().map(|it| (*it, 0.5)).collect();
            let probabilities = linear.probabilities(&features);
            assert!(probabilities[class] > 0.8, "{features:?}: {probabilities:?}");
        }
        assert_eq!(linear.row(9), [0.0; 3], "no sample has it");
    }

    #[test]
    fn without_samples_nothing_is_more_probable() {
        assert_eq!(trained(4, &[]).probabilities(&[(0, 1.0)]), [0.25; 4]);
    }

    proptest! {
        #[test]
        fn probabilities_sum_to_one_and_weights_to_zero(
            samples in prop::collection::vec((prop::collection::vec(0..10_u32, 1..5), 0..4_usize), 0..20)
        ) {
            let samples: Vec<(&[u32], usize)> =
                samples.iter().map(|(features, class)| (&features[..], *class)).collect();
            let linear = trained(4, &samples);
            for feature in 0..10 {
                let sum: f32 = linear.probabilities(&[(feature, 1.0)]).iter().sum();
                prop_assert!((sum - 1.0).abs() < 1e-5);
                prop_assert!(linear.row(feature).iter().sum::<f32>().abs() < 1e-3);
            }
        }
    }
}
