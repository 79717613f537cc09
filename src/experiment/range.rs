//! Stretches of the line from 0 to 1, one a variant.

use alloc::vec;
use alloc::vec::Vec;

/// From (inclusive), to (exclusive).
pub type Range = [f64; 2];

/// Whether a place lies in a stretch.
pub fn in_range(place: f64, range: &Range) -> bool {
    place >= range[0] && place < range[1]
}

/// So many equal weights that sum to 1.
pub fn equal_weights(count: usize) -> Vec<f64> {
    vec![1.0 / count as f64; count]
}

/// The stretch of each variant. Starts follow from the weights alone, so that a larger coverage
/// moves nobody. Weights that are missing, too few, or do not sum to 1 (within 0.01) are equal.
pub fn bucket_ranges(count: usize, coverage: f64, weights: Option<&[f64]>) -> Vec<Range> {
    let coverage = coverage.clamp(0.0, 1.0);
    let equal = equal_weights(count);
    let weights = weights.filter(|weights| weights.len() == count).unwrap_or(&equal);
    let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
    let weights = if (0.99..=1.01).contains(&sum) { weights } else { &equal };
    let mut start = 0.0;
    let mut ranges = Vec::new();
    for weight in weights {
        ranges.push([start, start + coverage * weight]);
        start += weight;
    }
    ranges
}

/// The first variant whose stretch holds the place.
pub fn choose_variation(place: f64, ranges: &[Range]) -> Option<usize> {
    ranges.iter().position(|range| in_range(place, range))
}
