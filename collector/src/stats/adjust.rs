//! CUPED: less noise by what visitors did before.
//!
//! Deng, Xu, Kohavi & Walker, "Improving the sensitivity of online controlled experiments by utilizing
//! pre-experiment data" (WSDM 2013), as gbstats' `RegressionAdjustedStatistic`: with `y` after the first
//! exposure and `x` before it, the mean is that of `y − θ x`, and θ = cov(y, x) / var(x) over the
//! visitors of both variants together. `x` lies before the exposure, so no variant can have moved it,
//! and the lift means the same as without.

use super::{Pairs, Sample};

/// The control and the variant, adjusted; pairs are (after, before). None where what was before does
/// not vary or tells nothing of what came after.
///
/// ```
/// use unspoken_collector::stats::{Pairs, adjust};
/// // What came after is all but foretold by what was before.
/// let control: Pairs = (0..100).map(|at| (f64::from(at) + f64::from(at % 3), f64::from(at))).collect();
/// let [adjusted, _] = adjust(&control, &control).unwrap();
/// assert!(adjusted.variance < 0.01 * control.x().variance());
/// assert_eq!(adjusted.base, control.x().mean());
/// ```
pub fn adjust(control: &Pairs, variant: &Pairs) -> Option<[Sample; 2]> {
    let both = control.merged(variant);
    let theta = both.covariance() / both.y().variance();
    if !theta.is_finite() || theta == 0.0 || both.x().variance() == 0.0 {
        return None;
    }
    Some([control, variant].map(|pairs| {
        let (after, before) = (pairs.x(), pairs.y());
        let variance =
            after.variance() + theta * theta * before.variance() - 2.0 * theta * pairs.covariance();
        Sample {
            count: after.count(),
            mean: after.mean() - theta * before.mean(),
            base: after.mean(),
            variance: variance.max(0.0),
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Lift, sample};
    use unspoken::id::Rng;

    #[test]
    fn a_difference_that_stood_before_is_taken_out() {
        // The variant's visitors happen to be the better customers; the change does nothing.
        let (mut rng, mut pairs) = (Rng::new(3), [Pairs::default(), Pairs::default()]);
        for (at, of_variant) in pairs.iter_mut().enumerate() {
            for _ in 0..2_000 {
                let noise = |rng: &mut Rng| (rng.draw() >> 11) as f64 / (1u64 << 53) as f64;
                let before = noise(&mut rng) + 0.1 * at as f64;
                of_variant.add(before + 0.2 * noise(&mut rng), before);
            }
        }
        let plain = pairs.map(|it| sample::Sample::mean(&it.x()));
        let [control, variant] = adjust(&pairs[0], &pairs[1]).unwrap();
        let seen = Lift::of(&plain[0], &plain[1]).unwrap();
        let adjusted = Lift::of(&control, &variant).unwrap();
        assert!(seen.p().unwrap() < 1e-6, "{seen:?}");
        assert!(adjusted.value.abs() < 0.1 * seen.value, "{adjusted:?}");
        assert!(adjusted.variance < 0.2 * seen.variance);
    }

    #[test]
    fn nothing_before_is_nothing_to_adjust_by() {
        let none: Pairs = [(1.0, 0.0), (2.0, 0.0)].into_iter().collect();
        assert_eq!(adjust(&none, &none), None);
        let flat: Pairs = [(1.0, 0.0), (1.0, 3.0)].into_iter().collect();
        assert_eq!(adjust(&flat, &flat), None);
    }
}
