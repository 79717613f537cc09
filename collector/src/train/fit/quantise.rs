//! Rounds what was fitted to the steps of the model file.

use unspoken::intent::model::{BIAS_STEPS, Input, Model, Shape, Unit};

use super::Table;
use super::network::Network;
use super::trees::Forest;

/// The largest i8.
const MOST: f64 = 127.0;

/// A model of weights for the table's inputs; an input whose weight rounds to 0 is left out.
pub fn logistic(head: &str, table: &Table, bias: f64, weights: &[f64]) -> Model {
    let (step, rounded) = round(weights);
    let (inputs, weights): (Vec<Input>, Vec<i8>) =
        table.inputs.iter().zip(rounded).filter(|(_, weight)| *weight != 0).unzip();
    model(head, bias, step, weights, Shape::Logistic(inputs))
}

/// A model of boosted trees.
pub fn trees(head: &str, forest: &Forest) -> Model {
    let leaves: Vec<f64> = forest.trees.iter().flat_map(|(_, leaves)| leaves.clone()).collect();
    let (step, rounded) = round(&leaves);
    let mut rest = rounded.as_slice();
    let mut trees = Vec::new();
    for (tree, leaves) in &forest.trees {
        let (own, others) = rest.split_at(leaves.len());
        trees.push(unspoken::intent::model::Tree { leaves: own.to_vec(), ..tree.clone() });
        rest = others;
    }
    model(head, forest.base, step, Vec::new(), Shape::Trees(trees))
}

/// A model of one hidden layer.
pub fn network(head: &str, table: &Table, network: &Network) -> Model {
    let (inner, rounded) = round(&network.inner);
    let (step, weights) = round(&network.outer);
    let units = network
        .biases
        .iter()
        .zip(rounded.chunks(table.inputs.len().max(1)))
        .map(|(bias, weights)| Unit {
            bias: libm::round(bias * BIAS_STEPS).clamp(-32_767.0, 32_767.0) as i16,
            weights: weights.to_vec(),
        })
        .collect();
    let shape = Shape::Network { inputs: table.inputs.clone(), scale: inner as f32, units };
    model(head, network.bias, step, weights, shape)
}

/// The largest becomes ±127: what one step is worth, and the steps.
fn round(values: &[f64]) -> (f64, Vec<i8>) {
    let largest = values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    let step = if largest > 0.0 { largest / MOST } else { 1.0 };
    (step, values.iter().map(|value| libm::round(value / step) as i8).collect())
}

fn model(head: &str, bias: f64, step: f64, weights: Vec<i8>, shape: Shape) -> Model {
    Model { head: head.into(), bias: bias as f32, scale: step as f32, weights, shape }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_uses_the_whole_range() {
        let (step, rounded) = round(&[0.5, -1.0, 0.0]);
        assert_eq!((step * 127.0, rounded), (1.0, vec![64, -127, 0]));
        assert_eq!(round(&[0.0]).1, [0]);
    }
}
