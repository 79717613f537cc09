//! Boosted trees: second-order gains (Chen and Guestrin, XGBoost, 2016) over histograms, grown
//! best leaf first (Ke et al., LightGBM, 2017), with thresholds on the model file's grid.

use std::fmt;

use unspoken::id::Rng;
use unspoken::intent::model::{MAX_DEPTH, STEPS, Split, Tree, sigmoid};

use super::labels;
use crate::train::sample::Sample;

/// Bins of a feature at most; between two of them lies a threshold.
const BINS: usize = 64;
/// `ridge / 2 · leaf²` is added to the loss of a leaf.
const RIDGE: f64 = 5.0;
/// The least sum of `p (1 − p)` in a leaf: some 50 samples at the base rate.
const LEAST: f64 = 5.0;
/// The share of the samples that each tree sees.
const SHARE: f64 = 0.7;

/// How many trees, how large, and how much of each counts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Growth {
    /// Trees at most; fewer where nothing is left to gain.
    pub trees: usize,
    /// Leaves of a tree at most.
    pub leaves: usize,
    /// Shrinkage.
    pub rate: f64,
}

impl fmt::Display for Growth {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{} trees of {} leaves, rate {}", self.trees, self.leaves, self.rate)
    }
}

/// Trees with their leaves as real numbers, in the order of [`Tree::leaves`].
#[derive(Clone, Debug)]
pub struct Forest {
    /// Log-odds before the first tree.
    pub base: f64,
    /// The first was grown first.
    pub trees: Vec<(Tree, Vec<f64>)>,
}

/// Samples in bins.
struct Binned {
    features: Vec<u8>,
    /// Thresholds of each feature, rising, in steps of the file.
    edges: Vec<Vec<i16>>,
    /// For each feature the bin of each sample: how many thresholds it lies above.
    bins: Vec<Vec<u8>>,
}

/// Gradient and curvature of the log-loss.
#[derive(Clone, Copy, Default)]
struct Sums {
    gradient: f64,
    curve: f64,
}

impl Sums {
    fn plus(self, other: Sums) -> Sums {
        Sums { gradient: self.gradient + other.gradient, curve: self.curve + other.curve }
    }

    fn minus(self, other: Sums) -> Sums {
        Sums { gradient: self.gradient - other.gradient, curve: self.curve - other.curve }
    }

    /// Twice what the best leaf gains.
    fn score(self) -> f64 {
        self.gradient * self.gradient / (self.curve + RIDGE)
    }
}

/// The best split of a leaf.
#[derive(Clone, Copy)]
struct Cut {
    gain: f64,
    feature: usize,
    edge: usize,
}

enum Node {
    Leaf { rows: Vec<usize>, sums: Sums, depth: usize, cut: Option<Cut> },
    Split { feature: usize, edge: usize, next: [usize; 2] },
}

/// Grows trees on the features at `features`; the seed draws what each of them sees.
pub fn grow(samples: &[&Sample], features: &[u8], growth: &Growth, seed: u64) -> Forest {
    let binned = bin(samples, features);
    let labels = labels(samples);
    let hits = labels.iter().filter(|label| **label).count() as f64;
    let base = libm::log((hits + 1.0) / (labels.len() as f64 - hits + 1.0));
    let mut logits = vec![base; labels.len()];
    let mut rng = Rng::new(seed);
    let mut trees = Vec::new();
    while trees.len() < growth.trees {
        let slopes: Vec<Sums> = logits
            .iter()
            .zip(&labels)
            .map(|(logit, label)| {
                let p = sigmoid(*logit);
                Sums { gradient: p - f64::from(u8::from(*label)), curve: p * (1.0 - p) }
            })
            .collect();
        let is_seen = |_: &usize| (rng.draw() >> 11) as f64 / (1u64 << 53) as f64 <= SHARE;
        let rows: Vec<usize> = (0..labels.len()).filter(is_seen).collect();
        let nodes = tree(&binned, &slopes, rows, growth.leaves);
        if nodes.len() == 1 {
            break;
        }
        let (mut tree, mut leaves) = (Tree::default(), Vec::new());
        emit(&nodes, 0, &binned, growth.rate, &mut tree, &mut leaves);
        for (row, logit) in logits.iter_mut().enumerate() {
            *logit += leaf_of(&nodes, &binned, row, growth.rate);
        }
        tree.leaves = vec![0; leaves.len()];
        trees.push((tree, leaves));
    }
    Forest { base, trees }
}

fn bin(samples: &[&Sample], features: &[u8]) -> Binned {
    let mut binned = Binned { features: Vec::new(), edges: Vec::new(), bins: Vec::new() };
    for feature in features {
        // A value lies above a threshold exactly where its next step does.
        let steps = |sample: &&Sample| {
            let value = libm::ceil(sample.features[usize::from(*feature)] * STEPS);
            value.clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
        };
        let values: Vec<i16> = samples.iter().map(steps).collect();
        let edges = edges(values.clone());
        if edges.is_empty() {
            continue;
        }
        let bin = |value: &i16| edges.partition_point(|edge| edge < value) as u8;
        binned.bins.push(values.iter().map(bin).collect());
        binned.edges.push(edges);
        binned.features.push(*feature);
    }
    binned
}

/// Thresholds that part the values into bins of about equal count, half-way between neighbours.
fn edges(mut values: Vec<i16>) -> Vec<i16> {
    values.sort_unstable();
    let count = values.len();
    let mut edges: Vec<i16> = Vec::new();
    for at in (1..BINS).map(|bin| bin * count / BINS) {
        let Some(value) = values.get(at) else { break };
        let next = values.partition_point(|other| other <= value);
        // Of a value that fills several bins, both sides are edges.
        let before = values.partition_point(|other| other < value);
        for (low, high) in [(before.checked_sub(1), Some(before)), (Some(next - 1), Some(next))] {
            let value = |at: Option<usize>| at.and_then(|at| values.get(at)).copied();
            if let (Some(low), Some(high)) = (value(low), value(high)) {
                edges.push(((i32::from(low) + i32::from(high)).div_euclid(2)) as i16);
            }
        }
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Grows one tree: the leaf whose best split gains most is split next.
fn tree(binned: &Binned, slopes: &[Sums], rows: Vec<usize>, leaves: usize) -> Vec<Node> {
    let leaf = |rows: Vec<usize>, depth: usize| {
        let sums = rows.iter().fold(Sums::default(), |sum, row| sum.plus(slopes[*row]));
        let cut = if depth < MAX_DEPTH { best(binned, slopes, &rows, sums) } else { None };
        Node::Leaf { rows, sums, depth, cut }
    };
    let mut nodes = vec![leaf(rows, 0)];
    for _ in 1..leaves {
        let mut widest: Option<(usize, Cut)> = None;
        for (at, node) in nodes.iter().enumerate() {
            if let Node::Leaf { cut: Some(cut), .. } = node
                && widest.is_none_or(|(_, most)| cut.gain > most.gain)
            {
                widest = Some((at, *cut));
            }
        }
        let Some((at, Cut { feature, edge, .. })) = widest else { break };
        let next = [nodes.len(), nodes.len() + 1];
        let split = Node::Split { feature, edge, next };
        if let Node::Leaf { rows, depth, .. } = std::mem::replace(&mut nodes[at], split) {
            let is_above = |row: &usize| usize::from(binned.bins[feature][*row]) > edge;
            let (above, below): (Vec<usize>, Vec<usize>) = rows.into_iter().partition(is_above);
            nodes.push(leaf(below, depth + 1));
            nodes.push(leaf(above, depth + 1));
        }
    }
    nodes
}

/// The split of these rows that gains most; the first of equals.
fn best(binned: &Binned, slopes: &[Sums], rows: &[usize], sums: Sums) -> Option<Cut> {
    let mut best: Option<Cut> = None;
    for (feature, bins) in binned.bins.iter().enumerate() {
        let mut histogram = [Sums::default(); 2 * BINS];
        for row in rows {
            let bin = &mut histogram[usize::from(bins[*row])];
            *bin = bin.plus(slopes[*row]);
        }
        let mut below = Sums::default();
        for (edge, bin) in histogram[..binned.edges[feature].len()].iter().enumerate() {
            below = below.plus(*bin);
            let above = sums.minus(below);
            let gain = below.score() + above.score() - sums.score();
            let is_large = below.curve >= LEAST && above.curve >= LEAST;
            if is_large && gain > best.map_or(1e-9, |best| best.gain) {
                best = Some(Cut { gain, feature, edge });
            }
        }
    }
    best
}

fn value(sums: Sums, rate: f64) -> f64 {
    -rate * sums.gradient / (sums.curve + RIDGE)
}

/// Writes a node and all below it in the order of the file, and says where it stands.
fn emit(
    nodes: &[Node],
    at: usize,
    binned: &Binned,
    rate: f64,
    tree: &mut Tree,
    leaves: &mut Vec<f64>,
) -> i8 {
    match &nodes[at] {
        Node::Leaf { sums, .. } => {
            leaves.push(value(*sums, rate));
            !(leaves.len() as i8 - 1)
        }
        Node::Split { feature, edge, next } => {
            let place = tree.splits.len();
            let threshold = binned.edges[*feature][*edge];
            let feature = binned.features[*feature];
            tree.splits.push(Split { feature, threshold, next: [0; 2] });
            for (side, next) in next.iter().enumerate() {
                tree.splits[place].next[side] = emit(nodes, *next, binned, rate, tree, leaves);
            }
            place as i8
        }
    }
}

fn leaf_of(nodes: &[Node], binned: &Binned, row: usize, rate: f64) -> f64 {
    let mut at = 0;
    loop {
        match &nodes[at] {
            Node::Leaf { sums, .. } => return value(*sums, rate),
            Node::Split { feature, edge, next } => {
                at = next[usize::from(usize::from(binned.bins[*feature][row]) > *edge)];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lie_between_values() {
        assert_eq!(edges(vec![0, 0, 0, 2048, 2048, 2048]), [1024]);
        assert!(edges(vec![5; 100]).is_empty());
        assert_eq!(edges(vec![-1; 100].into_iter().chain([4]).collect()), [1], "a rare value too");
        assert!(edges((0..10_000).collect()).len() < 2 * BINS);
    }

    #[test]
    fn a_step_is_found_where_it_is() {
        let sample = |at: usize| Sample {
            person: String::new(),
            group: String::new(),
            split: String::new(),
            device: String::new(),
            length: 0.0,
            features: {
                let mut features = [0.0; unspoken::feature::COUNT];
                features[1] = at as f64 / 100.0;
                features
            },
            happened: at >= 250,
        };
        let samples: Vec<Sample> = (0..1_000).map(sample).collect();
        let samples: Vec<&Sample> = samples.iter().collect();
        let growth = Growth { trees: 3, leaves: 2, rate: 0.5 };
        let forest = grow(&samples, &[0, 1], &growth, 1);
        let (tree, leaves) = &forest.trees[0];
        assert_eq!((tree.splits.len(), tree.splits[0].feature, leaves.len()), (1, 1, 2));
        let threshold = f64::from(tree.splits[0].threshold) / STEPS;
        assert!((threshold - 2.5).abs() < 0.2, "{threshold}");
        assert!(leaves[0] < 0.0 && leaves[1] > 0.0);
    }
}
