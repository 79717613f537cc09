//! Logistic regression by Newton's method, and its quantisation to the model file's i8 weights.
//!
//! Small and dense: a few dozen features, so each step is one Cholesky of a matrix that fits a
//! cache. `exp` and `ln` are libm's and all sums run in the order of the samples, so every
//! machine finds the same bytes.

use unspoken::intent::model::{Input, Model, Shape, sigmoid};

use super::sample::Sample;

/// The penalties that are tried: `λ/2 · |w|²` against the mean log-loss, on standardised inputs.
pub const LAMBDAS: [f64; 8] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];
/// Keeps the recalibration finite where the classes can be told apart without error.
const RIDGE: f64 = 1e-6;
/// Newton doubles its digits a step; from zero, ten are plenty.
const STEPS: usize = 50;
/// A step this small, in every coordinate, ends it; what is left is far below an i8 step.
const SETTLED: f64 = 1e-9;
/// The features that the shipped model was chosen from; later ones await a choice on validation.
const CHOSEN: usize = 32;
/// A feature that hardly varies in training says nothing.
const LEAST_DEVIATION: f64 = 1.0 / 256.0;

/// The model of `commit` for these samples: standardised, fitted, quantised, and then recalibrated
/// on the same samples, which mends both the rounding and the underconfidence of a strong penalty.
pub fn commit(samples: &[&Sample], lambda: f64) -> Model {
    let inputs: Vec<Input> = (0..CHOSEN).filter_map(|at| input(samples, at)).collect();
    let labels: Vec<bool> = samples.iter().map(|sample| sample.happened).collect();
    let rows: Vec<f64> = samples
        .iter()
        .flat_map(|sample| inputs.iter().map(|input| input.of(&sample.features)))
        .collect();
    let (_, weights) = logistic(&rows, inputs.len(), &labels, lambda);
    let largest = weights.iter().fold(0.0f64, |most, weight| most.max(weight.abs()));
    let (inputs, weights): (Vec<Input>, Vec<i8>) = inputs
        .into_iter()
        .zip(&weights)
        .map(|(input, weight)| (input, (weight / largest * 127.0).round() as i8))
        .filter(|(_, weight)| *weight != 0)
        .unzip();
    let mut model = Model {
        head: "commit".into(),
        bias: 0.0,
        scale: 1.0,
        weights,
        shape: Shape::Logistic(inputs),
    };
    let sums: Vec<f64> =
        samples.iter().map(|sample| model.logit(&sample.features) / 127.0).collect();
    let (bias, slope) = logistic(&sums, 1, &labels, RIDGE);
    model.bias = bias as f32;
    model.scale = (slope[0] / 127.0) as f32;
    model
}

fn input(samples: &[&Sample], at: usize) -> Option<Input> {
    let count = samples.len() as f64;
    let mean = samples.iter().map(|sample| sample.features[at]).sum::<f64>() / count;
    let square = |sample: &&Sample| {
        let off = sample.features[at] - mean;
        off * off
    };
    let deviation = libm::sqrt(samples.iter().map(square).sum::<f64>() / count);
    (deviation > LEAST_DEVIATION).then(|| Input::new(at as u8, mean, deviation))
}

/// Bias and weights that minimise mean log-loss plus `λ/2 · |w|²`; `rows` holds `width` numbers a
/// label. The bias is not penalised.
fn logistic(rows: &[f64], width: usize, labels: &[bool], lambda: f64) -> (f64, Vec<f64>) {
    let size = width + 1;
    let mut solution = vec![0.0; size];
    for _ in 0..STEPS {
        let (mut gradient, mut hessian) = (vec![0.0; size], vec![0.0; size * size]);
        let mut extended = vec![1.0; size];
        for (at, label) in labels.iter().enumerate() {
            extended[1..].copy_from_slice(&rows[at * width..(at + 1) * width]);
            let score: f64 = extended.iter().zip(&solution).map(|(x, w)| x * w).sum();
            let p = sigmoid(score);
            let (off, curve) = (p - f64::from(u8::from(*label)), p * (1.0 - p));
            for (i, x) in extended.iter().enumerate() {
                gradient[i] += off * x;
                let row = &mut hessian[i * size..=i * size + i];
                row.iter_mut().zip(&extended).for_each(|(h, other)| *h += curve * x * other);
            }
        }
        let count = labels.len() as f64;
        gradient.iter_mut().chain(&mut hessian).for_each(|sum| *sum /= count);
        for i in 1..size {
            gradient[i] += lambda * solution[i];
            hessian[i * size + i] += lambda;
        }
        let step = solve(hessian, gradient, size);
        solution.iter_mut().zip(&step).for_each(|(w, step)| *w -= step);
        if step.iter().all(|step| step.abs() < SETTLED) {
            break;
        }
    }
    let weights = solution.split_off(1);
    (solution[0], weights)
}

/// Solves `A x = b` for a positive definite `A`, given by its lower triangle, by Cholesky.
fn solve(mut a: Vec<f64>, mut b: Vec<f64>, size: usize) -> Vec<f64> {
    for i in 0..size {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i * size + k] * a[j * size + k]).sum();
            let rest = a[i * size + j] - dot;
            // The penalty keeps every pivot positive, up to rounding.
            a[i * size + j] = if i == j {
                libm::sqrt(rest.max(f64::MIN_POSITIVE))
            } else {
                rest / a[j * size + j]
            };
        }
    }
    for i in 0..size {
        let dot: f64 = (0..i).map(|k| a[i * size + k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i * size + i];
    }
    for i in (0..size).rev() {
        let dot: f64 = (i + 1..size).map(|k| a[k * size + i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i * size + i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_solves_a_system_by_hand() {
        // A = [[4, 2], [2, 3]], b = [8, 7]: x = [1.25, 1.5].
        let x = solve(vec![4.0, 0.0, 2.0, 3.0], vec![8.0, 7.0], 2);
        assert!((x[0] - 1.25).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12, "{x:?}");
    }

    #[test]
    fn a_bias_alone_is_the_log_odds() {
        let (bias, weights) = logistic(&[], 0, &[true, false, false, false], 0.0);
        assert!((bias - (1.0f64 / 3.0).ln()).abs() < 1e-9);
        assert!(weights.is_empty());
    }

    #[test]
    fn a_weight_is_found_and_the_penalty_shrinks_it() {
        // Rates 1/4 at x = -1 and 3/4 at x = 1: the weight is ln 3.
        let rows = [-1.0, -1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0];
        let labels = [true, false, false, false, true, true, true, false];
        let (bias, weights) = logistic(&rows, 1, &labels, 0.0);
        assert!(bias.abs() < 1e-9 && (weights[0] - 3.0f64.ln()).abs() < 1e-9);
        assert!(logistic(&rows, 1, &labels, 0.1).1[0] < weights[0]);
    }

    #[test]
    fn a_model_of_one_telling_feature_is_calibrated() {
        let sample = |x: f64, happened| {
            let mut features = [0.0; unspoken::feature::COUNT];
            features[2] = x;
            Sample {
                person: String::new(),
                trace: String::new(),
                split: String::new(),
                at: 0.0,
                features,
                forecast: 0.0,
                happened,
            }
        };
        let samples: Vec<Sample> =
            (0..400).map(|at| sample(f64::from(at % 2), at % 8 < at % 2 * 4)).collect();
        let samples: Vec<&Sample> = samples.iter().collect();
        let model = commit(&samples, 0.1);
        assert_eq!(model.weights, [127], "features that never vary are left out");
        let forecast = model.forecast(&samples[1].features);
        assert!((forecast - 0.5).abs() < 0.01, "{forecast}");
        assert_eq!(commit(&samples, 0.1).write(), model.write());
    }
}
