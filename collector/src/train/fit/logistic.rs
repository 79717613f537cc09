//! Logistic regression by Newton's method.
//!
//! Small and dense: a few dozen inputs, so each step is one Cholesky of a matrix that fits a
//! cache.

use unspoken::intent::model::sigmoid;

/// Newton doubles its digits a step; from zero, ten are plenty.
const STEPS: usize = 50;
/// A step this small, in every coordinate, ends it; what is left is far below an i8 step.
const SETTLED: f64 = 1e-9;

/// Bias and weights that minimise mean log-loss plus `λ/2 · |w|²`; `rows` holds `width` numbers a
/// label. The bias is not penalised.
pub fn logistic(rows: &[f64], width: usize, labels: &[bool], lambda: f64) -> (f64, Vec<f64>) {
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
}
