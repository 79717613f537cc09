//! Winsorising: no visitor counts for more than a quantile of all visitors.
//!
//! One order of a thousand times the usual size decides a mean and hides every effect beside it. Capped,
//! the metric asks a slightly other question (the mean of `min(x, cap)`) and answers it far more surely.
//! The quantile is that of all variants' visitors together, those with 0 included, so that it favours
//! none.

/// The quantile of sorted numbers, between two of them in proportion (the seventh type of Hyndman & Fan,
/// The American Statistician 50, 1996; numpy's default). None of none.
///
/// ```
/// use unspoken_collector::stats::cap::quantile;
/// assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.5), Some(3.0));
/// ```
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let below = at.floor();
    let (low, high) = (sorted[below as usize], sorted[at.ceil() as usize]);
    Some(low + (high - low) * (at - below))
}

/// The quantile of numbers in any order, `zeros` more of which are 0 and not listed. None of none.
///
/// ```
/// use unspoken_collector::stats::cap::quantile_with_zeros;
/// assert_eq!(quantile_with_zeros(vec![9.0, 5.0], 9, 0.9), Some(5.0));
/// ```
pub fn quantile_with_zeros(mut listed: Vec<f64>, zeros: usize, share: f64) -> Option<f64> {
    listed.extend(std::iter::repeat_n(0.0, zeros));
    listed.sort_by(f64::total_cmp);
    quantile(&listed, share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_nothing() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[7.0], 0.999), Some(7.0));
        let numbers: Vec<f64> = (0..=1_000).map(f64::from).collect();
        assert_eq!(quantile(&numbers, 0.999), Some(999.0));
        assert_eq!(quantile(&numbers, 1.0), Some(1_000.0));
        assert_eq!(quantile_with_zeros(vec![-2.0], 1, 0.0), Some(-2.0));
    }
}
