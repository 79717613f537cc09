//! One hidden layer of tanh units, fitted by L-BFGS from a start that the seed draws.
//!
//! One start: the mean of three smaller networks from different starts gained less than .001 in
//! log-loss in the folds, on either head that ships.

use std::fmt;

use unspoken::id::Rng;
use unspoken::intent::model::{sigmoid, tanh};

use super::{Table, minimise::minimise};

/// By then the penalised loss changes in the fifth digit only.
const STEPS: usize = 150;

/// The shape of a network and the penalty of its weights.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Layer {
    /// Inputs at most: those that weigh most in a logistic.
    pub inputs: usize,
    /// Hidden units.
    pub units: usize,
    /// `decay / 2 · |w|²` is added to the mean log-loss; biases go free.
    pub decay: f64,
}

impl fmt::Display for Layer {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let Layer { inputs, units, decay } = self;
        write!(out, "network, at most {inputs} inputs, {units} units, decay {decay}")
    }
}

/// A fitted network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Weights of the inputs, unit by unit.
    pub inner: Vec<f64>,
    /// A bias for each unit.
    pub biases: Vec<f64>,
    /// The weight of each unit.
    pub outer: Vec<f64>,
    /// Log-odds where all units are 0.
    pub bias: f64,
}

/// Fits one to the table.
pub fn fit(table: &Table, layer: &Layer, seed: u64) -> Network {
    let mut rng = Rng::new(seed);
    let (width, units) = (table.inputs.len(), layer.units);
    // Glorot and Bengio's uniform start: the units neither saturate nor begin alike.
    let mut uniform = |fan: usize| {
        let share = (rng.draw() >> 11) as f64 / (1u64 << 53) as f64;
        (2.0 * share - 1.0) * (6.0 / fan as f64).sqrt()
    };
    // In order: inner weights input by input, biases, outer weights, outer bias.
    let size = width * units + 2 * units + 1;
    let mut start = vec![0.0; size];
    start[..width * units].iter_mut().for_each(|weight| *weight = uniform(width + units));
    let outer = (width + 1) * units;
    start[outer..outer + units].iter_mut().for_each(|weight| *weight = uniform(units + 1));
    let hits = table.labels.iter().filter(|label| **label).count() as f64;
    start[size - 1] = libm::log((hits + 1.0) / (table.labels.len() as f64 - hits + 1.0));
    let found = minimise(start, STEPS, |at, gradient| loss(table, layer, at, gradient));
    let inner = (0..units)
        .flat_map(|unit| (0..width).map(move |input| (unit, input)))
        .map(|(unit, input)| found[input * units + unit])
        .collect();
    Network {
        inner,
        biases: found[width * units..outer].to_vec(),
        outer: found[outer..outer + units].to_vec(),
        bias: found[size - 1],
    }
}

/// The penalised mean log-loss at `at`, and its gradient.
fn loss(table: &Table, layer: &Layer, at: &[f64], gradient: &mut [f64]) -> f64 {
    let (width, units) = (table.inputs.len(), layer.units);
    let (inner, rest) = at.split_at(width * units);
    let (biases, rest) = rest.split_at(units);
    let (outer, bias) = rest.split_at(units);
    let mut sums = vec![0.0; at.len()];
    let (mut total, mut hidden, mut back) = (0.0, vec![0.0; units], vec![0.0; units]);
    for (row, label) in table.rows.chunks(width.max(1)).zip(&table.labels) {
        hidden.copy_from_slice(biases);
        for (x, weights) in row.iter().zip(inner.chunks(units)) {
            hidden.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += x * weight);
        }
        hidden.iter_mut().for_each(|sum| *sum = tanh(*sum));
        let logit = bias[0] + hidden.iter().zip(outer).map(|(unit, w)| unit * w).sum::<f64>();
        // ln(1 + e^z) with the sign that cannot overflow.
        let against = if *label { -logit } else { logit };
        total += against.max(0.0) + libm::log1p(libm::exp(-against.abs()));
        let off = sigmoid(logit) - f64::from(u8::from(*label));
        let (inner_sums, rest) = sums.split_at_mut(width * units);
        let (bias_sums, rest) = rest.split_at_mut(units);
        let (outer_sums, bias_sum) = rest.split_at_mut(units);
        for unit in 0..units {
            outer_sums[unit] += off * hidden[unit];
            back[unit] = off * outer[unit] * (1.0 - hidden[unit] * hidden[unit]);
            bias_sums[unit] += back[unit];
        }
        for (x, sums) in row.iter().zip(inner_sums.chunks_mut(units)) {
            sums.iter_mut().zip(&back).for_each(|(sum, back)| *sum += x * back);
        }
        bias_sum[0] += off;
    }
    let count = table.labels.len() as f64;
    let is_penalised = |place: usize| {
        place < width * units || (place >= (width + 1) * units && place < at.len() - 1)
    };
    let mut penalty = 0.0;
    for (place, sum) in sums.iter().enumerate() {
        gradient[place] = sum / count;
        if is_penalised(place) {
            gradient[place] += layer.decay * at[place];
            penalty += at[place] * at[place];
        }
    }
    total / count + layer.decay / 2.0 * penalty
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::intent::model::Input;

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let table = Table {
            inputs: vec![Input::new(0, 0.0, 1.0), Input::new(1, 0.0, 1.0)],
            rows: vec![0.5, -1.0, 2.0, 0.25, -0.75, 1.5],
            labels: vec![true, false, true],
        };
        let layer = Layer { inputs: 2, units: 3, decay: 0.1 };
        let at: Vec<f64> = (0..13).map(|place| f64::from(place % 5) / 4.0 - 0.4).collect();
        let (mut gradient, mut unused) = (vec![0.0; 13], vec![0.0; 13]);
        loss(&table, &layer, &at, &mut gradient);
        for place in 0..at.len() {
            let mut moved = |by: f64| {
                let mut at = at.clone();
                at[place] += by;
                loss(&table, &layer, &at, &mut unused)
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((slope - gradient[place]).abs() < 1e-8, "{place}: {slope}");
        }
    }
}
