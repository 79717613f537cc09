//! Models, and inference from them: a logistic, small boosted trees, a small network.
//!
//! All three end alike: `logit = bias + scale · Σ weight · term`, with i8 weights, and the forecast
//! is `σ(logit)`. The terms are what makes the difference: standardised features, the leaves that
//! trees come to (with the weight in the leaf), or the units of one hidden layer. What is learned
//! in the field works on those terms ([`Model::terms`]), whatever made them.
//!
//! Sums run in file order in f64, and `exp` is libm's: the same bits on every machine. Means and
//! thresholds are i16 in steps of 1/[`STEPS`], so a feature has to stay within ±16, as every one of
//! [`crate::feature::TABLE`] does. [`file`] is the form on disk.

pub mod file;
mod tree;

use crate::feature::{self, Vector};
use crate::number::clamp;
use alloc::string::String;
use alloc::vec::Vec;
pub use tree::{MAX_DEPTH, MAX_SPLITS, Split, Tree};

/// How far a standardised input may go, so that a page unlike any seen in training cannot push one
/// input to rule alone.
pub const CLAMP: f64 = 4.0;
/// Steps of a mean or a threshold in one unit of its feature.
pub const STEPS: f64 = 2048.0;
/// Steps of an inverse deviation in 1.
pub const INVERSE_STEPS: f64 = 256.0;
/// Steps of a hidden unit's bias in 1.
pub const BIAS_STEPS: f64 = 2048.0;
/// The most terms a model may sum: inputs of a logistic, trees, or hidden units.
pub const MAX_TERMS: usize = 64;

/// The terms of one forecast.
pub type Terms = [f64; MAX_TERMS];

/// One standardised input: `clamp((feature − mean) · inverse deviation)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Input {
    /// Position in the feature table.
    pub feature: u8,
    /// Subtracted from the feature, in 1/[`STEPS`].
    pub mean: i16,
    /// Multiplies what is left, in 1/[`INVERSE_STEPS`].
    pub inverse_deviation: u16,
}

impl Input {
    /// The input that a feature of this mean and deviation gives, rounded to the file's steps.
    pub const fn new(feature: u8, mean: f64, deviation: f64) -> Input {
        let most = i16::MAX as f64;
        Input {
            feature,
            mean: clamp(whole(mean * STEPS), -most, most) as i16,
            inverse_deviation: clamp(whole(INVERSE_STEPS / deviation), 1.0, 65_535.0) as u16,
        }
    }

    /// Its value, within ±[`CLAMP`].
    pub fn of(&self, features: &Vector) -> f64 {
        let centred = features[self.feature as usize] - self.mean as f64 / STEPS;
        clamp(centred * (self.inverse_deviation as f64 / INVERSE_STEPS), -CLAMP, CLAMP)
    }
}

/// [`crate::number::round`] for numbers below 2^63, which the compiler can work out.
const fn whole(x: f64) -> f64 {
    let below = x as i64 as f64;
    if x - below >= 0.5 {
        below + 1.0
    } else if x - below <= -0.5 {
        below - 1.0
    } else {
        below
    }
}

/// One hidden unit: `tanh(bias + inner scale · Σ weight · input)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    /// In 1/[`BIAS_STEPS`].
    pub bias: i16,
    /// One for each input.
    pub weights: Vec<i8>,
}

/// What the terms are.
#[derive(Clone, PartialEq, Debug)]
pub enum Shape {
    /// Each input is a term.
    Logistic(Vec<Input>),
    /// Each tree's leaf is a term; its weight is 1.
    Trees(Vec<Tree>),
    /// Each hidden unit is a term.
    Network {
        /// What goes into every unit.
        inputs: Vec<Input>,
        /// What one step of a unit's weight is worth.
        scale: f32,
        /// The hidden layer.
        units: Vec<Unit>,
    },
}

/// A model of one head.
///
/// ```
/// # use unspoken::intent::model::{Input, Model, Shape};
/// let model = Model {
///     head: "commit".into(),
///     bias: -2.0,
///     scale: 0.03125,
///     weights: vec![32],
///     shape: Shape::Logistic(vec![Input::new(0, 1.0, 0.5)]),
/// };
/// let mut features = [0.0; unspoken::feature::COUNT];
/// features[0] = 2.0; // two deviations above the mean, at a weight of 32 / 32
/// assert_eq!(model.logit(&features), 0.0);
/// assert_eq!(model.forecast(&features), 0.5);
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// The head it forecasts, by name.
    pub head: String,
    /// Added to the weighted sum.
    pub bias: f32,
    /// What one step of a weight is worth.
    pub scale: f32,
    /// One for each term; empty for trees.
    pub weights: Vec<i8>,
    /// Where the terms come from.
    pub shape: Shape,
}

impl Model {
    /// Writes the terms for these features to the front of `terms` and says how many there are.
    pub fn terms(&self, features: &Vector, terms: &mut Terms) -> usize {
        match &self.shape {
            Shape::Logistic(inputs) => {
                terms.iter_mut().zip(inputs).for_each(|(term, input)| *term = input.of(features));
                inputs.len()
            }
            Shape::Trees(trees) => {
                terms.iter_mut().zip(trees).for_each(|(term, tree)| *term = tree.leaf(features));
                trees.len()
            }
            Shape::Network { inputs, scale, units } => {
                let mut values = [0.0; feature::COUNT];
                values.iter_mut().zip(inputs).for_each(|(at, input)| *at = input.of(features));
                for (term, unit) in terms.iter_mut().zip(units) {
                    let mut sum = 0.0;
                    for (weight, value) in unit.weights.iter().zip(&values) {
                        sum += *weight as f64 * value;
                    }
                    *term = tanh(unit.bias as f64 / BIAS_STEPS + *scale as f64 * sum);
                }
                units.len()
            }
        }
    }

    /// The log-odds that these terms make.
    pub fn logit_of(&self, terms: &[f64]) -> f64 {
        let mut sum = 0.0;
        for (at, term) in terms.iter().enumerate() {
            sum += self.weights.get(at).map_or(1.0, |weight| *weight as f64) * term;
        }
        self.bias as f64 + self.scale as f64 * sum
    }

    /// The log-odds that the head's outcome happens within its horizon.
    pub fn logit(&self, features: &Vector) -> f64 {
        let mut terms = [0.0; MAX_TERMS];
        let count = self.terms(features, &mut terms);
        self.logit_of(&terms[..count])
    }

    /// What is usual, as far as the model knows: the mean of each of its inputs, else 0.
    pub fn usual(&self) -> Vector {
        let mut usual = [0.0; feature::COUNT];
        if let Shape::Logistic(inputs) | Shape::Network { inputs, .. } = &self.shape {
            for input in inputs {
                usual[input.feature as usize] = input.mean as f64 / STEPS;
            }
        }
        usual
    }

    /// The probability of the same.
    pub fn forecast(&self, features: &Vector) -> f64 {
        sigmoid(self.logit(features))
    }
}

/// `1 / (1 + exp(-x))`.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// The hyperbolic tangent, through [`sigmoid`]: one `exp` in the module is enough.
pub fn tanh(x: f64) -> f64 {
    2.0 * sigmoid(2.0 * x) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn features(values: &[f64]) -> Vector {
        let mut features = [0.0; feature::COUNT];
        features[..values.len()].copy_from_slice(values);
        features
    }

    #[test]
    fn an_input_is_held_within_its_clamp_and_rounded_to_its_steps() {
        let input = Input::new(1, 2.0001, 0.25);
        assert_eq!((input.mean, input.inverse_deviation), (4096, 1024));
        assert_eq!(input.of(&features(&[0.0, 2.5])), 2.0);
        assert_eq!(input.of(&features(&[0.0, 900.0])), CLAMP);
        assert_eq!(Input::new(0, 1e9, 1e9).mean, i16::MAX);
    }

    #[test]
    fn trees_add_their_leaves() {
        let leaf = |at: i8| !at;
        let tree = Tree {
            splits: vec![
                Split { feature: 0, threshold: 2048, next: [leaf(0), 1] },
                Split { feature: 1, threshold: -2048, next: [leaf(1), leaf(2)] },
            ],
            leaves: vec![10, -20, 30],
        };
        let model = Model {
            head: "buy".into(),
            bias: -1.0,
            scale: 0.5,
            weights: Vec::new(),
            shape: Shape::Trees(vec![tree.clone(), tree]),
        };
        assert_eq!(model.logit(&features(&[1.0])), -1.0 + 10.0, "at the threshold it is below");
        assert_eq!(model.logit(&features(&[1.1, -1.0])), -1.0 - 20.0);
        assert_eq!(model.logit(&features(&[1.1, 0.0])), -1.0 + 30.0);
    }

    #[test]
    fn a_network_is_the_formula() {
        let unit = |bias, weights| Unit { bias, weights };
        let model = Model {
            head: "commit".into(),
            bias: 0.25,
            scale: 0.01,
            weights: vec![100, -50],
            shape: Shape::Network {
                inputs: vec![Input::new(0, 0.0, 1.0), Input::new(1, 1.0, 1.0)],
                scale: 0.125,
                units: vec![unit(1024, vec![8, 0]), unit(0, vec![-8, 4])],
            },
        };
        let [x, y] = [1.0, 2.0];
        let expected = 0.25 + tanh(0.5 + x) - 0.5 * tanh(-x + 0.5 * (y - 1.0));
        let got = model.logit(&features(&[x, y]));
        assert!((got - expected).abs() < 1e-7, "{got} is not {expected}");
        assert!((tanh(0.5) - libm::tanh(0.5)).abs() < 1e-15);
    }
}
