//! Learns classes from few examples: a linear model over sparse features, whatever they are.
//!
//! Knows nothing of texts: a feature is a number, such as a hash of a word. [`Vocabulary`] weighs
//! features by how rare they are, [`Linear`] learns from them, [`Calibration`] says how often a
//! score of the model is right, and [`Classifier`] puts them together so that it also knows when
//! something belongs to no class.
//!
//! The same examples give the same bits on every machine and in any order: the order is made
//! canonical, the seed is fixed, and there is no arithmetic but `+ - * /` and the `libm` crate.

mod calibration;
mod examples;
mod linear;
mod outside;
mod vocabulary;

pub(crate) use calibration::{Calibration, Judged};
pub(crate) use examples::{Examples, TooFew};
pub(crate) use linear::{Linear, Sample};
pub(crate) use vocabulary::{Vector, Vocabulary};

/// How much a feature counts beside its rarity, by its number.
pub(crate) type Importance = fn(u64) -> f32;

/// The most weights that a model may hold, at four bytes each 16 MB, and the most features, at
/// most 3 MB. Beyond it the rarest features go.
const WEIGHTS_MAX: usize = 4_000_000;
const FEATURES_MAX: usize = 1 << 16;
/// From so many examples on a feature of a single one is left out: it makes the model larger and
/// hardly better.
const MANY: usize = 2_000;
/// How many steps the training takes, in passes over all examples within [`PASSES`]: few examples
/// need more passes than many do. More made nothing better on BANKING77.
const STEPS: usize = 15_000;
const PASSES: (usize, usize) = (8, 20);
/// The examples are cut into so many parts, each held out once, to see how the model does on what
/// it does not know.
const FOLDS: usize = 10;
/// So many held out examples are enough for a calibration.
const HELD_OUT: usize = 300;

/// Knows classes by examples of them.
///
/// Beside the classes it was given it has one more, for what belongs to none of them.
#[derive(Clone, Debug)]
pub(crate) struct Classifier {
    vocabulary: Vocabulary,
    linear: Linear,
    calibration: Calibration,
    importance: Importance,
    /// The caller's index of each class of `linear`; its last one has none.
    classes: Vec<usize>,
}

/// What a classifier makes of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Opinion {
    /// The most probable class.
    pub(crate) class: usize,
    /// How often such an opinion is right, in `[0, 1]`.
    pub(crate) confidence: f32,
    /// The next class and its confidence, if there is more than one.
    pub(crate) runner_up: Option<(usize, f32)>,
}

impl Classifier {
    /// Learns from examples.
    pub(crate) fn learn(examples: &Examples, importance: Importance) -> Self {
        let calibration = calibrate(examples, importance);
        let classes: Vec<usize> = (0..examples.classes().len()).collect();
        let (vocabulary, linear) = fit(examples, &classes, importance, None);
        let classes = examples.classes().to_vec();
        Self { vocabulary, linear, calibration, importance, classes }
    }

    /// The best class for these features, which must be sorted and without repetition. `None` if
    /// not one of them is known.
    pub(crate) fn judge(&self, names: &[u64]) -> Option<Opinion> {
        let vector = self.vocabulary.vector(names, self.importance);
        let [first, second] = two_best(&self.linear, self.classes.len(), &vector);
        let (class, probability) = first?;
        let confidence = self.calibration.confidence(probability, vector.known);
        let runner_up = second.map(|(class, probability)| {
            let own = self.calibration.confidence(probability, vector.known);
            (self.classes[class], own.min(confidence).min(1.0 - confidence))
        });
        Some(Opinion { class: self.classes[class], confidence, runner_up })
    }

    /// What each of these features, which must be sorted and without repetition, adds to the
    /// score of a class: the known ones with a number each, negative if it speaks against it. The
    /// numbers of one feature for all classes, and for none of them, have the sum zero.
    pub(crate) fn contributions(&self, names: &[u64], class: usize) -> Vec<(u64, f32)> {
        let Some(class) = self.classes.iter().position(|it| *it == class) else { return vec![] };
        let vector = self.vocabulary.vector(names, self.importance);
        let known = names.iter().filter(|name| self.vocabulary.index(**name).is_some());
        let adds =
            vector.features.iter().map(|(feature, it)| it * self.linear.row(*feature)[class]);
        known.copied().zip(adds).collect()
    }
}

/// Trains on the examples of some classes, or on those of them that a fold does not hold out.
fn fit(
    examples: &Examples,
    classes: &[usize],
    importance: Importance,
    held_out: Option<usize>,
) -> (Vocabulary, Linear) {
    let trains = |place: usize| held_out != Some(place % FOLDS);
    let (names, of): (Vec<&[u64]>, Vec<usize>) = examples
        .of_classes()
        .filter(|(place, ..)| trains(*place))
        .filter_map(|(_, names, class)| Some((names, classes.binary_search(&class).ok()?)))
        .unzip();
    let least = if names.len() < MANY { 1 } else { 2 };
    let most = (WEIGHTS_MAX / (classes.len() + 1)).min(FEATURES_MAX);
    let vocabulary = Vocabulary::learn(&names, least, most);
    let vectors: Vec<Vector> = names.iter().map(|it| vocabulary.vector(it, importance)).collect();
    let mut outside: Vec<Vector> = examples
        .background()
        .filter(|(place, _)| trains(*place))
        .map(|(_, names)| vocabulary.vector(names, importance))
        .collect();
    outside.extend(outside::speechless(&vectors, &of, vocabulary.len()));
    let inside = vectors.iter().zip(of.iter().copied());
    let samples: Vec<Sample<'_>> = inside
        .chain(outside.iter().map(|it| (it, classes.len())))
        .map(|(vector, class)| Sample { features: &vector.features, class })
        .collect();
    let passes = (STEPS / names.len().max(1)).clamp(PASSES.0, PASSES.1);
    let linear = Linear::train(vocabulary.len(), classes.len() + 1, &samples, passes);
    (vocabulary, linear)
}

/// Finds out how often models are right that were trained on a part of the examples.
///
/// A fold leaves some classes out as well, if there are more than two: their examples stand for
/// messages that belong to no class but to the same business.
fn calibrate(examples: &Examples, importance: Importance) -> Calibration {
    let count = examples.classes().len();
    let folds = (HELD_OUT * FOLDS).div_ceil(examples.len().max(1)).clamp(1, FOLDS);
    let (mut inside, mut outside) = (vec![], vec![]);
    for fold in 0..folds {
        let classes: Vec<usize> =
            (0..count).filter(|class| count < 3 || class % FOLDS.min(count) != fold).collect();
        let (vocabulary, linear) = fit(examples, &classes, importance, Some(fold));
        let judged = |names: &[u64], class: Option<usize>| {
            let vector = vocabulary.vector(names, importance);
            let (best, probability) = two_best(&linear, classes.len(), &vector)[0]?;
            let right = class == Some(classes[best]);
            Some(Judged { probability, known: vector.known, right, weight: 1.0 })
        };
        for (place, names, class) in examples.of_classes() {
            if classes.binary_search(&class).is_err() {
                outside.extend(judged(names, None));
            } else if place % FOLDS == fold {
                inside.extend(judged(names, Some(class)));
            }
        }
        let background = examples.background().filter(|(place, _)| place % FOLDS == fold);
        outside.extend(background.filter_map(|(_, names)| judged(names, None)));
    }
    Calibration::fit(&outside::weighed(inside, outside, count))
}

/// The two most probable of the first `count` classes, if there are so many and anything is known.
fn two_best(linear: &Linear, count: usize, vector: &Vector) -> [Option<(usize, f32)>; 2] {
    let mut best: [Option<(usize, f32)>; 2] = [None, None];
    if vector.features.is_empty() {
        return best;
    }
    let probabilities = linear.probabilities(&vector.features);
    for (class, &probability) in probabilities[..count].iter().enumerate() {
        let beats = |other: Option<(usize, f32)>| other.is_none_or(|it| probability > it.1);
        if beats(best[0]) {
            best = [Some((class, probability)), best[0]];
        } else if beats(best[1]) {
            best[1] = Some((class, probability));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets of numbers as features: what belongs to class `c` has `10 * c + 1` and, as everything
    /// has, 100.
    fn examples(order: &[usize]) -> Examples {
        let examples = order.iter().enumerate().flat_map(|(class, tens)| {
            let tens = *tens as u64 * 10;
            (2..8).map(move |it| (class, hashes(&[100, tens + 1, tens + it])))
        });
        let background = (200..220).map(|it| hashes(&[100, it, it + 1])).collect();
        Examples::new(order.len(), examples, background, |_| 1.0).unwrap()
    }

    fn hashes(numbers: &[u64]) -> Vec<u64> {
        let mut hashes: Vec<u64> =
            numbers.iter().map(|it| it.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        hashes.sort_unstable();
        hashes
    }

    #[test]
    fn classes_are_told_apart_and_from_everything_else() {
        let classifier = Classifier::learn(&examples(&[1, 2, 3]), |_| 1.0);
        #[track_caller]
        fn check(classifier: &Classifier, numbers: &[u64], expected: Option<usize>) {
            let opinion = classifier.judge(&hashes(numbers));
            let sure = opinion.filter(|it| it.confidence >= 0.7).map(|it| it.class);
            assert_eq!(sure, expected, "{opinion:?}");
        }
        check(&classifier, &[100, 11], Some(0));
        check(&classifier, &[100, 21, 999], Some(1));
        check(&classifier, &[31, 32], Some(2));
        check(&classifier, &[100], None);
        check(&classifier, &[100, 997, 998], None);
        assert_eq!(classifier.judge(&hashes(&[997, 998])), None);
        assert_eq!(classifier.judge(&[]), None);
    }

    #[test]
    fn a_single_class_is_told_from_everything_else() {
        let classifier = Classifier::learn(&examples(&[1]), |_| 1.0);
        let inside = classifier.judge(&hashes(&[100, 11, 12])).unwrap();
        let outside = classifier.judge(&hashes(&[100, 205])).unwrap();
        assert!(inside.confidence > 0.7 && inside.runner_up.is_none(), "{inside:?}");
        assert!(outside.confidence < 0.3, "{outside:?}");
    }

    #[test]
    fn without_classes_there_is_no_opinion() {
        assert_eq!(Classifier::learn(&examples(&[]), |_| 1.0).judge(&hashes(&[100])), None);
    }

    #[test]
    fn the_order_of_the_classes_gives_them_their_numbers_only() {
        let [a, b] = [[1, 2, 3], [3, 1, 2]].map(|it| Classifier::learn(&examples(&it), |_| 1.0));
        for number in [11, 12, 21, 31, 100] {
            let [a, b] = [&a, &b].map(|it| it.judge(&hashes(&[number])).unwrap());
            assert_eq!((a.class + 1) % 3, b.class);
            assert_eq!(a.confidence.to_bits(), b.confidence.to_bits());
        }
    }

    #[test]
    fn contributions_are_for_known_features_and_have_a_sign() {
        let classifier = Classifier::learn(&examples(&[1, 2]), |_| 1.0);
        let contributions = classifier.contributions(&hashes(&[11, 21, 999]), 0);
        let of =
            |number| contributions.iter().find(|it| it.0 == hashes(&[number])[0]).map(|it| it.1);
        assert!(of(11).unwrap() > 0.1 && of(21).unwrap() < -0.1 && of(999).is_none());
    }
}
