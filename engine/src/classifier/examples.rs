//! Examples in an order of their own.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// The fewest different examples that a class can be learnt from: one to learn, one to see
/// whether that helped.
pub(crate) const EXAMPLES_MIN: usize = 2;
/// A sentence of the background is left out if so much of it is what the examples of one class
/// are made of: it may well belong to that class.
const LIKENESS_MAX: f32 = 0.5;
/// Any number, as long as it stays the same.
const SEED: u64 = 5;

/// What is learnt from: examples of classes, and a background that belongs to no class.
///
/// However the caller orders classes and examples, they are the same here.
#[derive(Clone, Debug)]
pub(crate) struct Examples {
    /// Features of each example, sorted, and its class as a place in `classes`.
    examples: Vec<(Vec<u64>, usize)>,
    background: Vec<Vec<u64>>,
    classes: Vec<usize>,
}

/// A class has fewer than [`EXAMPLES_MIN`] examples that differ and have any feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooFew {
    /// The first such class.
    pub(crate) class: usize,
    /// How many it has.
    pub(crate) usable: usize,
}

impl Examples {
    /// Orders examples of classes, each its class and its features. Features must be sorted and
    /// without repetition; an example without any is ignored, as is one that is there twice.
    ///
    /// # Panics
    ///
    /// If the class of an example is not below `classes`.
    pub(crate) fn new(
        classes: usize,
        examples: impl IntoIterator<Item = (usize, Vec<u64>)>,
        background: Vec<Vec<u64>>,
        importance: super::Importance,
    ) -> Result<Self, TooFew> {
        let mut by_class: Vec<(Vec<Vec<u64>>, usize)> =
            (0..classes).map(|it| (vec![], it)).collect();
        for (class, names) in examples.into_iter().filter(|(_, names)| !names.is_empty()) {
            by_class[class].0.push(names);
        }
        for (examples, class) in &mut by_class {
            examples.sort_unstable();
            examples.dedup();
            if examples.len() < EXAMPLES_MIN {
                return Err(TooFew { class: *class, usable: examples.len() });
            }
        }
        by_class.sort_unstable();
        let background = unlike(background, &by_class, importance);
        Ok(Self::shuffled(by_class, background))
    }

    /// The caller's index of each class.
    pub(crate) fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// How many examples of classes there are.
    pub(crate) fn len(&self) -> usize {
        self.examples.len()
    }

    /// Every example of a class: its place, its features, its class as a place in `classes`.
    pub(crate) fn of_classes(&self) -> impl Iterator<Item = (usize, &[u64], usize)> {
        self.examples.iter().enumerate().map(|(place, (names, class))| (place, &names[..], *class))
    }

    /// Every sentence of the background: its place and its features.
    pub(crate) fn background(&self) -> impl Iterator<Item = (usize, &[u64])> {
        self.background.iter().enumerate().map(|(place, names)| (place, &names[..]))
    }

    /// Shuffles within each class: neighbours may be alike, and folds go by places.
    fn shuffled(by_class: Vec<(Vec<Vec<u64>>, usize)>, mut background: Vec<Vec<u64>>) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        background.shuffle(&mut random);
        let classes = by_class.iter().map(|it| it.1).collect();
        let mut examples = vec![];
        for (class, (mut of_class, _)) in by_class.into_iter().enumerate() {
            of_class.shuffle(&mut random);
            examples.extend(of_class.into_iter().map(|names| (names, class)));
        }
        Self { examples, background, classes }
    }
}

/// What of the background is unlike every class.
fn unlike(
    mut background: Vec<Vec<u64>>,
    by_class: &[(Vec<Vec<u64>>, usize)],
    importance: super::Importance,
) -> Vec<Vec<u64>> {
    for (examples, _) in by_class {
        let mut of_class: Vec<u64> = examples.iter().flatten().copied().collect();
        of_class.sort_unstable();
        of_class.dedup();
        let weight = |name: &u64| importance(*name) * importance(*name);
        background.retain(|names| {
            let all: f32 = names.iter().map(weight).sum();
            let shared = names.iter().filter(|name| of_class.binary_search(name).is_ok());
            shared.map(weight).sum::<f32>() <= LIKENESS_MAX * all
        });
    }
    background.retain(|names| !names.is_empty());
    background
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(classes: usize, examples: &[(usize, &[u64])]) -> Result<Examples, TooFew> {
        let examples = examples.iter().map(|(class, names)| (*class, names.to_vec()));
        Examples::new(classes, examples, vec![vec![], vec![1, 2], vec![8, 9]], |_| 1.0)
    }

    #[test]
    fn every_class_needs_two_different_examples() {
        #[track_caller]
        fn check(classes: usize, examples: &[(usize, &[u64])], expected: Option<TooFew>) {
            assert_eq!(new(classes, examples).err(), expected);
        }
        check(0, &[], None);
        check(1, &[(0, &[1]), (0, &[2])], None);
        check(2, &[(0, &[1]), (0, &[2])], Some(TooFew { class: 1, usable: 0 }));
        check(1, &[(0, &[1]), (0, &[1])], Some(TooFew { class: 0, usable: 1 }));
        check(1, &[(0, &[1]), (0, &[])], Some(TooFew { class: 0, usable: 1 }));
    }

    #[test]
    fn the_background_loses_what_is_like_a_class() {
        let background = |examples: &[(usize, &[u64])]| -> Vec<Vec<u64>> {
            let examples = new(1, examples).unwrap();
            examples.background().map(|(_, names)| names.to_vec()).collect()
        };
        assert_eq!(background(&[(0, &[1]), (0, &[2])]), [vec![8, 9]]);
        assert_eq!(background(&[(0, &[1]), (0, &[8])]).len(), 2);
    }

    #[test]
    fn an_example_that_is_there_twice_counts_once() {
        let examples = new(1, &[(0, &[1]), (0, &[2]), (0, &[1])]).unwrap();
        assert_eq!((examples.len(), examples.classes()), (2, &[0][..]));
    }
}
