//! An interval that holds however often it is looked at.
//!
//! The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas,
//! "Time-uniform central limit theory and asymptotic confidence sequences" (arXiv 2103.06476v7), eq. 9,
//! as gbstats' `SequentialTwoSidedTTest`: with `n` visitors and the standard error `s`, half the width is
//!
//! `s √( 2 (n ρ² + 1) / (n ρ²) · ln( √(n ρ² + 1) / α ) )`
//!
//! and ρ is set (eq. 161) so that it is tightest at [`TIGHTEST`] visitors. It is wider than the fixed
//! interval everywhere, by more than half at its tightest; that is the price of looking. It is asymptotic:
//! what few visitors do to it is measured by `unspoken simulate peeking` and held by a test.

use super::Lift;

/// Visitors of both variants at which the interval is tightest, as gbstats has it.
pub const TIGHTEST: f64 = 5_000.0;

/// ρ² of the mixture.
fn rho_squared(alpha: f64) -> f64 {
    let two_log = -2.0 * libm::log(alpha);
    (two_log + libm::log(two_log + 1.0)) / TIGHTEST
}

/// The interval that, with probability at least `1 − alpha`, holds the true lift at every look.
///
/// ```
/// use unspoken_collector::stats::{Lift, Sample, sequential};
/// let lift = Lift::of(&Sample::proportion(200, 1000), &Sample::proportion(250, 1000)).unwrap();
/// let (low, high) = sequential::interval(&lift, 0.05);
/// let (fixed_low, fixed_high) = lift.interval(0.05).unwrap();
/// // One look would have told; looking every day must wait for more.
/// assert!(fixed_low > 0.0 && low < 0.0 && high > fixed_high);
/// ```
pub fn interval(lift: &Lift, alpha: f64) -> (f64, f64) {
    let width = lift.error() * width(lift.count as f64, alpha);
    (lift.value - width, lift.value + width)
}

/// Half the width, in standard errors.
pub fn width(count: f64, alpha: f64) -> f64 {
    let grown = count * rho_squared(alpha);
    libm::sqrt(2.0 * (grown + 1.0) / grown * libm::log(libm::sqrt(grown + 1.0) / alpha))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tightest_where_it_is_said_to_be() {
        let at = |count: f64| width(count, 0.05);
        let (before, here, after) = (at(0.9 * TIGHTEST), at(TIGHTEST), at(1.1 * TIGHTEST));
        assert!(here < before && here < after, "{before} {here} {after}");
        // Against 1.96 of a single look.
        assert!((here - 3.035).abs() < 0.001, "{here}");
    }

    #[test]
    fn a_smaller_alpha_is_wider() {
        assert!(width(1_000.0, 0.01) > width(1_000.0, 0.05));
    }
}
