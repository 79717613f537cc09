//! An interval that holds however often it is looked at.
//!
//! The boundary is that of the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy &
//! Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences" (arXiv 2103.06476v7),
//! eq. 9, as in gbstats' `SequentialTwoSidedTTest`: of `n` visitors, in standard errors,
//!
//! `w = √( 2 (n ρ² + 1) / (n ρ²) · ln( √(n ρ² + 1) / α ) )`
//!
//! with ρ (eq. 161) such that it is tightest at [`TIGHTEST`] visitors. It is wider than the fixed
//! interval everywhere, by more than half at its tightest; that is the price of looking.
//!
//! What it is applied to differs from gbstats, which puts `w` standard errors of the delta method around
//! the lift. Those come out far too small where one variant has few events, and an experiment without an
//! effect that is looked at every 100 visitors then rings far too often: in 8 % of runs where 5 % of
//! visitors convert, in 20 % with revenue (2,000 runs, 10,000 visitors). So the interval is found by
//! asking each lift whether it fits (Fieller, JRSS B 16, 1954): with `r = 1 + lift`, `r` fits where
//! `|b − r a| ≤ w s(r)`. Two standard errors are asked, and `r` is left out where both leave it out:
//!
//! - each variant's own: `s² = var b / n_b + r² var a / n_a`
//! - that of both together as it would be were `r` true, which has the spread of all events behind each
//!   variant (the score test's): `s² = V (1/n_a + 1/n_b)`, `V` the variance of the variant's numbers
//!   and `r` times the control's as one crowd
//!
//! The wider one can only add to the interval, so what is proved of the first stays. For many events
//! both are the delta method's. `unspoken simulate peeking` counts the false alarms.

use super::Sample;

/// Visitors of both variants at which the interval is tightest, as gbstats has it.
pub const TIGHTEST: f64 = 5_000.0;

/// ρ² of the mixture.
fn rho_squared(alpha: f64) -> f64 {
    let two_log = -2.0 * libm::log(alpha);
    (two_log + libm::log(two_log + 1.0)) / TIGHTEST
}

/// Half the width, in standard errors.
pub fn width(count: f64, alpha: f64) -> f64 {
    let grown = count * rho_squared(alpha);
    libm::sqrt(2.0 * (grown + 1.0) / grown * libm::log(libm::sqrt(grown + 1.0) / alpha))
}

/// The interval that, with probability `1 − alpha` or more, holds the true lift at every look. None
/// while the control's mean cannot be told from 0 (then no lift is too large), or a variant has no
/// spread.
///
/// ```
/// use unspoken_collector::stats::{Lift, Sample, sequential};
/// let [control, variant] = [200, 250].map(|done| Sample::proportion(done, 1000));
/// let (low, high) = sequential::interval(&control, &variant, 0.05).unwrap();
/// let fixed = Lift::of(&control, &variant).unwrap().interval(0.05).unwrap();
/// // One look would have told; looking every day must wait for more.
/// assert!(fixed.0 > 0.0 && low < 0.0 && high > fixed.1);
/// ```
pub fn interval(control: &Sample, variant: &Sample, alpha: f64) -> Option<(f64, f64)> {
    let is_judged = |it: &Sample| it.count > 1 && it.variance > 0.0;
    if !(control.base > 0.0 && is_judged(control) && is_judged(variant)) {
        return None;
    }
    let [a, b] = [control.count as f64, variant.count as f64];
    let ratio = 1.0 + (variant.mean - control.mean) / control.base;
    let squared = {
        let width = width(a + b, alpha);
        width * width
    };
    // Relative to the control's mean, as the ratio is.
    let [of_a, of_b] = [control, variant].map(|it| it.variance / (control.base * control.base));
    let own = fitting(ratio, squared, of_a / a, of_b / b)?;
    // The crowd's variance holds the distance itself, which is taken to the other side.
    let left = 1.0 - squared / (a + b);
    if left <= 0.0 {
        return None;
    }
    let crowd =
        fitting(ratio, squared / left, of_a * (a - 1.0) / (a * b), of_b * (b - 1.0) / (a * b))?;
    Some((own.0.min(crowd.0) - 1.0, own.1.max(crowd.1) - 1.0))
}

/// The `r` with `(ratio − r)² ≤ squared · (of_b + r² of_a)`; None where they have no end.
fn fitting(ratio: f64, squared: f64, of_a: f64, of_b: f64) -> Option<(f64, f64)> {
    let lead = 1.0 - squared * of_a;
    if lead <= 0.0 {
        return None;
    }
    let root = libm::sqrt((ratio * ratio - lead * (ratio * ratio - squared * of_b)).max(0.0));
    Some(((ratio - root) / lead, (ratio + root) / lead))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Lift;

    #[test]
    fn it_is_tightest_where_it_is_said_to_be() {
        let at = |count: f64| width(count, 0.05);
        let (before, here, after) = (at(0.9 * TIGHTEST), at(TIGHTEST), at(1.1 * TIGHTEST));
        assert!(here < before && here < after, "{before} {here} {after}");
        // Against 1.96 of a single look.
        assert!((here - 3.035).abs() < 0.001, "{here}");
        assert!(width(1_000.0, 0.01) > width(1_000.0, 0.05));
    }

    #[test]
    fn its_ends_fit_just_so() {
        let [control, variant] = [Sample::proportion(90, 2_000), Sample::proportion(130, 2_400)];
        let (low, high) = interval(&control, &variant, 0.05).unwrap();
        let w = width(4_400.0, 0.05);
        let [a, b] = [2_000.0, 2_400.0];
        let excess = |lift: f64| {
            let r = 1.0 + lift;
            let apart = variant.mean - r * control.mean;
            let own = variant.variance / b + r * r * control.variance / a;
            let within = variant.variance * (b - 1.0) + r * r * control.variance * (a - 1.0);
            let crowd = (within + apart * apart * a * b / (a + b)) / (a + b) * (1.0 / a + 1.0 / b);
            apart.abs() - w * own.max(crowd).sqrt()
        };
        for end in [low, high] {
            assert!(excess(end).abs() < 1e-12, "{end}: {}", excess(end));
        }
        assert!(excess(0.0) < 0.0 && excess(low - 0.01) > 0.0 && excess(high + 0.01) > 0.0);
    }

    #[test]
    fn many_events_make_it_that_of_the_delta_method() {
        let [control, variant] = [300_000, 303_000].map(|done| Sample::proportion(done, 1_000_000));
        let lift = Lift::of(&control, &variant).unwrap();
        let (low, high) = interval(&control, &variant, 0.05).unwrap();
        let half = width(2e6, 0.05) * lift.error();
        assert!((low - (lift.value - half)).abs() < 0.01 * half, "{low} {half}");
        assert!((high - (lift.value + half)).abs() < 0.01 * half, "{high} {half}");
    }

    #[test]
    fn too_little_is_no_interval() {
        let [none, one, some] = [0, 1, 40].map(|done| Sample::proportion(done, 50));
        for (control, variant) in [(none, some), (one, some), (some, none)] {
            assert_eq!(interval(&control, &variant, 0.05), None, "{control:?} {variant:?}");
        }
    }
}
