//! Tails and quantiles of the normal and Student's law.

use statrs::distribution::{Continuous, ContinuousCDF, StudentsT};

/// The share of a standard normal below `x`.
///
/// ```
/// use unspoken_collector::stats::tail::normal;
/// assert!((normal(1.959963984540054) - 0.975).abs() < 1e-12);
/// ```
pub fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The density of a standard normal at `x`.
pub fn density(x: f64) -> f64 {
    libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * std::f64::consts::PI)
}

/// The share of Student's law with `freedom` that lies further out than `t`, on both sides. None
/// where `freedom` is no positive number.
///
/// ```
/// use unspoken_collector::stats::tail::two_sided;
/// assert!((two_sided(2.2281388519649385, 10.0).unwrap() - 0.05).abs() < 1e-9);
/// ```
pub fn two_sided(t: f64, freedom: f64) -> Option<f64> {
    let law = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some((2.0 * law.sf(t.abs())).clamp(0.0, 1.0))
}

/// The point beyond which Student's law with `freedom` has `alpha` on both sides together. None where
/// `freedom` is no positive number, or `alpha` no share.
///
/// ```
/// use unspoken_collector::stats::tail::critical;
/// // Student's table: 10 degrees of freedom, 5 % on both sides.
/// assert!((critical(0.05, 10.0).unwrap() - 2.2281388519649385).abs() < 1e-9);
/// ```
pub fn critical(alpha: f64, freedom: f64) -> Option<f64> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let law = StudentsT::new(0.0, 1.0, freedom).ok()?;
    if freedom >= EXPANDED {
        return Some(expanded(quantile(alpha / 2.0), freedom));
    }
    let mut at = law.inverse_cdf(1.0 - alpha / 2.0);
    // statrs stops some digits early: Newton's steps finish it.
    for _ in 0..3 {
        at += (law.sf(at) - alpha / 2.0) / law.pdf(at);
    }
    at.is_finite().then_some(at)
}

/// From so many degrees of freedom on, four terms of [`expanded`] leave out less than 1e-14, and the
/// incomplete beta function loses more than that.
const EXPANDED: f64 = 1_000.0;

/// Student's point from the normal one: Abramowitz and Stegun 26.7.5.
fn expanded(z: f64, freedom: f64) -> f64 {
    let s = z * z;
    let terms = [
        z * (s + 1.0) / 4.0,
        z * ((5.0 * s + 16.0) * s + 3.0) / 96.0,
        z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0,
        z * ((((79.0 * s + 776.0) * s + 1_482.0) * s - 1_920.0) * s - 945.0) / 92_160.0,
    ];
    z + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / freedom)
}

/// The point above which a standard normal has `share`.
fn quantile(share: f64) -> f64 {
    let mut at = -std::f64::consts::SQRT_2 * statrs::function::erf::erfc_inv(2.0 * (1.0 - share));
    for _ in 0..2 {
        at += (normal(-at) - share) / density(at);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expansion_continues_the_law() {
        for freedom in [1_000.0, 1_500.0, 4_000.0] {
            let point = critical(0.05, freedom).unwrap();
            assert!((two_sided(point, freedom).unwrap() - 0.05).abs() < 1e-9, "{freedom}: {point}");
        }
        let below = critical(0.05, 999.999_999).unwrap();
        assert!((below - critical(0.05, 1_000.0).unwrap()).abs() < 1e-9);
        assert!((critical(0.05, 1e15).unwrap() - 1.959963984540054).abs() < 1e-12);
    }

    #[test]
    fn the_tables_of_student() {
        for (freedom, expected) in [(1.0, 12.706204736), (2.0, 4.302652730), (30.0, 2.042272456)] {
            let point = critical(0.05, freedom).unwrap();
            assert!((point - expected).abs() < 1e-8, "{freedom}: {point}");
            assert!((two_sided(point, freedom).unwrap() - 0.05).abs() < 1e-10);
        }
    }

    #[test]
    fn no_law_is_no_answer() {
        for freedom in [0.0, -1.0, f64::NAN] {
            assert_eq!(critical(0.05, freedom), None);
            assert_eq!(two_sided(1.0, freedom), None);
        }
        assert_eq!(critical(0.0, 5.0), None);
    }
}
