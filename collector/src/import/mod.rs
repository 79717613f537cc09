//! Models that were trained elsewhere: LightGBM's text and XGBoost's JSON, made into a model file.
//!
//! [`lightgbm`] and [`xgboost`] read their format into a [`Source`], which says exactly what the
//! package would forecast, and refuse what it cannot say. [`quantise`] makes a model file of it and
//! computes how far that may be off. [`check`] measures how far it is off, on rows of a CSV.
//! Reading a file and printing are the command line's.

pub mod check;
pub mod lightgbm;
pub mod quantise;
pub mod xgboost;

use unspoken::feature::{self, TABLE, Vector};
use unspoken::intent::model::{MAX_DEPTH, MAX_SPLITS, sigmoid};

/// Why a model was not imported: one sentence with the place and the mend.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ImportError(String);

impl ImportError {
    /// An error with its sentence.
    pub fn new(sentence: impl Into<String>) -> ImportError {
        ImportError(sentence.into())
    }
}

/// The package that made a model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// `Booster.save_model("model.txt")` of LightGBM.
    LightGbm,
    /// `Booster.save_model("model.json")` of XGBoost.
    XgBoost,
}

impl Format {
    /// As the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Format::LightGbm => "lightgbm",
            Format::XgBoost => "xgboost",
        }
    }

    /// What a file is, by how it begins.
    pub fn of(bytes: &[u8]) -> Result<Format, ImportError> {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.lines().next().is_some_and(|line| line.trim_end() == "tree") {
            Ok(Format::LightGbm)
        } else if text.starts_with('{') || text.starts_with('[') {
            Ok(Format::XgBoost)
        } else {
            Err(ImportError::new(
                "this is neither LightGBM's text (which begins with the line \"tree\") nor \
                 XGBoost's JSON: save it with booster.save_model(\"model.txt\") of LightGBM or \
                 booster.save_model(\"model.json\") of XGBoost",
            ))
        }
    }
}

/// A node of a source tree.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Node {
    /// A question about one feature.
    Split {
        /// Position in the feature table.
        feature: u8,
        /// As the package has it.
        threshold: f64,
        /// The nodes below and above, both later in the list.
        next: [usize; 2],
    },
    /// Log-odds that it adds.
    Leaf(f64),
}

/// A tree as its package has it, from its root on; each subtree below stands before that above.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceTree {
    /// Its number in the package's file.
    pub number: usize,
    /// At least one.
    pub nodes: Vec<Node>,
}

/// A model as its package has it: `σ(bias + Σ leaf)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// The package.
    pub format: Format,
    /// Added to the leaves, in log-odds.
    pub bias: f64,
    /// The trees; one without a split is part of the bias.
    pub trees: Vec<SourceTree>,
    /// What was left out or is worth a look, a sentence each.
    pub notes: Vec<String>,
}

impl Source {
    /// Reads a model file of `format`.
    pub fn read(bytes: &[u8], format: Format) -> Result<Source, ImportError> {
        let source = match format {
            Format::LightGbm => lightgbm::read(bytes)?,
            Format::XgBoost => xgboost::read(bytes)?,
        };
        if source.trees.is_empty() {
            return Err(ImportError::new(
                "the model has no split, so it forecasts the same for everybody: train it on more \
                 rows, or with a smaller min_data_in_leaf (LightGBM) or min_child_weight (XGBoost)",
            ));
        }
        if !source.bias.is_finite() {
            return Err(ImportError::new(
                "the model's base score or first leaves are not finite: the base rate has to lie \
                 between 0 and 1",
            ));
        }
        Ok(source)
    }

    /// Adds a tree, or what it says where it has no split.
    fn push(&mut self, tree: SourceTree) {
        match tree.nodes[..] {
            [Node::Leaf(value)] => self.bias += value,
            _ => self.trees.push(tree),
        }
    }

    /// Whether a value is below a threshold, as the package has it: LightGBM's splits hold the
    /// threshold itself, XGBoost's do not, and it sees features as f32.
    pub fn is_below(&self, value: f64, threshold: f64) -> bool {
        match self.format {
            Format::LightGbm => value <= threshold,
            Format::XgBoost => f64::from(value as f32) < threshold,
        }
    }

    /// What the package forecasts for these features.
    pub fn forecast(&self, features: &Vector) -> f64 {
        let leaves = self.trees.iter().map(|tree| {
            let mut at = 0;
            loop {
                match tree.nodes[at] {
                    Node::Leaf(value) => return value,
                    Node::Split { feature, threshold, next } => {
                        let below = self.is_below(features[feature as usize], threshold);
                        at = next[usize::from(!below)];
                    }
                }
            }
        });
        sigmoid(self.bias + leaves.sum::<f64>())
    }

    /// Positions of the features that splits ask for, in the order of the table.
    pub fn features(&self) -> Vec<usize> {
        let mut asked = [false; feature::COUNT];
        for node in self.trees.iter().flat_map(|tree| &tree.nodes) {
            if let Node::Split { feature, .. } = node {
                asked[*feature as usize] = true;
            }
        }
        (0..feature::COUNT).filter(|at| asked[*at]).collect()
    }
}

/// What a package says at one place of a tree.
enum Raw {
    /// The feature by its place in the package's list, the threshold, the places below and above.
    Split(usize, f64, [usize; 2]),
    /// A leaf's value.
    Leaf(f64),
}

/// Gathers a tree's nodes from the root on, within the bounds of a model file. `at` reads a place.
fn gather(
    number: usize,
    names: &Names,
    root: usize,
    at: impl Fn(usize) -> Result<Raw, ImportError>,
) -> Result<SourceTree, ImportError> {
    let mut tree = SourceTree { number, nodes: Vec::new() };
    let mut splits = 0;
    // Places still to be read: the place, its depth, and whose child it is on which side.
    let mut waiting = vec![(root, 0, None::<(usize, usize)>)];
    while let Some((place, depth, parent)) = waiting.pop() {
        let here = tree.nodes.len();
        if let Some((parent, side)) = parent
            && let Node::Split { next, .. } = &mut tree.nodes[parent]
        {
            next[side] = here;
        }
        let finite = |number: f64, what: &str| {
            if number.is_finite() {
                return Ok(number);
            }
            Err(in_tree(tree.number, format!("a {what} is not a finite number: train it anew")))
        };
        match at(place)? {
            Raw::Leaf(value) => {
                let value = finite(value, "leaf")?;
                tree.nodes.push(Node::Leaf(value));
            }
            Raw::Split(feature, threshold, [below, above]) => {
                let threshold = finite(threshold, "threshold")?;
                splits += 1;
                if depth == MAX_DEPTH {
                    let what = format!(
                        "it is deeper than {MAX_DEPTH} splits: train with max_depth={MAX_DEPTH} \
                         or less"
                    );
                    return Err(in_tree(number, what));
                }
                let feature = names.resolve(feature, number)?;
                tree.nodes.push(Node::Split { feature, threshold, next: [0; 2] });
                waiting.push((above, depth + 1, Some((here, 1))));
                waiting.push((below, depth + 1, Some((here, 0))));
                // A cycle would never end; a tree this large is refused below by its own count.
                if splits > 1 << MAX_DEPTH {
                    return Err(in_tree(number, "its splits lead in a circle: save it anew"));
                }
            }
        }
    }
    if splits > MAX_SPLITS {
        let what = format!(
            "it has {splits} splits, at most {MAX_SPLITS}: train with num_leaves={} (LightGBM) or \
             max_leaves={} and grow_policy=\"lossguide\" (XGBoost), or less",
            MAX_SPLITS + 1,
            MAX_SPLITS + 1,
        );
        return Err(in_tree(number, what));
    }
    Ok(tree)
}

/// An error at a tree, by its number in the package's file.
fn in_tree(number: usize, what: impl std::fmt::Display) -> ImportError {
    ImportError::new(format!("tree {number}: {what}"))
}

/// A note for a model that was trained with positives weighted up or down.
fn weighted(parameter: &str) -> String {
    format!(
        "{parameter} made positives weigh more or less than they are, and so the forecasts higher \
         or lower than what happens: rules compare forecasts with thresholds, so train without it \
         where you can"
    )
}

/// The package's feature names, and their positions in the feature table.
struct Names {
    names: Vec<String>,
    positions: Vec<Option<usize>>,
}

impl Names {
    fn new(names: Vec<String>) -> Names {
        let positions = names.iter().map(|name| feature::index_of(name)).collect();
        Names { names, positions }
    }

    /// The position in the table of the feature that a split of tree `number` asks for.
    fn resolve(&self, feature: usize, number: usize) -> Result<u8, ImportError> {
        let Some(name) = self.names.get(feature) else {
            let what = format!(
                "a split asks for feature {feature}, and the model names {}: save it anew",
                self.names.len()
            );
            return Err(in_tree(number, what));
        };
        let position = self.positions[feature].and_then(|position| u8::try_from(position).ok());
        position.ok_or_else(|| {
            let known: Vec<&str> = TABLE.iter().map(|feature| feature.name).collect();
            let what = format!(
                "a split asks for feature \"{name}\", which no page computes: train on columns \
                 named by Unspoken's features, which are {}",
                known.join(", ")
            );
            in_tree(number, what)
        })
    }

    /// A note for names that no page computes and no split asks for.
    fn note_unknown(&self) -> Option<String> {
        let unknown: Vec<&str> = (self.names.iter().zip(&self.positions))
            .filter(|(_, position)| position.is_none())
            .map(|(name, _)| name.as_str())
            .collect();
        (!unknown.is_empty()).then(|| {
            format!(
                "no page computes {}; no split asks for it, so it was left out",
                unknown.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_how_it_begins() {
        assert_eq!(Format::of(b"tree\nversion=v4\n").unwrap(), Format::LightGbm);
        assert_eq!(Format::of(b"tree\r\nversion=v4\r\n").unwrap(), Format::LightGbm);
        assert_eq!(Format::of(b" {\"learner\":{}}").unwrap(), Format::XgBoost);
        let pickle = Format::of(b"\x80\x04\x95ccopy_reg").unwrap_err().to_string();
        assert!(pickle.contains("save_model"), "{pickle}");
        assert!(Format::of(b"").is_err());
    }

    #[test]
    fn splits_in_a_circle_end() {
        let names = Names::new(vec!["elapsed".into()]);
        let endless = |_| Ok(Raw::Split(0, 1.0, [0, 0]));
        let error = gather(2, &names, 0, endless).unwrap_err().to_string();
        assert!(error.starts_with("tree 2: it is deeper than 12"), "{error}");
    }

    #[test]
    fn a_tree_stands_in_the_order_of_the_model_file() {
        let names = Names::new(vec!["elapsed".into(), "idle".into()]);
        let place = |at| {
            Ok(match at {
                0 => Raw::Split(1, 0.5, [2, 1]),
                2 => Raw::Split(0, 0.25, [3, 4]),
                leaf => Raw::Leaf(leaf as f64),
            })
        };
        let tree = gather(0, &names, 0, place).unwrap();
        let idle = feature::index_of("idle").unwrap() as u8;
        let expected = [
            Node::Split { feature: idle, threshold: 0.5, next: [1, 4] },
            Node::Split { feature: 0, threshold: 0.25, next: [2, 3] },
            Node::Leaf(3.0),
            Node::Leaf(4.0),
            Node::Leaf(1.0),
        ];
        assert_eq!(tree.nodes, expected);
    }
}
