//! From a source to a model file: thresholds on the file's grid, leaves as i8 of one scale.
//!
//! A threshold goes to the grid step at or (XGBoost, whose splits are strict) next below it, so
//! that every value which itself lies on the grid, such as a count or a flag, is decided alike.
//! The middle of a tree's leaves goes into the bias, so that i8 has only their spread to carry.
//! Splits whose two leaves became equal are taken out; that changes no forecast.

use unspoken::feature::TABLE;
use unspoken::intent::model::file::MAX_BYTES;
use unspoken::intent::model::{MAX_TERMS, Model, STEPS, Shape, Split, Tree, sigmoid};

use super::{Format, ImportError, Node, Source, SourceTree};

/// The highest i8 that a leaf takes; the lowest is its negative.
const MOST: f64 = 127.0;

/// A model, its file, and how far it may be off.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The model.
    pub model: Model,
    /// Its file.
    pub bytes: Vec<u8>,
    /// The most by which rounding leaves and bias can move a forecast, in probability, 0 to 1. It
    /// holds for whoever comes to the same leaves, which are those with no feature between a
    /// threshold and its grid step (at most 1/[`STEPS`] of the feature's unit).
    pub bound: f64,
}

impl Imported {
    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        match &self.model.shape {
            Shape::Trees(trees) => trees,
            _ => &[],
        }
    }
}

/// Makes the model file of `head`.
pub fn quantise(source: &Source, head: &str) -> Result<Imported, ImportError> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if head.is_empty() || head.len() > 64 || !head.chars().all(fits) {
        return Err(ImportError::new(format!(
            "--head {head}: expected 1 to 64 letters, digits, _ or -"
        )));
    }
    let spreads: Vec<[f64; 2]> = source.trees.iter().map(spread).collect();
    let widest = spreads.iter().map(|[low, high]| (high - low) / 2.0).fold(0.0, f64::max);
    let scale = (widest / MOST) as f32;
    if !(scale.is_normal()) {
        return Err(ImportError::new(
            "all leaves of a tree are alike, so the model forecasts the same for everybody: train \
             it on more rows",
        ));
    }
    let (mut bias, mut trees, mut asymmetry) = (source.bias, Vec::new(), [0.0, 0.0]);
    for (tree, [low, high]) in source.trees.iter().zip(&spreads) {
        let middle = (low + high) / 2.0;
        bias += middle;
        let mut off = [f64::INFINITY, f64::NEG_INFINITY];
        let mut quantised = Tree::default();
        let mut rounded = |value: f64| {
            let leaf = ((value - middle) / f64::from(scale)).round().clamp(-MOST, MOST);
            let error = leaf * f64::from(scale) - (value - middle);
            off = [off[0].min(error), off[1].max(error)];
            leaf as i8
        };
        let leaves: Vec<Option<i8>> = tree
            .nodes
            .iter()
            .map(|node| match node {
                Node::Leaf(value) => Some(rounded(*value)),
                Node::Split { .. } => None,
            })
            .collect();
        asymmetry = [asymmetry[0] + off[0], asymmetry[1] + off[1]];
        match alike(tree, &leaves, 0) {
            Some(leaf) => bias += f64::from(leaf) * f64::from(scale),
            None => {
                place(source.format, tree, &leaves, 0, &mut quantised);
                trees.push(quantised);
            }
        }
    }
    // The trees' roundings can add up to anything within `asymmetry`: its middle is taken off.
    let exact = bias;
    let bias = (bias - (asymmetry[0] + asymmetry[1]) / 2.0) as f32;
    let off = asymmetry.map(|off| off + (f64::from(bias) - exact));
    let bound = bound(source, &spreads, off);
    if trees.len() > MAX_TERMS {
        return Err(ImportError::new(format!(
            "the model has {} trees, at most {MAX_TERMS}: train with num_boost_round={MAX_TERMS} \
             (n_estimators) or less, and a larger learning_rate",
            trees.len()
        )));
    }
    let model =
        Model { head: head.into(), bias, scale, weights: Vec::new(), shape: Shape::Trees(trees) };
    let bytes = model.write();
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::new(format!(
            "the model would have {} bytes, at most {MAX_BYTES}: a split costs 4, so train with \
             fewer or smaller trees (num_boost_round, num_leaves, max_depth)",
            bytes.len()
        )));
    }
    // Whatever this module or the format got wrong, a file that reads differently never leaves.
    match Model::read(&bytes) {
        Ok(read) if read == model => Ok(Imported { model, bytes, bound }),
        Ok(_) => Err(ImportError::new("the file reads back as another model: report this")),
        Err(error) => Err(ImportError::new(format!(
            "the file does not read back ({}): report this",
            error.message()
        ))),
    }
}

/// The lowest and the highest leaf.
fn spread(tree: &SourceTree) -> [f64; 2] {
    let mut spread = [f64::INFINITY, f64::NEG_INFINITY];
    for node in &tree.nodes {
        if let Node::Leaf(value) = node {
            spread = [spread[0].min(*value), spread[1].max(*value)];
        }
    }
    spread
}

/// The one leaf that everything under this node comes to, where all its leaves are alike.
fn alike(tree: &SourceTree, leaves: &[Option<i8>], at: usize) -> Option<i8> {
    match tree.nodes[at] {
        Node::Leaf(_) => leaves[at],
        Node::Split { next, .. } => {
            let [below, above] = next.map(|next| alike(tree, leaves, next));
            if below == above { below } else { None }
        }
    }
}

/// Writes this node and all under it, and says where it stands.
fn place(
    format: Format,
    tree: &SourceTree,
    leaves: &[Option<i8>],
    at: usize,
    out: &mut Tree,
) -> i8 {
    match (alike(tree, leaves, at), tree.nodes[at]) {
        (None, Node::Split { feature, threshold, next }) => {
            let here = out.splits.len();
            let threshold = step(format, threshold);
            out.splits.push(Split { feature, threshold, next: [0; 2] });
            for (side, next) in next.into_iter().enumerate() {
                out.splits[here].next[side] = place(format, tree, leaves, next, out);
            }
            here as i8
        }
        (leaf, _) => {
            out.leaves.push(leaf.unwrap_or(0));
            !(out.leaves.len() as i8 - 1)
        }
    }
}

/// The grid step that decides as this threshold does. Features stay within ±16, so a threshold
/// beyond that decides alike at the end of the grid.
pub fn step(format: Format, threshold: f64) -> i16 {
    let steps = threshold * STEPS;
    let step = match format {
        Format::LightGbm => steps.floor(),
        Format::XgBoost => steps.ceil() - 1.0,
    };
    step.clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

/// The most that log-odds which are off by something within `off` can move the forecast.
fn bound(source: &Source, spreads: &[[f64; 2]], off: [f64; 2]) -> f64 {
    let sum = |side: usize| source.bias + spreads.iter().map(|spread| spread[side]).sum::<f64>();
    let (low, high) = (sum(0), sum(1));
    let moved = |off: f64| {
        // `σ(x + off) − σ(x)` is largest at x = −off / 2 and falls off to both sides.
        let x = (-off / 2.0).clamp(low, high);
        (sigmoid(x + off) - sigmoid(x)).abs()
    };
    moved(off[0]).max(moved(off[1]))
}

/// Names of the features that a source asks for.
pub fn names(source: &Source) -> Vec<&'static str> {
    source.features().into_iter().map(|at| TABLE[at].name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(feature: u8, threshold: f64, next: [usize; 2]) -> Node {
        Node::Split { feature, threshold, next }
    }

    fn source(format: Format, trees: Vec<Vec<Node>>) -> Source {
        let tree = |(number, nodes)| SourceTree { number, nodes };
        let trees = trees.into_iter().enumerate().map(tree).collect();
        Source { format, bias: -0.5, trees, notes: Vec::new() }
    }

    /// Leaves that i8 carries exactly: their spread is ±127 steps of 1/64.
    fn exact(format: Format) -> Source {
        let leaf = |steps: f64| Node::Leaf(steps / 64.0);
        let first = vec![
            split(3, 0.25, [1, 4]),
            split(0, 1.5, [2, 3]),
            leaf(-127.0),
            leaf(127.0),
            leaf(10.0),
        ];
        source(format, vec![first, vec![split(1, 2.0, [1, 2]), leaf(30.0), leaf(-10.0)]])
    }

    #[test]
    fn what_lies_on_the_grid_is_carried_exactly() {
        for (format, below) in [(Format::LightGbm, 0), (Format::XgBoost, 1)] {
            let source = exact(format);
            let imported = quantise(&source, "buy").unwrap();
            assert_eq!(imported.bound, 0.0);
            assert_eq!(imported.model.scale, 1.0 / 64.0);
            assert_eq!(imported.model.bias, -0.5 + 10.0 / 64.0);
            let expected = [
                Tree {
                    splits: vec![
                        Split { feature: 3, threshold: 512 - below, next: [1, !2] },
                        Split { feature: 0, threshold: 3072 - below, next: [!0, !1] },
                    ],
                    leaves: vec![-127, 127, 10],
                },
                Tree {
                    splits: vec![Split { feature: 1, threshold: 4096 - below, next: [!0, !1] }],
                    leaves: vec![20, -20],
                },
            ];
            assert_eq!(imported.trees(), expected);
            for values in [[0.0; 4], [1.5, 2.0, 0.0, 0.25], [1.75, 2.5, 0.0, 0.0], [9.0; 4]] {
                let mut features = [0.0; unspoken::feature::COUNT];
                features[..4].copy_from_slice(&values);
                let (is, was) = (imported.model.forecast(&features), source.forecast(&features));
                assert_eq!(is, was, "{format:?} {values:?}");
            }
        }
    }

    #[test]
    fn a_threshold_goes_to_the_step_that_decides_alike() {
        let steps = |format| {
            [1.0, 1.0 + 1e-9, 1.0 - 1e-9, 1e-35, -1e-35, 40.0, -40.0].map(|it| step(format, it))
        };
        assert_eq!(steps(Format::LightGbm), [2048, 2048, 2047, 0, -1, i16::MAX, i16::MIN]);
        assert_eq!(steps(Format::XgBoost), [2047, 2048, 2047, 0, -1, i16::MAX, i16::MIN]);
    }

    #[test]
    fn the_bound_is_reached_and_never_passed() {
        // Leaves that fall between steps, so that rounding shows.
        let tree = |a: f64, b: f64, c: f64| {
            vec![
                split(0, 1.0, [1, 2]),
                Node::Leaf(a),
                split(1, 1.0, [3, 4]),
                Node::Leaf(b),
                Node::Leaf(c),
            ]
        };
        let source =
            source(Format::LightGbm, vec![tree(-1.0, 1.0, 0.3331), tree(0.1234, -0.0567, 0.5)]);
        let imported = quantise(&source, "buy").unwrap();
        let mut largest: f64 = 0.0;
        for x in [0.5, 1.5] {
            for y in [0.5, 1.5] {
                let mut features = [0.0; unspoken::feature::COUNT];
                (features[0], features[1]) = (x, y);
                let off = imported.model.forecast(&features) - source.forecast(&features);
                largest = largest.max(off.abs());
            }
        }
        assert!(largest > 0.0 && largest <= imported.bound, "{largest} of {}", imported.bound);
        assert!(imported.bound < 0.004, "two trees, half a step of 1/127 each: {}", imported.bound);
    }

    #[test]
    fn splits_whose_leaves_become_equal_are_taken_out() {
        let mut source = exact(Format::LightGbm);
        source.trees[1].nodes = vec![split(1, 2.0, [1, 2]), Node::Leaf(0.001), Node::Leaf(0.0015)];
        source.trees[0].nodes[4] = split(2, 1.0, [5, 6]);
        source.trees[0].nodes.extend([Node::Leaf(0.0), Node::Leaf(0.001)]);
        let imported = quantise(&source, "buy").unwrap();
        assert_eq!(imported.trees().len(), 1);
        assert_eq!(imported.trees()[0].splits.len(), 2);
        assert!(imported.bound > 0.0 && imported.bound < 0.001);
    }

    #[test]
    fn what_a_model_file_cannot_hold_is_refused() {
        let stump = || vec![split(0, 1.0, [1, 2]), Node::Leaf(-1.0), Node::Leaf(1.0)];
        let refused = |source: &Source, head: &str, word: &str| {
            let error = quantise(source, head).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        };
        let format = Format::LightGbm;
        refused(&source(format, (0..65).map(|_| stump()).collect()), "buy", "65 trees, at most 64");
        assert!(quantise(&source(format, (0..64).map(|_| stump()).collect()), "buy").is_ok());
        // A tree of 17 splits has 17 · 3 + 18 bytes; 64 of them are over.
        let mut wide = vec![split(0, 0.0, [1, 2]), Node::Leaf(0.0)];
        for at in 1..17 {
            wide.push(split(0, f64::from(at), [2 * at as usize + 1, 2 * at as usize + 2]));
            wide.push(Node::Leaf(f64::from(at)));
        }
        wide.push(Node::Leaf(99.0));
        refused(&source(format, vec![wide; 64]), "buy", "at most 4096");
        let flat = vec![split(0, 1.0, [1, 2]), Node::Leaf(1.0), Node::Leaf(1.0)];
        refused(&source(format, vec![flat]), "buy", "the same for everybody");
        for head in ["", "two words", &"x".repeat(65)] {
            refused(&source(format, vec![stump()]), head, "--head");
        }
    }
}
