//! Means, variances and covariances, one visitor at a time.
//!
//! Welford's updates (Technometrics 4, 1962) and the merging of two parts by Chan, Golub & LeVeque
//! (1979): sums of squares lose their digits where the mean is large against the spread, these do not.

/// Of one number a visitor.
///
/// ```
/// use unspoken_collector::stats::Moments;
/// let moments: Moments = [2.0, 4.0, 9.0].into_iter().collect();
/// assert_eq!((moments.count(), moments.mean(), moments.variance()), (3, 5.0, 13.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    count: u64,
    mean: f64,
    /// Σ (x − mean)².
    spread: f64,
}

impl Moments {
    /// Of `count` visitors whose numbers have this sum and this sum of squares.
    pub fn from_sums(count: u64, sum: f64, squares: f64) -> Moments {
        let mean = if count > 0 { sum / count as f64 } else { 0.0 };
        Moments { count, mean, spread: (squares - sum * mean).max(0.0) }
    }

    /// One visitor more.
    pub fn add(&mut self, x: f64) {
        self.count += 1;
        let before = x - self.mean;
        self.mean += before / self.count as f64;
        self.spread += before * (x - self.mean);
    }

    /// Visitors.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; 0 of none.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The sum.
    pub fn sum(&self) -> f64 {
        self.mean * self.count as f64
    }

    /// The variance of a visitor, with `n − 1`; 0 of fewer than two.
    pub fn variance(&self) -> f64 {
        if self.count < 2 { 0.0 } else { self.spread / (self.count - 1) as f64 }
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Moments {
        let mut moments = Moments::default();
        numbers.into_iter().for_each(|x| moments.add(x));
        moments
    }
}

/// Of two numbers a visitor: numerator and denominator, or after and before.
///
/// ```
/// use unspoken_collector::stats::Pairs;
/// let pairs: Pairs = [(1.0, 2.0), (2.0, 4.0), (6.0, 6.0)].into_iter().collect();
/// assert_eq!((pairs.x().mean(), pairs.y().mean(), pairs.covariance()), (3.0, 4.0, 5.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pairs {
    x: Moments,
    y: Moments,
    /// Σ (x − mean of x) (y − mean of y).
    product: f64,
}

impl Pairs {
    /// One visitor more.
    pub fn add(&mut self, x: f64, y: f64) {
        let before = x - self.x.mean;
        self.x.add(x);
        self.y.add(y);
        self.product += before * (y - self.y.mean);
    }

    /// The first number.
    pub fn x(&self) -> Moments {
        self.x
    }

    /// The second.
    pub fn y(&self) -> Moments {
        self.y
    }

    /// With `n − 1`; 0 of fewer than two.
    pub fn covariance(&self) -> f64 {
        if self.x.count < 2 { 0.0 } else { self.product / (self.x.count - 1) as f64 }
    }

    /// Those of both.
    pub fn merged(&self, other: &Pairs) -> Pairs {
        let (own, its) = (self.x.count as f64, other.x.count as f64);
        let all = own + its;
        if all == 0.0 {
            return Pairs::default();
        }
        let [along_x, along_y] = [other.x.mean - self.x.mean, other.y.mean - self.y.mean];
        let between = own * its / all;
        let merged = |own: &Moments, its: &Moments, along: f64, share: f64| Moments {
            count: own.count + its.count,
            mean: own.mean + along * share,
            spread: own.spread + its.spread + along * along * between,
        };
        Pairs {
            x: merged(&self.x, &other.x, along_x, its / all),
            y: merged(&self.y, &other.y, along_y, its / all),
            product: self.product + other.product + along_x * along_y * between,
        }
    }
}

impl FromIterator<(f64, f64)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(numbers: I) -> Pairs {
        let mut pairs = Pairs::default();
        numbers.into_iter().for_each(|(x, y)| pairs.add(x, y));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_visitors_give_the_same() {
        let numbers = [3.5, 0.0, 0.0, 12.25, 1.0];
        let one: Moments = numbers.into_iter().collect();
        let squares = numbers.iter().map(|x| x * x).sum();
        let other = Moments::from_sums(5, numbers.iter().sum(), squares);
        assert!((one.variance() - other.variance()).abs() < 1e-12, "{one:?} {other:?}");
        assert!((one.sum() - 16.75).abs() < 1e-12);
    }

    #[test]
    fn digits_survive_a_large_mean() {
        let moments: Moments = [1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0].into_iter().collect();
        assert!((moments.variance() - 1.0).abs() < 1e-6, "{moments:?}");
    }

    #[test]
    fn two_parts_are_as_one() {
        let all = [(1.0, 2.0), (4.0, 3.0), (2.5, 9.0), (8.0, 1.0), (0.0, 0.5)];
        let whole: Pairs = all.into_iter().collect();
        for at in 0..=all.len() {
            let [one, two]: [Pairs; 2] =
                [&all[..at], &all[at..]].map(|part| part.iter().copied().collect());
            let merged = one.merged(&two);
            assert!((merged.covariance() - whole.covariance()).abs() < 1e-12, "{at}");
            assert!((merged.x().variance() - whole.x().variance()).abs() < 1e-12, "{at}");
            assert!((merged.y().mean() - whole.y().mean()).abs() < 1e-12, "{at}");
        }
    }

    #[test]
    fn one_visitor_has_no_spread() {
        let pairs: Pairs = [(3.0, 4.0)].into_iter().collect();
        assert_eq!((pairs.x().variance(), pairs.covariance()), (0.0, 0.0));
        assert_eq!(Moments::from_sums(0, 0.0, 0.0).mean(), 0.0);
    }
}
