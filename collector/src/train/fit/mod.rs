//! Fits models to samples: a candidate says how, and every kind ends as the same small file.
//!
//! [`logistic`], [`trees`] and [`network`] find real numbers; [`quantise`] rounds them to the
//! file's steps and fits bias and scale again. `exp` and `ln` are libm's and all sums run in the
//! order of the samples, so every machine finds the same bytes.

pub mod logistic;
pub mod minimise;
pub mod network;
pub mod quantise;
pub mod trees;

use std::fmt;

use unspoken::intent::model::{Input, Model};

use super::sample::{Sample, folds};

/// An input that hardly varies in training says nothing.
const LEAST_DEVIATION: f64 = 1.0 / 256.0;

/// Parts of the samples by which a model's sureness is fitted.
const CALIBRATION_FOLDS: usize = 5;
/// The penalty of the logistic that ranks the inputs of a network.
const RANKING_DECAY: f64 = 0.02;
/// Keeps that fit finite where the classes can be told apart without error.
const RIDGE: f64 = 1e-6;

/// The kinds of model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A weight for each input.
    Logistic,
    /// Boosted trees.
    Trees,
    /// One hidden layer.
    Network,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 3] = [Kind::Logistic, Kind::Trees, Kind::Network];

    /// Its name on the command line and in a card.
    pub fn name(self) -> &'static str {
        ["logistic", "trees", "network"][self as usize]
    }
}

/// A way to fit a model, with its hyper-parameters.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Candidate {
    /// `decay / 2 · |w|²` is added to the mean log-loss.
    Logistic {
        /// The penalty of the weights; the bias goes free.
        decay: f64,
    },
    /// See [`trees::Growth`].
    Trees(trees::Growth),
    /// See [`network::Layer`].
    Network(network::Layer),
}

impl Candidate {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Candidate::Logistic { .. } => Kind::Logistic,
            Candidate::Trees(_) => Kind::Trees,
            Candidate::Network(_) => Kind::Network,
        }
    }

    /// The quantised model of `head` for these samples, from the features at `inputs`.
    ///
    /// A strong penalty and shrinkage make a model less sure than it could be. On its own samples
    /// every model looks better than it is, so how sure it may be is learned from people it has not
    /// seen: folds within the samples give forecasts of everyone by models without them, and bias
    /// and scale are fitted to those. Networks do without, at a sixth of the work: in the folds it
    /// made the log-loss of `commit` worse (.1651 to .1658, 8 units, decay .005) and left that of
    /// `buy` as it was (.3861, 24 units, decay .0013; its ECE fell from .0076 to .0070).
    pub fn fit(&self, head: &str, samples: &[&Sample], inputs: &[u8], seed: u64) -> Model {
        let mut model = self.raw(head, samples, inputs, seed);
        if self.kind() == Kind::Network {
            return model;
        }
        let dealt = folds(samples, CALIBRATION_FOLDS, seed);
        let mut logits = vec![0.0; samples.len()];
        for fold in 0..CALIBRATION_FOLDS {
            let others = samples.iter().zip(&dealt).filter(|(_, of)| **of != fold);
            let others: Vec<&Sample> = others.map(|(sample, _)| *sample).collect();
            let without = self.raw(head, &others, inputs, seed);
            for ((logit, sample), of) in logits.iter_mut().zip(samples).zip(&dealt) {
                if *of == fold {
                    *logit = without.logit(&sample.features);
                }
            }
        }
        let (mut bias, slope) = logistic::logistic(&logits, 1, &labels(samples), RIDGE);
        let mut slope = slope[0];
        if slope <= 0.0 {
            // On people it has not seen it ranks no better than chance: then it says the mean.
            (bias, slope) = (logistic::logistic(&[], 0, &labels(samples), 0.0).0, 0.0);
        }
        model.bias = (bias + slope * f64::from(model.bias)) as f32;
        model.scale = (slope * f64::from(model.scale)) as f32;
        model
    }

    fn raw(&self, head: &str, samples: &[&Sample], inputs: &[u8], seed: u64) -> Model {
        match self {
            Candidate::Logistic { decay } => {
                let table = Table::of(samples, inputs);
                let (bias, weights) =
                    logistic::logistic(&table.rows, table.inputs.len(), &table.labels, *decay);
                quantise::logistic(head, &table, bias, &weights)
            }
            Candidate::Trees(growth) => {
                quantise::trees(head, &trees::grow(samples, inputs, growth, seed))
            }
            Candidate::Network(layer) => {
                let table = Table::of(samples, &strongest(samples, inputs, layer.inputs));
                quantise::network(head, &table, &network::fit(&table, layer, seed))
            }
        }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Candidate::Logistic { decay } => write!(out, "logistic, decay {decay}"),
            Candidate::Trees(growth) => write!(out, "{growth}"),
            Candidate::Network(layer) => write!(out, "{layer}"),
        }
    }
}

/// What is tried, of one kind or of all. Small on purpose: people of val are few, and a large grid
/// would find what suits them by chance.
pub fn grid(kind: Option<Kind>) -> Vec<Candidate> {
    let mut grid = Vec::new();
    grid.extend([0.001, 0.005, 0.02, 0.05].map(|decay| Candidate::Logistic { decay }));
    for (trees, leaves) in [(44, 4), (19, 8)] {
        for rate in [0.1, 0.2] {
            grid.push(Candidate::Trees(trees::Growth { trees, leaves, rate }));
        }
    }
    // 63 inputs are all there are.
    for (inputs, units) in [(28, 8), (36, 8), (63, 6), (63, 16)] {
        for decay in [0.001, 0.003, 0.008] {
            grid.push(Candidate::Network(network::Layer { inputs, units, decay }));
        }
    }
    grid.retain(|candidate| kind.is_none_or(|kind| kind == candidate.kind()));
    grid
}

/// Standardised inputs, row by row, and what happened.
#[derive(Clone, Debug)]
pub struct Table {
    /// Those that vary.
    pub inputs: Vec<Input>,
    /// A value for each input, for each sample.
    pub rows: Vec<f64>,
    /// One for each sample.
    pub labels: Vec<bool>,
}

impl Table {
    /// Inputs rounded to the file's steps, so that what is fitted is what will run.
    pub fn of(samples: &[&Sample], features: &[u8]) -> Table {
        let inputs: Vec<Input> = features.iter().filter_map(|at| input(samples, *at)).collect();
        let values = |sample: &&Sample| -> Vec<f64> {
            inputs.iter().map(|input| input.of(&sample.features)).collect()
        };
        let rows = samples.iter().flat_map(values).collect();
        Table { rows, labels: labels(samples), inputs }
    }
}

/// The `count` features that weigh most in a logistic.
fn strongest(samples: &[&Sample], features: &[u8], count: usize) -> Vec<u8> {
    let table = Table::of(samples, features);
    let (_, weights) =
        logistic::logistic(&table.rows, table.inputs.len(), &table.labels, RANKING_DECAY);
    let mut order: Vec<(f64, u8)> =
        table.inputs.iter().zip(&weights).map(|(input, w)| (w.abs(), input.feature)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut strongest: Vec<u8> = order.iter().take(count).map(|(_, feature)| *feature).collect();
    strongest.sort_unstable();
    strongest
}

/// What happened.
pub fn labels(samples: &[&Sample]) -> Vec<bool> {
    samples.iter().map(|sample| sample.happened).collect()
}

fn input(samples: &[&Sample], feature: u8) -> Option<Input> {
    let (at, count) = (usize::from(feature), samples.len() as f64);
    let mean = samples.iter().map(|sample| sample.features[at]).sum::<f64>() / count;
    let square = |sample: &&Sample| {
        let off = sample.features[at] - mean;
        off * off
    };
    let deviation = libm::sqrt(samples.iter().map(square).sum::<f64>() / count);
    (deviation > LEAST_DEVIATION).then(|| Input::new(feature, mean, deviation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::feature;
    use unspoken::id::Rng;

    /// It happens where exactly one of two inputs is large, with some noise.
    pub(super) fn either_or(count: usize) -> Vec<Sample> {
        let mut rng = Rng::new(5);
        let mut chance = || (rng.draw() >> 11) as f64 / (1u64 << 53) as f64;
        (0..count)
            .map(|at| {
                let mut features = [0.0; feature::COUNT];
                features[..3].copy_from_slice(&[chance() * 4.0, chance(), chance()]);
                let odd = (features[0] > 2.0) != (features[1] > 0.5);
                Sample {
                    person: format!("p{}", at % 20),
                    group: String::new(),
                    split: String::new(),
                    device: String::new(),
                    length: 0.0,
                    features,
                    happened: odd == (chance() < 0.9),
                }
            })
            .collect()
    }

    #[test]
    fn trees_and_networks_learn_what_no_line_can() {
        let (samples, others) = (either_or(1_500), either_or(3_000));
        let samples: Vec<&Sample> = samples.iter().collect();
        let others: Vec<&Sample> = others[1_500..].iter().collect();
        let auc = |candidate: Candidate| {
            let model = candidate.fit("buy", &samples, &[0, 1, 2, 7], 1);
            assert_eq!(model, candidate.fit("buy", &samples, &[0, 1, 2, 7], 1));
            let again = Model::read(&model.write()).unwrap();
            let judged = crate::train::judge::judged(&again, &others);
            let figures = crate::metrics::Figures::of(&judged);
            // Right on average. Not in each bin: a smooth layer overshoots in the corners of a step.
            let mean = judged.iter().map(|it| it.forecast).sum::<f64>() / figures.n as f64;
            let rate = figures.positives as f64 / figures.n as f64;
            assert!((mean - rate).abs() < 0.03, "{candidate}: {mean}, {figures:?}");
            assert!(figures.log_loss < 0.71, "no surer than it may be, {candidate}: {figures:?}");
            figures.auc.unwrap()
        };
        let line = auc(Candidate::Logistic { decay: 0.001 });
        let forest = auc(Candidate::Trees(trees::Growth { trees: 20, leaves: 4, rate: 0.3 }));
        let layer = auc(Candidate::Network(network::Layer { inputs: 3, units: 6, decay: 0.001 }));
        assert!(line < 0.6 && forest > 0.85 && layer > 0.85, "{line} {forest} {layer}");
    }

    #[test]
    fn what_never_varies_is_left_out() {
        let samples = either_or(100);
        let samples: Vec<&Sample> = samples.iter().collect();
        let table = Table::of(&samples, &[0, 7]);
        assert_eq!((table.inputs.len(), table.rows.len()), (1, 100));
    }
}
