//! Which parts of the module the page has: it loads those that its config names.
//!
//! A part begins at functions that stand out of line (scripts/lib/seams.mjs lists them), and each is
//! entered only where its part is there. Outside of a browser there are no parts: nothing is left out.

/// Experiments, features and what they assigned.
pub const EXPERIMENT: u8 = 1;
/// Bandits.
pub const LEARN: u8 = 2;
