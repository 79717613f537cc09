//! A small decision tree of any shape.

use super::STEPS;
use crate::feature::Vector;
use alloc::vec::Vec;

/// The deepest a tree may be.
pub const MAX_DEPTH: usize = 12;
/// The most splits in one tree; a child's place has to fit an i8.
pub const MAX_SPLITS: usize = 64;

/// A question about one feature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Split {
    /// Position in the feature table.
    pub feature: u8,
    /// In 1/[`STEPS`]; a feature at the threshold is below it.
    pub threshold: i16,
    /// Where to go below and above: a later split, or `!n` for leaf n.
    pub next: [i8; 2],
}

/// Splits from the root on, and leaves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tree {
    /// At least one. The first is the root; a split's children come after it.
    pub splits: Vec<Split>,
    /// Each times the model's scale.
    pub leaves: Vec<i8>,
}

impl Tree {
    /// The leaf these features come to.
    pub fn leaf(&self, features: &Vector) -> f64 {
        let mut at = 0;
        // A split leads on to later ones only, so this ends.
        while let Some(split) = self.splits.get(at as usize) {
            let is_above = features[split.feature as usize] * STEPS > split.threshold as f64;
            let next = split.next[is_above as usize];
            if next <= at {
                return self.leaves.get(!next as usize).map_or(0.0, |leaf| *leaf as f64);
            }
            at = next;
        }
        0.0
    }
}
