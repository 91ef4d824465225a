//! What belongs to no class: made from examples, and how much it counts.

use super::{Judged, Vector};

/// About so many examples are taken as a mould.
const MOULDS: usize = 200;
/// However many classes there are, not everything belongs to one.
const OUTSIDE_MIN: f32 = 0.02;

/// Examples without what speaks for their class: only features that at least half of the classes
/// have, and two of them, are left. The rest of the length is missing as if strangers stood there.
///
/// They teach a model that "how do I … my …" says nothing by itself.
pub(super) fn speechless(examples: &[Vector], of: &[usize], features: usize) -> Vec<Vector> {
    let classes = of.iter().max().map_or(0, |highest| highest + 1);
    let mut seen: Vec<(u32, usize)> = examples
        .iter()
        .zip(of)
        .flat_map(|(example, class)| example.features.iter().map(|(it, _)| (*it, *class)))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let mut spread = vec![0; features];
    seen.iter().for_each(|(feature, _)| spread[*feature as usize] += 1);
    let needed = (classes / 2).max(2);
    let stripped = examples.iter().step_by((examples.len() / MOULDS).max(1)).map(|example| {
        let mut features = example.features.clone();
        features.retain(|(feature, _)| spread[*feature as usize] >= needed);
        Vector { features, known: example.known }
    });
    stripped.filter(|it| !it.features.is_empty()).collect()
}

/// All judgements together, those about what lies outside of the classes weighed as often as it
/// is met.
///
/// How often that is nobody knows before the first message. The assumption: as often as everything
/// else where there are two classes, and the less the more there are, since they cover more of what
/// people write about: nearly half as often beside eight, a fourteenth beside 77.
#[expect(clippy::cast_precision_loss, reason = "counts of examples stay below 2^24")]
pub(super) fn weighed(inside: Vec<Judged>, outside: Vec<Judged>, classes: usize) -> Vec<Judged> {
    let per_inside = OUTSIDE_MIN + 4.0 / (classes as f32 + 2.0);
    let weight = per_inside * inside.len() as f32 / outside.len().max(1) as f32;
    let outside = outside.into_iter().map(|it| Judged { weight, ..it });
    inside.into_iter().chain(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_for_one_class_is_taken_out() {
        #[track_caller]
        fn check(examples: &[&[u32]], of: &[usize], expected: &[&[u32]]) {
            let vector = |features: &&[u32]| Vector {
                features: features.iter().map(|it| (*it, 0.1)).collect(),
                known: 1.0,
            };
            let examples: Vec<Vector> = examples.iter().map(vector).collect();
            let left: Vec<Vec<u32>> = speechless(&examples, of, 10)
                .iter()
                .map(|it| it.features.iter().map(|(feature, _)| *feature).collect())
                .collect();
            assert_eq!(left, expected);
        }
        check(&[&[0, 1], &[0, 2], &[3]], &[0, 1, 1], &[&[0], &[0]]);
        check(&[&[0, 1], &[0, 1]], &[0, 0], &[]);
        // Of six classes three must have it.
        let many: [&[u32]; 6] = [&[0, 1], &[0, 1], &[0], &[], &[], &[]];
        check(&many, &[0, 1, 2, 3, 4, 5], &[&[0], &[0], &[0]]);
        check(&[], &[], &[]);
    }

    #[test]
    fn the_outside_weighs_less_beside_many_classes() {
        let judged = |right| Judged { probability: 0.5, known: 1.0, right, weight: 1.0 };
        let outside = |classes| -> f32 {
            let all = weighed(vec![judged(true); 10], vec![judged(false); 30], classes);
            all.iter().filter(|it| !it.right).map(|it| it.weight).sum()
        };
        assert!((outside(2) - 10.2).abs() < 1e-3, "{}", outside(2));
        assert!((outside(78) - 0.7).abs() < 1e-3, "{}", outside(78));
        assert_eq!(weighed(vec![], vec![], 2), []);
    }
}
