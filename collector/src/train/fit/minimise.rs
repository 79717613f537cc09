//! Finds where a smooth function is least: L-BFGS (Nocedal and Wright, Numerical Optimization,
//! algorithm 7.5) with a backtracking line search.

use std::collections::VecDeque;

/// Pairs of steps and changes of the gradient that are remembered.
const MEMORY: usize = 12;
/// A step is good enough when it gains this share of what the slope promises (Armijo).
const SUFFICIENT: f64 = 1e-4;
const HALVINGS: usize = 25;
/// Ends where ten steps together gain less than this share of the value.
const SETTLED: f64 = 1e-5;
const PATIENCE: usize = 10;

/// Walks from `at` downhill, at most `steps` steps. `function` gives the value at a point and
/// writes the gradient there.
pub fn minimise(
    mut at: Vec<f64>,
    steps: usize,
    mut function: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Vec<f64> {
    let mut gradient = vec![0.0; at.len()];
    let mut value = function(&at, &mut gradient);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>)> = VecDeque::new();
    let mut past = VecDeque::from([value]);
    for _ in 0..steps {
        let direction = direction(&gradient, &memory);
        let slope = dot(&gradient, &direction);
        if slope >= 0.0 {
            break;
        }
        let mut length =
            if memory.is_empty() { 1.0 / dot(&gradient, &gradient).sqrt() } else { 1.0 };
        let (mut next, mut next_gradient) = (at.clone(), vec![0.0; at.len()]);
        let mut gained = None;
        for _ in 0..HALVINGS {
            next.iter_mut()
                .zip(at.iter().zip(&direction))
                .for_each(|(next, (at, way))| *next = at + length * way);
            let there = function(&next, &mut next_gradient);
            if there <= value + SUFFICIENT * length * slope {
                gained = Some(there);
                break;
            }
            length /= 2.0;
        }
        let Some(there) = gained else { break };
        let step = difference(&next, &at);
        let change = difference(&next_gradient, &gradient);
        // Without positive curvature along the step the pair would spoil the estimate.
        if dot(&step, &change) > 1e-12 {
            memory.push_front((step, change));
            memory.truncate(MEMORY);
        }
        (at, gradient, value) = (next, next_gradient, there);
        past.push_back(value);
        if past.len() > PATIENCE
            && past.pop_front().is_some_and(|old| old - value < SETTLED * value)
        {
            break;
        }
    }
    at
}

/// The two-loop recursion: minus the inverse Hessian, as far as it is known, times the gradient.
fn direction(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>)>) -> Vec<f64> {
    let mut way: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for (step, change) in memory {
        let share = dot(step, &way) / dot(step, change);
        add(&mut way, -share, change);
        shares.push(share);
    }
    if let Some((step, change)) = memory.front() {
        let scale = dot(step, change) / dot(change, change);
        way.iter_mut().for_each(|way| *way *= scale);
    }
    for ((step, change), share) in memory.iter().zip(shares).rev() {
        let back = dot(change, &way) / dot(step, change);
        add(&mut way, share - back, step);
    }
    way
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f64], times: f64, what: &[f64]) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += times * what);
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_valley_of_rosenbrock_is_found() {
        let found = minimise(vec![-1.2, 1.0], 200, |at, gradient| {
            let (x, y) = (at[0], at[1]);
            gradient[0] = -400.0 * x * (y - x * x) - 2.0 * (1.0 - x);
            gradient[1] = 200.0 * (y - x * x);
            100.0 * (y - x * x) * (y - x * x) + (1.0 - x) * (1.0 - x)
        });
        assert!((found[0] - 1.0).abs() < 1e-4 && (found[1] - 1.0).abs() < 1e-4, "{found:?}");
    }
}
