//! How much a variant is above the control, relatively, with the interval for one look at the end.
//!
//! The delta method: `(b − a) / a` has the variance `var b / (a² n_b) + var a · b² / (a⁴ n_a)`, judged
//! by Student's law with the degrees of freedom of Welch and Satterthwaite (gbstats `TwoSidedTTest`;
//! Deng, Knoblich & Lu, KDD 2018). A mean that was adjusted keeps its unadjusted self as `a` and `b` in
//! that variance, since that is what a reader divides by.

use super::{Sample, tail};

/// A variant against its control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lift {
    /// The lift: 0.1 is a tenth more than the control.
    pub value: f64,
    /// The variance of `value`.
    pub variance: f64,
    /// Visitors of both.
    pub count: u64,
    /// Welch's and Satterthwaite's degrees of freedom.
    pub freedom: f64,
}

impl Lift {
    /// Compares. None where there is nothing to be relative to (a control whose mean is not above 0)
    /// or no spread to judge by (one visitor, all alike).
    ///
    /// ```
    /// use unspoken_collector::stats::{Lift, Sample};
    /// let lift = Lift::of(&Sample::proportion(200, 1000), &Sample::proportion(250, 1000)).unwrap();
    /// assert!((lift.value - 0.25).abs() < 1e-12);
    /// let (low, high) = lift.interval(0.05).unwrap();
    /// assert!(low > 0.0 && high < 0.5, "{low} {high}");
    /// assert_eq!(Lift::of(&Sample::proportion(0, 1000), &Sample::proportion(250, 1000)), None);
    /// ```
    pub fn of(control: &Sample, variant: &Sample) -> Option<Lift> {
        let value = Lift::point(control, variant)?;
        let is_judged = |it: &Sample| it.count > 1 && it.variance > 0.0;
        if !(is_judged(control) && is_judged(variant)) {
            return None;
        }
        let (a, b) = (control.base, variant.base);
        let [of_control, of_variant] = [control, variant].map(|it| it.variance / it.count as f64);
        let variance = of_variant / (a * a) + of_control * b * b / (a * a * a * a);
        let term = |part: f64, it: &Sample| part * part / (it.count - 1) as f64;
        let sum = of_control + of_variant;
        let freedom = sum * sum / (term(of_control, control) + term(of_variant, variant));
        let is_finite = variance > 0.0 && variance.is_finite() && freedom.is_finite();
        is_finite.then(|| Lift { value, variance, count: control.count + variant.count, freedom })
    }

    /// The lift alone, also where nothing can be said of its spread.
    pub fn point(control: &Sample, variant: &Sample) -> Option<f64> {
        let is_known = control.base > 0.0 && control.mean != 0.0 && variant.count > 0;
        is_known.then(|| (variant.mean - control.mean) / control.base)
    }

    /// The standard error.
    pub fn error(&self) -> f64 {
        libm::sqrt(self.variance)
    }

    /// The interval that holds the true lift in all but `alpha` of experiments that are looked at
    /// once, at an end that was fixed before.
    pub fn interval(&self, alpha: f64) -> Option<(f64, f64)> {
        let width = tail::critical(alpha, self.freedom)? * self.error();
        Some((self.value - width, self.value + width))
    }

    /// How probable so large a lift, to either side, is without an effect; for one look likewise.
    pub fn p(&self) -> Option<f64> {
        tail::two_sided(self.value / self.error(), self.freedom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_leaves_out_nought_where_p_is_small() {
        let control = Sample::proportion(500, 5_000);
        for done in (400..=620).step_by(4) {
            let lift = Lift::of(&control, &Sample::proportion(done, 5_000)).unwrap();
            let (low, high) = lift.interval(0.05).unwrap();
            assert_eq!(low > 0.0 || high < 0.0, lift.p().unwrap() < 0.05, "{done}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_not() {
        let good = Sample::proportion(5, 10);
        let sure = Sample::proportion(10, 10);
        let one = Sample::mean(&[3.0].into_iter().collect());
        let loss = Sample::mean(&[-3.0, -1.0].into_iter().collect());
        for (control, variant) in
            [(sure, good), (good, sure), (one, good), (good, one), (loss, good)]
        {
            assert_eq!(Lift::of(&control, &variant), None, "{control:?} {variant:?}");
        }
        // The lift itself is known where only its spread is not.
        assert_eq!(Lift::point(&good, &sure), Some(1.0));
        assert_eq!(Lift::point(&loss, &good), None);
    }
}
