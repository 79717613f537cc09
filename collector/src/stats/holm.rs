//! Several comparisons at once: of twenty without an effect one has p below 0.05.
//!
//! Holm, "A simple sequentially rejective multiple test procedure" (Scandinavian Journal of Statistics
//! 6, 1979): the chance of one false alarm or more among all comparisons is held, whatever depends on
//! what. It adjusts p only. Intervals stay those of each comparison alone, so one that leaves out 0 may
//! stand beside an adjusted p above 0.05; then the p has the say.

/// Each p adjusted, in the order they came; what is no number stays so and counts for nothing.
///
/// ```
/// use unspoken_collector::stats::holm::adjusted;
/// assert_eq!(adjusted(&[0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
/// ```
pub fn adjusted(ps: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..ps.len()).filter(|at| !ps[*at].is_nan()).collect();
    order.sort_by(|one, other| ps[*one].total_cmp(&ps[*other]));
    let (mut all, mut least) = (ps.to_vec(), 0.0f64);
    for (rank, at) in order.iter().enumerate() {
        // Never below that of a smaller p.
        least = least.max(ps[*at] * (order.len() - rank) as f64).min(1.0);
        all[*at] = least;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comparison_is_left_as_it_is() {
        assert_eq!(adjusted(&[0.04]), [0.04]);
        assert!(adjusted(&[]).is_empty());
    }

    #[test]
    fn what_is_missing_is_no_comparison() {
        let all = adjusted(&[0.02, f64::NAN, 0.9]);
        assert_eq!((all[0], all[2]), (0.04, 0.9));
        assert!(all[1].is_nan());
        assert_eq!(adjusted(&[0.6, 0.7, 0.9]), [1.0, 1.0, 1.0]);
    }
}
