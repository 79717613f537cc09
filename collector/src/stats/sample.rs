//! A metric of one variant, whatever its kind: what a comparison needs to know of it.

use super::{Moments, Pairs};

/// A metric of one variant's visitors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Visitors.
    pub count: u64,
    /// What is compared.
    pub mean: f64,
    /// What a lift is relative to: the mean before any adjustment.
    pub base: f64,
    /// The variance that one visitor adds: that of `mean` is `variance / count`.
    pub variance: f64,
}

impl Sample {
    /// A number a visitor (a count, revenue).
    pub fn mean(moments: &Moments) -> Sample {
        let mean = moments.mean();
        Sample { count: moments.count(), mean, base: mean, variance: moments.variance() }
    }

    /// How many of the visitors did it, with the binomial variance `p (1 − p)`.
    ///
    /// ```
    /// use unspoken_collector::stats::Sample;
    /// let sample = Sample::proportion(50, 200);
    /// assert_eq!((sample.mean, sample.variance), (0.25, 0.1875));
    /// ```
    pub fn proportion(done: u64, count: u64) -> Sample {
        let mean = if count > 0 { done as f64 / count as f64 } else { 0.0 };
        Sample { count, mean, base: mean, variance: mean * (1.0 - mean) }
    }

    /// Σ x / Σ y over visitors, where a visitor may have many of either. The delta method: with
    /// means `x`, `y`, variances and covariance of a visitor, the ratio `r = x / y` has the variance
    /// `(var x − 2 r cov + r² var y) / y²` a visitor (Deng, Knoblich & Lu, "Applying the delta method
    /// in metric analytics", KDD 2018). A ratio to nothing has mean and variance 0.
    ///
    /// ```
    /// use unspoken_collector::stats::{Pairs, Sample};
    /// // The same ratio of everybody: nothing is uncertain.
    /// let even: Pairs = [(1.0, 2.0), (3.0, 6.0), (2.0, 4.0)].into_iter().collect();
    /// let sample = Sample::ratio(&even);
    /// assert!((sample.mean - 0.5).abs() < 1e-12 && sample.variance.abs() < 1e-12);
    /// ```
    pub fn ratio(pairs: &Pairs) -> Sample {
        let (x, y, count) = (pairs.x(), pairs.y(), pairs.x().count());
        if y.mean() == 0.0 {
            return Sample { count, mean: 0.0, base: 0.0, variance: 0.0 };
        }
        let mean = x.mean() / y.mean();
        let spread = x.variance() - 2.0 * mean * pairs.covariance() + mean * mean * y.variance();
        Sample { count, mean, base: mean, variance: (spread / (y.mean() * y.mean())).max(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_over_ones_is_a_mean() {
        let numbers = [2.0, 0.0, 7.0, 1.0];
        let mean = Sample::mean(&numbers.into_iter().collect());
        let ratio = Sample::ratio(&numbers.into_iter().map(|x| (x, 1.0)).collect());
        assert!((mean.mean - ratio.mean).abs() < 1e-12);
        assert!((mean.variance - ratio.variance).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_divide_by_is_nothing() {
        let none = Sample::ratio(&[(1.0, 0.0), (0.0, 0.0)].into_iter().collect());
        assert_eq!((none.mean, none.variance, none.count), (0.0, 0.0, 2));
        assert_eq!(Sample::proportion(0, 0).mean, 0.0);
    }
}
