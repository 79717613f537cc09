//! What a flat prior makes of a lift: the chance that the variant is the better one, and what choosing
//! it would cost on average where it is not.
//!
//! The posterior of the lift is taken as normal around its estimate (gbstats `EffectBayesianABTest`
//! without a proper prior). Like the fixed interval it is for one look: it is not protected against
//! stopping when it looks good.

use super::{Lift, tail};

/// The probability that the variant is above the control.
///
/// ```
/// use unspoken_collector::stats::{Lift, Sample, bayes};
/// let even = Sample::proportion(100, 1000);
/// let same = Lift::of(&even, &even).unwrap();
/// assert_eq!(bayes::chance_to_win(&same), 0.5);
/// ```
pub fn chance_to_win(lift: &Lift) -> f64 {
    tail::normal(lift.value / lift.error())
}

/// The mean loss of choosing the variant, as a lift: `E[max(0, −lift)]`, which for a normal law is
/// `s φ(m/s) − m Φ(−m/s)`.
///
/// ```
/// use unspoken_collector::stats::{Lift, Sample, bayes};
/// let control = Sample::proportion(100, 1000);
/// let worse = Lift::of(&control, &Sample::proportion(60, 1000)).unwrap();
/// // Far below the control, the loss is nearly the whole distance.
/// assert!((bayes::expected_loss(&worse) - 0.4).abs() < 0.001);
/// ```
pub fn expected_loss(lift: &Lift) -> f64 {
    let (mean, error) = (lift.value, lift.error());
    let at = mean / error;
    (error * tail::density(at) - mean * tail::normal(-at)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_is_the_integral() {
        let lift = Lift { value: 0.03, variance: 0.0016, count: 100, freedom: 98.0 };
        let (mut sum, step) = (0.0, 1e-4);
        for at in 0..20_000 {
            let loss = (f64::from(at) + 0.5) * step;
            sum += loss * tail::density((-loss - lift.value) / lift.error()) / lift.error() * step;
        }
        assert!((sum - expected_loss(&lift)).abs() < 1e-8, "{sum}");
    }
}
