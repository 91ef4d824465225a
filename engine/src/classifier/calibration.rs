//! How often a model is right when it says so.

/// Turns what a model says of its best class into how often that is true.
///
/// Platt's scaling (1999, "Probabilistic outputs for support vector machines") with a second
/// input: `1 / (1 + exp(-(slope * log-odds + known_slope * known + offset)))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Calibration {
    /// Slope of the log-odds, slope of the known part, offset.
    by: [f64; 3],
}

/// What a model said of something that it was not trained on, and whether that was right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Judged {
    /// The probability that the model gave to its best class, in `[0, 1]`.
    pub(crate) probability: f32,
    /// Which part of the features the model knew, in `[0, 1]`.
    pub(crate) known: f32,
    pub(crate) right: bool,
    /// How much this counts; 1 is usual.
    pub(crate) weight: f32,
}

/// Believes the model as it is.
const PRIOR: [f64; 3] = [1.0, 0.0, 0.0];
/// How strongly the prior holds each number: with few examples there is little to say against it.
const HOLD: [f64; 3] = [4.0, 1.0, 0.3];
/// More of the model's belief, or of known features, never makes the confidence smaller.
const LEAST: [f64; 3] = [0.1, 0.0, f64::NEG_INFINITY];
const STEPS: usize = 25;

impl Calibration {
    /// Fits the calibration to what a model said: the most probable numbers given the prior, by
    /// Newton's method.
    pub(crate) fn fit(judged: &[Judged]) -> Self {
        let mut by = PRIOR;
        for _ in 0..STEPS {
            let step = newton(judged, by);
            for i in 0..3 {
                by[i] = (by[i] - step[i].clamp(-1.0, 1.0)).max(LEAST[i]);
            }
        }
        Self { by }
    }

    /// How often a model is right that gives this probability to its best class, knowing this
    /// part of the features. All three are in `[0, 1]`.
    pub(crate) fn confidence(self, probability: f32, known: f32) -> f32 {
        let inputs = inputs(probability, known);
        #[expect(clippy::cast_possible_truncation, reason = "a confidence needs no more digits")]
        let confidence = logistic((0..3).map(|i| self.by[i] * inputs[i]).sum()) as f32;
        confidence
    }
}

fn inputs(probability: f32, known: f32) -> [f64; 3] {
    let probability = f64::from(probability).clamp(1e-6, 1.0 - 1e-6);
    [libm::log(probability / (1.0 - probability)), f64::from(known), 1.0]
}

fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-score))
}

/// The gradient of the negative log-likelihood over its curvature.
fn newton(judged: &[Judged], by: [f64; 3]) -> [f64; 3] {
    let mut gradient = [0.0; 3];
    let mut curvature = [[0.0; 3]; 3];
    for i in 0..3 {
        gradient[i] = HOLD[i] * (by[i] - PRIOR[i]);
        curvature[i][i] = HOLD[i];
    }
    for it in judged {
        let inputs = inputs(it.probability, it.known);
        let weight = f64::from(it.weight);
        let said = logistic((0..3).map(|i| by[i] * inputs[i]).sum());
        let error = said - if it.right { 1.0 } else { 0.0 };
        for i in 0..3 {
            gradient[i] += weight * error * inputs[i];
            for j in 0..3 {
                curvature[i][j] += weight * said * (1.0 - said) * inputs[i] * inputs[j];
            }
        }
    }
    for i in 0..3 {
        if by[i] <= LEAST[i] && gradient[i] > 0.0 {
            hold(i, &mut curvature, &mut gradient);
        }
    }
    solve(curvature, gradient)
}

/// Takes a number out of the step: it is as small as it may be, and the others must not count on
/// its help.
fn hold(i: usize, curvature: &mut [[f64; 3]; 3], gradient: &mut [f64; 3]) {
    gradient[i] = 0.0;
    curvature.iter_mut().for_each(|row| row[i] = 0.0);
    curvature[i] = [0.0; 3];
    curvature[i][i] = 1.0;
}

/// Solves `matrix * x = right` for a positive definite matrix, by elimination.
fn solve(mut matrix: [[f64; 3]; 3], mut right: [f64; 3]) -> [f64; 3] {
    for pivot in 0..3 {
        let above = matrix[pivot];
        for row in pivot + 1..3 {
            let factor = matrix[row][pivot] / above[pivot];
            matrix[row].iter_mut().zip(above).for_each(|(it, above)| *it -= factor * above);
            right[row] -= factor * right[pivot];
        }
    }
    let mut x = [0.0; 3];
    for row in (0..3).rev() {
        let rest: f64 = (row + 1..3).map(|column| matrix[row][column] * x[column]).sum();
        x[row] = (right[row] - rest) / matrix[row][row];
    }
    x
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A model that says `said` and is right in `right` of each hundred cases.
    fn judged(said: f32, right: usize) -> Vec<Judged> {
        let judged =
            |i| Judged { probability: said, known: 1.0, right: i % 100 < right, weight: 1.0 };
        (0..1_000_usize).map(judged).collect()
    }

    #[test]
    fn without_a_judgement_the_model_is_believed() {
        let confidence = Calibration::fit(&[]).confidence(0.8, 0.5);
        assert!((confidence - 0.8).abs() < 1e-3, "{confidence}");
    }

    #[test]
    fn a_boaster_is_corrected_and_a_doubter_encouraged() {
        #[track_caller]
        fn check(low: (f32, usize), high: (f32, usize)) {
            let both = [judged(low.0, low.1), judged(high.0, high.1)].concat();
            let calibration = Calibration::fit(&both);
            for (said, right) in [low, high] {
                let confidence = f64::from(calibration.confidence(said, 1.0));
                let often = right as f64 / 100.0;
                assert!((confidence - often).abs() < 0.03, "{said}: {confidence} for {often}");
            }
        }
        check((0.7, 40), (0.95, 60));
        check((0.3, 60), (0.5, 90));
        check((0.4, 42), (0.9, 91));
    }

    #[test]
    fn what_counts_double_has_the_effect_of_two() {
        let twice = [judged(0.6, 30), judged(0.6, 30)].concat();
        let heavy: Vec<_> =
            judged(0.6, 30).into_iter().map(|it| Judged { weight: 2.0, ..it }).collect();
        let [a, b] = [twice, heavy].map(|it| Calibration::fit(&it).confidence(0.7, 1.0));
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }

    proptest! {
        #[test]
        fn the_confidence_grows_with_what_the_model_says(
            judged in prop::collection::vec((0.0..=1.0_f32, 0.0..=1.0_f32, any::<bool>()), 0..60),
            [a, b, c, d] in [0.0..=1.0_f32, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0],
        ) {
            let judged: Vec<_> = judged
                .into_iter()
                .map(|(probability, known, right)| Judged { probability, known, right, weight: 1.0 })
                .collect();
            let calibration = Calibration::fit(&judged);
            let low = calibration.confidence(a.min(b), c.min(d));
            let high = calibration.confidence(a.max(b), c.max(d));
            prop_assert!(0.0 <= low && low <= high && high <= 1.0, "{low} {high}");
        }
    }
}
